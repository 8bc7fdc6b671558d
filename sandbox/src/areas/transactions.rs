//! Transactions (<https://plaid.com/docs/api/products/transactions/>).

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Value, json};

use super::accounts::{base, chosen};
use super::lists::{dates, page};
use super::{Endpoint, json as endpoint};
use crate::clock::{self, DAY};
use crate::error::PlaidError;
use crate::fields::{
    Body, Field,
    Kind::{self, Date, Flag, Integer, List, NonEmptyList, Number, Object, OneOf, Record, Text, TextUpTo},
    nullable, optional, required, with,
};
use crate::state::Call;
use crate::state::items::Item;
use crate::state::transactions::{Change, Changes, Transaction, day};

const TOKEN: &[Field] = &[required("access_token", Text)];
const VERSIONS: &[&str] = &["v1", "v2"];

pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint("/transactions/sync", SYNC, sync),
    endpoint("/transactions/get", GET, get),
    endpoint("/transactions/refresh", TOKEN, refresh),
    endpoint("/transactions/recurring/get", RECURRING, recurring),
    endpoint("/transactions/enrich", ENRICH, enrich),
    endpoint("/sandbox/transactions/create", CREATE, create),
];

pub(super) const SYNC_OPTIONS: Kind = Record(&[
    nullable("include_original_description", Flag),
    optional("personal_finance_category_version", OneOf(VERSIONS)),
    optional("include_personal_finance_category", Flag),
    optional("include_logo_and_counterparty_beta", Flag),
    optional("days_requested", Integer(1, 730)),
    optional("account_id", Text),
]);

const SYNC: &[Field] = &[
    required("access_token", Text),
    nullable("cursor", TextUpTo(256)),
    optional("count", Integer(1, 500)),
    optional("options", SYNC_OPTIONS),
];

pub(super) const GET_OPTIONS: Kind = Record(&[
    optional("account_ids", List(&Text)),
    optional("count", Integer(1, 500)),
    optional("offset", Integer(0, u64::MAX)),
    nullable("include_original_description", Flag),
    optional("personal_finance_category_version", OneOf(VERSIONS)),
    optional("include_personal_finance_category", Flag),
    optional("include_logo_and_counterparty_beta", Flag),
    optional("days_requested", Integer(1, 730)),
]);

const GET: &[Field] = &[
    required("access_token", Text),
    required("start_date", Date),
    required("end_date", Date),
    optional("options", GET_OPTIONS),
];

const RECURRING: &[Field] = &[
    required("access_token", Text),
    optional("account_ids", List(&Text)),
    optional("options", Object),
];

const ENRICH: &[Field] = &[
    required("account_type", OneOf(&["depository", "credit"])),
    required("transactions", NonEmptyList(&Record(ENRICHED))),
    optional("options", Object),
];

const ENRICHED: &[Field] = &[
    required("id", Text),
    required("description", Text),
    required("amount", Number),
    required("direction", OneOf(&["INFLOW", "OUTFLOW"])),
    required("iso_currency_code", Text),
    optional("user_id", Text),
    optional("client_user_id", Text),
    optional("client_account_id", Text),
    optional("account_type", Text),
    optional("account_subtype", Text),
    optional("location", Object),
    optional("mcc", Text),
    optional("date_posted", Date),
];

const CREATE: &[Field] = &[
    required("access_token", Text),
    required(
        "transactions",
        NonEmptyList(&Record(&[
            required("date_transacted", Date),
            required("date_posted", Date),
            required("amount", Number),
            required("description", Text),
            optional("iso_currency_code", Text),
        ])),
    ),
];

/// The Item of the request with its history.
fn item<'a>(body: &Body, call: &'a mut Call) -> Result<&'a mut Item, PlaidError> {
    let access_token = body.required("/access_token");
    let item_id = call.healthy_item(access_token)?.item_id.clone();
    let days = body.integer("/options/days_requested");
    let state = &mut *call.state;
    let item = state
        .items
        .get_mut(&item_id)
        .ok_or_else(|| PlaidError::of("ITEM_NOT_FOUND"))?;
    item.add_product("transactions");
    item.fill_ledger(days, call.random);
    Ok(item)
}

/// A place in the log of an Item's changes, for all accounts or for one. Between two pages it also says where the log
/// ended when the first page was read, so that a change in between is noticed.
struct Cursor {
    position: usize,
    end: Option<usize>,
}

