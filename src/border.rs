//! The records that cross between wasm and JavaScript, each a plain object over there.

use std::fmt::Display;

use js_sys::{Array, Function, Object};
use plaid_edge_core::error::{ArgumentError, Kind, Message};
use plaid_edge_core::operation::Operation;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/js/errors.js")]
extern "C" {
    /// The error that a record describes.
    #[wasm_bindgen(js_name = errorOf)]
    pub(crate) fn error_of(record: &ErrorRecord) -> JsValue;
}

#[wasm_bindgen]
extern "C" {
    /// What an adapter needs for every call.
    pub(crate) type Settings;
    #[wasm_bindgen(method, setter, js_name = baseUrl)]
    pub(crate) fn set_base_url(this: &Settings, value: &str);
    #[wasm_bindgen(method, setter, js_name = clientId)]
    pub(crate) fn set_client_id(this: &Settings, value: &str);
    #[wasm_bindgen(method, setter, js_name = secret)]
    pub(crate) fn set_secret(this: &Settings, value: &str);
    #[wasm_bindgen(method, setter, js_name = plaidVersion)]
    pub(crate) fn set_plaid_version(this: &Settings, value: &str);
    #[wasm_bindgen(method, setter, js_name = scope)]
    pub(crate) fn set_scope(this: &Settings, value: f64);
    #[wasm_bindgen(method, setter, js_name = fetch)]
    pub(crate) fn set_fetch(this: &Settings, value: Option<Function>);
    #[wasm_bindgen(method, setter, js_name = onAttempt)]
    pub(crate) fn set_on_attempt(this: &Settings, value: Option<Function>);
    #[wasm_bindgen(method, setter, js_name = timeoutMs)]
    pub(crate) fn set_timeout_ms(this: &Settings, value: Option<f64>);
    #[wasm_bindgen(method, setter, js_name = retries)]
    pub(crate) fn set_retries(this: &Settings, value: u32);

    /// One call: what is sent, and how.
    pub(crate) type Plan;
    #[wasm_bindgen(method, setter, js_name = call)]
    pub(crate) fn set_call(this: &Plan, value: u32);
    #[wasm_bindgen(method, setter, js_name = path)]
    pub(crate) fn set_path(this: &Plan, value: &JsValue);
    #[wasm_bindgen(method, setter, js_name = body)]
    pub(crate) fn set_body(this: &Plan, value: &JsValue);
    #[wasm_bindgen(method, setter, js_name = timeoutMs)]
    pub(crate) fn set_plan_timeout_ms(this: &Plan, value: f64);
    #[wasm_bindgen(method, setter, js_name = defaultTimeoutMs)]
    pub(crate) fn set_default_timeout_ms(this: &Plan, value: f64);
    #[wasm_bindgen(method, setter, js_name = signal)]
    pub(crate) fn set_signal(this: &Plan, value: &JsValue);

    #[wasm_bindgen(method, setter, js_name = toleranceS)]
    pub(crate) fn set_tolerance_s(this: &Plan, value: f64);

    /// How an attempt ended that was no success.
    pub type Outcome;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn end(this: &Outcome) -> End;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn status(this: &Outcome) -> Option<f64>;
    #[wasm_bindgen(method, getter, js_name = isObject)]
    pub(crate) fn is_object(this: &Outcome) -> bool;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn code(this: &Outcome) -> Option<String>;
    #[wasm_bindgen(method, getter, js_name = hasMessage)]
    pub(crate) fn has_message(this: &Outcome) -> bool;
    #[wasm_bindgen(method, getter, js_name = hasRequestId)]
    pub(crate) fn has_request_id(this: &Outcome) -> bool;
    #[wasm_bindgen(method, getter, js_name = retryAfter)]
    pub(crate) fn retry_after(this: &Outcome) -> Option<String>;
    #[wasm_bindgen(method, getter, js_name = retryAfterDateMs)]
    pub(crate) fn retry_after_date_ms(this: &Outcome) -> f64;

    /// What a webhook's token claims.
    pub type TokenClaims;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn algorithm(this: &TokenClaims) -> Option<String>;
    #[wasm_bindgen(method, getter, js_name = keyId)]
    pub(crate) fn key_id(this: &TokenClaims) -> Option<String>;
    #[wasm_bindgen(method, getter, js_name = isCritical)]
    pub(crate) fn is_critical(this: &TokenClaims) -> bool;
    #[wasm_bindgen(method, getter, js_name = issuedAt)]
    pub(crate) fn issued_at(this: &TokenClaims) -> Option<f64>;
    #[wasm_bindgen(method, getter, js_name = bodyHash)]
    pub(crate) fn body_hash(this: &TokenClaims) -> Option<String>;
    #[wasm_bindgen(method, getter, js_name = signatureLength)]
    pub(crate) fn signature_length(this: &TokenClaims) -> u32;

    /// How much of a webhook is looked at.
    pub type Limits;
    #[wasm_bindgen(method, setter, js_name = header)]
    pub(crate) fn set_header(this: &Limits, value: &str);
    #[wasm_bindgen(method, setter, js_name = maxToken)]
    pub(crate) fn set_max_token(this: &Limits, value: u32);
    #[wasm_bindgen(method, setter, js_name = maxBody)]
    pub(crate) fn set_max_body(this: &Limits, value: u32);
    #[wasm_bindgen(method, setter, js_name = maxChunks)]
    pub(crate) fn set_max_chunks(this: &Limits, value: u32);
    #[wasm_bindgen(method, setter, js_name = pollMs)]
    pub(crate) fn set_poll_ms(this: &Limits, value: f64);

    /// An error, and after an attempt what to do next.
    #[derive(Clone)]
    pub type ErrorRecord;
    #[wasm_bindgen(method, setter, js_name = errorClass)]
    pub(crate) fn set_error_class(this: &ErrorRecord, value: &str);
    #[wasm_bindgen(method, setter, js_name = kind)]
    pub(crate) fn set_kind(this: &ErrorRecord, value: &str);
    #[wasm_bindgen(method, setter, js_name = message)]
    pub(crate) fn set_message(this: &ErrorRecord, value: &str);
    #[wasm_bindgen(method, setter, js_name = endpoint)]
    pub(crate) fn set_endpoint(this: &ErrorRecord, value: &str);
    #[wasm_bindgen(method, setter, js_name = reason)]
    pub(crate) fn set_reason(this: &ErrorRecord, value: &str);
    #[wasm_bindgen(method, setter, js_name = name)]
    pub(crate) fn set_name(this: &ErrorRecord, value: &JsValue);
    #[wasm_bindgen(method, setter, js_name = problems)]
    pub(crate) fn set_problems(this: &ErrorRecord, value: &Array);
    #[wasm_bindgen(method, setter, js_name = attempts)]
    pub(crate) fn set_attempts(this: &ErrorRecord, value: u32);
    #[wasm_bindgen(method, setter, js_name = retryable)]
    pub(crate) fn set_retryable(this: &ErrorRecord, value: bool);
    #[wasm_bindgen(method, setter, js_name = retryAfterMs)]
    pub(crate) fn set_retry_after_ms(this: &ErrorRecord, value: f64);
    #[wasm_bindgen(method, setter, js_name = call)]
    pub(crate) fn set_next_call(this: &ErrorRecord, value: u32);
    #[wasm_bindgen(method, setter, js_name = waitMs)]
    pub(crate) fn set_wait_ms(this: &ErrorRecord, value: f64);
    #[wasm_bindgen(method, setter, js_name = responseLost)]
    pub(crate) fn set_response_lost(this: &ErrorRecord, value: bool);
    #[wasm_bindgen(method, setter, js_name = wasUsedEarlier)]
    pub(crate) fn set_was_used_earlier(this: &ErrorRecord, value: bool);
}

