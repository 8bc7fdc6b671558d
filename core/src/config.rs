//! What an adapter is given: credentials and host from the environment, and its limits. All problems are named at once.

use std::time::Duration;

use thiserror::Error;

use crate::error::Text;
use crate::request::concat;

/// How long one attempt may take by default, the reading of the body included.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);
/// The same for endpoints where Plaid itself may wait thirty seconds for a bank.
pub const SLOW_TIMEOUT: Duration = Duration::from_secs(60);
/// Retries by default.
pub const DEFAULT_RETRIES: u32 = 2;
/// The longest time that a timer can run, in milliseconds; one set for longer fires at once.
pub const MAX_TIMEOUT_MS: u32 = 2_147_483_647;

/// The version of Plaid's API that everything here is written for.
pub const PLAID_VERSION: &str = "2020-09-14";

/// The timeout of a call that nothing else was said for.
pub fn default_timeout(path: &str) -> Duration {
    // https://plaid.com/docs/api/products/balance/: "can take up to 30 seconds or more".
    match path {
        "/accounts/balance/get"
        | "/processor/balance/get"
        | "/signal/evaluate"
        | "/processor/signal/evaluate" => SLOW_TIMEOUT,
        _ => DEFAULT_TIMEOUT,
    }
}

/// A value of the environment, as it was found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Value<'a> {
    /// Not there.
    Missing,
    /// A string; blank counts as missing.
    Text(&'a str),
    /// Something else.
    NotText,
    /// A binding that has to be awaited.
    Binding,
    /// A binding whose `get` failed.
    BindingFailed,
    /// Reading it threw; `hint` is what the runtime says about that.
    Unreadable {
        /// Empty where the runtime's words might repeat the value.
        hint: &'a str,
    },
}

/// The names of the values that are read from the environment. `PLAID_PUBLIC_KEY` is accepted too, and never read.
pub const ENV_KEYS: [&str; 4] = ["PLAID_CLIENT_ID", "PLAID_SECRET", "PLAID_ENV", "PLAID_BASE_URL"];

/// What is wrong with a value. Values are not repeated: they may be secrets.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[error("{key} {what}")]
pub struct Problem<'a> {
    key: Text<'static>,
    what: What<'a>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
enum What<'a> {
    #[error("is missing")]
    Missing,
    #[error("is missing: set it to \"sandbox\" or \"production\", or set PLAID_BASE_URL")]
    NoHost,
    #[error("must be a string")]
    NotText,
    #[error("is a binding whose value has to be fetched: use await PlaidAdapter.fromEnv(env)")]
    Binding,
    #[error("could not be fetched: its binding's get() failed")]
    BindingFailed,
    #[error("could not be read from env{}{hint}", Text(if hint.0.is_empty() { "" } else { ": " }))]
    Unreadable { hint: Text<'a> },
    #[error("contains a character that an HTTP header can't carry")]
    NotAHeader,
    #[error("must be \"sandbox\", \"production\" or \"development\"")]
    UnknownEnvironment,
    #[error("must be an absolute URL such as https://proxy.example.com")]
    NotAUrl,
    #[error(
        "must begin with https:// (http:// only for localhost, 127.0.0.1 and [::1], and for a host without a dot where PLAID_ENV is \"sandbox\")"
    )]
    NotHttps,
    #[error("must not contain credentials")]
    Credentials,
    #[error("must not contain a query or a fragment")]
    Query,
}

/// A complete and checked configuration.
#[derive(Clone, PartialEq, Eq)]
pub struct Config {
    /// The URL before a path, without a slash at its end.
    pub base_url: String,
    /// `PLAID-CLIENT-ID`
    pub client_id: String,
    /// `PLAID-SECRET`
    pub secret: String,
}

