//! Bank Transfers, Plaid's legacy product for moving money (<https://plaid.com/docs/bank-transfers/reference/>).

use serde_json::{Value, json};

use crate::areas::accounts;
use crate::areas::{Endpoint, Handler};
use crate::error::PlaidError;
use crate::fields::{
    Body, Field,
    Kind::{Amount, OneOf, Record, Text, TextUpTo, Texts, Url},
    nullable, optional, required,
};
use crate::random;
use crate::state::Call;
use crate::state::bank_transfers::{BankTransfer, ORIGINATION_ACCOUNT};

pub(crate) const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        path: "/bank_transfer/create",
        fields: CREATE,
        handler: Handler::Json(create),
    },
    Endpoint {
        path: "/bank_transfer/get",
        fields: &[required("bank_transfer_id", Text)],
        handler: Handler::Json(get),
    },
    Endpoint {
        path: "/bank_transfer/cancel",
        fields: &[required("bank_transfer_id", Text)],
        handler: Handler::Json(cancel),
    },
    Endpoint {
        path: "/sandbox/bank_transfer/simulate",
        fields: &[
            required("bank_transfer_id", Text),
            required("event_type", OneOf(&["posted", "failed", "reversed"])),
            nullable(
                "failure_reason",
                Record(&[
                    nullable("ach_return_code", Text),
                    optional("description", TextUpTo(usize::MAX)),
                ]),
            ),
        ],
        handler: Handler::Json(simulate),
    },
    Endpoint {
        path: "/sandbox/bank_transfer/fire_webhook",
        fields: &[required("webhook", Url)],
        handler: Handler::Json(fire_webhook),
    },
];

const CREATE: &[Field] = &[
    required("idempotency_key", Text),
    required("access_token", Text),
    required("account_id", Text),
    required("type", OneOf(&["debit", "credit"])),
    required("network", OneOf(&["ach", "same-day-ach", "wire"])),
    required("amount", Amount),
    required("iso_currency_code", OneOf(&["USD"])),
    required("description", TextUpTo(10)),
    optional("ach_class", OneOf(&["ccd", "ppd", "tel", "web"])),
    required(
        "user",
        Record(&[
            required("legal_name", Text),
            nullable("email_address", TextUpTo(usize::MAX)),
            optional("routing_number", Text),
        ]),
    ),
    nullable("custom_tag", TextUpTo(100)),
    nullable("metadata", Texts),
    nullable("origination_account_id", TextUpTo(usize::MAX)),
];

fn create(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    check_request(body)?;
    let item = call.healthy_item(body.required("/access_token"))?;
    let (_, account) = accounts::account(item, body.required("/account_id"), "account_id")?;
    if account.numbers.is_none() {
        return Err(PlaidError::of("BANK_TRANSFER_UNSUPPORTED_ACCOUNT_TYPE"));
    }
    // The key alone does not decide whether this is the same transfer.
    let request = ["/idempotency_key", "/amount", "/account_id", "/type", "/network"]
        .map(|field| body.required(field))
        .join("\n");
    if let Some(id) = call.state.bank_transfer_requests.get(&request) {
        return Ok(json!({ "bank_transfer": call.state.bank_transfers.get(id).map(BankTransfer::json) }));
    }
    let transfer = BankTransfer {
        id: call.random.uuid(),
        status: "pending",
        failure_reason: Value::Null,
        created: call.now,
        request: Body(body.0.clone()),
    };
    let (id, response) = (transfer.id.clone(), json!({ "bank_transfer": transfer.json() }));
    call.state.bank_transfer_requests.insert(request, id.clone());
    call.state.bank_cents = call.state.bank_cents.saturating_add(transfer.cents());
    call.state.bank_transfers.insert(id.clone(), transfer);
    call.record_bank_transfer_event(&id);
    Ok(response)
}

