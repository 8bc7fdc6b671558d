//! The loop that every call runs: send, classify, wait, again.

use js_sys::{Array, Date, Function, Math, Object, Promise, Reflect};
use thiserror::Error;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::arguments;
use crate::config::Config;
use crate::endpoint::{Call, EXCHANGE_PUBLIC_TOKEN, secrets};
use crate::error::{Context, Failure, Kind, PlaidError, redacted, tokens_in};
use crate::interrupt::{Interrupt, Signal, Stop};
use crate::retry::{LONGEST_RETRY_AFTER_MS, Replay, RetryAfter, backoff_ms};
use crate::transport::{self, Answer, Endpoint, NoAnswer};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = JSON)]
    fn parse(text: &JsValue) -> Result<JsValue, JsValue>;
}

/// Why a call gave no answer.
pub enum Ended {
    Failed(Box<Failure>),
    /// The caller aborted, for this reason.
    Aborted(JsValue),
}

/// What happened to an attempt, in words.
#[derive(Error, Debug)]
enum Happened<'a> {
    #[error("no answer: {0}")]
    NoAnswer(String),
    #[error("no complete answer within {0} ms")]
    TimedOut(u32),
    #[error("the answer is a redirect, which is not followed")]
    Redirected,
    #[error("fetch gave something that is not a Response")]
    NotAResponse,
    #[error("the answer ({0}) is not a JSON object")]
    NotAnObject(u16),
    #[error("the answer has the unexpected status {0}")]
    UnexpectedStatus(u16),
    #[error("Plaid answered {status} {code}: {message}")]
    Refused { status: u16, code: &'a str, message: &'a str },
    #[error("the answer is {0}, without one of Plaid's errors")]
    ForeignError(u16),
}

/// Runs a call to its end. The answer is handed through as JavaScript parsed it.
pub async fn run(config: &Config, call: &Call, site: &JsValue) -> Result<JsValue, Ended> {
    if let Some(reason) = call.options.signal.as_ref().and_then(Signal::abort_reason) {
        return Err(Ended::Aborted(reason));
    }
    let url = [config.base_url.as_str(), &call.path].concat();
    let endpoint = Endpoint {
        url: &url,
        client_id: &config.client_id,
        secret: &config.secret,
        fetch: config.options.fetch.as_ref(),
    };
    let timeout_ms = call.options.timeout_ms.unwrap_or(config.options.timeout_ms);
    let max_retries = call.options.max_retries.unwrap_or(config.options.max_retries);
    let mut first_ambiguous: Option<Failure> = None;
    let mut attempt = 1;
    loop {
        let started = Date::now();
        let outcome = once(&endpoint, call, timeout_ms).await;
        let ended = Date::now();
        let mut failure = match outcome {
            Ok(answer) => {
                if let Some(on_attempt) = &config.options.on_attempt {
                    let request_id = string_field(&answer.body, "request_id");
                    let report = Report { attempt, outcome: "ok", status: Some(answer.status), request_id, retry_in: None };
                    report.tell(on_attempt, config, call, ended - started);
                }
                return Ok(answer.body);
            }
            Err(Ended::Failed(failure)) => failure,
            Err(aborted) => return Err(aborted),
        };
        failure.attempts = attempt;
        let wait = (attempt <= max_retries).then(|| wait_ms(&failure, call.replay, attempt)).flatten();
        if let Some(on_attempt) = &config.options.on_attempt {
            let report = Report {
                attempt,
                outcome: failure.kind.name(),
                status: failure.status,
                request_id: failure.plaid.request_id.clone(),
                retry_in: wait,
            };
            report.tell(on_attempt, config, call, ended - started);
        }
        let Some(wait) = wait else {
            if attempt > 1 {
                failure.message.push_str(&[" (attempt ", &attempt.to_string(), ")"].concat());
            }
            if call.operation == EXCHANGE_PUBLIC_TOKEN && failure.has_code("INVALID_PUBLIC_TOKEN") {
                explain_used_token(&mut failure, first_ambiguous, config, call, site);
            }
            return Err(Ended::Failed(failure));
        };
        if first_ambiguous.is_none() && failure.is_ambiguous() {
            first_ambiguous = Some(*failure);
        }
        if let Stop::Aborted(reason) = Interrupt::new(wait, call.options.signal.clone()).stopped().await {
            return Err(Ended::Aborted(reason));
        }
        attempt = attempt.saturating_add(1);
    }
}

/// Turns what ended a call into what its promise rejects with.
pub fn rejection(ended: Ended, config: &Config, call: &Call, site: &JsValue) -> JsValue {
    match ended {
        Ended::Aborted(reason) => reason,
        Ended::Failed(failure) => {
            let secrets = call_secrets(config, call);
            failure.into_js(&Context {
                class: call.operation.class,
                method: call.operation.method,
                endpoint: Some(&call.path),
                secrets: &secrets,
                site,
            })
        }
    }
}

/// The first attempt's answer was lost, and now its token is unknown: it was probably exchanged.
fn explain_used_token(
    failure: &mut Failure,
    first_ambiguous: Option<Failure>,
    config: &Config,
    call: &Call,
    site: &JsValue,
) {
    let Some(first) = first_ambiguous else { return };
    failure.message.push_str(
        ". An earlier attempt got no answer and has probably used the token up: its access token is lost, \
         so the user has to go through Link again",
    );
    failure.cause = Some(rejection(Ended::Failed(Box::new(first)), config, call, site));
}

struct Success {
    status: u16,
    body: JsValue,
}

