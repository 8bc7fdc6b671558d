//! What can go wrong, in kinds and in words. No other place has the words of a message.
//!
//! Texts from elsewhere (what Plaid says, why `fetch` failed) are arguments. A driver that keeps them to itself may hand
//! in a marker for each, and put the texts in their places later.

use std::fmt::{self, Display, Formatter, Write};

use thiserror::Error;

/// What happened to a call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// The environment or the settings are wrong; nothing was sent.
    Configuration,
    /// An argument is missing or malformed; nothing was sent.
    InvalidArgument,
    /// Plaid responded with 4xx.
    Api,
    /// Plaid responded with 429.
    RateLimit,
    /// Plaid responded with 5xx.
    Server,
    /// No response.
    Network,
    /// No complete response in time.
    Timeout,
    /// A response that can't be Plaid's.
    BadResponse,
    /// A webhook failed verification.
    Webhook,
}

impl Kind {
    /// The word that errors and metrics carry.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Configuration => "configuration",
            Self::InvalidArgument => "invalid_argument",
            Self::Api => "api",
            Self::RateLimit => "rate_limit",
            Self::Server => "server",
            Self::Network => "network",
            Self::Timeout => "timeout",
            Self::BadResponse => "bad_response",
            Self::Webhook => "webhook",
        }
    }

    /// The kind that has a number.
    pub const fn from_number(number: u32) -> Self {
        match number {
            0 => Self::Configuration,
            1 => Self::InvalidArgument,
            2 => Self::Api,
            3 => Self::RateLimit,
            4 => Self::Server,
            5 => Self::Network,
            6 => Self::Timeout,
            8 => Self::Webhook,
            _ => Self::BadResponse,
        }
    }
}

/// The message of a configuration that is wrong, with a marker for the problems.
pub const NOT_CONFIGURED: &str = "plaid-edge is not configured: {problems}";
/// The message of link settings that are wrong, with a marker for the problems.
pub const WRONG_SETTINGS: &str = "the link settings are wrong: {problems}";

/// What a caller passed is not what was expected. A pointer in size: it is handed through every check.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[error("{}", Text(self.0))]
pub struct ArgumentError(&'static &'static str);

impl ArgumentError {
    /// The adapter was given back.
    pub const FREED: Self = Self(&"this PlaidAdapter was freed: create a new one");
    /// A method without its adapter, or a copy of an adapter. `{name}` stands for the method.
    pub const DETACHED: Self = Self(
        &"the method was called on something that is not a PlaidAdapter: call it as plaid.{name}(…), and do not copy an \
          adapter",
    );
}

/// An option or a setting that does not exist, which would silently do nothing. `{name}` stands for it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[error("{place}.{{name}} is not a known name; use one of {known}")]
pub struct UnknownName<'a> {
    /// Where it stands.
    pub place: Text<'static>,
    /// The names that exist, separated by commas.
    pub known: Text<'a>,
}

/// A text in a message, written without what formatting can do with a text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Text<'a>(pub &'a str);

impl Display for Text<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// Appends words to a text. Words that write single characters would be cut: their encoding as UTF-8 is larger than all else
/// here, and no message has any.
pub fn append(text: &mut String, words: &dyn Display) {
    struct Words<'a>(&'a mut String);
    impl fmt::Write for Words<'_> {
        fn write_str(&mut self, part: &str) -> fmt::Result {
            self.0.push_str(part);
            Ok(())
        }

        fn write_char(&mut self, _: char) -> fmt::Result {
            Err(fmt::Error)
        }
    }
    // Writing texts to a string does not fail.
    let _ = write!(Words(text), "{words}");
}

