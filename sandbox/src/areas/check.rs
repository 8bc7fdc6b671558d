//! Plaid Check's consumer reports (<https://plaid.com/docs/api/products/check/>): about the Items that were linked for a
//! user or, as in a test that plays Link without a user, about the latest Item.

use serde_json::{Value, json};

use super::accounts::base;
use super::users::{items, user_id};
use super::{Endpoint, json as endpoint, pdf, pdf_file};
use crate::clock::{self, DAY};
use crate::error::PlaidError;
use crate::fields::{
    Body, Field,
    Kind::{Flag, Integer, List, NonEmptyList, Object, OneOf, Text, Url},
    nullable, optional, required, text, with,
};
use crate::state::Call;
use crate::state::items::{Account, Item};
use crate::state::transactions::{Transaction, day};

pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint("/cra/check_report/create", CREATE, create),
    endpoint("/cra/check_report/base_report/get", BASE, base_report),
    endpoint("/cra/check_report/income_insights/get", INCOME, income_insights),
    endpoint(
        "/cra/check_report/partner_insights/get",
        PARTNER,
        partner_insights,
    ),
    pdf("/cra/check_report/pdf/get", PDF, pdf_get),
];

const PURPOSES: &[&str] = &[
    "ACCOUNT_REVIEW_CREDIT",
    "ACCOUNT_REVIEW_NON_CREDIT",
    "EXTENSION_OF_CREDIT",
    "LEGITIMATE_BUSINESS_NEED_TENANT_SCREENING",
    "LEGITIMATE_BUSINESS_NEED_OTHER",
    "WRITTEN_INSTRUCTION_PREQUALIFICATION",
    "WRITTEN_INSTRUCTION_OTHER",
    "ELIGIBILITY_FOR_GOVT_BENEFITS",
];
const CREATE: &[Field] = &[
    optional("user_id", Text),
    optional("user_token", Text),
    required("webhook", Url),
    required("days_requested", Integer(1, 731)),
    optional("days_required", Integer(1, 184)),
    nullable("client_report_id", Text),
    nullable("products", NonEmptyList(&Text)),
    nullable("base_report", Object),
    nullable("cashflow_insights", Object),
    nullable("partner_insights", Object),
    nullable("lend_score", Object),
    nullable("network_insights", Object),
    nullable("include_investments", Flag),
    nullable("income_insights", Object),
    required("consumer_report_permissible_purpose", OneOf(PURPOSES)),
];
const BASE: &[Field] = &[
    optional("user_id", Text),
    optional("user_token", Text),
    optional("third_party_user_token", Text),
    nullable("item_ids", List(&Text)),
    nullable("user_tier", Text),
    optional("report_id", Text),
    optional("consumer_report_permissible_purpose", Text),
];
const INCOME: &[Field] = &[
    optional("user_id", Text),
    optional("user_token", Text),
    optional("third_party_user_token", Text),
    nullable("options", Object),
    optional("report_id", Text),
    optional("consumer_report_permissible_purpose", Text),
];
const PARTNER: &[Field] = &[
    optional("user_id", Text),
    optional("user_token", Text),
    optional("third_party_user_token", Text),
    nullable("user_tier", Text),
    optional("partner_insights", Object),
    nullable("options", Object),
];
const PDF: &[Field] = &[
    optional("user_id", Text),
    optional("user_token", Text),
    optional("third_party_user_token", Text),
    optional(
        "add_ons",
        List(&OneOf(&["cra_income_insights", "cra_partner_insights"])),
    ),
];

/// What a report is about: the Items with their history, and the terms under which it was made.
struct Report<'a> {
    items: Vec<&'a Item>,
    /// The report's id, its days, the client's own id and when it was made.
    record: Value,
}

/// The user's latest report. One that was never asked for is made as Link makes it, when it has the user's Items.
fn report<'a>(body: &Body, call: &'a mut Call) -> Result<Report<'a>, PlaidError> {
    let id = user_id(body, call)?;
    let mut item_ids: Vec<_> = items(&id, call).map(|item| item.item_id.clone()).collect();
    if item_ids.is_empty() {
        let latest = call.state.items.iter().rev().find(|item| !item.removed);
        item_ids.extend(latest.map(|item| item.item_id.clone()));
    }
    if item_ids.is_empty() {
        return Err(PlaidError::of("PRODUCT_NOT_READY"));
    }
    if call.state.check_reports.get(&id).is_none() {
        add(call, &id, 365, &Value::Null);
    }
    let record = call.state.check_reports.get(&id).cloned().unwrap_or_default();
    let days = record.get("days_requested").and_then(Value::as_u64);
    for item_id in &item_ids {
        if let Some(item) = call.state.items.get_mut(item_id) {
            item.fill_ledger(days, call.random);
        }
    }
    let items = item_ids
        .iter()
        .filter_map(|id| call.state.items.get(id))
        .collect();
    Ok(Report { items, record })
}

