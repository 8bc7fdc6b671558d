//! What the JavaScript that drives a call asks while it is under way. Every answer is given at once.

use std::cell::RefCell;
use std::fmt::Display;

use plaid_edge_core::call::{self, Call, Next, Outcome};
use plaid_edge_core::error::{ArgumentError, Failure, Kind, Message, Text, UsedToken};
use plaid_edge_core::keys::{KeyCache, KeyId, Learned, Lookup, Moment};
use plaid_edge_core::operation::Operation;
use plaid_edge_core::retry::RetryAfter;
use plaid_edge_core::transactions::{AfterPage, Update};
use plaid_edge_core::webhook::{Claims, WebhookError};
use wasm_bindgen::prelude::*;

use crate::border::{
    End, ErrorRecord, Finding, Method, Seen, Verdict, duration, error_record, marker, refused, text_of,
};

/// Judges an attempt that was no success: gives a verdict, with `waitMs` and `call` where it is retried.
#[wasm_bindgen(skip_typescript)]
pub fn judge(bits: u32, end: End, seen: JsValue, chance: f64, now_ms: f64) -> JsValue {
    let seen = Seen(seen);
    let mut call = Call::from_bits(bits);
    let (operation, attempt) = (call.operation(), call.attempt());
    let code = seen.text("code");
    let (outcome, failure) = read_outcome(end, &seen, code.as_deref(), now_ms);
    let verdict = call.judge(&outcome, chance);
    let used_token = match verdict.next {
        Next::Fail { used_token } => used_token,
        Next::Wait(_) => None,
    };
    let message = Message {
        method: operation.facts().method,
        what: &failure,
        attempt: (attempt > 1).then_some(marker::ATTEMPTS),
        request_id: seen.has("requestId").then_some(marker::REQUEST_ID),
        used_token,
    };
    let error = error_record(operation, verdict.kind, &failure);
    error.set_message(&text_of(&message));
    error.set_attempts(f64::from(attempt));
    error.set_retryable(verdict.retryable);
    if let Some(asked) = verdict.retry_after {
        error.set_retry_after(asked);
    }
    let judged = Verdict::new();
    judged.set_error(&error.into());
    judged.set_response_lost(verdict.response_lost);
    judged.set_was_used_earlier(used_token == Some(UsedToken::Earlier));
    if let Next::Wait(wait) = verdict.next {
        judged.set_wait(wait);
        judged.set_next_call(f64::from(call.to_bits()));
    }
    judged.into()
}

/// What JavaScript saw, as the core knows it, and in words.
fn read_outcome<'a>(end: End, seen: &Seen, code: Option<&'a str>, now_ms: f64) -> (Outcome<'a>, Failure<'a>) {
    let retry_after = seen.text("retryAfter");
    let response = call::Seen {
        status: seen.number("status").map_or(0, |status| status as u16),
        is_object: seen.has("body"),
        code,
        shown: call::Shown {
            status: marker::STATUS,
            code: marker::CODE,
            message: seen.has("message").then_some(marker::MESSAGE),
        },
        retry_after: match retry_after.as_deref().and_then(RetryAfter::parse) {
            Some(RetryAfter::After(wait)) => Some(wait),
            // What has the form of a date need not be one.
            Some(RetryAfter::Until) => seen
                .number("retryAfterDateMs")
                .filter(|date| !date.is_nan())
                .map(|date| duration(date - now_ms)),
            None => None,
        },
    };
    match end {
        End::TimedOut => {
            let milliseconds = marker::TIMEOUT_MS;
            (Outcome::TimedOut, Failure::Timeout { milliseconds })
        }
        End::Failed => {
            let (host, cause) = (marker::HOST, marker::CAUSE);
            (Outcome::Failed, Failure::NoResponse { host, cause })
        }
        End::UnboundFetch => (Outcome::Misconfigured, Failure::UnboundFetch),
        End::MissingGlobal => {
            let name = marker::NAME;
            (Outcome::Misconfigured, Failure::MissingGlobal { name })
        }
        End::NoResponseObject => (response.read().0, Failure::NoResponseObject),
        End::Redirect => (Outcome::Redirected, Failure::Redirect),
        End::Response | End::__Invalid => response.read(),
    }
}

