//! The events of bank transfers, which also tell of micro-deposits
//! (<https://plaid.com/docs/api/products/auth/#bank_transfereventsync>).

use serde_json::{Value, json};

use crate::bank_transfers::{BankTransfer, ORIGINATION_ACCOUNT};
use crate::clock;
use crate::endpoint::{
    Body, Endpoint,
    Kind::{DateTime, Integer, List, OneOf, TextUpTo},
    nullable, optional, required,
};
use crate::error::PlaidError;
use crate::state::Call;

const TYPES: &[&str] = &["pending", "cancelled", "failed", "posted", "reversed"];
const ANY: usize = usize::MAX;

pub(crate) const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        path: "/bank_transfer/event/sync",
        fields: &[
            required("after_id", Integer(0, u64::MAX)),
            nullable("count", Integer(1, 25)),
        ],
        answer: sync,
    },
    Endpoint {
        path: "/bank_transfer/event/list",
        fields: &[
            nullable("start_date", DateTime),
            nullable("end_date", DateTime),
            nullable("bank_transfer_id", TextUpTo(ANY)),
            nullable("account_id", TextUpTo(ANY)),
            nullable("bank_transfer_type", OneOf(&["debit", "credit"])),
            optional("event_types", List(&OneOf(TYPES))),
            nullable("count", Integer(1, 25)),
            nullable("offset", Integer(0, u64::MAX)),
            nullable("origination_account_id", TextUpTo(ANY)),
            nullable("direction", OneOf(&["inbound", "outbound"])),
        ],
        answer: list,
    },
];

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
}

impl Call<'_> {
    /// Adds the event of a bank transfer having come to its present status.
    pub fn record_bank_transfer_event(&mut self, bank_transfer_id: &str) {
        let events = &mut self.state.bank_transfer_events;
        let id = events.last().map_or(1, |last| last.id.saturating_add(1));
        let transfer = self
            .state
            .bank_transfers
            .iter()
            .find(|transfer| transfer.id == bank_transfer_id);
        events.extend(transfer.map(|transfer| BankTransferEvent::new(id, self.now, transfer)));
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
        }
    }

    fn json(&self) -> Value {
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

    fn matches(&self, body: &Body) -> bool {
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

fn sync(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let after = body.integer("/after_id").unwrap_or_default();
    let events = call
        .state
        .bank_transfer_events
        .iter()
        .filter(|event| event.id > after);
    let page: Vec<_> = events.take(count(body)).map(BankTransferEvent::json).collect();
    Ok(json!({ "bank_transfer_events": page }))
}

fn list(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let newest_first = call.state.bank_transfer_events.iter().rev();
    let offset = body
        .integer("/offset")
        .and_then(|offset| usize::try_from(offset).ok());
    let offset = offset.unwrap_or(if body.has("/offset") { usize::MAX } else { 0 });
    let matching = newest_first.filter(|event| event.matches(body)).skip(offset);
    let page: Vec<_> = matching.take(count(body)).map(BankTransferEvent::json).collect();
    Ok(json!({ "bank_transfer_events": page }))
}

fn count(body: &Body) -> usize {
    body.integer("/count")
        .and_then(|count| usize::try_from(count).ok())
        .unwrap_or(25)
}
