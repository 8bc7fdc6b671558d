//! The loop of every call: send, judge the outcome, wait, retry.

use std::borrow::Cow;
use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select};
use http::{HeaderValue, Method, Request, Response, header};
use plaid_edge_core::call::{self, MAX_RETRIES, Next, Outcome, Seen, Shown};
use plaid_edge_core::config::{MAX_TIMEOUT_MS, PLAID_VERSION, default_timeout};
use plaid_edge_core::error::{ArgumentError, Failure, Kind, Text, UsedToken};
use plaid_edge_core::operation::Operation;
use plaid_edge_core::request::Repeat;
use plaid_edge_core::retry::RetryAfter;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::client::Client;
use crate::error::{Details, Error, message};
use crate::redact::Redactor;
use crate::transport::{SendError, Transport};

/// A call that is about to be sent.
pub(crate) struct Plan<'a> {
    pub(crate) operation: Operation,
    /// The method of the client, as messages name it.
    pub(crate) method: &'static str,
    pub(crate) path: Cow<'a, str>,
    pub(crate) body: String,
    pub(crate) repeat: Repeat,
    /// Overrides the client's and the call's.
    pub(crate) timeout: Option<Duration>,
}

impl<'a> Plan<'a> {
    /// For an operation with a path of its own. All of these may be repeated: they read, or a second call does no harm.
    /// (An unused link token expires; a second exchange creates nothing.)
    pub(crate) fn new(operation: Operation, method: &'static str, body: String) -> Self {
        Self {
            operation,
            method,
            path: operation.facts().path.into(),
            body,
            repeat: Repeat::Always,
            timeout: None,
        }
    }
}

/// How an attempt ended.
enum Attempt {
    Response(Response<Vec<u8>>),
    NoResponse(SendError),
    TimedOut,
    Aborted,
}

impl<T: Transport> Client<T> {
    /// Runs a call whose response is a JSON object.
    pub(crate) async fn perform<R: DeserializeOwned>(&self, plan: Plan<'_>) -> Result<R, Error> {
        self.run(&plan, |response| {
            let text = text_of(response);
            let is_object = text.trim_start().starts_with('{');
            match serde_json::from_str(&text) {
                Ok(value) if is_object => Ok(value),
                _ if is_object && serde_json::from_str::<Map<String, Value>>(&text).is_ok() => {
                    let path = Text(&plan.path);
                    Err(Some(Failure::Unexpected { path }))
                }
                _ => Err(None),
            }
        })
        .await
    }

