#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
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

pub use arguments::{EventsRequest, ItemRequest, LinkTokenRequest, TransactionsRequest};
pub use client::{CallOptions, Client};
pub use env::Config;
pub use error::{Details, Error};
pub use fetch::Fetch;
pub use secret::Secret;
pub use transport::{SendError, Transport};
pub use webhook::Webhook;
