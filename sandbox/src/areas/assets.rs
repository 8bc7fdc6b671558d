//! Assets (<https://plaid.com/docs/api/products/assets/>).

use serde_json::{Value, json};

use super::accounts::base;
use super::pdf_file;
use super::{Endpoint, json as endpoint, pdf};
use crate::clock::{self, DAY};
use crate::error::PlaidError;
use crate::fields::{
    Body, Field,
    Kind::{Flag, Integer, List, NonEmptyList, Object, Record, Text, TextUpTo},
    nullable, optional, required, with,
};
use crate::state::Call;
use crate::state::transactions::day;

pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint("/asset_report/create", CREATE, create),
    endpoint("/asset_report/get", GET, get),
    pdf("/asset_report/pdf/get", PDF, pdf_get),
    endpoint("/asset_report/filter", FILTER, filter),
    endpoint("/asset_report/refresh", REFRESH, refresh),
    endpoint("/asset_report/remove", TOKEN, remove),
    endpoint("/asset_report/audit_copy/create", AUDIT, audit_create),
    endpoint("/asset_report/audit_copy/get", COPY, audit_get),
    endpoint("/asset_report/audit_copy/remove", COPY, audit_remove),
];

const TOKEN: &[Field] = &[required("asset_report_token", Text)];
const COPY: &[Field] = &[required("audit_copy_token", Text)];
const DAYS: &[Field] = &[nullable("days_to_include", Integer(0, 731))];
const OPTIONS: &[Field] = &[
    nullable("client_report_id", TextUpTo(usize::MAX)),
    nullable("webhook", TextUpTo(usize::MAX)),
    optional("include_fast_report", Flag),
    optional("products", List(&Text)),
    optional("add_ons", List(&Text)),
    optional("user", Object),
    optional("require_all_items", Flag),
];
const CREATE: &[Field] = &[
    required("access_tokens", NonEmptyList(&Text)),
    required("days_requested", Integer(0, 731)),
    optional("options", Record(OPTIONS)),
];
const GET: &[Field] = &[
    required("asset_report_token", Text),
    optional("include_insights", Flag),
    optional("fast_report", Flag),
    optional("options", Record(DAYS)),
];
const PDF: &[Field] = &[
    required("asset_report_token", Text),
    optional("options", Record(DAYS)),
];
const FILTER: &[Field] = &[
    required("asset_report_token", Text),
    required("account_ids_to_exclude", List(&Text)),
];
const REFRESH: &[Field] = &[
    required("asset_report_token", Text),
    nullable("days_requested", Integer(0, 731)),
    optional("options", Record(OPTIONS)),
];
const AUDIT: &[Field] = &[required("asset_report_token", Text), optional("auditor_id", Text)];

fn create(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let tokens: Vec<String> = body
        .texts("/access_tokens")
        .into_iter()
        .map(str::to_owned)
        .collect();
    let days = body.integer("/days_requested").unwrap_or_default();
    make(call, &tokens, &[], days, &body.copy("/options"))
}

