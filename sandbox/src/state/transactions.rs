//! The transactions of an Item, and the log of their changes from which `/transactions/sync` reads.

use serde_json::{Value, json};

use super::items::{Item, Posting};
use crate::clock::{self, DAY};
use crate::data::transactions::{CYCLE, CYCLE_DAYS, DYNAMIC_CYCLE, DYNAMIC_PENDING, Template};
use crate::random::Random;

#[derive(Clone)]
pub(crate) struct Transaction {
    pub id: String,
    pub account_id: String,
    /// The day, in milliseconds since 1970.
    pub date: i64,
    pub authorized: i64,
    pub name: String,
    pub amount: f64,
    pub currency: String,
    pub merchant: Option<&'static str>,
    pub channel: &'static str,
    pub category: (&'static str, &'static str),
    pub pending: bool,
    /// The day on which it posts; by default the day after `date`.
    pub posts: Option<i64>,
    pub pending_id: Option<String>,
    pub removed: bool,
}

/// A change of the transaction at this index.
#[derive(Clone, Copy)]
pub(crate) enum Change {
    Added(usize),
    Modified(usize),
    Removed(usize),
}

#[derive(Default)]
pub(crate) struct Ledger {
    pub rows: Vec<Transaction>,
    pub log: Vec<Change>,
    pub filled: bool,
    pub bytes: usize,
    /// Whether `/transactions/sync` was called: only then SYNC_UPDATES_AVAILABLE is sent.
    pub synced: bool,
}

/// What a refresh brought about.
#[derive(Default)]
pub(crate) struct Changes {
    pub added: usize,
    pub removed: Vec<String>,
}

impl Transaction {
    pub fn json(&self, with_description: bool) -> Value {
        let (primary, detailed) = self.category;
        let counterparties: Vec<_> = self
            .merchant
            .iter()
            .map(|name| {
                json!({
                    "name": name, "type": "merchant", "website": null, "logo_url": null, "entity_id": null,
                    "confidence_level": "VERY_HIGH",
                })
            })
            .collect();
        json!({
            "account_id": self.account_id,
            "account_owner": null,
            "amount": self.amount,
            "authorized_date": clock::date(self.authorized),
            "authorized_datetime": null,
            "category": null,
            "category_id": null,
            "check_number": null,
            "counterparties": counterparties,
            "date": clock::date(self.date),
            "datetime": null,
            "iso_currency_code": self.currency,
            "location": {
                "address": null, "city": null, "region": null, "postal_code": null, "country": null,
                "lat": null, "lon": null, "store_number": null,
            },
            "logo_url": null,
            "merchant_entity_id": null,
            "merchant_name": self.merchant,
            "name": self.name,
            "original_description": with_description.then_some(&self.name),
            "payment_channel": self.channel,
            "payment_meta": {
                "by_order_of": null, "payee": null, "payer": null, "payment_method": null,
                "payment_processor": null, "ppd_id": null, "reason": null, "reference_number": null,
            },
            "pending": self.pending,
            "pending_transaction_id": self.pending_id,
            "personal_finance_category": {
                "primary": primary, "detailed": detailed, "confidence_level": "VERY_HIGH", "version": "v1",
            },
            "personal_finance_category_icon_url":
                format!("https://plaid-category-icons.plaid.com/PFC_{primary}.png"),
            "transaction_code": null,
            "transaction_id": self.id,
            "transaction_type": if self.channel == "in store" { "place" } else { "special" },
            "unofficial_currency_code": null,
            "website": null,
        })
    }
}

impl Ledger {
    pub fn add(&mut self, row: Transaction) {
        self.log.push(Change::Added(self.rows.len()));
        let texts = row.name.len().saturating_add(row.currency.len());
        self.bytes = self.bytes.saturating_add(texts).saturating_add(512);
        self.rows.push(row);
    }

    /// Those that are there, the newest first.
    pub fn newest_first(&self) -> Vec<&Transaction> {
        let mut rows: Vec<_> = self.rows.iter().filter(|row| !row.removed).collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.date));
        rows
    }

    /// Lets the pending transactions of this day or earlier be posted, each under a new id.
    pub fn post(&mut self, until: i64, today: i64, random: &mut Random) -> Changes {
        let mut changes = Changes::default();
        for index in 0..self.rows.len() {
            let Some(row) = self.rows.get_mut(index) else {
                break;
            };
            let early = row.posts.map_or(row.date > until, |day| day > today);
            if !row.pending || row.removed || early {
                continue;
            }
            row.removed = true;
            let posted = Transaction {
                id: random.id(),
                pending: false,
                pending_id: Some(row.id.clone()),
                date: row.posts.unwrap_or_else(|| today.max(row.date)),
                removed: false,
                ..row.clone()
            };
            changes.removed.push(row.id.clone());
            changes.added = changes.added.saturating_add(1);
            self.log.push(Change::Removed(index));
            self.bytes = self.bytes.saturating_add(16);
            self.add(posted);
        }
        changes
    }
}

