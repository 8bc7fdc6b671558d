//! Processor tokens (<https://plaid.com/docs/api/processors/>) and what they read.

use serde_json::{Value, json};

use super::accounts::{account, base};
use super::{Endpoint, json as endpoint};
use crate::error::PlaidError;
use crate::fields::{
    Body, Field,
    Kind::{Object, Text},
    optional, required, with,
};
use crate::state::Call;
use crate::state::items::Item;

pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint("/processor/token/create", CREATE, create),
    endpoint("/processor/stripe/bank_account_token/create", STRIPE, stripe),
    endpoint("/processor/account/get", READ, account_get),
    endpoint("/processor/auth/get", READ, auth_get),
    endpoint("/processor/balance/get", READ, balance_get),
    endpoint("/processor/identity/get", READ, identity_get),
];

const CREATE: &[Field] = &[
    required("access_token", Text),
    required("account_id", Text),
    required("processor", Text),
];
const STRIPE: &[Field] = &[required("access_token", Text), required("account_id", Text)];
const READ: &[Field] = &[required("processor_token", Text), optional("options", Object)];

fn create(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let item = call.healthy_item(body.required("/access_token"))?;
    let (id, _) = account(item, body.required("/account_id"), "account_id")?;
    let stands_for = (item.item_id.clone(), id.clone());
    let token = call.random.token("processor");
    call.state.processor_tokens.insert(token.clone(), stands_for);
    Ok(json!({ "processor_token": token }))
}

fn stripe(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let item = call.healthy_item(body.required("/access_token"))?;
    account(item, body.required("/account_id"), "account_id")?;
    let letters: String = call.random.id().chars().take(24).collect();
    Ok(json!({ "stripe_bank_account_token": format!("btok_{letters}") }))
}

/// The Item and the account that a processor token stands for.
fn find<'a>(body: &Body, call: &'a mut Call) -> Result<(&'a mut Item, String), PlaidError> {
    let invalid = || PlaidError::of("INVALID_PROCESSOR_TOKEN");
    let token = body.required("/processor_token");
    let (item_id, account_id) = call
        .state
        .processor_tokens
        .get(token)
        .cloned()
        .ok_or_else(invalid)?;
    let item = call
        .state
        .items
        .get_mut(&item_id)
        .filter(|item| !item.removed)
        .ok_or_else(invalid)?;
    item.age(call.now);
    match item.error() {
        Some(error) => Err(error),
        None => Ok((item, account_id)),
    }
}

fn described(item: &Item, id: &str) -> Result<Value, PlaidError> {
    Ok(base(item.institution, account(item, id, "processor_token")?))
}

fn account_get(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let (item, id) = find(body, call)?;
    Ok(json!({ "account": described(item, &id)?, "institution_id": item.institution.id }))
}

fn balance_get(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let (item, id) = find(body, call)?;
    Ok(json!({ "account": described(item, &id)? }))
}

fn identity_get(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let (item, id) = find(body, call)?;
    let owners = vec![account(item, &id, "processor_token")?.1.owner()];
    Ok(json!({ "account": with(described(item, &id)?, "owners", Some(owners)) }))
}

fn auth_get(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let (item, id) = find(body, call)?;
    let described = described(item, &id)?;
    let number = super::accounts::ach(item, account(item, &id, "processor_token")?);
    let number = number.ok_or_else(|| PlaidError::of("NO_AUTH_ACCOUNTS"))?;
    Ok(json!({
        "account": described,
        "numbers": { "ach": number, "eft": null, "international": null, "bacs": null },
    }))
}