impl Config {
    /// Checks the environment: the values of [`ENV_KEYS`], in their order. None if there was something to report.
    pub fn read(values: [Value<'_>; 4], report: &mut dyn FnMut(Problem<'_>)) -> Option<Self> {
        let mut texts = [None; 4];
        let mut is_absent = [true; 4];
        let mut is_wrong = false;
        let mut report = |at: usize, what| {
            is_wrong = true;
            let key = Text(ENV_KEYS.get(at).copied().unwrap_or_default());
            report(Problem { key, what });
        };
        for (at, value) in values.into_iter().enumerate() {
            let read = match value {
                // Nobody has to grant access to a setting that is not there.
                Value::Unreadable { hint } if at == BASE_URL && !hint.is_empty() => Ok(None),
                value => read(value),
            };
            let text = match read {
                Ok(Some(text)) if at < ENVIRONMENT && !is_header_value(text) => Err(What::NotAHeader),
                Ok(None) if at < ENVIRONMENT => Err(What::Missing),
                read => read,
            };
            let (text, absent) = match text {
                Ok(text) => (text, text.is_none()),
                Err(what) => {
                    report(at, what);
                    (None, false)
                }
            };
            if let (Some(slot), Some(is_absent)) = (texts.get_mut(at), is_absent.get_mut(at)) {
                (*slot, *is_absent) = (text, absent);
            }
        }
        let [client_id, secret, environment, base_url] = texts;
        // With a base URL the environment may be left out, but not be wrong.
        let host = environment.and_then(host);
        let [_, _, no_environment, no_base_url] = is_absent;
        if environment.is_some() && host.is_none() {
            report(ENVIRONMENT, What::UnknownEnvironment);
        } else if no_environment && no_base_url {
            report(ENVIRONMENT, What::NoHost);
        }
        let base_url = match base_url.map(|url| base(url, host == Some(SANDBOX))) {
            Some(Ok(url)) => url,
            None => host.unwrap_or_default().to_owned(),
            Some(Err(what)) => {
                report(BASE_URL, what);
                return None;
            }
        };
        if is_wrong {
            return None;
        }
        Some(Self {
            base_url,
            client_id: client_id?.to_owned(),
            secret: secret?.to_owned(),
        })
    }

    /// A number that configurations with the same host and credentials have in common.
    pub fn fingerprint(&self) -> u64 {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for text in [&self.base_url, &self.client_id, &self.secret] {
            for byte in text.bytes() {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
            hash = !hash;
        }
        hash
    }
}

/// The string that a value is; None for nothing.
fn read(value: Value<'_>) -> Result<Option<&str>, What<'_>> {
    match value {
        Value::Missing => Ok(None),
        Value::Text(text) => Ok(Some(text.trim_ascii()).filter(|text| !text.is_empty())),
        Value::NotText => Err(What::NotText),
        Value::Binding => Err(What::Binding),
        Value::BindingFailed => Err(What::BindingFailed),
        Value::Unreadable { hint } => Err(What::Unreadable { hint: Text(hint) }),
    }
}

/// RFC 9110, section 5.5: visible characters, spaces, tabs and the upper half of Latin-1.
fn is_header_value(text: &str) -> bool {
    // In UTF-8, what Latin-1 lacks begins with a byte past 0xc3.
    text.bytes()
        .all(|byte| matches!(byte, b'\t' | b' '..=b'~' | 0x80..=0xc3))
}

const ENVIRONMENT: usize = 2;
const BASE_URL: usize = 3;

const SANDBOX: &str = "https://sandbox.plaid.com";

fn host(environment: &str) -> Option<&'static str> {
    // The development host is gone since June 2024; it is kept for those who run a stand-in under its name.
    let hosts = [
        ("sandbox", SANDBOX),
        ("production", "https://production.plaid.com"),
        ("development", "https://development.plaid.com"),
    ];
    hosts
        .iter()
        .find(|(name, _)| environment.eq_ignore_ascii_case(name))
        .map(|(_, host)| *host)
}

/// Checks a base URL, and cuts off its last slashes. Only what every URL parser reads alike gets through.
fn base(url: &str, is_sandbox: bool) -> Result<String, What<'static>> {
    let is_plain = |byte: u8| matches!(byte, b'!'..=b'~') && byte != b'\\';
    let colon = url.bytes().position(|byte| byte == b':');
    let (scheme, rest) = colon
        .and_then(|at| url.split_at_checked(at))
        .ok_or(What::NotAUrl)?;
    let rest = rest.strip_prefix("://").ok_or(What::NotAUrl)?;
    if !url.bytes().all(is_plain) {
        return Err(What::NotAUrl);
    }
    if url.bytes().any(|byte| matches!(byte, b'?' | b'#')) {
        return Err(What::Query);
    }
    let end = rest.bytes().position(|byte| byte == b'/').unwrap_or(rest.len());
    let (authority, mut path) = rest.split_at_checked(end).ok_or(What::NotAUrl)?;
    if authority.bytes().any(|byte| byte == b'@') {
        return Err(What::Credentials);
    }
    let authority = authority.to_ascii_lowercase();
    let host = host_of(&authority).ok_or(What::NotAUrl)?;
    let is_https = scheme.eq_ignore_ascii_case("https");
    let has_dot = host.bytes().any(|byte| matches!(byte, b'.' | b'['));
    let may_be_http = is_loopback(host) || is_sandbox && !has_dot;
    if !(is_https || may_be_http && scheme.eq_ignore_ascii_case("http")) {
        return Err(What::NotHttps);
    }
    while let Some(shorter) = path.strip_suffix('/') {
        path = shorter;
    }
    Ok(concat(&[
        if is_https { "https://" } else { "http://" },
        &authority,
        path,
    ]))
}

