//! The WebAssembly behind the npm package `plaid-edge`: a thin driver of [`plaid_edge_core`] for JavaScript.
//!
//! JavaScript waits and Rust decides. Nothing of wasm is alive across an await, because an edge runtime may drop a
//! request at any of them and never go on; and wasm holds nothing for an adapter, because not every runtime says when
//! an object is gone. So an adapter's state and a call under way are JavaScript objects, and Rust is asked.
//!
//! - `src/js/core.js` is where JavaScript asks. `src/js/adapter.js` is the class, whose state is private to it.
//!   `adapter` has its methods' Rust: what they check, and what they send. `arguments` reads what callers pass.
//! - `src/js/call.js` is the loop that every call runs: send, judge, wait, again. `src/js/transport.js` is one request
//!   over `fetch`, `src/js/webhook.js` takes a webhook apart, `src/js/events.js` iterates over event feeds and
//!   `src/js/transactions.js` joins the pages of a sync. `driver` answers what they ask.
//! - `border` has the records that cross. Facts cross, texts don't: a body is written with a marker for each value of
//!   the caller's, a message with a marker for each text from elsewhere, and JavaScript fills them in.
//! - `src/js/error-classes.js` has the error classes, `src/js/errors.js` makes the errors. Every text in an error passes
//!   through `src/js/redact.js`.
//!
//! Nothing panics, because a panic would take down every request of the isolate.

#![deny(unreachable_pub, clippy::use_self)]

mod adapter;
mod arguments;
mod border;
mod driver;
mod modules;

pub use adapter::*;
pub use driver::*;

// Two pieces of memory are alive at most while wasm runs, and between calls only the key caches: a pointer that moves
// forward, and back when all is free, would do. This one is small, and its list stays short.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: lol_alloc::LockedAllocator<lol_alloc::FreeListAllocator> =
    lol_alloc::LockedAllocator::new(lol_alloc::FreeListAllocator::new());
