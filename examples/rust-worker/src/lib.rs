//! A Cloudflare Worker in Rust that links bank accounts with Plaid. The routes exist on WebAssembly only. What they do is
//! in `bank.rs`, which `cargo test` tests natively.

pub mod bank;
#[cfg(target_arch = "wasm32")]
mod routes;
