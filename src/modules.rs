//! The JavaScript that other JavaScript imports. Each is named here, so that wasm-bindgen takes it along where it copies
//! what Rust imports: into the page of `wasm-pack test`.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/js/call.js")]
extern "C" {
    #[allow(dead_code, reason = "called by JavaScript")]
    fn perform();
}

#[wasm_bindgen(module = "/src/js/error-classes.js")]
extern "C" {
    #[allow(dead_code, non_snake_case, reason = "used by JavaScript")]
    fn PlaidAdapterError();
}

#[wasm_bindgen(module = "/src/js/events.js")]
extern "C" {
    #[allow(dead_code, reason = "called by JavaScript")]
    fn events();
}

#[wasm_bindgen(module = "/src/js/redact.js")]
extern "C" {
    #[allow(dead_code, reason = "called by JavaScript")]
    fn redactor();
}

#[wasm_bindgen(module = "/src/js/transactions.js")]
extern "C" {
    #[wasm_bindgen(js_name = syncTransactions)]
    #[allow(dead_code, reason = "called by JavaScript")]
    fn sync_transactions();
}

#[wasm_bindgen(module = "/src/js/transport.js")]
extern "C" {
    #[allow(dead_code, reason = "called by JavaScript")]
    fn send();
}

#[wasm_bindgen(module = "/src/js/webhook.js")]
extern "C" {
    #[allow(dead_code, reason = "called by JavaScript")]
    fn verify();
}
