//! `sandbox.fetch`, and the posting of webhooks.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::{Function, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::{
    AbortController, AbortSignal, Headers, ReadableStream, ReadableStreamDefaultController, Request,
    RequestInit, Response, ResponseInit, Url,
};

use super::Shared;
use super::arguments::type_error;
use super::wait::Abort;
use crate::http::{self, Delivery, FetchResult};
use crate::sandbox::MAX_BODY_BYTES;

/// Marks a response that is made from Plaid's types only.
const TYPED_HEADER: &str = "plaid-edge-coverage";

/// Plaid's own limit for the receiver of a webhook.
const WEBHOOK_TIMEOUT_MS: u32 = 10_000;

pub(super) async fn fetch(shared: Rc<Shared>, input: JsValue, init: JsValue) -> Result<JsValue, JsValue> {
    let abort = Abort::of(&input, &init)?;
    let parts = match plain(&input, &init)? {
        Some(parts) => parts,
        None => read(&input, &init, &abort).await?,
    };
    abort.check()?;
    let request = http::Request {
        method: &parts.method,
        path: &parts.path,
        content_type: parts.content_type.as_deref(),
        client_id: parts.client_id.as_deref(),
        secret: parts.secret.as_deref(),
        body: &parts.body,
    };
    let context = shared.context()?;
    let reply = shared.sandbox.borrow_mut().handle(&request, context);
    deliver(&shared, reply.deliveries, &abort).await?;
    if reply.delay_ms > 0 {
        abort.wait(Some(reply.delay_ms)).await?;
    }
    match reply.result {
        FetchResult::Response(response) => respond(&response, body_of(&response)),
        FetchResult::NetworkError => Err(type_error("fetch failed")),
        FetchResult::Hang(None) => {
            abort.wait(None).await?;
            Err(type_error("fetch failed"))
        }
        FetchResult::Hang(Some(response)) => {
            let body = body_of(&response)
                .map(|_| endless(&response.body, abort))
                .transpose()?;
            respond(&response, body.map(JsValue::from))
        }
    }
}

/// What the sandbox looks at in a request.
struct Parts {
    method: String,
    path: String,
    content_type: Option<String>,
    client_id: Option<String>,
    secret: Option<String>,
    body: Vec<u8>,
}

impl Parts {
    fn new(method: String, url: &str, headers: &Headers) -> Result<Self, JsValue> {
        Ok(Self {
            method,
            path: Url::new(url)?.pathname(),
            content_type: headers.get("content-type")?,
            client_id: headers.get("plaid-client-id")?,
            secret: headers.get("plaid-secret")?,
            body: Vec::new(),
        })
    }
}

/// What clients send: a POST of text to a URL, with nothing out of the ordinary. A Request of it would take longer than
/// all the rest.
fn plain(input: &JsValue, init: &JsValue) -> Result<Option<Parts>, JsValue> {
    let (Some(url), true) = (input.as_string(), init.is_object()) else {
        return Ok(None);
    };
    for name in Reflect::own_keys(init)?.iter() {
        let name = name.as_string();
        if !matches!(
            name.as_deref(),
            Some("method" | "headers" | "body" | "signal" | "redirect")
        ) {
            return Ok(None);
        }
    }
    let field = |name: &str| Reflect::get(init, &name.into());
    let (method, body) = (field("method")?.as_string(), field("body")?.as_string());
    let (Some("POST"), Some(body)) = (method.as_deref(), body) else {
        return Ok(None);
    };
    let (signal, redirect) = (field("signal")?, field("redirect")?);
    let redirect = redirect.is_undefined()
        || matches!(
            redirect.as_string().as_deref(),
            Some("manual" | "follow" | "error")
        );
    if !redirect || !(signal.is_undefined() || signal.is_instance_of::<AbortSignal>()) {
        return Ok(None);
    }
    let headers = field("headers")?;
    // The constructor takes whatever a Request takes.
    let headers = if headers.is_undefined() {
        Headers::new()?
    } else {
        Headers::new_with_headers(headers.unchecked_ref())?
    };
    let mut parts = Parts::new("POST".to_owned(), &url, &headers)?;
    // What a Request says of text.
    parts
        .content_type
        .get_or_insert_with(|| "text/plain;charset=UTF-8".to_owned());
    if body.len() <= MAX_BODY_BYTES {
        parts.body = body.into_bytes();
    }
    Ok(Some(parts))
}

/// The same of anything else that `fetch` takes: the platform's own Request checks and joins the arguments.
async fn read(input: &JsValue, init: &JsValue, abort: &Abort) -> Result<Parts, JsValue> {
    let request =
        Request::new_with_request_and_init(input.unchecked_ref(), init.unchecked_ref::<RequestInit>())?;
    abort.check()?;
    let mut parts = Parts::new(request.method(), &request.url(), &request.headers())?;
    let body = request.array_buffer()?;
    abort.wait_for(&body, None).await?;
    let body = Uint8Array::new(&JsFuture::from(body).await?);
    // A body that is too long is as invalid as an empty one, and is not worth copying.
    let fits = usize::try_from(body.length()).is_ok_and(|length| length <= MAX_BODY_BYTES);
    if fits {
        parts.body = body.to_vec();
    }
    Ok(parts)
}

