//! The records that cross between wasm and JavaScript, each a plain object over there that inherits nothing.

use std::fmt::Display;
use std::time::Duration;

use plaid_edge_core::error::{ArgumentError, Kind, Message, append};
use plaid_edge_core::operation::Operation;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/js/values.js")]
extern "C" {
    #[wasm_bindgen(js_name = newRecord)]
    fn new_record() -> JsValue;
    #[wasm_bindgen(js_name = setMember)]
    fn set_text(record: &JsValue, name: &str, value: &str);
    #[wasm_bindgen(js_name = setMember)]
    fn set_number(record: &JsValue, name: &str, value: f64);
    #[wasm_bindgen(js_name = setMember)]
    fn set_flag(record: &JsValue, name: &str, value: bool);
    #[wasm_bindgen(js_name = setMember)]
    fn set_value(record: &JsValue, name: &str, value: &JsValue);
    #[wasm_bindgen(js_name = getMember)]
    fn get_text(record: &JsValue, name: &str) -> Option<String>;
    #[wasm_bindgen(js_name = getMember)]
    fn get_value(record: &JsValue, name: &str) -> JsValue;
    #[wasm_bindgen(js_name = getMember)]
    fn get_number(record: &JsValue, name: &str) -> Option<f64>;
}

#[wasm_bindgen(module = "/src/js/errors.js")]
extern "C" {
    /// The error that a record describes.
    #[wasm_bindgen(js_name = errorOf)]
    fn error_of(record: &JsValue) -> JsValue;
}

