//! Base64url without padding, as a JSON Web Token uses it (RFC 7515, section 2).

/// The bytes, or None for any text that an encoder would not have written: another alphabet, padding, bits
/// left over. So a token has one spelling only.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut bits: u32 = 0;
    let mut pending: u32 = 0;
    for byte in text.bytes() {
        let digit = match byte {
            b'A'..=b'Z' => byte.wrapping_sub(b'A'),
            b'a'..=b'z' => byte.wrapping_sub(b'a').wrapping_add(26),
            b'0'..=b'9' => byte.wrapping_sub(b'0').wrapping_add(52),
            b'-' => 62,
            b'_' => 63,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(digit);
        pending = pending.wrapping_add(6);
        if pending >= 8 {
            pending = pending.wrapping_sub(8);
            bytes.push((bits >> pending) as u8);
            bits &= (1 << pending) - 1;
        }
    }
    // Six bits left over are a lone last digit, which encodes no byte.
    (pending < 6 && bits == 0).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn decodes_what_rfc_4648_lists() {
        for (text, bytes) in [
            ("", ""),
            ("Zg", "f"),
            ("Zm8", "fo"),
            ("Zm9v", "foo"),
            ("Zm9vYmFy", "foobar"),
        ] {
            assert_eq!(decode(text).as_deref(), Some(bytes.as_bytes()), "{text}");
        }
        assert_eq!(decode("-_8"), Some(vec![0xfb, 0xff]));
    }

    #[test]
    fn refuses_every_other_spelling() {
        for text in [
            "Zg==", "Zh", "Zm9", "+/8", "Z", "Zm9vY", "Zm 9v", "Zm9v\n", "Zm\u{f6}",
        ] {
            assert_eq!(decode(text), None, "{text:?}");
        }
    }
}
