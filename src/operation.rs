//! What each operation sends, and whether it may be sent twice.

use js_sys::Array;
use wasm_bindgen::prelude::*;

use crate::arguments::{self, CallOptions, Members};
use crate::error::Invalid;
use crate::link::LinkSettings;

#[wasm_bindgen(module = "/src/js/bodies.js")]
extern "C" {
    #[wasm_bindgen(catch)]
    fn json(value: JsValue) -> Result<Option<JsValue>, JsValue>;

    #[wasm_bindgen(catch, js_name = exchangeBody)]
    fn exchange_body(public_token: JsValue) -> Result<Option<JsValue>, JsValue>;

    #[wasm_bindgen(catch, js_name = itemBody)]
    fn item_body(access_token: JsValue, account_ids: Option<Array>) -> Result<Option<JsValue>, JsValue>;

    #[wasm_bindgen(catch, js_name = linkTokenBody)]
    #[allow(
        clippy::too_many_arguments,
        reason = "an object would have to be built member by member"
    )]
    fn link_token_body(
        client_user_id: JsValue,
        access_token: Option<JsValue>,
        overrides: Option<JsValue>,
        client_name: Option<JsValue>,
        country_codes: Option<Array>,
        language: Option<JsValue>,
        products: Option<Array>,
        account_subtypes: Option<Array>,
    ) -> Result<Option<JsValue>, JsValue>;
}

/// The adapter's operations, by the names of its methods. Their paths and error classes are in `js/call.js`.
#[wasm_bindgen(skip_typescript)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operation {
    InitializePlaid = "initializePlaid",
    CreateLinkToken = "createLinkToken",
    ExchangePublicToken = "exchangePublicToken",
    Auth = "authRequest",
    Identity = "identityRequest",
    SyncBankTransferEvent = "syncBankTransferEvent",
    SyncTransferEvent = "syncTransferEvent",
    Request = "request",
    VerifyWebhook = "verifyWebhook",
}

/// What one call sends, and how.
pub struct Call {
    /// Plaid's path, where the operation has none of its own.
    pub path: Option<JsValue>,
    /// JSON text.
    pub body: JsValue,
    /// Whether sending twice does no harm. What is not safe is sent again only if Plaid refused it unprocessed.
    pub is_safe: bool,
    pub options: CallOptions,
}

impl Call {
    fn new(
        body: Result<Option<JsValue>, JsValue>,
        invalid: Invalid,
        options: CallOptions,
    ) -> Result<Self, Invalid> {
        Ok(Call {
            path: None,
            body: body.ok().flatten().ok_or(invalid)?,
            is_safe: true,
            options,
        })
    }

    /// A second link token does no harm: the first expires unused.
    pub fn create_link_token(
        settings: &LinkSettings,
        client_user_id: JsValue,
        options: JsValue,
    ) -> Result<Self, Invalid> {
        let options = Members::of(options, Invalid::Options)?;
        let call_options = CallOptions::read(&options)?;
        let client_user_id = arguments::text(client_user_id, Invalid::ClientUserId)?;
        let access_token = options.get("accessToken", Invalid::UpdatedToken)?;
        let access_token = arguments::optional_text(access_token, Invalid::UpdatedToken)?;
        let overrides = options.get("overrides", Invalid::Overrides)?;
        let overrides = Members::of(overrides.into(), Invalid::Overrides)?;
        let user = overrides.get("user", Invalid::Overrides)?;
        Members::of(user.into(), Invalid::Overrides)?;
        let body = link_token_body(
            client_user_id,
            access_token,
            overrides.object(),
            settings.client_name.clone(),
            settings.country_codes.clone(),
            settings.language.clone(),
            settings.products.clone(),
            settings.account_subtypes.clone(),
        );
        Call::new(body, Invalid::Overrides, call_options)
    }

    /// A second exchange can create nothing, but it may find the token used up by a first whose answer was lost.
    pub fn exchange_public_token(public_token: JsValue, options: JsValue) -> Result<Self, Invalid> {
        let options = CallOptions::read(&Members::of(options, Invalid::Options)?)?;
        Call::new(exchange_body(public_token), Invalid::PublicToken, options)
    }

    /// The data of an item, of all its accounts or of some: `authRequest` and `identityRequest`.
    pub fn item_data(access_token: JsValue, options: JsValue) -> Result<Self, Invalid> {
        let options = Members::of(options, Invalid::Options)?;
        let call_options = CallOptions::read(&options)?;
        let account_ids = options.get("accountIds", Invalid::AccountIds)?;
        let account_ids = arguments::texts(account_ids, Invalid::AccountIds)?.filter(|ids| ids.length() > 0);
        let body = item_body(access_token, account_ids);
        Call::new(body, Invalid::AccessToken, call_options)
    }

    /// One page of an event feed: `syncBankTransferEvent` and `syncTransferEvent`. The body is written here,
    /// because JSON's own writer takes no bigint.
    pub fn sync_events(operation: Operation, after_id: &JsValue, options: JsValue) -> Result<Self, Invalid> {
        let after_id = arguments::event_id(after_id)?;
        let options = Members::of(options, Invalid::Options)?;
        let call_options = CallOptions::read(&options)?;
        let (most, invalid) = match operation {
            Operation::SyncTransferEvent => (500, Invalid::TransferCount),
            _ => (25, Invalid::BankTransferCount),
        };
        let body = match arguments::whole(options.get("count", invalid)?, 1, most, invalid)? {
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
        Call::new(Ok(Some(body.into())), Invalid::AfterId, call_options)
    }

    /// Any other endpoint. A path that names a read may be sent again like one.
    pub fn request(path: JsValue, body: JsValue, options: JsValue) -> Result<Self, Invalid> {
        let text = arguments::short_text(&path)
            .filter(|text| is_path(text))
            .ok_or(Invalid::Path)?;
        let body = match Members::of(body, Invalid::Body)?.object() {
            Some(body) => json(body),
            None => Ok(Some("{}".into())),
        };
        let options = CallOptions::read(&Members::of(options, Invalid::Options)?)?;
        let is_read = ["/get", "/list", "/sync"].iter().any(|end| text.ends_with(end));
        let is_safe = is_read || options.max_retries.is_some();
        Ok(Call {
            path: Some(path),
            is_safe,
            ..Call::new(body, Invalid::Body, options)?
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

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use proptest::prelude::*;

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

    proptest! {
        #[test]
        fn any_words_between_slashes_are_a_path(path in "(/[a-zA-Z0-9_-]{1,12}){1,6}") {
            prop_assert!(is_path(&path));
        }

        #[test]
        fn no_path_leads_elsewhere(path in "[/a-]{1,8}|\\PC{0,30}|[/.a@:?#%\\\\_ -]{0,12}") {
            if is_path(&path) {
                prop_assert!(path.starts_with('/') && !path.ends_with('/') && !path.contains("//"));
                prop_assert!(path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/_-".contains(&byte)));
            }
        }
    }
}
