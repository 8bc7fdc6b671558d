//! Everything the sandbox remembers, and what a handler has at hand.

pub(crate) mod bank_transfers;
pub(crate) mod events;
pub(crate) mod items;
pub(crate) mod table;
pub(crate) mod tokens;
pub(crate) mod transactions;
pub(crate) mod transfers;
pub(crate) mod webhook_keys;

use serde_json::{Value, json};

use crate::clock;
use crate::data::institutions::Institution;
use crate::error::PlaidError;
use crate::http::{Delivery, SignedWebhook};
use crate::random::{self, Random};
use crate::state::bank_transfers::BankTransfer;
use crate::state::events::Event;
use crate::state::items::{Account, Item, Login};
use crate::state::tokens::LinkToken;
use crate::state::tokens::PublicToken;
use crate::state::transfers::TransferLedger;
use crate::state::webhook_keys::WebhookKeys;
use table::{Bounded, Table};

pub(crate) struct State {
    pub link_tokens: Table<LinkToken>,
    pub public_tokens: Table<PublicToken>,
    /// The Item of each access token, removed Items included.
    pub access_tokens: Table<String>,
    pub items: Table<Item>,
    pub bank_transfers: Table<BankTransfer>,
    /// The bank transfer of each request, for idempotency.
    pub bank_transfer_requests: Table<String>,
    /// What bank transfers have added to the balance at Plaid.
    pub bank_cents: i64,
    pub events: Table<Event>,
    /// The numbers of the events of each transfer and bank transfer.
    pub events_of: Table<Vec<usize>>,
    pub authorizations: Table<Value>,
    pub authorization_keys: Table<(i64, String)>,
    pub transfers: Table<Value>,
    pub transfer_of_authorization: Table<String>,
    pub refunds: Table<Value>,
    pub recurring_transfers: Table<Value>,
    pub sweeps: Table<Value>,
    /// The transfers that the next sweeps may take.
    pub unswept: Table<String>,
    pub ledger: TransferLedger,
    /// What `/transfer/*` calls with an idempotency key gave.
    pub transfer_keys: Table<Value>,
    pub asset_reports: Table<Value>,
    pub audit_copies: Table<String>,
    /// What each processor token stands for: the Item and the account.
    pub processor_tokens: Table<(String, String)>,
    pub processor_permissions: Table<Value>,
    pub signal_transactions: Table<bool>,
    pub verifications: Table<Value>,
    /// The latest identity verification of each person and template.
    pub latest_verifications: Table<String>,
    pub screenings: Table<Value>,
    pub recipients: Table<Value>,
    pub recipient_of_details: Table<String>,
    pub payments: Table<Value>,
    pub users: Table<Value>,
    /// The user of each user token.
    pub user_tokens: Table<String>,
    pub items_of_user: Table<Vec<String>>,
    /// The latest consumer report of each user.
    pub check_reports: Table<Value>,
    webhook_keys: Option<WebhookKeys>,
    /// How many bytes all records may take together.
    memory: usize,
}

/// A sandbox that runs for long forgets its oldest records beyond this.
const MAX_STATE_BYTES: usize = 256 * 1024 * 1024;

impl State {
    /// Signs the same body again, as of this moment.
    pub fn renew_signature(&self, webhook: &mut SignedWebhook, now: i64) {
        let payload = serde_json::from_str(&webhook.body);
        if let (Some(keys), Ok(payload)) = (&self.webhook_keys, payload) {
            *webhook = keys.sign(&payload, now.div_euclid(clock::SECOND), false);
        }
    }

    /// Every table.
    fn tables(&mut self) -> [&mut dyn Bounded; 32] {
        [
            &mut self.link_tokens,
            &mut self.public_tokens,
            &mut self.access_tokens,
            &mut self.items,
            &mut self.bank_transfers,
            &mut self.bank_transfer_requests,
            &mut self.events,
            &mut self.events_of,
            &mut self.authorizations,
            &mut self.authorization_keys,
            &mut self.transfers,
            &mut self.transfer_of_authorization,
            &mut self.refunds,
            &mut self.recurring_transfers,
            &mut self.sweeps,
            &mut self.unswept,
            &mut self.transfer_keys,
            &mut self.asset_reports,
            &mut self.audit_copies,
            &mut self.processor_tokens,
            &mut self.processor_permissions,
            &mut self.signal_transactions,
            &mut self.verifications,
            &mut self.latest_verifications,
            &mut self.screenings,
            &mut self.recipients,
            &mut self.recipient_of_details,
            &mut self.payments,
            &mut self.users,
            &mut self.user_tokens,
            &mut self.items_of_user,
            &mut self.check_reports,
        ]
    }

