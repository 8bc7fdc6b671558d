//! Items and the state of their logins.

use serde_json::{Value, json};

use super::table::Size;
use crate::clock::DAY;
use crate::data::institutions::Institution;
use crate::data::test_user::{self, ROUTING, TestAccount, WIRE_ROUTING};
use crate::error::PlaidError;

pub(crate) struct Item {
    pub item_id: String,
    pub institution: &'static Institution,
    /// Each with its id in this Item.
    pub accounts: Vec<(String, Account)>,
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

impl Size for Item {
    fn bytes(&self) -> usize {
        let accounts = self.accounts.iter().map(|(_, account)| account.bytes());
        let texts = self.products.iter().chain(&self.webhook).map(Size::bytes);
        let parts = accounts.chain(texts).sum::<usize>();
        let rest = self.options.bytes().saturating_add(self.ledger.bytes);
        parts.saturating_add(rest).saturating_add(512)
    }
}

/// An account of a bank's customer.
pub(crate) struct Account {
    pub mask: String,
    pub name: String,
    pub official_name: Option<String>,
    pub account_type: String,
    pub subtype: String,
    pub available: Option<f64>,
    pub current: Option<f64>,
    pub limit: Option<f64>,
    pub currency: String,
    pub holder: Option<&'static str>,
    /// Of accounts that Auth covers.
    pub numbers: Option<Numbers>,
    /// Of a custom user: who owns it, and its transactions.
    pub owner: Option<Value>,
    pub history: Option<Vec<Posting>>,
}

pub(crate) struct Numbers {
    pub account: String,
    pub routing: String,
    pub wire_routing: String,
}

/// A transaction of a custom user, with its days in milliseconds since 1970.
pub(crate) struct Posting {
    pub transacted: i64,
    pub posted: i64,
    pub amount: f64,
    pub description: String,
    pub currency: String,
}

impl From<&TestAccount> for Account {
    fn from(account: &TestAccount) -> Self {
        let numbers = account.number.map(|number| Numbers {
            account: number.to_owned(),
            routing: ROUTING.to_owned(),
            wire_routing: WIRE_ROUTING.to_owned(),
        });
        Self {
            mask: account.mask.to_owned(),
            name: account.name.to_owned(),
            official_name: account.official_name.map(str::to_owned),
            account_type: account.account_type.to_owned(),
            subtype: account.subtype.to_owned(),
            available: account.available,
            current: account.current,
            limit: account.limit,
            currency: "USD".to_owned(),
            holder: account.holder,
            numbers,
            owner: None,
            history: None,
        }
    }
}

impl Size for Account {
    fn bytes(&self) -> usize {
        let history = self.history.iter().flatten();
        let history = history.map(|posting| posting.description.len().saturating_add(96));
        let owner = self.owner.as_ref().map_or(0, Size::bytes);
        let names = self
            .name
            .len()
            .saturating_add(self.official_name.as_ref().map_or(0, String::len));
        history
            .sum::<usize>()
            .saturating_add(owner)
            .saturating_add(names)
            .saturating_add(512)
    }
}

impl Account {
    /// Who owns it: the test user, unless a custom user says otherwise.
    pub fn owner(&self) -> Value {
        self.owner.clone().unwrap_or_else(test_user::owner)
    }
}

pub(crate) enum Login {
    GoodSince(i64),
    Required,
}

/// Sandbox logins go bad by themselves.
const LOGIN_LIFETIME: i64 = 30 * DAY;

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
        if matches!(self.login, Login::GoodSince(since) if now.saturating_sub(since) >= LOGIN_LIFETIME) {
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
    pub fn add_product(&mut self, product: &str) {
        if !self.has(product) {
            self.products.push(product.to_owned());
        }
    }

    /// The `item` of a response.
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
