//! Moving money with Transfer (<https://plaid.com/docs/api/products/transfer/>). Its events are in `transfers`.

use serde_json::{Value, json};

use super::lists::{has, page, within};
use super::{Endpoint, json as endpoint};
use crate::clock::{self, DAY, HOUR};
use crate::error::PlaidError;
use crate::fields::{
    Body, Field,
    Kind::{self, Amount, DateTime, Flag, Integer, List, Object, OneOf, Record, Text, TextUpTo, Texts, Url},
    nullable, optional, required, set, text,
};
use crate::state::Call;
use crate::state::transfers::transition;

const ANY: usize = usize::MAX;

pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint("/transfer/authorization/create", AUTHORIZE, authorize),
    endpoint("/transfer/create", CREATE, create),
    endpoint("/transfer/get", GET, get),
    endpoint("/transfer/list", LIST, list),
    endpoint("/transfer/cancel", CANCEL, cancel),
    endpoint(
        "/transfer/authorization/cancel",
        &[required("authorization_id", Text)],
        authorization_cancel,
    ),
    endpoint(
        "/transfer/configuration/get",
        &[nullable("originator_client_id", Text)],
        configuration,
    ),
    endpoint("/transfer/capabilities/get", CAPABILITIES, capabilities),
    endpoint("/transfer/event/list", EVENTS, event_list),
    endpoint("/transfer/sweep/get", &[required("sweep_id", Text)], sweep_get),
    endpoint("/transfer/sweep/list", SWEEPS, sweep_list),
    endpoint("/sandbox/transfer/simulate", SIMULATE, simulate),
    endpoint("/sandbox/transfer/sweep/simulate", SIMULATE_SWEEP, simulate_sweep),
    endpoint(
        "/sandbox/transfer/fire_webhook",
        &[required("webhook", Url)],
        fire_webhook,
    ),
];

pub(super) const CLASSES: &[&str] = &["ccd", "ppd", "tel", "web"];

pub(super) const USER: Kind = Record(&[
    required("legal_name", Text),
    optional("phone_number", TextUpTo(ANY)),
    optional("email_address", TextUpTo(ANY)),
    optional("address", Object),
]);

const AUTHORIZE: &[Field] = &[
    required("access_token", Text),
    required("account_id", Text),
    nullable("funding_account_id", Text),
    nullable("ledger_id", Text),
    required("type", OneOf(&["debit", "credit"])),
    required("network", OneOf(&["ach", "same-day-ach", "rtp", "wire"])),
    required("amount", Amount),
    optional("ach_class", OneOf(CLASSES)),
    required("user", USER),
    optional("wire_details", Object),
    optional("device", Object),
    optional("iso_currency_code", OneOf(&["USD"])),
    nullable("idempotency_key", TextUpTo(50)),
    nullable("user_present", Flag),
    nullable("request_guarantee", Flag),
    nullable("originator_client_id", Text),
    nullable("test_clock_id", Text),
    optional("ruleset_key", Text),
    nullable("custom_attributes", Object),
    optional("with_guarantee", Flag),
    optional("origination_account_id", TextUpTo(ANY)),
];

const CREATE: &[Field] = &[
    required("access_token", Text),
    required("account_id", Text),
    required("authorization_id", Text),
    required("description", TextUpTo(15)),
    optional("amount", Amount),
    nullable("metadata", Texts),
    nullable("test_clock_id", Text),
    optional("facilitator_fee", Amount),
    optional("idempotency_key", Text),
    optional("type", OneOf(&["debit", "credit"])),
    optional("network", Text),
    optional("ach_class", OneOf(CLASSES)),
    optional("user", Object),
    nullable("origination_account_id", TextUpTo(ANY)),
    optional("iso_currency_code", OneOf(&["USD"])),
];

const GET: &[Field] = &[optional("transfer_id", Text), optional("authorization_id", Text)];

const LIST: &[Field] = &[
    nullable("start_date", DateTime),
    nullable("end_date", DateTime),
    optional("count", Integer(1, 25)),
    optional("offset", Integer(0, u64::MAX)),
    nullable("originator_client_id", Text),
    nullable("funding_account_id", Text),
];

