//! Which webhooks are to be trusted, as Plaid documents it:
//! <https://plaid.com/docs/api/webhooks/webhook-verification/>
//!
//! `js/webhook.js` takes a webhook apart and does the cryptography. What costs nothing is judged first, and a
//! request for the key is spent only on a token that could be genuine: well formed, of the one algorithm, fresh,
//! and over this very body.

use thiserror::Error;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/js/webhook.js")]
extern "C" {
    /// The error of a webhook that is not to be trusted.
    fn refusal(words: &str, reason: &str, attempts: u32) -> JsValue;
}

/// Why a webhook is not to be trusted. Some of it is found by `js/webhook.js`.
#[wasm_bindgen(skip_typescript)]
#[derive(Error, Clone, Copy, PartialEq, Eq, Debug)]
#[error("{}", self.words())]
pub enum Distrust {
    NoHeader = "no_header",
    NotAToken = "not_a_token",
    TooLarge = "too_large",
    ReadBefore = "read_before",
    Parsed = "parsed",
    NotUtf8 = "not_utf8",
    NotAWebhook = "not_a_webhook",
    Signature = "bad_signature",
    ExpiredKey = "expired_key",
    UnknownKey = "unknown_key",
    NoKeyId = "no_key_id",
    Algorithm = "wrong_algorithm",
    TooOld = "too_old",
    DatedAhead = "dated_ahead",
    OtherBody = "other_body",
}

impl Distrust {
    /// What is wrong with it.
    pub fn words(self) -> &'static str {
        match self {
            Distrust::NoHeader => "there is no Plaid-Verification header",
            Distrust::NotAToken | Distrust::__Invalid => {
                "the Plaid-Verification token is not a JSON Web Token as Plaid makes it"
            }
            Distrust::TooLarge => "the body is larger than 1 MiB, which no webhook of Plaid's is",
            Distrust::ReadBefore => "the Request's body could not be read: was it read before?",
            Distrust::Parsed => {
                "webhook.body must be the raw body, a string or a Uint8Array: a parsed object can't be verified, \
         because the signature is over the bytes that Plaid sent"
            }
            Distrust::NotUtf8 => "the body is not UTF-8",
            Distrust::NotAWebhook => "the body is not a JSON object with webhook_type and webhook_code",
            Distrust::Signature => {
                "the signature is not that of the key which the Plaid-Verification token names"
            }
            Distrust::ExpiredKey => "the key that the Plaid-Verification token names has expired",
            Distrust::UnknownKey => "Plaid does not know the key that the Plaid-Verification token names",
            Distrust::NoKeyId => "the Plaid-Verification token names no key: its kid must be a UUID",
            Distrust::Algorithm => {
                "the Plaid-Verification token's algorithm is not ES256, the only one that Plaid uses"
            }
            Distrust::TooOld => "the webhook is older than options.toleranceSeconds allows",
            Distrust::DatedAhead => "the webhook is dated further ahead than options.toleranceSeconds allows",
            Distrust::OtherBody => {
                "the body is not the one that was signed: pass it as it was received, before any parser"
            }
        }
    }

    /// `PlaidWebhookVerificationError.reason`
    pub fn reason(self) -> &'static str {
        match self {
            Distrust::NoHeader => "missing_header",
            Distrust::NotAToken | Distrust::NoKeyId | Distrust::__Invalid => "malformed_token",
            Distrust::Algorithm => "wrong_algorithm",
            Distrust::TooOld | Distrust::DatedAhead => "stale",
            Distrust::TooLarge => "body_too_large",
            Distrust::ReadBefore | Distrust::Parsed | Distrust::NotUtf8 | Distrust::NotAWebhook => {
                "malformed_body"
            }
            Distrust::OtherBody => "body_mismatch",
            Distrust::UnknownKey => "unknown_key",
            Distrust::ExpiredKey => "expired_key",
            Distrust::Signature => "bad_signature",
        }
    }

    /// The error.
    pub fn into_js(self, attempts: u32) -> JsValue {
        refusal(self.words(), self.reason(), attempts)
    }
}

/// What a token claims, none of it trusted yet.
pub struct Claims {
    pub alg: Option<String>,
    pub kid: Option<String>,
    /// Unix seconds.
    pub issued_at: Option<f64>,
    /// The body's SHA-256 in hexadecimal.
    pub signed_hash: Option<String>,
}

impl Claims {
    /// Why the token can't be genuine; None if it could be. `hash` is that of the body as it is.
    pub fn doubt(&self, hash: &str, now_ms: f64, tolerance_s: f64) -> Option<Distrust> {
        if self.alg.as_deref() != Some("ES256") {
            return Some(Distrust::Algorithm);
        }
        if !self.kid.as_deref().is_some_and(is_uuid) {
            return Some(Distrust::NoKeyId);
        }
        let (Some(issued_at), Some(signed_hash)) = (self.issued_at, &self.signed_hash) else {
            return Some(Distrust::NotAToken);
        };
        let age_s = now_ms / 1000.0 - issued_at;
        if age_s > tolerance_s {
            return Some(Distrust::TooOld);
        }
        if age_s < -tolerance_s {
            return Some(Distrust::DatedAhead);
        }
        (!is_equal(hash.as_bytes(), signed_hash.as_bytes())).then_some(Distrust::OtherBody)
    }
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// Takes as long whatever differs, so that the time says nothing about the expected hash.
fn is_equal(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn uuids() {
        assert!(is_uuid("6c5516e1-92dc-479e-a8ff-5a51992e0001"));
        for text in [
            "",
            "6c5516e192dc479ea8ff5a51992e0001",
            "6c5516e1-92dc-479e-a8ff-5a51992e000g",
            "../../../../../../../../../../../../",
        ] {
            assert!(!is_uuid(text), "{text}");
        }
    }

    #[test]
    fn hashes_are_compared_whole() {
        assert!(is_equal(b"abc", b"abc"));
        assert!(!is_equal(b"abc", b"abd"));
        assert!(!is_equal(b"abc", b"ab"));
    }

    /// Mostly what is right, at times something else or nothing.
    fn often(right: &'static str, other: &'static str) -> impl Strategy<Value = Option<String>> {
        prop_oneof![8 => Just(Some(right.to_owned())), 1 => other.prop_map(Some), 1 => Just(None)]
    }

    proptest! {
        #[test]
        fn only_a_fresh_and_well_formed_token_over_this_body_is_not_doubted(
            alg in often("ES256", "ES384|none|\\PC{0,8}"),
            kid in often("6c5516e1-92dc-479e-a8ff-5a51992e0001", "[0-9a-f-]{36}|\\PC{0,40}"),
            signed_hash in often("a", "[bc]{0,3}"),
            has_date: bool,
            age_s in -1_000.0..1_000.0_f64,
            tolerance_s in 0.0..1_000.0_f64,
        ) {
            let now_ms = 1_700_000_000_000.0;
            let issued_at = has_date.then_some(now_ms / 1000.0 - age_s);
            let claims = Claims { alg, kid, issued_at, signed_hash };
            let is_genuine = claims.alg.as_deref() == Some("ES256")
                && claims.kid.as_deref().is_some_and(is_uuid)
                && has_date
                && age_s.abs() <= tolerance_s
                && claims.signed_hash.as_deref() == Some("a");
            prop_assert_eq!(claims.doubt("a", now_ms, tolerance_s).is_none(), is_genuine);
        }

        #[test]
        fn hashes_are_equal_when_their_bytes_are(a: Vec<u8>, b: Vec<u8>) {
            prop_assert_eq!(is_equal(&a, &b), a == b);
            prop_assert!(is_equal(&a, &a));
        }
    }
}
