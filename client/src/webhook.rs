//! Webhook verification, the cheapest checks first: the token, the body's hash, the key. The payload is parsed last.

use std::fmt::Write;
use std::sync::{MutexGuard, PoisonError};
use std::time::Duration;

use base64ct::{Base64UrlUnpadded, Encoding};
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{Signature, VerifyingKey};
use plaid_edge_core::config::default_timeout;
use plaid_edge_core::error::{ArgumentError, Failure, Kind, Text};
use plaid_edge_core::keys::{KeyCache, KeyId, Learned, Lookup, Moment};
use plaid_edge_core::operation::Operation;
use plaid_edge_core::request;
use plaid_edge_core::webhook::{self, Claims, WebhookError};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::call::{Plan, is_timeout};
use crate::client::Client;
use crate::error::{Details, Error, in_rust, message};
use crate::transport::Transport;

const METHOD: &str = "verify_webhook";

/// A webhook that Plaid sent.
///
/// ```
/// # use plaid_edge_client::sandbox::Sandbox;
/// # use serde_json::json;
/// # pollster::block_on(async {
/// # let sandbox = Sandbox::new();
/// # let plaid = sandbox.client();
/// let payload = json!({ "webhook_type": "ITEM", "webhook_code": "ERROR", "item_id": "item-1" });
/// let signed = sandbox.sign_webhook(&payload);
/// let webhook = plaid.verify_webhook(&signed.body, signed.verification.as_str()).await?;
/// match (webhook.webhook_type.as_str(), webhook.webhook_code.as_str()) {
///     ("ITEM", "ERROR") => println!("{:?} needs its user: {:?}", webhook.item_id, webhook.fields.get("error")),
///     _ => {}
/// }
/// # Ok::<_, plaid_edge_client::Error>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Webhook {
    /// `TRANSACTIONS`, `ITEM`, …
    pub webhook_type: String,
    /// `SYNC_UPDATES_AVAILABLE`, `ERROR`, …
    pub webhook_code: String,
    /// The Item it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_id: Option<String>,
    /// All other fields.
    #[serde(flatten)]
    pub fields: Map<String, Value>,
}

/// The cached outcome of fetching a key.
#[derive(Clone)]
pub(crate) enum RememberedKey {
    Key(Box<VerifyingKey>),
    Failure(Box<Error>),
}

/// The parts of a JSON Web Token (RFC 7519). None of it is trusted yet.
#[derive(Default)]
struct Token<'a> {
    claims: Claims,
    signed: &'a str,
    signature: Vec<u8>,
}

#[derive(Deserialize)]
struct KeyResponse {
    key: Jwk,
}

#[derive(Deserialize)]
struct Jwk {
    kid: String,
    kty: String,
    crv: String,
    x: String,
    y: String,
    #[serde(default)]
    expired_at: Value,
}

