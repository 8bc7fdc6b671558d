//! The client in real browsers, as `scripts/browser-tests.sh` runs it: over HTTP on a served sandbox, and with a `fetch`
//! that misbehaves.
#![cfg(target_arch = "wasm32")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed test is a panic"
)]

use std::pin::pin;
use std::time::Duration;

use futures_util::{TryStreamExt, join, poll};
use plaid_edge_client::sandbox::{Fault, Sandbox};
use plaid_edge_client::{CallOptions, Client, Config, Error, EventsRequest, Secret, TransactionsRequest};
use serde_json::{Value, json};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::AbortController;

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen(inline_js = r#"
const own = globalThis.fetch;
export const restore = () => (globalThis.fetch = own);
let seen = [];
const hostile = { get message() { throw 1; }, toString() { throw 2; } };
const stubs = {
  undefined: () => Promise.reject(undefined),
  null: () => Promise.reject(null),
  number: () => Promise.reject(17),
  string: () => Promise.reject("a string"),
  symbol: () => Promise.reject(Symbol("s")),
  error: () => Promise.reject(new TypeError("an error with access-sandbox-8ab976e6-64bc-4b38-98f7")),
  "empty error": () => Promise.reject(new Error("")),
  hostile: () => Promise.reject(hostile),
  proxy: () => Promise.reject(new Proxy({}, { get() { throw 3; }, has() { throw 4; }, getPrototypeOf() { throw 5; } })),
  throws: () => { throw "at once"; },
  "no promise": () => 17,
  nothing: () => undefined,
  "no response": () => Promise.resolve({ status: 200 }),
  "error response": () => Promise.resolve(Response.error()),
  "broken body": () => Promise.resolve(new Response(new ReadableStream({ start: (controller) => controller.error(undefined) }))),
  hang: () => new Promise(() => {}),
};
export const stub = (name) => {
  seen = [];
  globalThis.fetch = (request) => (seen.push(request), stubs[name]());
};
export const remove = () => delete globalThis.fetch;
export const stubs_named = () => Object.keys(stubs).filter((name) => name !== "hang");
export const sent = () => seen.map(({ redirect, method, signal }) => `${method} ${redirect} ${signal.aborted}`).join();
export const env = (kind, url) => {
  const own = { PLAID_CLIENT_ID: "5a4db0c0ffee5a4db0c0ffee", PLAID_SECRET: "5a4db0c0ffee5a4db0c0ffee5a4db0", PLAID_ENV: "sandbox" };
  if (url) own.PLAID_BASE_URL = url;
  const secret = (get) => ({ ...own, PLAID_SECRET: { get } });
  switch (kind) {
    case "plain": return own;
    case "inherited": return Object.create(own);
    case "number": return { ...own, PLAID_SECRET: 17 };
    case "getter": return Object.defineProperty({ ...own }, "PLAID_SECRET", { get() { throw new Error("hush"); } });
    case "binding": return secret(async () => own.PLAID_SECRET);
    case "rejecting": return secret(() => Promise.reject(new Error("hush")));
    case "throwing": return secret(() => { throw new Error("hush"); });
    case "no text": return secret(async () => 17);
    case "none": return undefined;
  }
};
"#)]
extern "C" {
    fn restore();
    fn stub(name: &str);
    fn remove();
    fn stubs_named() -> Vec<String>;
    fn sent() -> String;
    fn env(kind: &str, url: Option<&str>) -> JsValue;
}

const URL: Option<&str> = option_env!("PLAID_EDGE_SANDBOX_URL");

async fn control(path: &str, body: &Value) -> Value {
    let url = format!(
        "{}/control/{path}",
        URL.expect("run this with scripts/browser-tests.sh")
    );
    let request = gloo_net::http::Request::post(&url)
        .body(body.to_string())
        .unwrap();
    let response = request.send().await.unwrap();
    assert!(response.ok(), "{path}");
    serde_json::from_str(&response.text().await.unwrap()).unwrap()
}

/// A client of the served sandbox, which is fresh.
async fn served() -> Client {
    control("reset", &json!({})).await;
    Client::new(Config::from_js(&env("plain", URL)).unwrap())
}

async fn access_token(plaid: &Client, products: &[&str]) -> Secret {
    let body = json!({ "institution_id": "ins_109508", "initial_products": products });
    let linked = plaid
        .request::<_, Value>("/sandbox/public_token/create", &body)
        .await;
    let public_token = linked.unwrap()["public_token"].as_str().unwrap().to_owned();
    plaid
        .exchange_public_token(public_token)
        .await
        .unwrap()
        .access_token
}

#[wasm_bindgen_test]
async fn the_flow_over_http() {
    let plaid = served().await;
    let link = plaid.create_link_token("user-1").await.unwrap();
    assert!(link.link_token.expose().starts_with("link-sandbox-"));
    let token = access_token(&plaid, &["auth", "identity", "transactions"]).await;
    let fault = json!({ "path": "/auth/get", "status": 503, "retryAfter": "0" });
    control("fail", &fault).await;
    let auth = plaid.auth(&token).await.unwrap();
    assert_eq!(auth.numbers.ach[0].account, "1111222233330000");
    let identity = plaid.identity(&token).await.unwrap();
    assert_eq!(
        identity.accounts[0].owners[0].names,
        ["Alberta Bobbeth Charleson"]
    );
    plaid.sync_transactions(&token).await.unwrap();
    let update = plaid
        .sync_transactions(TransactionsRequest::new(&token).count(10))
        .await;
    assert!(update.unwrap().added.len() > 10);

    let error = plaid.auth("access-sandbox-no-such-item-1").await.unwrap_err();
    assert_eq!(error.error_code(), Some("INVALID_ACCESS_TOKEN"));
}

#[wasm_bindgen_test]
async fn streams_over_http() {
    let plaid = served().await;
    let token = access_token(&plaid, &["auth"]).await;
    let account = &plaid.auth(&token).await.unwrap().accounts[0].account_id;
    for n in 0..3 {
        let body = json!({
            "idempotency_key": format!("key-{n}"), "access_token": token, "account_id": account,
            "type": "credit", "network": "ach", "ach_class": "ppd", "amount": "1.00", "iso_currency_code": "USD",
            "description": "test", "user": { "legal_name": "A B" },
        });
        plaid
            .request::<_, Value>("/bank_transfer/create", &body)
            .await
            .unwrap();
    }
    let events = plaid.bank_transfer_events(EventsRequest::after(0).count(2));
    let ids: Vec<_> = events.map_ok(|event| event.event_id).try_collect().await.unwrap();
    assert_eq!(ids, [1, 2, 3]);
}

#[wasm_bindgen_test]
async fn webhooks_over_http() {
    let plaid = served().await;
    let payload = json!({ "payload": { "webhook_type": "ITEM", "webhook_code": "ERROR" } });
    let signed = control("sign-webhook", &payload).await;
    let body = signed["body"].as_str().unwrap();
    let mut headers = signed["headers"].as_object().unwrap().iter();
    let header = headers.find(|(name, _)| name.eq_ignore_ascii_case("plaid-verification"));
    let header = header.unwrap().1.as_str();
    let (one, two) = join!(
        plaid.verify_webhook(body, header),
        plaid.verify_webhook(body, header)
    );
    assert_eq!(
        (one.unwrap().webhook_code, two.unwrap().webhook_code),
        ("ERROR".into(), "ERROR".into())
    );
    let error = plaid
        .verify_webhook(format!("{body} "), header)
        .await
        .unwrap_err();
    assert_eq!(error.reason(), Some("body_mismatch"));
}

#[wasm_bindgen_test]
async fn timeouts_and_signals_abort_the_request() {
    let plaid = served().await;
    stub("hang");
    let options = CallOptions::new().max_retries(0);
    let quick = plaid.with_options(options.clone().timeout(Duration::from_millis(20)));
    let error = quick.create_link_token("user-1").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "create_link_token: no complete response within 20 ms"
    );
    assert_eq!(sent(), "POST manual true");

    stub("hang");
    let controller = AbortController::new().unwrap();
    let abortable = plaid.with_options(options.signal(controller.signal()));
    let (error, ()) = join!(abortable.create_link_token("user-1"), async {
        controller.abort()
    });
    assert!(matches!(error, Err(Error::Aborted { .. })));
    assert_eq!(sent(), "POST manual true");
    stub("hang");
    let error = abortable.create_link_token("user-1").await.unwrap_err();
    assert_eq!(error.to_string(), "create_link_token: the call was aborted");

    // A call whose future is dropped.
    stub("hang");
    {
        let mut call = pin!(plaid.create_link_token("user-1"));
        assert!(poll!(&mut call).is_pending());
        assert_eq!(sent(), "POST manual false");
    }
    assert_eq!(sent(), "POST manual true");
    restore();
    plaid.create_link_token("user-1").await.unwrap();
}