impl Item {
    /// Gives the Item its history, at the first call that needs it.
    pub fn fill_ledger(&mut self, days: Option<u64>, random: &mut Random) {
        if self.ledger.filled {
            return;
        }
        self.ledger.filled = true;
        let asked = self
            .options
            .pointer("/transactions/days_requested")
            .and_then(Value::as_u64);
        let days = i64::try_from(asked.or(days).unwrap_or(90)).unwrap_or(90);
        let today = day(self.created);
        let mut rows = Vec::new();
        for cycle in 0..25i64 {
            for template in if self.dynamic { DYNAMIC_CYCLE } else { CYCLE } {
                let ago = cycle.saturating_mul(CYCLE_DAYS).saturating_add(template.days_ago);
                if ago < days {
                    rows.extend(self.transaction(template, today, ago, random));
                }
            }
        }
        let oldest = today.saturating_sub(days.saturating_mul(DAY));
        for (account_id, account) in &self.accounts {
            let history = account.history.iter().flatten();
            for posting in history.filter(|posting| posting.posted > oldest) {
                rows.push(posting.transaction(account_id, today, random));
            }
        }
        rows.sort_by_key(|row| row.date);
        if self.dynamic {
            for template in DYNAMIC_PENDING {
                rows.extend(
                    self.transaction(template, today, 0, random)
                        .map(|row| Transaction { pending: true, ..row }),
                );
            }
        }
        for row in rows {
            self.ledger.add(row);
        }
    }

    fn transaction(
        &self,
        template: &Template,
        today: i64,
        days_ago: i64,
        random: &mut Random,
    ) -> Option<Transaction> {
        let account = self
            .accounts
            .iter()
            .find(|(_, account)| account.mask == template.mask && account.history.is_none())?;
        let date = today.saturating_sub(days_ago.saturating_mul(DAY));
        Some(Transaction {
            id: random.id(),
            account_id: account.0.clone(),
            date,
            authorized: date.saturating_sub(DAY),
            name: template.name.to_owned(),
            amount: template.amount,
            currency: "USD".to_owned(),
            merchant: template.merchant,
            channel: template.channel,
            category: template.category,
            pending: false,
            posts: None,
            pending_id: None,
            removed: false,
        })
    }

    /// What `/transactions/refresh` finds at a bank where things happen: the pending ones were posted, one amount
    /// was corrected, and there are new ones.
    pub fn refresh_dynamic(&mut self, now: i64, random: &mut Random) -> Changes {
        let today = day(now);
        let mut changes = self.ledger.post(i64::MAX, today, random);
        let corrected = self
            .ledger
            .rows
            .iter()
            .position(|row| !row.removed && !row.pending);
        if let Some((index, row)) =
            corrected.and_then(|index| self.ledger.rows.get_mut(index).map(|row| (index, row)))
        {
            row.amount += 1.0;
            self.ledger.log.push(Change::Modified(index));
        }
        for template in DYNAMIC_PENDING.iter().take(2) {
            if let Some(row) = self.transaction(template, today, 0, random) {
                self.ledger.add(Transaction { pending: true, ..row });
                changes.added = changes.added.saturating_add(1);
            }
        }
        changes
    }
}

impl Posting {
    /// As it stands on this day: pending, if it posts on a later one.
    fn transaction(&self, account_id: &str, today: i64, random: &mut Random) -> Transaction {
        let pending = self.posted > today;
        Transaction {
            id: random.id(),
            account_id: account_id.to_owned(),
            date: if pending { self.transacted } else { self.posted },
            authorized: self.transacted,
            name: self.description.clone(),
            amount: self.amount,
            currency: self.currency.clone(),
            merchant: None,
            channel: "other",
            category: ("GENERAL_SERVICES", "GENERAL_SERVICES_OTHER_GENERAL_SERVICES"),
            pending,
            posts: pending.then_some(self.posted),
            pending_id: None,
            removed: false,
        }
    }
}

/// The first moment of a day.
pub(crate) fn day(ms: i64) -> i64 {
    ms.div_euclid(DAY).saturating_mul(DAY)
}