/// What is wrong with a value of the environment.
#[wasm_bindgen(skip_typescript)]
#[derive(Clone, Copy)]
pub enum EnvProblem {
    /// Nothing: it is a string.
    None = "none",
    /// It is not there.
    Missing = "missing",
    /// It is something else.
    NotText = "not_text",
    /// It is a binding that has to be awaited.
    Binding = "binding",
    /// Its binding failed.
    BindingFailed = "binding_failed",
    /// Reading it threw.
    Unreadable = "unreadable",
}

/// How an exchange ended that was no success.
#[wasm_bindgen(skip_typescript)]
#[derive(Clone, Copy)]
pub enum End {
    /// With a complete response.
    Response = "response",
    /// With a redirect that is not followed, as browsers show it.
    Redirect = "redirect",
    /// The time was up.
    TimedOut = "timed_out",
    /// `fetch`, or the reading of the body, failed.
    Failed = "failed",
    /// What `fetch` gave is no Response.
    NoResponseObject = "no_response_object",
    /// A method was called without its object.
    UnboundFetch = "unbound_fetch",
    /// The runtime lacks something.
    MissingGlobal = "missing_global",
}

/// What JavaScript found of a webhook.
#[wasm_bindgen(skip_typescript)]
#[derive(Clone, Copy)]
pub enum Finding {
    /// No token.
    MissingHeader = "missing_header",
    /// More than is read.
    BodyTooLarge = "body_too_large",
    /// A body that is no text.
    NotUtf8 = "not_utf8",
    /// A body that is no webhook.
    NotAWebhook = "not_a_webhook",
    /// A signature of another key.
    BadSignature = "bad_signature",
    /// No headers.
    Headers = "headers",
    /// No raw body.
    Body = "body",
    /// A body that was read before.
    ReadBefore = "read_before",
    /// A body that is not base64.
    Base64 = "base64",
}

