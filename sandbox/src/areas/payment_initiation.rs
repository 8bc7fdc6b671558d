//! Payment Initiation (<https://plaid.com/docs/api/products/payment-initiation/>).

use serde_json::{Value, json};

use super::lists::page;
use super::{Endpoint, json as endpoint};
use crate::clock;
use crate::error::PlaidError;
use crate::fields::{
    Body, Field,
    Kind::{DateTime, Integer, Number, Object, OneOf, Record, Text, TextUpTo, Url},
    nullable, optional, required, set, text,
};
use crate::state::Call;

pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint(
        "/payment_initiation/recipient/create",
        RECIPIENT,
        recipient_create,
    ),
    endpoint(
        "/payment_initiation/recipient/get",
        &[required("recipient_id", Text)],
        recipient_get,
    ),
    endpoint("/payment_initiation/recipient/list", RECIPIENTS, recipient_list),
    endpoint("/payment_initiation/payment/create", PAYMENT, payment_create),
    endpoint(
        "/payment_initiation/payment/get",
        &[required("payment_id", Text)],
        payment_get,
    ),
    endpoint("/payment_initiation/payment/list", PAYMENTS, payment_list),
    endpoint("/sandbox/payment/simulate", SIMULATE, simulate),
];

const BACS: &[Field] = &[
    optional("account", TextUpTo(10)),
    optional("sort_code", TextUpTo(8)),
];
const RECIPIENT: &[Field] = &[
    required("name", Text),
    nullable("iban", TextUpTo(34)),
    nullable("bacs", Record(BACS)),
    nullable("address", Object),
];
const RECIPIENTS: &[Field] = &[optional("count", Integer(1, 100)), optional("cursor", Text)];
const PAYMENT: &[Field] = &[
    required("recipient_id", Text),
    required("reference", TextUpTo(18)),
    required(
        "amount",
        Record(&[
            required("currency", OneOf(&["GBP", "EUR", "PLN", "SEK", "DKK", "NOK"])),
            required("value", Number),
        ]),
    ),
    optional("schedule", Object),
    nullable("options", Object),
];
const PAYMENTS: &[Field] = &[
    nullable("count", Integer(1, 200)),
    nullable("cursor", DateTime),
    nullable("consent_id", Text),
];
const SIMULATE: &[Field] = &[
    required("payment_id", Text),
    required("webhook", Url),
    required(
        "status",
        OneOf(&[
            "PAYMENT_STATUS_INITIATED",
            "PAYMENT_STATUS_INSUFFICIENT_FUNDS",
            "PAYMENT_STATUS_FAILED",
            "PAYMENT_STATUS_EXECUTED",
            "PAYMENT_STATUS_SETTLED",
            "PAYMENT_STATUS_CANCELLED",
            "PAYMENT_STATUS_REJECTED",
        ]),
    ),
];

fn recipient_create(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    if !body.has("/iban") && !body.has("/bacs") {
        return Err(PlaidError::missing_fields("iban or bacs"));
    }
    let details = body.0.to_string();
    if let Some(id) = call.state.recipient_of_details.get(&details) {
        return Ok(json!({ "recipient_id": id }));
    }
    let id = format!("recipient-id-sandbox-{}", call.random.uuid());
    let row = json!({
        "recipient_id": id, "name": body.copy("/name"), "address": body.copy("/address"),
        "iban": body.copy("/iban"), "bacs": body.copy("/bacs"),
    });
    call.state.recipient_of_details.insert(details, id.clone());
    call.state.recipients.insert(id.clone(), row);
    Ok(json!({ "recipient_id": id }))
}

fn recipient<'a>(call: &'a Call, id: &str) -> Result<&'a Value, PlaidError> {
    let found = call.state.recipients.get(id);
    found.ok_or_else(|| PlaidError::invalid_field("could not find a recipient with this recipient_id"))
}

fn recipient_get(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    Ok(recipient(call, body.required("/recipient_id"))?.clone())
}

fn recipient_list(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let (_, count) = page(body, "", 100);
    let skip = body
        .text("/cursor")
        .and_then(|cursor| cursor.parse().ok())
        .unwrap_or(0usize);
    let mut rows = call.state.recipients.iter().rev().skip(skip).peekable();
    let page: Vec<_> = rows.by_ref().take(count).collect();
    let next = rows
        .peek()
        .is_some()
        .then(|| skip.saturating_add(count).to_string());
    Ok(crate::fields::with(
        json!({ "recipients": page }),
        "next_cursor",
        next,
    ))
}

fn payment_create(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let to = Body(recipient(call, body.required("/recipient_id"))?.clone());
    let reference = body.required("/reference");
    if reference.is_empty() || !reference.chars().all(|c| c.is_ascii_alphanumeric() || c == ' ') {
        return Err(PlaidError::invalid_field(
            "reference must be a string of 1 to 18 letters and digits",
        ));
    }
    let id = format!("payment-id-sandbox-{}", call.random.uuid());
    let status = "PAYMENT_STATUS_INPUT_NEEDED";
    let row = json!({
        "payment_id": id, "amount": body.copy("/amount"), "status": status,
        "recipient_id": body.copy("/recipient_id"), "reference": reference,
        "last_status_update": clock::timestamp(call.now), "bacs": to.copy("/bacs"), "iban": to.copy("/iban"),
    });
    let row = crate::fields::with(row, "schedule", body.at("/schedule").cloned());
    call.state.payments.insert(id.clone(), row);
    Ok(json!({ "payment_id": id, "status": status }))
}

fn unknown() -> PlaidError {
    PlaidError::invalid_field("could not find a payment with this payment_id")
}

fn payment_get(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    call.state
        .payments
        .get(body.required("/payment_id"))
        .cloned()
        .ok_or_else(unknown)
}

fn payment_list(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let (_, count) = page(body, "", 10);
    let before = body.text("/cursor").and_then(clock::parse);
    let mut rows = call
        .state
        .payments
        .iter()
        .rev()
        .filter(|row| {
            let updated = clock::parse(text(row, "last_status_update")).unwrap_or_default();
            before.is_none_or(|before| updated < before)
        })
        .peekable();
    let page: Vec<_> = rows.by_ref().take(count).collect();
    let last = page.last().map(|row| text(row, "last_status_update").to_owned());
    let next = last.filter(|_| rows.peek().is_some());
    Ok(json!({ "payments": page, "next_cursor": next }))
}

fn simulate(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let (id, status, now) = (
        body.required("/payment_id"),
        body.required("/status"),
        clock::timestamp(call.now),
    );
    let row = call.state.payments.get_mut(id).ok_or_else(unknown)?;
    let old = text(row, "status").to_owned();
    set(row, "status", status);
    set(row, "last_status_update", now.as_str());
    let payload = json!({
        "webhook_type": "PAYMENT_INITIATION", "webhook_code": "PAYMENT_STATUS_UPDATE", "payment_id": id,
        "new_payment_status": status, "old_payment_status": old, "original_reference": row.get("reference"),
        "original_start_date": null, "adjusted_start_date": null, "timestamp": now, "error": null,
        "environment": "sandbox",
    });
    call.send_webhook(body.required("/webhook"), &payload);
    Ok(json!({ "old_status": old, "new_status": status }))
}