const CANCEL: &[Field] = &[required("transfer_id", Text), optional("reason_code", Text)];

const CAPABILITIES: &[Field] = &[
    required("access_token", Text),
    required("account_id", Text),
    optional("payment_profile_token", Text),
];

const EVENTS: &[Field] = &[
    nullable("start_date", DateTime),
    nullable("end_date", DateTime),
    nullable("transfer_id", TextUpTo(ANY)),
    nullable("account_id", TextUpTo(ANY)),
    nullable("transfer_type", OneOf(&["debit", "credit"])),
    optional("event_types", List(&Text)),
    optional("sweep_id", Text),
    nullable("count", Integer(1, 25)),
    nullable("offset", Integer(0, u64::MAX)),
    nullable("originator_client_id", Text),
    nullable("funding_account_id", Text),
];

const SWEEPS: &[Field] = &[
    nullable("start_date", DateTime),
    nullable("end_date", DateTime),
    nullable("count", Integer(1, 25)),
    optional("offset", Integer(0, u64::MAX)),
    nullable("amount", Text),
    nullable("status", Text),
    nullable("originator_client_id", Text),
    nullable("funding_account_id", Text),
    nullable("transfer_id", Text),
    nullable("trigger", Text),
];

const SIMULATE: &[Field] = &[
    required("transfer_id", Text),
    required(
        "event_type",
        OneOf(&["failed", "posted", "settled", "funds_available", "returned"]),
    ),
    nullable("failure_reason", Object),
    optional("webhook", Url),
    nullable("test_clock_id", Text),
];

const SIMULATE_SWEEP: &[Field] = &[nullable("test_clock_id", Text), optional("webhook", Url)];

fn cents(amount: &str) -> f64 {
    amount.parse().unwrap_or(0.0)
}

fn authorize(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let now = call.now;
    let key = body.text("/idempotency_key").map(str::to_owned);
    let known = key
        .as_ref()
        .and_then(|key| call.state.authorization_keys.get(key));
    if let Some((created, id)) =
        known.filter(|(created, _)| now.saturating_sub(*created) < HOUR.saturating_mul(48))
    {
        let _ = created;
        return Ok(json!({ "authorization": call.state.authorizations.get(id) }));
    }
    let (decision, rationale) = decide(body, call)?;
    let id = call.random.uuid();
    let authorization = json!({
        "id": id,
        "created": clock::timestamp(now),
        "decision": decision,
        "decision_rationale": rationale,
        "guarantee_decision": null,
        "guarantee_decision_rationale": null,
        "payment_risk": null,
        "proposed_transfer": {
            "ach_class": body.text("/ach_class").unwrap_or("ccd"),
            "account_id": body.copy("/account_id"),
            "funding_account_id": body.copy("/funding_account_id"),
            "ledger_id": body.copy("/ledger_id"),
            "type": body.copy("/type"),
            "user": user(body),
            "amount": body.copy("/amount"),
            "requested_amount": body.copy("/amount"),
            "network": body.copy("/network"),
            "wire_details": null,
            "origination_account_id": "",
            "iso_currency_code": "USD",
            "originator_client_id": body.copy("/originator_client_id"),
            "credit_funds_source": null,
        },
    });
    call.state
        .authorizations
        .insert(id.clone(), authorization.clone());
    if let Some(key) = key.filter(|_| decision != "user_action_required") {
        call.state.authorization_keys.insert(key, (now, id));
    }
    Ok(json!({ "authorization": authorization }))
}

