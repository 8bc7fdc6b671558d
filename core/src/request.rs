//! What each operation sends: the path and the body, and whether it may be sent twice.
//!
//! A body is put together from JSON texts, one for each value of the caller's. A driver that keeps those values to
//! itself may hand in a marker for each, and put the values in their places later.

use crate::link::LinkSettings;
use crate::reads::is_read;
use crate::transactions::DEFAULT_COUNT;

/// When a request may be sent again without harm.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Repeat {
    /// After any failure that may pass: it reads, or it is idempotent.
    Always,
    /// Only if Plaid refused it unprocessed, with 429.
    WhenRefused,
}

impl Repeat {
    /// Of a call of any path. `is_idempotent`: its body has the [`idempotency_field`], or the caller asked for retries.
    pub fn of(path: &str, is_idempotent: bool) -> Self {
        if is_idempotent || is_read(path) {
            Self::Always
        } else {
            Self::WhenRefused
        }
    }
}

/// The field of a body that makes a call of the path idempotent: Plaid carries out only the first with its value.
pub fn idempotency_field(path: &str) -> &'static str {
    match path {
        "/transfer/create" => "authorization_id",
        _ => "idempotency_key",
    }
}

/// Whether a path is one of Plaid's: words between slashes. Nothing else gets through, so that no path leads to another
/// host, out of a proxy's prefix, or into a query.
pub fn is_path(path: &str) -> bool {
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

/// The body of `/link/token/create`. With an access token Link opens in update mode, where products and account
/// filters are not asked for. `user` is JSON text too.
pub fn create_link_token(link: &LinkSettings<'_>, user: &str, access_token: Option<&str>) -> String {
    let of_new_item = |value| access_token.is_none().then_some(value);
    object(&[
        ("\"client_name\":", Some(link.client_name())),
        ("\"country_codes\":", Some(link.country_codes())),
        ("\"language\":", Some(link.language())),
        ("\"access_token\":", access_token),
        ("\"products\":", of_new_item(link.products())),
        (
            "\"account_filters\":{\"depository\":{\"account_subtypes\":",
            of_new_item(link.account_subtypes()),
        ),
        ("\"user\":{\"client_user_id\":", Some(user)),
    ])
}

/// The body of `/item/public_token/exchange`.
pub fn exchange_public_token(public_token: &str) -> String {
    object(&[("\"public_token\":", Some(public_token))])
}

/// The body of `/auth/get` and `/identity/get`: of all accounts of the Item, or of some.
pub fn item(access_token: &str, account_ids: Option<&str>) -> String {
    object(&[
        ("\"access_token\":", Some(access_token)),
        ("\"options\":{\"account_ids\":", account_ids),
    ])
}

/// The body of an event feed's page.
pub fn event_sync(after_id: &str, count: Option<&str>) -> String {
    object(&[("\"after_id\":", Some(after_id)), ("\"count\":", count)])
}

/// What a page of `/transactions/sync` is asked for with, each as JSON text.
#[derive(Clone, Copy, Default, Debug)]
pub struct TransactionsPage<'a> {
    /// Where the page begins; none at the very beginning.
    pub cursor: Option<&'a str>,
    /// How many transactions it may have; the most that Plaid accepts, where none is given.
    pub count: Option<&'a str>,
    /// Plaid's own `options`.
    pub options: Option<&'a str>,
}

/// The body of `/transactions/sync`.
pub fn transactions_sync(access_token: &str, page: &TransactionsPage<'_>) -> String {
    object(&[
        ("\"access_token\":", Some(access_token)),
        ("\"cursor\":", page.cursor),
        ("\"count\":", Some(page.count.unwrap_or(DEFAULT_COUNT))),
        ("\"options\":", page.options),
    ])
}

/// The body of `/webhook_verification_key/get`.
pub fn webhook_key(key_id: &str) -> String {
    object(&[("\"key_id\":", Some(key_id))])
}

/// A JSON object, without the members that have no value. A name comes with its colon, and may be nested in others.
#[allow(
    clippy::single_char_add_str,
    reason = "to push a character is 250 bytes larger, because it might not be ASCII"
)]
fn object(members: &[(&'static str, Option<&str>)]) -> String {
    let mut text = String::new();
    for (name, value) in members {
        if let Some(value) = value {
            text.push_str(if text.is_empty() { "{" } else { "," });
            text.push_str(name);
            text.push_str(value);
            for _ in name.bytes().filter(|byte| *byte == b'{') {
                text.push_str("}");
            }
        }
    }
    text.push_str("}");
    text
}

// The one in the standard library is three times as large.
pub(crate) fn concat(parts: &[&str]) -> String {
    let mut text = String::new();
    for part in parts {
        text.push_str(part);
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_link_token_of_a_new_item_and_of_an_existing_one() {
        let link = LinkSettings {
            client_name: Some("\"Acme\""),
            ..LinkSettings::default()
        };
        assert_eq!(
            create_link_token(&link, "\"u\"", None),
            r#"{"client_name":"Acme","country_codes":["US"],"language":"en","products":["auth"],"account_filters":{"depository":{"account_subtypes":["checking","savings"]}},"user":{"client_user_id":"u"}}"#
        );
        assert_eq!(
            create_link_token(&LinkSettings::default(), "\"u\"", Some("\"t\"")),
            r#"{"client_name":"None","country_codes":["US"],"language":"en","access_token":"t","user":{"client_user_id":"u"}}"#
        );
    }

    #[test]
    fn the_other_bodies() {
        assert_eq!(exchange_public_token("\"p\""), r#"{"public_token":"p"}"#);
        assert_eq!(item("\"a\"", None), r#"{"access_token":"a"}"#);
        assert_eq!(
            item("\"a\"", Some("[\"1\"]")),
            r#"{"access_token":"a","options":{"account_ids":["1"]}}"#
        );
        assert_eq!(
            event_sync("18446744073709551615", None),
            r#"{"after_id":18446744073709551615}"#
        );
        assert_eq!(event_sync("0", Some("25")), r#"{"after_id":0,"count":25}"#);
        assert_eq!(
            transactions_sync("\"a\"", &TransactionsPage::default()),
            r#"{"access_token":"a","count":500}"#
        );
        assert_eq!(
            transactions_sync(
                "\"a\"",
                &TransactionsPage {
                    cursor: Some("\"c\""),
                    count: Some("1"),
                    options: Some("{}"),
                }
            ),
            r#"{"access_token":"a","cursor":"c","count":1,"options":{}}"#
        );
    }

    #[test]
    fn what_may_be_sent_twice() {
        for read in ["/item/get", "/transactions/sync", "/institutions/search"] {
            assert_eq!(Repeat::of(read, false), Repeat::Always, "{read}");
        }
        for other in [
            "/transfer/create",
            "/signal/evaluate",
            "/accounts/balance/get",
            "/cra/check_report/lend_score/get",
            "/not/of/plaid/get",
        ] {
            assert_eq!(Repeat::of(other, false), Repeat::WhenRefused, "{other}");
            assert_eq!(Repeat::of(other, true), Repeat::Always, "{other}");
        }
        assert_eq!(idempotency_field("/transfer/create"), "authorization_id");
        assert_eq!(idempotency_field("/bank_transfer/create"), "idempotency_key");
    }

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
