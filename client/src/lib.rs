//! Plaid's bank-linking API for Workers written in Rust, and for browsers: an async client with safe retries, verified
//! webhooks, and Plaid in a box for your tests. This program needs no Plaid account:
//!
//! ```
//! use plaid_edge_client::{Error, Secret, sandbox::Sandbox}; // the feature `sandbox`
//! # fn main() -> Result<(), Error> {
//! # pollster::block_on(async {
//! let plaid = Sandbox::new().client(); // in a Worker: Client::new(Config::from_js(&env)?)
//! let link_token = plaid.create_link_token("user-1").await?.link_token;
//! let public_token = link::complete(&plaid, &link_token).await?;
//! # Ok(())
//! # })
//! # }
//! ```
#![deny(unreachable_pub, clippy::use_self)]

#[cfg(target_arch = "wasm32")]
mod abort;
mod arguments;
mod call;
mod client;
mod env;
mod error;
mod events;
mod fetch;
mod json;
mod redact;
#[cfg(feature = "sandbox")]
pub mod sandbox;
mod secret;
mod transport;
pub mod types;
mod webhook;

pub use arguments::{EventsAfter, ItemRequest, LinkTokenRequest, SyncTransactions};
pub use client::{CallOptions, Client};
pub use env::Config;
pub use error::{Details, Error};
pub use fetch::Fetch;
pub use secret::Secret;
pub use transport::{SendError, Transport};
pub use webhook::Webhook;
