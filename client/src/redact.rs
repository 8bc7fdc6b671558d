//! Secrets stop here: the client's credentials and the tokens of a call, as they are, or in what an upstream may have
//! made of them. Each text is cut first; then everything takes time in proportion to what is kept.

use crate::secret::Secret;

const MARK: &str = "[redacted]";

/// Long enough for every error of Plaid's, short enough for a log.
const KEPT: usize = 16_384;
/// Shorter values are words of everyday messages, and no credential of Plaid's.
const SHORTEST: usize = 8;
/// A longer secret is looked for by its beginning, and the text withheld that has it.
const LONGEST: usize = 1024;
/// In other spellings, which are longer, so much of a secret is looked for.
const HEAD: usize = 128;
/// Plaid takes a hundred tokens at most. A text is withheld rather than searched for more than these.
const MOST: usize = 512;
/// What a text was wrapped in may be wrapped again, but not for ever.
const ROUNDS: usize = 8;

/// Redacts the texts of one error.
pub(crate) struct Redactor {
    /// The longest first: one secret may begin with another.
    secrets: Vec<String>,
    /// Their beginnings, without escapes.
    plain: Vec<String>,
}

impl Redactor {
    /// For a call with these credentials and this body. What stands in it under a key that speaks of a token or a secret
    /// is one.
    pub(crate) fn new(client_id: &Secret, secret: &Secret, body: &str) -> Self {
        let mut secrets: Vec<String> = [client_id.expose(), secret.expose()]
            .map(str::to_owned)
            .into_iter()
            .chain(tokens_in(body))
            .flat_map(|secret| [secret.trim().to_owned(), secret])
            .filter(|secret| secret.len() >= SHORTEST)
            .collect();
        secrets.sort_unstable_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        secrets.dedup();
        let plain = secrets.iter().map(|secret| {
            let form = plain_form(cut(secret, HEAD));
            let bare = bare_form(&form);
            if bare.len() < SHORTEST { form } else { bare }
        });
        let plain = plain.collect();
        Self { secrets, plain }
    }

    /// The text without secrets; only a mark where one may be in it in another spelling.
    pub(crate) fn text(&self, text: &str) -> String {
        let kept = cut(text, KEPT.saturating_add(LONGEST));
        // Of the last secret, there may be only the beginning.
        let unsure = if kept.len() < text.len() { LONGEST } else { 0 };
        let mut shown = kept.to_owned();
        let is_head = |secret: &String| secret.len() > LONGEST && kept.contains(cut(secret, LONGEST));
        if self.secrets.len() > MOST || self.secrets.iter().any(is_head) {
            return MARK.to_owned();
        }
        for secret in self.secrets.iter().filter(|secret| secret.len() <= LONGEST) {
            shown = shown.replace(secret.as_str(), MARK);
        }
        shown = without_tokens(&shown);
        let is_hidden = |form: &str| {
            let has = |form: &str| self.plain.iter().any(|secret| form.contains(secret.as_str()));
            let bare = bare_form(form);
            has(form) || has(&bare) || find_token(form).is_some() || find_token(&bare).is_some()
        };
        if plain_forms(&shown).iter().any(|form| is_hidden(form)) {
            return MARK.to_owned();
        }
        let end = KEPT.min(shown.len().saturating_sub(unsure));
        cut(&shown, end).to_owned()
    }
}

/// The beginning of a text, of at most so many bytes.
pub(crate) fn cut(text: &str, bytes: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes)).unwrap_or(text)
}

/// The strings under keys that speak of a token or a secret, at any depth, in JSON text. It is read from mark to mark and
/// not parsed, because it may be nested more deeply than a parser can follow.
fn tokens_in(json: &str) -> Vec<String> {
    let mut found = Vec::new();
    // Whether what is read now is under such a key, and whether what is around it was.
    let mut is_secret = false;
    let mut outer = Vec::new();
    let mut rest = json;
    while let Some((_, tail)) = rest
        .find(['"', '{', '}', '[', ']'])
        .and_then(|at| rest.split_at_checked(at))
    {
        let after = tail.get(1..).unwrap_or_default();
        rest = after;
        match tail.as_bytes().first() {
            Some(b'{' | b'[') => outer.push(is_secret),
            Some(b'"') => {
                let Some((_, next)) = string_end(after).and_then(|end| after.split_at_checked(end)) else {
                    break;
                };
                rest = next;
                let literal = tail.strip_suffix(next).unwrap_or_default();
                if next.trim_start().starts_with(':') {
                    let name = literal.to_ascii_lowercase();
                    let is_inside = outer.last().copied().unwrap_or_default();
                    is_secret = is_inside || name.contains("token") || name.contains("secret");
                } else if is_secret {
                    found.extend(serde_json::from_str::<String>(literal));
                }
            }
            _ => is_secret = outer.pop().unwrap_or_default(),
        }
    }
    found
}