macro_rules! arguments {
    ($($(#[$doc:meta])* $name:ident = $argument:literal, $expected:literal;)*) => {
        impl ArgumentError {
            $(
                #[doc = $argument]
                pub const $name: Self = Self(&concat!($argument, " must be ", $expected));
            )*
        }
    };
}
arguments! {
    OPTIONS = "options", "an object";
    FETCH = "options.fetch", "a function";
    ON_ATTEMPT = "options.onAttempt", "a function";
    TIMEOUT_MS = "options.timeoutMs", "a number of milliseconds from 1 to 2147483647";
    MAX_RETRIES = "options.maxRetries", "a whole number from 0 to 100";
    SIGNAL = "options.signal", "an AbortSignal";
    SETTINGS = "settings", "an object";
    CLIENT_NAME = "settings.clientName", "a non-empty string";
    COUNTRY_CODES = "settings.countryCodes", "an array of non-empty strings, with at least one";
    LANGUAGE = "settings.language", "a non-empty string";
    PRODUCTS = "settings.products", "an array of non-empty strings, with at least one";
    ACCOUNT_SUBTYPES = "settings.accountSubtypes", "an array of non-empty strings, with at least one";
    CLIENT_USER_ID = "clientUserId", "a non-empty string";
    UPDATED_TOKEN = "options.accessToken", "a non-empty string";
    OVERRIDES = "options.overrides", "an object that JSON can represent, and options.overrides.user too";
    PUBLIC_TOKEN = "publicToken", "a non-empty string";
    ACCESS_TOKEN = "accessToken", "a non-empty string";
    ACCOUNT_IDS = "options.accountIds", "an array of non-empty strings";
    AFTER_ID = "afterId", "an event id: a whole number from 0 to 2^53 - 1, or a bigint from 0 to 2^64 - 1";
    BANK_TRANSFER_COUNT = "options.count", "a whole number from 1 to 25";
    COUNT = "options.count", "a whole number from 1 to 500";
    CURSOR = "options.cursor", "a string";
    SYNC_OPTIONS = "options.options", "an object that JSON can represent";
    PATH = "path", "the path of a Plaid endpoint, such as \"/accounts/get\"";
    BODY = "body", "an object that JSON can represent";
    WEBHOOK = "webhook", "a Request, or an object with the raw body and the headers";
    WEBHOOK_HEADERS = "webhook.headers",
        "the request's headers: a Headers object, a record, a Map or a list of entries";
    WEBHOOK_BODY = "webhook.body",
        "the raw body, as a string, an ArrayBuffer or a Uint8Array: the signature is over the bytes that Plaid sent, so \
         a parsed object or a stream can't be verified";
    WEBHOOK_READ = "webhook",
        "a Request whose body has not been read: verify it first, or pass the raw body and the headers";
    WEBHOOK_BASE64 = "webhook.body", "base64, because webhook.isBase64Encoded is true";
    TOLERANCE_SECONDS = "options.toleranceSeconds", "a number of seconds from 0 to 31536000";
}

/// Why an attempt, or the reading of its response, failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum Failure<'a> {
    /// An error of Plaid's.
    #[error("Plaid responded with {status} {code}: {message}")]
    Plaid {
        /// HTTP status.
        status: Text<'a>,
        /// `error_code`
        code: Text<'a>,
        /// `error_message`
        message: Text<'a>,
    },
    /// An HTTP error without an error of Plaid's.
    #[error("the response has status {status} but no Plaid error")]
    NoPlaidError {
        /// HTTP status.
        status: Text<'a>,
    },
    /// A body that is no JSON object.
    #[error("the response (status {status}) is not a JSON object")]
    NotJson {
        /// HTTP status.
        status: Text<'a>,
    },
    /// A success whose fields are not those of the endpoint.
    #[error("the response does not have the fields of a {path} response")]
    Unexpected {
        /// The endpoint.
        path: Text<'a>,
    },
    /// Events whose ids are too large for a number, or no list of events.
    #[error("the response is not a list of events, or an event_id is past 2^53 - 1 and no longer exact")]
    NotEvents,
    /// A key that is no P-256 key, or another than was asked for.
    #[error("the response has no usable P-256 key")]
    NotAKey,
    /// A webhook's body that could not be read to its end.
    #[error("the webhook's body could not be read: {cause}")]
    BodyLost {
        /// Why.
        cause: Text<'a>,
    },
    /// A redirect.
    #[error("the response is a redirect, which is never followed")]
    Redirect,
    /// No response.
    #[error("no response from {host}: {cause}")]
    NoResponse {
        /// Where the request went.
        host: Text<'a>,
        /// Why.
        cause: Text<'a>,
    },
    /// No complete response in time.
    #[error("no complete response within {milliseconds} ms")]
    Timeout {
        /// The time that was given.
        milliseconds: Text<'a>,
    },
    /// A test double that is no Response.
    #[error(
        "fetch did not return a Response: it needs a numeric status from 0 to 999, headers, and text() that gives the body as a string (blob() for a download)"
    )]
    NoResponseObject,
    /// A method that was handed over without its object.
    #[error(
        "options.fetch lost its object (Illegal invocation): pass (input, init) => env.SERVICE.fetch(input, init) \
         instead of env.SERVICE.fetch"
    )]
    UnboundFetch,
    /// A runtime without something that every call needs.
    #[error("this runtime has no {name}")]
    MissingGlobal {
        /// What is missing.
        name: Text<'a>,
    },
    /// No request for a webhook's key could be spared.
    #[error(
        "too many webhooks with unknown keys came in: this webhook's key was not fetched, so it could not be verified"
    )]
    TooManyKeys,
}

