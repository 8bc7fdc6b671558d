//! Transfer events (<https://plaid.com/docs/api/products/transfer/reading-transfers/#transfereventsync>).
//!
//! Each event of a bank transfer shows here too, under the same event id and with the bank transfer's id as
//! `transfer_id`, so that one money movement can be followed through both endpoints.

use serde_json::{Value, json};

use crate::areas::{Endpoint, Handler};
use crate::clock;
use crate::error::PlaidError;
use crate::fields::{Body, Kind::Integer, nullable, required};
use crate::state::Call;
use crate::state::events::Event;

pub(crate) const ENDPOINTS: &[Endpoint] = &[Endpoint {
    path: "/transfer/event/sync",
    fields: &[
        required("after_id", Integer(0, u64::MAX)),
        nullable("count", Integer(1, 500)),
    ],
    handler: Handler::Json(sync),
}];

fn sync(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let after = body.integer("/after_id").unwrap_or_default();
    let count = body
        .integer("/count")
        .and_then(|count| usize::try_from(count).ok())
        .unwrap_or(100);
    let mut rest = call.state.events_after(after).peekable();
    let page: Vec<_> = rest.by_ref().take(count).map(event).collect();
    Ok(json!({ "transfer_events": page, "has_more": rest.peek().is_some() }))
}

pub(super) fn event(event: &Event) -> Value {
    let reason = event.failure_reason.as_object().map(|reason| {
        json!({
            "failure_code": reason.get("failure_code").or_else(|| reason.get("ach_return_code")),
            "ach_return_code": reason.get("ach_return_code"),
            "description": reason.get("description"),
        })
    });
    json!({
        "event_id": event.id,
        "timestamp": clock::timestamp(event.at),
        // The one status whose name differs between the two products.
        "event_type": match (event.event_type, &event.refund_id) {
            ("reversed", _) => "returned".to_owned(),
            (event_type, Some(_)) => format!("refund.{event_type}"),
            (event_type, None) => event_type.to_owned(),
        },
        "account_id": event.account_id,
        "funding_account_id": null,
        "ledger_id": null,
        "transfer_id": event.transfer_id,
        "origination_account_id": null,
        "transfer_type": event.transfer_type,
        "transfer_amount": event.amount,
        "failure_reason": reason,
        "sweep_id": null,
        "sweep_amount": null,
        "refund_id": event.refund_id,
        "originator_client_id": null,
        "intent_id": null,
    })
}
