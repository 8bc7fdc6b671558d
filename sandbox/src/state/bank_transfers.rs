//! Bank transfers.

use serde_json::{Value, json};

use super::table::Size;
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

impl BankTransfer {
    /// What it adds to the balance at Plaid, in cents: posted debits raise it, credits lower it once they are created.
    pub fn cents(&self) -> i64 {
        let cents = self.amount().replace('.', "").parse().unwrap_or(0i64);
        match (self.transfer_type(), self.status) {
            ("debit", "posted") => cents,
            ("credit", "pending" | "posted") => cents.saturating_neg(),
            _ => 0,
        }
    }
}

impl Size for BankTransfer {
    fn bytes(&self) -> usize {
        let own = self.failure_reason.bytes().saturating_add(self.request.0.bytes());
        own.saturating_add(128)
    }
}
