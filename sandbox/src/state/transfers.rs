//! The states of a transfer, and the balances of the ledgers that the money goes to.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::Call;
use crate::error::PlaidError;
use crate::fields::{set, text};

/// Moves a transfer to its next state, if Plaid allows that, and records the event.
pub(crate) fn transition(
    call: &mut Call,
    id: &str,
    event_type: &str,
    reason: Option<&Value>,
) -> Result<(), PlaidError> {
    let refused = || PlaidError::of("SANDBOX_TRANSFER_EVENT_TRANSITION_INVALID");
    let transfer = call.state.transfers.get_mut(id).ok_or_else(refused)?;
    let before = text(transfer, "status").to_owned();
    let status = match (before.as_str(), event_type) {
        ("pending", "posted") => "posted",
        ("pending", "failed") => "failed",
        ("posted", "settled") => "settled",
        ("settled", "funds_available") if text(transfer, "type") == "debit" => "funds_available",
        ("posted" | "settled" | "funds_available", "returned") => "returned",
        _ => return Err(refused()),
    };
    set(transfer, "status", status);
    set(transfer, "cancellable", false);
    if matches!(status, "failed" | "returned") {
        set(transfer, "failure_reason", failure(status, reason));
    }
    let transfer = transfer.clone();
    if text(&transfer, "type") == "debit" {
        let amount = amount_cents(text(&transfer, "amount"));
        let ledger_id = Some(text(&transfer, "ledger_id")).filter(|id| !id.is_empty());
        let balance = call.state.ledger.balance(ledger_id.unwrap_or(LEDGER));
        match (before.as_str(), status) {
            (_, "posted") => balance.pending = balance.pending.saturating_add(amount),
            (_, "funds_available") => {
                balance.pending = balance.pending.saturating_sub(amount);
                balance.available = balance.available.saturating_add(amount);
            }
            ("funds_available", "returned") => balance.available = balance.available.saturating_sub(amount),
            (_, "returned") => balance.pending = balance.pending.saturating_sub(amount),
            _ => {}
        }
    }
    call.record_transfer_event(&transfer, status);
    Ok(())
}

/// Why a transfer, a refund or a sweep failed or was returned, as the request says.
pub(crate) fn failure(status: &str, reason: Option<&Value>) -> Value {
    let given = |name: &str| reason.and_then(|reason| reason.get(name)).and_then(Value::as_str);
    let code = given("failure_code").or_else(|| given("ach_return_code"));
    let code = code.or((status == "returned").then_some("R01"));
    let description = given("description").unwrap_or("the transfer did not go through");
    json!({ "failure_code": code, "ach_return_code": code, "description": description })
}

/// The cents of an amount, which has two digits after the point.
pub(crate) fn amount_cents(amount: &str) -> i64 {
    amount.replace('.', "").parse().unwrap_or(0)
}

/// The id of the ledger that is used if none is named.
pub(crate) const LEDGER: &str = "563db5f8-4c95-4e17-8c3e-cb988fb9cf1a";

/// The money that waits at Plaid, by ledger.
#[derive(Default)]
pub(crate) struct TransferLedger(HashMap<String, Balance>);

/// In cents.
#[derive(Clone, Copy, Default)]
pub(crate) struct Balance {
    pub available: i64,
    pub pending: i64,
}

/// More ledgers than anybody needs: further ids share one.
const LEDGERS: usize = 1_000;

impl TransferLedger {
    pub fn balance(&mut self, ledger_id: &str) -> &mut Balance {
        let known = self.0.contains_key(ledger_id);
        let id = if known || (self.0.len() < LEDGERS && ledger_id.len() <= 64) {
            ledger_id
        } else {
            ""
        };
        self.0.entry(id.to_owned()).or_default()
    }
}
