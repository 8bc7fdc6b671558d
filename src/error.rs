//! What went wrong: which operation failed, what kind of failure it was, in words and in fields.
//!
//! The classes are JavaScript's, in `js/errors.js`; what is thrown and what users import is the same object.

use js_sys::{Array, Object, Reflect};
use thiserror::Error;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/js/errors.js")]
extern "C" {
    #[wasm_bindgen(js_name = makeError)]
    fn make_error(class: u8, message: &str, fields: &Object, secrets: &Array, site: &JsValue) -> JsValue;

    /// Where the caller called, for the stack of an error that is made long after.
    #[wasm_bindgen(js_name = callSite)]
    pub fn call_site() -> JsValue;
}

#[wasm_bindgen(module = "/src/js/redact.js")]
extern "C" {
    /// The token values in a request's body.
    #[wasm_bindgen(js_name = tokensIn)]
    pub fn tokens_in(body: &JsValue) -> Array;

    /// A text without those secrets.
    #[wasm_bindgen(js_name = clear)]
    pub fn redacted(text: &str, secrets: &Array) -> String;
}

// Importing each class as a function that is never called makes the glue export the class itself.
macro_rules! reexported_classes {
    ($($name:ident)*) => {
        #[wasm_bindgen(module = "/src/js/errors.js")]
        #[allow(non_snake_case, reason = "named as JavaScript sees them")]
        extern "C" {
            $(#[wasm_bindgen(reexport, skip_typescript)] fn $name();)*
        }
    };
}
reexported_classes! {
    PlaidAdapterError PlaidAdapterConfigurationError PlaidCreateLinkTokenError PlaidExchangePublicTokenError
    PlaidAuthError PlaidIdentityError PlaidBankTransferSyncEventError PlaidTransferSyncEventError
    PlaidApiInternalServerError PlaidWebhookVerificationError
}

/// The error classes, in the order of the list in `js/errors.js`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    Adapter,
    Configuration,
    CreateLinkToken,
    ExchangePublicToken,
    Auth,
    Identity,
    BankTransferSyncEvent,
    TransferSyncEvent,
    ApiInternalServer,
    WebhookVerification,
}

/// What happened, as `PlaidErrorKind` names it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Configuration,
    InvalidArgument,
    Api,
    RateLimit,
    Server,
    Network,
    Timeout,
    BadResponse,
    Webhook,
}

impl Kind {
    /// The name that JavaScript sees.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Configuration => "configuration",
            Kind::InvalidArgument => "invalid_argument",
            Kind::Api => "api",
            Kind::RateLimit => "rate_limit",
            Kind::Server => "server",
            Kind::Network => "network",
            Kind::Timeout => "timeout",
            Kind::BadResponse => "bad_response",
            Kind::Webhook => "webhook",
        }
    }
}

/// What the caller gave is not what the method takes.
#[derive(Error, Debug, PartialEq, Eq)]
pub enum Invalid {
    /// A value of the wrong type or out of its range.
    #[error("{field} must be {expected}")]
    Argument {
        /// Where it was, as the caller wrote it: `options.timeoutMs`.
        field: &'static str,
        /// What would have been right.
        expected: &'static str,
    },
    /// The adapter was freed before the call.
    #[error("this PlaidAdapter was freed; make a new one")]
    Freed,
}

/// A failed call, before it becomes a JavaScript error.
#[derive(Debug)]
pub struct Failure {
    pub kind: Kind,
    /// What happened, without the operation's name in front.
    pub message: String,
    /// HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// What Plaid said of it, where it said something.
    pub plaid: PlaidError,
    /// The answer's body.
    pub details: Option<JsValue>,
    /// How long Plaid asked to wait, in milliseconds.
    pub retry_after_ms: Option<f64>,
    /// Requests sent.
    pub attempts: u32,
    /// What a webhook failed on.
    pub reason: Option<&'static str>,
    /// The failure behind this one.
    pub cause: Option<JsValue>,
}

/// The fields of Plaid's error body (PlaidError in its specification). Any of them may be missing, and the
/// lists of types and codes are open.
#[derive(Debug, Default)]
pub struct PlaidError {
    pub error_type: Option<String>,
    pub error_code: Option<String>,
    pub error_message: Option<String>,
    /// A string or null, as sent.
    pub display_message: JsValue,
    pub documentation_url: Option<String>,
    /// A string or null, as sent.
    pub suggested_action: JsValue,
    pub request_id: Option<String>,
}