async fn once(endpoint: &Endpoint<'_>, call: &Call, timeout_ms: f64) -> Result<Success, Ended> {
    let interrupt = Interrupt::new(timeout_ms, call.options.signal.clone());
    let failed = |kind, happened: Happened<'_>| Failure::new(kind, happened.to_string());
    let failure = match transport::post(endpoint, &call.body, &interrupt).await {
        Ok(answer) => return classify(answer).map_err(|failure| Ended::Failed(Box::new(failure))),
        Err(NoAnswer::Stopped(Stop::Aborted(reason))) => return Err(Ended::Aborted(reason)),
        Err(NoAnswer::Stopped(Stop::Timeout)) => failed(Kind::Timeout, Happened::TimedOut(timeout_ms as u32)),
        Err(NoAnswer::Unreadable) => failed(Kind::BadResponse, Happened::NotAResponse),
        Err(NoAnswer::Redirect(status)) => {
            let mut failure = failed(Kind::BadResponse, Happened::Redirected);
            failure.status = Some(status).filter(|status| *status != 0);
            failure
        }
        Err(NoAnswer::Failed(cause)) => {
            let mut failure = failed(Kind::Network, Happened::NoAnswer(arguments::display(&cause)));
            failure.cause = Some(cause);
            failure
        }
    };
    Err(Ended::Failed(Box::new(failure)))
}

fn classify(answer: Answer) -> Result<Success, Failure> {
    let Answer { status, retry_after, text } = answer;
    let body = parse(&text).ok().filter(arguments::is_plain_object);
    let (kind, message, plaid) = match (status, body) {
        (200..=299, Some(body)) => return Ok(Success { status, body }),
        (200..=299, None) => (Kind::BadResponse, Happened::NotAnObject(status).to_string(), PlaidError::default()),
        (400..=599, body) => {
            let kind = match status {
                429 => Kind::RateLimit,
                400..=499 => Kind::Api,
                _ => Kind::Server,
            };
            let plaid = body.map(|body| plaid_error(&body)).unwrap_or_default();
            let happened = match (&plaid.error_code, &plaid.error_message) {
                (Some(code), message) => {
                    Happened::Refused { status, code, message: message.as_deref().unwrap_or("(no message)") }
                }
                (None, _) => Happened::ForeignError(status),
            };
            (kind, happened.to_string(), plaid)
        }
        _ => (Kind::BadResponse, Happened::UnexpectedStatus(status).to_string(), PlaidError::default()),
    };
    let mut failure = Failure::new(kind, message);
    failure.status = Some(status);
    failure.plaid = plaid;
    failure.details = Some(text);
    failure.retry_after_ms = retry_after.as_deref().and_then(RetryAfter::parse).map(|retry_after| match retry_after {
        RetryAfter::Milliseconds(ms) => ms as f64,
        RetryAfter::Date(date) => (Date::parse(date) - Date::now()).max(0.0),
    });
    Err(failure)
}

fn plaid_error(body: &JsValue) -> PlaidError {
    let raw = |name: &str| Reflect::get(body, &name.into()).unwrap_or_default();
    PlaidError {
        error_type: string_field(body, "error_type"),
        error_code: string_field(body, "error_code"),
        error_message: string_field(body, "error_message"),
        display_message: raw("display_message"),
        documentation_url: string_field(body, "documentation_url"),
        suggested_action: raw("suggested_action"),
        request_id: string_field(body, "request_id"),
    }
}

fn string_field(body: &JsValue, name: &str) -> Option<String> {
    Reflect::get(body, &name.into()).ok()?.as_string()
}

/// How long to wait before the next attempt; None where there must be none.
fn wait_ms(failure: &Failure, replay: Replay, attempt: u32) -> Option<f64> {
    let may_repeat = failure.is_transient() && (replay == Replay::Safe || failure.kind == Kind::RateLimit);
    match failure.retry_after_ms {
        _ if !may_repeat => None,
        Some(ms) if ms > LONGEST_RETRY_AFTER_MS => None,
        Some(ms) => Some(ms),
        None => Some(backoff_ms(attempt, Math::random())),
    }
}

fn call_secrets(config: &Config, call: &Call) -> Array {
    secrets(&config.client_id, &config.secret, &tokens_in(&call.body))
}

/// What `onAttempt` is told.
struct Report {
    attempt: u32,
    outcome: &'static str,
    status: Option<u16>,
    request_id: Option<String>,
    retry_in: Option<f64>,
}

impl Report {
    fn tell(self, on_attempt: &Function, config: &Config, call: &Call, duration_ms: f64) {
        let event = Object::new();
        let set = |name: &str, value: JsValue| {
            let _ = Reflect::set(&event, &name.into(), &value);
        };
        set("endpoint", call.path.as_str().into());
        set("attempt", self.attempt.into());
        set("outcome", self.outcome.into());
        if let Some(status) = self.status {
            set("status", status.into());
        }
        if let Some(request_id) = self.request_id {
            // It comes from outside, and an upstream may echo anything anywhere.
            set("requestId", redacted(&request_id, &call_secrets(config, call)).into());
        }
        set("durationMs", duration_ms.into());
        if let Some(retry_in) = self.retry_in {
            set("retryInMs", retry_in.into());
        }
        // What the caller's function throws, now or later, is no business of the call.
        if let Ok(returned) = on_attempt.call1(&JsValue::UNDEFINED, &event)
            && let Ok(promise) = returned.dyn_into::<Promise>()
        {
            wasm_bindgen_futures::spawn_local(async move {
                let _ = JsFuture::from(promise).await;
            });
        }
    }
}
