//! Which webhooks to trust, as Plaid documents it:
//! <https://plaid.com/docs/api/webhooks/webhook-verification/>
//!
//! What costs least is checked first: the token's shape and claims, then the body's hash, then the key and the
//! signature. The payload is parsed last. A request for a key is spent only on a token that could be genuine.

use std::time::Duration;

use thiserror::Error;

use crate::keys::Moment;

/// The header that carries the token.
pub const HEADER: &str = "plaid-verification";
/// The longest token that is looked at; Plaid's have some 350 characters.
pub const MAX_TOKEN: u32 = 4096;
/// The largest body that is read. No webhook of Plaid's comes near it.
pub const MAX_BODY: u32 = 1_048_576;
/// The pieces that a body may come in; empty ones would otherwise never end.
pub const MAX_CHUNKS: u32 = 65_536;
/// How old a webhook may be by default, or dated ahead.
pub const DEFAULT_TOLERANCE: Duration = Duration::from_secs(300);
/// The largest tolerance, in seconds: a year.
pub const MAX_TOLERANCE_SECONDS: u32 = 31_536_000;
/// How often a call that waits for another's look-up looks again.
pub const KEY_POLL: Duration = Duration::from_millis(25);

/// Why a webhook is not to be trusted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum WebhookError {
    /// No token.
    #[error("there is no Plaid-Verification header")]
    MissingHeader,
    /// The token is not one.
    #[error("the Plaid-Verification token is not a JSON Web Token in Plaid's format")]
    MalformedToken,
    /// The token names no key.
    #[error("the Plaid-Verification token names no key: its kid must be a UUID")]
    MissingKeyId,
    /// Another algorithm.
    #[error("the Plaid-Verification token's algorithm is not ES256, the only one that Plaid uses")]
    WrongAlgorithm,
    /// Plaid does not know the key.
    #[error("Plaid does not know the key that the Plaid-Verification token names")]
    UnknownKey,
    /// The key was retired.
    #[error("the key that the Plaid-Verification token names has expired")]
    ExpiredKey,
    /// Another key made the signature, or none.
    #[error("the signature does not match the key that the Plaid-Verification token names")]
    BadSignature,
    /// Too old.
    #[error("the webhook is older than options.toleranceSeconds allows")]
    TooOld,
    /// Dated ahead.
    #[error("the webhook is dated further in the future than options.toleranceSeconds allows")]
    DatedAhead,
    /// Another body.
    #[error("the body is not the one that was signed: pass it as it was received, before any parser")]
    BodyMismatch,
    /// Too large.
    #[error("the body is larger than 1 MiB; Plaid's webhooks are smaller")]
    BodyTooLarge,
    /// Signed, and yet no text.
    #[error("the body is not UTF-8")]
    NotUtf8,
    /// Signed, and yet no webhook.
    #[error("the body is not a JSON object with webhook_type and webhook_code")]
    NotAWebhook,
}

impl WebhookError {
    /// The word that an error carries.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::MissingHeader => "missing_header",
            Self::MalformedToken | Self::MissingKeyId => "malformed_token",
            Self::WrongAlgorithm => "wrong_algorithm",
            Self::UnknownKey => "unknown_key",
            Self::ExpiredKey => "expired_key",
            Self::BadSignature => "bad_signature",
            Self::TooOld | Self::DatedAhead => "stale",
            Self::BodyMismatch => "body_mismatch",
            Self::BodyTooLarge => "body_too_large",
            Self::NotUtf8 | Self::NotAWebhook => "malformed_body",
        }
    }
}

/// What a token claims, none of it trusted yet. A driver that can't parse the token hands in nothing at all.
#[derive(Clone, Debug, Default)]
pub struct Claims {
    /// The header's `alg`.
    pub algorithm: Option<String>,
    /// The header's `kid`.
    pub key_id: Option<String>,
    /// Whether the header has `crit`: an extension that must be understood or refused (RFC 7515, section 4.1.11).
    pub is_critical: bool,
    /// `iat`, in Unix seconds.
    pub issued_at: Option<f64>,
    /// `request_body_sha256`
    pub body_hash: Option<String>,
    /// The SHA-256 of the body, in hexadecimal, once it is known.
    pub found_hash: Option<String>,
    /// The length of the signature in bytes.
    pub signature_length: u32,
}

