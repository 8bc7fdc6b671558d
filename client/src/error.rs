//! The errors.

use std::borrow::Cow;
use std::fmt::Display;
use std::time::Duration;

use plaid_edge_core::error::{Kind, Message, UsedToken};
use thiserror::Error;

use crate::redact::cut;

/// Why a call failed. Credentials and tokens are redacted in every field and message.
///
/// ```
/// use plaid_edge_client::Error;
/// use plaid_edge_client::sandbox::{Fault, Sandbox};
///
/// # pollster::block_on(async {
/// let sandbox = Sandbox::new();
/// let token = sandbox.access_token(["auth"]).await?;
/// sandbox.fail("/auth/get", Fault::error("ITEM_LOGIN_REQUIRED"));
/// match sandbox.client().auth(&token).await {
///     Err(error) if error.error_code() == Some("ITEM_LOGIN_REQUIRED") => { /* ask the user to log in again, with update mode */ }
///     Err(error) if error.is_retryable() => panic!("later"),
///     Err(Error::Api(response)) => panic!("Plaid responded with {:?}", response.status),
///     Err(error) => panic!("{error}"),
///     Ok(auth) => panic!("{auth:?}"),
/// }
/// # Ok::<_, Error>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// The environment is invalid, or requests can't be sent in this runtime. Nothing was sent.
    #[error("{message}")]
    Configuration {
        /// The whole message.
        message: String,
        /// Each problem.
        problems: Vec<String>,
    },
    /// An argument is invalid. Nothing was sent.
    #[error("{message}")]
    InvalidArgument {
        /// The method, the argument, and what was expected.
        message: String,
    },
    /// Plaid responded with 4xx.
    #[error(transparent)]
    Api(Box<Details>),
    /// Plaid responded with 429.
    #[error(transparent)]
    RateLimit(Box<Details>),
    /// Plaid responded with 5xx.
    #[error(transparent)]
    Server(Box<Details>),
    /// The connection failed.
    #[error(transparent)]
    Network(Box<Details>),
    /// There was no complete response in time.
    #[error(transparent)]
    Timeout(Box<Details>),
    /// The response is not Plaid's: a redirect, no JSON object, or fields that don't match the type.
    #[error(transparent)]
    BadResponse(Box<Details>),
    /// The webhook is invalid.
    #[error(transparent)]
    Webhook(Box<Details>),
    /// The call's `AbortSignal` was aborted.
    #[error("{method}: the call was aborted")]
    Aborted {
        /// The method that was called.
        method: &'static str,
    },
}

/// The details of a failed call.
///
/// ```
/// use plaid_edge_client::Error;
/// use plaid_edge_client::sandbox::Sandbox;
///
/// # pollster::block_on(async {
/// let plaid = Sandbox::new().client();
/// if let Err(Error::Api(response)) = plaid.auth("access-sandbox-no-such-item-1").await {
///     assert_eq!(response.status, Some(400));
///     assert_eq!(response.error_type.as_deref(), Some("INVALID_INPUT"));
///     assert_eq!(response.error_code.as_deref(), Some("INVALID_ACCESS_TOKEN"));
/// }
/// # });
/// ```
#[derive(Clone, Debug, Default, Error)]
#[error("{message}")]
#[non_exhaustive]
pub struct Details {
    /// The method, what happened, and Plaid's request id.
    pub message: String,
    /// `/auth/get`
    pub endpoint: String,
    /// HTTP status, if there was a response.
    pub status: Option<u16>,
    /// Plaid's `request_id`, which Plaid's support asks for.
    pub request_id: Option<String>,
    /// Plaid's `error_type`.
    pub error_type: Option<String>,
    /// Plaid's `error_code`.
    pub error_code: Option<String>,
    /// Plaid's `error_message`, for developers.
    pub error_message: Option<String>,
    /// Plaid's `display_message`, for users.
    pub display_message: Option<String>,
    /// Plaid's `documentation_url`.
    pub documentation_url: Option<String>,
    /// Plaid's `suggested_action`.
    pub suggested_action: Option<String>,
    /// The response's body as text, except for a success.
    pub body: Option<String>,
    /// For a webhook, why it was rejected: `stale`, `bad_signature`, …
    pub reason: Option<&'static str>,
    /// Requests that were sent.
    pub attempts: u32,
    /// Whether it is safe and can help to repeat the call later, unchanged.
    pub is_retryable: bool,
    /// How long Plaid asked to wait.
    pub retry_after: Option<Duration>,
    /// The failure of an earlier attempt, which has probably used up the public token.
    #[source]
    pub lost_response: Option<Box<Error>>,
}

