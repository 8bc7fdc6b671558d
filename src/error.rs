//! What went wrong, in kinds and in words. The JavaScript classes and their instances are made in
//! `js/errors.js`; what is thrown and what users import is the same object.

use js_sys::Array;
use thiserror::Error;
use wasm_bindgen::prelude::*;

use crate::endpoint::Operation;

#[wasm_bindgen(module = "/src/js/errors.js")]
extern "C" {
    #[wasm_bindgen(js_name = invalidError)]
    fn invalid_error(operation: &Array, words: &str) -> JsValue;

    /// The error of a webhook that is not to be trusted.
    pub fn refusal(operation: &Array, words: &str, reason: &str, attempts: u32) -> JsValue;

    /// The error that names every problem of the configuration at once.
    #[wasm_bindgen(js_name = configurationError)]
    pub fn configuration_error(message: &str, problems: &Array) -> JsValue;
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

/// The error classes of the operations, in the order of the list in `js/errors.js`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    Adapter,
    CreateLinkToken,
    ExchangePublicToken,
    Auth,
    Identity,
    BankTransferSyncEvent,
    TransferSyncEvent,
    WebhookVerification,
}

impl Class {
    /// The class of that number.
    pub fn of(number: u8) -> Self {
        use Class::*;
        const CLASSES: [Class; 8] = [
            Adapter,
            CreateLinkToken,
            ExchangePublicToken,
            Auth,
            Identity,
            BankTransferSyncEvent,
            TransferSyncEvent,
            WebhookVerification,
        ];
        CLASSES.get(usize::from(number)).copied().unwrap_or(Adapter)
    }
}

/// What happened to a call, in the order of the list in `js/call.js`. What happens before a call is no verdict's
/// matter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Api,
    RateLimit,
    Server,
    Network,
    Timeout,
    BadResponse,
    Webhook,
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

impl Invalid {
    /// The error of the operation that was called wrongly. Nothing was sent.
    pub fn into_js(self, operation: Operation) -> JsValue {
        invalid_error(&operation.to_js(), &self.to_string())
    }
}
