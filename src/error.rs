//! What went wrong, in kinds and in words. The JavaScript classes and their instances are made in
//! `js/errors.js`; what is thrown and what users import is the same object.

use js_sys::{Array, Promise};
use thiserror::Error;
use wasm_bindgen::prelude::*;

use crate::endpoint::Operation;
use crate::transport::Outcome;

#[wasm_bindgen(module = "/src/js/errors.js")]
extern "C" {
    #[wasm_bindgen(js_name = makeError)]
    #[allow(
        clippy::too_many_arguments,
        reason = "an object would have to be built member by member"
    )]
    fn make_error(
        class: u8,
        kind: &str,
        message: &str,
        endpoint: Option<&str>,
        attempts: u32,
        retryable: bool,
        retry_after_ms: Option<f64>,
        reason: Option<&str>,
        outcome: Option<&Outcome>,
        cause: &JsValue,
        secrets: &Array,
    ) -> JsValue;

    /// The error that names every problem of the configuration at once.
    #[wasm_bindgen(js_name = configurationError)]
    pub fn configuration_error(message: &str, problems: &Array) -> JsValue;

    /// The promise of a call, whose errors will tell where the caller called.
    pub fn traced(promise: Promise) -> Promise;
}

// Named here so that wasm-bindgen takes along the module that errors.js imports.
#[wasm_bindgen(module = "/src/js/redact.js")]
extern "C" {
    #[allow(dead_code, reason = "called in errors.js")]
    fn clear();
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
    CreateLinkToken,
    ExchangePublicToken,
    Auth,
    Identity,
    BankTransferSyncEvent,
    TransferSyncEvent,
    ApiInternalServer,
    WebhookVerification,
}

/// What happened, as `PlaidErrorKind` names it. `configuration` is made by [`configuration_error`] alone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
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
#[derive(Error, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Invalid {
    #[error("this PlaidAdapter was freed: make a new one")]
    Freed,
    #[error("options must be an object")]
    Options,
    #[error("options.fetch must be a function")]
    Fetch,
    #[error("options.onAttempt must be a function")]
    OnAttempt,
    #[error("options.timeoutMs must be a number of milliseconds from 1 to 2147483647")]
    TimeoutMs,
    #[error("options.maxRetries must be a whole number from 0 to 100")]
    MaxRetries,
    #[error("options.signal must be an AbortSignal")]
    Signal,
    #[error("settings must be an object")]
    Settings,
    #[error("settings.clientName must be a non-empty string")]
    ClientName,
    #[error("settings.countryCodes must be an array of non-empty strings, with at least one")]
    CountryCodes,
    #[error("settings.language must be a non-empty string")]
    Language,
    #[error("settings.products must be an array of non-empty strings, with at least one")]
    Products,
    #[error("settings.accountSubtypes must be an array of non-empty strings, with at least one")]
    AccountSubtypes,
    #[error("clientUserId must be a non-empty string")]
    ClientUserId,
    #[error("options.accessToken must be a non-empty string")]
    UpdatedToken,
    #[error("options.overrides must be an object that JSON can carry, and options.overrides.user too")]
    Overrides,
    #[error("publicToken must be a non-empty string")]
    PublicToken,
    #[error("accessToken must be a non-empty string")]
    AccessToken,
    #[error("options.accountIds must be an array of non-empty strings")]
    AccountIds,
    #[error("afterId must be an event id: a whole number from 0 to 2^53 - 1, or a bigint from 0 to 2^64 - 1")]
    AfterId,
    #[error("options.count must be a whole number from 1 to 25")]
    BankTransferCount,
    #[error("options.count must be a whole number from 1 to 500")]
    TransferCount,
    #[error("path must be the path of a Plaid endpoint, such as \"/accounts/get\"")]
    Path,
    #[error("body must be an object that JSON can carry")]
    Body,
    #[error("webhook must be a Request, or an object with the raw body and the headers")]
    Webhook,
    #[error("options.toleranceSeconds must be a number of seconds from 0 to 31536000")]
    ToleranceSeconds,
}

