//! What each operation sends, where to, and whether it may be sent twice.

use js_sys::Array;
use wasm_bindgen::prelude::*;

use crate::arguments::{self, CallOptions, property};
use crate::error::{Class, Invalid};
use crate::link::{LinkSettings, object};
use crate::retry::Replay;

/// One of the adapter's operations.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Operation {
    /// The error class that its failures have.
    pub class: Class,
    /// The adapter's method, as it is named in error messages.
    pub method: &'static str,
    /// Plaid's path. `request` has none of its own.
    pub path: &'static str,
}

pub const CREATE_LINK_TOKEN: Operation =
    Operation { class: Class::CreateLinkToken, method: "createLinkToken", path: "/link/token/create" };
pub const EXCHANGE_PUBLIC_TOKEN: Operation = Operation {
    class: Class::ExchangePublicToken,
    method: "exchangePublicToken",
    path: "/item/public_token/exchange",
};
pub const AUTH: Operation = Operation { class: Class::Auth, method: "authRequest", path: "/auth/get" };
pub const IDENTITY: Operation =
    Operation { class: Class::Identity, method: "identityRequest", path: "/identity/get" };
pub const SYNC_BANK_TRANSFER_EVENT: Operation = Operation {
    class: Class::BankTransferSyncEvent,
    method: "syncBankTransferEvent",
    path: "/bank_transfer/event/sync",
};
pub const SYNC_TRANSFER_EVENT: Operation =
    Operation { class: Class::TransferSyncEvent, method: "syncTransferEvent", path: "/transfer/event/sync" };
pub const REQUEST: Operation = Operation { class: Class::Adapter, method: "request", path: "" };
pub const VERIFY_WEBHOOK: Operation = Operation {
    class: Class::WebhookVerification,
    method: "verifyWebhook",
    path: "/webhook_verification_key/get",
};

/// Everything about one call that its attempts need.
pub struct Call {
    pub operation: Operation,
    pub path: String,
    /// JSON text.
    pub body: JsValue,
    pub replay: Replay,
    pub options: CallOptions,
}

impl Call {
    fn new(operation: Operation, body: JsValue, options: CallOptions) -> Self {
        Call { operation, path: operation.path.to_owned(), body, replay: Replay::Safe, options }
    }

    /// A second link token does no harm: the first expires unused.
    pub fn create_link_token(settings: &LinkSettings, client_user_id: JsValue, options: JsValue) -> Result<Self, Invalid> {
        let options = arguments::options(options)?;
        let body = settings.token_request(client_user_id, &options)?;
        Ok(Call::new(CREATE_LINK_TOKEN, body, CallOptions::read(&options)?))
    }

    /// A second exchange can create nothing, but it may find the token used up by a first whose answer was lost.
    pub fn exchange_public_token(public_token: JsValue, options: JsValue) -> Result<Self, Invalid> {
        let public_token = arguments::text(public_token, "publicToken")?;
        let options = CallOptions::read(&arguments::options(options)?)?;
        let body = arguments::json_object(&object(&[("public_token", &public_token)]), "publicToken")?;
        Ok(Call::new(EXCHANGE_PUBLIC_TOKEN, body, options))
    }

    /// The data of an item, of all its accounts or of some: `authRequest` and `identityRequest`.
    pub fn item_data(operation: Operation, access_token: JsValue, options: JsValue) -> Result<Self, Invalid> {
        const ACCOUNT_IDS: &str = "options.accountIds";
        let access_token = arguments::text(access_token, "accessToken")?;
        let options = arguments::options(options)?;
        let account_ids = arguments::texts(&property(&options, "accountIds", ACCOUNT_IDS)?, ACCOUNT_IDS)?;
        let body = match account_ids.filter(|ids| ids.length() > 0) {
            Some(ids) => object(&[("access_token", &access_token), ("options", &object(&[("account_ids", &ids)]))]),
            None => object(&[("access_token", &access_token)]),
        };
        let body = arguments::json_object(&body, "accessToken")?;
        Ok(Call::new(operation, body, CallOptions::read(&options)?))
    }

