//! The Plaid Ledger of Transfer (<https://plaid.com/docs/api/products/transfer/ledger/>): one for each name that is
//! asked for, since there is no Dashboard to make them in.

use serde_json::{Value, json};

use super::transfer_moves::send_events_webhook;
use super::{Endpoint, json as endpoint};
use crate::clock::{self, DAY};
use crate::error::PlaidError;
use crate::fields::{
    Body, Field,
    Kind::{Amount, Object, OneOf, Text, TextUpTo, Url},
    nullable, optional, required, set, text,
};
use crate::state::transfers::{Balance, LEDGER, amount_cents, failure};
use crate::state::{Call, cents};

pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint("/transfer/ledger/get", GET, get),
    endpoint("/transfer/ledger/deposit", DEPOSIT, deposit),
    endpoint("/transfer/ledger/withdraw", WITHDRAW, withdraw),
    endpoint("/transfer/ledger/distribute", DISTRIBUTE, distribute),
    endpoint("/sandbox/transfer/ledger/deposit/simulate", SIMULATE, simulate),
    endpoint("/sandbox/transfer/ledger/withdraw/simulate", SIMULATE, simulate),
    endpoint(
        "/sandbox/transfer/ledger/simulate_available",
        AVAILABLE,
        make_available,
    ),
];

const GET: &[Field] = &[
    nullable("ledger_id", Text),
    nullable("originator_client_id", Text),
];
const DEPOSIT: &[Field] = &[
    nullable("originator_client_id", Text),
    nullable("funding_account_id", Text),
    nullable("ledger_id", Text),
    required("amount", Amount),
    nullable("description", TextUpTo(10)),
    required("idempotency_key", TextUpTo(50)),
    required("network", OneOf(&["ach", "same-day-ach"])),
];
const WITHDRAW: &[Field] = &[
    nullable("originator_client_id", Text),
    nullable("funding_account_id", Text),
    nullable("ledger_id", Text),
    required("amount", Amount),
    nullable("description", TextUpTo(10)),
    required("idempotency_key", TextUpTo(50)),
    required("network", OneOf(&["ach", "same-day-ach", "rtp", "wire"])),
];
const DISTRIBUTE: &[Field] = &[
    required("from_ledger_id", Text),
    required("to_ledger_id", Text),
    required("amount", Amount),
    required("idempotency_key", TextUpTo(50)),
    optional("description", TextUpTo(usize::MAX)),
];
const SIMULATE: &[Field] = &[
    required("sweep_id", Text),
    required(
        "event_type",
        OneOf(&["sweep.posted", "sweep.settled", "sweep.returned", "sweep.failed"]),
    ),
    nullable("failure_reason", Object),
];
const AVAILABLE: &[Field] = &[
    nullable("ledger_id", Text),
    nullable("originator_client_id", Text),
    nullable("test_clock_id", Text),
    optional("webhook", Url),
];

fn get(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let id = body.text("/ledger_id").unwrap_or(LEDGER);
    let Balance { available, pending } = *call.state.ledger.balance(id);
    Ok(json!({
        "ledger_id": id, "name": if id == LEDGER { "Default" } else { id }, "is_default": id == LEDGER,
        "balance": { "available": cents(available), "pending": cents(pending) },
    }))
}

/// What an earlier call with the same idempotency key gave.
fn replay(call: &Call, what: &str, body: &Body) -> (String, Option<Value>) {
    let key = format!("{what} {}", body.required("/idempotency_key"));
    let known = call.state.transfer_keys.get(&key).cloned();
    (key, known)
}

fn insufficient() -> PlaidError {
    PlaidError::invalid_field("amount must not exceed the ledger's available balance")
}

/// A deposit lowers the balance of the account that it comes from, so its amount is negative.
fn deposit(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let amount = amount_cents(body.required("/amount"));
    sweep(body, call, "deposit", amount.saturating_neg())
}

fn withdraw(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    sweep(body, call, "withdraw", amount_cents(body.required("/amount")))
}