#[wasm_bindgen_test]
async fn whatever_fetch_does_is_an_error() {
    let plaid = served().await.with_options(CallOptions::new().max_retries(0));
    for name in stubs_named() {
        stub(&name);
        let error = plaid.create_link_token("user-1").await.unwrap_err();
        assert!(matches!(error, Error::Network(_)), "{name}: {error:?}");
        let shown = format!("{error} {error:?}");
        assert!(
            shown.contains("no response from ") && !shown.contains("8ab976e6"),
            "{name}: {shown}"
        );
    }
    remove();
    let error = plaid.create_link_token("user-1").await.unwrap_err();
    assert!(matches!(error, Error::Configuration { .. }), "{error:?}");
    restore();
    plaid.create_link_token("user-1").await.unwrap();
}

#[wasm_bindgen_test]
async fn the_environment_is_read_from_objects() {
    assert!(Config::from_js(&env("plain", None)).is_ok());
    assert!(Config::from_bindings(&env("plain", None)).await.is_ok());
    assert!(Config::from_bindings(&env("binding", None)).await.is_ok());
    for (kind, problem) in [
        ("none", "PLAID_SECRET is missing"),
        ("inherited", "PLAID_SECRET is missing"),
        ("number", "PLAID_SECRET"),
        ("getter", "PLAID_SECRET"),
        ("binding", "Config::from_bindings(&env).await"),
    ] {
        let error = Config::from_js(&env(kind, None)).unwrap_err().to_string();
        assert!(
            error.contains(problem) && !error.contains("hush"),
            "{kind}: {error}"
        );
    }
    for kind in ["rejecting", "throwing", "no text"] {
        let error = Config::from_bindings(&env(kind, None))
            .await
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("PLAID_SECRET") && !error.contains("hush"),
            "{kind}: {error}"
        );
    }
}

#[wasm_bindgen_test]
async fn the_sandbox_in_process() {
    let sandbox = Sandbox::new();
    let token = sandbox.access_token(["auth"]).await.unwrap();
    sandbox.fail("/auth/get", Fault::hang());
    assert!(sandbox.client().auth(&token).await.is_ok());
}