fn respond(response: &http::Response, body: Option<JsValue>) -> Result<JsValue, JsValue> {
    let headers = Object::new();
    let set = |name: &str, value: &str| Reflect::set(&headers, &name.into(), &value.into());
    set("content-type", response.content_type)?;
    if response.typed {
        set(TYPED_HEADER, "typed")?;
    }
    if let Some(request_id) = &response.request_id {
        set("plaid-request-id", request_id)?;
    }
    if let Some(retry_after) = &response.retry_after {
        set("retry-after", retry_after)?;
    }
    let init = ResponseInit::new();
    init.set_status(response.status);
    init.set_headers(&headers);
    // The constructor takes text and null as well as a stream.
    let body = body.unwrap_or(JsValue::NULL);
    let response = Response::new_with_opt_readable_stream_and_init(Some(body.unchecked_ref()), &init)?;
    Ok(response.into())
}

/// The body of a response, unless its status forbids one.
fn body_of(response: &http::Response) -> Option<JsValue> {
    (!matches!(response.status, 204 | 205 | 304)).then(|| response.body.as_str().into())
}

/// A body that begins like this and never ends, until the call is aborted.
fn endless(beginning: &str, abort: Abort) -> Result<ReadableStream, JsValue> {
    let beginning = Uint8Array::from(beginning.as_bytes());
    let start = Closure::once_into_js(move |controller: ReadableStreamDefaultController| {
        let _ = controller.enqueue_with_chunk(&beginning);
        if let Some(signal) = abort.0 {
            let of_signal = signal.clone();
            let stop: Function =
                Closure::once_into_js(move || controller.error_with_e(&of_signal.reason())).unchecked_into();
            let _ = signal.add_event_listener_with_callback("abort", &stop);
        }
    });
    let source = Object::new();
    Reflect::set(&source, &"start".into(), &start)?;
    ReadableStream::new_with_underlying_source(&source)
}

/// Posts webhooks and waits for their receivers, but not longer than for one that doesn't respond.
async fn deliver(shared: &Rc<Shared>, deliveries: Vec<Delivery>, abort: &Abort) -> Result<(), JsValue> {
    if deliveries.is_empty() {
        return Ok(());
    }
    let posts = post_all(Rc::clone(shared), deliveries, abort.clone());
    let posts = future_to_promise(async move {
        posts.await;
        Ok(JsValue::UNDEFINED)
    });
    abort.wait_for(&posts, Some(WEBHOOK_TIMEOUT_MS)).await
}

/// Posts webhooks one after the other, so that their order is certain, to loopback hosts and to those that were
/// allowed. Others stay unsent, so that a test never reaches beyond its machine by mistake. A webhook that is not
/// received is retried once the clock gets there, which `advance` may already have made it.
pub(super) async fn post_all(shared: Rc<Shared>, mut deliveries: Vec<Delivery>, abort: Abort) {
    while !deliveries.is_empty() {
        for delivery in deliveries {
            if is_allowed(&shared, &delivery.url) && !post(&delivery, &abort).await {
                shared.sandbox.borrow_mut().webhook_failed(delivery);
            }
        }
        let Ok(now) = shared.now() else { return };
        deliveries = shared.sandbox.borrow_mut().due_webhooks(now);
    }
}

/// Whether the receiver responded with 200 in time.
async fn post(delivery: &Delivery, abort: &Abort) -> bool {
    let (received, controller) = (Rc::new(Cell::new(false)), AbortController::new());
    let Ok(controller) = controller else { return false };
    let (delivery, signal, result) = (delivery.clone(), controller.signal(), Rc::clone(&received));
    if abort.check().is_ok() {
        let posting = future_to_promise(async move {
            // A receiver that fails is its own affair, as it is for Plaid.
            result.set(send(&delivery, &signal).await.unwrap_or(false));
            Ok(JsValue::UNDEFINED)
        });
        // After an abort by the caller, too, the connection is given up.
        let _ = abort.wait_for(&posting, Some(WEBHOOK_TIMEOUT_MS)).await;
        controller.abort();
    }
    received.get()
}

async fn send(delivery: &Delivery, signal: &AbortSignal) -> Result<bool, JsValue> {
    let request: Request = gloo_net::http::Request::post(&delivery.url)
        .header("content-type", "application/json")
        .header("plaid-verification", &delivery.webhook.verification)
        .abort_signal(Some(signal))
        // A redirect could lead to a host that was not allowed.
        .redirect(web_sys::RequestRedirect::Manual)
        .body(delivery.webhook.body.as_str())
        .map_err(|error| type_error(&error.to_string()))?
        .into();
    // Not sent by gloo-net, which panics when `fetch` rejects with anything but an Error.
    let response: Response = JsFuture::from(global_fetch(&request)?).await?.unchecked_into();
    if let Some(body) = response.body() {
        JsFuture::from(body.cancel()).await?;
    }
    Ok(response.status() == 200)
}

fn is_allowed(shared: &Shared, url: &str) -> bool {
    let Ok(url) = Url::new(url) else { return false };
    let host = url.hostname();
    matches!(host.as_str(), "localhost" | "127.0.0.1" | "[::1]") || shared.webhook_hosts.contains(&host)
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = fetch, catch)]
    fn global_fetch(request: &Request) -> Result<Promise, JsValue>;
}
