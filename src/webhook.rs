//! Webhook verification, as Plaid documents it: https://plaid.com/docs/api/webhooks/webhook-verification/
//!
//! What costs nothing is checked first, and a request for the key is spent only on a token that could be
//! genuine: well formed, of the one algorithm, fresh, and over this very body.

use std::rc::Rc;

use js_sys::{Array, Date, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::adapter::Client;
use crate::arguments::{self, CallOptions, property};
use crate::attempt::{self, Ended};
use crate::base64;
use crate::endpoint::Call;
use crate::error::{Failure, Invalid, Kind};
use crate::interrupt::{Interrupt, Signal, Stop};
use crate::keys::Lookup;
use crate::link::object;

const LARGEST_BODY: f64 = 1_048_576.0;
const LONGEST_TOKEN: usize = 4096;
const DEFAULT_TOLERANCE_S: f64 = 300.0;
const LONGEST_TOLERANCE_S: f64 = 31_536_000.0;
/// How often a call that waits for another's look-up of the same key comes back.
const KEY_POLL_MS: f64 = 25.0;

#[wasm_bindgen(module = "/src/js/body.js")]
extern "C" {
    #[wasm_bindgen(catch, js_name = readBody)]
    fn read_body(request: &JsValue, most: f64) -> Result<Promise, JsValue>;
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = JSON)]
    fn parse(text: &str) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_namespace = ["crypto", "subtle"], js_name = digest)]
    fn digest(algorithm: &str, data: &JsValue) -> Result<Promise, JsValue>;

    #[wasm_bindgen(catch, js_namespace = ["crypto", "subtle"], js_name = importKey)]
    fn import_key(format: &str, key: &Object, algorithm: &Object, extractable: bool, usages: &Array) -> Result<Promise, JsValue>;

    #[wasm_bindgen(catch, js_namespace = ["crypto", "subtle"], js_name = verify)]
    fn verify_signature(algorithm: &Object, key: &JsValue, signature: &Uint8Array, data: &Uint8Array) -> Result<Promise, JsValue>;

    type TextDecoder;

    #[wasm_bindgen(catch, constructor)]
    fn new(encoding: &str, options: &Object) -> Result<TextDecoder, JsValue>;

    #[wasm_bindgen(catch, method)]
    fn decode(this: &TextDecoder, bytes: &JsValue) -> Result<String, JsValue>;

    #[wasm_bindgen(catch, js_namespace = ArrayBuffer, js_name = isView)]
    fn is_view(value: &JsValue) -> Result<bool, JsValue>;
}

/// What verification ended with, other than a payload.
enum Refusal {
    /// The webhook is not to be trusted, or the caller's arguments are wrong.
    Failed(Failure),
    Ended(Ended, Box<Call>),
    Aborted(JsValue),
}

impl From<Invalid> for Refusal {
    fn from(invalid: Invalid) -> Self {
        let mut failure = Failure::from(invalid);
        failure.reason = Some("malformed_body");
        Refusal::Failed(failure)
    }
}

fn refuse(reason: &'static str, message: &str) -> Refusal {
    let mut failure = Failure::new(Kind::Webhook, message.into());
    failure.reason = Some(reason);
    Refusal::Failed(failure)
}

/// The webhook's payload, if Plaid sent it; otherwise what the promise rejects with.
pub async fn verify(client: Rc<Client>, webhook: JsValue, options: JsValue, site: JsValue) -> Result<JsValue, JsValue> {
    check(&client, webhook, options, &site).await.map_err(|refusal| match refusal {
        Refusal::Aborted(reason) => reason,
        Refusal::Failed(failure) => crate::adapter::reject(crate::endpoint::VERIFY_WEBHOOK, failure, &client, &site),
        Refusal::Ended(ended, call) => attempt::rejection(ended, &client.config, &call, &site),
    })
}