impl Claims {
    /// Checks the claims, and the body once its hash is known. Gives the id of the key to verify the signature with, in its
    /// one spelling.
    ///
    /// # Errors
    /// Why the webhook can't be genuine.
    pub fn check(&self, now: Moment, tolerance_seconds: f64) -> Result<String, WebhookError> {
        match self.algorithm.as_deref() {
            None => return Err(WebhookError::MalformedToken),
            Some("ES256") => {}
            Some(_) => return Err(WebhookError::WrongAlgorithm),
        }
        if self.is_critical || self.signature_length != 64 {
            return Err(WebhookError::MalformedToken);
        }
        let (Some(issued_at), Some(body_hash)) = (self.issued_at, &self.body_hash) else {
            return Err(WebhookError::MalformedToken);
        };
        let key_id = self.key_id.as_deref().filter(|id| is_uuid(id));
        let key_id = key_id.ok_or(WebhookError::MissingKeyId)?;
        let age = now.0 as f64 / 1000.0 - issued_at;
        if age > tolerance_seconds {
            return Err(WebhookError::TooOld);
        }
        // What is not a number is not a date either.
        if age < -tolerance_seconds || age.is_nan() {
            return Err(WebhookError::DatedAhead);
        }
        match &self.found_hash {
            Some(found) if !is_equal(found.as_bytes(), body_hash.as_bytes()) => {
                Err(WebhookError::BodyMismatch)
            }
            _ => Ok(key_id.to_ascii_lowercase()),
        }
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

#[cfg(test)]
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
    fn a_key_id_has_one_spelling() {
        let claims = Claims {
            algorithm: Some("ES256".into()),
            key_id: Some("6C5516E1-92DC-479E-A8FF-5A51992E0001".into()),
            issued_at: Some(0.0),
            body_hash: Some("a".into()),
            signature_length: 64,
            ..Claims::default()
        };
        let key_id = claims.check(Moment(0), 300.0);
        assert_eq!(key_id.as_deref(), Ok("6c5516e1-92dc-479e-a8ff-5a51992e0001"));

        for (found, error) in [("a", None), ("b", Some(WebhookError::BodyMismatch))] {
            let claims = Claims {
                found_hash: Some(found.into()),
                ..claims.clone()
            };
            assert_eq!(claims.check(Moment(0), 300.0).err(), error);
        }
    }

    /// Mostly what is right, at times something else or nothing.
    fn often(right: &'static str, other: &'static str) -> impl Strategy<Value = Option<String>> {
        prop_oneof![8 => Just(Some(right.to_owned())), 1 => other.prop_map(Some), 1 => Just(None)]
    }

    proptest! {
        #[test]
        fn only_a_fresh_and_well_formed_token_is_a_candidate(
            algorithm in often("ES256", "ES384|none|\\PC{0,8}"),
            key_id in often("6c5516e1-92dc-479e-a8ff-5a51992e0001", "[0-9a-f-]{36}|\\PC{0,40}"),
            body_hash in often("a", "[bc]{0,3}"),
            is_critical in prop_oneof![9 => Just(false), 1 => Just(true)],
            signature_length in prop_oneof![9 => Just(64), 1 => 0..200_u32],
            age in prop_oneof![9 => -1_000.0..1_000.0_f64, 1 => Just(f64::NAN)],
            has_date: bool,
            tolerance in 0.0..1_000.0_f64,
        ) {
            let now = Moment(1_700_000_000_000);
            let issued_at = has_date.then_some(now.0 as f64 / 1000.0 - age);
            let claims = Claims { algorithm, key_id, is_critical, issued_at, body_hash, found_hash: None, signature_length };
            let is_candidate = claims.algorithm.as_deref() == Some("ES256")
                && claims.key_id.as_deref().is_some_and(is_uuid)
                && !is_critical
                && signature_length == 64
                && has_date
                && (now.0 as f64 / 1000.0 - issued_at.unwrap()).abs() <= tolerance
                && claims.body_hash.is_some();
            prop_assert_eq!(claims.check(now, tolerance).is_ok(), is_candidate);
        }

        #[test]
        fn hashes_are_equal_when_their_bytes_are(a: Vec<u8>, b: Vec<u8>) {
            prop_assert_eq!(is_equal(&a, &b), a == b);
            prop_assert!(is_equal(&a, &a));
        }
    }
}