/// Codes that Plaid sends with HTTP 400 for what passes by itself.
const PASSING_CODES: [&str; 4] =
    ["INSTITUTION_DOWN", "INSTITUTION_NOT_RESPONDING", "INSTITUTION_NOT_AVAILABLE", "PRODUCT_NOT_READY"];

impl Failure {
    /// A failure of which only kind and message are known yet.
    pub fn new(kind: Kind, message: String) -> Self {
        Failure {
            kind,
            message,
            status: None,
            plaid: PlaidError::default(),
            details: None,
            retry_after_ms: None,
            attempts: 0,
            reason: None,
            cause: None,
        }
    }

    /// Whether Plaid gave this error code.
    pub fn has_code(&self, code: &str) -> bool {
        self.plaid.error_code.as_deref() == Some(code)
    }

    /// Whether sending the same request again soon is likely to help: what the adapter itself retries.
    pub fn is_transient(&self) -> bool {
        match self.kind {
            Kind::Network | Kind::Timeout => true,
            Kind::RateLimit => !self.has_code("CREDITS_EXHAUSTED"),
            Kind::Server => matches!(self.status, Some(500 | 502 | 503 | 504)),
            _ => false,
        }
    }

    /// Whether Plaid may have carried the request out although no answer says so.
    pub fn is_ambiguous(&self) -> bool {
        matches!(self.kind, Kind::Network | Kind::Timeout | Kind::Server)
    }

    fn is_retryable(&self) -> bool {
        self.is_transient() || PASSING_CODES.iter().any(|code| self.has_code(code))
    }

    /// The JavaScript error: of the operation's class, or the one that all operations share for 5xx answers.
    pub fn into_js(self, context: &Context<'_>) -> JsValue {
        let class = match self.kind {
            Kind::Server => Class::ApiInternalServer,
            _ => context.class,
        };
        let fields = Object::new();
        let set = |name: &str, value: JsValue| {
            let _ = Reflect::set(&fields, &name.into(), &value);
        };
        let set_some = |name: &str, value: Option<JsValue>| {
            if let Some(value) = value {
                set(name, value);
            }
        };
        let retryable = self.is_retryable();
        set("kind", self.kind.name().into());
        set_some("reason", self.reason.map(JsValue::from));
        set_some("endpoint", context.endpoint.map(JsValue::from));
        set_some("status", self.status.map(JsValue::from));
        set_some("requestId", self.plaid.request_id.map(JsValue::from));
        set_some("errorType", self.plaid.error_type.map(JsValue::from));
        set_some("errorCode", self.plaid.error_code.map(JsValue::from));
        set_some("errorMessage", self.plaid.error_message.map(JsValue::from));
        set_some("displayMessage", defined(self.plaid.display_message));
        set_some("documentationUrl", self.plaid.documentation_url.map(JsValue::from));
        set_some("suggestedAction", defined(self.plaid.suggested_action));
        set_some("errorDetails", self.details);
        set("attempts", self.attempts.into());
        set("retryable", retryable.into());
        set_some("retryAfterMs", self.retry_after_ms.map(JsValue::from));
        set_some("cause", self.cause);
        let message = [context.method, ": ", &self.message].concat();
        make_error(class as u8, &message, &fields, context.secrets, context.site)
    }
}

impl From<Invalid> for Failure {
    fn from(invalid: Invalid) -> Self {
        Failure::new(Kind::InvalidArgument, invalid.to_string())
    }
}

fn defined(value: JsValue) -> Option<JsValue> {
    (value.is_string() || value.is_null()).then_some(value)
}

/// What an error needs to know of its call.
pub struct Context<'a> {
    pub class: Class,
    /// The method that the caller called.
    pub method: &'a str,
    pub endpoint: Option<&'a str>,
    /// What must not be in the error: strings.
    pub secrets: &'a Array,
    pub site: &'a JsValue,
}

/// The error that names every problem of the configuration at once.
pub fn configuration_error(subject: &str, problems: &[String]) -> JsValue {
    let fields = Object::new();
    let list: Array = problems.iter().map(|problem| JsValue::from(problem.as_str())).collect();
    let _ = Reflect::set(&fields, &"kind".into(), &Kind::Configuration.name().into());
    let _ = Reflect::set(&fields, &"attempts".into(), &0.into());
    let _ = Reflect::set(&fields, &"retryable".into(), &false.into());
    let _ = Reflect::set(&fields, &"problems".into(), &list);
    let message = [subject, &problems.join("; ")].concat();
    make_error(Class::Configuration as u8, &message, &fields, &Array::new(), &call_site())
}
