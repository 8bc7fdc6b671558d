//! plaid-edge: Plaid's bank-linking API for code that runs at the edge.
//!
//! The crate is the WebAssembly behind the npm package `plaid-edge`. Its one class, [`PlaidAdapter`], takes
//! JavaScript arguments and gives JavaScript promises; what the package promises its users is written in
//! `pkg-template/plaid-edge.d.ts`. A call passes through the modules in this order:
//!
//! 1. `adapter` is the class. Each method reads its `arguments` and starts a call of its `operation`.
//! 2. `config` and `link` are what the adapter was given: credentials, host and limits; what Link shows.
//! 3. `js/call.js` has the operations' paths at Plaid, and the loop that every call runs: send, ask, wait, again.
//!    `js/transport.js` is one request over `fetch`, ended early by the timeout or the caller.
//! 4. `decisions` is what that loop asks. `attempt` judges an attempt that failed, `retry` knows how long to wait.
//! 5. `webhook` says which webhooks to trust, with `keys` for what is known of Plaid's keys; `js/webhook.js` takes
//!    them apart and does the cryptography. `events`, with `js/events.js`, makes async iterators of the event feeds.
//! 6. `error` is what can be wrong, in kinds and in words. The classes are in `js/errors.js`, and every text of an
//!    error passes through `js/redact.js`, where secrets stop.
//!
//! Rust decides and JavaScript waits: nothing of wasm is alive across an await. An edge runtime may drop a request at
//! any of them and never go on, and what wasm held for it would be held for ever. So Rust's part is synchronous, and
//! most of it pure functions with their tests beside them.
//!
//! Two rules hold everywhere. A success's body is handed to the caller as JavaScript parsed it and is never rebuilt
//! in Rust. And nothing panics, because a panic would take down every request of the isolate: whatever comes from
//! JavaScript is read through bindings that catch, or by functions that cannot throw.

mod adapter;
mod arguments;
mod attempt;
mod config;
mod decisions;
mod error;
mod events;
mod keys;
mod link;
mod operation;
mod retry;
mod webhook;

pub use adapter::PlaidAdapter;

// A tenth of the default allocator in size, and enough: what is allocated lives no longer than one call into wasm,
// but for the settings of an adapter.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: lol_alloc::LockedAllocator<lol_alloc::FreeListAllocator> =
    lol_alloc::LockedAllocator::new(lol_alloc::FreeListAllocator::new());