/// Declares the records that Rust fills in: for each member its setter, its type and its name in JavaScript.
macro_rules! records {
    ($($(#[$doc:meta])* $Record:ident { $($setter:ident: $type:ident $name:literal;)* })*) => {
        $(
            $(#[$doc])*
            pub(crate) struct $Record(JsValue);

            impl $Record {
                /// An empty one.
                pub(crate) fn new() -> Self {
                    Self(new_record())
                }

                $(records!(@ $setter $type $name);)*
            }

            impl From<$Record> for JsValue {
                fn from(record: $Record) -> Self {
                    record.0
                }
            }
        )*
    };
    (@ $setter:ident text $name:literal) => {
        pub(crate) fn $setter(&self, value: &str) {
            set_text(&self.0, $name, value);
        }
    };
    (@ $setter:ident number $name:literal) => {
        pub(crate) fn $setter(&self, value: f64) {
            set_number(&self.0, $name, value);
        }
    };
    (@ $setter:ident milliseconds $name:literal) => {
        pub(crate) fn $setter(&self, value: Duration) {
            set_number(&self.0, $name, milliseconds(value));
        }
    };
    (@ $setter:ident flag $name:literal) => {
        pub(crate) fn $setter(&self, value: bool) {
            set_flag(&self.0, $name, value);
        }
    };
    (@ $setter:ident value $name:literal) => {
        pub(crate) fn $setter(&self, value: &JsValue) {
            set_value(&self.0, $name, value);
        }
    };
}

records! {
    /// What an adapter needs for every call. Its options are set by their names.
    Settings {
        set_base_url: text "baseUrl";
        set_client_id: text "clientId";
        set_secret: text "secret";
        set_plaid_version: text "plaidVersion";
        set_scope: number "scope";
        set_max_retries: number "maxRetries";
    }

    /// One call: what is sent, and how. The options that every method takes are set by their names.
    Plan {
        set_call: number "call";
        set_path: text "path";
        set_body: value "body";
        set_template: text "template";
        set_timeout: number "timeoutMs";
        set_list: text "list";
        set_header: text "header";
        set_tolerance_s: number "toleranceS";
        set_max_token: number "maxToken";
        set_max_body: number "maxBody";
        set_max_chunks: number "maxChunks";
        set_poll: milliseconds "pollMs";
    }

    /// What to do after an attempt that was no success: at least to tell its error.
    Verdict {
        set_error: value "error";
        set_next_call: number "call";
        set_wait: milliseconds "waitMs";
        set_response_lost: flag "responseLost";
        set_was_used_earlier: flag "usedEarlier";
    }

    /// An error.
    ErrorRecord {
        set_error_class: text "errorClass";
        set_kind: text "kind";
        set_message: text "message";
        set_endpoint: text "endpoint";
        set_reason: text "reason";
        set_name: value "name";
        set_method: text "name";
        set_problems: text "problems";
        set_attempts: number "attempts";
        set_retryable: flag "retryable";
        set_retry_after: milliseconds "retryAfterMs";
    }
}

impl Settings {
    /// Sets an option of the caller's.
    pub(crate) fn set_option(&self, name: &str, value: &JsValue) {
        set_value(&self.0, name, value);
    }
}

impl Plan {
    /// Sets an option of the caller's.
    pub(crate) fn set_option(&self, name: &str, value: &JsValue) {
        set_value(&self.0, name, value);
    }

    /// An option that is a number, if the caller gave it.
    pub(crate) fn option(&self, name: &str) -> Option<f64> {
        get_number(&self.0, name)
    }
}

impl ErrorRecord {
    /// The error itself.
    pub(crate) fn into_error(self) -> JsValue {
        error_of(&self.0)
    }
}

/// A record that JavaScript filled in.
pub(crate) struct Seen(pub(crate) JsValue);

impl Seen {
    /// A member that is a string; none for anything else.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        get_text(&self.0, name)
    }

    /// A member that is a number; none for anything else.
    pub(crate) fn number(&self, name: &str) -> Option<f64> {
        get_number(&self.0, name)
    }

    /// Whether there is such a member.
    pub(crate) fn has(&self, name: &str) -> bool {
        !self.value(name).is_undefined()
    }

    /// A member, whatever it is.
    pub(crate) fn value(&self, name: &str) -> JsValue {
        get_value(&self.0, name)
    }

    /// Sets a member.
    pub(crate) fn set(&self, name: &str, value: &JsValue) {
        set_value(&self.0, name, value);
    }

    /// Sets a member to a number.
    pub(crate) fn set_number(&self, name: &str, value: f64) {
        set_number(&self.0, name, value);
    }
}

/// A method, in the order of [`Operation`]. A word of a list crosses as its number, and no text is decoded.
#[wasm_bindgen(skip_typescript)]
#[derive(Clone, Copy)]
pub enum Method {
    /// `initializePlaid`
    InitializePlaid = "initializePlaid",
    /// `createLinkToken`
    CreateLinkToken = "createLinkToken",
    /// `exchangePublicToken`
    ExchangePublicToken = "exchangePublicToken",
    /// `authRequest`
    Auth = "authRequest",
    /// `identityRequest`
    Identity = "identityRequest",
    /// `syncBankTransferEvent`
    BankTransferEventSync = "syncBankTransferEvent",
    /// `syncTransferEvent`
    TransferEventSync = "syncTransferEvent",
    /// `syncTransactions`
    TransactionsSync = "syncTransactions",
    /// `request`
    Request = "request",
    /// `download`
    Download = "download",
    /// `verifyWebhook`
    VerifyWebhook = "verifyWebhook",
}

impl From<Method> for Operation {
    fn from(method: Method) -> Self {
        Self::from_number(method as u32).unwrap_or(Self::InitializePlaid)
    }
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

/// What JavaScript found to be wrong with a webhook, or with what Plaid responded.
#[wasm_bindgen(skip_typescript)]
#[derive(Clone, Copy)]
pub enum Finding {
    /// No adapter.
    Detached = "detached",
    /// An adapter that was freed.
    Freed = "freed",
    /// A webhook without a token.
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
    /// A body that broke off.
    BodyLost = "body_lost",
    /// A body that is not base64.
    Base64 = "base64",
    /// Plaid's key is none.
    NotAKey = "not_a_key",
    /// The key did not come in time.
    TimedOut = "timed_out",
    /// The runtime lacks something.
    MissingGlobal = "missing_global",
    /// A response that is no list of events.
    NotEvents = "not_events",
    /// A response that is not what the endpoint responds with.
    Unexpected = "unexpected",
}

/// The markers that JavaScript puts texts in the places of.
pub(crate) mod marker {
    use plaid_edge_core::error::Text;

    pub(crate) const ATTEMPTS: &str = "{attempts}";
    pub(crate) const STATUS: &str = "{status}";
    pub(crate) const CODE: &str = "{errorCode}";
    pub(crate) const MESSAGE: &str = "{errorMessage}";
    pub(crate) const REQUEST_ID: &str = "{requestId}";
    pub(crate) const HOST: Text<'_> = Text("{host}");
    pub(crate) const CAUSE: Text<'_> = Text("{cause}");
    pub(crate) const TIMEOUT_MS: Text<'_> = Text("{timeoutMs}");
    pub(crate) const NAME: Text<'_> = Text("{name}");
}

/// The record of an error of that operation.
pub(crate) fn error_record(operation: Operation, kind: Kind, what: &dyn Display) -> ErrorRecord {
    let facts = operation.facts();
    let record = ErrorRecord::new();
    record.set_error_class(match kind {
        Kind::Server => "PlaidApiInternalServerError",
        Kind::Configuration if operation == Operation::InitializePlaid => "PlaidAdapterConfigurationError",
        _ => facts.error_class,
    });
    record.set_kind(kind.as_str());
    record.set_attempts(0.0);
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
        attempt: None,
        request_id: None,
        used_token: None,
    };
    record.set_message(&text_of(&message));
    if kind == Kind::Configuration {
        record.set_problems(&text_of(what));
    }
    record
}

/// Words as a text.
pub(crate) fn text_of(words: &dyn Display) -> String {
    let mut text = String::new();
    append(&mut text, words);
    text
}

/// The error of an operation that was called wrongly. Nothing was sent.
pub(crate) fn refused(operation: Operation, error: ArgumentError) -> ErrorRecord {
    error_record(operation, Kind::InvalidArgument, &error)
}

/// Milliseconds, as JavaScript counts them.
pub(crate) fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs() as f64 * 1000.0 + f64::from(duration.subsec_millis())
}

/// A duration from JavaScript's milliseconds; none for what is no time.
pub(crate) fn duration(milliseconds: f64) -> Duration {
    Duration::from_millis(milliseconds as u64)
}
