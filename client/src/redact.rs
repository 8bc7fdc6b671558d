//! Redacts the client's credentials and a call's tokens from the texts of an error: as they are, and in whatever spelling
//! a server may have given them. The rules are those of the npm package. Texts are cut first, so the time it takes is
//! bounded.

use std::cell::Cell;

use crate::secret::Secret;

const MARK: &str = "[redacted]";

/// Long enough for every error of Plaid's, short enough for a log.
const KEPT: usize = 16_384;
/// All texts of an error together; what comes after is withheld.
const MOST_TEXT: usize = 2 * KEPT;
/// Shorter values are words of everyday messages, and no credential of Plaid's.
const SHORTEST: usize = 8;
/// A longer secret is looked for by its beginning, and the text that has it is withheld.
const LONGEST: usize = 1024;
/// In other spellings, which are longer, this much of a secret is looked for.
const HEAD: usize = 128;
/// Plaid takes a hundred tokens at most. With more than these, every text is withheld.
const MOST_SECRETS: usize = 512;
/// Escapes may be nested; this deep they are undone.
const ROUNDS: usize = 8;
/// The letters before a token's word are part of it, up to this many.
const LONGEST_PREFIX: usize = 32;

/// Redacts the texts of one error.
pub(crate) struct Redactor {
    /// The longest first: one secret may begin with another.
    secrets: Vec<String>,
    /// What the secrets are looked for by in other spellings.
    searched: Vec<String>,
    /// How much text is still looked at.
    left: Cell<usize>,
}

