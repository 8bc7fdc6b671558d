//! A call as a state machine: the driver sends an attempt, says how it ended, and is told what to do next.
//!
//! ```
//! use plaid_edge_core::call::{Call, Next, Outcome};
//! use plaid_edge_core::operation::Operation;
//! use plaid_edge_core::request::Repeat;
//!
//! let mut call = Call::new(Operation::Auth, Repeat::Always, 2);
//! let verdict = call.judge(&Outcome::Failed, 0.5);
//! assert!(matches!(verdict.next, Next::Wait(_)));
//! ```

use std::time::Duration;

use crate::error::{Failure, Kind, Text, UsedToken};
use crate::operation::Operation;
use crate::request::Repeat;
use crate::retry::{backoff, obeyed};

/// The most retries that a call may be given.
pub const MAX_RETRIES: u32 = 100;

/// How an attempt ended that was no success.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome<'a> {
    /// With a complete response that is an HTTP error.
    Responded {
        /// HTTP status.
        status: u16,
        /// Plaid's `error_code`.
        code: Option<&'a str>,
        /// How long the `Retry-After` header asks to wait.
        retry_after: Option<Duration>,
    },
    /// With a success whose body can't be read as what was asked for.
    Unreadable,
    /// With a redirect, which is never followed: it would hand the secret to another host.
    Redirected,
    /// The time was up before the response was complete.
    TimedOut,
    /// `fetch`, or the reading of the body, failed.
    Failed,
    /// What sends requests does not work here at all.
    Misconfigured,
}

/// What a driver sees of a complete response that is no success.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Seen<'a> {
    /// HTTP status.
    pub status: u16,
    /// Whether the body is a JSON object.
    pub is_object: bool,
    /// Plaid's `error_code`.
    pub code: Option<&'a str>,
    /// How long the `Retry-After` header asks to wait.
    pub retry_after: Option<Duration>,
    /// What a message may say of it.
    pub shown: Shown<'a>,
}

/// Texts of a response as a message shows them: redacted, or markers that a driver puts them in the places of.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Shown<'a> {
    /// HTTP status.
    pub status: &'a str,
    /// Plaid's `error_code`.
    pub code: &'a str,
    /// Plaid's `error_message`.
    pub message: Option<&'a str>,
}

impl<'a> Seen<'a> {
    /// The outcome to judge, and the same in words.
    pub fn read(&self) -> (Outcome<'a>, Failure<'a>) {
        let status = Text(self.shown.status);
        let responded = Outcome::Responded {
            status: self.status,
            code: self.code,
            retry_after: self.retry_after,
        };
        match (self.status, self.code) {
            (301 | 302 | 303 | 307 | 308, _) => (Outcome::Redirected, Failure::Redirect),
            (200..=299, _) => (Outcome::Unreadable, Failure::NotJson { status }),
            _ if !self.is_object => (responded, Failure::NotJson { status }),
            (_, None) => (responded, Failure::NoPlaidError { status }),
            (_, Some(_)) => {
                let code = Text(self.shown.code);
                let message = Text(self.shown.message.unwrap_or("(no message)"));
                (
                    responded,
                    Failure::Plaid {
                        status,
                        code,
                        message,
                    },
                )
            }
        }
    }
}

/// What to do after an attempt.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Next {
    /// Wait this long, and send again.
    Wait(Duration),
    /// Give up.
    Fail {
        /// Whether the public token was probably used up.
        used_token: Option<UsedToken>,
    },
}

/// What is thought of an attempt.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Verdict {
    /// What happened.
    pub kind: Kind,
    /// Whether the call may be sent again later, unchanged, without harm.
    pub retryable: bool,
    /// How long Plaid asked to wait.
    pub retry_after: Option<Duration>,
    /// Whether Plaid may have carried the request out although no response says so.
    pub response_lost: bool,
    /// What to do.
    pub next: Next,
}

/// One call, over all its attempts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Call {
    operation: Operation,
    repeat: Repeat,
    retries: u32,
    attempt: u32,
    response_lost: bool,
}

