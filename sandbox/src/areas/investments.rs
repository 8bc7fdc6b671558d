//! Investments (<https://plaid.com/docs/api/products/investments/>).

use serde_json::{Value, json};

use super::accounts::{base, chosen};
use super::lists::{dates, page};
use super::{Endpoint, json as endpoint};
use crate::clock::{self, DAY};
use crate::data::securities::{HOLDINGS, SECURITIES, TRADES};
use crate::error::PlaidError;
use crate::fields::{
    Body, Field,
    Kind::{self, Date, Flag, Integer, List, Record, Text},
    optional, required,
};
use crate::state::Call;
use crate::state::items::{Account, Item};
use crate::state::transactions::day;

const FIELDS: &[Field] = &[
    required("access_token", Text),
    optional("options", Record(&[optional("account_ids", List(&Text))])),
];

pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint("/investments/holdings/get", FIELDS, holdings_get),
    endpoint("/investments/transactions/get", TRANSACTIONS, transactions_get),
    endpoint("/investments/auth/get", FIELDS, auth_get),
    endpoint("/investments/refresh", &[required("access_token", Text)], refresh),
];

pub(super) const TRANSACTIONS_OPTIONS: Kind = Record(&[
    optional("account_ids", List(&Text)),
    optional("count", Integer(1, 500)),
    optional("offset", Integer(0, u64::MAX)),
    optional("async_update", Flag),
]);

const TRANSACTIONS: &[Field] = &[
    required("access_token", Text),
    required("start_date", Date),
    required("end_date", Date),
    optional("options", TRANSACTIONS_OPTIONS),
];

fn securities(now: i64) -> Vec<Value> {
    let rows = SECURITIES.iter().map(|security| {
        json!({
            "security_id": security.id,
            "isin": null,
            "cusip": null,
            "sedol": null,
            "figi": null,
            "institution_security_id": null,
            "institution_id": null,
            "proxy_security_id": null,
            "name": security.name,
            "ticker_symbol": security.ticker,
            "is_cash_equivalent": security.kind == "cash",
            "type": security.kind,
            "subtype": security.kind,
            "close_price": security.price,
            "close_price_as_of": clock::date(now.saturating_sub(DAY)),
            "update_datetime": null,
            "iso_currency_code": "USD",
            "unofficial_currency_code": null,
            "market_identifier_code": null,
            "sector": null,
            "industry": null,
            "cfi_code": null,
            "option_contract": null,
            "fixed_income": null,
        })
    });
    rows.collect()
}

fn holdings(accounts: &[(String, String)], now: i64) -> Vec<Value> {
    let mut rows = Vec::new();
    for (id, mask) in accounts {
        for holding in HOLDINGS.iter().filter(|holding| holding.mask == mask) {
            let price = SECURITIES
                .iter()
                .find(|security| security.id == holding.security)
                .map_or(0.0, |security| security.price);
            rows.push(json!({
                "account_id": id,
                "security_id": holding.security,
                "institution_price": price,
                "institution_price_as_of": clock::date(now.saturating_sub(DAY)),
                "institution_price_datetime": null,
                "institution_value": holding.value,
                "cost_basis": holding.cost_basis,
                "quantity": holding.quantity,
                "iso_currency_code": "USD",
                "unofficial_currency_code": null,
                "vested_quantity": null,
                "vested_value": null,
            }));
        }
    }
    rows
}

/// An account with the one balance that only Investments gives.
fn described(item: &Item, account: &(String, Account)) -> Value {
    let mut value = base(item.institution, account);
    if let Some(balances) = value.get_mut("balances").and_then(Value::as_object_mut) {
        balances.insert("margin_loan_amount".to_owned(), Value::Null);
    }
    value
}

/// Accounts as they are shown, and the id and the mask of each.
type Chosen = (Vec<Value>, Vec<(String, String)>);

/// The chosen accounts, id and mask; an error if the Item has no investment account at all.
fn accounts(item: &Item, body: &Body) -> Result<Chosen, PlaidError> {
    if !item
        .accounts
        .iter()
        .any(|(_, own)| own.account_type == "investment")
    {
        return Err(PlaidError::of("NO_INVESTMENT_ACCOUNTS"));
    }
    let full = chosen(item, body)?
        .map(|account| described(item, account))
        .collect();
    // A custom user holds nothing.
    let ids = chosen(item, body)?
        .filter(|(_, own)| own.history.is_none())
        .map(|(id, own)| (id.clone(), own.mask.clone()))
        .collect();
    Ok((full, ids))
}

