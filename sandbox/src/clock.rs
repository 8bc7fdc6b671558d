//! Time, always given from outside, as milliseconds since 1970.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

pub(crate) const SECOND: i64 = 1_000;
pub(crate) const MINUTE: i64 = 60 * SECOND;
pub(crate) const HOUR: i64 = 60 * MINUTE;
pub(crate) const DAY: i64 = 24 * HOUR;

/// The last millisecond that a timestamp can name: the end of the year 9999.
pub(crate) const LATEST: i64 = 253_402_300_799_999;

/// A timestamp as Plaid writes it, to the second: `2026-01-02T15:04:05Z`.
pub(crate) fn timestamp(ms: i64) -> String {
    OffsetDateTime::from_unix_timestamp(ms.clamp(0, LATEST).div_euclid(SECOND))
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
        .format(&Rfc3339)
        .unwrap_or_default()
}

/// The calendar date of a moment: `2026-01-02`.
pub(crate) fn date(ms: i64) -> String {
    timestamp(ms).chars().take(10).collect()
}

/// The first moment of a calendar date.
pub(crate) fn parse_date(date: &str) -> Option<i64> {
    parse(&format!("{date}T00:00:00Z")).filter(|_| date.len() == 10)
}

/// Reads a date and time in RFC 3339.
pub(crate) fn parse(timestamp: &str) -> Option<i64> {
    let nanoseconds = OffsetDateTime::parse(timestamp, &Rfc3339)
        .ok()?
        .unix_timestamp_nanos();
    i64::try_from(nanoseconds.div_euclid(1_000_000)).ok()
}

/// Whether the text is a calendar date, `2026-01-02`.
pub(crate) fn is_date(text: &str) -> bool {
    text.len() == 10 && parse(&format!("{text}T00:00:00Z")).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_have_whole_seconds_and_a_z() {
        assert_eq!(timestamp(1_585_314_994_567), "2020-03-27T13:16:34Z");
        assert_eq!(parse("2020-03-27T13:16:34Z"), Some(1_585_314_994_000));
        assert_eq!(parse("yesterday"), None);
    }

    #[test]
    fn times_out_of_range_are_held_at_its_ends() {
        assert_eq!(timestamp(i64::MIN), "1970-01-01T00:00:00Z");
        assert_eq!(timestamp(i64::MAX), "9999-12-31T23:59:59Z");
    }

    #[test]
    fn dates_are_calendar_dates() {
        assert!(is_date("2024-02-29"));
        assert!(!is_date("2023-02-29"));
        assert!(!is_date("2024-02"));
        assert!(!is_date("2024-W09-4"));
    }
}
