//! Recurring transfers (<https://plaid.com/docs/api/products/transfer/recurring-transfers/>): their schedule is kept, but no
//! transfer follows from it.

use serde_json::{Value, json};

use super::lists::page;
use super::transfer_moves::{CLASSES, USER, decide, user};
use super::{Endpoint, json as endpoint};
use crate::clock::{self, DAY};
use crate::error::PlaidError;
use crate::fields::{
    Body, Field,
    Kind::{Amount, Date, DateTime, Flag, Integer, Number, Object, OneOf, Record, Text, TextUpTo},
    nullable, optional, required, set, text, with,
};
use crate::state::Call;
use crate::state::transactions::day;

pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint("/transfer/recurring/create", CREATE, create),
    endpoint("/transfer/recurring/get", ONE, get),
    endpoint("/transfer/recurring/list", LIST, list),
    endpoint("/transfer/recurring/cancel", ONE, cancel),
];

const CREATE: &[Field] = &[
    required("access_token", Text),
    required("idempotency_key", TextUpTo(50)),
    required("account_id", Text),
    nullable("funding_account_id", Text),
    required("type", OneOf(&["debit", "credit"])),
    required("network", OneOf(&["ach", "same-day-ach", "rtp"])),
    optional("ach_class", OneOf(CLASSES)),
    required("amount", Amount),
    nullable("user_present", Flag),
    optional("iso_currency_code", OneOf(&["USD"])),
    required("description", TextUpTo(15)),
    nullable("test_clock_id", Text),
    required(
        "schedule",
        Record(&[
            required("interval_unit", OneOf(&["week", "month"])),
            required("interval_count", Integer(1, 52)),
            required("interval_execution_day", Number),
            required("start_date", Date),
            nullable("end_date", Date),
        ]),
    ),
    required("user", USER),
    optional("device", Object),
];
const ONE: &[Field] = &[required("recurring_transfer_id", Text)];
const LIST: &[Field] = &[
    nullable("start_time", DateTime),
    nullable("end_time", DateTime),
    optional("count", Integer(1, 25)),
    optional("offset", Integer(0, u64::MAX)),
    nullable("funding_account_id", Text),
];

fn create(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let now = call.now;
    let next = next_date(body, now)?;
    let key = format!("recurring {}", body.required("/idempotency_key"));
    if let Some(known) = call.state.transfer_keys.get(&key) {
        return Ok(known.clone());
    }
    let (decision, rationale) = decide(body, call)?;
    let id = call.random.uuid();
    let recurring = json!({
        "recurring_transfer_id": id, "created": clock::timestamp(now), "next_origination_date": next,
        "test_clock_id": body.copy("/test_clock_id"), "type": body.copy("/type"), "amount": body.copy("/amount"),
        "status": "active", "ach_class": body.text("/ach_class").unwrap_or("ccd"), "network": body.copy("/network"),
        "origination_account_id": "", "account_id": body.copy("/account_id"),
        "funding_account_id": body.text("/funding_account_id").unwrap_or_default(), "iso_currency_code": "USD",
        "description": body.copy("/description"), "transfer_ids": [], "user": user(body),
        "schedule": body.copy("/schedule"),
    });
    let approved = decision == "approved";
    let response = json!({ "decision": decision, "decision_rationale": rationale });
    let response = with(
        response,
        "recurring_transfer",
        approved.then(|| recurring.clone()),
    );
    if approved {
        call.state.recurring_transfers.insert(id, recurring);
    }
    call.state.transfer_keys.insert(key, response.clone());
    Ok(response)
}

/// The first day of the schedule from today on: none if the schedule ends before.
fn next_date(body: &Body, now: i64) -> Result<Option<String>, PlaidError> {
    let date = |name: &str| {
        body.text(&format!("/schedule/{name}"))
            .and_then(clock::parse_date)
    };
    let (start, end) = (date("start_date").unwrap_or_default(), date("end_date"));
    let wanted = body
        .at("/schedule/interval_execution_day")
        .and_then(Value::as_i64)
        .unwrap_or_default();
    let is_weekly = body.text("/schedule/interval_unit") == Some("week");
    let allowed = if is_weekly {
        (1..=5).contains(&wanted)
    } else {
        (1..=28).contains(&wanted) || (-5..=-1).contains(&wanted)
    };
    if !allowed {
        return Err(PlaidError::invalid_field(
            "schedule.interval_execution_day must be 1 to 5 in a week, 1 to 28 or -5 to -1 in a month",
        ));
    }
    if end.is_some_and(|end| end < start) {
        return Err(PlaidError::invalid_field(
            "schedule.end_date must not be before schedule.start_date",
        ));
    }
    let first = start.max(day(now));
    let days = (0..=31).map(|ahead: i64| first.saturating_add(ahead.saturating_mul(DAY)));
    let mut fitting = days.filter(|at| {
        if is_weekly {
            // The first day of 1970 was a Thursday.
            return at
                .div_euclid(DAY)
                .saturating_add(3)
                .rem_euclid(7)
                .saturating_add(1)
                == wanted;
        }
        let day_of = |at: i64| clock::date(at).get(8..).and_then(|day| day.parse::<i64>().ok());
        let from_end = |back: i64| day_of(at.saturating_add(back.saturating_mul(DAY))) == Some(1);
        day_of(*at) == Some(wanted) || (wanted < 0 && from_end(wanted.saturating_neg()))
    });
    Ok(fitting
        .next()
        .filter(|at| end.is_none_or(|end| *at <= end))
        .map(clock::date))
}

fn find<'a>(body: &Body, call: &'a mut Call) -> Result<&'a mut Value, PlaidError> {
    let found = call
        .state
        .recurring_transfers
        .get_mut(body.required("/recurring_transfer_id"));
    found.ok_or_else(|| {
        PlaidError::invalid_field("could not find a recurring transfer with this recurring_transfer_id")
    })
}

fn get(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    Ok(json!({ "recurring_transfer": find(body, call)? }))
}

fn list(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let (offset, count) = page(body, "", 25);
    let time = |pointer| body.text(pointer).and_then(clock::parse);
    let (start, end) = (time("/start_time"), time("/end_time"));
    let rows = call.state.recurring_transfers.iter().rev().filter(|row| {
        let created = clock::parse(text(row, "created")).unwrap_or_default();
        start.is_none_or(|start| start <= created) && end.is_none_or(|end| created <= end)
    });
    let rows: Vec<_> = rows.skip(offset).take(count).collect();
    Ok(json!({ "recurring_transfers": rows }))
}

fn cancel(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let recurring = find(body, call)?;
    if text(recurring, "status") != "active" {
        return Err(PlaidError::invalid_field(
            "recurring_transfer_id must be of an active recurring transfer",
        ));
    }
    set(recurring, "status", "cancelled");
    set(recurring, "next_origination_date", Value::Null);
    Ok(json!({}))
}