    /// One page of an event feed: `syncBankTransferEvent` and `syncTransferEvent`.
    pub fn sync_events(operation: Operation, after_id: &JsValue, options: JsValue) -> Result<Self, Invalid> {
        Page::read(operation, options)?.after(after_id, "afterId")
    }

    /// Any other endpoint. A path that names a read may be sent again like one.
    pub fn request(path: &JsValue, body: JsValue, options: JsValue) -> Result<Self, Invalid> {
        let path = path.as_string().filter(|path| is_path(path)).ok_or(Invalid::Argument {
            field: "path",
            expected: "the path of a Plaid endpoint, such as \"/accounts/get\"",
        })?;
        let body = match arguments::is_absent(&body) {
            true => object(&[]).into(),
            false if arguments::is_plain_object(&body) => body,
            false => return Err(Invalid::Argument { field: "body", expected: "an object" }),
        };
        let body = arguments::json_object(&body, "body")?;
        let options = CallOptions::read(&arguments::options(options)?)?;
        let is_read = ["/get", "/list", "/sync"].iter().any(|end| path.ends_with(end));
        let replay = match is_read || options.max_retries.is_some() {
            true => Replay::Safe,
            false => Replay::RefusedOnly,
        };
        Ok(Call { operation: REQUEST, path, body, replay, options })
    }

    /// The key that a webhook is signed with.
    pub fn webhook_key(kid: &str, options: CallOptions) -> Result<Self, Invalid> {
        let body = arguments::json_object(&object(&[("key_id", &kid.into())]), "kid")?;
        Ok(Call::new(VERIFY_WEBHOOK, body, options))
    }
}

/// What all pages of one event feed have in common.
#[derive(Clone)]
pub struct Page {
    operation: Operation,
    count: Option<f64>,
    options: CallOptions,
}

impl Page {
    pub fn read(operation: Operation, options: JsValue) -> Result<Self, Invalid> {
        let options = arguments::options(options)?;
        let (most, expected) = match operation.class {
            Class::TransferSyncEvent => (500.0, "a whole number from 1 to 500"),
            _ => (25.0, "a whole number from 1 to 25"),
        };
        let count = property(&options, "count", "options.count")?;
        Ok(Page {
            operation,
            count: arguments::whole(&count, 1.0..=most, "options.count", expected)?,
            options: CallOptions::read(&options)?,
        })
    }

    /// The page of events after that id. The id is written as digits, because JSON's own writer takes no bigint.
    pub fn after(&self, after_id: &JsValue, field: &'static str) -> Result<Call, Invalid> {
        let after_id = arguments::event_id(after_id, field)?;
        let count = match self.count {
            Some(count) => [",\"count\":", &(count as u32).to_string()].concat(),
            None => String::new(),
        };
        let body = ["{\"after_id\":", &after_id, &count, "}"].concat();
        Ok(Call::new(self.operation, body.into(), self.options.clone()))
    }
}

/// What must not appear in an error of the call: strings.
pub fn secrets(client_id: &str, secret: &str, tokens: &Array) -> Array {
    tokens.concat(&Array::of2(&secret.into(), &client_id.into()))
}

/// Plaid's paths are words between slashes. Nothing else gets through, so that no path leads to another host,
/// out of a proxy's prefix, or into a query.
fn is_path(path: &str) -> bool {
    path.strip_prefix('/').is_some_and(|rest| {
        rest.split('/').all(|word| {
            !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::is_path;

    #[test]
    fn only_words_between_slashes_are_a_path() {
        for path in ["/auth/get", "/item/public_token/exchange", "/cra/check_report/base_report/get", "/a-b"] {
            assert!(is_path(path), "{path}");
        }
        for path in
            ["", "/", "auth/get", "//evil.example", "/auth//get", "/auth/get/", "/..", "/a/../b", "/a?b", "/a#b", "/a b",
             "/a\\b", "/a%2e", "@evil.example", "/a:b", "/\u{e9}", "/a\n"]
        {
            assert!(!is_path(path), "{path:?}");
        }
    }
}
