//! Plaid's products, one a file, named as in [Plaid's API reference](https://plaid.com/docs/api/).

mod accounts;
mod bank_transfer_events;
mod bank_transfers;
mod item_webhooks;
mod items;
mod link;
mod link_complete;
mod link_fields;
mod public_tokens;
mod sandbox_items;
mod transfers;
mod webhook_keys;

use serde_json::Value;

use crate::error::PlaidError;
use crate::fields::{Body, Field};
use crate::state::Call;

/// One of Plaid's endpoints: where it is, what it takes and what it does.
pub(crate) struct Endpoint {
    pub path: &'static str,
    pub fields: &'static [Field],
    pub handler: Handler,
}

/// What responds to a request whose fields have been checked.
#[derive(Clone, Copy)]
pub(crate) enum Handler {
    /// Gives the JSON body, to which `request_id` is added.
    Json(fn(&Body, &mut Call) -> Result<Value, PlaidError>),
    /// Gives a PDF file.
    Pdf(fn(&Body, &mut Call) -> Result<String, PlaidError>),
}

const fn json(
    path: &'static str,
    fields: &'static [Field],
    handler: fn(&Body, &mut Call) -> Result<Value, PlaidError>,
) -> Endpoint {
    let handler = Handler::Json(handler);
    Endpoint {
        path,
        fields,
        handler,
    }
}

const fn pdf(
    path: &'static str,
    fields: &'static [Field],
    handler: fn(&Body, &mut Call) -> Result<String, PlaidError>,
) -> Endpoint {
    let handler = Handler::Pdf(handler);
    Endpoint {
        path,
        fields,
        handler,
    }
}

/// Every endpoint.
pub(crate) fn endpoints() -> impl Iterator<Item = &'static Endpoint> {
    AREAS.iter().flat_map(|area| area.iter())
}

const AREAS: &[&[Endpoint]] = &[
    accounts::ENDPOINTS,
    bank_transfer_events::ENDPOINTS,
    bank_transfers::ENDPOINTS,
    items::ENDPOINTS,
    link::ENDPOINTS,
    link_complete::ENDPOINTS,
    public_tokens::ENDPOINTS,
    sandbox_items::ENDPOINTS,
    transfers::ENDPOINTS,
    webhook_keys::ENDPOINTS,
];