fn encode(item_id: &str, account: &str, cursor: &Cursor) -> String {
    let end = cursor.end.map(|end| end.to_string()).unwrap_or_default();
    Base64UrlUnpadded::encode_string(format!("{item_id}|{account}|{}|{end}", cursor.position).as_bytes())
}

fn decode(item_id: &str, account: &str, text: &str) -> Option<Cursor> {
    let bytes = Base64UrlUnpadded::decode_vec(text).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let mut parts = text.split('|');
    if parts.next()? != item_id || parts.next()? != account {
        return None;
    }
    let position = parts.next()?.parse().ok()?;
    let end = parts.next()?;
    Some(Cursor {
        position,
        end: if end.is_empty() {
            None
        } else {
            Some(end.parse().ok()?)
        },
    })
}

pub(super) fn sync(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let account = body.text("/options/account_id").unwrap_or_default().to_owned();
    let count = body
        .integer("/count")
        .and_then(|count| usize::try_from(count).ok())
        .unwrap_or(100);
    let item = item(body, call)?;
    if !account.is_empty() {
        super::accounts::account(item, &account, "options.account_id")?;
    }
    let text = body.text("/cursor").unwrap_or_default();
    let log_end = item.ledger.log.len();
    let cursor = match text {
        "" => Cursor {
            position: 0,
            end: None,
        },
        "now" => Cursor {
            position: log_end,
            end: None,
        },
        text => decode(&item.item_id, &account, text)
            .filter(|cursor| cursor.position <= log_end)
            .ok_or_else(|| PlaidError::invalid_field("cursor not associated with access_token"))?,
    };
    if !item.ledger.synced {
        // As at Plaid, the first call finds nothing yet.
        item.ledger.synced = true;
        if text.is_empty() {
            return Ok(json!({
                "transactions_update_status": "NOT_READY", "accounts": [], "added": [], "modified": [],
                "removed": [], "next_cursor": "", "has_more": false,
            }));
        }
    }
    if cursor.end.is_some_and(|end| end != log_end) {
        return Err(PlaidError::of("TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION"));
    }
    let with_description = body.flag("/options/include_original_description");
    let (mut added, mut modified, mut removed) = (Vec::new(), Vec::new(), Vec::new());
    let (mut position, mut taken) = (cursor.position, 0usize);
    let changes = item.ledger.log.iter().enumerate().skip(cursor.position);
    for (index, change) in changes {
        if taken >= count {
            break;
        }
        position = index.saturating_add(1);
        let (Change::Added(at) | Change::Modified(at) | Change::Removed(at)) = *change;
        let Some(row) = item.ledger.rows.get(at) else {
            continue;
        };
        if !account.is_empty() && row.account_id != account {
            continue;
        }
        match change {
            Change::Removed(_) => {
                removed.push(json!({ "transaction_id": row.id, "account_id": row.account_id }));
            }
            // A reader from the start never saw it.
            _ if row.removed && text.is_empty() => continue,
            Change::Added(_) => added.push(row.json(with_description)),
            Change::Modified(_) => modified.push(row.json(with_description)),
        }
        taken = taken.saturating_add(1);
    }
    let has_more = position < log_end;
    let next = Cursor {
        position,
        end: has_more.then_some(log_end),
    };
    let accounts: Vec<_> = item
        .accounts
        .iter()
        .filter(|(id, own)| own.account_type != "investment" && (account.is_empty() || *id == account))
        .filter(|(id, _)| item.ledger.rows.iter().any(|row| row.account_id == *id))
        .map(|own| base(item.institution, own))
        .collect();
    Ok(json!({
        "transactions_update_status": "HISTORICAL_UPDATE_COMPLETE",
        "accounts": accounts,
        "added": added,
        "modified": modified,
        "removed": removed,
        "next_cursor": encode(&item.item_id, &account, &next),
        "has_more": has_more,
    }))
}

pub(super) fn get(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let item = item(body, call)?;
    let (start, end) = dates(body)?;
    let ids: Vec<_> = chosen(item, body)?.map(|(id, _)| id.clone()).collect();
    let accounts: Vec<_> = chosen(item, body)?
        .map(|account| base(item.institution, account))
        .collect();
    let rows = item.ledger.newest_first();
    let matching: Vec<_> = rows
        .into_iter()
        .filter(|row| (start..=end).contains(&row.date) && ids.contains(&row.account_id))
        .collect();
    let with_description = body.flag("/options/include_original_description");
    let (offset, count) = page(body, "/options", 100);
    let total = matching.len();
    let page: Vec<_> = matching
        .into_iter()
        .skip(offset)
        .take(count)
        .map(|row| row.json(with_description))
        .collect();
    Ok(json!({
        "accounts": accounts, "transactions": page, "total_transactions": total, "item": item.json(),
    }))
}

