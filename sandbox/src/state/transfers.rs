//! The states of a transfer.

use serde_json::{Value, json};

use super::Call;
use crate::error::PlaidError;

/// A string of a record, "" if there is none.
pub(crate) fn text<'a>(row: &'a Value, name: &str) -> &'a str {
    row.get(name).and_then(Value::as_str).unwrap_or_default()
}

pub(crate) fn set(row: &mut Value, name: &str, value: Value) {
    if let Some(members) = row.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
}

/// Moves a transfer to its next state, if Plaid allows that, and records the event.
pub(crate) fn transition(
    call: &mut Call,
    id: &str,
    event_type: &str,
    reason: Option<&Value>,
) -> Result<(), PlaidError> {
    let refused = || PlaidError::of("SANDBOX_TRANSFER_EVENT_TRANSITION_INVALID");
    let transfer = call.state.transfers.get_mut(id).ok_or_else(refused)?;
    let status = match (text(transfer, "status"), event_type) {
        ("pending", "posted") => "posted",
        ("pending", "failed") => "failed",
        ("posted", "settled") => "settled",
        ("settled", "funds_available") if text(transfer, "type") == "debit" => "funds_available",
        ("posted" | "settled" | "funds_available", "returned") => "returned",
        _ => return Err(refused()),
    };
    set(transfer, "status", status.into());
    set(transfer, "cancellable", false.into());
    if matches!(status, "failed" | "returned") {
        let given = |name: &str| reason.and_then(|reason| reason.get(name)).and_then(Value::as_str);
        let code = given("failure_code").or_else(|| given("ach_return_code"));
        let code = if status == "returned" {
            Some(code.unwrap_or("R01"))
        } else {
            code
        };
        let description = given("description").unwrap_or("the transfer did not go through");
        set(
            transfer,
            "failure_reason",
            json!({ "failure_code": code, "ach_return_code": code, "description": description }),
        );
    }
    let transfer = transfer.clone();
    call.record_transfer_event(&transfer, status);
    Ok(())
}