fn sweep(body: &Body, call: &mut Call, what: &str, amount: i64) -> Result<Value, PlaidError> {
    let (key, known) = replay(call, what, body);
    if let Some(id) = known {
        return Ok(json!({ "sweep": call.state.sweeps.get(id.as_str().unwrap_or_default()) }));
    }
    let ledger_id = body.text("/ledger_id").unwrap_or(LEDGER);
    let balance = call.state.ledger.balance(ledger_id);
    if amount > balance.available {
        return Err(insufficient());
    }
    if amount > 0 {
        balance.available = balance.available.saturating_sub(amount);
    } else {
        balance.pending = balance.pending.saturating_sub(amount);
    }
    let id = call.random.uuid();
    let funding = body.text("/funding_account_id").map(str::to_owned);
    let sweep = json!({
        "id": id, "funding_account_id": funding.unwrap_or_else(|| call.random.uuid()), "ledger_id": ledger_id,
        "created": clock::timestamp(call.now), "amount": cents(amount), "iso_currency_code": "USD", "settled": null,
        "expected_funds_available_date": clock::date(call.now.saturating_add(5 * DAY)), "status": "pending",
        "trigger": "manual", "description": body.text("/description").unwrap_or_default(), "network_trace_id": null,
        "failure_reason": null,
    });
    call.state.transfer_keys.insert(key, json!(id));
    call.state.sweeps.insert(id, sweep.clone());
    Ok(json!({ "sweep": sweep }))
}

fn distribute(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let (from, to) = (body.required("/from_ledger_id"), body.required("/to_ledger_id"));
    if from == to {
        return Err(PlaidError::invalid_field(
            "to_ledger_id must differ from from_ledger_id",
        ));
    }
    let (key, known) = replay(call, "distribute", body);
    if known.is_some() {
        return Ok(json!({}));
    }
    let amount = amount_cents(body.required("/amount"));
    let balance = call.state.ledger.balance(from);
    if amount > balance.available {
        return Err(insufficient());
    }
    balance.available = balance.available.saturating_sub(amount);
    let balance = call.state.ledger.balance(to);
    balance.available = balance.available.saturating_add(amount);
    call.state.transfer_keys.insert(key, Value::Null);
    Ok(json!({}))
}

fn simulate(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let now = call.now;
    let sweep = call.state.sweeps.get_mut(body.required("/sweep_id"));
    let sweep = sweep.filter(|sweep| text(sweep, "trigger") == "manual");
    let sweep = sweep
        .ok_or_else(|| PlaidError::invalid_field("could not find a sweep of a ledger with this sweep_id"))?;
    let status = match (text(sweep, "status"), body.required("/event_type")) {
        ("pending", "sweep.posted") => "posted",
        ("pending", "sweep.failed") => "failed",
        ("posted", "sweep.settled") => "settled",
        ("posted" | "settled", "sweep.returned") => "returned",
        _ => return Err(PlaidError::of("SANDBOX_TRANSFER_EVENT_TRANSITION_INVALID")),
    };
    set(sweep, "status", status);
    match status {
        "settled" => set(sweep, "settled", clock::date(now)),
        "failed" | "returned" => set(
            sweep,
            "failure_reason",
            failure(status, body.at("/failure_reason")),
        ),
        _ => {}
    }
    if matches!(status, "failed" | "returned") {
        let (ledger_id, amount) = (
            text(sweep, "ledger_id").to_owned(),
            amount_cents(text(sweep, "amount")),
        );
        let balance = call.state.ledger.balance(&ledger_id);
        if amount > 0 {
            balance.available = balance.available.saturating_add(amount);
        } else {
            // What has become available in the meantime is taken from there.
            let rest = balance.pending.saturating_add(amount);
            balance.pending = rest.max(0);
            balance.available = balance.available.saturating_add(rest.min(0));
        }
    }
    Ok(json!({}))
}

fn make_available(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let balance = call
        .state
        .ledger
        .balance(body.text("/ledger_id").unwrap_or(LEDGER));
    balance.available = balance.available.saturating_add(balance.pending);
    balance.pending = 0;
    send_events_webhook(body, call);
    Ok(json!({}))
}