/// Whether a transfer like this is approved, and why not.
pub(super) fn decide(body: &Body, call: &mut Call) -> Result<(&'static str, Option<Value>), PlaidError> {
    let (network, kind) = (body.required("/network"), body.required("/type"));
    let class = body.text("/ach_class");
    match network {
        "ach" | "same-day-ach" if class.is_none() => return Err(PlaidError::missing_fields("ach_class")),
        "ach" | "same-day-ach" if kind == "credit" && !matches!(class, Some("ccd" | "ppd")) => {
            return Err(PlaidError::of("TRANSFER_FORBIDDEN_ACH_CLASS"));
        }
        "wire" if kind != "credit" => {
            return Err(PlaidError::invalid_field("type must be credit for a wire"));
        }
        _ => {}
    }
    let amount = cents(body.required("/amount"));
    let limit = match network {
        "ach" => 10_000_000.0,
        "wire" => 999_999.99,
        _ => 1_000_000.0,
    };
    if amount > limit {
        return Err(PlaidError::of("TRANSFER_NETWORK_LIMIT_EXCEEDED")
            .with_message(format!("{network} transaction amount cannot exceed {limit:.2}")));
    }
    let item = call.item(body.required("/access_token"))?;
    let (_, account) = super::accounts::account(item, body.required("/account_id"), "account_id")?;
    if !matches!(
        account.subtype.as_str(),
        "checking" | "savings" | "cash management"
    ) {
        return Err(PlaidError::of("TRANSFER_UNSUPPORTED_ACCOUNT_TYPE"));
    }
    let available = account.available.unwrap_or_default();
    let (decision, rationale) = if item.error().is_some() {
        (
            "user_action_required",
            Some((
                "ITEM_LOGIN_REQUIRED",
                "the login details of this item have changed",
            )),
        )
    } else if kind == "debit" && available <= 0.0 {
        ("declined", Some(("RISK", "the account has no available balance")))
    } else if kind == "debit" && amount > available {
        (
            "declined",
            Some((
                "NSF",
                "Transaction likely to result in a return due to insufficient funds.",
            )),
        )
    } else {
        ("approved", None)
    };
    item.add_product("transfer");
    let rationale = rationale.map(|(code, text)| json!({ "code": code, "description": text }));
    Ok((decision, rationale))
}

/// The person of a transfer, as it is shown.
pub(super) fn user(body: &Body) -> Value {
    let part = |name: &str| body.copy(&format!("/user/{name}"));
    json!({
        "legal_name": part("legal_name"), "phone_number": part("phone_number"),
        "email_address": part("email_address"), "address": address(body),
    })
}

fn address(body: &Body) -> Value {
    if !body.has("/user/address") {
        return Value::Null;
    }
    let part = |name: &str| body.copy(&format!("/user/address/{name}"));
    json!({
        "street": part("street"), "city": part("city"), "region": part("region"),
        "postal_code": part("postal_code"), "country": part("country"),
    })
}