impl<T: Transport> Client<T> {
    /// Checks that a webhook was sent by Plaid within the last five minutes, and returns its payload. `body` is the
    /// request's body, byte for byte. `header` is its `Plaid-Verification` header.
    ///
    /// Respond with 400 to [`Error::Webhook`]. With any other error, the webhook could not be checked: respond with 503,
    /// and Plaid sends it again.
    ///
    /// ```
    /// # use plaid_edge_client::sandbox::Sandbox;
    /// # use serde_json::json;
    /// # pollster::block_on(async {
    /// # let sandbox = Sandbox::new();
    /// # let plaid = sandbox.client();
    /// # let signed = sandbox.sign_webhook(&json!({ "webhook_type": "ITEM", "webhook_code": "ERROR" }));
    /// # let (body, header) = (signed.body, Some(signed.verification));
    /// let webhook = plaid.verify_webhook(&body, header.as_deref()).await?;
    /// assert_eq!(webhook.webhook_code, "ERROR");
    ///
    /// let forged = body.replace("ERROR", "NONE");
    /// let error = plaid.verify_webhook(&forged, header.as_deref()).await.unwrap_err();
    /// assert_eq!(error.reason(), Some("body_mismatch"));
    /// # Ok::<_, plaid_edge_client::Error>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// [`Error::Webhook`], with a [`reason`](Error::reason), if the webhook is invalid; any other if it could not be checked.
    pub async fn verify_webhook<'h>(
        &self,
        body: impl AsRef<[u8]>,
        header: impl Into<Option<&'h str>>,
    ) -> Result<Webhook, Error> {
        let body = body.as_ref();
        let header = header.into().filter(|header| !header.is_empty());
        let mut token = parse_token(header.ok_or_else(|| distrusted(WebhookError::MissingHeader, 0))?);
        let tolerance = self.options().tolerance.unwrap_or(webhook::DEFAULT_TOLERANCE);
        if tolerance.as_secs_f64() > f64::from(webhook::MAX_TOLERANCE_SECONDS) {
            return Err(Error::invalid(METHOD, &ArgumentError::TOLERANCE_SECONDS));
        }
        let now = self.transport().now().into();
        let check = |claims: &Claims| {
            let key_id = claims.check(now, tolerance.as_secs_f64());
            key_id.map_err(|error| distrusted(error, 0))
        };
        let key_id = check(&token.claims)?;
        if u32::try_from(body.len()).map_or(true, |length| length > webhook::MAX_BODY) {
            return Err(distrusted(WebhookError::BodyTooLarge, 0));
        }
        token.claims.found_hash = Some(hash(body));
        check(&token.claims)?;
        let (key, attempts) = self.key(&key_id).await?;
        let signature = Signature::from_slice(&token.signature);
        let is_genuine =
            signature.is_ok_and(|signature| key.verify(token.signed.as_bytes(), &signature).is_ok());
        if !is_genuine {
            return Err(distrusted(WebhookError::BadSignature, attempts));
        }
        let text = str::from_utf8(body).map_err(|_| distrusted(WebhookError::NotUtf8, attempts))?;
        let payload = serde_json::from_str(text);
        payload.map_err(|_| distrusted(WebhookError::NotAWebhook, attempts))
    }

    /// The key with that ID, cached or fetched. One call fetches it for all that wait, each within its own timeout.
    async fn key(&self, key_id: &str) -> Result<(Box<VerifyingKey>, u32), Error> {
        let (config, options) = (self.config(), self.options());
        let path = Operation::VerifyWebhook.facts().path;
        let timeout = options
            .timeout
            .or(config.timeout)
            .unwrap_or_else(|| default_timeout(path));
        let started = self.transport().now();
        let mut is_waiting = false;
        loop {
            let now = self.transport().now();
            let left = timeout.saturating_sub(now.saturating_sub(started));
            if is_waiting && left.is_zero() {
                let milliseconds = timeout.as_millis().to_string();
                let milliseconds = Text(&milliseconds);
                return Err(not_judged(
                    Kind::Timeout,
                    &Failure::Timeout { milliseconds },
                    None,
                ));
            }
            let lookup = self.with_keys(|keys| keys.look_up(&id_of(key_id), is_waiting, now.into()));
            match lookup {
                Lookup::Known(RememberedKey::Key(key)) => return Ok((key, 0)),
                Lookup::Known(RememberedKey::Failure(error))
                | Lookup::Failed(RememberedKey::Failure(error)) => {
                    return Err(*error);
                }
                Lookup::Expired => return Err(distrusted(WebhookError::ExpiredKey, 0)),
                Lookup::Unknown => return Err(distrusted(WebhookError::UnknownKey, 0)),
                Lookup::Exhausted(wait) => {
                    return Err(not_judged(Kind::RateLimit, &Failure::TooManyKeys, Some(wait)));
                }
                Lookup::Fetch | Lookup::Failed(RememberedKey::Key(_)) => {
                    // An attempt may take the time that is left. An invalid timeout is passed on, to be rejected.
                    let left = if is_timeout(timeout) {
                        left.max(Duration::from_millis(1))
                    } else {
                        timeout
                    };
                    return Ok((self.fetch_key(key_id, left).await?, 1));
                }
                Lookup::Wait => {}
            }
            is_waiting = true;
            if self.wait(webhook::KEY_POLL.min(left)).await.is_none() {
                return Err(Error::Aborted { method: METHOD });
            }
        }
    }

    async fn fetch_key(&self, key_id: &str, timeout: Duration) -> Result<Box<VerifyingKey>, Error> {
        // If this future is dropped, the next one fetches.
        let mut unfinished = GiveUp {
            client: self,
            key_id,
            is_over: false,
        };
        let body = request::webhook_key(&crate::json::json(key_id).unwrap_or_default());
        let plan = Plan {
            timeout: Some(timeout),
            ..Plan::new(Operation::VerifyWebhook, METHOD, body)
        };
        let fetched = self.perform::<KeyResponse>(plan).await;
        let now = self.transport().now();
        unfinished.is_over = !matches!(fetched, Err(Error::Aborted { .. }));
        drop(unfinished);
        let jwk = match fetched {
            Ok(response) => response.key,
            Err(error) => {
                self.learn(
                    key_id,
                    match &error {
                        // After a failure that may pass, those who wait fetch with their own timeout and retries.
                        error if error.is_retryable() => Learned::Nothing,
                        Error::Webhook(_) => Learned::Unknown,
                        error => Learned::Failed(RememberedKey::Failure(Box::new(error.clone()))),
                    },
                );
                return Err(error);
            }
        };
        let Some(key) = jwk.verifying_key(key_id) else {
            let error = not_judged(Kind::BadResponse, &Failure::NotAKey, None);
            let failure = RememberedKey::Failure(Box::new(error.clone()));
            self.learn(key_id, Learned::Failed(failure));
            return Err(error);
        };
        let (key, expires) = (Box::new(key), jwk.expires());
        let remembered = RememberedKey::Key(key.clone());
        self.learn(key_id, Learned::Key(remembered, expires.map(Moment::from)));
        match expires {
            Some(expires) if expires <= now => Err(distrusted(WebhookError::ExpiredKey, 1)),
            _ => Ok(key),
        }
    }

    fn learn(&self, key_id: &str, learned: Learned<RememberedKey>) {
        let now = self.transport().now();
        self.with_keys(|keys| keys.learn(&id_of(key_id), learned, now.into()));
    }

    fn with_keys<R>(&self, use_keys: impl FnOnce(&mut KeyCache<RememberedKey>) -> R) -> R {
        let keys: MutexGuard<'_, _> = self.keys().lock().unwrap_or_else(PoisonError::into_inner);
        let mut keys = keys;
        use_keys(&mut keys)
    }
}

