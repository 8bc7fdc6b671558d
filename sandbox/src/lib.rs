//! Plaid in a box: an in-process stand-in for the Plaid API, stateful and strict.
//!
//! The heart is plain Rust without a clock, a network or JavaScript: [`Sandbox::handle`] takes a request and the
//! moment it arrives, and gives what Plaid would answer. [`PlaidSandbox`] is the JavaScript class around it.
//!
//! A module holds one of Plaid's areas, named as in [Plaid's API reference](https://plaid.com/docs/api/), and lists
//! its endpoints as data: the path, the fields, the handler. What they stand on:
//!
//! | module | holds |
//! |---|---|
//! | `sandbox` | the order in which a request is judged, and the answer |
//! | `endpoint` | how an endpoint's fields are described and checked |
//! | `state` | everything the sandbox remembers, and looking it up by token |
//! | `error` | Plaid's error body and the catalogue of error codes |
//! | `test_user`, `institutions` | the fixed data: accounts, owner, banks |
//! | `fault` | failures on demand |
//! | `webhook_keys` | keys and signatures of webhooks |
//! | `random`, `clock` | identifiers and timestamps |
//! | `js` | the JavaScript class, over web APIs only |

mod accounts;
mod bank_transfer_events;
mod bank_transfers;
mod clock;
mod endpoint;
mod error;
mod fault;
mod institutions;
mod items;
mod js;
mod link;
mod link_complete;
mod link_fields;
mod public_tokens;
mod random;
mod sandbox;
mod sandbox_items;
mod state;
mod test_user;
mod transfers;
mod webhook_keys;
mod webhooks;

pub use fault::Fault;
pub use js::PlaidSandbox;
pub use sandbox::{Answer, Credentials, Delivery, Moment, Outcome, Reply, Request, Sandbox};
pub use webhook_keys::SignedWebhook;
