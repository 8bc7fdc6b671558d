//! What the lists of several products ask for in the same way: a page, a range of dates, the value of a field.

use serde_json::Value;

use crate::clock;
use crate::error::PlaidError;
use crate::fields::{Body, text};

/// The first and the last day that a request asks for.
pub(crate) fn dates(body: &Body) -> Result<(i64, i64), PlaidError> {
    let date = |pointer| clock::parse_date(body.required(pointer)).unwrap_or_default();
    let (start, end) = (date("/start_date"), date("/end_date"));
    if start > end {
        return Err(PlaidError::invalid_field("start_date must not be after end_date"));
    }
    Ok((start, end))
}

/// The offset and the count of a request.
pub(crate) fn page(body: &Body, at: &str, default: usize) -> (usize, usize) {
    let number = |name: &str| body.integer(&format!("{at}/{name}"));
    let size = |value: u64| usize::try_from(value).unwrap_or(usize::MAX);
    (
        number("offset").map_or(0, size),
        number("count").map_or(default, size),
    )
}

/// Whether something created at this time is within `start_date` and `end_date`.
pub(crate) fn within(body: &Body, created: &str) -> bool {
    let time = |pointer| body.text(pointer).and_then(clock::parse);
    let created = clock::parse(created).unwrap_or_default();
    time("/start_date").is_none_or(|start| start <= created)
        && time("/end_date").is_none_or(|end| created <= end)
}

/// Whether a record has the value that the request asks for, if it asks for one.
pub(crate) fn has(body: &Body, record: &Value, name: &str) -> bool {
    let wanted = body.text(&format!("/{name}"));
    wanted.is_none_or(|wanted| wanted == text(record, name))
}