    /// Runs a call to its end. `read` parses a success, or says what is wrong with it; None if it is no JSON object.
    pub(crate) async fn run<'p, R>(
        &self,
        plan: &'p Plan<'_>,
        read: impl Fn(&Response<Vec<u8>>) -> Result<R, Option<Failure<'p>>>,
    ) -> Result<R, Error> {
        let (timeout, retries) = self.limits(plan)?;
        let redactor = || Redactor::new(&self.config().client_id, &self.config().secret, &plan.body);
        let mut call = call::Call::new(plan.operation, plan.repeat, retries);
        let mut lost_response = None;
        loop {
            let attempt = self.attempt(plan, timeout).await?;
            if let Attempt::Aborted = attempt {
                return Err(Error::Aborted { method: plan.method });
            }
            let failure = match &attempt {
                Attempt::Response(response) if response.status().is_success() => match read(response) {
                    Ok(value) => return Ok(value),
                    Err(failure) => failure,
                },
                _ => None,
            };
            let (next, is_lost, error) = self.judge(plan, &mut call, &attempt, failure, timeout, &redactor());
            match next {
                Next::Wait(wait) => {
                    if is_lost {
                        lost_response.get_or_insert(error);
                    }
                    if self.wait(wait).await.is_none() {
                        return Err(Error::Aborted { method: plan.method });
                    }
                }
                Next::Fail { used_token } => {
                    return Err(match (used_token, lost_response) {
                        (Some(UsedToken::Earlier), Some(lost)) => with_lost_response(error, lost),
                        _ => error,
                    });
                }
            }
        }
    }

    /// The timeout of an attempt, and the number of retries.
    fn limits(&self, plan: &Plan<'_>) -> Result<(Duration, u32), Error> {
        let (config, options) = (self.config(), self.options());
        let timeout = plan.timeout.or(options.timeout).or(config.timeout);
        let timeout = timeout.unwrap_or_else(|| default_timeout(&plan.path));
        if !is_timeout(timeout) {
            return Err(Error::invalid(plan.method, &ArgumentError::TIMEOUT_MS));
        }
        let retries = options.max_retries.unwrap_or(config.max_retries);
        if retries > MAX_RETRIES {
            return Err(Error::invalid(plan.method, &ArgumentError::MAX_RETRIES));
        }
        Ok((timeout, retries))
    }

    async fn attempt(&self, plan: &Plan<'_>, timeout: Duration) -> Result<Attempt, Error> {
        let config = self.config();
        let mut url = config.base_url.clone();
        url.push_str(&plan.path);
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(url)
            .header(header::CONTENT_TYPE, "application/json")
            .header("plaid-version", PLAID_VERSION);
        for (name, secret) in [
            ("plaid-client-id", &config.client_id),
            ("plaid-secret", &config.secret),
        ] {
            // A header's bytes are Latin-1, which the configuration was checked for.
            let bytes: Vec<u8> = secret
                .expose()
                .chars()
                .filter_map(|c| u8::try_from(c).ok())
                .collect();
            let value = HeaderValue::from_bytes(&bytes).map(|mut value| {
                value.set_sensitive(true);
                value
            });
            if let Ok(value) = value {
                request = request.header(name, value);
            }
        }
        let Ok(request) = request.body(plan.body.clone()) else {
            return Err(Error::invalid(plan.method, &ArgumentError::PATH));
        };
        let exchange = pin!(self.transport().send(request));
        let time = pin!(self.transport().sleep(timeout));
        let work = pin!(select(exchange, time));
        Ok(match self.unless_aborted(work).await {
            None => Attempt::Aborted,
            Some(Either::Left((Ok(response), _))) => Attempt::Response(response),
            Some(Either::Left((Err(error), _))) => Attempt::NoResponse(error),
            Some(Either::Right(_)) => Attempt::TimedOut,
        })
    }

    /// Waits; None if the call is aborted meanwhile.
    pub(crate) async fn wait(&self, duration: Duration) -> Option<()> {
        self.unless_aborted(pin!(self.transport().sleep(duration))).await
    }

    /// Judges an attempt that failed. `failure` says what is wrong with a response whose status is a success.
    fn judge(
        &self,
        plan: &Plan<'_>,
        call: &mut call::Call,
        attempt: &Attempt,
        failure: Option<Failure<'_>>,
        timeout: Duration,
        redactor: &Redactor,
    ) -> (Next, bool, Error) {
        let attempts = call.attempt();
        let (response, cause) = match attempt {
            Attempt::Response(response) => (Some(response), String::new()),
            Attempt::NoResponse(error) => (None, redactor.text(&error.to_string())),
            Attempt::TimedOut | Attempt::Aborted => (None, String::new()),
        };
        // A success that can't be parsed may contain a new token, so it is not shown. Nothing in a redirect is used.
        let text = response
            .filter(|response| !response.status().is_success() && !response.status().is_redirection())
            .map(text_of);
        let body = text.as_deref().and_then(|text| serde_json::from_str(text).ok());
        let body: Option<Map<String, Value>> = body;
        let raw = |name| {
            body.as_ref()
                .and_then(|body| body.get(name))
                .and_then(Value::as_str)
        };
        let shown = |name| raw(name).map(|text| redactor.text(text));
        let details = Details {
            endpoint: plan.path.clone().into_owned(),
            status: response.map(|response| response.status().as_u16()),
            request_id: shown("request_id"),
            error_type: shown("error_type"),
            error_code: shown("error_code"),
            error_message: shown("error_message"),
            display_message: shown("display_message"),
            documentation_url: shown("documentation_url"),
            suggested_action: shown("suggested_action"),
            body: text.as_deref().map(|text| redactor.text(text)),
            attempts,
            ..Details::default()
        };
        let retry_after = response.and_then(|response| self.retry_after(response));
        let milliseconds = timeout.as_millis().to_string();
        let status = response.map(|response| response.status().as_u16().to_string());
        let status = status.unwrap_or_default();
        let (outcome, words) = match (attempt, failure) {
            (_, Some(failure)) => (Outcome::Unreadable, failure),
            (Attempt::Response(response), None) => {
                let seen = Seen {
                    status: response.status().as_u16(),
                    is_object: body.is_some(),
                    code: raw("error_code"),
                    retry_after,
                    shown: Shown {
                        status: &status,
                        code: details.error_code.as_deref().unwrap_or_default(),
                        message: details.error_message.as_deref().map(crate::error::short),
                    },
                };
                seen.read()
            }
            (Attempt::NoResponse(SendError::Redirected), None) => (Outcome::Redirected, Failure::Redirect),
            (Attempt::NoResponse(SendError::Missing(name)), None) => {
                let name = Text(name);
                (Outcome::Misconfigured, Failure::MissingGlobal { name })
            }
            (Attempt::NoResponse(SendError::Failed(_)), None) => {
                let (_, host) = self.config().base_url.split_once("://").unwrap_or_default();
                let host = Text(host.split('/').next().unwrap_or_default());
                let cause = Text(crate::error::short(&cause));
                (Outcome::Failed, Failure::NoResponse { host, cause })
            }
            (Attempt::TimedOut | Attempt::Aborted, None) => {
                let milliseconds = Text(&milliseconds);
                (Outcome::TimedOut, Failure::Timeout { milliseconds })
            }
        };
        let verdict = call.judge(&outcome, self.transport().random());
        let used_token = match verdict.next {
            Next::Fail { used_token } => used_token,
            Next::Wait(_) => None,
        };
        let words = words.to_string();
        let request_id = details.request_id.as_deref();
        let details = Details {
            message: message(plan.method, &words, attempts, request_id, used_token),
            reason: (plan.operation == Operation::VerifyWebhook).then_some("unknown_key"),
            is_retryable: verdict.retryable,
            retry_after: verdict.retry_after,
            ..details
        };
        (
            verdict.next,
            verdict.response_lost,
            Error::of(verdict.kind, &words, details),
        )
    }

    /// How long a response asks to wait.
    fn retry_after(&self, response: &Response<Vec<u8>>) -> Option<Duration> {
        let header = response.headers().get(header::RETRY_AFTER)?.to_str().ok()?;
        match RetryAfter::parse(header)? {
            RetryAfter::After(wait) => Some(wait),
            RetryAfter::Until => {
                let date = httpdate::parse_http_date(header.trim_ascii()).ok()?;
                let date = date.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
                Some(date.saturating_sub(self.transport().now()))
            }
        }
    }

    /// The error for a response that is complete but unusable.
    pub(crate) fn unusable(&self, plan: &Plan<'_>, failure: &Failure<'_>, request_id: Option<&str>) -> Error {
        let redactor = Redactor::new(&self.config().client_id, &self.config().secret, &plan.body);
        let request_id = request_id.map(|id| redactor.text(id));
        let details = Details {
            message: message(plan.method, failure, 1, request_id.as_deref(), None),
            endpoint: plan.path.clone().into_owned(),
            request_id,
            attempts: 1,
            ..Details::default()
        };
        Error::of(Kind::BadResponse, failure, details)
    }
}

/// Whether a timer can run for so long.
pub(crate) fn is_timeout(timeout: Duration) -> bool {
    (1..=u128::from(MAX_TIMEOUT_MS)).contains(&timeout.as_millis())
}

/// A body as text, as JavaScript's `Response.text()` decodes it.
fn text_of(response: &Response<Vec<u8>>) -> Cow<'_, str> {
    let bytes = response.body().as_slice();
    String::from_utf8_lossy(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes))
}

fn with_lost_response(mut error: Error, lost: Error) -> Error {
    match &mut error {
        Error::Api(details) | Error::RateLimit(details) | Error::BadResponse(details) => {
            details.lost_response = Some(Box::new(lost));
        }
        _ => {}
    }
    error
}