pub(super) fn refresh(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let item_id = item(body, call)?.item_id.clone();
    let now = call.now;
    let mut changes = Changes::default();
    if let Some(item) = call.state.items.get_mut(&item_id).filter(|item| item.dynamic) {
        changes = item.refresh_dynamic(now, call.random);
    }
    call.send_transactions_webhooks(&item_id, &changes);
    Ok(json!({}))
}

fn create(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let rows = body
        .at("/transactions")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let (now, today) = (call.now, day(call.now));
    let item = item(body, call)?;
    let item_id = item.item_id.clone();
    if !item.dynamic {
        return Err(PlaidError::invalid_field(
            "access_token must be of an Item of user_transactions_dynamic",
        ));
    }
    let said = |message: &str| PlaidError {
        display_message: Some(message.to_owned()),
        ..PlaidError::invalid_field(message)
    };
    if rows.len() > 10 {
        return Err(said("The request contains too many transactions."));
    }
    let account_id = item
        .accounts
        .iter()
        .find(|(_, own)| own.account_type == "depository");
    let account_id = account_id.map(|(id, _)| id.clone()).unwrap_or_default();
    let mut created = Vec::new();
    for row in rows {
        let row = Body(row);
        let date = |pointer| clock::parse_date(row.required(pointer)).unwrap_or_default();
        let (transacted, posted) = (date("/date_transacted"), date("/date_posted"));
        let oldest = today.saturating_sub(DAY.saturating_mul(14));
        if transacted < oldest || posted < transacted || posted > today {
            return Err(said(
                "Transaction and posted dates must be within the last 14 days. The posted date cannot be before the transaction date.",
            ));
        }
        created.push((row, transacted, posted));
    }
    let ids: Vec<_> = created.iter().map(|_| call.random.id()).collect();
    let changes = Changes {
        added: created.len(),
        removed: Vec::new(),
    };
    if let Some(item) = call.state.items.get_mut(&item_id) {
        for ((row, transacted, posted), id) in created.into_iter().zip(ids) {
            item.ledger.add(Transaction {
                id,
                account_id: account_id.clone(),
                date: posted,
                authorized: transacted,
                name: row.required("/description").to_owned(),
                amount: row.at("/amount").and_then(Value::as_f64).unwrap_or_default(),
                currency: row.text("/iso_currency_code").unwrap_or("USD").to_owned(),
                merchant: None,
                channel: "other",
                category: ("GENERAL_SERVICES", "GENERAL_SERVICES_OTHER_GENERAL_SERVICES"),
                pending: posted > now,
                posts: None,
                pending_id: None,
                removed: false,
            });
        }
    }
    call.send_transactions_webhooks(&item_id, &changes);
    Ok(json!({}))
}

impl Call<'_> {
    /// Sends the webhooks of changed transactions.
    pub fn send_transactions_webhooks(&mut self, item_id: &str, changes: &Changes) {
        let synced = self
            .state
            .items
            .get(item_id)
            .is_some_and(|item| item.ledger.synced);
        if synced {
            self.send_item_webhook(
                item_id,
                "TRANSACTIONS",
                "SYNC_UPDATES_AVAILABLE",
                json!({ "initial_update_complete": true, "historical_update_complete": true }),
            );
        }
        if changes.added > 0 {
            let payload = json!({ "new_transactions": changes.added, "error": null });
            self.send_item_webhook(item_id, "TRANSACTIONS", "DEFAULT_UPDATE", payload);
        }
        if !changes.removed.is_empty() {
            let payload = json!({ "removed_transactions": changes.removed, "error": null });
            self.send_item_webhook(item_id, "TRANSACTIONS", "TRANSACTIONS_REMOVED", payload);
        }
    }
}

