//! Webhook verification, as Plaid documents it:
//! <https://plaid.com/docs/api/webhooks/webhook-verification/>
//!
//! What costs nothing is checked first, and a request for the key is spent only on a token that could be
//! genuine: well formed, of the one algorithm, fresh, and over this very body.

use std::rc::Rc;

use js_sys::{Date, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::adapter::{self, Client};
use crate::arguments::{self, CallOptions, get};
use crate::endpoint::{Call, VERIFY_WEBHOOK};
use crate::error::{Distrust, Failure, Invalid, Kind};
use crate::keys::Lookup;
use crate::transport::{End, Outcome, end, wait};

const LARGEST_BODY: u32 = 1_048_576;
const DEFAULT_TOLERANCE_S: f64 = 300.0;
const LONGEST_TOLERANCE_S: f64 = 31_536_000.0;
/// How often a call that waits for another's look-up of the same key comes back.
const KEY_POLL_MS: f64 = 25.0;

#[wasm_bindgen(module = "/src/js/webhook.js")]
extern "C" {
    /// Reads a webhook: resolves with an [`Opened`], or with the number of an [`UNREADABLE`] entry.
    #[wasm_bindgen(js_name = open)]
    fn open(webhook: &JsValue, most: u32) -> Promise;

    /// Whether the token's signature is that of the key, a JSON Web Key. Undefined for an unusable key.
    #[wasm_bindgen(js_name = isSigned)]
    fn is_signed(jwk: &JsValue, opened: &Opened) -> Promise;

    /// A webhook taken apart, nothing of it trusted yet.
    type Opened;

    #[wasm_bindgen(method, getter)]
    fn alg(this: &Opened) -> Option<String>;

    #[wasm_bindgen(method, getter)]
    fn kid(this: &Opened) -> Option<String>;

    /// Unix seconds.
    #[wasm_bindgen(method, getter, js_name = issuedAt)]
    fn issued_at(this: &Opened) -> f64;

    /// The body's SHA-256 in hexadecimal, as the token claims it.
    #[wasm_bindgen(method, getter, js_name = signedHash)]
    fn signed_hash(this: &Opened) -> String;

    /// And as it is.
    #[wasm_bindgen(method, getter)]
    fn hash(this: &Opened) -> String;

    /// The body, parsed; undefined if it is no webhook.
    #[wasm_bindgen(method, getter)]
    fn payload(this: &Opened) -> JsValue;
}

/// Why a webhook can't be read, in the order of `js/webhook.js`.
const UNREADABLE: [Distrust; 6] = [
    Distrust::NoHeader,
    Distrust::NotAToken,
    Distrust::TooLarge,
    Distrust::ReadBefore,
    Distrust::Parsed,
    Distrust::NotUtf8,
];

/// The webhook's payload, if Plaid sent it; otherwise what the promise rejects with.
pub async fn verify(client: Rc<Client>, webhook: JsValue, options: JsValue) -> Result<JsValue, JsValue> {
    let invalid = |invalid| adapter::invalid_error(VERIFY_WEBHOOK, invalid);
    let distrust = |distrust: Distrust| refusal(&client, distrust, 0);
    let call_options = CallOptions::read(&options).map_err(invalid)?;
    let tolerance = tolerance_s(&options).map_err(invalid)?;
    arguments::object(&webhook, Invalid::Webhook).map_err(invalid)?;

    let opened = JsFuture::from(open(&webhook, LARGEST_BODY)).await?;
    if let Some(problem) = opened.as_f64() {
        return Err(distrust(
            UNREADABLE
                .get(problem as usize)
                .copied()
                .unwrap_or(Distrust::NotAToken),
        ));
    }
    let opened: Opened = opened.unchecked_into();
    let kid = plausible(&opened, Date::now(), tolerance).map_err(distrust)?;
    let (key, attempts) = key(&client, &kid, call_options).await?;
    let is_genuine = JsFuture::from(is_signed(&key, &opened)).await?;
    if is_genuine.is_undefined() {
        let failure = Failure {
            kind: Kind::BadResponse,
            attempts,
            ..Failure::new(VERIFY_WEBHOOK)
        };
        client.keys.borrow_mut().forget(&kid);
        return Err(failure.into_js(
            "Plaid's answer holds no usable P-256 key",
            &client.secrets(&JsValue::UNDEFINED),
        ));
    }
    if is_genuine.is_falsy() {
        return Err(refusal(&client, Distrust::Signature, attempts));
    }
    let payload = opened.payload();
    if payload.is_undefined() {
        Err(refusal(&client, Distrust::NotAWebhook, attempts))
    } else {
        Ok(payload)
    }
}

fn tolerance_s(options: &JsValue) -> Result<f64, Invalid> {
    let value = get(options, "toleranceSeconds").map_err(|_| Invalid::ToleranceSeconds)?;
    let tolerance = arguments::number(&value, 0.0, LONGEST_TOLERANCE_S, Invalid::ToleranceSeconds)?;
    Ok(tolerance.unwrap_or(DEFAULT_TOLERANCE_S))
}

/// The key id of a token that could be genuine.
fn plausible(opened: &Opened, now_ms: f64, tolerance_s: f64) -> Result<String, Distrust> {
    if opened.alg().as_deref() != Some("ES256") {
        return Err(Distrust::Algorithm);
    }
    let kid = opened.kid().filter(|kid| is_uuid(kid)).ok_or(Distrust::NoKeyId)?;
    let age_s = now_ms / 1000.0 - opened.issued_at();
    if age_s > tolerance_s {
        return Err(Distrust::TooOld);
    }
    if age_s < -tolerance_s {
        return Err(Distrust::DatedAhead);
    }
    if !is_equal(opened.hash().as_bytes(), opened.signed_hash().as_bytes()) {
        return Err(Distrust::OtherBody);
    }
    Ok(kid)
}

/// The error of a webhook that is not to be trusted.
fn refusal(client: &Client, distrust: Distrust, attempts: u32) -> JsValue {
    let failure = Failure {
        kind: Kind::Webhook,
        endpoint: None,
        attempts,
        reason: Some(distrust.reason()),
        ..Failure::new(VERIFY_WEBHOOK)
    };
    failure.into_js(&distrust.to_string(), &client.secrets(&JsValue::UNDEFINED))
}

/// The JSON Web Key of that id, remembered or fetched, and how many requests that took.
async fn key(client: &Rc<Client>, kid: &str, options: CallOptions) -> Result<(JsValue, u32), JsValue> {
    loop {
        let lookup = client.keys.borrow_mut().look_up(kid, Date::now());
        match lookup {
            Lookup::Known(key) => return Ok((key, 0)),
            Lookup::Expired => return Err(refusal(client, Distrust::ExpiredKey, 0)),
            Lookup::Unknown => return Err(refusal(client, Distrust::UnknownKey, 0)),
            Lookup::Ask => break,
            Lookup::Busy => {
                let waited: Outcome = JsFuture::from(wait(KEY_POLL_MS, &options.signal))
                    .await?
                    .unchecked_into();
                if end(&waited) == End::Aborted {
                    return Err(waited.cause());
                }
            }
        }
    }
    let call = Call::webhook_key(kid, options);
    let answer = JsFuture::from(adapter::start(VERIFY_WEBHOOK, Ok((client.clone(), call)))).await;
    let mut keys = client.keys.borrow_mut();
    let now = Date::now();
    let member = |object: &JsValue, name| get(object, name).unwrap_or_default();
    let answer = answer.inspect_err(|error| {
        let is_unknown = member(error, "kind").as_string().as_deref() == Some(Kind::Webhook.name());
        if is_unknown {
            keys.unknown(kid, now)
        } else {
            keys.forget(kid)
        }
    })?;
    let jwk = member(&answer, "key");
    if member(&jwk, "expired_at")
        .as_f64()
        .is_some_and(|expired_at| expired_at * 1000.0 <= now)
    {
        keys.expired(kid, now);
        return Err(refusal(client, Distrust::ExpiredKey, 1));
    }
    keys.found(kid, jwk.clone(), now);
    Ok((jwk, 1))
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
}