/// Makes a report of these Items without these accounts, and gives its token and id.
fn make(
    call: &mut Call,
    tokens: &[String],
    excluded: &[String],
    days: u64,
    options: &Value,
) -> Result<Value, PlaidError> {
    let now = call.now;
    let mut items = Vec::new();
    for token in tokens {
        let item_id = {
            let item = call.healthy_item(token)?;
            if !item.has("assets") {
                return Err(PlaidError::of("PRODUCT_NOT_ENABLED"));
            }
            item.item_id.clone()
        };
        if let Some(item) = call.state.items.get_mut(&item_id) {
            item.fill_ledger(Some(days), call.random);
            let first = day(now).saturating_sub(DAY.saturating_mul(i64::try_from(days).unwrap_or(0)));
            let accounts: Vec<_> = item.accounts.iter().filter(|(id, _)| !excluded.contains(id)).map(|account| {
                let rows = item.ledger.newest_first();
                let rows: Vec<_> = rows.into_iter().filter(|row| row.account_id == account.0 && row.date >= first).map(|row| {
                    let full = row.json(true);
                    with(full, "date_transacted", Some(clock::date(row.authorized)))
                }).collect();
                let balances = base(item.institution, account).get("balances").cloned().unwrap_or_default();
                let balances = with(balances, "margin_loan_amount", Some(Value::Null));
                let current = balances.get("current").cloned().unwrap_or_default();
                let history: Vec<_> = (0..i64::try_from(days).unwrap_or(0)).map(|ago| json!({
                    "date": clock::date(now.saturating_sub(DAY.saturating_mul(ago))), "current": current,
                    "iso_currency_code": "USD", "unofficial_currency_code": null,
                })).collect();
                json!({
                    "account_id": account.0, "balances": balances, "mask": account.1.mask, "name": account.1.name,
                    "official_name": account.1.official_name, "type": account.1.account_type,
                    "subtype": account.1.subtype, "days_available": days, "transactions": rows,
                    "owners": [account.1.owner()], "historical_balances": history, "ownership_type": null,
                })
            }).collect();
            items.push(json!({
                "item_id": item.item_id, "institution_name": item.institution.name,
                "institution_id": item.institution.id, "date_last_updated": clock::timestamp(now),
                "accounts": accounts,
            }));
        }
    }
    let (token, id) = (call.random.token("assets"), call.random.uuid());
    let option = |pointer: &str| options.pointer(pointer).cloned().unwrap_or_default();
    let user = |name: &str| option(&format!("/user/{name}"));
    let report = json!({
        "asset_report_id": id, "insights": null, "client_report_id": option("/client_report_id"),
        "date_generated": clock::timestamp(now), "days_requested": days,
        "user": {
            "client_user_id": user("client_user_id"), "first_name": user("first_name"),
            "middle_name": user("middle_name"), "last_name": user("last_name"), "ssn": user("ssn"),
            "phone_number": user("phone_number"), "email": user("email"),
        },
        "items": items,
    });
    let record =
        json!({ "report": report, "tokens": tokens, "excluded": excluded, "days": days, "options": options });
    call.state.asset_reports.insert(token.clone(), record);
    if let Some(url) = options
        .get("webhook")
        .and_then(Value::as_str)
        .filter(|url| !url.is_empty())
    {
        let payload = json!({
            "webhook_type": "ASSETS", "webhook_code": "PRODUCT_READY", "asset_report_id": id,
            "report_type": "FULL", "environment": "sandbox",
        });
        call.send_webhook(url, &payload);
    }
    Ok(json!({ "asset_report_token": token, "asset_report_id": id }))
}

fn find(call: &Call, token: &str, code: &str) -> Result<Body, PlaidError> {
    let found = call
        .state
        .asset_reports
        .get(token)
        .filter(|record| record.is_object());
    found.cloned().map(Body).ok_or_else(|| PlaidError::of(code))
}

/// The report as it is shown: the names of transactions are insights.
fn shown(record: &Body, insights: bool, days: Option<u64>, now: i64) -> Value {
    let mut report = record.copy("/report");
    let first = days.map(|days| {
        clock::date(day(now).saturating_sub(DAY.saturating_mul(i64::try_from(days).unwrap_or(0))))
    });
    let items = report
        .get_mut("items")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten();
    for account in items
        .filter_map(|item| item.get_mut("accounts"))
        .filter_map(Value::as_array_mut)
        .flatten()
    {
        let Some(rows) = account.get_mut("transactions").and_then(Value::as_array_mut) else {
            continue;
        };
        if let Some(first) = &first {
            rows.retain(|row| {
                row.get("date")
                    .and_then(Value::as_str)
                    .is_some_and(|date| date >= first.as_str())
            });
        }
        const PLAIN: &[&str] = &[
            "account_id",
            "amount",
            "iso_currency_code",
            "unofficial_currency_code",
            "original_description",
            "date",
            "pending",
            "transaction_id",
        ];
        const INSIGHTS: &[&str] = &[
            "name",
            "merchant_name",
            "category",
            "category_id",
            "location",
            "payment_meta",
            "date_transacted",
            "check_number",
            "transaction_type",
            "account_owner",
            "pending_transaction_id",
        ];
        for row in rows.iter_mut().filter_map(Value::as_object_mut) {
            row.retain(|name, _| {
                PLAIN.contains(&name.as_str()) || (insights && INSIGHTS.contains(&name.as_str()))
            });
        }
    }
    report
}