impl Error {
    /// The kind as a word, for logs and metrics: `configuration`, `invalid_argument`, `api`, `rate_limit`, `server`,
    /// `network`, `timeout`, `bad_response`, `webhook` or `aborted`.
    ///
    /// ```
    /// use plaid_edge_client::Config;
    ///
    /// let error = Config::from_env(|_| None).unwrap_err();
    /// assert_eq!(error.kind(), "configuration");
    /// ```
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Configuration { .. } => Kind::Configuration,
            Self::InvalidArgument { .. } => Kind::InvalidArgument,
            Self::Api(_) => Kind::Api,
            Self::RateLimit(_) => Kind::RateLimit,
            Self::Server(_) => Kind::Server,
            Self::Network(_) => Kind::Network,
            Self::Timeout(_) => Kind::Timeout,
            Self::BadResponse(_) => Kind::BadResponse,
            Self::Webhook(_) => Kind::Webhook,
            Self::Aborted { .. } => return "aborted",
        }
        .as_str()
    }

    /// The details, if the error has any.
    ///
    /// ```
    /// use plaid_edge_client::sandbox::Sandbox;
    ///
    /// # pollster::block_on(async {
    /// let plaid = Sandbox::new().client();
    /// let error = plaid.auth("access-sandbox-no-such-item-1").await.unwrap_err();
    /// assert_eq!(error.details().unwrap().attempts, 1);
    /// # });
    /// ```
    pub const fn details(&self) -> Option<&Details> {
        match self {
            Self::Api(details)
            | Self::RateLimit(details)
            | Self::Server(details)
            | Self::Network(details)
            | Self::Timeout(details)
            | Self::BadResponse(details)
            | Self::Webhook(details) => Some(details),
            Self::Configuration { .. } | Self::InvalidArgument { .. } | Self::Aborted { .. } => None,
        }
    }

    /// Plaid's `error_code`.
    ///
    /// ```
    /// # use plaid_edge_client::sandbox::Sandbox;
    /// # pollster::block_on(async {
    /// # let plaid = Sandbox::new().client();
    /// let error = plaid.auth("access-sandbox-no-such-item-1").await.unwrap_err();
    /// assert_eq!(error.error_code(), Some("INVALID_ACCESS_TOKEN"));
    /// # });
    /// ```
    pub fn error_code(&self) -> Option<&str> {
        self.details()?.error_code.as_deref()
    }

    /// For a webhook, why it was rejected: `missing_header`, `malformed_token`, `wrong_algorithm`,
    /// `unknown_key`, `expired_key`, `bad_signature`, `stale`, `body_mismatch`, `body_too_large` or `malformed_body`.
    ///
    /// ```
    /// # use plaid_edge_client::sandbox::Sandbox;
    /// # pollster::block_on(async {
    /// # let plaid = Sandbox::new().client();
    /// let error = plaid.verify_webhook("{}", None).await.unwrap_err();
    /// assert_eq!(error.reason(), Some("missing_header"));
    /// # });
    /// ```
    pub fn reason(&self) -> Option<&'static str> {
        self.details()?.reason
    }

    /// Whether it is safe and can help to repeat the call later, unchanged.
    ///
    /// ```
    /// # use plaid_edge_client::sandbox::{Fault, Sandbox};
    /// # pollster::block_on(async {
    /// # let sandbox = Sandbox::new();
    /// # let plaid = sandbox.client();
    /// sandbox.fail("/auth/get", Fault::status(503).times(9));
    /// let error = plaid.auth("access-sandbox-no-such-item-1").await.unwrap_err();
    /// assert!(error.is_retryable());
    /// # });
    /// ```
    pub fn is_retryable(&self) -> bool {
        self.details().is_some_and(|details| details.is_retryable)
    }

    pub(crate) fn invalid(method: &'static str, what: &dyn Display) -> Self {
        Self::InvalidArgument {
            message: message(method, &in_rust(&what.to_string()), 1, None, None),
        }
    }

    pub(crate) fn of(kind: Kind, what: &dyn Display, details: Details) -> Self {
        let details = Box::new(details);
        match kind {
            Kind::Api => Self::Api(details),
            Kind::RateLimit => Self::RateLimit(details),
            Kind::Server => Self::Server(details),
            Kind::Network => Self::Network(details),
            Kind::Timeout => Self::Timeout(details),
            Kind::BadResponse => Self::BadResponse(details),
            Kind::Webhook => Self::Webhook(details),
            Kind::InvalidArgument => Self::InvalidArgument {
                message: details.message,
            },
            Kind::Configuration => Self::Configuration {
                message: details.message,
                problems: vec![what.to_string()],
            },
        }
    }
}

/// The message of an error, in the core's words.
pub(crate) fn message(
    method: &str,
    what: &dyn Display,
    attempts: u32,
    request_id: Option<&str>,
    used_token: Option<UsedToken>,
) -> String {
    let request_id = request_id.map(short);
    let attempt = attempts.to_string();
    let message = Message {
        method,
        what,
        attempt: (attempts > 1).then_some(&*attempt),
        request_id,
        used_token,
    };
    message.to_string()
}

/// A message is one line of a log. The fields have the whole text.
pub(crate) fn short(text: &str) -> &str {
    cut(text, 4096)
}

/// The core's messages use the names of the npm package. Only its own messages are translated, and no text from
/// elsewhere.
pub(crate) fn in_rust(words: &str) -> Cow<'_, str> {
    const NAMES: [(&str, &str); 11] = [
        (
            "await PlaidAdapter.fromEnv(env)",
            "Config::from_bindings(&env).await",
        ),
        ("clientUserId", "client_user_id"),
        ("publicToken", "public_token"),
        ("accessToken", "access_token"),
        ("accountIds", "account_ids"),
        ("timeoutMs", "timeout"),
        ("maxRetries", "max_retries"),
        ("toleranceSeconds", "tolerance"),
        ("clientName", "client_name"),
        ("countryCodes", "country_codes"),
        ("accountSubtypes", "account_subtypes"),
    ];
    let is_javascript = words.contains("options.") || words.contains("settings.");
    let words = match is_javascript {
        true => Cow::Owned(words.replace("options.", "").replace("settings.", "")),
        false => Cow::Borrowed(words),
    };
    NAMES
        .iter()
        .fold(words, |words, (js, rust)| match words.contains(js) {
            true => Cow::Owned(words.replace(js, rust)),
            false => words,
        })
}
