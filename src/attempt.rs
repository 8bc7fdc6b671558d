//! The loop that every call runs: send, classify, wait, again.

use std::rc::Rc;

use js_sys::{Array, Date, Function, Math};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::adapter::Client;
use crate::endpoint::{Call, EXCHANGE_PUBLIC_TOKEN, VERIFY_WEBHOOK};
use crate::error::{Failure, Kind};
use crate::retry::{LONGEST_RETRY_AFTER_MS, Replay, RetryAfter, backoff_ms};
use crate::transport::{End, Outcome, end, post, wait};

#[wasm_bindgen(module = "/src/js/errors.js")]
extern "C" {
    #[allow(
        clippy::too_many_arguments,
        reason = "an object would have to be built member by member"
    )]
    fn report(
        on_attempt: &Function,
        endpoint: &str,
        attempt: u32,
        kind: &str,
        duration_ms: f64,
        retry_in_ms: Option<f64>,
        outcome: &Outcome,
        secrets: &Array,
    );
}

/// Codes that Plaid sends with HTTP 400 for what passes by itself.
const PASSING_CODES: [&str; 4] = [
    "INSTITUTION_DOWN",
    "INSTITUTION_NOT_RESPONDING",
    "INSTITUTION_NOT_AVAILABLE",
    "PRODUCT_NOT_READY",
];

const TOKEN_WAS_USED: &str = ". An earlier attempt got no answer and has probably used the token up: its access \
    token is lost, so the user has to go through Link again";

/// Runs a call to its end. The answer is handed through as JavaScript parsed it.
pub async fn run(client: Rc<Client>, call: Box<Call>) -> Result<JsValue, JsValue> {
    let options = &client.config.options;
    let timeout_ms = call.options.timeout_ms.unwrap_or(options.timeout_ms);
    let max_retries = call.options.max_retries.unwrap_or(options.max_retries);
    let mut lost_answer = JsValue::UNDEFINED;
    let mut attempt = 1;
    loop {
        let started = Date::now();
        let outcome = settled(post(
            &client.config,
            &call.path,
            &call.body,
            timeout_ms,
            &call.options.signal,
        ))
        .await?;
        let kind = classify(&outcome)?;
        let retry = kind.map(|kind| Retry::of(kind, &outcome));
        let next = retry
            .as_ref()
            .filter(|_| attempt <= max_retries)
            .and_then(|retry| retry.wait_ms(call.replay, attempt));
        if let Some(on_attempt) = &options.on_attempt {
            let name = kind.map_or("ok", Kind::name);
            let duration_ms = Date::now() - started;
            report(
                on_attempt,
                &call.path,
                attempt,
                name,
                duration_ms,
                next,
                &outcome,
                &client.secrets(&call.body),
            );
        }
        let Some(retry) = retry else {
            return Ok(outcome.body());
        };
        let Some(ms) = next else {
            return Err(failure(&client, &call, &outcome, &retry, attempt, &lost_answer));
        };
        if call.operation == EXCHANGE_PUBLIC_TOKEN && retry.is_ambiguous() && lost_answer.is_undefined() {
            lost_answer = failure(&client, &call, &outcome, &retry, attempt, &lost_answer);
        }
        let waited = settled(wait(ms, &call.options.signal)).await?;
        if end(&waited) == End::Aborted {
            return Err(waited.cause());
        }
        attempt = attempt.saturating_add(1);
    }
}

/// The transport's promises do not reject.
async fn settled(promise: js_sys::Promise) -> Result<Outcome, JsValue> {
    JsFuture::from(promise).await.map(JsCast::unchecked_into)
}

/// What an exchange that went wrong is; None for a success. An aborted call rejects with the signal's reason.
fn classify(outcome: &Outcome) -> Result<Option<Kind>, JsValue> {
    let kind = match end(outcome) {
        End::Aborted => return Err(outcome.cause()),
        End::TimedOut => Kind::Timeout,
        End::Failed => Kind::Network,
        End::Redirected | End::Unreadable => Kind::BadResponse,
        End::Answered => match outcome.status() {
            200..=299 if !outcome.body().is_undefined() => return Ok(None),
            429 => Kind::RateLimit,
            400..=499 => Kind::Api,
            500..=599 => Kind::Server,
            _ => Kind::BadResponse,
        },
    };
    Ok(Some(kind))
}

/// What decides whether a failed request is sent again.
struct Retry {
    kind: Kind,
    status: u16,
    code: Option<String>,
    /// How long Plaid asked to wait.
    after_ms: Option<f64>,
}

impl Retry {
    fn of(kind: Kind, outcome: &Outcome) -> Self {
        let after_ms =
            outcome
                .retry_after()
                .as_deref()
                .and_then(RetryAfter::parse)
                .map(|after| match after {
                    RetryAfter::Milliseconds(ms) => ms,
                    RetryAfter::Date(date) => (Date::parse(date) - Date::now()).max(0.0),
                });
        Retry {
            kind,
            status: outcome.status(),
            code: outcome.code(),
            after_ms,
        }
    }

    fn has_code(&self, code: &str) -> bool {
        self.code.as_deref() == Some(code)
    }

    /// Whether the same request is likely to succeed soon.
    fn is_transient(&self) -> bool {
        match self.kind {
            Kind::Network | Kind::Timeout => true,
            Kind::RateLimit => !self.has_code("CREDITS_EXHAUSTED"),
            Kind::Server => matches!(self.status, 500 | 502 | 503 | 504),
            _ => false,
        }
    }

    /// Whether Plaid may have carried the request out although no answer says so.
    fn is_ambiguous(&self) -> bool {
        matches!(self.kind, Kind::Network | Kind::Timeout | Kind::Server)
    }

    fn is_retryable(&self) -> bool {
        self.is_transient() || PASSING_CODES.iter().any(|code| self.has_code(code))
    }

    /// How long to wait before the next attempt; None where there must be none.
    fn wait_ms(&self, replay: Replay, attempt: u32) -> Option<f64> {
        if !self.is_transient() || (replay == Replay::RefusedOnly && self.kind != Kind::RateLimit) {
            return None;
        }
        match self.after_ms {
            Some(ms) => Some(ms).filter(|ms| *ms <= LONGEST_RETRY_AFTER_MS),
            None => Some(backoff_ms(attempt, Math::random())),
        }
    }
}

fn failure(
    client: &Client,
    call: &Call,
    outcome: &Outcome,
    retry: &Retry,
    attempt: u32,
    lost_answer: &JsValue,
) -> JsValue {
    let was_used = !lost_answer.is_undefined() && retry.has_code("INVALID_PUBLIC_TOKEN");
    let cause = if was_used {
        lost_answer.clone()
    } else {
        outcome.cause()
    };
    // A key that Plaid does not know is a fault of the webhook, not of the call.
    let is_unknown_key =
        call.operation == VERIFY_WEBHOOK && retry.has_code("INVALID_WEBHOOK_VERIFICATION_KEY_ID");
    Failure {
        kind: if is_unknown_key { Kind::Webhook } else { retry.kind },
        endpoint: Some(&call.path),
        attempts: attempt,
        retryable: retry.is_retryable(),
        retry_after_ms: retry.after_ms,
        outcome: Some(outcome),
        cause,
        ..Failure::new(call.operation)
    }
    .into_js(
        &[
            outcome.words().as_str(),
            if was_used { TOKEN_WAS_USED } else { "" },
        ]
        .concat(),
        &client.secrets(&call.body),
    )
}