impl Call {
    /// A call that is about to be sent for the first time, and may be retried so many times.
    pub const fn new(operation: Operation, repeat: Repeat, retries: u32) -> Self {
        let retries = if retries > MAX_RETRIES {
            MAX_RETRIES
        } else {
            retries
        };
        Self {
            operation,
            repeat,
            retries,
            attempt: 1,
            response_lost: false,
        }
    }

    /// What it does.
    pub const fn operation(self) -> Operation {
        self.operation
    }

    /// The number of the attempt that is under way, 1 for the first.
    pub const fn attempt(self) -> u32 {
        self.attempt
    }

    /// Judges how the attempt ended, and begins the next one if there is to be one. `chance` spreads the waits.
    pub fn judge(&mut self, outcome: &Outcome<'_>, chance: f64) -> Verdict {
        let kind = self.kind(outcome);
        let (code, retry_after) = match *outcome {
            Outcome::Responded {
                code, retry_after, ..
            } => (code.unwrap_or_default(), retry_after),
            _ => ("", None),
        };
        let is_transient = match (kind, outcome) {
            (Kind::Network | Kind::Timeout, _) => true,
            (Kind::RateLimit, _) => code != "CREDITS_EXHAUSTED",
            (Kind::Server, Outcome::Responded { status, .. }) => matches!(status, 500 | 502 | 503 | 504),
            _ => false,
        };
        let may_repeat = is_transient && (self.repeat == Repeat::Always || kind == Kind::RateLimit);
        let wait = match retry_after {
            _ if !may_repeat || self.attempt > self.retries => None,
            Some(asked) => obeyed(asked, chance),
            None => Some(backoff(self.attempt, chance)),
        };
        let next = match wait {
            Some(wait) => {
                self.attempt = self.attempt.saturating_add(1);
                Next::Wait(wait)
            }
            None => Next::Fail {
                used_token: self.used_token(outcome, code),
            },
        };
        let response_lost = matches!(kind, Kind::Network | Kind::Timeout | Kind::Server);
        self.response_lost |= response_lost;
        Verdict {
            kind,
            retryable: may_repeat || PASSING_CODES.contains(&code),
            retry_after,
            response_lost,
            next,
        }
    }

    fn used_token(self, outcome: &Outcome<'_>, code: &str) -> Option<UsedToken> {
        match outcome {
            _ if self.operation != Operation::ExchangePublicToken => None,
            Outcome::Unreadable => Some(UsedToken::Now),
            _ => (self.response_lost && code == "INVALID_PUBLIC_TOKEN").then_some(UsedToken::Earlier),
        }
    }

    fn kind(self, outcome: &Outcome<'_>) -> Kind {
        match *outcome {
            Outcome::TimedOut => Kind::Timeout,
            Outcome::Failed => Kind::Network,
            Outcome::Misconfigured => Kind::Configuration,
            // A key that Plaid does not know is a fault of the webhook, not of the call.
            Outcome::Responded {
                status: 400..=499,
                code: Some("INVALID_WEBHOOK_VERIFICATION_KEY_ID"),
                ..
            } if self.operation == Operation::VerifyWebhook => Kind::Webhook,
            Outcome::Responded { status: 429, .. } => Kind::RateLimit,
            Outcome::Responded {
                status: 400..=499, ..
            } => Kind::Api,
            Outcome::Responded {
                status: 500..=599, ..
            } => Kind::Server,
            _ => Kind::BadResponse,
        }
    }

    /// The call as a number, for a driver that can keep nothing else.
    pub fn to_bits(self) -> u32 {
        (self.operation as u32)
            | u32::from(self.repeat == Repeat::Always) << 4
            | u32::from(self.response_lost) << 5
            | (self.retries & 0xff) << 8
            | (self.attempt & 0xff) << 16
    }

    /// The call that gave the number.
    pub fn from_bits(bits: u32) -> Self {
        Self {
            operation: Operation::from_number(bits & 0xf).unwrap_or(Operation::Request),
            repeat: if bits & 1 << 4 == 0 {
                Repeat::WhenRefused
            } else {
                Repeat::Always
            },
            response_lost: bits & 1 << 5 != 0,
            retries: bits >> 8 & 0xff,
            attempt: bits >> 16 & 0xff,
        }
    }
}

