//! What went wrong, in kinds and in words. The JavaScript classes and their instances are made in
//! `js/errors.js`; what is thrown and what users import is the same object.

use js_sys::Array;
use thiserror::Error;
use wasm_bindgen::prelude::*;

use crate::operation::Operation;

#[wasm_bindgen(module = "/src/js/errors.js")]
extern "C" {
    /// The error that names every problem of the configuration at once.
    #[wasm_bindgen(js_name = configurationError)]
    pub fn configuration_error(message: &str, problems: &Array) -> JsValue;
}

#[wasm_bindgen(module = "/src/js/call.js")]
extern "C" {
    #[wasm_bindgen(js_name = invalidError)]
    fn invalid_error(operation: Operation, words: &str) -> JsValue;
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

/// What happened to a call, as errors name it. What happens before a call is no verdict's matter.
#[wasm_bindgen(skip_typescript)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Api = "api",
    RateLimit = "rate_limit",
    Server = "server",
    Network = "network",
    Timeout = "timeout",
    BadResponse = "bad_response",
    Webhook = "webhook",
}

/// What the caller gave is not what the method takes.
#[derive(Error, Clone, Copy, PartialEq, Eq, Debug)]
#[error("{}", self.words())]
pub enum Invalid {
    Freed,
    Options,
    Fetch,
    OnAttempt,
    TimeoutMs,
    MaxRetries,
    Signal,
    Settings,
    ClientName,
    CountryCodes,
    Language,
    Products,
    AccountSubtypes,
    ClientUserId,
    UpdatedToken,
    Overrides,
    PublicToken,
    AccessToken,
    AccountIds,
    AfterId,
    BankTransferCount,
    TransferCount,
    Path,
    Body,
    Webhook,
    ToleranceSeconds,
}

impl Invalid {
    /// What would have been right. As a plain string, because formatting takes a kilobyte of code.
    pub fn words(self) -> &'static str {
        match self {
            Invalid::Freed => "this PlaidAdapter was freed: make a new one",
            Invalid::Options => "options must be an object",
            Invalid::Fetch => "options.fetch must be a function",
            Invalid::OnAttempt => "options.onAttempt must be a function",
            Invalid::TimeoutMs => "options.timeoutMs must be a number of milliseconds from 1 to 2147483647",
            Invalid::MaxRetries => "options.maxRetries must be a whole number from 0 to 100",
            Invalid::Signal => "options.signal must be an AbortSignal",
            Invalid::Settings => "settings must be an object",
            Invalid::ClientName => "settings.clientName must be a non-empty string",
            Invalid::CountryCodes => {
                "settings.countryCodes must be an array of non-empty strings, with at least one"
            }
            Invalid::Language => "settings.language must be a non-empty string",
            Invalid::Products => "settings.products must be an array of non-empty strings, with at least one",
            Invalid::AccountSubtypes => {
                "settings.accountSubtypes must be an array of non-empty strings, with at least one"
            }
            Invalid::ClientUserId => "clientUserId must be a non-empty string",
            Invalid::UpdatedToken => "options.accessToken must be a non-empty string",
            Invalid::Overrides => {
                "options.overrides must be an object that JSON can carry, and options.overrides.user too"
            }
            Invalid::PublicToken => "publicToken must be a non-empty string",
            Invalid::AccessToken => "accessToken must be a non-empty string",
            Invalid::AccountIds => "options.accountIds must be an array of non-empty strings",
            Invalid::AfterId => {
                "afterId must be an event id: a whole number from 0 to 2^53 - 1, or a bigint from 0 to 2^64 - 1"
            }
            Invalid::BankTransferCount => "options.count must be a whole number from 1 to 25",
            Invalid::TransferCount => "options.count must be a whole number from 1 to 500",
            Invalid::Path => "path must be the path of a Plaid endpoint, such as \"/accounts/get\"",
            Invalid::Body => "body must be an object that JSON can carry",
            Invalid::Webhook => "webhook must be a Request, or an object with the raw body and the headers",
            Invalid::ToleranceSeconds => {
                "options.toleranceSeconds must be a number of seconds from 0 to 31536000"
            }
        }
    }

    /// The error of the operation that was called wrongly. Nothing was sent.
    pub fn into_js(self, operation: Operation) -> JsValue {
        invalid_error(operation, self.words())
    }
}