/// Where a JSON string ends, its closing mark included; it begins after its opening mark.
fn string_end(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    let end = text.bytes().position(|byte| {
        let is_end = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        is_end
    });
    end.map(|at| at.saturating_add(1))
}

/// A text with its tokens of Plaid's form replaced.
fn without_tokens(text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text;
    while let Some((before, _, after)) = find_token(rest) {
        shown.push_str(before);
        shown.push_str(MARK);
        rest = after;
    }
    shown.push_str(rest);
    shown
}

/// The first thing with the form of one of Plaid's tokens, "access-sandbox-" and a UUID: what is before it, it, and what
/// is after it.
fn find_token(text: &str) -> Option<(&str, &str, &str)> {
    let is_name = |byte: u8| byte.is_ascii_alphabetic() || byte == b'-';
    let is_id = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let lower = text.to_ascii_lowercase();
    let mut from = 0_usize;
    loop {
        let rest = lower.get(from..)?;
        let (at, word) = ["-sandbox-", "-production-", "-development-"]
            .iter()
            .filter_map(|word| rest.find(word).map(|at| (at, word)))
            .min()?;
        let at = from.saturating_add(at);
        let (before, after) = text.split_at_checked(at)?;
        let after = after.get(word.len()..)?;
        let name = before
            .bytes()
            .rev()
            .take(31)
            .take_while(|byte| is_name(*byte))
            .count();
        let name = before
            .get(before.len().saturating_sub(name)..)?
            .trim_start_matches('-');
        let id = after.bytes().take_while(|byte| is_id(*byte)).count();
        let digit = after.bytes().take(41).position(|byte| byte.is_ascii_digit());
        if !name.is_empty() && id >= SHORTEST && digit.is_some_and(|digit| digit < id) {
            let (_, rest) = after.split_at_checked(id)?;
            let (before, token) = text
                .strip_suffix(rest)?
                .split_at_checked(at.saturating_sub(name.len()))?;
            return Some((before, token, rest));
        }
        from = at.saturating_add(1);
    }
}

/// A text without its escapes, in lower case.
fn plain_form(text: &str) -> String {
    let mut plain = text.to_owned();
    for _ in 0..ROUNDS {
        let before = plain;
        plain = unescaped(&before);
        if plain == before {
            break;
        }
    }
    plain.to_lowercase()
}

/// A plain form without what does not survive every spelling: spaces, a "+" for one, and all that is not ASCII.
fn bare_form(plain: &str) -> String {
    plain
        .chars()
        .filter(|c| matches!(c, '!'..='~') && *c != '+')
        .collect()
}

/// The plain form, and those of what in the text is base64 or hexadecimal.
fn plain_forms(text: &str) -> Vec<String> {
    let mut encoded = text.to_owned();
    for _ in 0..ROUNDS {
        if !encoded.contains(['%', '\\', '&']) {
            break;
        }
        encoded = unescaped(&encoded);
    }
    let mut forms = vec![encoded.to_lowercase()];
    for _ in 0..2 {
        encoded = decoded_runs(&encoded);
        if encoded.is_empty() {
            break;
        }
        forms.push(plain_form(&encoded));
    }
    forms
}