/// Codes that Plaid sends with HTTP 400 for what passes by itself. The request was refused, so it may be sent again.
const PASSING_CODES: [&str; 4] = [
    "INSTITUTION_DOWN",
    "INSTITUTION_NOT_RESPONDING",
    "INSTITUTION_NOT_AVAILABLE",
    "PRODUCT_NOT_READY",
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const READ: Call = Call::new(Operation::Auth, Repeat::Always, 2);
    const PAYMENT: Call = Call::new(Operation::Request, Repeat::WhenRefused, 2);

    fn error(status: u16, code: &str) -> Outcome<'_> {
        Outcome::Responded {
            status,
            code: Some(code),
            retry_after: None,
        }
    }

    fn first(mut call: Call, outcome: Outcome<'_>) -> (Kind, bool, bool) {
        let verdict = call.judge(&outcome, 1.0);
        (
            verdict.kind,
            verdict.retryable,
            matches!(verdict.next, Next::Wait(_)),
        )
    }

    #[test]
    fn kinds_and_retries_of_a_read() {
        for (outcome, kind, is_retried) in [
            (error(400, "ITEM_LOGIN_REQUIRED"), Kind::Api, false),
            (error(404, ""), Kind::Api, false),
            (error(429, "RATE_LIMIT"), Kind::RateLimit, true),
            (error(429, "CREDITS_EXHAUSTED"), Kind::RateLimit, false),
            (error(500, ""), Kind::Server, true),
            (error(501, ""), Kind::Server, false),
            (error(503, "PLANNED_MAINTENANCE"), Kind::Server, true),
            (error(304, ""), Kind::BadResponse, false),
            (error(600, ""), Kind::BadResponse, false),
            (Outcome::Redirected, Kind::BadResponse, false),
            (Outcome::Unreadable, Kind::BadResponse, false),
            (Outcome::Failed, Kind::Network, true),
            (Outcome::TimedOut, Kind::Timeout, true),
            (Outcome::Misconfigured, Kind::Configuration, false),
        ] {
            assert_eq!(
                first(READ, outcome),
                (kind, is_retried, is_retried),
                "{outcome:?}"
            );
        }
    }

    #[test]
    fn a_response_in_words() {
        let seen = |status, is_object, code: Option<&str>, message| {
            let shown = Shown {
                status: &u16::to_string(&status),
                code: code.unwrap_or_default(),
                message,
            };
            let seen = Seen {
                status,
                is_object,
                code,
                retry_after: None,
                shown,
            };
            let (outcome, failure) = seen.read();
            (first(READ, outcome).0, failure.to_string())
        };
        assert_eq!(
            seen(400, true, Some("A"), Some("b")),
            (Kind::Api, "Plaid responded with 400 A: b".into())
        );
        assert_eq!(
            seen(500, true, Some("A"), None),
            (Kind::Server, "Plaid responded with 500 A: (no message)".into())
        );
        assert_eq!(
            seen(502, true, None, None),
            (
                Kind::Server,
                "the response has status 502 but no Plaid error".into()
            )
        );
        for (status, kind) in [
            (404, Kind::Api),
            (304, Kind::BadResponse),
            (200, Kind::BadResponse),
        ] {
            let words = format!("the response (status {status}) is not a JSON object");
            assert_eq!(seen(status, false, None, None), (kind, words));
        }
        let redirect = "the response is a redirect, which is never followed";
        assert_eq!(
            seen(307, true, Some("A"), None),
            (Kind::BadResponse, redirect.into())
        );
    }

    #[test]
    fn what_passes_by_itself_is_retryable_later_and_not_retried_now() {
        for code in PASSING_CODES {
            assert_eq!(
                first(PAYMENT, error(400, code)),
                (Kind::Api, true, false),
                "{code}"
            );
        }
    }

    #[test]
    fn a_payment_is_retried_only_if_it_was_refused() {
        assert_eq!(first(PAYMENT, Outcome::TimedOut), (Kind::Timeout, false, false));
        assert_eq!(first(PAYMENT, Outcome::Failed), (Kind::Network, false, false));
        assert_eq!(first(PAYMENT, error(503, "")), (Kind::Server, false, false));
        assert_eq!(first(PAYMENT, error(429, "")), (Kind::RateLimit, true, true));
    }

    #[test]
    fn retries_end() {
        let mut call = READ;
        let nexts: Vec<_> = (0..3).map(|_| call.judge(&Outcome::Failed, 1.0).next).collect();
        assert_eq!(
            nexts,
            [
                Next::Wait(Duration::from_millis(500)),
                Next::Wait(Duration::from_secs(1)),
                Next::Fail { used_token: None }
            ]
        );
        assert_eq!(call.attempt(), 3);
    }

    #[test]
    fn retry_after_is_obeyed_up_to_a_minute() {
        let after = |seconds| {
            let outcome = Outcome::Responded {
                status: 429,
                code: None,
                retry_after: Some(Duration::from_secs(seconds)),
            };
            let mut call = PAYMENT;
            call.judge(&outcome, 1.0)
        };
        assert_eq!(after(60).next, Next::Wait(Duration::from_secs(60)));
        assert_eq!(after(61).next, Next::Fail { used_token: None });
        assert!(after(61).retryable && after(61).retry_after == Some(Duration::from_secs(61)));
    }

    #[test]
    fn a_public_token_that_a_lost_attempt_used_up() {
        let mut call = Call::new(Operation::ExchangePublicToken, Repeat::Always, 2);
        let refused = error(400, "INVALID_PUBLIC_TOKEN");
        assert_eq!(
            { call }.judge(&refused, 0.0).next,
            Next::Fail { used_token: None }
        );
        call.judge(&Outcome::TimedOut, 0.0);
        assert_eq!(
            call.judge(&refused, 0.0).next,
            Next::Fail {
                used_token: Some(UsedToken::Earlier)
            }
        );
        let mut cut_short = Call::new(Operation::ExchangePublicToken, Repeat::Always, 2);
        assert_eq!(
            cut_short.judge(&Outcome::Unreadable, 0.0).next,
            Next::Fail {
                used_token: Some(UsedToken::Now)
            }
        );
    }

    #[test]
    fn an_unknown_webhook_key_is_the_webhooks_fault() {
        let unknown = error(400, "INVALID_WEBHOOK_VERIFICATION_KEY_ID");
        let verify = Call::new(Operation::VerifyWebhook, Repeat::Always, 2);
        assert_eq!(first(verify, unknown).0, Kind::Webhook);
        assert_eq!(first(PAYMENT, unknown).0, Kind::Api);
    }

    fn outcomes() -> impl Strategy<Value = (u8, u16, String, Option<u64>)> {
        (
            0..6_u8,
            any::<u16>(),
            "[A-Z_]{0,20}",
            proptest::option::of(0..1_000_000_u64),
        )
    }

    proptest! {
        #[test]
        fn retries_are_bounded_and_do_no_harm(
            steps in proptest::collection::vec(outcomes(), 1..120),
            number in 0..11_u32,
            is_idempotent: bool,
            retries: u32,
            chance in 0.0..=1.0,
        ) {
            let operation = Operation::from_number(number).unwrap();
            let repeat = if is_idempotent { Repeat::Always } else { Repeat::WhenRefused };
            let mut call = Call::new(operation, repeat, retries);
            for (which, status, code, seconds) in &steps {
                prop_assert_eq!(Call::from_bits(call.to_bits()), call);
                let before = call.attempt();
                let verdict = call.judge(&match which {
                    0 => Outcome::TimedOut,
                    1 => Outcome::Failed,
                    2 => Outcome::Redirected,
                    3 => Outcome::Unreadable,
                    _ => Outcome::Responded {
                        status: *status, code: Some(code), retry_after: seconds.map(Duration::from_secs),
                    },
                }, chance);
                match verdict.next {
                    Next::Wait(wait) => {
                        prop_assert!(verdict.retryable && wait <= crate::retry::MAX_RETRY_AFTER);
                        prop_assert!(wait >= Duration::from_millis(50));
                        prop_assert!(is_idempotent || verdict.kind == Kind::RateLimit);
                        prop_assert_eq!(call.attempt(), before + 1);
                    }
                    Next::Fail { .. } => prop_assert_eq!(call.attempt(), before),
                }
                prop_assert!(call.attempt() <= retries.min(MAX_RETRIES).saturating_add(1));
            }
        }
    }
}