/// A client has one configuration and one transport.
fn id_of(key_id: &str) -> KeyId {
    KeyId::new(0, 0, key_id)
}

/// Forgets that a key is being fetched when that future is dropped.
struct GiveUp<'a, T: Transport> {
    client: &'a Client<T>,
    key_id: &'a str,
    is_over: bool,
}

impl<T: Transport> Drop for GiveUp<'_, T> {
    fn drop(&mut self) {
        if !self.is_over {
            self.client.learn(self.key_id, Learned::Nothing);
        }
    }
}

impl Jwk {
    /// The key, or None if it is not a P-256 key or not the requested one.
    fn verifying_key(&self, key_id: &str) -> Option<VerifyingKey> {
        let is_meant = self.kid.eq_ignore_ascii_case(key_id) && self.kty == "EC" && self.crv == "P-256";
        let mut point = vec![4];
        for coordinate in [&self.x, &self.y] {
            let bytes = Base64UrlUnpadded::decode_vec(coordinate).ok()?;
            point.extend((bytes.len() == 32).then_some(bytes)?);
        }
        VerifyingKey::from_sec1_bytes(&point).ok().filter(|_| is_meant)
    }

    /// When it expires, if it does. An invalid time counts as past.
    fn expires(&self) -> Option<Duration> {
        let seconds = match &self.expired_at {
            Value::Null => return None,
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        let seconds = seconds.unwrap_or_default();
        Some(Duration::try_from_secs_f64(seconds).unwrap_or_default())
    }
}

fn parse_token(header: &str) -> Token<'_> {
    let is_long = u32::try_from(header.len()).map_or(true, |length| length > webhook::MAX_TOKEN);
    if is_long { None } else { read_token(header) }.unwrap_or_default()
}

fn read_token(header: &str) -> Option<Token<'_>> {
    let (signed, signature) = header.rsplit_once('.')?;
    let (head, payload) = signed.split_once('.')?;
    let decode = |part| Base64UrlUnpadded::decode_vec(part).ok();
    let signature = decode(signature).filter(|bytes| !bytes.is_empty())?;
    let object = |bytes: Vec<u8>| serde_json::from_slice::<Map<String, Value>>(&bytes).ok();
    let jose = decode(head).and_then(object)?;
    let stated = decode(payload).and_then(object).unwrap_or_default();
    let text =
        |object: &Map<String, Value>, name| object.get(name).and_then(Value::as_str).map(str::to_owned);
    let claims = Claims {
        // An algorithm that is not a string is not Plaid's.
        algorithm: Some(text(&jose, "alg").unwrap_or_default()),
        key_id: text(&jose, "kid"),
        is_critical: jose.contains_key("crit"),
        issued_at: stated.get("iat").and_then(Value::as_f64),
        body_hash: text(&stated, "request_body_sha256"),
        signature_length: u32::try_from(signature.len()).unwrap_or(u32::MAX),
        found_hash: None,
    };
    Some(Token {
        claims,
        signed,
        signature,
    })
}

/// The SHA-256 in hexadecimal.
fn hash(body: &[u8]) -> String {
    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(body) {
        // Writing into a String never fails.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// The error for an invalid webhook.
fn distrusted(error: WebhookError, attempts: u32) -> Error {
    let words = in_rust(&error.to_string()).into_owned();
    let details = Details {
        message: message(METHOD, &words, 1, None, None),
        endpoint: Operation::VerifyWebhook.facts().path.to_owned(),
        reason: Some(error.reason()),
        attempts,
        ..Details::default()
    };
    Error::of(Kind::Webhook, &words, details)
}

/// The error for a webhook that could not be checked.
fn not_judged(kind: Kind, failure: &Failure<'_>, retry_after: Option<Duration>) -> Error {
    let details = Details {
        message: message(METHOD, failure, 1, None, None),
        endpoint: Operation::VerifyWebhook.facts().path.to_owned(),
        reason: Some("unknown_key"),
        attempts: u32::from(kind == Kind::BadResponse),
        is_retryable: kind != Kind::BadResponse,
        retry_after,
        ..Details::default()
    };
    Error::of(kind, failure, details)
}
