//! The keys that sign webhooks
//! (<https://plaid.com/docs/api/webhooks/webhook-verification/>).

use base64ct::{Base64UrlUnpadded, Encoding};
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::clock::{DAY, SECOND};
use crate::http::SignedWebhook;
use crate::random::Random;

pub(crate) struct WebhookKeys {
    pub current: Key,
    pub expired: Key,
}

pub(crate) struct Key {
    pub id: String,
    signing: SigningKey,
    created_at: i64,
    expired_at: Option<i64>,
}

impl WebhookKeys {
    pub fn generate(now: i64, random: &mut Random) -> Self {
        let day = |days: i64| now.saturating_sub(DAY.saturating_mul(days)).div_euclid(SECOND);
        Self {
            current: Key::generate(random.uuid(), day(1), None, random),
            expired: Key::generate(random.uuid(), day(31), Some(day(1)), random),
        }
    }

    /// Signs a payload as Plaid does, `issued_at` being in seconds since 1970.
    pub fn sign(&self, payload: &Value, issued_at: i64, expired_key: bool) -> SignedWebhook {
        let key = if expired_key { &self.expired } else { &self.current };
        let body = format!("{payload:#}");
        let header = json!({ "alg": "ES256", "kid": key.id, "typ": "JWT" });
        let hash: String = Sha256::digest(&body)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let claims = json!({ "iat": issued_at, "request_body_sha256": hash });
        let signed = format!(
            "{}.{}",
            base64(header.to_string().as_bytes()),
            base64(claims.to_string().as_bytes())
        );
        let signature: Signature = key.signing.sign(signed.as_bytes());
        SignedWebhook {
            body,
            verification: format!("{signed}.{}", base64(&signature.to_bytes())),
        }
    }
}

impl Key {
    fn generate(id: String, created_at: i64, expired_at: Option<i64>, random: &mut Random) -> Self {
        // Of 2^256 byte strings, all but about 2^224 are keys.
        let signing = loop {
            if let Ok(key) = SigningKey::from_slice(&random.bytes()) {
                break key;
            }
        };
        Self {
            id,
            signing,
            created_at,
            expired_at,
        }
    }

    pub fn jwk(&self) -> Value {
        let point = self.signing.verifying_key().to_sec1_point(false);
        let coordinate = |bytes: Option<_>| {
            bytes
                .map(|bytes: &p256::FieldBytes| base64(bytes))
                .unwrap_or_default()
        };
        json!({
            "alg": "ES256",
            "crv": "P-256",
            "kid": self.id,
            "kty": "EC",
            "use": "sig",
            "x": coordinate(point.x()),
            "y": coordinate(point.y()),
            "created_at": self.created_at,
            "expired_at": self.expired_at,
        })
    }
}

fn base64(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}
