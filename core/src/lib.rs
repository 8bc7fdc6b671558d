//! What plaid-edge knows of Plaid's API, and nothing that does I/O.
//!
//! The crate has no clock, no randomness, no network and no JavaScript: a driver brings these, hands in what it saw,
//! and does what it is told. The npm adapter and the Rust client are two such drivers. A call goes like this:
//!
//! 1. [`config`] checks credentials, host and limits, and names every problem at once. [`link`] is what Link shows.
//! 2. [`operation`] lists Plaid's endpoints that have a method of their own; [`request`] writes their bodies, and knows
//!    which paths may be sent twice.
//! 3. The driver sends. [`call`] judges how an attempt ended: its [`Kind`](error::Kind), and whether to retry, which
//!    [`retry`] times.
//! 4. [`transactions`] joins the pages of a sync. [`webhook`] checks a webhook's claims, and [`keys`] remembers the
//!    keys that webhooks are signed with.
//! 5. [`error`] has the words of every message.
//!
//! Time is a [`Duration`](std::time::Duration), since the Unix epoch where it is a moment. Chance is a number from 0
//! to 1.

#![deny(unreachable_pub, clippy::use_self)]

pub mod call;
pub mod config;
pub mod error;
pub mod keys;
pub mod link;
pub mod operation;
mod reads;
pub mod request;
pub mod retry;
pub mod transactions;
pub mod webhook;
