//! What an adapter is given: the credentials and the host from the worker's environment, and its options.
//! Reading it names every problem at once.

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::arguments;

const DEFAULT_TIMEOUT_MS: f64 = 30_000.0;
const DEFAULT_MAX_RETRIES: u32 = 2;

/// The keys that are read, in the order of [`Values`]. `PLAID_PUBLIC_KEY` is accepted, and used by no call.
const KEYS: [&str; 4] = ["PLAID_CLIENT_ID", "PLAID_SECRET", "PLAID_ENV", "PLAID_BASE_URL"];

/// A value of the environment, or what is wrong with it.
type Value = Result<JsValue, &'static str>;
type Values = [Value; 4];

/// A complete and checked configuration.
pub struct Config {
    pub client_id: String,
    pub secret: String,
    /// Scheme, host and path prefix, without a slash at the end.
    pub base_url: String,
    pub options: Options,
}

/// `AdapterOptions`.
pub struct Options {
    pub fetch: Option<Function>,
    pub timeout_ms: f64,
    pub max_retries: u32,
    pub on_attempt: Option<Function>,
}

impl Config {
    /// From an environment of plain strings.
    pub fn read(env: &JsValue, options: JsValue) -> Result<Self, Vec<String>> {
        let mut problems = Vec::new();
        let options = Options::read(options, &mut problems);
        Config::check(read_env(env), options, problems)
    }

    /// From an environment whose values may be bindings, each of which is asked for its value.
    pub async fn fetch(env: JsValue, options: JsValue) -> Result<Self, Vec<String>> {
        let mut problems = Vec::new();
        let options = Options::read(options, &mut problems);
        let Some(values) = read_env(&env) else {
            return Config::check(None, options, problems);
        };
        // All are asked before the first is waited for.
        let pending = values.map(|value| {
            let value = value?;
            Ok(match as_binding(&value) {
                Some(get) => Pending::Fetched(get.call0(&value)),
                None => Pending::Plain(value),
            })
        });
        let mut fetched = Values::from([const { Ok(JsValue::UNDEFINED) }; 4]);
        for (slot, pending) in fetched.iter_mut().zip(pending) {
            *slot = match pending {
                Ok(Pending::Plain(value)) => Ok(value),
                Ok(Pending::Fetched(Ok(promise))) => {
                    JsFuture::from(Promise::resolve(&promise)).await.map_err(|_| BINDING_FAILED)
                }
                Ok(Pending::Fetched(Err(_))) => Err(BINDING_FAILED),
                Err(problem) => Err(problem),
            };
        }
        Config::check(Some(fetched), options, problems)
    }

    fn check(values: Option<Values>, options: Options, mut problems: Vec<String>) -> Result<Self, Vec<String>> {
        let Some([client_id, secret, env, base_url]) = values else {
            problems.push("env must be an object with PLAID_CLIENT_ID, PLAID_SECRET and PLAID_ENV".into());
            return Err(problems);
        };
        let client_id = keep(credential(client_id, "PLAID_CLIENT_ID"), &mut problems);
        let secret = keep(credential(secret, "PLAID_SECRET"), &mut problems);
        let env = string(env, "PLAID_ENV").and_then(|env| env.as_deref().map(host).transpose());
        let base_url = string(base_url, "PLAID_BASE_URL").and_then(|url| url.as_deref().map(base).transpose());
        // With a base URL the environment may be left out, but not be wrong.
        let base_url = match (base_url, env) {
            (Ok(None), Ok(None)) => {
                Err("PLAID_ENV is missing: set it to \"sandbox\" or \"production\", or set PLAID_BASE_URL".into())
            }
            (Ok(base_url), Ok(host)) => Ok(base_url.or(host.map(String::from))),
            (Err(problem), Err(other)) => {
                problems.push(other);
                Err(problem)
            }
            (Err(problem), Ok(_)) | (Ok(_), Err(problem)) => Err(problem),
        };
        match (client_id, secret, keep(base_url, &mut problems)) {
            (Some(client_id), Some(secret), Some(base_url)) if problems.is_empty() => {
                Ok(Config { client_id, secret, base_url, options })
            }
            _ => Err(problems),
        }
    }
}

// The reason may quote the value, so it is not repeated.
const BINDING_FAILED: &str = "could not be fetched: its binding's get() failed";

enum Pending {
    Plain(JsValue),
    Fetched(Result<JsValue, JsValue>),
}

impl Options {
    fn read(options: JsValue, problems: &mut Vec<String>) -> Self {
        let options = arguments::options(options).unwrap_or_else(|invalid| {
            problems.push(invalid.to_string());
            JsValue::UNDEFINED
        });
        let mut read = |name, field| {
            arguments::property(&options, name, field).unwrap_or_else(|invalid| {
                problems.push(invalid.to_string());
                JsValue::UNDEFINED
            })
        };
        let fetch = read("fetch", "options.fetch");
        let timeout_ms = read("timeoutMs", "options.timeoutMs");
        let max_retries = read("maxRetries", "options.maxRetries");
        let on_attempt = read("onAttempt", "options.onAttempt");
        Options {
            fetch: keep(arguments::function(fetch, "options.fetch"), problems),
            timeout_ms: keep(arguments::timeout_ms(&timeout_ms, "options.timeoutMs"), problems)
                .unwrap_or(DEFAULT_TIMEOUT_MS),
            max_retries: keep(arguments::max_retries(&max_retries, "options.maxRetries"), problems)
                .unwrap_or(DEFAULT_MAX_RETRIES),
            on_attempt: keep(arguments::function(on_attempt, "options.onAttempt"), problems),
        }
    }
}

