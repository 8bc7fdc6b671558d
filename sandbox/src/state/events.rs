//! The events of bank transfers and of transfers, their refunds and sweeps: one numbered list of all.

use serde_json::{Value, json};

use super::bank_transfers::ORIGINATION_ACCOUNT;
use super::table::Size;
use super::{Call, State};
use crate::clock;
use crate::fields::{Body, text};

pub(crate) struct Event {
    /// From 1 on, ascending, without gaps.
    pub id: usize,
    pub at: i64,
    pub event_type: &'static str,
    /// Of a transfer or of a bank transfer.
    pub transfer_id: String,
    pub account_id: String,
    pub transfer_type: String,
    pub amount: String,
    pub failure_reason: Value,
    direction: &'static str,
    pub of_transfer: bool,
    pub refund_id: Option<String>,
}

impl State {
    /// The events after this id.
    pub fn events_after(&self, id: u64) -> impl Iterator<Item = &Event> {
        self.events.since(usize::try_from(id).unwrap_or(usize::MAX))
    }

    /// The newest first: those of one transfer, if one is asked for, without a look at any other.
    pub fn newest_events(&self, transfer_id: Option<&str>) -> Box<dyn Iterator<Item = &Event> + '_> {
        match transfer_id {
            None => Box::new(self.events.iter().rev()),
            Some(id) => {
                let numbers = self.events_of.get(id).into_iter().flatten().rev();
                Box::new(numbers.filter_map(|number| self.events.get(&number.to_string())))
            }
        }
    }
}

impl Call<'_> {
    /// Adds the event of a bank transfer having come to its present status.
    pub fn record_bank_transfer_event(&mut self, bank_transfer_id: &str) {
        let Some(transfer) = self.state.bank_transfers.get(bank_transfer_id) else {
            return;
        };
        let event = Event {
            id: 0,
            at: self.now,
            event_type: transfer.status,
            transfer_id: transfer.id.clone(),
            account_id: transfer.account_id().to_owned(),
            transfer_type: transfer.transfer_type().to_owned(),
            amount: transfer.amount().to_owned(),
            failure_reason: transfer.failure_reason.clone(),
            direction: transfer.direction(),
            of_transfer: false,
            refund_id: None,
        };
        self.record(event);
    }

    /// Adds an event of a transfer.
    pub fn record_transfer_event(&mut self, transfer: &Value, event_type: &'static str) {
        self.record(Event::of_transfer(self.now, transfer, event_type));
    }

    /// Adds an event of a transfer's refund.
    pub fn record_refund_event(&mut self, transfer: &Value, refund: &Value, event_type: &'static str) {
        let of_transfer = Event::of_transfer(self.now, transfer, event_type);
        self.record(Event {
            refund_id: Some(text(refund, "id").to_owned()),
            failure_reason: refund.get("failure_reason").cloned().unwrap_or_default(),
            ..of_transfer
        });
    }

    fn record(&mut self, mut event: Event) {
        event.id = self.state.events.count().saturating_add(1);
        match self.state.events_of.get_mut(&event.transfer_id) {
            Some(numbers) => numbers.push(event.id),
            None => {
                let transfer_id = event.transfer_id.clone();
                self.state.events_of.insert(transfer_id, vec![event.id]);
            }
        }
        self.state.events.insert(event.id.to_string(), event);
    }
}

impl Event {
    fn of_transfer(at: i64, transfer: &Value, event_type: &'static str) -> Self {
        let copy = |name| text(transfer, name).to_owned();
        Self {
            id: 0,
            at,
            event_type,
            transfer_id: copy("id"),
            account_id: copy("account_id"),
            transfer_type: copy("type"),
            amount: copy("amount"),
            failure_reason: transfer.get("failure_reason").cloned().unwrap_or_default(),
            direction: "inbound",
            of_transfer: true,
            refund_id: None,
        }
    }

    /// As an event of a bank transfer.
    pub fn json(&self) -> Value {
        json!({
            "event_id": self.id,
            "timestamp": clock::timestamp(self.at),
            "event_type": self.event_type,
            "account_id": self.account_id,
            "bank_transfer_id": self.transfer_id,
            "origination_account_id": ORIGINATION_ACCOUNT,
            "receiver_details": null,
            "bank_transfer_type": self.transfer_type,
            "bank_transfer_amount": self.amount,
            "bank_transfer_iso_currency_code": "USD",
            "failure_reason": self.failure_reason,
            "direction": self.direction,
        })
    }

    /// Whether it is what a list asks for: `prefix` is what the names of the transfer's own fields begin with.
    pub fn matches(&self, body: &Body, prefix: &str) -> bool {
        let is = |pointer: &str, own: &str| body.text(pointer).is_none_or(|wanted| wanted == own);
        let time = |pointer| body.text(pointer).and_then(clock::parse);
        let types = body.texts("/event_types");
        is("/account_id", &self.account_id)
            && is(&format!("/{prefix}_type"), &self.transfer_type)
            && is("/origination_account_id", ORIGINATION_ACCOUNT)
            && is("/direction", self.direction)
            && (types.is_empty() || types.contains(&self.event_type))
            && time("/start_date").is_none_or(|start| start <= self.at)
            && time("/end_date").is_none_or(|end| self.at <= end)
    }
}

impl Size for Event {
    fn bytes(&self) -> usize {
        let texts = [
            &self.transfer_id,
            &self.account_id,
            &self.transfer_type,
            &self.amount,
        ];
        let bytes = texts.iter().map(|text| text.bytes()).sum::<usize>();
        bytes
            .saturating_add(self.failure_reason.bytes())
            .saturating_add(160)
    }
}
