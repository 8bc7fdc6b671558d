//! Bank transfers and their events.

use serde_json::{Value, json};

use super::Call;
use crate::clock;
use crate::data::test_user::ROUTING;
use crate::fields::Body;

/// The one account at Plaid that money comes from and goes to.
pub(crate) const ORIGINATION_ACCOUNT: &str = "8945fedc-e703-463d-86b1-dc0607b55460";

pub(crate) struct BankTransfer {
    pub id: String,
    pub status: &'static str,
    pub failure_reason: Value,
    pub created: i64,
    /// The checked request.
    pub request: Body,
}

impl BankTransfer {
    pub fn account_id(&self) -> &str {
        self.request.required("/account_id")
    }

    /// "debit" or "credit"
    pub fn transfer_type(&self) -> &str {
        self.request.required("/type")
    }

    pub fn amount(&self) -> &str {
        self.request.required("/amount")
    }

    /// Which way the money goes, seen from Plaid's client.
    pub fn direction(&self) -> &'static str {
        if self.transfer_type() == "debit" {
            "inbound"
        } else {
            "outbound"
        }
    }

    pub fn json(&self) -> Value {
        let email = self.request.copy("/user/email_address");
        json!({
            "id": self.id,
            // The schema wants a class even where the network has none.
            "ach_class": self.request.text("/ach_class").unwrap_or("ccd"),
            "account_id": self.account_id(),
            "type": self.transfer_type(),
            "user": {
                "legal_name": self.request.copy("/user/legal_name"),
                "email_address": email,
                "routing_number": ROUTING,
            },
            "amount": self.amount(),
            "iso_currency_code": "USD",
            "description": self.request.copy("/description"),
            "created": clock::timestamp(self.created),
            "status": self.status,
            "network": self.request.copy("/network"),
            "cancellable": self.status == "pending",
            "failure_reason": self.failure_reason,
            "custom_tag": self.request.copy("/custom_tag"),
            "metadata": self.request.copy("/metadata"),
            "origination_account_id": ORIGINATION_ACCOUNT,
            "direction": self.direction(),
        })
    }
}

pub(crate) struct BankTransferEvent {
    /// From 1 on, ascending, without gaps.
    pub id: u64,
    pub at: i64,
    pub event_type: &'static str,
    pub bank_transfer_id: String,
    pub account_id: String,
    pub transfer_type: String,
    pub amount: String,
    pub failure_reason: Value,
    direction: &'static str,
    /// Whether it is about a transfer, and not about a bank transfer. Both are numbered together.
    pub of_transfer: bool,
}

impl Call<'_> {
    /// Adds the event of a bank transfer having come to its present status.
    pub fn record_bank_transfer_event(&mut self, bank_transfer_id: &str) {
        let events = &mut self.state.bank_transfer_events;
        let id = events.last().map_or(1, |last| last.id.saturating_add(1));
        let transfer = self.state.bank_transfers.get(bank_transfer_id);
        events.extend(transfer.map(|transfer| BankTransferEvent::new(id, self.now, transfer)));
    }
}

impl Call<'_> {
    /// Adds an event of a transfer.
    pub fn record_transfer_event(&mut self, transfer: &Value, event_type: &'static str) {
        let text = |name| {
            transfer
                .get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let events = &mut self.state.bank_transfer_events;
        let id = events.last().map_or(1, |last| last.id.saturating_add(1));
        events.push(BankTransferEvent {
            id,
            at: self.now,
            event_type,
            bank_transfer_id: text("id"),
            account_id: text("account_id"),
            transfer_type: text("type"),
            amount: text("amount"),
            failure_reason: transfer.get("failure_reason").cloned().unwrap_or_default(),
            direction: "inbound",
            of_transfer: true,
        });
    }
}

impl BankTransferEvent {
    fn new(id: u64, at: i64, transfer: &BankTransfer) -> Self {
        Self {
            id,
            at,
            event_type: transfer.status,
            bank_transfer_id: transfer.id.clone(),
            account_id: transfer.account_id().to_owned(),
            transfer_type: transfer.transfer_type().to_owned(),
            amount: transfer.amount().to_owned(),
            failure_reason: transfer.failure_reason.clone(),
            direction: transfer.direction(),
            of_transfer: false,
        }
    }

    pub fn json(&self) -> Value {
        json!({
            "event_id": self.id,
            "timestamp": clock::timestamp(self.at),
            "event_type": self.event_type,
            "account_id": self.account_id,
            "bank_transfer_id": self.bank_transfer_id,
            "origination_account_id": ORIGINATION_ACCOUNT,
            "receiver_details": null,
            "bank_transfer_type": self.transfer_type,
            "bank_transfer_amount": self.amount,
            "bank_transfer_iso_currency_code": "USD",
            "failure_reason": self.failure_reason,
            "direction": self.direction,
        })
    }

    pub fn matches(&self, body: &Body) -> bool {
        let is = |pointer, own: &str| body.text(pointer).is_none_or(|wanted| wanted == own);
        let time = |pointer| body.text(pointer).and_then(clock::parse);
        let types = body.texts("/event_types");
        is("/bank_transfer_id", &self.bank_transfer_id)
            && is("/account_id", &self.account_id)
            && is("/bank_transfer_type", &self.transfer_type)
            && is("/origination_account_id", ORIGINATION_ACCOUNT)
            && is("/direction", self.direction)
            && (types.is_empty() || types.contains(&self.event_type))
            && time("/start_date").is_none_or(|start| start <= self.at)
            && time("/end_date").is_none_or(|end| self.at <= end)
    }
}
