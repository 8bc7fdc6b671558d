//! One request over `fetch`, from its headers to the last byte of its answer.

use gloo_net::http::Headers;
use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;

use crate::interrupt::{Interrupt, Stop};

/// The version of Plaid's API that the endpoints here are written for.
const PLAID_VERSION: &str = "2020-09-14";

#[wasm_bindgen]
extern "C" {
    // Called as a plain global: workerd refuses a stored `fetch` without its receiver.
    #[wasm_bindgen(catch, js_name = fetch)]
    fn global_fetch(url: &str, init: &web_sys::RequestInit) -> Result<JsValue, JsValue>;

    /// What `fetch` gave. A caller's own `fetch` may give anything, so every access catches, which
    /// `gloo_net::http::Response` and `web_sys::Response` do not.
    type Answering;

    #[wasm_bindgen(method, getter, catch)]
    fn status(this: &Answering) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, getter, catch)]
    fn headers(this: &Answering) -> Result<AnsweringHeaders, JsValue>;

    #[wasm_bindgen(method, getter, catch)]
    fn body(this: &Answering) -> Result<Option<AnsweringBody>, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn text(this: &Answering) -> Result<JsValue, JsValue>;

    type AnsweringHeaders;

    #[wasm_bindgen(method, catch)]
    fn get(this: &AnsweringHeaders, name: &str) -> Result<JsValue, JsValue>;

    type AnsweringBody;

    #[wasm_bindgen(method, catch)]
    fn cancel(this: &AnsweringBody) -> Result<JsValue, JsValue>;

    // For the one case that needs it: `Promise.resolve` of a thenable whose `then` throws.
    #[wasm_bindgen(catch, js_namespace = Promise, js_name = resolve)]
    fn resolve(value: &JsValue) -> Result<Promise, JsValue>;
}

/// Where requests go and what they carry.
pub struct Endpoint<'a> {
    pub url: &'a str,
    pub client_id: &'a str,
    pub secret: &'a str,
    /// Used instead of the global `fetch`.
    pub fetch: Option<&'a Function>,
}

/// A complete answer.
pub struct Answer {
    pub status: u16,
    /// The `Retry-After` header.
    pub retry_after: Option<String>,
    /// The body, decoded: a JavaScript string.
    pub text: JsValue,
}

/// Why there is none.
pub enum NoAnswer {
    /// The timeout or the caller ended the wait.
    Stopped(Stop),
    /// `fetch` or the reading of the body rejected, with this.
    Failed(JsValue),
    /// A redirect, which is never followed: it would hand the secret to another host.
    Redirect(u16),
    /// What `fetch` gave is no Response.
    Unreadable,
}

/// Sends `body` (JSON text) and reads the whole answer, unless `interrupt` stops it first.
pub async fn post(endpoint: &Endpoint<'_>, body: &JsValue, interrupt: &Interrupt) -> Result<Answer, NoAnswer> {
    let Ok(controller) = web_sys::AbortController::new() else {
        return Err(NoAnswer::Unreadable);
    };
    let init = web_sys::RequestInit::new();
    init.set_method("POST");
    init.set_headers(&headers(endpoint));
    init.set_body(body);
    init.set_redirect(web_sys::RequestRedirect::Manual);
    init.set_signal(Some(&controller.signal()));
    let outcome = exchange(endpoint, &init, interrupt).await;
    if matches!(outcome, Err(NoAnswer::Stopped(_))) {
        controller.abort();
    }
    outcome
}

fn headers(endpoint: &Endpoint<'_>) -> JsValue {
    // The values were checked when the adapter was made, so none is refused here.
    let headers = Headers::new();
    headers.set("content-type", "application/json");
    headers.set("plaid-version", PLAID_VERSION);
    headers.set("plaid-client-id", endpoint.client_id);
    headers.set("plaid-secret", endpoint.secret);
    headers.into_raw().into()
}

async fn exchange(
    endpoint: &Endpoint<'_>,
    init: &web_sys::RequestInit,
    interrupt: &Interrupt,
) -> Result<Answer, NoAnswer> {
    let sent = match endpoint.fetch {
        Some(fetch) => fetch.call2(&JsValue::UNDEFINED, &endpoint.url.into(), init),
        None => global_fetch(endpoint.url, init),
    };
    let response = settle(sent, interrupt).await?;
    if !response.is_object() {
        return Err(NoAnswer::Unreadable);
    }
    let response: Answering = response.unchecked_into();
    let status = response.status().ok().and_then(|status| status.as_f64()).ok_or(NoAnswer::Unreadable)? as u16;
    // A browser shows a redirect that is not followed as an answer with status 0.
    if status == 0 || (300..400).contains(&status) {
        cancel(&response);
        return Err(NoAnswer::Redirect(status));
    }
    let retry_after = response.headers().and_then(|headers| headers.get("retry-after"));
    let text = match settle(response.text(), interrupt).await {
        Ok(text) if text.is_string() => text,
        Ok(_) => return Err(NoAnswer::Unreadable),
        Err(stopped) => {
            cancel(&response);
            return Err(stopped);
        }
    };
    Ok(Answer { status, retry_after: retry_after.ok().and_then(|header| header.as_string()), text })
}

async fn settle(promise: Result<JsValue, JsValue>, interrupt: &Interrupt) -> Result<JsValue, NoAnswer> {
    let promise = promise.and_then(|value| resolve(&value)).map_err(NoAnswer::Failed)?;
    interrupt.race(promise).await.map_err(NoAnswer::Stopped)?.map_err(NoAnswer::Failed)
}

/// An unread body holds its connection in workerd until it is collected.
fn cancel(response: &Answering) {
    let Ok(Some(body)) = response.body() else { return };
    // A body that is being read refuses to be cancelled, by a rejection that nobody would handle.
    if let Ok(Ok(promise)) = body.cancel().map(|cancelled| resolve(&cancelled)) {
        wasm_bindgen_futures::spawn_local(async move {
            let _ = wasm_bindgen_futures::JsFuture::from(promise).await;
        });
    }
}