async fn check(client: &Client, webhook: JsValue, options: JsValue, site: &JsValue) -> Result<JsValue, Refusal> {
    const TOLERANCE: &str = "options.toleranceSeconds";
    let options = arguments::options(options)?;
    let call_options = CallOptions::read(&options)?;
    let tolerance = match property(&options, "toleranceSeconds", TOLERANCE)? {
        value if arguments::is_absent(&value) => DEFAULT_TOLERANCE_S,
        value => value.as_f64().filter(|seconds| (0.0..=LONGEST_TOLERANCE_S).contains(seconds)).ok_or(
            Invalid::Argument { field: TOLERANCE, expected: "a number of seconds from 0 to 31536000" },
        )?,
    };
    if let Some(reason) = call_options.signal.as_ref().and_then(Signal::abort_reason) {
        return Err(Refusal::Aborted(reason));
    }
    let token = verification_header(&webhook)?;
    let token = Token::parse(&token)?;
    let age = Date::now() / 1000.0 - token.issued_at;
    if age.abs() > tolerance {
        let when = if age < 0.0 { "dated ahead of now" } else { "too old" };
        return Err(refuse("stale", &["the webhook is ", when, " by more than toleranceSeconds allows"].concat()));
    }
    let body = Body::read(&webhook).await?;
    let hash = wait(digest("SHA-256", &body.bytes)).await.map_err(|_| unusable_crypto())?;
    if !is_equal(&hex(&Uint8Array::new(&hash).to_vec()), token.body_hash.as_bytes()) {
        return Err(refuse(
            "body_mismatch",
            "the body is not the one that was signed: pass the raw bytes, as received, before any parser",
        ));
    }
    let key = key(client, &token.kid, call_options, site).await?;
    let algorithm = object(&[("name", &"ECDSA".into()), ("hash", &"SHA-256".into())]);
    let signed = Uint8Array::from(token.signed.as_bytes());
    let is_genuine = wait(verify_signature(&algorithm, &key, &Uint8Array::from(token.signature.as_slice()), &signed))
        .await
        .map_err(|_| unusable_crypto())?;
    if !is_genuine.is_truthy() {
        return Err(refuse("bad_signature", "the signature is not that of the key it names"));
    }
    body.payload()
}

async fn wait(promise: Result<Promise, JsValue>) -> Result<JsValue, JsValue> {
    JsFuture::from(promise?).await
}

fn unusable_crypto() -> Refusal {
    refuse("bad_signature", "the runtime's WebCrypto refused to check the signature")
}

/// The value of the `Plaid-Verification` header.
fn verification_header(webhook: &JsValue) -> Result<String, Refusal> {
    const NAME: &str = "plaid-verification";
    const HEADERS: &str = "webhook.headers";
    let expected = "a Request, or { body, headers } with the raw body";
    if !arguments::is_plain_object(webhook) {
        return Err(Invalid::Argument { field: "webhook", expected }.into());
    }
    let missing = || refuse("missing_header", "there is no Plaid-Verification header");
    let headers = property(webhook, "headers", HEADERS)?;
    if !headers.is_object() {
        return Err(missing());
    }
    let get = property(&headers, "get", HEADERS)?;
    let value = match get.dyn_ref::<js_sys::Function>() {
        Some(get) => get.call1(&headers, &NAME.into()).map_err(|_| missing())?,
        None => {
            let names = Reflect::own_keys(&headers).map_err(|_| missing())?;
            let name = names.iter().find(|name| {
                name.as_string().is_some_and(|name| name.eq_ignore_ascii_case(NAME))
            });
            Reflect::get(&headers, &name.ok_or_else(missing)?).map_err(|_| missing())?
        }
    };
    value.as_string().filter(|token| !token.is_empty()).ok_or_else(missing)
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
    fn parse(token: &str) -> Result<Self, Refusal> {
        let malformed = |what: &str| refuse("malformed_token", &["the Plaid-Verification token ", what].concat());
        let parts = (token.len() <= LONGEST_TOKEN)
            .then(|| token.rsplit_once('.'))
            .flatten()
            .and_then(|(signed, signature)| Some((signed, signed.split_once('.')?, signature)));
        let Some((signed, (header, claims), signature)) = parts else {
            return Err(malformed("is not a JSON Web Token of three parts"));
        };
        let header = json_part(header).ok_or_else(|| malformed("has an unreadable header"))?;
        let member = |object: &JsValue, name: &str| Reflect::get(object, &name.into()).unwrap_or_default();
        if member(&header, "alg").as_string().as_deref() != Some("ES256") {
            return Err(refuse("wrong_algorithm", "the token's algorithm is not ES256, the only one that Plaid uses"));
        }
        // An extension that is marked critical must be understood or refused (RFC 7515, section 4.1.11).
        if !member(&header, "crit").is_undefined() {
            return Err(malformed("has critical extensions"));
        }
        let kid = member(&header, "kid").as_string().filter(|kid| is_uuid(kid));
        let kid = kid.ok_or_else(|| malformed("names no key: kid must be a UUID"))?;
        let claims = json_part(claims).ok_or_else(|| malformed("has unreadable claims"))?;
        let issued_at = member(&claims, "iat").as_f64().filter(|seconds| seconds.is_finite());
        let issued_at = issued_at.ok_or_else(|| malformed("has no iat"))?;
        let body_hash = member(&claims, "request_body_sha256").as_string().filter(|hash| is_sha256(hash));
        let body_hash = body_hash.ok_or_else(|| malformed("has no request_body_sha256"))?;
        let signature = base64::decode(signature).filter(|bytes| bytes.len() == 64);
        let signature = signature.ok_or_else(|| malformed("has no ES256 signature"))?;
        Ok(Token { kid, issued_at, body_hash, signed: signed.to_owned(), signature })
    }
}

