//! What an adapter is given: the credentials and the host from the worker's environment, and its options.
//! Reading it names every problem at once.

use js_sys::{Array, Function};
use wasm_bindgen::prelude::*;

use crate::arguments::{self, Members, keep};
use crate::decisions::Decisions;
use crate::error::Invalid;

const DEFAULT_TIMEOUT_MS: f64 = 30_000.0;
const DEFAULT_MAX_RETRIES: u32 = 2;

#[wasm_bindgen(module = "/src/js/env.js")]
extern "C" {
    /// The values of the client id, the secret, the environment and the base URL: each a string, undefined, or an
    /// object with what is wrong with it as its `problem`.
    #[wasm_bindgen(js_name = readEnv)]
    fn read_env(env: &JsValue) -> Array;

    /// Scheme, host name, whether there are credentials, whether there is a query or a fragment, and the URL up
    /// to its path, without a slash at the end. Empty for no URL.
    #[wasm_bindgen(js_name = parseUrl)]
    fn parse_url(text: &str) -> Array;
}

#[wasm_bindgen(module = "/src/js/call.js")]
extern "C" {
    #[wasm_bindgen(js_name = settingsOf)]
    #[allow(
        clippy::too_many_arguments,
        reason = "an object would have to be built member by member"
    )]
    fn settings_of(
        base_url: &str,
        client_id: &str,
        secret: &str,
        fetch: Option<Function>,
        on_attempt: Option<Function>,
        timeout_ms: f64,
        max_retries: u32,
        decisions: Decisions,
    ) -> JsValue;
}

/// A complete and checked configuration: the settings that every call gets, as a JavaScript object; or all that
/// is wrong with it.
pub fn read(env: &JsValue, options: JsValue) -> Result<JsValue, Array> {
    let problems = Array::new();
    let note = |key: &str, problem: &str| {
        problems.push(&[key, problem].concat().into());
    };
    let values = read_env(env);
    let string = |at: u32, key: &str| {
        let value = values.get(at);
        value.as_string().unwrap_or_else(|| {
            let problem =
                Members::of(value, Invalid::Options).and_then(|it| it.get("problem", Invalid::Options));
            if let Ok(Some(problem)) = problem {
                note(key, &problem.as_string().unwrap_or_default());
            }
            String::new()
        })
    };
    let credential = |at: u32, key: &str| {
        let text = string(at, key);
        if values.get(at).is_undefined() {
            note(key, " is missing");
        } else if !is_header_value(&text) {
            note(key, " contains a character that an HTTP header can't carry");
        }
        text
    };
    let client_id = credential(0, "PLAID_CLIENT_ID");
    let secret = credential(1, "PLAID_SECRET");
    // With a base URL the environment may be left out, but not be wrong.
    let (env, url) = (string(2, "PLAID_ENV"), string(3, "PLAID_BASE_URL"));
    let host = host(&env);
    if !env.is_empty() && host.is_none() {
        note(
            "PLAID_ENV",
            " must be \"sandbox\", \"production\" or \"development\"",
        );
    } else if values.get(2).is_undefined() && values.get(3).is_undefined() {
        note(
            "PLAID_ENV",
            " is missing: set it to \"sandbox\" or \"production\", or set PLAID_BASE_URL",
        );
    }
    let base_url = match url.as_str() {
        "" => host.unwrap_or_default().into(),
        url => base(url).unwrap_or_else(|problem| {
            note("PLAID_BASE_URL", problem);
            String::new()
        }),
    };

    let options = Members::of(options, Invalid::Options).map(Some);
    let options = keep(options, &problems).unwrap_or(Members::NONE);
    let fetch = keep(arguments::function(&options, "fetch", Invalid::Fetch), &problems);
    let on_attempt = keep(
        arguments::function(&options, "onAttempt", Invalid::OnAttempt),
        &problems,
    );
    let timeout_ms = keep(arguments::timeout_ms(&options), &problems).unwrap_or(DEFAULT_TIMEOUT_MS);
    let max_retries = keep(arguments::max_retries(&options), &problems).unwrap_or(DEFAULT_MAX_RETRIES);

    if problems.length() > 0 {
        return Err(problems);
    }
    Ok(settings_of(
        &base_url,
        &client_id,
        &secret,
        fetch,
        on_attempt,
        timeout_ms,
        max_retries,
        Decisions::new(),
    ))
}

