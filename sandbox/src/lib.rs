//! An in-process stand-in for the Plaid API, stateful and strict.
//!
//! The core is plain Rust without a clock, a network or JavaScript: [`Sandbox::handle`] takes a request and the
//! time it arrives, and gives what Plaid would send. `PlaidSandbox` is the JavaScript class around it, there with the
//! feature `js`. In Rust, use it through the feature `sandbox` of plaid-edge-client.
//!
//! A module holds one of Plaid's areas, named as in [Plaid's API reference](https://plaid.com/docs/api/), and lists
//! its endpoints as data: the path, the fields, the handler. What they stand on:
//!
//! | module | holds |
//! |---|---|
//! | `http` | requests, responses, webhooks on their way |
//! | `fields` | how the fields of a request are described and checked |
//! | `error` | Plaid's error body and the catalogue of error codes |
//! | `data` | the fixed data: banks, accounts, transactions, securities |
//! | `state` | everything the sandbox remembers, and looking it up by id |
//! | `areas` | Plaid's products, one a file: their endpoints |
//! | `fault` | failures on demand |
//! | `outbox` | webhooks on their way: delays, duplicates, retries |
//! | `sandbox` | the order in which a request is judged, and the response |
//! | `random`, `clock` | identifiers and timestamps |
//! | `js` | the JavaScript class, over web APIs only |

mod areas;
mod clock;
mod data;
mod error;
mod fault;
mod fields;
mod http;
#[cfg(feature = "js")]
mod js;
mod outbox;
mod random;
mod sandbox;
mod state;

pub use fault::{Fault, TooManyFaults};
pub use http::{Delivery, FetchResult, Reply, Request, Response, SignedWebhook};
#[cfg(feature = "js")]
pub use js::PlaidSandbox;
pub use outbox::Disorder;
pub use sandbox::{Context, Credentials, Sandbox};
