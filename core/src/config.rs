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

macro_rules! env_keys {
    ($first:literal $(, $key:literal)*) => {
        /// The names of the values that are read from the environment. `PLAID_PUBLIC_KEY` is accepted too, and never read.
        pub const ENV_KEYS: [&str; 4] = [$first $(, $key)*];
        /// The same as one text, separated by commas.
        pub const ENV_KEY_LIST: &str = concat!($first $(, ",", $key)*);
    };
}
env_keys!("PLAID_CLIENT_ID", "PLAID_SECRET", "PLAID_ENV", "PLAID_BASE_URL");

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
    #[error("is a binding whose value must be fetched: use await PlaidAdapter.fromEnv(env)")]
    Binding,
    #[error("could not be fetched: its binding's get() failed")]
    BindingFailed,
    #[error("could not be read from env{}{hint}", Text(if hint.0.is_empty() { "" } else { ": " }))]
    Unreadable { hint: Text<'a> },
    #[error("contains a character that an HTTP header can't contain")]
    NotAHeader,
    #[error("must be \"sandbox\", \"production\" or \"development\"")]
    UnknownEnvironment,
    #[error("must be an absolute URL such as https://proxy.example.com")]
    NotAUrl,
    #[error(
        "must begin with https:// (http:// only for localhost, 127.0.0.1 and [::1], and for a host without a dot if PLAID_ENV is \"sandbox\")"
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
        let mut texts = [""; 4];
        let mut is_wrong = [false; 4];
        let mut report = |at: usize, what| {
            let key = Text(ENV_KEYS.get(at).copied().unwrap_or_default());
            report(Problem { key, what });
        };
        let places = texts.iter_mut().zip(&mut is_wrong);
        for ((at, value), (text, is_wrong)) in values.into_iter().enumerate().zip(places) {
            let is_required = at < ENVIRONMENT;
            let what = match value {
                // Nobody has to grant access to a setting that is not there.
                Value::Unreadable { hint } if at == BASE_URL && !hint.is_empty() => continue,
                Value::Unreadable { hint } => What::Unreadable { hint: Text(hint) },
                Value::NotText => What::NotText,
                Value::Binding => What::Binding,
                Value::BindingFailed => What::BindingFailed,
                Value::Text(given) if !given.trim_ascii().is_empty() => {
                    *text = given.trim_ascii();
                    if !is_required || is_header_value(text) {
                        continue;
                    }
                    What::NotAHeader
                }
                _ if is_required => What::Missing,
                _ => continue,
            };
            *is_wrong = true;
            report(at, what);
        }
        let [client_id, secret, environment, base_url] = texts;
        let [.., is_environment_wrong, is_base_url_wrong] = is_wrong;
        let may_be_host = !base_url.is_empty() || is_environment_wrong || is_base_url_wrong;
        // With a base URL the environment may be left out, but not be wrong.
        let host = host(environment);
        if host.is_none() && !environment.is_empty() {
            report(ENVIRONMENT, What::UnknownEnvironment);
        } else if host.is_none() && !may_be_host {
            report(ENVIRONMENT, What::NoHost);
        }
        let base_url = match base(base_url, host == Some(SANDBOX)) {
            _ if base_url.is_empty() => host?.to_owned(),
            Ok(url) => url,
            Err(what) => {
                report(BASE_URL, what);
                return None;
            }
        };
        let is_right = is_wrong == [false; 4] && (host.is_some() || environment.is_empty());
        is_right.then(|| Self {
            base_url,
            client_id: client_id.to_owned(),
            secret: secret.to_owned(),
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
    let (scheme, rest) = cut(url, b":");
    let rest = rest.strip_prefix("://").ok_or(What::NotAUrl)?;
    if !url.bytes().all(is_plain) {
        return Err(What::NotAUrl);
    }
    if has(url, b"?#") {
        return Err(What::Query);
    }
    let (authority, mut path) = cut(rest, b"/");
    if has(authority, b"@") {
        return Err(What::Credentials);
    }
    let authority = authority.to_ascii_lowercase();
    let (host, is_ipv4) = host_of(&authority).ok_or(What::NotAUrl)?;
    let is_loopback = host == "localhost" || host == "[::1]" || is_ipv4 && host.starts_with("127.");
    let may_be_http = is_loopback || is_sandbox && !has(host, b".[");
    let is_https = scheme.eq_ignore_ascii_case("https");
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

/// The host of `host:port` if both are well formed, and whether it is an IPv4 address.
fn host_of(authority: &str) -> Option<(&str, bool)> {
    let is_ipv6 = authority.starts_with('[');
    let (mut host, mut port) = cut(authority, if is_ipv6 { b"]" } else { b":" });
    if is_ipv6 {
        (host, port) = authority.split_at_checked(host.len().saturating_add(1))?;
    }
    let is_port = port.is_empty() || port.strip_prefix(':').is_some_and(|port| is_number(port, 65_535));
    let is_host = host.bytes().all(|byte| match byte {
        b'[' | b']' | b':' => is_ipv6,
        b'-' | b'_' => !is_ipv6,
        _ => byte == b'.' || byte.is_ascii_alphanumeric(),
    });
    let (mut labels, mut are_bytes, mut rest) = (0, true, host);
    let last = loop {
        let (label, more) = cut(rest, b".");
        labels = u32::saturating_add(labels, 1);
        are_bytes &= is_number(label, 255) && (label.len() == 1 || !label.starts_with('0'));
        match more.strip_prefix('.') {
            Some(more) => rest = more,
            None => break label,
        }
    };
    let is_ipv4 = are_bytes && labels == 4;
    // URL parsers read any host whose last label is a number as an IPv4 address: 134744072 is 8.8.8.8.
    let may_be_number = last.starts_with("0x") || last.bytes().all(|byte| byte.is_ascii_digit());
    let is_host = is_host && !host.is_empty() && !host.starts_with('.') && (is_ipv4 || !may_be_number);
    (is_port && is_host).then_some((host, is_ipv4))
}

/// Whether a text is a decimal number of at most five digits, and not above `most`.
fn is_number(text: &str, most: u32) -> bool {
    let number = text.bytes().fold(0_u32, |number, byte| {
        number.wrapping_mul(10).wrapping_add(u32::from(byte & 0x0f))
    });
    (1..=5).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()) && number <= most
}

/// A text up to the first of some ASCII characters, and from there on.
fn cut<'a>(text: &'a str, characters: &[u8]) -> (&'a str, &'a str) {
    let at = text.bytes().position(|byte| characters.contains(&byte));
    at.and_then(|at| text.split_at_checked(at)).unwrap_or((text, ""))
}

/// Whether a text has one of some ASCII characters.
fn has(text: &str, characters: &[u8]) -> bool {
    !cut(text, characters).1.is_empty()
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
                "PLAID_BASE_URL must begin with https:// (http:// only for localhost, 127.0.0.1 and [::1], and for a host without a dot if PLAID_ENV is \"sandbox\")",
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
            let url = format!("http://{a}.{b}.{c}.{d}");
            prop_assert_eq!(with_url(&url).is_ok(), a == 127);
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