fn get(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let record = find(
        call,
        body.required("/asset_report_token"),
        "INVALID_ASSET_REPORT_TOKEN",
    )?;
    let days = body.integer("/options/days_to_include");
    Ok(json!({ "report": shown(&record, body.flag("/include_insights"), days, call.now), "warnings": [] }))
}

fn pdf_get(body: &Body, call: &mut Call) -> Result<String, PlaidError> {
    let record = find(
        call,
        body.required("/asset_report_token"),
        "INVALID_ASSET_REPORT_TOKEN",
    )?;
    Ok(pdf_file(&[
        "Asset report",
        record.text("/report/asset_report_id").unwrap_or_default(),
    ]))
}

fn parts(record: &Body) -> (Vec<String>, Vec<String>) {
    let list = |pointer| record.texts(pointer).into_iter().map(str::to_owned).collect();
    (list("/tokens"), list("/excluded"))
}

fn filter(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let record = find(call, body.required("/asset_report_token"), "INVALID_PARENT")?;
    let (tokens, mut excluded) = parts(&record);
    excluded.extend(
        body.texts("/account_ids_to_exclude")
            .into_iter()
            .map(str::to_owned),
    );
    let days = record.integer("/days").unwrap_or_default();
    make(call, &tokens, &excluded, days, &record.copy("/options"))
}

fn refresh(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let record = find(call, body.required("/asset_report_token"), "INVALID_PARENT")?;
    let (tokens, excluded) = parts(&record);
    let days = body
        .integer("/days_requested")
        .or(record.integer("/days"))
        .unwrap_or_default();
    let mut options = record.copy("/options");
    if let Some(new) = body.at("/options").and_then(Value::as_object) {
        match options.as_object_mut() {
            Some(old) => old.extend(new.clone()),
            None => options = json!(new),
        }
    }
    make(call, &tokens, &excluded, days, &options)
}

fn remove(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let token = body.required("/asset_report_token");
    find(call, token, "INVALID_ASSET_REPORT_TOKEN")?;
    call.state.asset_reports.insert(token.to_owned(), Value::Null);
    Ok(json!({ "removed": true }))
}

fn audit_create(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let token = body.required("/asset_report_token");
    find(call, token, "INVALID_PARENT")?;
    let letters: String = call.random.id().to_lowercase().chars().take(26).collect();
    let copy = format!("a-sandbox-{letters}");
    call.state.audit_copies.insert(copy.clone(), token.to_owned());
    Ok(json!({ "audit_copy_token": copy }))
}

fn audit_get(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let token = call.state.audit_copies.get(body.required("/audit_copy_token"));
    let token = token
        .cloned()
        .ok_or_else(|| PlaidError::of("INVALID_AUDIT_COPY_TOKEN"))?;
    let record = find(call, &token, "INVALID_AUDIT_COPY_TOKEN")?;
    Ok(json!({ "report": shown(&record, true, None, call.now), "warnings": [] }))
}

fn audit_remove(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let found = call.state.audit_copies.remove(body.required("/audit_copy_token"));
    found.ok_or_else(|| PlaidError::of("INVALID_AUDIT_COPY_TOKEN"))?;
    Ok(json!({ "removed": true }))
}
