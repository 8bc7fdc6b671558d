//! Plaid's products, one a file, named as in [Plaid's API reference](https://plaid.com/docs/api/).

mod accounts;
mod assets;
mod bank_transfer_events;
mod bank_transfer_rest;
mod bank_transfers;
mod check;
mod custom_user;
mod identity_verification;
mod income;
mod institutions;
mod investments;
mod item_webhooks;
mod items;
mod liabilities;
mod link;
mod link_complete;
mod link_fields;
mod lists;
mod monitor;
mod payment_initiation;
mod processor;
mod public_tokens;
mod sandbox_items;
mod signal;
mod statements;
mod transactions;
mod transfer_ledger;
mod transfer_moves;
mod transfer_recurring;
mod transfer_refunds;
mod transfers;
mod users;
mod webhook_keys;

use std::collections::HashMap;
use std::sync::LazyLock;

use serde_json::Value;

use crate::error::PlaidError;
use crate::fields::{Body, Field};
use crate::state::Call;

/// One of Plaid's endpoints: where it is, what it takes and what it does.
pub(crate) struct Endpoint {
    pub path: &'static str,
    pub fields: &'static [Field],
    pub handler: Handler,
}

/// What responds to a request whose fields have been checked.
#[derive(Clone, Copy)]
pub(crate) enum Handler {
    /// Gives the JSON body, to which `request_id` is added.
    Json(fn(&Body, &mut Call) -> Result<Value, PlaidError>),
    /// Gives a PDF file.
    Pdf(fn(&Body, &mut Call) -> Result<String, PlaidError>),
}

const fn json(
    path: &'static str,
    fields: &'static [Field],
    handler: fn(&Body, &mut Call) -> Result<Value, PlaidError>,
) -> Endpoint {
    let handler = Handler::Json(handler);
    Endpoint {
        path,
        fields,
        handler,
    }
}

const fn pdf(
    path: &'static str,
    fields: &'static [Field],
    handler: fn(&Body, &mut Call) -> Result<String, PlaidError>,
) -> Endpoint {
    let handler = Handler::Pdf(handler);
    Endpoint {
        path,
        fields,
        handler,
    }
}

/// The endpoint of this path.
pub(crate) fn endpoint(path: &str) -> Option<&'static Endpoint> {
    static BY_PATH: LazyLock<HashMap<&str, &Endpoint>> =
        LazyLock::new(|| endpoints().map(|endpoint| (endpoint.path, endpoint)).collect());
    BY_PATH.get(path).copied()
}

/// Every endpoint.
pub(crate) fn endpoints() -> impl Iterator<Item = &'static Endpoint> {
    AREAS.iter().flat_map(|area| area.iter())
}

const AREAS: &[&[Endpoint]] = &[
    accounts::ENDPOINTS,
    bank_transfer_events::ENDPOINTS,
    bank_transfers::ENDPOINTS,
    items::ENDPOINTS,
    link::ENDPOINTS,
    link_complete::ENDPOINTS,
    public_tokens::ENDPOINTS,
    sandbox_items::ENDPOINTS,
    transfers::ENDPOINTS,
    webhook_keys::ENDPOINTS,
    assets::ENDPOINTS,
    bank_transfer_rest::ENDPOINTS,
    income::ENDPOINTS,
    institutions::ENDPOINTS,
    investments::ENDPOINTS,
    liabilities::ENDPOINTS,
    payment_initiation::ENDPOINTS,
    check::ENDPOINTS,
    identity_verification::ENDPOINTS,
    monitor::ENDPOINTS,
    users::ENDPOINTS,
    processor::ENDPOINTS,
    signal::ENDPOINTS,
    statements::ENDPOINTS,
    transactions::ENDPOINTS,
    transfer_ledger::ENDPOINTS,
    transfer_moves::ENDPOINTS,
    transfer_recurring::ENDPOINTS,
    transfer_refunds::ENDPOINTS,
];

/// A PDF file of one page with these lines of text.
fn pdf_file(lines: &[&str]) -> String {
    let plain = |line: &str| -> String {
        line.chars()
            .filter(|c| c.is_ascii() && !matches!(c, '(' | ')' | '\\'))
            .collect()
    };
    let text: Vec<_> = lines
        .iter()
        .map(|line| format!("({}) Tj T*", plain(line)))
        .collect();
    let content = format!("BT /F1 12 Tf 14 TL 72 720 Td {} ET", text.join(" "));
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut file = "%PDF-1.4\n".to_owned();
    let mut table = "xref\n0 6\n0000000000 65535 f \n".to_owned();
    for (number, object) in (1..).zip(&objects) {
        table.push_str(&format!("{:010} 00000 n \n", file.len()));
        file.push_str(&format!("{number} 0 obj\n{object}\nendobj\n"));
    }
    let start = file.len();
    format!("{file}{table}trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n")
}

/// What the passing of time brings about.
pub(crate) fn advance(call: &mut Call) {
    let today = crate::state::transactions::day(call.now);
    let until = today.saturating_sub(crate::clock::DAY);
    let dynamic: Vec<_> = call
        .state
        .items
        .iter()
        .filter(|item| item.ledger.filled && !item.removed)
        .map(|item| item.item_id.clone())
        .collect();
    for item_id in dynamic {
        let Some(item) = call.state.items.get_mut(&item_id) else {
            continue;
        };
        let changes = item.ledger.post(until, today, call.random);
        if changes.added > 0 {
            call.send_transactions_webhooks(&item_id, &changes);
        }
    }
    let moving: Vec<_> = call
        .state
        .transfers
        .iter()
        .filter_map(|transfer| {
            let age = crate::clock::parse(crate::fields::text(transfer, "created"))?;
            let days = call.now.saturating_sub(age).div_euclid(crate::clock::DAY);
            Some((crate::fields::text(transfer, "id").to_owned(), days))
        })
        .collect();
    for (id, days) in moving {
        // A step that the transfer has behind it, or can't take, is refused.
        for (step, after) in [("posted", 1), ("settled", 2), ("funds_available", 5)] {
            if days >= after {
                let _ = crate::state::transfers::transition(call, &id, step, None);
            }
        }
    }
}
