//! What an adapter is given: credentials and host from the environment, and its limits. All problems are named at once.

use std::time::Duration;

use thiserror::Error;

/// How long one attempt may take by default, the reading of the body included.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);
/// The same for endpoints where Plaid itself may wait thirty seconds for a bank.
pub const SLOW_TIMEOUT: Duration = Duration::from_secs(60);
/// Retries by default.
pub const DEFAULT_RETRIES: u32 = 2;
/// The longest time that a timer can run, in milliseconds; one set for longer fires at once.
pub const MAX_TIMEOUT_MS: f64 = 2_147_483_647.0;

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

/// The values that are read from the environment.
#[derive(Clone, Copy, Debug)]
pub struct Env<'a> {
    /// `PLAID_CLIENT_ID`
    pub client_id: Value<'a>,
    /// `PLAID_SECRET`
    pub secret: Value<'a>,
    /// `PLAID_ENV`
    pub environment: Value<'a>,
    /// `PLAID_BASE_URL`
    pub base_url: Value<'a>,
}

/// The names of those values, in their order. `PLAID_PUBLIC_KEY` is accepted too, and never read.
pub const ENV_KEYS: [&str; 4] = ["PLAID_CLIENT_ID", "PLAID_SECRET", "PLAID_ENV", "PLAID_BASE_URL"];

/// What is wrong with a value. Values are not repeated: they may be secrets.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[error("{key} {what}")]
pub struct Problem<'a> {
    key: &'static str,
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
    #[error("could not be read from env{}{hint}", if hint.is_empty() { "" } else { ": " })]
    Unreadable { hint: &'a str },
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
    /// Checks the environment.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn read<'a>(env: &Env<'a>) -> Result<Self, Vec<Problem<'a>>> {
        let mut problems = Vec::new();
        let [client_id_key, secret_key, environment_key, base_url_key] = ENV_KEYS;
        let mut text = |key, value: Value<'a>| match read(value) {
            Ok(text) => text,
            Err(what) => {
                problems.push(Problem { key, what });
                None
            }
        };
        let client_id = text(client_id_key, env.client_id);
        let secret = text(secret_key, env.secret);
        let environment = text(environment_key, env.environment);
        // Nobody has to grant access to a setting that is not there.
        let base_url = match env.base_url {
            Value::Unreadable { hint } if !hint.is_empty() => None,
            value => text(base_url_key, value),
        };
        let mut report = |key, what| problems.push(Problem { key, what });
        for (key, value, text) in [
            (client_id_key, env.client_id, client_id),
            (secret_key, env.secret, secret),
        ] {
            match (value, text) {
                (Value::Missing | Value::Text(_), None) => report(key, What::Missing),
                (_, Some(text)) if !is_header_value(text) => report(key, What::NotAHeader),
                _ => {}
            }
        }
        // With a base URL the environment may be left out, but not be wrong.
        let host = environment.and_then(host);
        if environment.is_some() && host.is_none() {
            report(environment_key, What::UnknownEnvironment);
        }
        let is_absent =
            |value, text: Option<&str>| matches!(value, Value::Missing | Value::Text(_)) && text.is_none();
        if is_absent(env.environment, environment)
            && base_url.is_none()
            && !matches!(
                env.base_url,
                Value::NotText | Value::Binding | Value::BindingFailed
            )
        {
            report(environment_key, What::NoHost);
        }
        let is_sandbox = host == Some(SANDBOX);
        let base_url = match base_url.map(|url| base(url, is_sandbox)) {
            Some(Err(what)) => {
                report(base_url_key, what);
                None
            }
            Some(Ok(url)) => Some(url),
            None => host.map(str::to_owned),
        };
        match (base_url, client_id, secret) {
            (Some(base_url), Some(client_id), Some(secret)) if problems.is_empty() => Ok(Self {
                base_url,
                client_id: client_id.to_owned(),
                secret: secret.to_owned(),
            }),
            _ => Err(problems),
        }
    }

    /// A number that adapters with the same host and credentials share: they may share what they know of Plaid's keys.
    pub fn fingerprint(&self) -> u64 {
        [&self.base_url, &self.client_id, &self.secret]
            .iter()
            .flat_map(|text| text.bytes().chain([0]))
            .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            })
    }
}