/// The text with one layer of percent, JSON and HTML escapes undone.
fn unescaped(text: &str) -> String {
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [byte, tail @ ..] = rest {
        rest = match (byte, tail) {
            (b'%', [a, b, tail @ ..]) if hex(&[*a, *b]).is_some() => {
                plain.extend(hex(&[*a, *b]).and_then(|byte| u8::try_from(byte).ok()));
                tail
            }
            (b'\\', [b'u', a, b, c, d, tail @ ..]) if hex(&[*a, *b, *c, *d]).is_some() => {
                push(&mut plain, hex(&[*a, *b, *c, *d]));
                tail
            }
            (b'\\', [b'x', a, b, tail @ ..]) if hex(&[*a, *b]).is_some() => {
                push(&mut plain, hex(&[*a, *b]));
                tail
            }
            (b'\\', [escaped, tail @ ..]) => {
                plain.push(match escaped {
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    b'b' => 8,
                    b'f' => 12,
                    other => *other,
                });
                tail
            }
            (b'&', tail) => match entity(tail) {
                Some((code, after)) => {
                    push(&mut plain, Some(code));
                    after.strip_prefix(b";").unwrap_or(after)
                }
                None => {
                    plain.push(b'&');
                    tail
                }
            },
            (byte, tail) => {
                plain.push(*byte);
                tail
            }
        };
    }
    String::from_utf8_lossy(&plain).into_owned()
}

/// The character of an HTML entity after its "&", and what comes after it.
fn entity(text: &[u8]) -> Option<(u32, &[u8])> {
    const NAMED: [(&[u8], u32); 6] = [
        (b"amp", 0x26),
        (b"lt", 0x3c),
        (b"gt", 0x3e),
        (b"quot", 0x22),
        (b"apos", 0x27),
        (b"nbsp", 0xa0),
    ];
    if let Some(number) = text.strip_prefix(b"#") {
        let (digits, radix) = match number {
            [b'x' | b'X', digits @ ..] => (digits, 16),
            digits => (digits, 10),
        };
        let is_digit = |byte: &u8| char::from(*byte).is_digit(radix);
        let count = digits.iter().take(8).take_while(|byte| is_digit(byte)).count();
        let (digits, after) = digits.split_at_checked(count)?;
        let code = u32::from_str_radix(str::from_utf8(digits).ok()?, radix).ok()?;
        return Some((code, after));
    }
    NAMED.iter().find_map(|(name, code)| {
        let (head, after) = text.split_at_checked(name.len())?;
        head.eq_ignore_ascii_case(name).then_some((*code, after))
    })
}

fn push(text: &mut Vec<u8>, code: Option<u32>) {
    if let Some(character) = code.and_then(char::from_u32) {
        text.extend(character.encode_utf8(&mut [0; 4]).bytes());
    }
}

fn hex(digits: &[u8]) -> Option<u32> {
    let is_hex = digits.iter().all(u8::is_ascii_hexdigit);
    let digits = str::from_utf8(digits).ok().filter(|_| is_hex)?;
    u32::from_str_radix(digits, 16).ok()
}

/// What the runs of base64 and of hexadecimal in a text stand for, whatever they begin with.
fn decoded_runs(text: &str) -> String {
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '+' | '/' | '-');
    let mut found = Vec::new();
    // Long base64 is often written in lines: what is between two runs may be whitespace only.
    let lines = text.split(|c: char| !is_base64(c) && !c.is_whitespace());
    for line in lines.filter(|line| line.split_whitespace().any(|run| run.len() >= 16)) {
        let values: Vec<u32> = line.bytes().filter_map(base64_value).collect();
        // Where the encoded text begins within the run is not known: at one of four places, it is read right.
        for offset in 0..4 {
            found.push(from_base64(values.get(offset..).unwrap_or_default()));
        }
    }
    let runs = text.split(|c: char| !c.is_ascii_hexdigit());
    for run in runs.filter(|run| run.len() >= 16) {
        for offset in 0..2 {
            let digits = run.as_bytes().get(offset..).unwrap_or_default();
            let bytes = digits.chunks_exact(2).filter_map(hex);
            found.push(bytes.filter_map(|byte| u8::try_from(byte).ok()).collect());
        }
    }
    let texts: Vec<_> = found.iter().map(|bytes| String::from_utf8_lossy(bytes)).collect();
    texts.join("\n")
}

fn base64_value(byte: u8) -> Option<u32> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let standard = match byte {
        b'-' => b'+',
        b'_' => b'/',
        other => other,
    };
    let at = ALPHABET.iter().position(|letter| *letter == standard)?;
    u32::try_from(at).ok()
}