/// After a page of transactions, or an error in its place: the update's new number if it goes on, undefined if it is over,
/// null if the page leads nowhere. `update` is 0 at the beginning; after an error, `code` is its code, or empty.
#[wasm_bindgen(js_name = afterPage, skip_typescript)]
pub fn after_page(update: u32, has_more: bool, has_moved: bool, code: Option<String>) -> JsValue {
    let mut update = Update::from_bits(update);
    let next = match code {
        None => update.page(has_more, has_moved),
        Some(code) if update.restarts_after(&code) => AfterPage::More,
        Some(_) => AfterPage::Done,
    };
    match next {
        AfterPage::More => update.to_bits().into(),
        AfterPage::Done => JsValue::UNDEFINED,
        AfterPage::Endless => JsValue::NULL,
    }
}

/// Checks what a token claims, and the body once its hash is known: gives the id of the key, or the error to reject with.
#[wasm_bindgen(js_name = checkClaims, skip_typescript)]
pub fn check_claims(claims: JsValue, now_ms: f64, tolerance_s: f64) -> JsValue {
    let claims = Seen(claims);
    let claims = Claims {
        algorithm: claims.text("algorithm"),
        key_id: claims.text("keyId"),
        is_critical: claims.has("critical"),
        issued_at: claims.number("issuedAt"),
        body_hash: claims.text("bodyHash"),
        found_hash: claims.text("foundHash"),
        signature_length: claims.number("signatureLength").map_or(0, |length| length as u32),
    };
    match claims.check(moment(now_ms), tolerance_s) {
        Ok(key_id) => key_id.into(),
        Err(error) => distrusted(error).into_error(),
    }
}

/// The record of a method's error, by what JavaScript found.
#[wasm_bindgen(skip_typescript)]
pub fn failed(method: Method, found: Finding, attempts: u32) -> JsValue {
    let operation = method.into();
    let received = |kind, failure: &dyn Display| error_record(operation, kind, failure);
    let error = match found {
        Finding::MissingHeader => distrusted(WebhookError::MissingHeader),
        Finding::BodyTooLarge => distrusted(WebhookError::BodyTooLarge),
        Finding::NotUtf8 => distrusted(WebhookError::NotUtf8),
        Finding::NotAWebhook => distrusted(WebhookError::NotAWebhook),
        Finding::BadSignature => distrusted(WebhookError::BadSignature),
        Finding::Detached => detached(operation, ArgumentError::DETACHED),
        Finding::Freed => detached(operation, ArgumentError::FREED),
        Finding::Headers => refused(operation, ArgumentError::WEBHOOK_HEADERS),
        Finding::Body | Finding::__Invalid => refused(operation, ArgumentError::WEBHOOK_BODY),
        Finding::ReadBefore => refused(operation, ArgumentError::WEBHOOK_READ),
        Finding::Base64 => refused(operation, ArgumentError::WEBHOOK_BASE64),
        Finding::NotAKey => received(Kind::BadResponse, &Failure::NotAKey),
        Finding::BodyLost => {
            let cause = marker::CAUSE;
            let error = received(Kind::Network, &Failure::BodyLost { cause });
            error.set_reason("malformed_body");
            error
        }
        Finding::TimedOut => {
            let milliseconds = marker::TIMEOUT_MS;
            received(Kind::Timeout, &Failure::Timeout { milliseconds })
        }
        Finding::MissingGlobal => {
            let name = marker::NAME;
            received(Kind::Configuration, &Failure::MissingGlobal { name })
        }
        Finding::NotEvents => received(Kind::BadResponse, &Failure::NotEvents),
        Finding::Unexpected => {
            let path = Text(operation.facts().path);
            received(Kind::BadResponse, &Failure::Unexpected { path })
        }
    };
    error.set_attempts(f64::from(attempts));
    error.set_retryable(matches!(found, Finding::TimedOut));
    error.into()
}