/// What the fields' own descriptions can't say.
fn check_request(body: &Body) -> Result<(), PlaidError> {
    if body.required("/idempotency_key").chars().count() > 50 {
        return Err(PlaidError::invalid_field(
            "idempotency_key must be a string of at most 50 characters",
        ));
    }
    let origination = body.text("/origination_account_id").unwrap_or_default();
    if !origination.is_empty() && origination != ORIGINATION_ACCOUNT {
        return Err(PlaidError::of("BANK_TRANSFER_INVALID_ORIGINATION_ACCOUNT"));
    }
    check_metadata(body)?;
    let classes: &[&str] = match (body.required("/network"), body.required("/type")) {
        ("wire", _) => return Ok(()),
        (_, "credit") => &["ccd", "ppd"],
        _ => &["ccd", "ppd", "tel", "web"],
    };
    match body.text("/ach_class") {
        None => Err(PlaidError::missing_fields("ach_class")),
        Some(class) if !classes.contains(&class) => Err(PlaidError::invalid_field(format!(
            "ach_class must be one of: {} for a {} transfer",
            classes.join(", "),
            body.required("/type")
        ))),
        Some(_) => Ok(()),
    }
}

fn check_metadata(body: &Body) -> Result<(), PlaidError> {
    let Some(metadata) = body.at("/metadata").and_then(Value::as_object) else {
        return Ok(());
    };
    let fits = |text: &str, most: usize| text.is_ascii() && text.len() <= most;
    let all_fit = metadata
        .iter()
        .all(|(key, value)| fits(key, 40) && fits(value.as_str().unwrap_or_default(), 500));
    if metadata.len() > 50 || !all_fit {
        return Err(PlaidError::invalid_field(
            "metadata must have at most 50 entries of ASCII characters, keys of at most 40 and values of at most 500",
        ));
    }
    Ok(())
}

fn get(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    Ok(json!({ "bank_transfer": find(call, body)?.json() }))
}

fn cancel(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let transfer = find(call, body)?;
    if transfer.status != "pending" {
        return Err(PlaidError::of("BANK_TRANSFER_NOT_CANCELLABLE"));
    }
    let before = transfer.cents();
    transfer.status = "cancelled";
    let change = transfer.cents().saturating_sub(before);
    call.state.bank_cents = call.state.bank_cents.saturating_add(change);
    call.record_bank_transfer_event(body.required("/bank_transfer_id"));
    Ok(json!({}))
}

fn simulate(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let transfer = find(call, body)?;
    let before = transfer.cents();
    transfer.status = match (transfer.status, body.required("/event_type")) {
        ("pending", "posted") => "posted",
        ("pending", "failed") => "failed",
        ("posted", "reversed") => "reversed",
        _ => return Err(PlaidError::of("SANDBOX_BANK_TRANSFER_EVENT_TRANSITION_INVALID")),
    };
    let reason = |pointer| body.text(pointer);
    transfer.failure_reason = match transfer.status {
        "failed" => json!({
            "ach_return_code": null,
            "description": reason("/failure_reason/description").unwrap_or("the transfer could not be sent"),
        }),
        "reversed" => json!({
            "ach_return_code": reason("/failure_reason/ach_return_code").unwrap_or("R01"),
            "description": reason("/failure_reason/description").unwrap_or("Insufficient funds"),
        }),
        _ => Value::Null,
    };
    let change = transfer.cents().saturating_sub(before);
    call.state.bank_cents = call.state.bank_cents.saturating_add(change);
    call.record_bank_transfer_event(body.required("/bank_transfer_id"));
    Ok(json!({}))
}

fn fire_webhook(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let payload = json!({
        "webhook_type": "BANK_TRANSFERS",
        "webhook_code": "BANK_TRANSFERS_EVENTS_UPDATE",
        "environment": "sandbox",
    });
    call.send_webhook(body.required("/webhook"), &payload);
    Ok(json!({}))
}

fn find<'a>(call: &'a mut Call, body: &Body) -> Result<&'a mut BankTransfer, PlaidError> {
    let id = body.required("/bank_transfer_id");
    if !random::is_uuid(id) {
        return Err(PlaidError::invalid_field("bank_transfer_id must be a valid id"));
    }
    call.state
        .bank_transfers
        .get_mut(id)
        .ok_or_else(|| PlaidError::invalid_field("could not find a bank transfer with this bank_transfer_id"))
}
