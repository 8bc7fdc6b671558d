//! The webhooks that `/sandbox/item/fire_webhook` can send about an Item, and what they say
//! (<https://plaid.com/docs/api/webhooks/>).

use serde_json::{Value, json};

use crate::clock::{self, DAY};
use crate::error::PlaidError;
use crate::state::items::Item;

pub(crate) const TYPES: &[&str] = &[
    "AUTH",
    "HOLDINGS",
    "INVESTMENTS_TRANSACTIONS",
    "ITEM",
    "LIABILITIES",
    "TRANSACTIONS",
    "ASSETS",
];

pub(crate) const CODES: &[&str] = &[
    "DEFAULT_UPDATE",
    "NEW_ACCOUNTS_AVAILABLE",
    "SMS_MICRODEPOSITS_VERIFICATION",
    "AUTHORIZATION_GRANTED",
    "USER_PERMISSION_REVOKED",
    "USER_ACCOUNT_REVOKED",
    "PENDING_DISCONNECT",
    "RECURRING_TRANSACTIONS_UPDATE",
    "LOGIN_REPAIRED",
    "SYNC_UPDATES_AVAILABLE",
    "PRODUCT_READY",
    "ERROR",
];

/// A webhook about an Item. Its code, `item_id` and `environment` are added when it is sent.
pub(crate) struct ItemWebhook {
    pub webhook_type: &'static str,
    pub fields: Value,
}

/// The types with which a code can be fired, the one meant when none is named first, and the product that the Item
/// must have for it.
fn types_of(code: &str) -> &'static [(&'static str, Option<&'static str>)] {
    match code {
        "DEFAULT_UPDATE" => &[
            ("TRANSACTIONS", Some("transactions")),
            ("AUTH", Some("auth")),
            ("HOLDINGS", Some("investments")),
            ("INVESTMENTS_TRANSACTIONS", Some("investments")),
            ("LIABILITIES", Some("liabilities")),
        ],
        "RECURRING_TRANSACTIONS_UPDATE" | "SYNC_UPDATES_AVAILABLE" => {
            &[("TRANSACTIONS", Some("transactions"))]
        }
        "SMS_MICRODEPOSITS_VERIFICATION" => &[("AUTH", Some("auth"))],
        "PRODUCT_READY" | "ERROR" => &[("ASSETS", Some("assets"))],
        _ => &[("ITEM", None)],
    }
}

/// The webhook of this code, or Plaid's error if the Item lacks the product that it is about.
pub(crate) fn about(
    item: &Item,
    code: &str,
    webhook_type: Option<&str>,
    now: i64,
    report_id: String,
) -> Result<ItemWebhook, PlaidError> {
    let mut types = types_of(code).iter();
    let found = match webhook_type {
        Some(wanted) => types.find(|(name, _)| *name == wanted),
        None => types.next(),
    };
    let Some(&(webhook_type, product)) = found else {
        return Err(PlaidError::invalid_field(format!(
            "webhook_type does not go with the webhook_code {code}"
        )));
    };
    if let Some(product) = product.filter(|product| !item.has(product)) {
        return Err(PlaidError::of("SANDBOX_PRODUCT_NOT_ENABLED")
            .with_message(format!("The {product} product is not enabled on this item")));
    }
    Ok(ItemWebhook {
        webhook_type,
        fields: fields(item, code, webhook_type, now, report_id),
    })
}

fn fields(item: &Item, code: &str, webhook_type: &str, now: i64, report_id: String) -> Value {
    let first_account = item.accounts.first().map(|(id, _)| id);
    let account_ids = |account_type: Option<&str>| -> Vec<_> {
        let accounts = item.accounts.iter();
        let wanted =
            accounts.filter(|(_, account)| account_type.is_none_or(|wanted| account.account_type == wanted));
        wanted.map(|(id, _)| id.as_str()).collect()
    };
    match (code, webhook_type) {
        ("DEFAULT_UPDATE", "TRANSACTIONS") => json!({ "new_transactions": 0, "error": null }),
        ("DEFAULT_UPDATE", "AUTH") => json!({
            "account_ids_with_new_auth": [],
            "account_ids_with_updated_auth": first_account
                .map_or(json!({}), |id| json!({ (id.as_str()): ["ACCOUNT_NUMBER", "ROUTING_NUMBER"] })),
            "error": null,
        }),
        ("DEFAULT_UPDATE", "HOLDINGS") => json!({ "new_holdings": 0, "updated_holdings": 0, "error": null }),
        ("DEFAULT_UPDATE", "INVESTMENTS_TRANSACTIONS") => {
            json!({ "new_investments_transactions": 0, "cancelled_investments_transactions": 0, "error": null })
        }
        ("DEFAULT_UPDATE", _) => json!({
            "account_ids_with_new_liabilities": account_ids(Some("loan")),
            "account_ids_with_updated_liabilities": {},
            "error": null,
        }),
        ("RECURRING_TRANSACTIONS_UPDATE", _) => json!({ "account_ids": account_ids(Some("depository")) }),
        ("SYNC_UPDATES_AVAILABLE", _) => {
            json!({ "initial_update_complete": true, "historical_update_complete": true })
        }
        ("SMS_MICRODEPOSITS_VERIFICATION", _) => {
            json!({ "status": "MANUALLY_VERIFIED", "account_id": first_account })
        }
        ("PRODUCT_READY", _) => json!({ "asset_report_id": report_id, "report_type": "FULL" }),
        ("ERROR", _) => json!({
            "asset_report_id": report_id,
            "error": PlaidError::of("PRODUCT_NOT_ENABLED").in_webhook(),
        }),
        ("USER_PERMISSION_REVOKED", _) => {
            json!({ "error": PlaidError { error_type: "ITEM_ERROR".to_owned(), ..PlaidError::of(code) }.in_webhook() })
        }
        ("USER_ACCOUNT_REVOKED", _) => json!({ "account_id": first_account }),
        ("PENDING_DISCONNECT", _) => json!({
            "reason": "INSTITUTION_TOKEN_EXPIRATION",
            "disconnect_time": clock::timestamp(now.saturating_add(DAY.saturating_mul(7))),
        }),
        ("NEW_ACCOUNTS_AVAILABLE", _) => json!({ "error": null }),
        _ => json!({}),
    }
}
