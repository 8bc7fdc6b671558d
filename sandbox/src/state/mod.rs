//! Everything the sandbox remembers, and what a handler has at hand.

pub(crate) mod bank_transfers;
pub(crate) mod items;
pub(crate) mod table;
pub(crate) mod tokens;
pub(crate) mod transactions;
pub(crate) mod transfers;
pub(crate) mod webhook_keys;

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::clock;
use crate::data::institutions::Institution;
use crate::error::PlaidError;
use crate::http::{Delivery, SignedWebhook};
use crate::random::{self, Random};
use crate::state::bank_transfers::BankTransfer;
use crate::state::bank_transfers::BankTransferEvent;
use crate::state::items::{Account, Item, Login};
use crate::state::tokens::LinkToken;
use crate::state::tokens::PublicToken;
use crate::state::webhook_keys::WebhookKeys;
use table::{Recent, Table};

#[derive(Default)]
pub(crate) struct State {
    pub link_tokens: HashMap<String, LinkToken>,
    pub public_tokens: HashMap<String, PublicToken>,
    /// The Item of each access token, removed Items included.
    pub access_tokens: HashMap<String, String>,
    pub items: HashMap<String, Item>,
    pub bank_transfers: Table<BankTransfer>,
    /// The bank transfer of each request, for idempotency.
    pub bank_transfer_requests: Recent<String>,
    pub bank_transfer_events: Vec<BankTransferEvent>,
    /// Transfer: authorizations, transfers, the transfer of each authorization, sweeps.
    pub authorizations: Table<Value>,
    pub authorization_keys: Recent<(i64, String)>,
    pub transfers: Table<Value>,
    pub transfer_of_authorization: HashMap<String, String>,
    pub sweeps: Table<Value>,
    pub asset_reports: Table<Value>,
    pub audit_copies: HashMap<String, String>,
    /// What each processor token stands for: the Item and the account.
    pub processor_tokens: HashMap<String, (String, String)>,
    pub signal_transactions: Recent<bool>,
    pub verifications: Table<Value>,
    pub screenings: Table<Value>,
    pub recipients: Table<Value>,
    pub recipient_of_details: Recent<String>,
    pub payments: Table<Value>,
    pub users: Table<Value>,
    webhook_keys: Option<WebhookKeys>,
}

impl State {
    /// Signs the same body again, as of this moment.
    pub fn sign_again(&self, webhook: &mut SignedWebhook, now: i64) {
        let payload = serde_json::from_str(&webhook.body);
        if let (Some(keys), Ok(payload)) = (&self.webhook_keys, payload) {
            *webhook = keys.sign(&payload, now.div_euclid(clock::SECOND), false);
        }
    }

    /// The events after this id: they are numbered from 1 on, without gaps.
    pub fn bank_transfer_events_after(&self, id: u64) -> &[BankTransferEvent] {
        let index = usize::try_from(id).unwrap_or(usize::MAX);
        self.bank_transfer_events.get(index..).unwrap_or_default()
    }
}

/// What a handler works with besides the body: the state, the time, chance, and the webhooks it sends.
pub(crate) struct Call<'a> {
    pub state: &'a mut State,
    /// Milliseconds since 1970.
    pub now: i64,
    pub random: &'a mut Random,
    pub deliveries: Vec<Delivery>,
}

impl<'a> Call<'a> {
    pub fn new(state: &'a mut State, now: i64, random: &'a mut Random) -> Self {
        Self {
            state,
            now,
            random,
            deliveries: Vec::new(),
        }
    }

    /// The Item of an access token, whatever its login's state; not a removed one.
    pub fn item(&mut self, access_token: &str) -> Result<&mut Item, PlaidError> {
        check_token("access", access_token, "INVALID_ACCESS_TOKEN")?;
        let now = self.now;
        let item_id = self.state.access_tokens.get(access_token);
        let item = item_id
            .and_then(|item_id| self.state.items.get_mut(item_id))
            .ok_or_else(|| PlaidError::of("INVALID_ACCESS_TOKEN"))?;
        if item.removed {
            return Err(PlaidError::of("ITEM_NOT_FOUND"));
        }
        item.age(now);
        Ok(item)
    }

    /// The Item of an access token, if its login is good.
    pub fn healthy_item(&mut self, access_token: &str) -> Result<&mut Item, PlaidError> {
        let item = self.item(access_token)?;
        match item.error() {
            Some(error) => Err(error),
            None => Ok(item),
        }
    }

    /// Makes an Item of these accounts and gives its id.
    pub fn add_item(
        &mut self,
        institution: &'static Institution,
        products: Vec<String>,
        webhook: Option<String>,
        accounts: Vec<Account>,
    ) -> String {
        let item_id = self.random.id();
        let accounts = accounts
            .into_iter()
            .map(|account| (self.random.id(), account))
            .collect();
        let item = Item {
            item_id: item_id.clone(),
            institution,
            accounts,
            products,
            webhook,
            last_webhook: None,
            login: Login::GoodSince(self.now),
            removed: false,
            dynamic: false,
            options: Value::Null,
            ledger: transactions::Ledger::default(),
            created: self.now,
        };
        self.state.items.insert(item_id.clone(), item);
        item_id
    }

    /// Sends a signed webhook to a URL.
    pub fn send_webhook(&mut self, url: &str, payload: &Value) {
        let now = self.now;
        let signed = self
            .webhook_keys()
            .sign(payload, now.div_euclid(clock::SECOND), false);
        self.deliveries.push(Delivery {
            url: url.to_owned(),
            webhook: signed,
            due: now,
            retries: 0,
        });
    }

    /// Sends a webhook about an Item to its URL, if it has one. `item_id` and `environment` are added to the payload.
    pub fn send_item_webhook(&mut self, item_id: &str, webhook_type: &str, code: &str, payload: Value) {
        let now = self.now;
        let Some(item) = self.state.items.get_mut(item_id) else {
            return;
        };
        let Some(url) = item.webhook.clone() else { return };
        item.last_webhook = Some((now, code.to_owned()));
        let mut full = json!({
            "webhook_type": webhook_type,
            "webhook_code": code,
            "item_id": item_id,
            "environment": "sandbox",
        });
        if let (Some(full), Value::Object(payload)) = (full.as_object_mut(), payload) {
            full.extend(payload);
        }
        self.send_webhook(&url, &full);
    }

    /// The keys of this sandbox, made at their first use.
    pub fn webhook_keys(&mut self) -> &WebhookKeys {
        let (now, random) = (self.now, &mut *self.random);
        self.state
            .webhook_keys
            .get_or_insert_with(|| WebhookKeys::generate(now, random))
    }
}

/// Checks a token's form, `<kind>-<environment>-<identifier>`, and that it is one of the sandbox's.
pub(crate) fn check_token(kind: &str, token: &str, code: &str) -> Result<(), PlaidError> {
    let parts = token
        .strip_prefix(kind)
        .and_then(|rest| rest.strip_prefix('-'))
        .and_then(|rest| rest.split_once('-'));
    match parts {
        Some(("sandbox", identifier)) if random::is_uuid(identifier) => Ok(()),
        Some((other @ ("production" | "development"), _)) => Err(PlaidError::of(code).saying(format!(
            "provided {kind} token is for the wrong Plaid environment. expected \"sandbox\", got \"{other}\""
        ))),
        _ => Err(PlaidError::of(code).saying(format!(
            "provided {kind} token is in an invalid format. expected format: {kind}-<environment>-<identifier>"
        ))),
    }
}