fn create(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let now = call.now;
    call.healthy_item(body.required("/access_token"))?;
    let authorization_id = body.required("/authorization_id").to_owned();
    if let Some(id) = call.state.transfer_of_authorization.get(&authorization_id) {
        return Ok(json!({ "transfer": call.state.transfers.get(id) }));
    }
    let authorization = call.state.authorizations.get(&authorization_id).cloned();
    let authorization = Body(authorization.ok_or_else(|| {
        PlaidError::invalid_field("could not find an authorization with this authorization_id")
    })?);
    if authorization.text("/decision") != Some("approved") {
        return Err(PlaidError::invalid_field(
            "authorization_id must be of an approved authorization",
        ));
    }
    let created = authorization
        .text("/created")
        .and_then(clock::parse)
        .unwrap_or_default();
    if now.saturating_sub(created) >= HOUR {
        return Err(PlaidError::invalid_field(
            "authorization_id must be of an authorization that has not expired",
        ));
    }
    let proposed = |name: &str| authorization.copy(&format!("/proposed_transfer/{name}"));
    if proposed("account_id") != body.copy("/account_id") {
        return Err(PlaidError::invalid_field(
            "account_id must be the authorization's own",
        ));
    }
    let network = proposed("network");
    if network != "rtp" && network != "wire" && body.required("/description").chars().count() > 10 {
        return Err(PlaidError::invalid_field(
            "description must be a string of at most 10 characters",
        ));
    }
    let authorized = proposed("amount").as_str().unwrap_or_default().to_owned();
    let amount = body.text("/amount").unwrap_or(&authorized).to_owned();
    if cents(&amount) > cents(&authorized) {
        return Err(PlaidError::invalid_field(
            "amount must not exceed the authorized amount",
        ));
    }
    let id = call.random.uuid();
    let later = |days: i64| clock::date(now.saturating_add(DAY.saturating_mul(days)));
    let transfer = json!({
        "id": id,
        "authorization_id": authorization_id,
        "ach_class": proposed("ach_class"),
        "account_id": proposed("account_id"),
        "funding_account_id": proposed("funding_account_id"),
        "ledger_id": proposed("ledger_id"),
        "type": proposed("type"),
        "user": proposed("user"),
        "amount": amount,
        "description": body.copy("/description"),
        "created": clock::timestamp(now),
        "status": "pending",
        "sweep_status": "unswept",
        "network": network,
        "wire_details": null,
        "cancellable": true,
        "failure_reason": null,
        "metadata": body.copy("/metadata"),
        "origination_account_id": "",
        "guarantee_decision": null,
        "guarantee_decision_rationale": null,
        "iso_currency_code": "USD",
        "standard_return_window": later(3),
        "unauthorized_return_window": later(60),
        "expected_settlement_date": later(2),
        "expected_funds_available_date": later(5),
        "originator_client_id": proposed("originator_client_id"),
        "refunds": [],
        "recurring_transfer_id": null,
        "expected_sweep_settlement_schedule": [],
        "credit_funds_source": null,
        "facilitator_fee": body.text("/facilitator_fee").unwrap_or("0.00"),
        "network_trace_id": null,
    });
    call.state
        .transfer_of_authorization
        .insert(authorization_id, id.clone());
    call.state.transfers.insert(id.clone(), transfer.clone());
    call.state.unswept.insert(id.clone(), id.clone());
    call.record_transfer_event(&transfer, "pending");
    // Plaid's magic amounts.
    let steps: &[&str] = match amount.as_str() {
        "11.11" => &["posted", "settled", "funds_available"],
        "22.22" => &["failed"],
        "33.33" | "44.44" | "55.55" => &["posted", "settled", "funds_available", "returned"],
        "66.66" => &["posted", "settled", "returned"],
        _ => &[],
    };
    let code = match amount.as_str() {
        "44.44" => "R02",
        "55.55" => "R16",
        _ => "R01",
    };
    for step in steps {
        let reason = json!({ "ach_return_code": code });
        // Credits have no funds_available.
        let _ = transition(call, &id, step, Some(&reason));
    }
    Ok(json!({ "transfer": call.state.transfers.get(&id) }))
}

pub(super) fn unknown() -> PlaidError {
    PlaidError::invalid_field("could not find a transfer with this transfer_id")
}

fn get(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let id = match (body.text("/transfer_id"), body.text("/authorization_id")) {
        (Some(id), None) => Some(id.to_owned()),
        (None, Some(authorization)) => call.state.transfer_of_authorization.get(authorization).cloned(),
        _ => {
            return Err(PlaidError::invalid_field(
                "exactly one of transfer_id and authorization_id must be set",
            ));
        }
    };
    let transfer = id
        .and_then(|id| call.state.transfers.get(&id))
        .ok_or_else(unknown)?;
    Ok(json!({ "transfer": transfer }))
}

fn list(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let (offset, count) = page(body, "", 25);
    let matching = call
        .state
        .transfers
        .iter()
        .rev()
        .filter(|row| within(body, text(row, "created")));
    let rows: Vec<_> = matching.skip(offset).take(count).collect();
    Ok(json!({ "transfers": rows }))
}

fn cancel(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let id = body.required("/transfer_id");
    let transfer = call.state.transfers.get_mut(id).ok_or_else(unknown)?;
    if text(transfer, "status") != "pending" {
        return Err(PlaidError::of("TRANSFER_NOT_CANCELLABLE"));
    }
    set(transfer, "status", "cancelled");
    set(transfer, "cancellable", false);
    let transfer = transfer.clone();
    call.record_transfer_event(&transfer, "cancelled");
    Ok(json!({}))
}

/// An authorization that was used can't be cancelled; a cancelled one can't be used.
fn authorization_cancel(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let id = body.required("/authorization_id");
    let is_used = call.state.transfer_of_authorization.get(id).is_some();
    let removed = if is_used {
        None
    } else {
        call.state.authorizations.remove(id)
    };
    removed.map(|_| json!({})).ok_or_else(|| {
        PlaidError::invalid_field("authorization_id must be of an authorization that was not used")
    })
}