/// The host of `host:port`, if both are well formed.
fn host_of(authority: &str) -> Option<&str> {
    let is_ipv6 = authority.starts_with('[');
    let last = if is_ipv6 { b']' } else { b':' };
    let at = authority.bytes().position(|byte| byte == last);
    let end = match at {
        Some(at) if is_ipv6 => at.saturating_add(1),
        Some(at) => at,
        None if is_ipv6 => return None,
        None => authority.len(),
    };
    let (host, port) = authority.split_at_checked(end)?;
    let port = port
        .strip_prefix(':')
        .unwrap_or(if port.is_empty() { "0" } else { "" });
    let is_port = (1..=5).contains(&port.len()) && port.bytes().all(|byte| byte.is_ascii_digit());
    // Digits of the same number are in the order of their texts.
    let is_port = is_port && (port.len() < 5 || port <= "65535");
    let is_host = host.bytes().enumerate().all(|(at, byte)| match byte {
        b'[' | b']' | b':' => is_ipv6,
        b'.' => at > 0,
        _ => byte.is_ascii_alphanumeric() || !is_ipv6 && matches!(byte, b'-' | b'_'),
    });
    // URL parsers read any host whose last label is a number as an IPv4 address: 134744072 is 8.8.8.8.
    let dot = host.bytes().rposition(|byte| byte == b'.');
    let last = host
        .get(dot.map_or(0, |at| at.saturating_add(1))..)
        .unwrap_or_default();
    let is_number = last.starts_with("0x") || last.bytes().all(|byte| byte.is_ascii_digit());
    let is_host = is_host && !host.is_empty() && (!is_number || is_ipv4(host));
    (is_port && is_host).then_some(host)
}

