//! The events of bank transfers, which also tell of micro-deposits
//! (<https://plaid.com/docs/api/products/auth/#bank_transfereventsync>).

use serde_json::{Value, json};

use crate::areas::{Endpoint, Handler};
use crate::error::PlaidError;
use crate::fields::{
    Body,
    Kind::{DateTime, Integer, List, OneOf, TextUpTo},
    nullable, optional, required,
};
use crate::state::Call;
use crate::state::events::Event;

const TYPES: &[&str] = &["pending", "cancelled", "failed", "posted", "reversed"];
const ANY: usize = usize::MAX;

pub(crate) const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        path: "/bank_transfer/event/sync",
        fields: &[
            required("after_id", Integer(0, u64::MAX)),
            nullable("count", Integer(1, 25)),
        ],
        handler: Handler::Json(sync),
    },
    Endpoint {
        path: "/bank_transfer/event/list",
        fields: &[
            nullable("start_date", DateTime),
            nullable("end_date", DateTime),
            nullable("bank_transfer_id", TextUpTo(ANY)),
            nullable("account_id", TextUpTo(ANY)),
            nullable("bank_transfer_type", OneOf(&["debit", "credit"])),
            optional("event_types", List(&OneOf(TYPES))),
            nullable("count", Integer(1, 25)),
            nullable("offset", Integer(0, u64::MAX)),
            nullable("origination_account_id", TextUpTo(ANY)),
            nullable("direction", OneOf(&["inbound", "outbound"])),
        ],
        handler: Handler::Json(list),
    },
];

fn sync(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let after = body.integer("/after_id").unwrap_or_default();
    let events = call.state.events_after(after).filter(|event| !event.of_transfer);
    let page: Vec<_> = events.take(count(body)).map(Event::json).collect();
    Ok(json!({ "bank_transfer_events": page }))
}

fn list(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let newest_first = call.state.newest_events(body.text("/bank_transfer_id"));
    let offset = body
        .integer("/offset")
        .and_then(|offset| usize::try_from(offset).ok());
    let offset = offset.unwrap_or(if body.has("/offset") { usize::MAX } else { 0 });
    let matching = newest_first
        .filter(|event| !event.of_transfer && event.matches(body, "bank_transfer"))
        .skip(offset);
    let page: Vec<_> = matching.take(count(body)).map(Event::json).collect();
    Ok(json!({ "bank_transfer_events": page }))
}

fn count(body: &Body) -> usize {
    body.integer("/count")
        .and_then(|count| usize::try_from(count).ok())
        .unwrap_or(25)
}
