//! Processor tokens (<https://plaid.com/docs/api/processors/>) and what they read: what an access token reads, of one account.

use serde_json::{Map, Value, json};

use super::accounts::{accounts_get, auth_get, identity_get};
use super::{Endpoint, investments, json as endpoint, liabilities, signal, transactions};
use crate::data::institutions;
use crate::error::PlaidError;
use crate::fields::{
    Body, Field,
    Kind::{Date, DateTime, Flag, Integer, List, Number, Object, OneOf, Record, Text, TextUpTo, Url},
    nullable, optional, required, set,
};
use crate::state::Call;

pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint("/processor/token/create", CREATE, create),
    endpoint("/processor/token/permissions/set", PERMISSIONS, permissions_set),
    endpoint("/processor/token/permissions/get", TOKEN, permissions_get),
    endpoint("/processor/token/webhook/update", WEBHOOK, webhook_update),
    endpoint("/processor/stripe/bank_account_token/create", STRIPE, stripe),
    endpoint("/sandbox/processor_token/create", SANDBOX, sandbox_create),
    endpoint("/processor/account/get", TOKEN, account_get),
    endpoint("/processor/auth/get", READ, auth),
    endpoint("/processor/balance/get", READ, |body, call| {
        read(body, call, accounts_get)
    }),
    endpoint("/processor/identity/get", READ, |body, call| {
        read(body, call, identity_get)
    }),
    endpoint("/processor/liabilities/get", TOKEN, |body, call| {
        read(body, call, liabilities::get)
    }),
    endpoint("/processor/transactions/sync", SYNC, |body, call| {
        read(body, call, transactions::sync)
    }),
    endpoint("/processor/transactions/get", TRANSACTIONS, |body, call| {
        read(body, call, transactions::get)
    }),
    endpoint("/processor/transactions/recurring/get", READ, |body, call| {
        read(body, call, transactions::recurring)
    }),
    endpoint("/processor/transactions/refresh", TOKEN, |body, call| {
        read(body, call, transactions::refresh)
    }),
    endpoint("/processor/investments/holdings/get", TOKEN, |body, call| {
        read(body, call, investments::holdings_get)
    }),
    endpoint(
        "/processor/investments/transactions/get",
        INVESTMENTS,
        |body, call| read(body, call, investments::transactions_get),
    ),
    endpoint("/processor/investments/auth/get", READ, |body, call| {
        read(body, call, investments::auth_get)
    }),
    endpoint("/processor/signal/evaluate", EVALUATE, |body, call| {
        read(body, call, signal::evaluate)
    }),
    endpoint("/processor/signal/decision/report", DECISION, |body, call| {
        read(body, call, signal::decision)
    }),
    endpoint("/processor/signal/return/report", RETURN, |body, call| {
        read(body, call, signal::report_return)
    }),
    endpoint("/processor/signal/prepare", TOKEN, |body, call| {
        read(body, call, signal::prepare)
    }),
];

const CREATE: &[Field] = &[
    required("access_token", Text),
    required("account_id", Text),
    required("processor", Text),
];
const STRIPE: &[Field] = &[required("access_token", Text), required("account_id", Text)];
const SANDBOX: &[Field] = &[
    required("institution_id", Text),
    optional(
        "options",
        Record(&[
            nullable("override_username", Text),
            nullable("override_password", Text),
        ]),
    ),
];
const TOKEN: &[Field] = &[required("processor_token", Text)];
const READ: &[Field] = &[required("processor_token", Text), optional("options", Object)];
const PERMISSIONS: &[Field] = &[
    required("processor_token", Text),
    required("products", List(&OneOf(super::link_fields::PRODUCTS))),
];
const WEBHOOK: &[Field] = &[required("processor_token", Text), nullable("webhook", Url)];
const SYNC: &[Field] = &[
    required("processor_token", Text),
    nullable("cursor", TextUpTo(256)),
    optional("count", Integer(1, 500)),
    optional("options", transactions::SYNC_OPTIONS),
];
const TRANSACTIONS: &[Field] = &[
    required("processor_token", Text),
    required("start_date", Date),
    required("end_date", Date),
    optional("options", transactions::GET_OPTIONS),
];
const INVESTMENTS: &[Field] = &[
    required("processor_token", Text),
    required("start_date", Date),
    required("end_date", Date),
    optional("options", investments::TRANSACTIONS_OPTIONS),
];
const EVALUATE: &[Field] = &[
    required("processor_token", Text),
    required("client_transaction_id", TextUpTo(36)),
    required("amount", Number),
    nullable("user_present", Flag),
    optional("client_user_id", TextUpTo(36)),
    nullable("is_recurring", Flag),
    nullable("default_payment_method", Text),
    optional("user", Object),
    optional("device", Object),
    nullable("ruleset_key", Text),
];
const DECISION: &[Field] = &[
    required("processor_token", Text),
    required("client_transaction_id", TextUpTo(36)),
    required("initiated", Flag),
    nullable("days_funds_on_hold", Integer(0, u64::MAX)),
    nullable("decision_outcome", Text),
    nullable("payment_method", Text),
    nullable("amount_instantly_available", Number),
];
const RETURN: &[Field] = &[
    required("processor_token", Text),
    required("client_transaction_id", TextUpTo(36)),
    required("return_code", Text),
    nullable("returned_at", DateTime),
];