/// The value that was read, or one more problem.
fn keep<T, E: ToString>(read: Result<Option<T>, E>, problems: &mut Vec<String>) -> Option<T> {
    read.unwrap_or_else(|problem| {
        problems.push(problem.to_string());
        None
    })
}

/// The values under [`KEYS`], and nothing else of `env`. None where it is no object.
fn read_env(env: &JsValue) -> Option<Values> {
    if !env.is_object() && !env.is_function() {
        return None;
    }
    Some(KEYS.map(|key| Reflect::get(env, &key.into()).map_err(|_| "could not be read from env")))
}

/// The `get` of a binding whose value has to be fetched.
fn as_binding(value: &JsValue) -> Option<Function> {
    if !value.is_object() {
        return None;
    }
    Reflect::get(value, &"get".into()).ok()?.dyn_into().ok()
}

/// A trimmed string. An empty one counts as missing.
fn string(value: Value, key: &str) -> Result<Option<String>, String> {
    let value = value.map_err(|problem| [key, " ", problem].concat())?;
    if arguments::is_absent(&value) {
        return Ok(None);
    }
    match (value.as_string(), as_binding(&value)) {
        (Some(text), _) => Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty())),
        (None, Some(_)) => {
            Err([key, " is a binding whose value has to be fetched: use await PlaidAdapter.fromEnv(env)"].concat())
        }
        (None, None) => Err([key, " must be a string"].concat()),
    }
}

fn credential(value: Value, key: &str) -> Result<Option<String>, String> {
    match string(value, key)? {
        None => Err([key, " is missing"].concat()),
        Some(text) if is_header_value(&text) => Ok(Some(text)),
        Some(_) => Err([key, " contains a character that an HTTP header can't carry"].concat()),
    }
}

/// RFC 9110, section 5.5: visible characters, spaces, tabs and the upper half of Latin-1.
fn is_header_value(text: &str) -> bool {
    text.chars().all(|c| matches!(c, '\t' | ' '..='~' | '\u{80}'..='\u{ff}'))
}

fn host(env: &str) -> Result<&'static str, String> {
    // The development host is gone since June 2024; it is kept for those who run a stand-in under its name.
    let hosts = [
        ("sandbox", "https://sandbox.plaid.com"),
        ("production", "https://production.plaid.com"),
        ("development", "https://development.plaid.com"),
    ];
    let found = hosts.iter().find(|(name, _)| env.eq_ignore_ascii_case(name));
    found
        .map(|(_, host)| *host)
        .ok_or_else(|| "PLAID_ENV must be \"sandbox\", \"production\" or \"development\"".into())
}

fn base(text: &str) -> Result<String, String> {
    let problem = match web_sys::Url::new(text) {
        Err(_) => "must be an absolute URL such as https://proxy.example.com",
        Ok(url) => {
            let scheme = url.protocol();
            if scheme != "https:" && !(scheme == "http:" && is_loopback(&url.hostname())) {
                "must begin with https:// (http:// only for localhost, 127.0.0.1 and [::1])"
            } else if !url.username().is_empty() || !url.password().is_empty() || has_user_info(text) {
                "must not contain credentials"
            } else if text.contains(['?', '#']) {
                "must not contain a query or a fragment"
            } else {
                return Ok([url.origin().as_str(), url.pathname().trim_end_matches('/')].concat());
            }
        }
    };
    Err(["PLAID_BASE_URL ", problem].concat())
}

/// An empty user name leaves no trace in a parsed URL: `https://@host`.
fn has_user_info(text: &str) -> bool {
    let authority = text.split(['/', '\\']).find(|part| !part.is_empty() && !part.ends_with(':'));
    authority.is_some_and(|authority| authority.contains('@'))
}

/// `hostname` is as the URL parser normalised it: lower case, IPv4 in dotted decimal.
fn is_loopback(hostname: &str) -> bool {
    let is_ipv4 = || hostname.split('.').count() == 4 && hostname.bytes().all(|b| b == b'.' || b.is_ascii_digit());
    hostname == "localhost"
        || hostname.ends_with(".localhost")
        || hostname == "[::1]"
        || (hostname.starts_with("127.") && is_ipv4())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_told_from_what_looks_like_it() {
        for host in ["localhost", "plaid.localhost", "127.0.0.1", "127.8.9.10", "[::1]"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["127.0.0.1.evil.example", "localhost.evil.example", "128.0.0.1", "127.evil", "[::2]", ""] {
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

    #[test]
    fn an_empty_user_name_is_seen() {
        assert!(has_user_info("https://@host/"));
        assert!(!has_user_info("https://host/@path"));
    }
}