/// An empty record.
pub(crate) fn record<T: JsCast>() -> T {
    Object::new().unchecked_into()
}

/// The markers that JavaScript puts values and texts in the places of.
pub(crate) mod marker {
    use plaid_edge_core::error::Text;

    pub(crate) const VALUE: &str = "\0";
    pub(crate) const CODE: Text<'_> = Text("{errorCode}");
    pub(crate) const MESSAGE: Text<'_> = Text("{errorMessage}");
    pub(crate) const REQUEST_ID: &str = "{requestId}";
    pub(crate) const HOST: Text<'_> = Text("{host}");
    pub(crate) const CAUSE: Text<'_> = Text("{cause}");
    pub(crate) const TIMEOUT_MS: Text<'_> = Text("{timeoutMs}");
    pub(crate) const NAME: Text<'_> = Text("{name}");
}

/// The record of an error of that operation.
pub(crate) fn error_record(operation: Operation, kind: Kind, what: &dyn Display) -> ErrorRecord {
    let facts = operation.facts();
    let record: ErrorRecord = record();
    record.set_error_class(match kind {
        Kind::Server => "PlaidApiInternalServerError",
        Kind::Configuration if operation == Operation::InitializePlaid => "PlaidAdapterConfigurationError",
        _ => facts.error_class,
    });
    record.set_kind(kind.as_str());
    record.set_attempts(0);
    record.set_retryable(false);
    if !facts.path.is_empty() {
        record.set_endpoint(facts.path);
    }
    // Every error about a webhook has a reason. Where none was judged, the kind says why.
    if operation == Operation::VerifyWebhook {
        record.set_reason(match kind {
            Kind::InvalidArgument => "malformed_body",
            _ => "unknown_key",
        });
    }
    let message = Message {
        method: facts.method,
        what,
        attempts: 1,
        request_id: None,
        used_token: None,
    };
    record.set_message(&message.to_string());
    if kind == Kind::Configuration {
        record.set_problems(&Array::of1(&what.to_string().into()));
    }
    record
}

/// The error of an operation that was called wrongly. Nothing was sent.
pub(crate) fn refused(operation: Operation, error: ArgumentError) -> JsValue {
    error_of(&error_record(operation, Kind::InvalidArgument, &error))
}

/// Milliseconds, as JavaScript counts them.
pub(crate) fn milliseconds(duration: std::time::Duration) -> f64 {
    duration.as_millis() as f64
}

/// A duration from JavaScript's milliseconds; none for what is no time.
pub(crate) fn duration(milliseconds: f64) -> std::time::Duration {
    std::time::Duration::from_millis(milliseconds as u64)
}
