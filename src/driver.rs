//! What the JavaScript that drives a call asks while it is under way. Every answer is given at once.

use std::cell::RefCell;

use plaid_edge_core::call::{self, Call, Next};
use plaid_edge_core::error::{ArgumentError, Failure, Kind, Message, Status, Text, UsedToken};
use plaid_edge_core::keys::{KeyCache, Learned, Lookup};
use plaid_edge_core::operation::{Feed, Operation};
use plaid_edge_core::retry::RetryAfter;
use plaid_edge_core::transactions::{AfterPage, Update};
use plaid_edge_core::webhook::{self, Claims, WebhookError};
use wasm_bindgen::prelude::*;

use crate::border::{
    End, ErrorRecord, Finding, Limits, Outcome, TokenClaims, duration, error_of, error_record, marker,
    milliseconds, record, refused,
};

/// Judges an attempt that was no success: gives the record of its error, with `waitMs` and `call` where it is retried.
#[wasm_bindgen(skip_typescript)]
pub fn judge(bits: u32, seen: &Outcome, chance: f64, now_ms: f64) -> ErrorRecord {
    let mut call = Call::from_bits(bits);
    let (operation, attempt) = (call.operation(), call.attempt());
    let code = seen.code();
    let (outcome, failure) = read_outcome(seen, code.as_deref(), now_ms);
    let verdict = call.judge(&outcome, chance);
    let used_token = match verdict.next {
        Next::Fail { used_token } => used_token,
        Next::Wait(_) => None,
    };
    let message = Message {
        method: operation.facts().method,
        what: &failure,
        attempts: attempt,
        request_id: seen.has_request_id().then_some(marker::REQUEST_ID),
        used_token,
    };
    let error = error_record(operation, verdict.kind, &failure);
    error.set_message(&message.to_string());
    error.set_attempts(attempt);
    error.set_retryable(verdict.retryable);
    error.set_response_lost(verdict.response_lost);
    error.set_was_used_earlier(used_token == Some(UsedToken::Earlier));
    if let Some(asked) = verdict.retry_after {
        error.set_retry_after_ms(milliseconds(asked));
    }
    if let Next::Wait(wait) = verdict.next {
        error.set_wait_ms(milliseconds(wait));
        error.set_next_call(call.to_bits());
    }
    error
}

/// What JavaScript saw, as the core knows it, and in words.
fn read_outcome<'a>(
    seen: &Outcome,
    code: Option<&'a str>,
    now_ms: f64,
) -> (call::Outcome<'a>, Failure<'static>) {
    let status = seen.status().map_or(0, |status| status as u16);
    let retry_after = seen.retry_after();
    let responded = call::Outcome::Responded {
        status,
        code,
        retry_after: match retry_after.as_deref().and_then(RetryAfter::parse) {
            Some(RetryAfter::After(wait)) => Some(wait),
            // What has the form of a date need not be one.
            Some(RetryAfter::Until) => Some(seen.retry_after_date_ms())
                .filter(|date| !date.is_nan())
                .map(|date| duration(date - now_ms)),
            None => None,
        },
    };
    let shown = Status(status);
    match (seen.end(), status) {
        (End::TimedOut, _) => {
            let milliseconds = marker::TIMEOUT_MS;
            (call::Outcome::TimedOut, Failure::Timeout { milliseconds })
        }
        (End::Failed, _) => {
            let (host, cause) = (marker::HOST, marker::CAUSE);
            (call::Outcome::Failed, Failure::NoResponse { host, cause })
        }
        (End::UnboundFetch, _) => (call::Outcome::Misconfigured, Failure::UnboundFetch),
        (End::MissingGlobal, _) => {
            let name = marker::NAME;
            (call::Outcome::Misconfigured, Failure::MissingGlobal { name })
        }
        (End::NoResponseObject, _) => (responded, Failure::NoResponseObject),
        (End::Redirect, _) | (_, 301 | 302 | 303 | 307 | 308) => {
            (call::Outcome::Redirected, Failure::Redirect)
        }
        (_, 200..=299) => (call::Outcome::Unreadable, Failure::NotJson { status: shown }),
        _ if !seen.is_object() => (responded, Failure::NotJson { status: shown }),
        _ if code.is_none() => (responded, Failure::NoPlaidError { status: shown }),
        _ => {
            let message = if seen.has_message() {
                marker::MESSAGE
            } else {
                Text("(no message)")
            };
            let code = marker::CODE;
            (
                responded,
                Failure::Plaid {
                    status: shown,
                    code,
                    message,
                },
            )
        }
    }
}

/// The error of an event feed's page that is no list of events.
#[wasm_bindgen(js_name = notEvents, skip_typescript)]
pub fn not_events(is_transfer: bool) -> ErrorRecord {
    received(feed(is_transfer).operation(), &Failure::NotEvents)
}