/// Which attempt has probably used up a public token, though no access token came back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UsedToken {
    /// This one.
    Now,
    /// One before, whose response was lost.
    Earlier,
}

/// The whole message of an error.
#[derive(Clone, Copy)]
pub struct Message<'a> {
    /// The method that was called.
    pub method: &'a str,
    /// What went wrong.
    pub what: &'a dyn Display,
    /// Which attempt it was, from the second on.
    pub attempt: Option<&'a str>,
    /// Plaid's `request_id`.
    pub request_id: Option<&'a str>,
    /// Whether the public token was probably used up.
    pub used_token: Option<UsedToken>,
}

impl Display for Message<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.method)?;
        f.write_str(": ")?;
        self.what.fmt(f)?;
        if let Some(used) = self.used_token {
            f.write_str(match used {
                UsedToken::Now => ". The public token has probably been used up",
                UsedToken::Earlier => {
                    ". An earlier attempt got no response and has probably used up the public token"
                }
            })?;
            f.write_str(": the user must go through Link again")?;
        }
        if let Some(attempt) = self.attempt {
            f.write_str(" (attempt ")?;
            f.write_str(attempt)?;
            f.write_str(")")?;
        }
        if let Some(id) = self.request_id {
            f.write_str(" (request_id ")?;
            f.write_str(id)?;
            f.write_str(")")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_say_what_when_and_for_which_request() {
        let failure = Failure::Plaid {
            status: Text("400"),
            code: Text("ITEM_LOGIN_REQUIRED"),
            message: Text("the login changed"),
        };
        let mut message = Message {
            method: "authRequest",
            what: &failure,
            attempt: None,
            request_id: None,
            used_token: None,
        };
        assert_eq!(
            message.to_string(),
            "authRequest: Plaid responded with 400 ITEM_LOGIN_REQUIRED: the login changed"
        );
        message.attempt = Some("12");
        message.request_id = Some("HNTDNrA8F1shFEW");
        assert!(
            message
                .to_string()
                .ends_with(" (attempt 12) (request_id HNTDNrA8F1shFEW)")
        );
    }

    #[test]
    fn an_unknown_option_is_told_the_names() {
        let error = UnknownName {
            place: Text("options"),
            known: Text("signal, timeoutMs, count"),
        };
        assert_eq!(
            error.to_string(),
            "options.{name} is not a known name; use one of signal, timeoutMs, count"
        );
    }

    #[test]
    fn kinds_have_their_numbers() {
        for number in 0..9 {
            assert_eq!(Kind::from_number(number) as u32, number);
        }
    }
}