pub(super) fn holdings_get(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let now = call.now;
    let item = call.healthy_item(body.required("/access_token"))?;
    let (full, ids) = accounts(item, body)?;
    item.add_product("investments");
    Ok(json!({
        "accounts": full, "holdings": holdings(&ids, now), "securities": securities(now), "item": item.json(),
        "is_investments_fallback_item": false,
    }))
}

pub(super) fn transactions_get(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let now = call.now;
    let item = call.healthy_item(body.required("/access_token"))?;
    let (full, ids) = accounts(item, body)?;
    let (start, end) = dates(body)?;
    item.add_product("investments");
    let today = day(item.created);
    let mut rows = Vec::new();
    for month in 0..24i64 {
        for (index, trade) in TRADES.iter().enumerate() {
            let ago = month.saturating_mul(30).saturating_add(trade.days_ago);
            let date = today.saturating_sub(ago.saturating_mul(DAY));
            let Some((account_id, _)) = ids.iter().find(|(_, mask)| mask == trade.mask) else {
                continue;
            };
            if !(start..=end).contains(&date) {
                continue;
            }
            // The same at each call.
            let id: String = item.item_id.chars().rev().take(30).collect();
            rows.push((date, json!({
                "investment_transaction_id": format!("{id}{:07}", month.saturating_mul(100).saturating_add(i64::try_from(index).unwrap_or(0))),
                "account_id": account_id,
                "security_id": trade.security,
                "date": clock::date(date),
                "transaction_datetime": null,
                "name": trade.name,
                "quantity": trade.quantity,
                "amount": trade.amount,
                "price": trade.price,
                "fees": trade.fees,
                "type": trade.kind.0,
                "subtype": trade.kind.1,
                "iso_currency_code": "USD",
                "unofficial_currency_code": null,
                "cancel_transaction_id": null,
            })));
        }
    }
    rows.sort_by_key(|(date, _)| std::cmp::Reverse(*date));
    let (offset, count) = page(body, "/options", 100);
    let total = rows.len();
    let page: Vec<_> = rows
        .into_iter()
        .skip(offset)
        .take(count)
        .map(|(_, row)| row)
        .collect();
    Ok(json!({
        "accounts": full, "securities": securities(now), "investment_transactions": page,
        "total_investment_transactions": total, "item": item.json(), "is_investments_fallback_item": false,
    }))
}

pub(super) fn auth_get(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let now = call.now;
    let item = call.healthy_item(body.required("/access_token"))?;
    let (_, ids) = accounts(item, body)?;
    let is_investment = |account: &&(String, Account)| account.1.account_type == "investment";
    if !chosen(item, body)?.any(|account| is_investment(&account)) {
        return Err(PlaidError::of("NO_INVESTMENT_AUTH_ACCOUNTS"));
    }
    item.add_product("investments_auth");
    let investment: Vec<_> = chosen(item, body)?.filter(is_investment).collect();
    let full: Vec<_> = investment
        .iter()
        .map(|account| described(item, account))
        .collect();
    let owners: Vec<_> = investment
        .iter()
        .map(|(id, own)| json!({ "account_id": id, "names": own.owner().get("names") }))
        .collect();
    let acats = investment.iter().filter(|(_, own)| own.subtype == "ira").map(|(id, own)| {
        json!({ "account_id": id, "account": format!("TR{}", own.mask), "dtc_numbers": ["1111", "2222", "3333"] })
    });
    let retirement = investment
        .iter()
        .filter(|(_, own)| own.subtype == "401k")
        .map(|(id, own)| json!({ "account_id": id, "plan": "PLAN", "account": format!("TR{}", own.mask) }));
    let ids: Vec<_> = ids
        .into_iter()
        .filter(|(id, _)| investment.iter().any(|account| account.0 == *id))
        .collect();
    Ok(json!({
        "accounts": full,
        "holdings": holdings(&ids, now),
        "securities": securities(now),
        "owners": owners,
        "numbers": {
            "acats": acats.collect::<Vec<_>>(), "aton": [], "retirement_401k": retirement.collect::<Vec<_>>(),
        },
        "data_sources": { "numbers": "INSTITUTION", "owners": "INSTITUTION", "holdings": "INSTITUTION" },
        "account_details_401k": [],
        "item": item.json(),
    }))
}

fn refresh(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let item = call.healthy_item(body.required("/access_token"))?;
    let item_id = item.item_id.clone();
    let payload = json!({ "new_holdings": 0, "updated_holdings": 0, "error": null });
    call.send_item_webhook(&item_id, "HOLDINGS", "DEFAULT_UPDATE", payload);
    Ok(json!({}))
}
