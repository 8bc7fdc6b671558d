//! Plaid's bank-linking API for Workers written in Rust, and for browsers. This program needs no Plaid account:
//!
//! ```
//! use plaid_edge_client::sandbox::Sandbox; // Plaid in a box, with the feature `sandbox`
//!
//! # fn main() -> Result<(), plaid_edge_client::Error> {
//! pollster::block_on(async {
//!     let sandbox = Sandbox::new();
//!     let plaid = sandbox.client(); // in a Worker: Client::new(Config::from_js(&env)?)
//!     let link = plaid.create_link_token("user-1").await?; // a page opens Plaid Link with it
//!     let public_token = sandbox.complete_link(&link.link_token).await?; // the user's part
//!     let item = plaid.exchange_public_token(&public_token).await?;
//!     let auth = plaid.auth(&item.access_token).await?;
//!     println!("{} {}", auth.accounts[0].name, auth.numbers.ach[0].account);
//!     Ok(())
//! })
//! # }
//! ```
//!
//! - [`Client`] has a method for each step of the flow, [`Stream`](futures_core::Stream)s of transfer events, whole
//!   updates of transactions, and [`request`](Client::request) for every other endpoint, with types of your own.
//! - What failed for a moment is retried if that is safe: Plaid's reads, and calls with an idempotency key. Each attempt
//!   has a timeout. [`CallOptions`] changes both for a call; to end one, drop its future.
//! - [`Client::verify_webhook`] checks signature, age and body.
//! - An [`Error`] has Plaid's fields, and says whether a retry helps. Credentials and tokens are redacted in it, and
//!   [`Secret`] shows nothing.
//! - [`sandbox`] is Plaid in a box: stateful and strict, with a virtual clock, so that no test waits.
//!
//! # In a Worker
//!
//! With the crate `worker`, and no feature of this one:
//!
//! ```ignore
//! use plaid_edge_client::{Client, Config};
//! use worker::{Context, Env, Request, Response, Result, event};
//!
//! #[event(fetch)]
//! async fn fetch(_request: Request, env: Env, _context: Context) -> Result<Response> {
//!     let config = Config::from_js(&env).map_err(|error| error.to_string())?;
//!     let link = Client::new(config).create_link_token("user-1").await.map_err(|error| error.to_string())?;
//!     Response::from_json(&link)
//! }
//! ```
//!
//! The repository's
//! [example](https://github.com/plaid-edge/plaid-edge/tree/main/examples/rust-worker) has the whole flow and a webhook
//! route. Keep one client for as long as the isolate lives, in a `thread_local!`: it remembers the keys of webhooks.
//! Futures of [`Fetch`] are not `Send`; where a framework wants that, wrap the handler in `#[worker::send]`.
//!
//! # When a request is dropped
//!
//! A Worker's request ends when its client goes away, at whatever `.await` it is. Nothing runs after that, no destructor
//! either: the future that waited stays in the isolate's memory with all that it holds, some kilobytes for each such
//! request, until the isolate ends. Nothing in Rust can help, because nobody tells it. Two things do:
//!
//! - Put the work into `context.wait_until(…)`, and await what it sends back, through a channel for example. What is
//!   there runs to its end when the client is gone, within the platform's limits. Do this for everything that must not
//!   be lost, such as the exchange of a public token.
//! - Give calls the request's `AbortSignal` (`CallOptions::signal`, with the compatibility flag `enable_request_signal`):
//!   then they end when the client goes.
//!
//! Whatever was dropped, the isolate goes on to serve, and webhook keys that a dropped request was fetching are asked for
//! again by the next one.
//!
//! # Versions of Rust
//!
//! Rust 1.95 and later. A later minimum is a minor version.

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
