//! Income's older endpoints (<https://plaid.com/docs/api/products/income/>).

use serde_json::{Value, json};

use super::{Endpoint, json as endpoint};
use crate::clock;
use crate::error::PlaidError;
use crate::fields::{
    Body, Field,
    Kind::{List, Object, Text},
    nullable, required,
};
use crate::state::Call;

const READ: &[Field] = &[
    nullable("income_verification_id", Text),
    nullable("access_token", Text),
];

pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint("/income/verification/paystubs/get", READ, paystubs),
    endpoint("/income/verification/taxforms/get", READ, taxforms),
    endpoint("/income/verification/precheck", PRECHECK, precheck),
    endpoint("/sandbox/income/fire_webhook", FIRE, fire_webhook),
];

const PRECHECK: &[Field] = &[
    nullable("user", Object),
    nullable("employer", Object),
    nullable("payroll_institution", Object),
    nullable("transactions_access_tokens", List(&Text)),
    nullable("us_military_info", Object),
    nullable("transactions_access_token", Text),
];

const FIRE: &[Field] = &[
    required("item_id", Text),
    nullable("user_id", Text),
    required("webhook", crate::fields::Kind::Url),
    nullable("verification_status", Text),
    required("webhook_code", Text),
];

fn check(body: &Body, call: &mut Call) -> Result<String, PlaidError> {
    let Some(token) = body.text("/access_token") else {
        return Err(PlaidError::missing_fields("access_token"));
    };
    let item = call.healthy_item(token)?;
    if !item.has("income_verification") {
        return Err(PlaidError::of("PRODUCT_NOT_ENABLED"));
    }
    Ok(item.item_id.clone())
}

fn document(item_id: &str, name: &str, kind: &str) -> Value {
    json!({ "name": name, "status": "PROCESSING_COMPLETE", "doc_id": format!("{item_id}1"), "doc_type": kind, "file_type": "pdf" })
}

fn paystubs(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let now = call.now;
    let item_id = check(body, call)?;
    let date = clock::date(now);
    let address = json!({ "city": "Malakoff", "country": "US", "postal_code": "14236", "region": "NY", "street": "2992 Cameron Road" });
    let total = |amount: f64| json!({ "current_amount": amount, "description": "total", "iso_currency_code": "USD", "unofficial_currency_code": null, "ytd_amount": amount });
    let mut net = total(1490.21);
    net = crate::fields::with(net, "description", Some("net pay"));
    Ok(json!({
        "document_metadata": [document(&item_id, "paystub.pdf", "DOCUMENT_TYPE_PAYSTUB")],
        "paystubs": [{
            "deductions": { "breakdown": [], "total": total(123.45) },
            "doc_id": format!("{item_id}1"),
            "earnings": { "breakdown": [], "total": total(1613.66) },
            "employee": { "address": address, "name": "Alberta Bobbeth Charleson", "marital_status": "SINGLE", "taxpayer_id": { "id_type": "SSN", "id_mask": "3333" } },
            "employer": { "address": address, "name": "Plaid Inc" },
            "net_pay": net,
            "pay_period_details": {
                "check_amount": 1490.21, "distribution_breakdown": [], "end_date": date, "gross_earnings": 1613.66,
                "iso_currency_code": "USD", "pay_date": date, "pay_frequency": "PAY_FREQUENCY_BIWEEKLY", "start_date": date,
                "unofficial_currency_code": null,
            },
        }],
    }))
}

fn taxforms(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let item_id = check(body, call)?;
    Ok(json!({
        "document_metadata": [document(&item_id, "w2.pdf", "DOCUMENT_TYPE_US_TAX_W2")],
        "taxforms": [{ "doc_id": format!("{item_id}1"), "document_type": "W2" }],
    }))
}

fn precheck(_: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    Ok(json!({ "precheck_id": call.random.uuid(), "confidence": "HIGH" }))
}

fn fire_webhook(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let status = body
        .text("/verification_status")
        .unwrap_or("VERIFICATION_STATUS_PROCESSING_COMPLETE");
    let payload = json!({
        "webhook_type": "INCOME", "webhook_code": body.copy("/webhook_code"), "item_id": body.copy("/item_id"),
        "verification_status": status, "environment": "sandbox",
    });
    call.send_webhook(body.required("/webhook"), &payload);
    Ok(json!({}))
}