fn create(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let item = call.healthy_item(body.required("/access_token"))?;
    let (id, _) = super::accounts::account(item, body.required("/account_id"), "account_id")?;
    let stands_for = (item.item_id.clone(), id.clone());
    Ok(json!({ "processor_token": issue(call, stands_for) }))
}

fn issue(call: &mut Call, stands_for: (String, String)) -> String {
    let token = call.random.token("processor");
    call.state.processor_tokens.insert(token.clone(), stands_for);
    token
}

/// A token for the first account of a new Item.
fn sandbox_create(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let (username, password) = (
        body.text("/options/override_username"),
        body.text("/options/override_password"),
    );
    let institution_id = body.required("/institution_id");
    super::public_tokens::log_in(institution_id, username, password)?;
    let accounts = super::public_tokens::accounts(username, password)?;
    let item_id = call.add_item(institutions::find(institution_id)?, Vec::new(), None, accounts);
    let item = call.state.items.get(&item_id);
    let account_id = item
        .and_then(|item| item.accounts.first())
        .map(|(id, _)| id.clone());
    let stands_for = (item_id, account_id.unwrap_or_default());
    Ok(json!({ "processor_token": issue(call, stands_for) }))
}

fn stripe(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let item = call.healthy_item(body.required("/access_token"))?;
    super::accounts::account(item, body.required("/account_id"), "account_id")?;
    let letters: String = call.random.id().chars().take(24).collect();
    Ok(json!({ "stripe_bank_account_token": format!("btok_{letters}") }))
}

/// The Item and the account that a processor token stands for.
fn find(body: &Body, call: &Call) -> Result<(String, String), PlaidError> {
    let found = call.state.processor_tokens.get(body.required("/processor_token"));
    let of_an_item =
        found.filter(|(item_id, _)| call.state.items.get(item_id).is_some_and(|item| !item.removed));
    of_an_item
        .cloned()
        .ok_or_else(|| PlaidError::of("INVALID_PROCESSOR_TOKEN"))
}

/// Reads what the Item's own endpoint reads, of the one account.
fn read(
    body: &Body,
    call: &mut Call,
    handler: fn(&Body, &mut Call) -> Result<Value, PlaidError>,
) -> Result<Value, PlaidError> {
    let (item_id, account_id) = find(body, call)?;
    call.acts_for = Some(item_id);
    let mut request = body.0.clone();
    let options = request.get("options").and_then(Value::as_object).cloned();
    let mut options = options.unwrap_or_default();
    // Each of the endpoints looks at one of these.
    options.insert("account_ids".to_owned(), json!([account_id]));
    options.insert("account_id".to_owned(), json!(account_id));
    set(&mut request, "options", options);
    set(&mut request, "account_ids", vec![account_id.clone()]);
    set(&mut request, "account_id", account_id);
    let mut response = handler(&Body(request), call)?;
    if let Some(members) = response.as_object_mut() {
        members.remove("item");
        single(members, "accounts", "account");
    }
    Ok(response)
}

/// Puts the only element of a list in the list's place.
fn single(members: &mut Map<String, Value>, list: &str, name: &str) {
    if let Some(Value::Array(values)) = members.remove(list) {
        members.insert(name.to_owned(), values.into_iter().next().unwrap_or_default());
    }
}

fn auth(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let mut response = read(body, call, auth_get)?;
    if let Some(numbers) = response.get_mut("numbers").and_then(Value::as_object_mut) {
        for kind in ["ach", "eft", "international", "bacs"] {
            single(numbers, kind, kind);
        }
    }
    Ok(response)
}

fn account_get(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let mut response = read(body, call, accounts_get)?;
    let (item_id, _) = find(body, call)?;
    let institution = call.state.items.get(&item_id).map(|item| item.institution.id);
    set(&mut response, "institution_id", institution);
    Ok(response)
}

/// No permissions that were set mean all products.
fn permissions_set(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    find(body, call)?;
    let token = body.required("/processor_token").to_owned();
    call.state
        .processor_permissions
        .insert(token, body.copy("/products"));
    Ok(json!({}))
}

fn permissions_get(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    find(body, call)?;
    let products = call
        .state
        .processor_permissions
        .get(body.required("/processor_token"));
    Ok(json!({ "products": products.cloned().unwrap_or_else(|| json!([])) }))
}

fn webhook_update(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    find(body, call)?;
    Ok(json!({}))
}