/// Why a webhook is not to be trusted.
#[derive(Error, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Distrust {
    #[error("there is no Plaid-Verification header")]
    NoHeader,
    #[error("the Plaid-Verification token is not a JSON Web Token as Plaid makes it")]
    NotAToken,
    #[error("the Plaid-Verification token names no key: its kid must be a UUID")]
    NoKeyId,
    #[error("the Plaid-Verification token's algorithm is not ES256, the only one that Plaid uses")]
    Algorithm,
    #[error("the webhook is older than options.toleranceSeconds allows")]
    TooOld,
    #[error("the webhook is dated further ahead than options.toleranceSeconds allows")]
    DatedAhead,
    #[error("the body is larger than 1 MiB, which no webhook of Plaid's is")]
    TooLarge,
    #[error("the Request's body could not be read: was it read before?")]
    ReadBefore,
    #[error(
        "webhook.body must be the raw body, a string or a Uint8Array: a parsed object can't be verified, \
         because the signature is over the bytes that Plaid sent"
    )]
    Parsed,
    #[error("the body is not UTF-8")]
    NotUtf8,
    #[error("the body is not a JSON object with webhook_type and webhook_code")]
    NotAWebhook,
    #[error("the body is not the one that was signed: pass it as it was received, before any parser")]
    OtherBody,
    #[error("Plaid does not know the key that the Plaid-Verification token names")]
    UnknownKey,
    #[error("the key that the Plaid-Verification token names has expired")]
    ExpiredKey,
    #[error("the signature is not that of the key which the Plaid-Verification token names")]
    Signature,
}

impl Distrust {
    /// `PlaidWebhookVerificationError.reason`
    pub fn reason(self) -> &'static str {
        match self {
            Distrust::NoHeader => "missing_header",
            Distrust::NotAToken | Distrust::NoKeyId => "malformed_token",
            Distrust::Algorithm => "wrong_algorithm",
            Distrust::TooOld | Distrust::DatedAhead => "stale",
            Distrust::TooLarge => "body_too_large",
            Distrust::ReadBefore | Distrust::Parsed | Distrust::NotUtf8 | Distrust::NotAWebhook => {
                MALFORMED_BODY
            }
            Distrust::OtherBody => "body_mismatch",
            Distrust::UnknownKey => UNKNOWN_KEY,
            Distrust::ExpiredKey => "expired_key",
            Distrust::Signature => "bad_signature",
        }
    }
}

const MALFORMED_BODY: &str = "malformed_body";
const UNKNOWN_KEY: &str = "unknown_key";

/// One failed call, before it becomes a JavaScript error.
pub struct Failure<'a> {
    pub operation: Operation,
    pub kind: Kind,
    pub endpoint: Option<&'a str>,
    /// Requests sent.
    pub attempts: u32,
    pub retryable: bool,
    /// How long Plaid asked to wait, in milliseconds.
    pub retry_after_ms: Option<f64>,
    /// What a webhook failed on.
    pub reason: Option<&'static str>,
    /// How the last request ended.
    pub outcome: Option<&'a Outcome>,
    /// The failure behind this one; undefined where there is none.
    pub cause: JsValue,
}

impl Failure<'_> {
    /// The failure of an operation that was called wrongly. Nothing was sent.
    pub fn new(operation: Operation) -> Self {
        Failure {
            operation,
            kind: Kind::InvalidArgument,
            endpoint: Some(operation.path).filter(|path| !path.is_empty()),
            attempts: 0,
            retryable: false,
            retry_after_ms: None,
            reason: None,
            outcome: None,
            cause: JsValue::UNDEFINED,
        }
    }

    /// The error of the operation's class, or of the one that all operations share for 5xx answers. `secrets`
    /// must not be in it: client id, secret, and the request's body, which may hold tokens.
    pub fn into_js(self, words: &str, secrets: &Array) -> JsValue {
        let class = if self.kind == Kind::Server {
            Class::ApiInternalServer
        } else {
            self.operation.class
        };
        // Every error about a webhook has a reason. Where the key could not be had, the kind says why.
        let reason = self.reason.or(match class {
            Class::WebhookVerification if self.kind == Kind::InvalidArgument => Some(MALFORMED_BODY),
            Class::WebhookVerification => Some(UNKNOWN_KEY),
            _ => None,
        });
        make_error(
            class as u8,
            self.kind.name(),
            &[self.operation.method, ": ", words].concat(),
            self.endpoint,
            self.attempts,
            self.retryable,
            self.retry_after_ms,
            reason,
            self.outcome,
            &self.cause,
            secrets,
        )
    }
}