/// The name of the list of events in a page of a feed.
#[wasm_bindgen(js_name = eventList, skip_typescript)]
pub fn event_list(is_transfer: bool) -> String {
    feed(is_transfer).list().to_owned()
}

const fn feed(is_transfer: bool) -> Feed {
    if is_transfer {
        Feed::Transfer
    } else {
        Feed::BankTransfer
    }
}

/// After a page of transactions: the update's new number if another page follows, nothing if it is complete, or the
/// record of an error. `update` is 0 at the beginning.
#[wasm_bindgen(js_name = afterPage, skip_typescript)]
pub fn after_page(update: u32, has_more: bool, has_moved: bool) -> JsValue {
    let mut update = Update::from_bits(update);
    match update.page(has_more, has_moved) {
        AfterPage::More => update.to_bits().into(),
        AfterPage::Done => JsValue::UNDEFINED,
        AfterPage::Endless => not_transactions().into(),
    }
}

/// The update's new number if it is to begin again after an error with that code.
#[wasm_bindgen(js_name = restartedAfter, skip_typescript)]
pub fn restarted_after(update: u32, code: &str) -> Option<u32> {
    let mut update = Update::from_bits(update);
    update.restarts_after(code).then(|| update.to_bits())
}

/// The error of a page that does not have what `/transactions/sync` responds with.
#[wasm_bindgen(js_name = notTransactions, skip_typescript)]
pub fn not_transactions() -> ErrorRecord {
    let path = Operation::TransactionsSync.facts().path;
    received(
        Operation::TransactionsSync,
        &Failure::Unexpected { path: Text(path) },
    )
}

/// The error of a response that was complete, and is not what the endpoint responds with.
fn received(operation: Operation, failure: &Failure<'_>) -> ErrorRecord {
    let error = error_record(operation, Kind::BadResponse, failure);
    error.set_attempts(1);
    error
}

/// How much of a webhook is looked at.
#[wasm_bindgen(js_name = webhookLimits, skip_typescript)]
pub fn webhook_limits() -> Limits {
    let limits: Limits = record();
    limits.set_header(webhook::HEADER);
    limits.set_max_token(webhook::MAX_TOKEN);
    limits.set_max_body(webhook::MAX_BODY);
    limits.set_max_chunks(webhook::MAX_CHUNKS);
    limits.set_poll_ms(milliseconds(webhook::KEY_POLL));
    limits
}

/// Checks what a token claims: gives the id of its key, or the error to reject with.
#[wasm_bindgen(js_name = checkClaims, skip_typescript)]
pub fn check_claims(claims: &TokenClaims, now_ms: f64, tolerance_s: f64) -> JsValue {
    let claims = Claims {
        algorithm: claims.algorithm(),
        key_id: claims.key_id(),
        is_critical: claims.is_critical(),
        issued_at: claims.issued_at(),
        body_hash: claims.body_hash(),
        signature_length: claims.signature_length(),
    };
    match claims.check(duration(now_ms), tolerance_s) {
        Ok(key_id) => key_id.into(),
        Err(error) => distrusted(error, 0),
    }
}

/// Checks a body's hash against the one that was signed: gives nothing, or the error to reject with.
#[wasm_bindgen(js_name = checkBody, skip_typescript)]
pub fn check_body(hash: &str, signed_hash: &str) -> JsValue {
    match webhook::check_body(hash, signed_hash) {
        Ok(()) => JsValue::UNDEFINED,
        Err(error) => distrusted(error, 0),
    }
}

/// The error of a webhook, by what JavaScript found.
#[wasm_bindgen(js_name = webhookError, skip_typescript)]
pub fn webhook_error(found: Finding, attempts: u32) -> JsValue {
    let error = match found {
        Finding::MissingHeader => Ok(WebhookError::MissingHeader),
        Finding::BodyTooLarge => Ok(WebhookError::BodyTooLarge),
        Finding::NotUtf8 => Ok(WebhookError::NotUtf8),
        Finding::NotAWebhook => Ok(WebhookError::NotAWebhook),
        Finding::BadSignature => Ok(WebhookError::BadSignature),
        Finding::Headers => Err(ArgumentError::WEBHOOK_HEADERS),
        Finding::Body => Err(ArgumentError::WEBHOOK_BODY),
        Finding::ReadBefore => Err(ArgumentError::WEBHOOK_READ),
        Finding::Base64 => Err(ArgumentError::WEBHOOK_BASE64),
        Finding::__Invalid => Err(ArgumentError::WEBHOOK),
    };
    match error {
        Ok(error) => distrusted(error, attempts),
        Err(error) => refused(Operation::VerifyWebhook, error),
    }
}

