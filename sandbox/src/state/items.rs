//! Items and the state of their logins.

use serde_json::{Value, json};

use crate::clock::DAY;
use crate::data::institutions::Institution;
use crate::data::test_user::TestAccount;
use crate::error::PlaidError;

pub(crate) struct Item {
    pub item_id: String,
    pub institution: &'static Institution,
    /// Each with its id in this Item.
    pub accounts: Vec<(String, &'static TestAccount)>,
    pub products: Vec<String>,
    pub webhook: Option<String>,
    pub last_webhook: Option<(i64, String)>,
    pub login: Login,
    pub removed: bool,
    /// Whether its transactions change, as those of `user_transactions_dynamic` do.
    pub dynamic: bool,
    /// The options it was made with.
    pub options: Value,
    pub ledger: super::transactions::Ledger,
    pub created: i64,
}

pub(crate) enum Login {
    GoodSince(i64),
    Required,
}

/// Sandbox logins go bad by themselves.
const LOGIN_LASTS: i64 = 30 * DAY;

pub(crate) const SUPPORTED_PRODUCTS: &[&str] = &[
    "assets",
    "auth",
    "balance",
    "identity",
    "investments",
    "liabilities",
    "recurring_transactions",
    "signal",
    "statements",
    "transactions",
    "transfer",
];

impl Item {
    /// Lets a login that is too old go bad.
    pub fn age(&mut self, now: i64) {
        if matches!(self.login, Login::GoodSince(since) if now.saturating_sub(since) >= LOGIN_LASTS) {
            self.login = Login::Required;
        }
    }

    pub fn error(&self) -> Option<PlaidError> {
        matches!(self.login, Login::Required).then(|| PlaidError::of("ITEM_LOGIN_REQUIRED"))
    }

    pub fn has(&self, product: &str) -> bool {
        self.products.iter().any(|own| own == product)
    }

    /// The first call of a product adds it to the Item.
    pub fn bill(&mut self, product: &str) {
        if !self.has(product) {
            self.products.push(product.to_owned());
        }
    }

    /// The `item` of an answer.
    pub fn json(&self) -> Value {
        let available: Vec<_> = SUPPORTED_PRODUCTS
            .iter()
            .filter(|product| !self.has(product))
            .collect();
        json!({
            "item_id": self.item_id,
            "institution_id": self.institution.id,
            "institution_name": self.institution.name,
            "webhook": self.webhook,
            "auth_method": self.has("auth").then_some("INSTANT_AUTH"),
            "error": self.error().map(|error| error.on_item()),
            "available_products": available,
            "billed_products": self.products,
            "products": self.products,
            "consent_expiration_time": null,
            "update_type": "background",
        })
    }
}
