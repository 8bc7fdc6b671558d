//! Signal (<https://plaid.com/docs/api/products/signal/>).

use serde_json::{Value, json};

use super::{Endpoint, json as endpoint};
use crate::error::PlaidError;
use crate::fields::{
    Body, Field,
    Kind::{DateTime, Flag, Integer, Number, Object, Text, TextUpTo},
    nullable, optional, required,
};
use crate::state::Call;

pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint("/signal/evaluate", EVALUATE, evaluate),
    endpoint("/signal/decision/report", DECISION, decision),
    endpoint("/signal/return/report", RETURN, report_return),
    endpoint("/signal/prepare", &[required("access_token", Text)], prepare),
];

const EVALUATE: &[Field] = &[
    required("access_token", Text),
    required("account_id", Text),
    required("client_transaction_id", TextUpTo(36)),
    required("amount", Number),
    nullable("user_present", Flag),
    optional("client_user_id", TextUpTo(36)),
    nullable("is_recurring", Flag),
    nullable("default_payment_method", Text),
    optional("user", Object),
    optional("device", Object),
    optional("risk_profile_key", Text),
    optional("ruleset_key", Text),
];

const DECISION: &[Field] = &[
    required("client_transaction_id", TextUpTo(36)),
    required("initiated", Flag),
    nullable("days_funds_on_hold", Integer(0, u64::MAX)),
    nullable("decision_outcome", Text),
    nullable("payment_method", Text),
    nullable("amount_instantly_available", Number),
    nullable("submitted_at", DateTime),
];

const RETURN: &[Field] = &[
    required("client_transaction_id", TextUpTo(36)),
    required("return_code", Text),
    nullable("returned_at", DateTime),
];

pub(super) fn evaluate(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let item = call.healthy_item(body.required("/access_token"))?;
    let (_, account) = super::accounts::account(item, body.required("/account_id"), "account_id")?;
    let (available, current) = (account.available, account.current);
    item.add_product("signal");
    let id = body.required("/client_transaction_id").to_owned();
    if call.state.signal_transactions.get(&id).is_some() {
        return Err(PlaidError::of("CLIENT_TRANSACTION_ID_ALREADY_IN_USE"));
    }
    call.state.signal_transactions.insert(id, true);
    let amount = body.at("/amount").and_then(Value::as_f64).unwrap_or_default();
    // The more of the balance is asked for, the riskier.
    let score = match available {
        Some(available) if amount <= available / 2.0 => 10,
        Some(available) if amount <= available => 40,
        _ => 90,
    };
    let key = body.text("/ruleset_key").unwrap_or("default");
    let result = if score < 80 { "ACCEPT" } else { "REVIEW" };
    Ok(json!({
        "scores": {
            "customer_initiated_return_risk": { "score": score, "risk_tier": 1 },
            "bank_initiated_return_risk": { "score": score, "risk_tier": 1 },
        },
        "core_attributes": { "available_balance": available, "current_balance": current },
        "ruleset": { "ruleset_key": key, "result": result, "triggered_rule_details": null, "outcome": result.to_lowercase() },
        "warnings": [],
    }))
}

fn known(call: &Call, body: &Body) -> Result<bool, PlaidError> {
    let found = call
        .state
        .signal_transactions
        .get(body.required("/client_transaction_id"));
    found
        .copied()
        .ok_or_else(|| PlaidError::invalid_field("client_transaction_id must be of an evaluated transaction"))
}

pub(super) fn decision(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    known(call, body)?;
    let id = body.required("/client_transaction_id").to_owned();
    call.state.signal_transactions.insert(id, body.flag("/initiated"));
    Ok(json!({}))
}

pub(super) fn report_return(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    if known(call, body)? {
        Ok(json!({}))
    } else {
        Err(PlaidError::of("SIGNAL_TRANSACTION_NOT_INITIATED"))
    }
}

pub(super) fn prepare(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    call.healthy_item(body.required("/access_token"))?
        .add_product("signal");
    Ok(json!({}))
}