fn add(call: &mut Call, user_id: &str, days: u64, client_report_id: &Value) {
    let record = json!({
        "report_id": call.random.uuid(), "days_requested": days, "client_report_id": client_report_id,
        "generated": clock::timestamp(call.now),
    });
    call.state.check_reports.insert(user_id.to_owned(), record);
}

fn create(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let id = user_id(body, call)?;
    let days = body.integer("/days_requested").unwrap_or_default();
    add(call, &id, days, &body.copy("/client_report_id"));
    let payload = json!({
        "webhook_type": "CHECK_REPORT", "webhook_code": "USER_CHECK_REPORT_READY", "user_id": id,
        "environment": "sandbox",
    });
    call.send_webhook(body.required("/webhook"), &payload);
    Ok(json!({}))
}

fn base_report(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let now = call.now;
    let Report { items, record } = report(body, call)?;
    let days = record
        .get("days_requested")
        .and_then(Value::as_i64)
        .unwrap_or_default();
    let items: Vec<_> = items
        .into_iter()
        .map(|item| {
            let covered = item.accounts.iter().filter(|(_, own)| is_covered(own));
            let accounts: Vec<_> = covered
                .map(|account| described(item, account, days, now))
                .collect();
            json!({
                "institution_name": item.institution.name, "institution_id": item.institution.id,
                "date_last_updated": clock::timestamp(now), "item_id": item.item_id, "accounts": accounts,
            })
        })
        .collect();
    let report = json!({
        "report_id": record.get("report_id"), "date_generated": record.get("generated"), "days_requested": days,
        "client_report_id": record.get("client_report_id"), "items": items,
    });
    Ok(json!({ "report": report, "warnings": [] }))
}

/// Reports are about money at hand and owed, not about investments.
fn is_covered(account: &Account) -> bool {
    matches!(account.account_type.as_str(), "depository" | "credit" | "loan")
}

fn described(item: &Item, account: &(String, Account), days: i64, now: i64) -> Value {
    let (id, own) = account;
    let first = day(now).saturating_sub(DAY.saturating_mul(days));
    let rows = item.ledger.newest_first();
    let rows: Vec<_> = rows
        .into_iter()
        .filter(|row| row.account_id == *id && row.date >= first)
        .collect();
    let oldest = rows.last().map(|row| clock::date(row.date));
    let balances = base(item.institution, account)
        .get("balances")
        .cloned()
        .unwrap_or_default();
    json!({
        "account_id": id,
        "balances": with(balances, "average_balance", own.current),
        "consumer_disputes": [],
        "mask": own.mask,
        "metadata": { "start_date": clock::date(first), "end_date": clock::date(now) },
        "name": own.name,
        "official_name": own.official_name,
        "type": own.account_type,
        "subtype": own.subtype,
        "days_available": days,
        "transactions": rows.iter().map(|row| transaction(row)).collect::<Vec<_>>(),
        "owners": [own.owner()],
        "ownership_type": null,
        "account_insights": {
            "oldest_transaction_date": oldest,
            "most_recent_transaction_date": rows.first().map(|row| clock::date(row.date)),
            "days_available": days,
        },
    })
}

fn transaction(row: &Transaction) -> Value {
    json!({
        "account_id": row.account_id, "amount": row.amount, "iso_currency_code": row.currency,
        "unofficial_currency_code": null, "original_description": row.name, "check_number": null,
        "date": clock::date(row.date), "date_transacted": clock::date(row.authorized),
        "credit_category": { "primary": row.category.0, "detailed": row.category.1 },
        "merchant_name": row.merchant, "pending": row.pending, "account_owner": null, "transaction_id": row.id,
    })
}