/// The error of a method that has no adapter to work with.
fn detached(operation: Operation, error: ArgumentError) -> ErrorRecord {
    let record = refused(operation, error);
    record.set_method(operation.facts().method);
    record
}

fn distrusted(error: WebhookError) -> ErrorRecord {
    let record = error_record(Operation::VerifyWebhook, Kind::Webhook, &error);
    record.set_reason(error.reason());
    record
}

thread_local! {
    // Adapters with the same host, credentials and fetch share keys, so that an adapter per request asks for a key once.
    // No JavaScript runs while this is borrowed, other than wasm-bindgen's own that copies and drops a value.
    static KEYS: RefCell<KeyCache<JsValue>> = const { RefCell::new(KeyCache::new()) };
}

/// A moment from JavaScript's milliseconds.
const fn moment(milliseconds: f64) -> Moment {
    Moment(milliseconds as u64)
}

fn learn(id: &KeyId, learned: Learned<JsValue>, now_ms: f64) {
    KEYS.with(|keys| {
        if let Ok(mut keys) = keys.try_borrow_mut() {
            keys.learn(id, learned, moment(now_ms));
        }
    });
}

/// What is known of a key: the key itself, null while somebody is fetching it, undefined if it is to be fetched, or
/// the error to reject with. `is_waiting`: the same call got null before.
#[wasm_bindgen(js_name = lookUpKey, skip_typescript)]
pub fn look_up_key(scope: f64, fetch: u32, key_id: &str, is_waiting: bool, now_ms: f64) -> JsValue {
    let id = KeyId::new(scope as u64, fetch, key_id);
    let lookup = KEYS.with(|keys| match keys.try_borrow_mut() {
        Ok(mut keys) => keys.look_up(&id, is_waiting, moment(now_ms)),
        Err(_) => Lookup::Fetch,
    });
    match lookup {
        Lookup::Known(key) | Lookup::Failed(key) => key,
        Lookup::Wait => JsValue::NULL,
        Lookup::Fetch => JsValue::UNDEFINED,
        Lookup::Expired => distrusted(WebhookError::ExpiredKey).into_error(),
        Lookup::Unknown => distrusted(WebhookError::UnknownKey).into_error(),
        Lookup::Exhausted(wait) => {
            let error = error_record(Operation::VerifyWebhook, Kind::RateLimit, &Failure::TooManyKeys);
            error.set_retryable(true);
            error.set_retry_after(wait);
            error.into_error()
        }
    }
}

/// Remembers a key, and gives nothing; or the error to reject with if it has expired already. `expires_s` is Plaid's
/// `expired_at`, in Unix seconds; what is no time at all is no time to come.
#[wasm_bindgen(js_name = learnKey, skip_typescript)]
pub fn learn_key(
    scope: f64,
    fetch: u32,
    key_id: &str,
    key: JsValue,
    expires_s: Option<f64>,
    now_ms: f64,
) -> JsValue {
    let expires = expires_s.map(|seconds| moment(seconds * 1000.0));
    let id = KeyId::new(scope as u64, fetch, key_id);
    learn(&id, Learned::Key(key, expires), now_ms);
    match expires {
        Some(expires) if expires <= moment(now_ms) => {
            let error = distrusted(WebhookError::ExpiredKey);
            error.set_attempts(1.0);
            error.into_error()
        }
        _ => JsValue::UNDEFINED,
    }
}

/// Remembers that Plaid does not know a key, or why it could not be fetched: `failure` is the error, if it is to be
/// shared with those who wait.
#[wasm_bindgen(js_name = learnFailure, skip_typescript)]
pub fn learn_failure(scope: f64, fetch: u32, key_id: &str, failure: JsValue, is_unknown: bool, now_ms: f64) {
    let learned = match is_unknown {
        true => Learned::Unknown,
        false if failure.is_undefined() => Learned::Nothing,
        false => Learned::Failed(failure),
    };
    learn(&KeyId::new(scope as u64, fetch, key_id), learned, now_ms);
}
