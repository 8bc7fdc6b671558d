//! Webhook verification, as Plaid documents it: https://plaid.com/docs/api/webhooks/webhook-verification/
//!
//! What costs nothing is checked first, and a request for the key is spent only on a token that could be
//! genuine: well formed, of the one algorithm, fresh, and over this very body.

use std::rc::Rc;

use js_sys::{Date, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::adapter::{self, Client};
use crate::arguments::{self, CallOptions, get};
use crate::base64;
use crate::endpoint::{Call, VERIFY_WEBHOOK};
use crate::error::{Distrust, Failure, Invalid, Kind};
use crate::keys::Lookup;
use crate::transport::{End, Outcome, end, wait};

const LARGEST_BODY: u32 = 1_048_576;
const LONGEST_TOKEN: usize = 4096;
const DEFAULT_TOLERANCE_S: f64 = 300.0;
const LONGEST_TOLERANCE_S: f64 = 31_536_000.0;
/// How often a call that waits for another's look-up of the same key comes back.
const KEY_POLL_MS: f64 = 25.0;

#[wasm_bindgen(module = "/src/js/webhook.js")]
extern "C" {
    #[wasm_bindgen(catch, js_name = tokenOf)]
    fn token_of(webhook: &JsValue) -> Result<Option<String>, JsValue>;

    #[wasm_bindgen(js_name = bodyOf)]
    fn body_of(webhook: &JsValue, most: u32) -> Promise;

    #[wasm_bindgen(js_name = parseObject)]
    fn parse_object(text: &str) -> JsValue;

    #[wasm_bindgen(js_name = importKey)]
    fn import_key(jwk: &JsValue) -> Promise;

    #[wasm_bindgen(js_name = isSigned)]
    fn is_signed(key: &JsValue, signature: Vec<u8>, text: &str) -> Promise;
}

/// What is wrong with a body, in the order of `js/webhook.js`.
const BODY_PROBLEMS: [Distrust; 4] = [
    Distrust::TooLarge,
    Distrust::ReadBefore,
    Distrust::Parsed,
    Distrust::NotUtf8,
];

/// What verification ended with, other than a payload.
enum Refusal {
    Invalid(Invalid),
    Distrust(Distrust),
    /// What the promise rejects with, ready made.
    Rejection(JsValue),
}

impl From<Invalid> for Refusal {
    fn from(invalid: Invalid) -> Self {
        Refusal::Invalid(invalid)
    }
}

impl From<Distrust> for Refusal {
    fn from(distrust: Distrust) -> Self {
        Refusal::Distrust(distrust)
    }
}

/// A promise of our own JavaScript, and of WebCrypto, rejects only where the runtime itself fails.
impl From<JsValue> for Refusal {
    fn from(rejection: JsValue) -> Self {
        Refusal::Rejection(rejection)
    }
}

/// The webhook's payload, if Plaid sent it; otherwise what the promise rejects with.
pub async fn verify(
    client: Rc<Client>,
    webhook: JsValue,
    options: JsValue,
    site: JsValue,
) -> Result<JsValue, JsValue> {
    check(&client, &webhook, &options, &site)
        .await
        .map_err(|refusal| match refusal {
            Refusal::Invalid(invalid) => adapter::invalid_error(VERIFY_WEBHOOK, invalid, &site),
            Refusal::Distrust(distrust) => Failure {
                class: VERIFY_WEBHOOK.class,
                kind: Kind::Webhook,
                message: &[VERIFY_WEBHOOK.method, ": ", &distrust.to_string()],
                endpoint: None,
                attempts: 0,
                retryable: false,
                retry_after_ms: None,
                reason: Some(distrust.reason()),
                outcome: None,
                cause: &JsValue::UNDEFINED,
                secrets: &client.secrets(&JsValue::UNDEFINED),
                site: &site,
            }
            .into_js(),
            Refusal::Rejection(rejection) => rejection,
        })
}

async fn check(
    client: &Rc<Client>,
    webhook: &JsValue,
    options: &JsValue,
    site: &JsValue,
) -> Result<JsValue, Refusal> {
    let call_options = CallOptions::read(options)?;
    let tolerance = get(options, "toleranceSeconds").map_err(|_| Invalid::ToleranceSeconds)?;
    let tolerance = arguments::number(&tolerance, 0.0, LONGEST_TOLERANCE_S, Invalid::ToleranceSeconds)?;
    arguments::object(webhook, Invalid::Webhook)?;
    let token = token_of(webhook).ok().flatten().ok_or(Distrust::NoHeader)?;
    let token = Token::parse(&token)?;
    let age_s = Date::now() / 1000.0 - token.issued_at;
    let tolerance = tolerance.unwrap_or(DEFAULT_TOLERANCE_S);
    if age_s > tolerance {
        return Err(Distrust::TooOld.into());
    }
    if age_s < -tolerance {
        return Err(Distrust::DatedAhead.into());
    }
    let body = JsFuture::from(body_of(webhook, LARGEST_BODY)).await?;
    if let Some(problem) = body.as_f64() {
        return Err(BODY_PROBLEMS
            .get(problem as usize)
            .copied()
            .unwrap_or(Distrust::Parsed)
            .into());
    }
    let hash = get(&body, "hash")?.as_string().unwrap_or_default();
    if !is_equal(hash.as_bytes(), token.body_hash.as_bytes()) {
        return Err(Distrust::OtherBody.into());
    }
    let key = key(client, &token.kid, call_options, site).await?;
    let is_genuine = JsFuture::from(is_signed(&key, token.signature, &token.signed)).await?;
    if !is_genuine.is_truthy() {
        return Err(Distrust::Signature.into());
    }
    let payload = parse_object(&get(&body, "text")?.as_string().unwrap_or_default());
    if get(&payload, "webhook_type")?.is_string() && get(&payload, "webhook_code")?.is_string() {
        return Ok(payload);
    }
    Err(Distrust::NotAWebhook.into())
}

/// The parts of a token that could be one of Plaid's.
struct Token {
    kid: String,
    /// Unix seconds.
    issued_at: f64,
    /// SHA-256 of the body, in lower-case hexadecimal.
    body_hash: String,
    /// Header and claims as they were signed.
    signed: String,
    signature: Vec<u8>,
}

impl Token {
    fn parse(token: &str) -> Result<Self, Distrust> {
        let (signed, signature) = token.rsplit_once('.').ok_or(Distrust::NotAToken)?;
        let (header, claims) = signed.split_once('.').ok_or(Distrust::NotAToken)?;
        if token.len() > LONGEST_TOKEN {
            return Err(Distrust::NotAToken);
        }
        let header = json_part(header)?;
        if member(&header, "alg").as_string().as_deref() != Some("ES256") {
            return Err(Distrust::Algorithm);
        }
        // An extension that is marked critical must be understood or refused (RFC 7515, section 4.1.11).
        if !member(&header, "crit").is_undefined() {
            return Err(Distrust::CriticalExtensions);
        }
        let kid = member(&header, "kid")
            .as_string()
            .filter(|kid| is_uuid(kid))
            .ok_or(Distrust::NoKeyId)?;
        let claims = json_part(claims)?;
        let issued_at = member(&claims, "iat").as_f64().ok_or(Distrust::NoClaims)?;
        let body_hash = member(&claims, "request_body_sha256")
            .as_string()
            .ok_or(Distrust::NoClaims)?;
        let signature = base64::decode(signature)
            .filter(|bytes| bytes.len() == 64)
            .ok_or(Distrust::NotAToken)?;
        Ok(Token {
            kid,
            issued_at,
            body_hash,
            signed: signed.to_owned(),
            signature,
        })
    }
}

fn json_part(part: &str) -> Result<JsValue, Distrust> {
    let bytes = base64::decode(part).ok_or(Distrust::NotAToken)?;
    let object = parse_object(&String::from_utf8(bytes).map_err(|_| Distrust::NotAToken)?);
    if object.is_undefined() {
        Err(Distrust::NotAToken)
    } else {
        Ok(object)
    }
}

/// A member of an object that came out of JSON.
fn member(object: &JsValue, name: &str) -> JsValue {
    get(object, name).unwrap_or_default()
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

/// The CryptoKey of that id: remembered, or fetched and imported.
async fn key(
    client: &Rc<Client>,
    kid: &str,
    options: CallOptions,
    site: &JsValue,
) -> Result<JsValue, Refusal> {
    loop {
        let lookup = client.keys.borrow_mut().look_up(kid, Date::now());
        match lookup {
            Lookup::Known(key) => return Ok(key),
            Lookup::Expired => return Err(Distrust::ExpiredKey.into()),
            Lookup::Unknown => return Err(Distrust::UnknownKey.into()),
            Lookup::Ask => break,
            Lookup::Busy => {
                let waited: Outcome = JsFuture::from(wait(KEY_POLL_MS, &options.signal))
                    .await?
                    .unchecked_into();
                if end(&waited) == End::Aborted {
                    return Err(waited.cause().into());
                }
            }
        }
    }
    let call = Call::webhook_key(kid, options);
    let answer = JsFuture::from(adapter::start(
        VERIFY_WEBHOOK,
        Ok((client.clone(), call)),
        site.clone(),
    ))
    .await;
    let answer = answer.inspect_err(|error| {
        let is_unknown = member(error, "kind").as_string().as_deref() == Some(Kind::Webhook.name());
        match is_unknown {
            true => client.keys.borrow_mut().unknown(kid, Date::now()),
            false => client.keys.borrow_mut().failed(kid),
        }
    })?;
    let jwk = member(&answer, "key");
    if member(&jwk, "expired_at")
        .as_f64()
        .is_some_and(|expired_at| expired_at * 1000.0 <= Date::now())
    {
        client.keys.borrow_mut().expired(kid, Date::now());
        return Err(Distrust::ExpiredKey.into());
    }
    match JsFuture::from(import_key(&jwk)).await {
        Ok(key) => {
            client.keys.borrow_mut().found(kid, key.clone(), Date::now());
            Ok(key)
        }
        Err(cause) => {
            client.keys.borrow_mut().failed(kid);
            let failure = Failure {
                class: VERIFY_WEBHOOK.class,
                kind: Kind::BadResponse,
                message: &[
                    VERIFY_WEBHOOK.method,
                    ": Plaid's answer holds no usable P-256 key",
                ],
                endpoint: Some(VERIFY_WEBHOOK.path),
                attempts: 1,
                retryable: false,
                retry_after_ms: None,
                reason: None,
                outcome: None,
                cause: &cause,
                secrets: &client.secrets(&JsValue::UNDEFINED),
                site,
            };
            Err(failure.into_js().into())
        }
    }
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