fn from_base64(values: &[u32]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(values.len());
    for group in values.chunks(4) {
        let bits = group.iter().fold(0_u32, |bits, value| bits << 6 | value);
        let [_, a, b, c] = match group.len() {
            4 => bits,
            3 => bits << 6,
            2 => bits << 12,
            _ => continue,
        }
        .to_be_bytes();
        bytes.extend([a, b, c].iter().take(group.len().saturating_sub(1)));
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "access-sandbox-8ab976e6-64bc-4b38-98f7-731e7a349970";

    fn redactor(body: &str) -> Redactor {
        Redactor::new(
            &"client-id-5f3c91d2".into(),
            &"secret-0a1b2c3d4e5f6071".into(),
            body,
        )
    }

    #[test]
    fn credentials_and_the_tokens_of_the_call_are_redacted() {
        let redactor = redactor(
            r#"{"access_tokens": ["opaque \"value\""], "deep":{"my_Secret":{"a":"under it"}},"b":"kept it"}"#,
        );
        assert_eq!(
            redactor.text("client-id-5f3c91d2, secret-0a1b2c3d4e5f6071, opaque \"value\", under it, kept it"),
            "[redacted], [redacted], [redacted], [redacted], kept it"
        );
    }

    #[test]
    fn what_has_the_form_of_a_token_is_redacted_wherever_it_comes_from() {
        let redactor = redactor("{}");
        for (text, shown) in [
            (format!("no Item for {TOKEN}!"), "no Item for [redacted]!"),
            (
                format!("{TOKEN},{}", TOKEN.to_uppercase()),
                "[redacted],[redacted]",
            ),
            (
                "use the environment-sandbox-or-another".into(),
                "use the environment-sandbox-or-another",
            ),
            ("a-sandbox-1".into(), "a-sandbox-1"),
        ] {
            assert_eq!(redactor.text(&text), shown);
        }
    }

    #[test]
    fn a_text_that_hides_a_secret_is_withheld() {
        let redactor = redactor("{}");
        let secret = "secret-0a1b2c3d4e5f6071";
        let percent: String = secret.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let hexadecimal: String = secret.bytes().map(|byte| format!("{byte:02X}")).collect();
        let json: String = secret.bytes().map(|byte| format!("\\u{byte:04x}")).collect();
        let html: String = secret.bytes().map(|byte| format!("&#{byte};")).collect();
        for hidden in [
            percent.clone(),
            percent.replace('%', "%25"),
            hexadecimal,
            json,
            html,
            "x c2VjcmV0LTBhMWIyYzNkNGU1ZjYwNzE= y".into(),
            "c2VjcmV0LTBhMWIy\n YzNkNGU1ZjYwNzE".into(),
            "secret-0a1b 2c3d4e5f6071".into(),
            "SECRET-0A1B2C3D4E5F6071".into(),
        ] {
            assert_eq!(redactor.text(&format!("before {hidden} after")), MARK, "{hidden}");
        }
        let harmless = "the response (status 500) is 100% wrong &c. \\o/ aGVsbG8gd29ybGQsIGhlbGxvIQ==";
        assert_eq!(redactor.text(harmless), harmless);
    }

    #[test]
    fn a_text_is_cut_and_ends_with_no_part_of_a_secret() {
        let redactor = redactor("{}");
        let long = format!(
            "{}secret-0a1b2c3d4e5f6071",
            "x ".repeat(KEPT / 2 + LONGEST / 2 - 5)
        );
        let shown = redactor.text(&long);
        assert!(shown.len() <= KEPT && !shown.contains("secret"));
        assert_eq!(redactor.text(&"\u{e9}".repeat(KEPT)).len() % 2, 0);
    }

    #[test]
    fn a_secret_that_is_long_is_known_by_its_beginning_and_too_many_withhold_all() {
        let long = "s3".repeat(LONGEST);
        let redactor = redactor(&format!(r#"{{"token":"{long}"}}"#));
        assert_eq!(redactor.text(&format!("a {long} b")), MARK);
        let many: Vec<_> = (0..=MOST).map(|n| format!("\"token-number-{n}\"")).collect();
        let redactor = Redactor::new(
            &"".into(),
            &"".into(),
            &format!(r#"{{"tokens":[{}]}}"#, many.join(",")),
        );
        assert_eq!(redactor.text("harmless"), MARK);
    }
}
