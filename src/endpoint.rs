//! What each operation sends, where to, and whether it may be sent twice.

use std::borrow::Cow;

use js_sys::Array;
use wasm_bindgen::prelude::*;

use crate::arguments::{self, CallOptions, get};
use crate::error::{Class, Invalid};
use crate::link::{LinkSettings, object};

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

pub const CREATE_LINK_TOKEN: Operation = Operation {
    class: Class::CreateLinkToken,
    method: "createLinkToken",
    path: "/link/token/create",
};
pub const EXCHANGE_PUBLIC_TOKEN: Operation = Operation {
    class: Class::ExchangePublicToken,
    method: "exchangePublicToken",
    path: "/item/public_token/exchange",
};
pub const AUTH: Operation = Operation {
    class: Class::Auth,
    method: "authRequest",
    path: "/auth/get",
};
pub const IDENTITY: Operation = Operation {
    class: Class::Identity,
    method: "identityRequest",
    path: "/identity/get",
};
pub const SYNC_BANK_TRANSFER_EVENT: Operation = Operation {
    class: Class::BankTransferSyncEvent,
    method: "syncBankTransferEvent",
    path: "/bank_transfer/event/sync",
};
pub const SYNC_TRANSFER_EVENT: Operation = Operation {
    class: Class::TransferSyncEvent,
    method: "syncTransferEvent",
    path: "/transfer/event/sync",
};
pub const REQUEST: Operation = Operation {
    class: Class::Adapter,
    method: "request",
    path: "",
};
pub const VERIFY_WEBHOOK: Operation = Operation {
    class: Class::WebhookVerification,
    method: "verifyWebhook",
    path: "/webhook_verification_key/get",
};

impl Operation {
    /// As JavaScript handles it: class, method, path.
    pub fn to_js(self) -> Array {
        Array::of3(&(self.class as u8).into(), &self.method.into(), &self.path.into())
    }
}

/// What one call sends, and how.
pub struct Call {
    pub path: Cow<'static, str>,
    /// JSON text.
    pub body: JsValue,
    /// Whether sending twice does no harm. What is not safe is sent again only if Plaid refused it unprocessed.
    pub is_safe: bool,
    pub options: CallOptions,
}

impl Call {
    fn new(operation: Operation, body: JsValue, options: CallOptions) -> Self {
        Call {
            path: operation.path.into(),
            body,
            is_safe: true,
            options,
        }
    }

    /// A second link token does no harm: the first expires unused.
    pub fn create_link_token(
        settings: &LinkSettings,
        client_user_id: JsValue,
        options: &JsValue,
    ) -> Result<Self, Invalid> {
        let call_options = CallOptions::read(options)?;
        Ok(Call::new(
            CREATE_LINK_TOKEN,
            settings.token_request(client_user_id, options)?,
            call_options,
        ))
    }

    /// A second exchange can create nothing, but it may find the token used up by a first whose answer was lost.
    pub fn exchange_public_token(public_token: JsValue, options: &JsValue) -> Result<Self, Invalid> {
        let public_token = arguments::text(public_token, Invalid::PublicToken)?;
        let body = arguments::json(&object(&[("public_token", &public_token)]), Invalid::PublicToken)?;
        Ok(Call::new(
            EXCHANGE_PUBLIC_TOKEN,
            body,
            CallOptions::read(options)?,
        ))
    }

    /// The data of an item, of all its accounts or of some: `authRequest` and `identityRequest`.
    pub fn item_data(
        operation: Operation,
        access_token: JsValue,
        options: &JsValue,
    ) -> Result<Self, Invalid> {
        let access_token = arguments::text(access_token, Invalid::AccessToken)?;
        let call_options = CallOptions::read(options)?;
        let account_ids = get(options, "accountIds").map_err(|_| Invalid::AccountIds)?;
        let body = match arguments::texts(&account_ids, Invalid::AccountIds)? {
            Some(ids) if ids.length() > 0 => object(&[
                ("access_token", &access_token),
                ("options", &object(&[("account_ids", &ids)])),
            ]),
            _ => object(&[("access_token", &access_token)]),
        };
        Ok(Call::new(
            operation,
            arguments::json(&body, Invalid::AccessToken)?,
            call_options,
        ))
    }

    /// One page of an event feed: `syncBankTransferEvent` and `syncTransferEvent`. The body is written here,
    /// because JSON's own writer takes no bigint.
    pub fn sync_events(operation: Operation, after_id: &JsValue, options: &JsValue) -> Result<Self, Invalid> {
        let after_id = arguments::event_id(after_id)?;
        let call_options = CallOptions::read(options)?;
        let (most, invalid) = match operation.class {
            Class::TransferSyncEvent => (500, Invalid::TransferCount),
            _ => (25, Invalid::BankTransferCount),
        };
        let count = get(options, "count").map_err(|_| invalid)?;
        let body = match arguments::whole(&count, 1, most, invalid)? {
            Some(count) => [
                "{\"after_id\":",
                &after_id,
                ",\"count\":",
                &arguments::event_id(&count.into())?,
                "}",
            ]
            .concat(),
            None => ["{\"after_id\":", &after_id, "}"].concat(),
        };
        Ok(Call::new(operation, body.into(), call_options))
    }

    /// Any other endpoint. A path that names a read may be sent again like one.
    pub fn request(path: &JsValue, body: JsValue, options: &JsValue) -> Result<Self, Invalid> {
        let path = arguments::short_text(path)
            .filter(|path| is_path(path))
            .ok_or(Invalid::Path)?;
        arguments::optional_object(&body, Invalid::Body)?;
        let body = match arguments::is_absent(&body) {
            true => "{}".into(),
            false => arguments::json(&body, Invalid::Body)?,
        };
        let options = CallOptions::read(options)?;
        let is_read = ["/get", "/list", "/sync"].iter().any(|end| path.ends_with(end));
        let is_safe = is_read || options.max_retries.is_some();
        Ok(Call {
            path: path.into(),
            body,
            is_safe,
            options,
        })
    }
}

/// Plaid's paths are words between slashes. Nothing else gets through, so that no path leads to another host,
/// out of a proxy's prefix, or into a query.
fn is_path(path: &str) -> bool {
    let mut is_after_slash = false;
    let are_words = path.bytes().enumerate().all(|(at, byte)| {
        let was_after_slash = is_after_slash;
        is_after_slash = byte == b'/';
        match byte {
            b'/' => !was_after_slash,
            b'_' | b'-' => at > 0,
            _ => at > 0 && byte.is_ascii_alphanumeric(),
        }
    });
    are_words && !is_after_slash && !path.is_empty()
}

#[cfg(test)]
mod tests {
    use super::is_path;

    #[test]
    fn only_words_between_slashes_are_a_path() {
        for path in [
            "/auth/get",
            "/item/public_token/exchange",
            "/cra/check_report/base_report/get",
            "/a-b",
        ] {
            assert!(is_path(path), "{path}");
        }
        for path in [
            "",
            "/",
            "auth/get",
            "//evil.example",
            "/auth//get",
            "/auth/get/",
            "/..",
            "/a/../b",
            "/a?b",
            "/a#b",
            "/a b",
            "/a\\b",
            "/a%2e",
            "@evil.example",
            "/a:b",
            "/\u{e9}",
            "/a\n",
        ] {
            assert!(!is_path(path), "{path:?}");
        }
    }
}
