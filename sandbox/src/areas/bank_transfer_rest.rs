//! Bank transfers in lists, their balance, and accounts that are brought along.

use serde_json::{Value, json};

use super::lists::page;
use super::{Endpoint, json as endpoint};
use crate::clock;
use crate::data::institutions::{self, FIRST_PLATYPUS};
use crate::data::test_user;
use crate::error::PlaidError;
use crate::fields::{
    Body, Field,
    Kind::{DateTime, Integer, OneOf, Text, TextUpTo},
    nullable, optional, required,
};
use crate::state::Call;
use crate::state::bank_transfers::{BankTransfer, ORIGINATION_ACCOUNT};
use crate::state::items::Account;

pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint("/bank_transfer/list", LIST, list),
    endpoint("/bank_transfer/balance/get", BALANCE, balance),
    endpoint("/bank_transfer/migrate_account", MIGRATE, migrate),
    endpoint("/transfer/migrate_account", MIGRATE, migrate),
    endpoint("/bank_transfer/sweep/list", SWEEPS, sweeps),
    endpoint("/bank_transfer/sweep/get", &[required("sweep_id", Text)], sweep),
];

const LIST: &[Field] = &[
    nullable("start_date", DateTime),
    nullable("end_date", DateTime),
    optional("count", Integer(1, 25)),
    optional("offset", Integer(0, u64::MAX)),
    nullable("origination_account_id", TextUpTo(usize::MAX)),
    nullable("direction", OneOf(&["inbound", "outbound"])),
];
const BALANCE: &[Field] = &[nullable("origination_account_id", TextUpTo(usize::MAX))];
const MIGRATE: &[Field] = &[
    required("account_number", Text),
    required("routing_number", Text),
    optional("wire_routing_number", Text),
    required("account_type", OneOf(&["checking", "savings"])),
];
const SWEEPS: &[Field] = &[
    nullable("origination_account_id", Text),
    nullable("start_time", DateTime),
    nullable("end_time", DateTime),
    nullable("count", Integer(1, 25)),
];

fn list(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let (offset, count) = page(body, "", 25);
    let time = |pointer| body.text(pointer).and_then(clock::parse);
    let (start, end) = (time("/start_date"), time("/end_date"));
    let matching = call.state.bank_transfers.iter().rev().filter(|row| {
        body.text("/direction")
            .is_none_or(|direction| direction == row.direction())
            && start.is_none_or(|start| start <= row.created)
            && end.is_none_or(|end| row.created <= end)
    });
    let rows: Vec<_> = matching
        .skip(offset)
        .take(count)
        .map(BankTransfer::json)
        .collect();
    Ok(json!({ "bank_transfers": rows }))
}

fn balance(_: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let text = crate::state::cents(10_000_000i64.saturating_add(call.state.bank_cents));
    Ok(json!({
        "balance": { "available": text, "transactable": text }, "origination_account_id": ORIGINATION_ACCOUNT,
    }))
}

fn migrate(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (number, routing) = (body.required("/account_number"), body.required("/routing_number"));
    if !digits(number) || !digits(routing) || routing.len() != 9 || number.len() > 17 {
        return Err(PlaidError::of("INVALID_ACCOUNT_NUMBER"));
    }
    let kind = body.required("/account_type");
    let account = test_user::accounts(false)
        .filter(|account| account.subtype == kind)
        .take(1)
        .map(Account::from)
        .collect();
    let item_id = call.add_item(institutions::find(FIRST_PLATYPUS)?, Vec::new(), None, account);
    let token = call.random.token("access");
    let item = call.state.items.get(&item_id);
    let account_id = item
        .and_then(|item| item.accounts.first())
        .map(|(id, _)| id.clone());
    call.state.access_tokens.insert(token.clone(), item_id);
    Ok(json!({ "access_token": token, "account_id": account_id }))
}

/// There are none: see `sweeps`.
fn sweep(_: &Body, _: &mut Call) -> Result<Value, PlaidError> {
    Err(PlaidError::invalid_field(
        "could not find a sweep with this sweep_id",
    ))
}

fn sweeps(_: &Body, _: &mut Call) -> Result<Value, PlaidError> {
    Ok(json!({ "sweeps": [] }))
}