fn json_part(part: &str) -> Option<JsValue> {
    let text = String::from_utf8(base64::decode(part)?).ok()?;
    parse(&text).ok().filter(arguments::is_plain_object)
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn hex(bytes: &[u8]) -> Vec<u8> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| DIGITS.get(usize::from(value)).copied().unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0x0f)]).collect()
}

/// Takes as long whatever differs, so that the time says nothing about the expected hash.
fn is_equal(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
}

/// The webhook's raw body. It stays in JavaScript's memory.
struct Body {
    bytes: JsValue,
    text: String,
}

impl Body {
    async fn read(webhook: &JsValue) -> Result<Self, Refusal> {
        const BODY: &str = "webhook.body";
        let too_large = || refuse("body_too_large", "the body is larger than 1 MiB, which no webhook of Plaid's is");
        let malformed = |message| refuse("malformed_body", message);
        let is_request = property(webhook, "arrayBuffer", BODY)?.is_function();
        let bytes = if is_request {
            let unreadable = |_| malformed("the Request's body could not be read: was it read before?");
            let read = wait(read_body(webhook, LARGEST_BODY)).await.map_err(unreadable)?;
            if read.is_null() {
                return Err(too_large());
            }
            read
        } else {
            let body = property(webhook, "body", BODY)?;
            match body.as_string() {
                Some(text) if text.len() as f64 > LARGEST_BODY => return Err(too_large()),
                Some(text) => Uint8Array::from(text.as_bytes()).into(),
                None if matches!(is_view(&body), Ok(true)) => {
                    let length = property(&body, "byteLength", BODY)?.as_f64();
                    if length.is_some_and(|length| length > LARGEST_BODY) {
                        return Err(too_large());
                    }
                    body
                }
                None => {
                    return Err(malformed(
                        "body must be the raw body, a string or a Uint8Array: a parsed object can't be verified, \
                         because the signature is over the bytes that Plaid sent",
                    ));
                }
            }
        };
        // Decoded now: the caller may write over the bytes while the signature is being checked.
        let strict = object(&[("fatal", &true.into()), ("ignoreBOM", &true.into())]);
        let text = TextDecoder::new("utf-8", &strict)
            .and_then(|decoder| decoder.decode(&bytes))
            .map_err(|_| malformed("the body is not UTF-8"))?;
        Ok(Body { bytes, text })
    }

    fn payload(&self) -> Result<JsValue, Refusal> {
        let payload = parse(&self.text).ok().filter(arguments::is_plain_object);
        let is_string = |payload: &JsValue, name: &str| {
            Reflect::get(payload, &name.into()).is_ok_and(|value| value.is_string())
        };
        payload
            .filter(|payload| is_string(payload, "webhook_type") && is_string(payload, "webhook_code"))
            .ok_or_else(|| refuse("malformed_body", "the body is no JSON object with webhook_type and webhook_code"))
    }
}

