//! What is to be thought of an attempt that was no success: its kind, and whether and when another follows.

use wasm_bindgen::prelude::*;

use crate::error::Kind;
use crate::operation::Operation;
use crate::retry::{LONGEST_RETRY_AFTER_MS, RetryAfter, backoff_ms};

/// How an exchange ended that was no success.
#[wasm_bindgen(skip_typescript)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    /// With a complete answer.
    Answered = "answered",
    /// The time was up.
    TimedOut = "timed_out",
    /// `fetch`, or the reading of the body, rejected.
    Failed = "failed",
    /// With a redirect, which is never followed: it would hand the secret to another host.
    Redirected = "redirected",
    /// What `fetch` gave is no Response.
    Unreadable = "unreadable",
}

/// Codes that Plaid sends with HTTP 400 for what passes by itself.
const PASSING_CODES: [&str; 4] = [
    "INSTITUTION_DOWN",
    "INSTITUTION_NOT_RESPONDING",
    "INSTITUTION_NOT_AVAILABLE",
    "PRODUCT_NOT_READY",
];

/// An attempt that was no success.
pub struct Attempt<'a> {
    pub operation: Operation,
    pub end: End,
    /// HTTP status; 0 where there was no answer.
    pub status: u16,
    /// Plaid's `error_code`, or nothing.
    pub code: &'a str,
    /// The `Retry-After` header, or nothing, and if it is a date, how far that is ahead.
    pub retry_after: &'a str,
    pub until_date_ms: f64,
    /// Whether the request may be sent again after any failure, or only if it was refused unprocessed (429).
    pub is_safe: bool,
    /// 1 for the first.
    pub number: u32,
    /// From 0 to 1.
    pub random: f64,
}

/// What is thought of it.
#[derive(PartialEq, Debug)]
pub struct Verdict {
    pub kind: Kind,
    /// Worth trying again later, unchanged.
    pub is_retryable: bool,
    /// Whether Plaid may have carried the request out although no answer says so.
    pub is_ambiguous: bool,
    /// How long Plaid asked to wait.
    pub retry_after_ms: Option<f64>,
    /// How long to wait before the next attempt; None where there must be none.
    pub wait_ms: Option<f64>,
}

