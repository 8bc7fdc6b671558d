//! How long to wait before sending again, and whether to. Numbers only: no clock, no requests.

/// A longer `Retry-After` ends the retries: the caller knows better what to do with such a wait.
pub const LONGEST_RETRY_AFTER_MS: f64 = 60_000.0;

const FIRST_BACKOFF_MS: f64 = 500.0;
const LONGEST_BACKOFF_MS: f64 = 8_000.0;

/// The wait before the attempt after `attempt` (1 for the first), in milliseconds: a random value between half
/// and all of a bound that doubles from 0.5 s to 8 s. `random` is from 0 to 1.
pub fn backoff_ms(attempt: u32, random: f64) -> f64 {
    let doublings = attempt.saturating_sub(1).min(10);
    let bound = (FIRST_BACKOFF_MS * f64::from(1_u32 << doublings)).min(LONGEST_BACKOFF_MS);
    (bound / 2.0 + random.clamp(0.0, 1.0) * bound / 2.0).floor()
}

/// What a `Retry-After` header says (RFC 9110, section 10.2.3).
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum RetryAfter {
    /// So many milliseconds.
    Milliseconds(f64),
    /// Until a date. Which one, JavaScript reads.
    Date,
}

impl RetryAfter {
    /// None for what is neither a number of seconds nor a date in the one form that HTTP still allows to send:
    /// date parsers make something of almost any text.
    pub fn parse(header: &str) -> Option<Self> {
        let header = header.trim_ascii();
        if !header.is_empty() && header.bytes().all(|byte| byte.is_ascii_digit()) {
            let seconds = header
                .bytes()
                .fold(0.0, |sum, digit| sum * 10.0 + f64::from(digit & 0x0f));
            return Some(RetryAfter::Milliseconds((seconds * 1000.0).min(MOST_MS)));
        }
        has_date_form(header).then_some(RetryAfter::Date)
    }
}

/// The largest wait that is reported: beyond, a number of milliseconds would no longer be exact.
const MOST_MS: f64 = 9_007_199_254_740_991.0;

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

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn backoff_lies_between_half_and_all_of_a_doubling_bound() {
        let bounds: Vec<f64> = (1..=7).map(|attempt| backoff_ms(attempt, 1.0)).collect();
        assert_eq!(bounds, [500.0, 1000.0, 2000.0, 4000.0, 8000.0, 8000.0, 8000.0]);
        let least: Vec<f64> = (1..=3).map(|attempt| backoff_ms(attempt, 0.0)).collect();
        assert_eq!(least, [250.0, 500.0, 1000.0]);
        assert_eq!(backoff_ms(u32::MAX, 0.5), 6000.0);
    }

    #[test]
    fn retry_after_in_seconds() {
        assert_eq!(RetryAfter::parse("0"), Some(RetryAfter::Milliseconds(0.0)));
        assert_eq!(
            RetryAfter::parse(" 17 "),
            Some(RetryAfter::Milliseconds(17_000.0))
        );
        assert_eq!(
            RetryAfter::parse("99999999999999999999999"),
            Some(RetryAfter::Milliseconds(MOST_MS))
        );
    }

    #[test]
    fn retry_after_as_a_date() {
        let date = "Sun, 06 Nov 1994 08:49:37 GMT";
        assert_eq!(RetryAfter::parse(date), Some(RetryAfter::Date));
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

    proptest! {
        #[test]
        fn any_header_is_seconds_a_date_or_nothing(header in "\\PC{0,40}|[ \t]?[0-9]{1,400}[ \t]?|[0-9 .,:GMTaeu-]{0,30}") {
            let digits = header.trim_ascii();
            let is_number = !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit());
            match RetryAfter::parse(&header) {
                Some(RetryAfter::Milliseconds(ms)) => {
                    prop_assert!(is_number && (0.0..=MOST_MS).contains(&ms));
                    if let Ok(seconds) = digits.parse::<u32>() {
                        prop_assert_eq!(ms, f64::from(seconds) * 1000.0);
                    }
                }
                Some(RetryAfter::Date) => prop_assert!(digits.ends_with(" GMT") && digits.len() == 29),
                None => prop_assert!(!is_number),
            }
        }

        #[test]
        fn any_wait_lies_between_half_and_all_of_its_bound(attempt: u32, random: f64) {
            let wait = backoff_ms(attempt, if random.is_nan() { 0.5 } else { random });
            let bound = backoff_ms(attempt, 1.0);
            prop_assert!(bound / 2.0 <= wait && wait <= bound && bound <= LONGEST_BACKOFF_MS);
        }
    }
}