/// The string that a value is; None for nothing.
fn read(value: Value<'_>) -> Result<Option<&str>, What<'_>> {
    match value {
        Value::Missing => Ok(None),
        Value::Text(text) => Ok(Some(text.trim()).filter(|text| !text.is_empty())),
        Value::NotText => Err(What::NotText),
        Value::Binding => Err(What::Binding),
        Value::BindingFailed => Err(What::BindingFailed),
        Value::Unreadable { hint } => Err(What::Unreadable { hint }),
    }
}

/// RFC 9110, section 5.5: visible characters, spaces, tabs and the upper half of Latin-1.
fn is_header_value(text: &str) -> bool {
    text.chars()
        .all(|c| matches!(c, '\t' | ' '..='~' | '\u{80}'..='\u{ff}'))
}

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
    if !url
        .bytes()
        .all(|byte| matches!(byte, b'!'..=b'~') && byte != b'\\')
    {
        return Err(What::NotAUrl);
    }
    let (scheme, rest) = url.split_once("://").ok_or(What::NotAUrl)?;
    if url.contains(['?', '#']) {
        return Err(What::Query);
    }
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    if authority.contains('@') {
        return Err(What::Credentials);
    }
    let host = host_of(authority).ok_or(What::NotAUrl)?.to_ascii_lowercase();
    let is_safe = scheme.eq_ignore_ascii_case("https")
        || scheme.eq_ignore_ascii_case("http")
            && (is_loopback(&host) || is_sandbox && !host.contains(['.', '[']));
    if !is_safe {
        return Err(What::NotHttps);
    }
    let scheme = scheme.to_ascii_lowercase();
    Ok([
        &scheme,
        "://",
        &authority.to_ascii_lowercase(),
        path.trim_end_matches('/'),
    ]
    .concat())
}

/// The host of `host:port`, if both are well formed.
fn host_of(authority: &str) -> Option<&str> {
    let end = match authority.strip_prefix('[') {
        Some(rest) => rest.find(']')?.checked_add(2)?,
        None => authority.find(':').unwrap_or(authority.len()),
    };
    let (host, port) = authority.split_at_checked(end)?;
    let is_port = match port.strip_prefix(':') {
        Some(digits) => digits.parse::<u16>().is_ok() && digits.bytes().all(|byte| byte.is_ascii_digit()),
        None => port.is_empty(),
    };
    let is_host = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(address) => address
            .bytes()
            .all(|byte| byte == b':' || byte == b'.' || byte.is_ascii_hexdigit()),
        None => {
            !host.starts_with('.')
                && host
                    .bytes()
                    .all(|byte| matches!(byte, b'.' | b'-' | b'_') || byte.is_ascii_alphanumeric())
        }
    };
    (is_port && is_host && !host.is_empty()).then_some(host)
}

fn is_loopback(host: &str) -> bool {
    let is_ipv4 = host.bytes().all(|byte| byte == b'.' || byte.is_ascii_digit());
    host == "localhost"
        || host == "[::1]"
        || (is_ipv4 && host.starts_with("127.") && host.split('.').count() == 4)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ENV: Env<'_> = Env {
        client_id: Value::Text("id"),
        secret: Value::Text(" secret\n"),
        environment: Value::Text("Sandbox"),
        base_url: Value::Missing,
    };

    fn problems(env: &Env<'_>) -> Vec<String> {
        Config::read(env)
            .err()
            .unwrap_or_default()
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    fn with_url(url: &str) -> Result<String, Vec<String>> {
        let env = Env {
            base_url: Value::Text(url),
            environment: Value::Missing,
            ..ENV
        };
        Config::read(&env)
            .map(|config| config.base_url)
            .map_err(|problems| problems.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn a_complete_environment() {
        let config = Config::read(&ENV).ok().unwrap();
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
        let env = Env {
            client_id: Value::Text(" "),
            secret: Value::NotText,
            environment: Value::Text("staging"),
            base_url: Value::Text("ftp://x"),
        };
        assert_eq!(
            problems(&env),
            [
                "PLAID_SECRET must be a string",
                "PLAID_CLIENT_ID is missing",
                "PLAID_ENV must be \"sandbox\", \"production\" or \"development\"",
                "PLAID_BASE_URL must begin with https:// (http:// only for localhost, 127.0.0.1 and [::1], and for a host without a dot where PLAID_ENV is \"sandbox\")",
            ]
        );
    }

    #[test]
    fn an_optional_value_that_may_not_be_read_is_absent_and_a_required_one_keeps_the_hint() {
        let denied = Value::Unreadable {
            hint: "run with --allow-env",
        };
        assert!(
            problems(&Env {
                base_url: denied,
                ..ENV
            })
            .is_empty()
        );
        assert_eq!(
            problems(&Env {
                secret: denied,
                ..ENV
            }),
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
            "https://host\u{0}",
        ] {
            assert!(with_url(url).is_err(), "{url:?}");
        }
    }

    #[test]
    fn a_service_of_compose_is_for_the_sandbox_only() {
        let url = Value::Text("http://plaid:8791");
        assert!(problems(&Env { base_url: url, ..ENV }).is_empty());
        let production = Value::Text("production");
        assert_eq!(
            problems(&Env {
                base_url: url,
                environment: production,
                ..ENV
            })
            .len(),
            1
        );
        let dotted = Value::Text("http://plaid.example:8791");
        assert_eq!(
            problems(&Env {
                base_url: dotted,
                ..ENV
            })
            .len(),
            1
        );
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
