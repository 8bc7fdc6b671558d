//! Accounts, Auth and Identity: <https://plaid.com/docs/api/accounts/>, <https://plaid.com/docs/api/products/auth/>,
//! <https://plaid.com/docs/api/products/identity/>.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::areas::{Endpoint, Handler};
use crate::data::institutions::Institution;
use crate::error::PlaidError;
use crate::fields::{
    Body, Field,
    Kind::{DateTime, List, Record, Text},
    optional, required, with,
};
use crate::random;
use crate::state::Call;
use crate::state::items::{self, Item};

const FIELDS: &[Field] = &[
    required("access_token", Text),
    optional("options", Record(&[optional("account_ids", List(&Text))])),
];

const BALANCE: &[Field] = &[
    required("access_token", Text),
    optional(
        "options",
        Record(&[
            optional("account_ids", List(&Text)),
            optional("min_last_updated_datetime", DateTime),
        ]),
    ),
];

pub(crate) const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        path: "/accounts/get",
        fields: FIELDS,
        handler: Handler::Json(accounts_get),
    },
    Endpoint {
        path: "/auth/get",
        fields: FIELDS,
        handler: Handler::Json(auth_get),
    },
    Endpoint {
        path: "/accounts/balance/get",
        fields: BALANCE,
        handler: Handler::Json(accounts_get),
    },
    Endpoint {
        path: "/identity/get",
        fields: FIELDS,
        handler: Handler::Json(identity_get),
    },
];

type Account = (String, items::Account);

pub(super) fn accounts_get(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let item = call.healthy_item(body.required("/access_token"))?;
    let accounts: Vec<_> = chosen(item, body)?
        .map(|account| base(item.institution, account))
        .collect();
    Ok(json!({ "accounts": accounts, "item": item.json() }))
}

pub(super) fn auth_get(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let item = call.healthy_item(body.required("/access_token"))?;
    let (mut accounts, mut numbers) = (Vec::new(), Vec::new());
    for account in chosen(item, body)? {
        let Some(number) = ach(item, account) else {
            continue;
        };
        accounts.push(base(item.institution, account));
        numbers.push(number);
    }
    if accounts.is_empty() {
        return Err(PlaidError::of("NO_AUTH_ACCOUNTS"));
    }
    item.add_product("auth");
    Ok(json!({
        "accounts": accounts,
        "numbers": { "ach": numbers, "eft": [], "international": [], "bacs": [] },
        "item": item.json(),
    }))
}

/// The ACH numbers of an account, if it has any.
pub(super) fn ach(item: &Item, (id, account): &Account) -> Option<Value> {
    let numbers = account.numbers.as_ref()?;
    Some(json!({
        "account_id": id,
        "account": numbers.account,
        "routing": numbers.routing,
        "wire_routing": numbers.wire_routing,
        "is_tokenized_account_number": item.institution.tokenized_numbers,
    }))
}

pub(super) fn identity_get(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let item = call.healthy_item(body.required("/access_token"))?;
    let with_owner = |account: &Account| {
        let owners = vec![account.1.owner()];
        with(base(item.institution, account), "owners", Some(owners))
    };
    let accounts: Vec<_> = chosen(item, body)?.map(with_owner).collect();
    item.add_product("identity");
    Ok(json!({ "accounts": accounts, "item": item.json() }))
}

/// The accounts that `options.account_ids` names, in the Item's order; all of them when it names none.
pub(super) fn chosen<'a>(
    item: &'a Item,
    body: &'a Body,
) -> Result<impl Iterator<Item = &'a Account>, PlaidError> {
    let ids = body.texts("/options/account_ids");
    for id in &ids {
        account(item, id, "options.account_ids")?;
    }
    Ok(item
        .accounts
        .iter()
        .filter(move |(id, _)| ids.is_empty() || ids.contains(&id.as_str())))
}

/// The account of this id in the Item, or the error for an id that is malformed or another Item's.
pub(crate) fn account<'a>(item: &'a Item, id: &str, field: &str) -> Result<&'a Account, PlaidError> {
    if !random::is_id(id) {
        return Err(PlaidError::invalid_field(format!(
            "{field} contains an invalid account_id"
        )));
    }
    let found = item.accounts.iter().find(|account| account.0 == id);
    found.ok_or_else(|| PlaidError::of("INVALID_ACCOUNT_ID"))
}

pub(super) fn base(institution: &Institution, (id, account): &Account) -> Value {
    let base = json!({
        "account_id": id,
        "balances": {
            "available": amount(account.available),
            "current": amount(account.current),
            "limit": amount(account.limit),
            "iso_currency_code": account.currency,
            "unofficial_currency_code": null,
        },
        "mask": account.mask,
        "name": account.name,
        "official_name": account.official_name,
        "type": account.account_type,
        "subtype": account.subtype,
    });
    let base = with(base, "holder_category", account.holder);
    let persistent_id = institution
        .tokenized_numbers
        .then(|| persistent_id(institution, account));
    with(base, "persistent_account_id", persistent_id)
}

/// The same for every Item that holds this account at this bank.
fn persistent_id(institution: &Institution, account: &items::Account) -> String {
    let hash = Sha256::new()
        .chain_update(institution.id)
        .chain_update(&account.mask)
        .finalize();
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whole amounts without a decimal point, as Plaid writes them.
pub(super) fn amount(amount: Option<f64>) -> Value {
    match amount {
        Some(amount) if amount.fract() == 0.0 => json!(amount as i64),
        other => json!(other),
    }
}