    /// Forgets the oldest records of whatever takes most, until all take no more than they may.
    pub fn shrink(&mut self) {
        let most = self.memory;
        let mut tables = self.tables();
        loop {
            let sizes = tables.each_mut().map(|table| table.measure());
            if sizes.iter().fold(0, |sum: usize, size| sum.saturating_add(*size)) <= most {
                return;
            }
            let largest = tables.iter_mut().zip(sizes).max_by_key(|(_, size)| *size);
            if let Some((table, _)) = largest {
                table.evict_oldest();
            }
        }
    }
}

impl Default for State {
    fn default() -> Self {
        Self {
            link_tokens: Table::default(),
            public_tokens: Table::default(),
            access_tokens: Table::default(),
            items: Table::default(),
            bank_transfers: Table::default(),
            bank_transfer_requests: Table::default(),
            events: Table::default(),
            events_of: Table::default(),
            authorizations: Table::default(),
            authorization_keys: Table::default(),
            transfers: Table::default(),
            transfer_of_authorization: Table::default(),
            refunds: Table::default(),
            recurring_transfers: Table::default(),
            sweeps: Table::default(),
            unswept: Table::default(),
            transfer_keys: Table::default(),
            asset_reports: Table::default(),
            audit_copies: Table::default(),
            processor_tokens: Table::default(),
            processor_permissions: Table::default(),
            signal_transactions: Table::default(),
            verifications: Table::default(),
            latest_verifications: Table::default(),
            screenings: Table::default(),
            recipients: Table::default(),
            recipient_of_details: Table::default(),
            payments: Table::default(),
            users: Table::default(),
            user_tokens: Table::default(),
            items_of_user: Table::default(),
            check_reports: Table::default(),
            bank_cents: 0,
            ledger: TransferLedger::default(),
            webhook_keys: None,
            memory: MAX_STATE_BYTES,
        }
    }
}

/// Cents as Plaid writes an amount: `"12.34"`.
pub(crate) fn cents(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let cents = cents.unsigned_abs();
    format!("{sign}{}.{:02}", cents / 100, cents % 100)
}

/// What a handler works with besides the body: the state, the time, chance, and the webhooks it sends.
pub(crate) struct Call<'a> {
    pub state: &'a mut State,
    /// Milliseconds since 1970.
    pub now: i64,
    pub random: &'a mut Random,
    pub deliveries: Vec<Delivery>,
    /// The Item that a processor token stands for: then no access token is looked at.
    pub acts_for: Option<String>,
}

impl<'a> Call<'a> {
    pub fn new(state: &'a mut State, now: i64, random: &'a mut Random) -> Self {
        Self {
            state,
            now,
            random,
            deliveries: Vec::new(),
            acts_for: None,
        }
    }

    /// The Item of an access token, whatever its login's state; not a removed one.
    pub fn item(&mut self, access_token: &str) -> Result<&mut Item, PlaidError> {
        let now = self.now;
        let item_id = match &self.acts_for {
            Some(item_id) => Some(item_id),
            None => {
                check_token("access", access_token, "INVALID_ACCESS_TOKEN")?;
                self.state.access_tokens.get(access_token)
            }
        };
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
        Some((other @ ("production" | "development"), _)) => Err(PlaidError::of(code).with_message(format!(
            "provided {kind} token is for the wrong Plaid environment. expected \"sandbox\", got \"{other}\""
        ))),
        _ => Err(PlaidError::of(code).with_message(format!(
            "provided {kind} token is in an invalid format. expected format: {kind}-<environment>-<identifier>"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_records_are_forgotten_when_memory_is_full() {
        let mut state = State {
            memory: 100_000,
            ..State::default()
        };
        for number in 0..1_000 {
            state.access_tokens.insert(number.to_string(), "x".repeat(900));
            state.shrink();
        }
        state.public_tokens.insert(
            "kept".to_owned(),
            PublicToken {
                item_id: String::new(),
                created: 0,
            },
        );
        state.shrink();
        let kept = state.access_tokens.iter().count();
        assert!((80..100).contains(&kept), "{kept}");
        assert!(state.access_tokens.get("0").is_none() && state.access_tokens.get("999").is_some());
        assert!(state.public_tokens.get("kept").is_some());
        if let Some(grown) = state.access_tokens.get_mut("999") {
            *grown = "x".repeat(99_000);
        }
        state.shrink();
        assert!(
            state
                .tables()
                .iter_mut()
                .map(|table| table.measure())
                .sum::<usize>()
                <= 100_000
        );
    }

    #[test]
    fn cents_are_written_as_amounts() {
        assert_eq!(
            [-1_205, -5, 0, 99].map(cents),
            ["-12.05", "-0.05", "0.00", "0.99"]
        );
    }
}
