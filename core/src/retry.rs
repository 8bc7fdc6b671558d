//! How long to wait before the next attempt.

use std::time::Duration;

/// A longer `Retry-After` ends the retries: the caller knows better what to do with such a wait.
pub const MAX_RETRY_AFTER: Duration = Duration::from_secs(60);

/// A `Retry-After` that is shorter still waits a little, so that clients do not all return at once.
const MIN_RETRY_AFTER: Duration = Duration::from_millis(100);
const FIRST_BACKOFF: Duration = Duration::from_millis(500);
const MAX_BACKOFF: Duration = Duration::from_secs(8);

/// The wait after attempt number `attempt` (1 for the first): a random duration between half and all of a bound that
/// doubles from 0.5 s to 8 s.
pub fn backoff(attempt: u32, chance: f64) -> Duration {
    let doublings = attempt.saturating_sub(1).min(10);
    let bound = FIRST_BACKOFF.saturating_mul(1_u32 << doublings).min(MAX_BACKOFF);
    between_half_and_all(bound, chance)
}

/// The wait that a `Retry-After` asks for; None if it is too long to wait here.
pub fn obeyed(retry_after: Duration, chance: f64) -> Option<Duration> {
    let wait = retry_after.max(between_half_and_all(MIN_RETRY_AFTER, chance));
    (wait <= MAX_RETRY_AFTER).then_some(wait)
}

fn between_half_and_all(bound: Duration, chance: f64) -> Duration {
    let half = bound.checked_div(2).unwrap_or_default();
    // Whole milliseconds are all that a timer knows.
    let random = half.as_secs_f64() * 1000.0 * chance.clamp(0.0, 1.0);
    half.saturating_add(Duration::from_millis(random as u64))
}

/// What a `Retry-After` header says (RFC 9110, section 10.2.3).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RetryAfter {
    /// Wait this long.
    After(Duration),
    /// Wait until a date, which the driver parses.
    Until,
}

impl RetryAfter {
    /// Parses the header. None if it is neither a number of seconds nor a date in the one form that HTTP still allows
    /// to send: date parsers make something of almost any text.
    pub fn parse(header: &str) -> Option<Self> {
        let header = header.trim_ascii();
        if !header.is_empty() && header.bytes().all(|byte| byte.is_ascii_digit()) {
            let seconds = header.bytes().fold(0_u64, |sum, digit| {
                let sum = sum.wrapping_mul(10).wrapping_add(u64::from(digit & 0x0f));
                sum.min(MAX_SECONDS)
            });
            return Some(Self::After(Duration::from_secs(seconds)));
        }
        has_date_form(header).then_some(Self::Until)
    }
}

/// Beyond, milliseconds would not be exact as a JavaScript number.
const MAX_SECONDS: u64 = 9_007_199_254_740;

/// `Sun, 06 Nov 1994 08:49:37 GMT`
fn has_date_form(text: &str) -> bool {
    const FORM: &[u8] = b"aaa, 00 aaa 0000 00:00:00 GMT";
    text.len() == FORM.len()
        && text.bytes().zip(FORM).all(|(byte, form)| match form {
            b'a' => byte.is_ascii_alphabetic(),
            b'0' => byte.is_ascii_digit(),
            literal => byte == *literal,
        })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn backoff_is_between_half_and_all_of_a_doubling_bound() {
        let bounds: Vec<_> = (1..=7).map(|attempt| backoff(attempt, 1.0)).collect();
        assert_eq!(bounds, [500, 1000, 2000, 4000, 8000, 8000, 8000].map(ms));
        let shortest: Vec<_> = (1..=3).map(|attempt| backoff(attempt, 0.0)).collect();
        assert_eq!(shortest, [250, 500, 1000].map(ms));
        assert_eq!(backoff(u32::MAX, 0.5), ms(6000));
    }

    #[test]
    fn retry_after_in_seconds() {
        assert_eq!(RetryAfter::parse("0"), Some(RetryAfter::After(ms(0))));
        assert_eq!(RetryAfter::parse(" 17 "), Some(RetryAfter::After(ms(17_000))));
        let huge = RetryAfter::parse("99999999999999999999999");
        assert_eq!(huge, Some(RetryAfter::After(Duration::from_secs(MAX_SECONDS))));
    }

    #[test]
    fn retry_after_as_a_date() {
        let date = "Sun, 06 Nov 1994 08:49:37 GMT";
        assert_eq!(RetryAfter::parse(date), Some(RetryAfter::Until));
    }

    #[test]
    fn retry_after_that_is_nonsense() {
        for header in [
            "",
            " ",
            "-1",
            "1.5",
            "1e3",
            "soon",
            "5 apples",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "٣",
        ] {
            assert_eq!(RetryAfter::parse(header), None, "{header:?}");
        }
    }

    #[test]
    fn retry_after_is_obeyed_up_to_a_minute_and_never_as_no_wait() {
        assert_eq!(obeyed(ms(60_000), 1.0), Some(ms(60_000)));
        assert_eq!(obeyed(ms(60_001), 1.0), None);
        assert_eq!(
            (obeyed(ms(0), 0.0), obeyed(ms(0), 1.0)),
            (Some(ms(50)), Some(ms(100)))
        );
    }

    proptest! {
        #[test]
        fn any_header_is_seconds_a_date_or_nothing(header in "\\PC{0,40}|[ \t]?[0-9]{1,400}[ \t]?|[0-9 .,:GMTaeu-]{0,30}") {
            let digits = header.trim_ascii();
            let is_number = !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit());
            match RetryAfter::parse(&header) {
                Some(RetryAfter::After(wait)) => {
                    prop_assert!(is_number);
                    if let Ok(seconds) = digits.parse::<u32>() {
                        prop_assert_eq!(wait, Duration::from_secs(u64::from(seconds)));
                    }
                }
                Some(RetryAfter::Until) => prop_assert!(digits.ends_with(" GMT") && digits.len() == 29),
                None => prop_assert!(!is_number),
            }
        }

        #[test]
        fn any_wait_is_between_half_and_all_of_its_bound(attempt: u32, chance: f64) {
            let wait = backoff(attempt, if chance.is_nan() { 0.5 } else { chance });
            let bound = backoff(attempt, 1.0);
            prop_assert!(bound / 2 <= wait && wait <= bound && bound <= MAX_BACKOFF);
        }
    }
}
