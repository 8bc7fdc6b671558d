//! Statements (<https://plaid.com/docs/api/products/statements/>).

use serde_json::{Value, json};

use super::pdf_file;
use super::{Endpoint, json as endpoint, pdf};
use crate::clock;
use crate::error::PlaidError;
use crate::fields::{
    Body, Field,
    Kind::{Date, Text},
    required,
};
use crate::state::Call;
use crate::state::items::Item;

pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint("/statements/list", &[required("access_token", Text)], list),
    pdf("/statements/download", DOWNLOAD, download),
    endpoint("/statements/refresh", REFRESH, refresh),
];

const DOWNLOAD: &[Field] = &[required("access_token", Text), required("statement_id", Text)];
const REFRESH: &[Field] = &[
    required("access_token", Text),
    required("start_date", Date),
    required("end_date", Date),
];

/// The months of the Item's window, each with its statement's date.
fn months(item: &Item, now: i64) -> Vec<(u32, u32)> {
    let date = |name: &str| {
        item.options
            .pointer(&format!("/statements/{name}"))
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    let end = date("end_date").unwrap_or_else(|| clock::date(now));
    let start = date("start_date").unwrap_or_else(|| end.clone());
    let parse = |date: &str| {
        let mut parts = date.split('-').map(|part| part.parse::<u32>().unwrap_or(1));
        (parts.next().unwrap_or(2020), parts.next().unwrap_or(1))
    };
    let ((mut year, mut month), last) = (parse(&start), parse(&end));
    let mut months = Vec::new();
    while (year, month) <= last && months.len() < 24 {
        months.push((year, month));
        month = month.saturating_add(1);
        if month > 12 {
            (year, month) = (year.saturating_add(1), 1);
        }
    }
    months
}

fn list(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let now = call.now;
    let item = call.healthy_item(body.required("/access_token"))?;
    item.add_product("statements");
    let months = months(item, now);
    let accounts = item
        .accounts
        .iter()
        .filter(|(_, own)| own.account_type == "depository")
        .map(|(id, own)| {
            let statements = months.iter().map(|(year, month)| {
                json!({
                    "statement_id": format!("{id}{year}{month:02}"), "month": month, "year": year,
                    "date_posted": format!("{year}-{month:02}-28"),
                })
            });
            json!({
                "account_id": id, "account_mask": own.mask, "account_name": own.name,
                "account_official_name": own.official_name.as_ref().unwrap_or(&own.name),
                "account_subtype": own.subtype, "account_type": own.account_type,
                "statements": statements.collect::<Vec<_>>(),
            })
        });
    Ok(json!({
        "accounts": accounts.collect::<Vec<_>>(), "institution_id": item.institution.id,
        "institution_name": item.institution.name, "item_id": item.item_id,
    }))
}

fn download(body: &Body, call: &mut Call) -> Result<String, PlaidError> {
    let now = call.now;
    let item = call.healthy_item(body.required("/access_token"))?;
    let id = body.required("/statement_id");
    let known = months(item, now).into_iter().any(|(year, month)| {
        item.accounts
            .iter()
            .any(|(account, _)| id == format!("{account}{year}{month:02}"))
    });
    if !known {
        return Err(PlaidError::invalid_field(
            "could not find a statement with this statement_id",
        ));
    }
    Ok(pdf_file(&["Statement", item.institution.name, id]))
}

fn refresh(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    super::lists::dates(body)?;
    let item = call.healthy_item(body.required("/access_token"))?;
    let item_id = item.item_id.clone();
    let options = json!({ "start_date": body.copy("/start_date"), "end_date": body.copy("/end_date") });
    item.options = crate::fields::with(
        if item.options.is_object() {
            item.options.clone()
        } else {
            json!({})
        },
        "statements",
        Some(options),
    );
    call.send_item_webhook(
        &item_id,
        "STATEMENTS",
        "STATEMENTS_REFRESH_COMPLETE",
        json!({ "result": "SUCCESS" }),
    );
    Ok(json!({}))
}