/// Four numbers, as an URL parser writes them.
fn is_ipv4(host: &str) -> bool {
    let (mut numbers, mut digits, mut number) = (1, 0, 0_u32);
    host.bytes().all(|byte| {
        if byte == b'.' {
            let is_empty = digits == 0;
            numbers = u32::saturating_add(numbers, 1);
            (digits, number) = (0, 0);
            return !is_empty;
        }
        let is_leading_zero = digits > 0 && number == 0;
        digits = u32::saturating_add(digits, 1);
        number = number.saturating_mul(10).saturating_add(u32::from(byte & 0x0f));
        byte.is_ascii_digit() && number <= 255 && !is_leading_zero
    }) && numbers == 4
        && digits > 0
        && host.len() <= 15
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host == "[::1]" || is_ipv4(host) && host.starts_with("127.")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ENV: [Value<'_>; 4] = [
        Value::Text("id"),
        Value::Text(" secret\n"),
        Value::Text("Sandbox"),
        Value::Missing,
    ];

    fn read(values: [Value<'_>; 4]) -> Result<Config, Vec<String>> {
        let mut problems = Vec::new();
        Config::read(values, &mut |problem| problems.push(problem.to_string())).ok_or(problems)
    }

    fn problems(values: [Value<'_>; 4]) -> Vec<String> {
        read(values).err().unwrap_or_default()
    }

    fn with_url(url: &str) -> Result<String, Vec<String>> {
        let [client_id, secret, ..] = ENV;
        read([client_id, secret, Value::Missing, Value::Text(url)]).map(|config| config.base_url)
    }

    #[test]
    fn a_complete_environment() {
        let config = read(ENV).ok().unwrap();
        assert_eq!(
            (
                config.base_url.as_str(),
                config.client_id.as_str(),
                config.secret.as_str()
            ),
            ("https://sandbox.plaid.com", "id", "secret")
        );
    }

    #[test]
    fn every_problem_is_named_at_once() {
        let values = [
            Value::Text(" "),
            Value::NotText,
            Value::Text("staging"),
            Value::Text("ftp://x"),
        ];
        assert_eq!(
            problems(values),
            [
                "PLAID_CLIENT_ID is missing",
                "PLAID_SECRET must be a string",
                "PLAID_ENV must be \"sandbox\", \"production\" or \"development\"",
                "PLAID_BASE_URL must begin with https:// (http:// only for localhost, 127.0.0.1 and [::1], and for a host without a dot where PLAID_ENV is \"sandbox\")",
            ]
        );
    }

    #[test]
    fn an_optional_value_that_may_not_be_read_is_absent_and_a_required_one_keeps_the_hint() {
        let [client_id, secret, environment, _] = ENV;
        let denied = Value::Unreadable {
            hint: "run with --allow-env",
        };
        assert!(problems([client_id, secret, environment, denied]).is_empty());
        assert_eq!(
            problems([client_id, denied, environment, Value::Missing]),
            ["PLAID_SECRET could not be read from env: run with --allow-env"]
        );
    }

    #[test]
    fn base_urls() {
        for (url, base) in [
            (
                "https://proxy.example.com/plaid/",
                "https://proxy.example.com/plaid",
            ),
            (
                "HTTPS://Proxy.example.com:8443/a/B",
                "https://proxy.example.com:8443/a/B",
            ),
            ("http://localhost:8791", "http://localhost:8791"),
            ("http://127.0.0.1:8791/", "http://127.0.0.1:8791"),
            ("http://[::1]:8791", "http://[::1]:8791"),
        ] {
            assert_eq!(with_url(url).as_deref(), Ok(base));
        }
        for url in [
            "https:\t/\t/user:pw@host",
            "https://user:pw@host",
            "https://@host",
            "https:\\\\host",
            "https://host\\@evil",
            "https://ho st",
            "https://host?q",
            "https://host#",
            "https://host:port",
            "https://host:70000",
            "https://host:+1",
            "https://",
            "https:///path",
            "//host",
            "host",
            "http://10.0.0.1",
            "http://plaid",
            "http://127.0.0.1.evil.example",
            "http://127.1.evil",
            "http://localhost.evil.example",
            "http://evil.localhost",
            "http://127.0.0..1",
            "http://127.0.0.01",
            "http://127.0.0.256",
            "http://127.0.0.1.",
            "https://host\u{0}",
            "https://127.1",
            "https://1.2.3.04",
            "https://1.2.3.256",
            "https://host.0x7f",
            "http://127...1",
        ] {
            assert!(with_url(url).is_err(), "{url:?}");
        }
    }

    #[test]
    fn a_service_of_compose_is_for_the_sandbox_only() {
        let [client_id, secret, ..] = ENV;
        let number_of_problems = |environment, url| {
            problems([client_id, secret, Value::Text(environment), Value::Text(url)]).len()
        };
        assert_eq!(number_of_problems("sandbox", "http://plaid:8791"), 0);
        assert_eq!(number_of_problems("production", "http://plaid:8791"), 1);
        assert_eq!(number_of_problems("sandbox", "http://plaid.example:8791"), 1);
        // 8.8.8.8 in other words.
        assert_eq!(number_of_problems("sandbox", "http://134744072"), 1);
        assert_eq!(number_of_problems("sandbox", "http://0x8080808"), 1);
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
        fn an_accepted_base_url_is_plain(url in "https?://[a-zA-Z0-9.:@\\[\\]/?#\\\\ \t_-]{0,24}|\\PC{0,30}") {
            if let Ok(base) = with_url(&url) {
                prop_assert!(base.starts_with("https://") || base.starts_with("http://"));
                prop_assert!(!base.contains(['@', '?', '#', '\\', ' ', '\t']) && !base.ends_with('/'));
            }
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