/// The CryptoKey of that id: remembered, or fetched and imported.
async fn key(client: &Client, kid: &str, options: CallOptions, site: &JsValue) -> Result<JsValue, Refusal> {
    let unknown = || refuse("unknown_key", "Plaid does not know the key that the token names");
    let expired = || refuse("expired_key", "the key that the token names has expired");
    loop {
        let lookup = client.keys.borrow_mut().look_up(kid, Date::now());
        match lookup {
            Lookup::Known(key) => return Ok(key),
            Lookup::Expired => return Err(expired()),
            Lookup::Unknown => return Err(unknown()),
            Lookup::Ask => break,
            Lookup::Busy => {
                if let Stop::Aborted(reason) = Interrupt::new(KEY_POLL_MS, options.signal.clone()).stopped().await {
                    return Err(Refusal::Aborted(reason));
                }
            }
        }
    }
    let call = Call::webhook_key(kid, options)?;
    let answer = match attempt::run(&client.config, &call, site).await {
        Ok(answer) => answer,
        Err(ended) => {
            return Err(match ended {
                Ended::Failed(mut failure) => {
                    if failure.has_code("INVALID_WEBHOOK_VERIFICATION_KEY_ID") {
                        client.keys.borrow_mut().unknown(kid, Date::now());
                        failure.kind = Kind::Webhook;
                    } else {
                        client.keys.borrow_mut().failed(kid);
                    }
                    failure.reason = Some("unknown_key");
                    Refusal::Ended(Ended::Failed(failure), Box::new(call))
                }
                aborted => {
                    client.keys.borrow_mut().failed(kid);
                    Refusal::Ended(aborted, Box::new(call))
                }
            });
        }
    };
    let member = |object: &JsValue, name: &str| Reflect::get(object, &name.into()).unwrap_or_default();
    let jwk = member(&answer, "key");
    if member(&jwk, "expired_at").as_f64().is_some_and(|expired_at| expired_at * 1000.0 <= Date::now()) {
        client.keys.borrow_mut().expired(kid, Date::now());
        return Err(expired());
    }
    match import(&jwk, kid).await {
        Ok(key) => {
            client.keys.borrow_mut().found(kid, key.clone(), Date::now());
            Ok(key)
        }
        Err(_) => {
            client.keys.borrow_mut().failed(kid);
            let mut failure = Failure::new(Kind::BadResponse, "Plaid's answer holds no usable P-256 key".into());
            failure.reason = Some("unknown_key");
            failure.attempts = 1;
            Err(Refusal::Ended(Ended::Failed(Box::new(failure)), Box::new(call)))
        }
    }
}

/// Only the members that make a P-256 key are taken over, so that no other member can change what it is.
async fn import(jwk: &JsValue, kid: &str) -> Result<JsValue, JsValue> {
    let member = |name: &str| Reflect::get(jwk, &name.into()).unwrap_or_default();
    if member("kid").as_string().as_deref() != Some(kid) {
        return Err(JsValue::UNDEFINED);
    }
    let key = object(&[("kty", &member("kty")), ("crv", &member("crv")), ("x", &member("x")), ("y", &member("y"))]);
    let algorithm = object(&[("name", &"ECDSA".into()), ("namedCurve", &"P-256".into())]);
    wait(import_key("jwk", &key, &algorithm, false, &Array::of1(&"verify".into()))).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uuids() {
        assert!(is_uuid("6c5516e1-92dc-479e-a8ff-5a51992e0001"));
        for text in ["", "6c5516e192dc479ea8ff5a51992e0001", "6c5516e1-92dc-479e-a8ff-5a51992e000g", "../../../../../../../../../../../../"] {
            assert!(!is_uuid(text), "{text}");
        }
    }

    #[test]
    fn hashes() {
        assert_eq!(hex(&[0x00, 0x0f, 0xa5]), b"000fa5");
        assert!(is_equal(b"abc", b"abc"));
        assert!(!is_equal(b"abc", b"abd"));
        assert!(!is_equal(b"abc", b"ab"));
        assert!(is_sha256(&"0a".repeat(32)));
        assert!(!is_sha256(&"0A".repeat(32)));
    }
}