impl Redactor {
    /// For a call with these credentials and this body, whose strings under keys like `access_token` and `secret` are
    /// secrets too.
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
        let is_many = secrets.len() > MOST_SECRETS;
        let searched: Vec<String> = match is_many {
            true => Vec::new(),
            false => secrets.iter().flat_map(|secret| searched_forms(secret)).collect(),
        };
        // Nothing is left of a secret that consists of escapes: it can't be told from other text.
        let is_unsearchable = searched.iter().any(|form| form.chars().count() < SHORTEST);
        let left = if is_many || is_unsearchable { 0 } else { MOST_TEXT };
        Self {
            secrets,
            searched,
            left: Cell::new(left),
        }
    }

    /// The text without secrets, or only a mark if it may contain one in another spelling.
    pub(crate) fn text(&self, text: &str) -> String {
        let left = self.left.get();
        if left == 0 {
            return MARK.to_owned();
        }
        let kept = cut(text, KEPT.saturating_add(LONGEST));
        self.left.set(left.saturating_sub(kept.len()));
        // Of the last secret, there may be only the beginning.
        let unsure = if kept.len() < text.len() { LONGEST } else { 0 };
        let mut shown = kept.to_owned();
        for secret in &self.secrets {
            if secret.len() <= LONGEST {
                shown = shown.replace(secret.as_str(), MARK);
            } else if kept.contains(cut(secret, LONGEST)) {
                return MARK.to_owned();
            }
        }
        shown = without_tokens(&shown);
        let is_hidden = |form: &String| {
            let mut searched = self.searched.iter();
            searched.any(|secret| form.contains(secret.as_str())) || find_token(form).is_some()
        };
        let forms = plain_forms(&shown);
        if forms.is_none_or(|forms| forms.iter().any(is_hidden)) {
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

/// Splits a text after the characters at its beginning that pass.
fn split_while(text: &str, is_in: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text.find(|c| !is_in(c)).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
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

/// The text with everything replaced that has the form of one of Plaid's tokens, "access-sandbox-" and a UUID.
fn without_tokens(text: &str) -> String {
    let is_prefix = |c: char| c.is_ascii_alphabetic() || c == '-';
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = find_token(rest) {
        let prefix = before.bytes().rev().take(LONGEST_PREFIX);
        let prefix = prefix.take_while(|byte| is_prefix(char::from(*byte))).count();
        shown.push_str(cut(before, before.len().saturating_sub(prefix)));
        shown.push_str(MARK);
        rest = after;
    }
    shown.push_str(rest);
    shown
}

/// What is before and after the first token. It is looked for by the rare word in its middle; the letters before that
/// are in the first part.
fn find_token(text: &str) -> Option<(&str, &str)> {
    const WORDS: [&str; 3] = ["sandbox-", "production-", "development-"];
    for (at, _) in text.match_indices('-') {
        let (before, tail) = text.split_at_checked(at)?;
        let tail = tail.strip_prefix('-')?;
        let is_word = |word: &&str| {
            tail.get(..word.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(word))
        };
        let Some(word) = WORDS.iter().find(|word| is_word(word)) else {
            continue;
        };
        let (id, after) = split_while(tail.get(word.len()..)?, |c| {
            c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
        });
        let has_digit = id.bytes().take(41).any(|byte| byte.is_ascii_digit());
        if id.len() >= SHORTEST && has_digit {
            return Some((before, after));
        }
    }
    None
}

/// A text without its escapes. A byte is taken for the Latin-1 character, since its encoding is not always known.
fn unescaped(text: &str) -> String {
    let mut plain = text.to_owned();
    for _ in 0..ROUNDS {
        if !plain.contains(['%', '\\', '&']) {
            break;
        }
        let mut next = String::with_capacity(plain.len());
        let mut rest = plain.as_str();
        while let Some(first) = rest.chars().next() {
            let (meaning, length) = escape(rest).unwrap_or((Some(first), first.len_utf8()));
            next.extend(meaning);
            rest = rest.get(length..).unwrap_or_default();
        }
        if next == plain {
            break;
        }
        plain = next;
    }
    plain
}

/// What the percent, JSON or HTML escape at the beginning of a text stands for, and its length.
fn escape(text: &str) -> Option<(Option<char>, usize)> {
    match text.as_bytes() {
        [b'%', a, b, ..] if hex(&[*a, *b]).is_some() => Some((character(hex(&[*a, *b])), 3)),
        [b'\\', b'x' | b'X', a, b, ..] if hex(&[*a, *b]).is_some() => Some((character(hex(&[*a, *b])), 4)),
        [b'%' | b'\\', b'u' | b'U', a, b, c, d, ..] if hex(&[*a, *b, *c, *d]).is_some() => {
            Some((character(hex(&[*a, *b, *c, *d])), 6))
        }
        [b'\\', ..] => {
            let escaped = text.chars().nth(1).filter(|c| !matches!(c, '\n' | '\r'))?;
            let meaning = match escaped.to_ascii_lowercase() {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'b' => '\u{8}',
                'f' => '\u{c}',
                _ => escaped,
            };
            Some((Some(meaning), escaped.len_utf8().saturating_add(1)))
        }
        [b'&', tail @ ..] => {
            let (code, after) = entity(tail)?;
            let after = after.strip_prefix(b";").unwrap_or(after);
            Some((character(Some(code)), text.len().saturating_sub(after.len())))
        }
        _ => None,
    }
}

/// The code of an HTML entity after its "&", and what comes after it.
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

fn character(code: Option<u32>) -> Option<char> {
    code.and_then(char::from_u32)
}

fn hex(digits: &[u8]) -> Option<u32> {
    let is_hex = digits.iter().all(u8::is_ascii_hexdigit);
    let digits = str::from_utf8(digits).ok().filter(|_| is_hex)?;
    u32::from_str_radix(digits, 16).ok()
}

/// What survives every spelling: no case, no spaces, no "+" for one, and nothing that is not ASCII.
fn bare_form(plain: &str) -> String {
    let kept = plain.chars().filter(|c| c.is_ascii_graphic() && *c != '+');
    kept.map(|c| c.to_ascii_uppercase()).collect()
}

/// What a secret is looked for by in other spellings.
fn searched_forms(secret: &str) -> Vec<String> {
    let plain = unescaped(cut(secret, LONGEST));
    let bare = bare_form(&plain);
    if bare.len() >= SHORTEST {
        return vec![cut(&bare, HEAD).to_owned()];
    }
    // Hardly a letter of it is ASCII.
    let bytes = |text: &str| text.bytes().map(char::from).collect::<String>();
    let cases = [plain.clone(), plain.to_lowercase(), plain.to_uppercase()];
    let forms = [plain].into_iter().chain(cases.iter().map(|case| bytes(case)));
    let head = |form: String| form.chars().take(HEAD).collect::<String>();
    forms.map(|form| head(form).to_uppercase()).collect()
}

/// The plain forms of a text, and of what in it is base64 or hexadecimal; None if there is too much of that.
fn plain_forms(text: &str) -> Option<Vec<String>> {
    let mut forms = Vec::new();
    let mut decoded = text.to_owned();
    for depth in 0..3 {
        if decoded.is_empty() {
            break;
        }
        if decoded.chars().count() > KEPT.saturating_mul(5) {
            return None;
        }
        let plain = unescaped(&decoded);
        forms.extend([plain.to_uppercase(), bare_form(&plain)]);
        decoded = if depth < 2 {
            decoded_runs(&plain)
        } else {
            String::new()
        };
    }
    Some(forms)
}

/// What the runs of base64 and of hexadecimal in a text stand for, whatever they begin with.
fn decoded_runs(text: &str) -> String {
    let mut found = Vec::new();
    for run in base64_runs(text) {
        let values: Vec<u32> = run.bytes().filter_map(base64_value).collect();
        // Where the encoded text begins within the run is not known: at one of four places, it is read right.
        for offset in 0..4 {
            found.push(from_base64(values.get(offset..).unwrap_or_default()));
        }
    }
    let runs = text.split(|c: char| !c.is_ascii_hexdigit());
    for run in runs.filter(|run| run.len() >= 16) {
        for offset in 0..2 {
            let digits = run.as_bytes().get(offset..).unwrap_or_default();
            found.push(
                digits
                    .chunks_exact(2)
                    .filter_map(|pair| character(hex(pair)))
                    .collect(),
            );
        }
    }
    found.join("\n")
}

/// The runs of 16 or more characters of base64. Long base64 is often written in lines, so a run goes on after whitespace.
fn base64_runs(text: &str) -> Vec<String> {
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '+' | '/' | '-');
    let mut runs = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (_, start) = split_while(rest, |c| !is_base64(c));
        let (word, mut after) = split_while(start, is_base64);
        if word.len() >= 16 {
            let mut run = word.to_owned();
            loop {
                let (space, next) = split_while(after, char::is_whitespace);
                let (word, next) = split_while(next, is_base64);
                if space.is_empty() || word.is_empty() {
                    break;
                }
                run.push_str(word);
                after = next;
            }
            runs.push(run);
        }
        rest = after;
    }
    runs
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

fn from_base64(values: &[u32]) -> String {
    let mut text = String::with_capacity(values.len());
    for group in values.chunks(4) {
        let bits = group.iter().fold(0_u32, |bits, value| bits << 6 | value);
        let [_, a, b, c] = match group.len() {
            4 => bits,
            3 => bits << 6,
            2 => bits << 12,
            _ => continue,
        }
        .to_be_bytes();
        let bytes = [a, b, c].into_iter().take(group.len().saturating_sub(1));
        text.extend(bytes.map(char::from));
    }
    text
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
            secret.bytes().map(|byte| format!("%u{byte:04x}")).collect(),
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
        let many: Vec<_> = (0..=MOST_SECRETS)
            .map(|n| format!("\"token-number-{n}\""))
            .collect();
        let redactor = Redactor::new(
            &"".into(),
            &"".into(),
            &format!(r#"{{"tokens":[{}]}}"#, many.join(",")),
        );
        assert_eq!(redactor.text("harmless"), MARK);
    }

    #[test]
    fn a_secret_that_is_hardly_ascii_is_found_in_other_spellings() {
        let secret = "дЫКд-ключ-ÿ";
        let redactor = Redactor::new(&"".into(), &secret.into(), "{}");
        let percent: String = secret.bytes().map(|byte| format!("%{byte:02X}")).collect();
        for hidden in [percent, secret.to_lowercase(), secret.to_uppercase()] {
            assert_eq!(redactor.text(&hidden), MARK, "{hidden}");
        }
        assert_eq!(redactor.text("harmless ключ"), "harmless ключ");
    }

    #[test]
    fn of_all_texts_together_no_more_than_a_bound_is_looked_at() {
        let redactor = redactor("{}");
        let long = "x ".repeat(KEPT);
        assert_eq!(redactor.text(&long).len(), KEPT);
        assert_eq!(redactor.text(&long).len(), KEPT);
        assert_eq!(redactor.text("harmless"), MARK);
        // Base64 in base64 may grow too large to be looked at.
        assert_eq!(self::redactor("{}").text(&"QUFB".repeat(KEPT / 2)), MARK);
    }
}