fn configuration(_: &Body, _: &mut Call) -> Result<Value, PlaidError> {
    let most = "1000000.00";
    Ok(json!({
        "max_single_transfer_amount": most, "max_single_transfer_credit_amount": most,
        "max_single_transfer_debit_amount": most, "max_daily_credit_amount": most, "max_daily_debit_amount": most,
        "max_monthly_amount": most, "max_monthly_credit_amount": most, "max_monthly_debit_amount": most,
        "iso_currency_code": "USD",
    }))
}

fn capabilities(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let item = call.healthy_item(body.required("/access_token"))?;
    super::accounts::account(item, body.required("/account_id"), "account_id")?;
    Ok(json!({ "institution_supported_networks": {
        "rtp": { "credit": true }, "rfp": { "debit": false, "max_amount": null, "iso_currency_code": null },
    } }))
}

fn event_list(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let (offset, count) = page(body, "", 25);
    let events = call.state.newest_events(body.text("/transfer_id"));
    let mut matching = events
        .filter(|event| event.matches(body, "transfer") && !body.has("/sweep_id"))
        .skip(offset)
        .peekable();
    let rows: Vec<_> = matching
        .by_ref()
        .take(count)
        .map(super::transfers::event)
        .collect();
    Ok(json!({ "transfer_events": rows, "has_more": matching.peek().is_some() }))
}

fn simulate(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let id = body.required("/transfer_id");
    call.state.transfers.get(id).ok_or_else(unknown)?;
    let reason = body.at("/failure_reason").cloned();
    transition(call, id, body.required("/event_type"), reason.as_ref())?;
    send_events_webhook(body, call);
    Ok(json!({}))
}

pub(super) fn send_events_webhook(body: &Body, call: &mut Call) {
    if let Some(url) = body.text("/webhook") {
        let payload = json!({
            "webhook_type": "TRANSFER", "webhook_code": "TRANSFER_EVENTS_UPDATE", "environment": "sandbox",
        });
        call.send_webhook(url, &payload);
    }
}

fn fire_webhook(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    send_events_webhook(body, call);
    Ok(json!({}))
}

fn simulate_sweep(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let mut swept = 0.0;
    let mut any = false;
    let unswept = std::mem::take(&mut call.state.unswept);
    for id in unswept.iter() {
        let Some(transfer) = call.state.transfers.get_mut(id) else {
            continue;
        };
        let next = match (text(transfer, "status"), text(transfer, "sweep_status")) {
            (_, "swept") => "swept_settled",
            ("posted" | "pending", "unswept") => "swept",
            _ => continue,
        };
        if next == "swept" {
            any = true;
            call.state.unswept.insert(id.clone(), id.clone());
            let sign = if text(transfer, "type") == "debit" {
                -1.0
            } else {
                1.0
            };
            swept += sign * cents(text(transfer, "amount"));
        }
        set(transfer, "sweep_status", next);
    }
    send_events_webhook(body, call);
    if !any {
        return Ok(json!({}));
    }
    let id = call.random.uuid();
    let sweep = json!({
        "id": id, "funding_account_id": call.random.uuid(), "created": clock::timestamp(call.now),
        "amount": format!("{swept:.2}"), "iso_currency_code": "USD", "settled": null, "ledger_id": null,
        "status": "pending", "trigger": "automatic_aggregate", "description": "", "network_trace_id": null,
    });
    call.state.sweeps.insert(id, sweep.clone());
    Ok(json!({ "sweep": sweep }))
}

fn sweep_get(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let sweep = call.state.sweeps.get(body.required("/sweep_id"));
    let sweep =
        sweep.ok_or_else(|| PlaidError::invalid_field("could not find a sweep with this sweep_id"))?;
    Ok(json!({ "sweep": sweep }))
}

fn sweep_list(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let (offset, count) = page(body, "", 25);
    let rows: Vec<_> = call
        .state
        .sweeps
        .iter()
        .rev()
        .filter(|row| {
            within(body, text(row, "created")) && has(body, row, "amount") && has(body, row, "status")
        })
        .skip(offset)
        .take(count)
        .collect();
    Ok(json!({ "sweeps": rows }))
}