/// The error of a webhook that can't be judged, by a word for why.
#[wasm_bindgen(js_name = notJudged, skip_typescript)]
pub fn not_judged(why: End) -> ErrorRecord {
    let (kind, failure) = match why {
        End::Response => (Kind::BadResponse, Failure::NotAKey),
        End::TimedOut => (
            Kind::Timeout,
            Failure::Timeout {
                milliseconds: marker::TIMEOUT_MS,
            },
        ),
        _ => (Kind::Configuration, Failure::MissingGlobal { name: marker::NAME }),
    };
    let error = error_record(Operation::VerifyWebhook, kind, &failure);
    error.set_attempts(u32::from(kind == Kind::BadResponse));
    error.set_retryable(kind == Kind::Timeout);
    error
}

fn distrusted(error: WebhookError, attempts: u32) -> JsValue {
    let record = error_record(Operation::VerifyWebhook, Kind::Webhook, &error);
    record.set_reason(error.reason());
    record.set_attempts(attempts);
    error_of(&record)
}

/// Configurations whose keys are remembered; of more, the one that was not used for the longest time is forgotten.
const MAX_SCOPES: usize = 32;

/// One configuration's keys. Adapters with the same host, credentials and fetch share them, so that an adapter per
/// request asks for a key once.
struct Scope {
    id: String,
    keys: KeyCache<JsValue>,
}

thread_local! {
    // No JavaScript runs while this is borrowed, other than wasm-bindgen's own that copies and drops a value.
    static SCOPES: RefCell<Vec<Scope>> = const { RefCell::new(Vec::new()) };
}

fn with_keys(scope: &str, use_keys: &mut dyn FnMut(&mut KeyCache<JsValue>)) {
    SCOPES.with(|scopes| {
        let Ok(mut scopes) = scopes.try_borrow_mut() else {
            return;
        };
        let found = scopes.iter().position(|known| known.id == scope);
        let mut used = match found {
            Some(at) => scopes.remove(at),
            None => {
                if scopes.len() >= MAX_SCOPES {
                    scopes.remove(0);
                }
                Scope {
                    id: scope.to_owned(),
                    keys: KeyCache::new(),
                }
            }
        };
        use_keys(&mut used.keys);
        scopes.push(used);
    });
}

/// What is known of a key: the key itself, null while somebody is fetching it, undefined if it is to be fetched, or
/// the error to reject with. `is_waiting`: the same call got null before.
#[wasm_bindgen(js_name = lookUpKey, skip_typescript)]
pub fn look_up_key(scope: &str, key_id: &str, is_waiting: bool, now_ms: f64) -> JsValue {
    let mut lookup = Lookup::Fetch;
    with_keys(scope, &mut |keys| {
        lookup = keys.look_up(key_id, is_waiting, duration(now_ms))
    });
    match lookup {
        Lookup::Known(key) | Lookup::Failed(key) => key,
        Lookup::Wait => JsValue::NULL,
        Lookup::Fetch => JsValue::UNDEFINED,
        Lookup::Expired => distrusted(WebhookError::ExpiredKey, 0),
        Lookup::Unknown => distrusted(WebhookError::UnknownKey, 0),
        Lookup::Exhausted(wait) => {
            let error = error_record(Operation::VerifyWebhook, Kind::RateLimit, &Failure::TooManyKeys);
            error.set_retryable(true);
            error.set_retry_after_ms(milliseconds(wait));
            error_of(&error)
        }
    }
}

/// Remembers a key, and gives nothing; or the error to reject with if it has expired already. `expires_s` is Plaid's
/// `expired_at`, in Unix seconds; what is no time at all is no time to come.
#[wasm_bindgen(js_name = learnKey, skip_typescript)]
pub fn learn_key(scope: &str, key_id: &str, key: JsValue, expires_s: Option<f64>, now_ms: f64) -> JsValue {
    let now = duration(now_ms);
    let expires = expires_s.map(|seconds| duration(seconds * 1000.0));
    with_keys(scope, &mut |keys| {
        keys.learn(key_id, Learned::Key(key.clone(), expires), now);
    });
    match expires {
        Some(expires) if expires <= now => distrusted(WebhookError::ExpiredKey, 1),
        _ => JsValue::UNDEFINED,
    }
}

/// Remembers that Plaid does not know a key, or why it could not be fetched: `failure` is the error.
#[wasm_bindgen(js_name = learnFailure, skip_typescript)]
pub fn learn_failure(scope: &str, key_id: &str, failure: JsValue, is_unknown: bool, now_ms: f64) {
    with_keys(scope, &mut |keys| {
        let learned = if is_unknown {
            Learned::Unknown
        } else {
            Learned::Failed(failure.clone())
        };
        keys.learn(key_id, learned, duration(now_ms));
    });
}

/// Forgets that a key is being fetched: its caller went away.
#[wasm_bindgen(js_name = giveUpKey, skip_typescript)]
pub fn give_up_key(scope: &str, key_id: &str) {
    with_keys(scope, &mut |keys| keys.give_up(key_id));
}

/// Forgets a key that turned out to be none.
#[wasm_bindgen(js_name = forgetKey, skip_typescript)]
pub fn forget_key(scope: &str, key_id: &str) {
    with_keys(scope, &mut |keys| keys.forget(key_id));
}