/// RFC 9110, section 5.5: visible characters, spaces, tabs and the upper half of Latin-1.
fn is_header_value(text: &str) -> bool {
    text.chars()
        .all(|c| matches!(c, '\t' | ' '..='~' | '\u{80}'..='\u{ff}'))
}

fn host(env: &str) -> Option<&'static str> {
    // The development host is gone since June 2024; it is kept for those who run a stand-in under its name.
    let hosts = [
        ("sandbox", "https://sandbox.plaid.com"),
        ("production", "https://production.plaid.com"),
        ("development", "https://development.plaid.com"),
    ];
    hosts
        .iter()
        .find(|(name, _)| env.eq_ignore_ascii_case(name))
        .map(|(_, host)| *host)
}

fn base(text: &str) -> Result<String, &'static str> {
    let parts = parse_url(text);
    let part = |at: u32| parts.get(at).as_string().unwrap_or_default();
    let scheme = part(0);
    if scheme.is_empty() {
        return Err(" must be an absolute URL such as https://proxy.example.com");
    }
    if scheme != "https:" && !(scheme == "http:" && is_loopback(&part(1))) {
        return Err(" must begin with https:// (http:// only for localhost, 127.0.0.1 and [::1])");
    }
    if parts.get(2).is_truthy() {
        return Err(" must not contain credentials");
    }
    if parts.get(3).is_truthy() {
        return Err(" must not contain a query or a fragment");
    }
    Ok(part(4))
}

/// `hostname` is as the URL parser normalised it: lower case, IPv4 in dotted decimal.
fn is_loopback(hostname: &str) -> bool {
    let is_ipv4 = hostname.bytes().all(|byte| byte == b'.' || byte.is_ascii_digit());
    hostname == "localhost"
        || hostname.ends_with(".localhost")
        || hostname == "[::1]"
        || (is_ipv4 && hostname.starts_with("127."))
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn loopback_is_told_from_what_looks_like_it() {
        for host in ["localhost", "plaid.localhost", "127.0.0.1", "127.8.9.10", "[::1]"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "127.0.0.1.evil.example",
            "localhost.evil.example",
            "128.0.0.1",
            "127.evil",
            "[::2]",
            "",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[test]
    fn header_values() {
        assert!(is_header_value("5f3c ä\t~"));
        for text in ["a\nb", "a\rb", "a\0b", "a\u{7f}", "Ω", "\u{1f600}"] {
            assert!(!is_header_value(text), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn of_the_addresses_only_127_is_loopback(a: u8, b: u8, c: u8, d: u8) {
            prop_assert_eq!(is_loopback(&format!("{a}.{b}.{c}.{d}")), a == 127);
        }

        #[test]
        fn no_other_host_is_loopback(host in "[a-z0-9.-]{0,20}|127[.0-9]{0,12}[a-z]|\\[[0-9a-f:.]{0,20}\\]") {
            let is_local = host == "localhost" || host.ends_with(".localhost") || host == "[::1]";
            let is_address = host.starts_with("127.") && !host.contains(|c: char| c.is_alphabetic() || c == '-');
            prop_assert_eq!(is_loopback(&host), is_local || is_address);
        }

        #[test]
        fn no_header_value_ends_its_header(text: String) {
            if is_header_value(&text) {
                prop_assert!(!text.contains(['\r', '\n', '\0']));
                prop_assert!(text.chars().all(|c| u32::from(c) < 256));
            }
        }
    }
}
