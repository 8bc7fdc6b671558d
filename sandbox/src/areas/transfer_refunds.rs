//! Refunds of transfers (<https://plaid.com/docs/api/products/transfer/refunds/>).

use serde_json::{Value, json};

use super::{Endpoint, json as endpoint};
use crate::clock::{self, DAY};
use crate::error::PlaidError;
use crate::fields::{
    Body, Field,
    Kind::{Amount, Object, OneOf, Text, TextUpTo, Url},
    nullable, optional, required, set, text,
};
use crate::state::Call;
use crate::state::transfers::{amount_cents, failure};

pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint("/transfer/refund/create", CREATE, create),
    endpoint("/transfer/refund/get", ONE, get),
    endpoint("/transfer/refund/cancel", ONE, cancel),
    endpoint("/sandbox/transfer/refund/simulate", SIMULATE, simulate),
];

const CREATE: &[Field] = &[
    required("transfer_id", Text),
    required("amount", Amount),
    required("idempotency_key", TextUpTo(50)),
];
const ONE: &[Field] = &[required("refund_id", Text)];
const SIMULATE: &[Field] = &[
    required("refund_id", Text),
    required(
        "event_type",
        OneOf(&[
            "refund.posted",
            "refund.settled",
            "refund.failed",
            "refund.returned",
        ]),
    ),
    nullable("test_clock_id", Text),
    nullable("failure_reason", Object),
    optional("webhook", Url),
];

/// A transfer can be refunded for so long.
const REFUNDABLE: i64 = 180 * DAY;

fn create(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let (id, amount) = (body.required("/transfer_id"), body.required("/amount"));
    let key = format!("refund {}", body.required("/idempotency_key"));
    if let Some(known) = call.state.transfer_keys.get(&key) {
        let refund = call.state.refunds.get(known.as_str().unwrap_or_default());
        return Ok(json!({ "refund": refund }));
    }
    let refund_id = call.random.uuid();
    let transfer = call
        .state
        .transfers
        .get_mut(id)
        .ok_or_else(super::transfer_moves::unknown)?;
    let refused = |message| Err(PlaidError::invalid_field(message));
    if text(transfer, "type") != "debit" {
        return refused("transfer_id must be of a debit transfer");
    }
    if matches!(text(transfer, "status"), "cancelled" | "failed" | "returned") {
        return refused("transfer_id must be of a transfer that was not cancelled, failed or returned");
    }
    let created = clock::parse(text(transfer, "created")).unwrap_or_default();
    if call.now.saturating_sub(created) > REFUNDABLE {
        return refused("transfer_id must be of a transfer of the last 180 days");
    }
    let refunds = transfer
        .get("refunds")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let refunded = refunds
        .iter()
        .filter(|refund| !matches!(text(refund, "status"), "cancelled" | "failed" | "returned"))
        .map(|refund| amount_cents(text(refund, "amount")));
    let total = refunded.fold(amount_cents(amount), i64::saturating_add);
    if total > amount_cents(text(transfer, "amount")) {
        return refused("amount must not exceed what is left of the transfer's amount");
    }
    let refund = json!({
        "id": refund_id, "transfer_id": id, "amount": amount, "status": "pending", "failure_reason": null,
        "ledger_id": transfer.get("ledger_id"), "created": clock::timestamp(call.now), "network_trace_id": null,
    });
    let transfer = transfer.clone();
    call.state.transfer_keys.insert(key, json!(refund_id));
    store(call, &transfer, &refund, "pending");
    Ok(json!({ "refund": refund }))
}

/// Keeps a refund, also in its transfer, and records the event.
fn store(call: &mut Call, transfer: &Value, refund: &Value, event_type: &'static str) {
    let id = text(refund, "id").to_owned();
    if let Some(transfer) = call.state.transfers.get_mut(text(transfer, "id")) {
        let refunds = transfer
            .get("refunds")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        let mut refunds: Vec<_> = refunds
            .into_iter()
            .filter(|other| text(other, "id") != id)
            .collect();
        refunds.push(refund.clone());
        set(transfer, "refunds", refunds);
    }
    call.state.refunds.insert(id, refund.clone());
    call.record_refund_event(transfer, refund, event_type);
}

/// The refund of the request, and its transfer.
fn find(body: &Body, call: &Call) -> Result<(Value, Value), PlaidError> {
    let refund = call.state.refunds.get(body.required("/refund_id"));
    let refund =
        refund.ok_or_else(|| PlaidError::invalid_field("could not find a refund with this refund_id"))?;
    let transfer = call.state.transfers.get(text(refund, "transfer_id"));
    Ok((refund.clone(), transfer.cloned().unwrap_or_default()))
}

fn get(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    Ok(json!({ "refund": find(body, call)?.0 }))
}

fn cancel(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let (mut refund, transfer) = find(body, call)?;
    if text(&refund, "status") != "pending" {
        return Err(PlaidError::invalid_field("refund_id must be of a pending refund"));
    }
    set(&mut refund, "status", "cancelled");
    store(call, &transfer, &refund, "cancelled");
    Ok(json!({}))
}

fn simulate(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let (mut refund, transfer) = find(body, call)?;
    let status = match (text(&refund, "status"), body.required("/event_type")) {
        ("pending", "refund.posted") => "posted",
        ("pending", "refund.failed") => "failed",
        ("posted", "refund.settled") => "settled",
        ("posted" | "settled", "refund.returned") => "returned",
        _ => return Err(PlaidError::of("SANDBOX_TRANSFER_EVENT_TRANSITION_INVALID")),
    };
    set(&mut refund, "status", status);
    if matches!(status, "failed" | "returned") {
        set(
            &mut refund,
            "failure_reason",
            failure(status, body.at("/failure_reason")),
        );
    }
    store(call, &transfer, &refund, status);
    super::transfer_moves::send_events_webhook(body, call);
    Ok(json!({}))
}