pub(super) fn recurring(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let now = call.now;
    let wanted: Vec<String> = body
        .texts("/account_ids")
        .into_iter()
        .map(str::to_owned)
        .collect();
    let item = item(body, call)?;
    for id in &wanted {
        super::accounts::account(item, id, "account_ids")?;
    }
    let (mut inflow, mut outflow): (Vec<Value>, Vec<Value>) = (Vec::new(), Vec::new());
    let mut rows = item.ledger.newest_first();
    rows.reverse();
    let mut seen: Vec<(&str, &str)> = Vec::new();
    for row in &rows {
        let key = (row.account_id.as_str(), row.name.as_str());
        let covered = item.accounts.iter().any(|(id, own)| {
            *id == row.account_id && matches!(own.account_type.as_str(), "depository" | "credit")
        });
        if seen.contains(&key) || !covered || (!wanted.is_empty() && !wanted.contains(&row.account_id)) {
            continue;
        }
        seen.push(key);
        let stream: Vec<_> = rows
            .iter()
            .filter(|other| (other.account_id.as_str(), other.name.as_str()) == key)
            .collect();
        let (Some(first), Some(last)) = (stream.first(), stream.last()) else {
            continue;
        };
        if stream.len() < 2 {
            continue;
        }
        let amount = json!({
            "amount": last.amount, "iso_currency_code": last.currency, "unofficial_currency_code": null,
        });
        let value = json!({
            "account_id": row.account_id,
            "stream_id": format!("{}{}", row.id.chars().rev().collect::<String>(), ""),
            "category": null,
            "category_id": null,
            "description": row.name,
            "merchant_name": row.merchant,
            "first_date": clock::date(first.date),
            "last_date": clock::date(last.date),
            "predicted_next_date": clock::date(last.date.saturating_add(DAY.saturating_mul(30))),
            "frequency": "MONTHLY",
            "transaction_ids": stream.iter().map(|row| &row.id).collect::<Vec<_>>(),
            "average_amount": amount,
            "last_amount": amount,
            "is_active": true,
            "status": if stream.len() >= 3 { "MATURE" } else { "EARLY_DETECTION" },
            "personal_finance_category": {
                "primary": row.category.0, "detailed": row.category.1, "confidence_level": "VERY_HIGH",
                "version": "v1",
            },
            "is_user_modified": false,
        });
        if row.amount < 0.0 {
            inflow.push(value)
        } else {
            outflow.push(value)
        }
    }
    Ok(json!({
        "inflow_streams": inflow,
        "outflow_streams": outflow,
        "updated_datetime": clock::timestamp(now),
        "personal_finance_category_version": "v1",
    }))
}

fn enrich(body: &Body, _call: &mut Call) -> Result<Value, PlaidError> {
    let rows = body
        .at("/transactions")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    if rows.len() > 100 {
        return Err(PlaidError::invalid_field(
            "transactions must be an array of at most 100 elements",
        ));
    }
    let enriched = rows.into_iter().map(|row| {
        let request = Body(row);
        let inflow = request.text("/direction") == Some("INFLOW");
        let (primary, detailed) = if inflow {
            ("TRANSFER_IN", "TRANSFER_IN_ACCOUNT_TRANSFER")
        } else {
            (
                "GENERAL_MERCHANDISE",
                "GENERAL_MERCHANDISE_OTHER_GENERAL_MERCHANDISE",
            )
        };
        let location = |name: &str| request.copy(&format!("/location/{name}"));
        let mut row = json!({
            "id": request.copy("/id"),
            "description": request.copy("/description"),
            "amount": request.copy("/amount"),
            "direction": request.copy("/direction"),
            "iso_currency_code": request.copy("/iso_currency_code"),
            "enrichments": {
                "counterparties": [],
                "entity_id": null,
                "legacy_category_id": null,
                "legacy_category": null,
                "location": {
                    "address": location("address"), "city": location("city"), "region": location("region"),
                    "postal_code": location("postal_code"), "country": location("country"), "lat": null,
                    "lon": null, "store_number": null,
                },
                "logo_url": null,
                "merchant_name": null,
                "payment_channel": "other",
                "phone_number": null,
                "personal_finance_category":
                    { "primary": primary, "detailed": detailed, "confidence_level": "LOW", "version": "v1" },
                "personal_finance_category_icon_url":
                    format!("https://plaid-category-icons.plaid.com/PFC_{primary}.png"),
                "website": null,
                "check_number": null,
            },
        });
        for name in [
            "client_user_id",
            "client_account_id",
            "account_type",
            "account_subtype",
        ] {
            row = with(row, name, request.at(&format!("/{name}")).cloned());
        }
        row
    });
    Ok(json!({ "enriched_transactions": enriched.collect::<Vec<_>>() }))
}