fn income_insights(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let Report { items, record } = report(body, call)?;
    // Money that comes in under the same name, at least twice and from no merchant, is income.
    let mut streams: Vec<(&str, Vec<(&Item, &Transaction)>)> = Vec::new();
    for item in items {
        let rows = item
            .ledger
            .newest_first()
            .into_iter()
            .filter(|row| row.amount < 0.0 && !row.pending && row.merchant.is_none());
        for row in rows {
            match streams.iter_mut().find(|(name, _)| *name == row.name) {
                Some((_, rows)) => rows.push((item, row)),
                None => streams.push((&row.name, vec![(item, row)])),
            }
        }
    }
    let streams = streams.iter().filter(|(_, rows)| rows.len() > 1);
    let streams: Vec<_> = streams.map(|(name, rows)| stream(name, rows)).collect();
    let report = json!({
        "report_id": record.get("report_id"), "generated_time": record.get("generated"),
        "days_requested": record.get("days_requested"), "client_report_id": record.get("client_report_id"),
        "income_streams": streams, "warnings": [],
    });
    Ok(json!({ "report": report, "warnings": [] }))
}

fn stream(name: &str, rows: &[(&Item, &Transaction)]) -> Value {
    let dates = rows.iter().map(|(_, row)| row.date);
    let (start, end) = (
        dates.clone().min().unwrap_or_default(),
        dates.max().unwrap_or_default(),
    );
    let total: f64 = rows.iter().map(|(_, row)| -row.amount).sum();
    let days = end.saturating_sub(start).div_euclid(DAY).max(1) as f64;
    let cents = |amount: f64| (amount * 100.0).round() / 100.0;
    let income = |months: f64| {
        let amount = cents(total / days * 365.25 / 12.0 * months);
        json!({ "gross_income": amount, "net_income": amount })
    };
    let modeled = json!({ "monthly": income(1.0), "annual": income(12.0) });
    let transactions = rows.iter().map(|(item, row)| {
        json!({
            "transaction_id": row.id, "item_id": item.item_id, "account_id": row.account_id, "amount": row.amount,
            "date": clock::date(row.date), "original_description": row.name, "iso_currency_code": row.currency,
            "unofficial_currency_code": null, "outlier": { "is_outlier": false, "amount": null },
        })
    });
    json!({
        "income_stream_id": rows.first().map(|(_, row)| row.id.chars().rev().collect::<String>()),
        "start_date": clock::date(start),
        "end_date": clock::date(end),
        "description": name,
        "insights": {
            "income_category": { "primary": "OTHER", "secondary": "OTHER" },
            "pay_frequency": "MONTHLY",
            "income_provider": { "name": name, "is_normalized": false },
            "status": "ACTIVE",
            "next_payment": { "date": clock::date(end.saturating_add(30 * DAY)) },
        },
        "income_metrics": {
            "current": modeled, "projected": modeled, "iso_currency_code": "USD", "unofficial_currency_code": null,
        },
        "transactions": transactions.collect::<Vec<_>>(),
    })
}

/// Partners' scores are theirs to make: a report without any is valid.
fn partner_insights(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let Report { items, record } = report(body, call)?;
    let items = items.into_iter().map(|item| {
        let covered = item.accounts.iter().filter(|(_, own)| own.account_type == "depository");
        let accounts = covered.map(|(id, own)| {
            json!({
                "account_id": id, "mask": own.mask, "metadata": { "start_date": null, "end_date": null },
                "name": own.name, "official_name": own.official_name, "type": own.account_type,
                "subtype": own.subtype, "owners": [own.owner()],
            })
        });
        json!({
            "institution_id": item.institution.id, "institution_name": item.institution.name, "item_id": item.item_id,
            "accounts": accounts.collect::<Vec<_>>(),
        })
    });
    let report = json!({
        "report_id": record.get("report_id"), "generated_time": record.get("generated"),
        "client_report_id": record.get("client_report_id"), "prism": null, "fico": null,
        "items": items.collect::<Vec<_>>(),
    });
    Ok(json!({ "report": report, "warnings": [] }))
}

fn pdf_get(body: &Body, call: &mut Call) -> Result<String, PlaidError> {
    let Report { record, .. } = report(body, call)?;
    let mut lines = vec!["Consumer report", text(&record, "report_id")];
    lines.extend(body.texts("/add_ons"));
    Ok(pdf_file(&lines))
}