impl Attempt<'_> {
    /// The verdict.
    pub fn judge(&self) -> Verdict {
        let kind = self.kind();
        let is_transient = match kind {
            Kind::Network | Kind::Timeout => true,
            Kind::RateLimit => self.code != "CREDITS_EXHAUSTED",
            Kind::Server => matches!(self.status, 500 | 502 | 503 | 504),
            _ => false,
        };
        let retry_after_ms = match RetryAfter::parse(self.retry_after) {
            Some(RetryAfter::Milliseconds(ms)) => Some(ms),
            // What has the form of a date need not be one.
            Some(RetryAfter::Date) => Some(self.until_date_ms).filter(|ms| *ms >= 0.0),
            None => None,
        };
        let may_repeat = is_transient && (self.is_safe || kind == Kind::RateLimit);
        Verdict {
            kind,
            is_retryable: is_transient || PASSING_CODES.contains(&self.code),
            is_ambiguous: matches!(kind, Kind::Network | Kind::Timeout | Kind::Server),
            retry_after_ms,
            wait_ms: match retry_after_ms {
                _ if !may_repeat => None,
                Some(ms) => Some(ms).filter(|ms| *ms <= LONGEST_RETRY_AFTER_MS),
                None => Some(backoff_ms(self.number, self.random)),
            },
        }
    }

    /// Whether an exchange was refused because its token is unknown: used up, perhaps, by an earlier attempt.
    pub fn is_used_token(&self) -> bool {
        self.operation == Operation::ExchangePublicToken && self.code == "INVALID_PUBLIC_TOKEN"
    }

    fn kind(&self) -> Kind {
        match (self.end, self.status) {
            (End::TimedOut, _) => Kind::Timeout,
            (End::Failed, _) => Kind::Network,
            // A key that Plaid does not know is a fault of the webhook, not of the call.
            (End::Answered, 400..=499)
                if self.operation == Operation::VerifyWebhook
                    && self.code == "INVALID_WEBHOOK_VERIFICATION_KEY_ID" =>
            {
                Kind::Webhook
            }
            (End::Answered, 429) => Kind::RateLimit,
            (End::Answered, 400..=499) => Kind::Api,
            (End::Answered, 500..=599) => Kind::Server,
            _ => Kind::BadResponse,
        }
    }
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FAILED: Attempt<'_> = Attempt {
        operation: Operation::Auth,
        end: End::Answered,
        status: 500,
        code: "INTERNAL_SERVER_ERROR",
        retry_after: "",
        until_date_ms: 0.0,
        is_safe: true,
        number: 1,
        random: 1.0,
    };

    #[test]
    fn kinds_and_whether_the_adapter_tries_again() {
        let cases = [
            (End::Answered, 400, "ITEM_LOGIN_REQUIRED", Kind::Api, false),
            (End::Answered, 404, "", Kind::Api, false),
            (End::Answered, 429, "RATE_LIMIT", Kind::RateLimit, true),
            (End::Answered, 429, "CREDITS_EXHAUSTED", Kind::RateLimit, false),
            (End::Answered, 500, "", Kind::Server, true),
            (End::Answered, 501, "", Kind::Server, false),
            (End::Answered, 503, "PLANNED_MAINTENANCE", Kind::Server, true),
            (End::Answered, 200, "", Kind::BadResponse, false),
            (End::Answered, 600, "", Kind::BadResponse, false),
            (End::Redirected, 307, "", Kind::BadResponse, false),
            (End::Unreadable, 0, "", Kind::BadResponse, false),
            (End::Failed, 0, "", Kind::Network, true),
            (End::TimedOut, 0, "", Kind::Timeout, true),
        ];
        for (end, status, code, kind, is_repeated) in cases {
            let verdict = Attempt {
                end,
                status,
                code,
                ..FAILED
            }
            .judge();
            assert_eq!(
                (verdict.kind, verdict.wait_ms.is_some()),
                (kind, is_repeated),
                "{status} {code}"
            );
            assert_eq!(verdict.is_retryable, is_repeated, "{status} {code}");
        }
    }

    #[test]
    fn what_passes_by_itself_is_retryable_later_but_not_repeated_now() {
        for code in PASSING_CODES {
            let verdict = Attempt {
                status: 400,
                code,
                ..FAILED
            }
            .judge();
            assert!(verdict.is_retryable && verdict.wait_ms.is_none(), "{code}");
        }
    }

    #[test]
    fn an_unsafe_request_is_repeated_only_if_it_was_refused_unprocessed() {
        assert_eq!(
            Attempt {
                is_safe: false,
                ..FAILED
            }
            .judge()
            .wait_ms,
            None
        );
        assert!(
            Attempt {
                is_safe: false,
                status: 429,
                ..FAILED
            }
            .judge()
            .wait_ms
            .is_some()
        );
    }

    #[test]
    fn retry_after_is_obeyed_up_to_a_minute() {
        let after = |retry_after| {
            Attempt {
                retry_after,
                until_date_ms: 7_000.0,
                ..FAILED
            }
            .judge()
        };
        assert_eq!(after("60").wait_ms, Some(60_000.0));
        assert_eq!(
            (after("61").wait_ms, after("61").retry_after_ms),
            (None, Some(61_000.0))
        );
        assert_eq!(after("Sun, 06 Nov 1994 08:49:37 GMT").wait_ms, Some(7_000.0));
        assert_eq!(after("soon").wait_ms, Some(500.0));
        let no_date = Attempt {
            retry_after: "Xyz, 99 Foo 2026 99:99:99 GMT",
            until_date_ms: f64::NAN,
            ..FAILED
        };
        assert_eq!(no_date.judge().wait_ms, Some(500.0));
        assert!(after("61").is_retryable);
    }

    #[test]
    fn an_unknown_webhook_key_is_the_webhooks_fault() {
        let code = "INVALID_WEBHOOK_VERIFICATION_KEY_ID";
        let verdict = |operation: Operation| {
            Attempt {
                operation,
                status: 400,
                code,
                ..FAILED
            }
            .judge()
            .kind
        };
        assert_eq!(verdict(Operation::VerifyWebhook), Kind::Webhook);
        assert_eq!(verdict(Operation::Request), Kind::Api);
    }

    proptest! {
        #[test]
        fn a_repetition_is_bounded_and_does_no_harm(
            end in proptest::sample::select(vec![End::Answered, End::TimedOut, End::Failed, End::Redirected, End::Unreadable]),
            operation in proptest::sample::select(vec![Operation::ExchangePublicToken, Operation::Request, Operation::VerifyWebhook]),
            status: u16,
            code in "[A-Z_]{0,20}",
            retry_after in "[0-9]{0,6}|\\PC{0,30}|Sun, 06 Nov 1994 08:49:37 GMT",
            until_date_ms in prop_oneof![Just(f64::NAN), 0.0..1e9],
            is_safe: bool,
            number in 1..=101_u32,
            random in 0.0..=1.0,
        ) {
            let (code, retry_after) = (code.as_str(), retry_after.as_str());
            let verdict = Attempt {
                operation, end, status, code, retry_after, until_date_ms, is_safe, number, random,
            }
            .judge();
            if let Some(wait) = verdict.wait_ms {
                prop_assert!(verdict.is_retryable && (0.0..=LONGEST_RETRY_AFTER_MS).contains(&wait));
                prop_assert!(is_safe || verdict.kind == Kind::RateLimit);
            }
            prop_assert!(verdict.retry_after_ms.is_none_or(|ms| ms >= 0.0));
        }
    }
}
