//! plaid-edge: Plaid's bank-linking API for code that runs at the edge.
//!
//! The crate is the WebAssembly behind the npm package `plaid-edge`. Its one class, [`PlaidAdapter`], takes
//! JavaScript arguments and gives JavaScript promises; what the package promises its users is written in
//! `pkg-template/plaid-edge.d.ts`. A call passes through the modules in this order:
//!
//! 1. `adapter` is the class. Each method reads its `arguments`, names an `endpoint` and starts the call.
//! 2. `config` and `link` hold what the adapter was given: credentials, host and limits; what Link shows.
//! 3. `attempt` is the one loop that every call runs: send, classify, wait, again. How long it waits is
//!    decided in `retry`, which knows numbers and nothing else.
//! 4. `transport` is one request over `fetch`, ended early by the timeout or the caller.
//! 5. `error` is what went wrong, in kinds and in words.
//! 6. `webhook` verifies what Plaid sends, with keys kept by `keys`; `events` turns the two event feeds
//!    into async iterators.
//!
//! What decides is Rust; what touches JavaScript values member by member is in the modules of `js/`, one beside
//! each Rust module that needs it, because there it takes a tenth of the bytes: `fetch` and timers, WebCrypto, the
//! error classes, and `redact.js`, through which every text of an error passes.
//!
//! Three rules hold everywhere. A success's body is handed to the caller as JavaScript parsed it and is never
//! rebuilt in Rust. Nothing in flight borrows the adapter, so it may be reconfigured or freed at any time. And
//! nothing panics, because a panic would take down every request of the isolate: whatever comes from JavaScript
//! is read through bindings that catch.

mod adapter;
mod arguments;
mod attempt;
mod config;
mod decisions;
mod endpoint;
mod error;
mod events;
mod keys;
mod link;
mod retry;
mod webhook;

pub use adapter::PlaidAdapter;

// A tenth of the default allocator in size, and enough: what is allocated lives no longer than one call into wasm,
// but for the settings of an adapter.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: lol_alloc::LockedAllocator<lol_alloc::FreeListAllocator> =
    lol_alloc::LockedAllocator::new(lol_alloc::FreeListAllocator::new());
