//! Liabilities (<https://plaid.com/docs/api/products/liabilities/>).

use serde_json::{Value, json};

use super::accounts::{base, chosen};
use super::{Endpoint, json as endpoint};
use crate::clock::{self, DAY};
use crate::error::PlaidError;
use crate::fields::{
    Body, Field,
    Kind::{List, Record, Text},
    optional, required,
};
use crate::state::Call;

const FIELDS: &[Field] = &[
    required("access_token", Text),
    optional("options", Record(&[optional("account_ids", List(&Text))])),
];

pub(crate) const ENDPOINTS: &[Endpoint] = &[endpoint("/liabilities/get", FIELDS, get)];

pub(super) fn get(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let now = call.now;
    let item = call.healthy_item(body.required("/access_token"))?;
    let covered = |subtype: &str| matches!(subtype, "credit card" | "paypal" | "student" | "mortgage");
    if !item.accounts.iter().any(|(_, own)| covered(&own.subtype)) {
        return Err(PlaidError::of("NO_LIABILITY_ACCOUNTS"));
    }
    let accounts: Vec<_> = chosen(item, body)?
        .map(|account| base(item.institution, account))
        .collect();
    let of = |subtypes: &[&str], describe: fn(&str, i64) -> Value| -> Result<Value, PlaidError> {
        let rows: Vec<_> = chosen(item, body)?
            .filter(|(_, own)| subtypes.contains(&own.subtype.as_str()))
            .map(|(id, _)| describe(id, now))
            .collect();
        Ok(if rows.is_empty() { Value::Null } else { json!(rows) })
    };
    let liabilities = json!({
        "credit": of(&["credit card", "paypal"], credit)?,
        "mortgage": of(&["mortgage"], mortgage)?,
        "student": of(&["student"], student)?,
    });
    item.add_product("liabilities");
    Ok(json!({ "accounts": accounts, "item": item.json(), "liabilities": liabilities }))
}

fn days(now: i64, count: i64) -> String {
    clock::date(now.saturating_add(DAY.saturating_mul(count)))
}

fn credit(id: &str, now: i64) -> Value {
    let apr = |percentage: f64, kind: &str, balance: f64, charge: f64| {
        json!({
            "apr_percentage": percentage, "apr_type": kind, "balance_subject_to_apr": balance,
            "interest_charge_amount": charge,
        })
    };
    json!({
        "account_id": id,
        "aprs": [
            apr(15.24, "balance_transfer_apr", 1562.32, 130.22),
            apr(27.95, "cash_apr", 56.22, 14.81),
            apr(12.5, "purchase_apr", 157.01, 25.66),
            apr(0.0, "special", 1000.0, 0.0),
        ],
        "is_overdue": false,
        "last_payment_amount": 168.25,
        "last_payment_date": days(now, -20),
        "last_statement_issue_date": days(now, -12),
        "last_statement_balance": 1708.77,
        "minimum_payment_amount": 20,
        "next_payment_due_date": days(now, 10),
    })
}

fn mortgage(id: &str, now: i64) -> Value {
    json!({
        "account_id": id,
        "account_number": "3120194154",
        "current_late_fee": 25,
        "escrow_balance": 3141.54,
        "has_pmi": true,
        "has_prepayment_penalty": true,
        "interest_rate": { "percentage": 3.99, "type": "fixed" },
        "last_payment_amount": 3141.54,
        "last_payment_date": days(now, -20),
        "loan_type_description": "conventional",
        "loan_term": "30 year",
        "maturity_date": "2045-07-31",
        "next_monthly_payment": 3141.54,
        "next_payment_due_date": days(now, 10),
        "origination_date": "2015-08-01",
        "origination_principal_amount": 425000,
        "past_due_amount": 2304,
        "property_address": {
            "street": "2992 Cameron Road", "city": "Malakoff", "region": "NY", "postal_code": "14236", "country": "US",
        },
        "ytd_interest_paid": 12300.4,
        "ytd_principal_paid": 12340.5,
    })
}

fn student(id: &str, now: i64) -> Value {
    json!({
        "account_id": id,
        "account_number": "4277075694",
        "disbursement_dates": ["2002-08-28"],
        "expected_payoff_date": "2032-07-28",
        "guarantor": "DEPT OF ED",
        "interest_rate_percentage": 5.25,
        "is_overdue": false,
        "last_payment_amount": 138.05,
        "last_payment_date": days(now, -20),
        "last_statement_balance": 1708.77,
        "last_statement_issue_date": days(now, -12),
        "loan_name": "Consolidation",
        "loan_status": { "type": "repayment", "end_date": "2032-07-28" },
        "minimum_payment_amount": 25,
        "next_payment_due_date": days(now, 10),
        "origination_date": "2002-08-28",
        "origination_principal_amount": 25000,
        "outstanding_interest_amount": 6227.36,
        "payment_reference_number": "4277075694",
        "pslf_status": { "estimated_eligibility_date": null, "payments_made": null, "payments_remaining": null },
        "repayment_plan": { "type": "standard", "description": "Standard Repayment" },
        "sequence_number": "1",
        "servicer_address": {
            "street": "123 Relaxation Road", "city": "San Matias", "region": "CA", "postal_code": "99415", "country": "US",
        },
        "ytd_interest_paid": 280.55,
        "ytd_principal_paid": 271.65,
    })
}
