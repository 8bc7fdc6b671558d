//! One request over `fetch`, from its headers to the last byte of its answer. The exchange itself is in
//! `js/transport.js`, where promises are raced without crossing into wasm for each.

use gloo_net::http::Headers;
use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;

use crate::config::Config;

/// The version of Plaid's API that the endpoints here are written for.
const PLAID_VERSION: &str = "2020-09-14";

#[wasm_bindgen(module = "/src/js/transport.js")]
extern "C" {
    fn send(
        fetch: Option<&Function>,
        url: &str,
        headers: &web_sys::Headers,
        body: &JsValue,
        ms: f64,
        signal: &JsValue,
    ) -> Promise;

    /// Waits so many milliseconds, or until the signal aborts. Resolves with an [`Outcome`].
    pub fn wait(ms: f64, signal: &JsValue) -> Promise;

    /// How an exchange or a wait ended.
    pub type Outcome;

    #[wasm_bindgen(method, getter)]
    fn end(this: &Outcome) -> u8;

    /// HTTP status. 0 where there was no answer, or the browser hides it.
    #[wasm_bindgen(method, getter)]
    pub fn status(this: &Outcome) -> u16;

    /// The `Retry-After` header.
    #[wasm_bindgen(method, getter, js_name = retryAfter)]
    pub fn retry_after(this: &Outcome) -> Option<String>;

    /// The answer's JSON object; undefined where it is none.
    #[wasm_bindgen(method, getter)]
    pub fn body(this: &Outcome) -> JsValue;

    /// `error_code`, if the body is one of Plaid's errors.
    #[wasm_bindgen(method, getter)]
    pub fn code(this: &Outcome) -> Option<String>;

    /// What happened, in words.
    #[wasm_bindgen(method, getter)]
    pub fn words(this: &Outcome) -> String;

    /// The signal's reason, or what `fetch` rejected with.
    #[wasm_bindgen(method, getter)]
    pub fn cause(this: &Outcome) -> JsValue;
}

/// The ways in which an exchange ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    /// With a complete answer, whatever it says.
    Answered,
    /// The caller aborted.
    Aborted,
    /// The time was up.
    TimedOut,
    /// `fetch`, or the reading of the body, rejected.
    Failed,
    /// With a redirect, which is never followed: it would hand the secret to another host.
    Redirected,
    /// What `fetch` gave is no Response.
    Unreadable,
}

/// The order in which `js/transport.js` numbers them.
const ENDS: [End; 6] = [
    End::Answered,
    End::Aborted,
    End::TimedOut,
    End::Failed,
    End::Redirected,
    End::Unreadable,
];

/// How it ended.
pub fn end(outcome: &Outcome) -> End {
    ENDS.get(usize::from(outcome.end()))
        .copied()
        .unwrap_or(End::Unreadable)
}

/// Sends `body` (JSON text) to a path of Plaid's. Resolves with an [`Outcome`].
pub fn post(config: &Config, path: &str, body: &JsValue, timeout_ms: f64, signal: &JsValue) -> Promise {
    // The values were checked when the adapter was made, so none is refused here.
    let headers = Headers::new();
    headers.set("content-type", "application/json");
    headers.set("plaid-version", PLAID_VERSION);
    headers.set("plaid-client-id", &config.client_id);
    headers.set("plaid-secret", &config.secret);
    let url = [config.base_url.as_str(), path].concat();
    send(
        config.options.fetch.as_ref(),
        &url,
        &headers.into_raw(),
        body,
        timeout_ms,
        signal,
    )
}
