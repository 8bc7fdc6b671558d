//! The adapter in a real browser, as `wasm-pack test` runs it: once on the in-process sandbox, and once over HTTP
//! on a sandbox that `scripts/browser-tests.sh` serves. It is driven through its JavaScript class.
#![cfg(target_arch = "wasm32")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failed test is a panic"
)]

use js_sys::{Array, Error, Function, JSON, Object, Promise, Reflect};
use plaid_edge as _;
use plaid_edge_sandbox::PlaidSandbox;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen(inline_js = r#"
import * as bindings from "/wasm-bindgen-test";
export const construct = (env, options) => {
  bindings.connect(bindings);
  return new bindings.PlaidAdapter(env, options);
};
export const call = (object, method, args) => object[method](...args);
export const member = (value, path) => path.split(".").reduce((value, name) => value?.[name], value);
export const aborter = () => new AbortController();
export const lineage = (error) => {
  const names = [];
  for (let type = error.constructor; type.name; type = Object.getPrototypeOf(type)) names.push(type.name);
  return names.join(" < ");
};
export const control = async (base, path, body) => {
  const answer = await fetch(`${base}/control/${path}`, { method: "POST", body });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
};
"#)]
extern "C" {
    /// A new adapter, of the class as the bindings export it.
    #[wasm_bindgen(catch)]
    fn construct(env: &JsValue, options: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    fn call(object: &JsValue, method: &str, args: &Array) -> Result<JsValue, JsValue>;
    /// "accounts.0.balances"
    fn member(value: &JsValue, path: &str) -> JsValue;
    fn aborter() -> JsValue;
    /// The names of an error's class and of those above it.
    fn lineage(error: &JsValue) -> String;
    fn control(base: &str, path: &str, body: &str) -> Promise;
}

fn json(text: &str) -> JsValue {
    JSON::parse(text).unwrap()
}

fn with(object: JsValue, name: &str, value: &JsValue) -> JsValue {
    Reflect::set(&object, &name.into(), value).unwrap();
    object
}

fn text(value: &JsValue, path: &str) -> String {
    member(value, path)
        .as_string()
        .unwrap_or_else(|| panic!("no text {path} in {}", shown(value)))
}

fn number(value: &JsValue, path: &str) -> f64 {
    member(value, path)
        .as_f64()
        .unwrap_or_else(|| panic!("no number {path} in {}", shown(value)))
}

fn shown(value: &JsValue) -> String {
    JSON::stringify(value).map_or_else(|_| format!("{value:?}"), String::from)
}

fn env(sandbox: &PlaidSandbox) -> JsValue {
    Object::assign(&Object::new(), sandbox.env().unchecked_ref()).into()
}

fn new_sandbox() -> PlaidSandbox {
    PlaidSandbox::new(JsValue::UNDEFINED).unwrap()
}

/// Where the sandbox's failures are set up, and its webhooks signed.
enum Controls {
    InProcess(PlaidSandbox),
    Http(&'static str),
}

impl Controls {
    async fn fail(&self, path: &str, fault: &str) {
        match self {
            Controls::InProcess(sandbox) => sandbox.fail(path.into(), json(fault)).unwrap(),
            Controls::Http(url) => {
                let fault = with(json(fault), "path", &path.into());
                JsFuture::from(control(url, "fail", &shown(&fault)))
                    .await
                    .unwrap();
            }
        }
    }

    async fn sign(&self, payload: &str, options: &str) -> JsValue {
        let signing = match self {
            Controls::InProcess(sandbox) => sandbox.sign_webhook(json(payload), json(options)),
            Controls::Http(url) => {
                let order = with(json(options), "payload", &json(payload));
                control(url, "sign-webhook", &shown(&order))
            }
        };
        JsFuture::from(signing).await.unwrap()
    }
}

/// An adapter with its sandbox.
struct Setup {
    adapter: JsValue,
    controls: Controls,
}

impl Setup {
    fn in_process() -> Self {
        let sandbox = new_sandbox();
        let options = with(json(r#"{"timeoutMs": 20000}"#), "fetch", &sandbox.fetch());
        let adapter = Setup::adapter(&env(&sandbox), &options).unwrap();
        Setup {
            adapter,
            controls: Controls::InProcess(sandbox),
        }
    }

    /// On the server whose address was given when this was compiled.
    async fn over_http() -> Self {
        let url = option_env!("PLAID_EDGE_SANDBOX_URL").expect("run this with scripts/browser-tests.sh");
        JsFuture::from(control(url, "reset", "")).await.unwrap();
        let env = with(env(&new_sandbox()), "PLAID_BASE_URL", &url.into());
        let adapter = Setup::adapter(&env, &JsValue::UNDEFINED).unwrap();
        Setup {
            adapter,
            controls: Controls::Http(url),
        }
    }

    fn adapter(env: &JsValue, options: &JsValue) -> Result<JsValue, JsValue> {
        construct(env, options)
    }

    async fn call(&self, method: &str, args: &[&JsValue]) -> Result<JsValue, JsValue> {
        let promise: Promise = self.start(method, args).unchecked_into();
        JsFuture::from(promise).await
    }

    fn start(&self, method: &str, args: &[&JsValue]) -> JsValue {
        let args: Array = args.iter().copied().collect();
        call(&self.adapter, method, &args).unwrap()
    }

    async fn access_token(&self) -> JsValue {
        let body = json(r#"{"institution_id": "ins_109508", "initial_products": ["auth", "identity"]}"#);
        let created = self
            .call("request", &[&"/sandbox/public_token/create".into(), &body])
            .await
            .unwrap();
        let public_token = member(&created, "public_token");
        let exchanged = self.call("exchangePublicToken", &[&public_token]).await.unwrap();
        member(&exchanged, "access_token")
    }

    async fn make_bank_transfers(&self, access_token: &JsValue, count: usize) {
        let auth = self.call("authRequest", &[access_token]).await.unwrap();
        for n in 0..count {
            let body = json(
                r#"{"type": "credit", "network": "ach", "ach_class": "ppd", "amount": "1.00",
                    "iso_currency_code": "USD", "description": "test", "user": {"legal_name": "A B"}}"#,
            );
            let body = with(body, "idempotency_key", &format!("key-{n}").into());
            let body = with(body, "access_token", access_token);
            let body = with(body, "account_id", &member(&auth, "accounts.0.account_id"));
            self.call("request", &[&"/bank_transfer/create".into(), &body])
                .await
                .unwrap();
        }
    }
}

#[track_caller]
fn assert_error(error: &JsValue, class: &str, kind: &str) {
    assert!(error.is_instance_of::<Error>(), "{error:?}");
    assert_eq!(lineage(error), format!("{class} < PlaidAdapterError < Error"));
    assert_eq!(
        (text(error, "name"), text(error, "kind")),
        (class.into(), kind.into()),
        "{}",
        shown(error)
    );
}

/// Each test, on both kinds of sandbox.
macro_rules! on_both_sandboxes {
    ($($name:ident)*) => {
        mod in_process {
            use super::*;
            $(#[wasm_bindgen_test] async fn $name() { super::$name(Setup::in_process()).await; })*
        }
        mod over_http {
            use super::*;
            $(#[wasm_bindgen_test] async fn $name() { super::$name(Setup::over_http().await).await; })*
        }
    };
}

on_both_sandboxes! {
    link_tokens item_data transfer_events iterators refusals_of_plaid invalid_arguments retries
    retry_after_that_is_too_long redirects dead_connections timeout aborts genuine_webhooks forged_webhooks free
}

async fn link_tokens(setup: Setup) {
    let created = setup.call("createLinkToken", &[&"user-1".into()]).await.unwrap();
    assert!(text(&created, "link_token").starts_with("link-sandbox-"));
    let settings = json(r#"{"clientName": "Browser", "products": ["auth", "identity"], "language": "es"}"#);
    setup.start("initializePlaid", &[&settings]);
    setup.call("createLinkToken", &[&"user-1".into()]).await.unwrap();
    let options = with(Object::new().into(), "accessToken", &setup.access_token().await);
    setup
        .call("createLinkToken", &[&"user-1".into(), &options])
        .await
        .unwrap();
}

async fn item_data(setup: Setup) {
    let access_token = setup.access_token().await;
    let auth = setup.call("authRequest", &[&access_token]).await.unwrap();
    assert_eq!(
        text(&auth, "numbers.ach.0.account_id"),
        text(&auth, "accounts.0.account_id")
    );
    let ids = Array::of1(&member(&auth, "accounts.0.account_id"));
    let options = with(Object::new().into(), "accountIds", &ids);
    let identity = setup
        .call("identityRequest", &[&access_token, &options])
        .await
        .unwrap();
    assert_eq!(number(&identity, "accounts.length"), 1.0);
    assert!(number(&identity, "accounts.0.owners.length") >= 1.0);
}

async fn transfer_events(setup: Setup) {
    let access_token = setup.access_token().await;
    setup.make_bank_transfers(&access_token, 2).await;
    let events = setup.call("syncBankTransferEvent", &[&0.into()]).await.unwrap();
    assert_eq!(number(&events, "bank_transfer_events.length"), 2.0);
    let last = member(&events, "bank_transfer_events.1.event_id");
    let events = setup
        .call("syncBankTransferEvent", &[&last, &json(r#"{"count": 25}"#)])
        .await
        .unwrap();
    assert_eq!(number(&events, "bank_transfer_events.length"), 0.0);
    let events = setup.call("syncTransferEvent", &[&0.into()]).await.unwrap();
    assert!(member(&events, "transfer_events").is_array());
}

async fn iterators(setup: Setup) {
    let access_token = setup.access_token().await;
    setup.make_bank_transfers(&access_token, 3).await;
    let ids = event_ids(&setup.start("bankTransferEvents", &[&json(r#"{"count": 2}"#)])).await;
    assert_eq!(ids, [1.0, 2.0, 3.0]);
    let ids = event_ids(&setup.start("transferEvents", &[&json(r#"{"afterId": 1}"#)])).await;
    assert!(ids.iter().all(|id| *id > 1.0), "{ids:?}");
}

/// Of every event that an iterator gives.
async fn event_ids(events: &JsValue) -> Vec<f64> {
    let mut ids = Vec::new();
    loop {
        let step: Promise = call(events, "next", &Array::new()).unwrap().unchecked_into();
        let step = JsFuture::from(step).await.unwrap();
        if member(&step, "done").is_truthy() {
            return ids;
        }
        ids.push(number(&step, "value.event_id"));
    }
}

/// The class of each operation's failures.
async fn refusals_of_plaid(setup: Setup) {
    let token = JsValue::from("access-sandbox-11111111-2222-3333-4444-555555555555");
    let public_token = JsValue::from("public-sandbox-11111111-2222-3333-4444-555555555555");
    for (method, path, class, argument) in [
        (
            "createLinkToken",
            "/link/token/create",
            "PlaidCreateLinkTokenError",
            &"user-1".into(),
        ),
        (
            "exchangePublicToken",
            "/item/public_token/exchange",
            "PlaidExchangePublicTokenError",
            &public_token,
        ),
        ("authRequest", "/auth/get", "PlaidAuthError", &token),
        ("identityRequest", "/identity/get", "PlaidIdentityError", &token),
        (
            "syncBankTransferEvent",
            "/bank_transfer/event/sync",
            "PlaidBankTransferSyncEventError",
            &0.into(),
        ),
        (
            "syncTransferEvent",
            "/transfer/event/sync",
            "PlaidTransferSyncEventError",
            &0.into(),
        ),
    ] {
        let fault = r#"{"status": 400, "errorType": "ITEM_ERROR", "errorCode": "ITEM_LOGIN_REQUIRED"}"#;
        setup.controls.fail(path, fault).await;
        let error = setup.call(method, &[argument]).await.unwrap_err();
        assert_error(&error, class, "api");
        assert_eq!(text(&error, "errorCode"), "ITEM_LOGIN_REQUIRED");
        assert_eq!(text(&error, "endpoint"), path);
        assert_eq!(
            (number(&error, "status"), number(&error, "attempts")),
            (400.0, 1.0)
        );

        setup.controls.fail(path, r#"{"status": 500}"#).await;
        let options = json(r#"{"maxRetries": 0}"#);
        let error = setup.call(method, &[argument, &options]).await.unwrap_err();
        assert_error(&error, "PlaidApiInternalServerError", "server");
    }
    let error = setup.call("authRequest", &[&token]).await.unwrap_err();
    assert_eq!(text(&error, "errorCode"), "INVALID_ACCESS_TOKEN");
    assert!(!shown(&error).contains("11111111-2222"), "{}", shown(&error));
}

async fn invalid_arguments(setup: Setup) {
    for (method, class) in [
        ("createLinkToken", "PlaidCreateLinkTokenError"),
        ("exchangePublicToken", "PlaidExchangePublicTokenError"),
        ("authRequest", "PlaidAuthError"),
        ("identityRequest", "PlaidIdentityError"),
        ("syncBankTransferEvent", "PlaidBankTransferSyncEventError"),
        ("syncTransferEvent", "PlaidTransferSyncEventError"),
        ("verifyWebhook", "PlaidWebhookVerificationError"),
    ] {
        for wrong in [
            JsValue::UNDEFINED,
            JsValue::NULL,
            JsValue::TRUE,
            JsValue::from(""),
            JsValue::from(-1.5),
        ] {
            let error = setup.call(method, &[&wrong]).await.unwrap_err();
            assert_error(&error, class, "invalid_argument");
            assert_eq!(number(&error, "attempts"), 0.0);
        }
    }
    let Err(error) = Setup::adapter(&Object::new(), &JsValue::UNDEFINED) else {
        panic!("an empty environment was taken");
    };
    assert_error(&error, "PlaidAdapterConfigurationError", "configuration");
    assert_eq!(number(&error, "problems.length"), 3.0);
}

async fn retries(setup: Setup) {
    setup
        .controls
        .fail("/link/token/create", r#"{"status": 500, "retryAfter": "0"}"#)
        .await;
    setup
        .controls
        .fail("/link/token/create", r#"{"status": 429, "retryAfter": "0"}"#)
        .await;
    setup.call("createLinkToken", &[&"user-1".into()]).await.unwrap();

    setup
        .controls
        .fail(
            "/link/token/create",
            r#"{"status": 429, "retryAfter": "0", "times": 9}"#,
        )
        .await;
    let error = setup
        .call("createLinkToken", &[&"user-1".into()])
        .await
        .unwrap_err();
    assert_error(&error, "PlaidCreateLinkTokenError", "rate_limit");
    assert_eq!(number(&error, "attempts"), 3.0);
}

async fn retry_after_that_is_too_long(setup: Setup) {
    setup
        .controls
        .fail("/link/token/create", r#"{"status": 429, "retryAfter": "61"}"#)
        .await;
    let error = setup
        .call("createLinkToken", &[&"user-1".into()])
        .await
        .unwrap_err();
    assert_eq!(
        (number(&error, "attempts"), number(&error, "retryAfterMs")),
        (1.0, 61_000.0)
    );
}

async fn dead_connections(setup: Setup) {
    // A browser itself sends again what fails on a connection that it kept.
    setup
        .controls
        .fail("/link/token/create", r#"{"networkError": true, "times": 9}"#)
        .await;
    let error = setup
        .call(
            "createLinkToken",
            &[&"user-1".into(), &json(r#"{"maxRetries": 0}"#)],
        )
        .await
        .unwrap_err();
    assert_error(&error, "PlaidCreateLinkTokenError", "network");
    assert!(member(&error, "cause").is_instance_of::<Error>());
    assert!(member(&error, "status").is_undefined());
}

async fn timeout(setup: Setup) {
    for fault in [r#"{"hang": true}"#, r#"{"hang": true, "status": 200}"#] {
        setup.controls.fail("/link/token/create", fault).await;
        let options = json(r#"{"timeoutMs": 200, "maxRetries": 0}"#);
        let error = setup
            .call("createLinkToken", &[&"user-1".into(), &options])
            .await
            .unwrap_err();
        assert_error(&error, "PlaidCreateLinkTokenError", "timeout");
    }
}

async fn aborts(setup: Setup) {
    let aborted = |reason: &JsValue| {
        let controller = aborter();
        let options = with(Object::new().into(), "signal", &member(&controller, "signal"));
        let reason = reason.clone();
        (options, move || {
            call(&controller, "abort", &Array::of1(&reason)).unwrap()
        })
    };
    for reason in [
        JsValue::from("stop"),
        JsValue::from(7),
        Error::new("enough").into(),
        json("{}"),
    ] {
        let (options, abort) = aborted(&reason);
        setup
            .controls
            .fail("/link/token/create", r#"{"hang": true}"#)
            .await;
        let pending: Promise = setup
            .start("createLinkToken", &[&"user-1".into(), &options])
            .unchecked_into();
        abort();
        assert!(JsFuture::from(pending).await.unwrap_err() == reason);
        // And again with a signal that is aborted already.
        assert!(
            setup
                .call("createLinkToken", &[&"user-1".into(), &options])
                .await
                .unwrap_err()
                == reason
        );
    }
    let (options, abort) = aborted(&JsValue::UNDEFINED);
    abort();
    let error = setup
        .call("createLinkToken", &[&"user-1".into(), &options])
        .await
        .unwrap_err();
    assert_eq!(text(&error, "name"), "AbortError");
}

const PAYLOAD: &str = r#"{"webhook_type": "ITEM", "webhook_code": "ERROR", "item_id": "item-1"}"#;

async fn genuine_webhooks(setup: Setup) {
    let webhook = setup.controls.sign(PAYLOAD, "{}").await;
    let payload = setup.call("verifyWebhook", &[&webhook]).await.unwrap();
    assert_eq!(text(&payload, "item_id"), "item-1");
    // As it arrives in a worker.
    let request = Reflect::get(&js_sys::global(), &"Request".into()).unwrap();
    let init = with(webhook, "method", &"POST".into());
    let arguments = Array::of2(&"https://example.com/hook".into(), &init);
    let request = Reflect::construct(request.unchecked_ref::<Function>(), &arguments).unwrap();
    setup.call("verifyWebhook", &[&request]).await.unwrap();
}

async fn forged_webhooks(setup: Setup) {
    let changed = with(
        setup.controls.sign(PAYLOAD, "{}").await,
        "body",
        &PAYLOAD.replace("ERROR", "NONE").into(),
    );
    let unsigned = with(
        setup.controls.sign(PAYLOAD, "{}").await,
        "headers",
        &Object::new(),
    );
    let parsed = with(setup.controls.sign(PAYLOAD, "{}").await, "body", &json(PAYLOAD));
    for (webhook, reason) in [
        (changed, "body_mismatch"),
        (unsigned, "missing_header"),
        (parsed, "malformed_body"),
        (
            setup.controls.sign(PAYLOAD, r#"{"issuedAt": 1700000000}"#).await,
            "stale",
        ),
        (
            setup.controls.sign(PAYLOAD, r#"{"expiredKey": true}"#).await,
            "expired_key",
        ),
    ] {
        let error = setup.call("verifyWebhook", &[&webhook]).await.unwrap_err();
        // A parsed body is a mistake of the program, and no forgery.
        let kind = if reason == "malformed_body" {
            "invalid_argument"
        } else {
            "webhook"
        };
        assert_error(&error, "PlaidWebhookVerificationError", kind);
        assert_eq!(text(&error, "reason"), reason);
    }
}

async fn free(setup: Setup) {
    let pending: Promise = setup
        .start("createLinkToken", &[&"user-1".into()])
        .unchecked_into();
    setup.start("free", &[]);
    JsFuture::from(pending).await.unwrap();
    let error = setup
        .call("createLinkToken", &[&"user-1".into()])
        .await
        .unwrap_err();
    assert_error(&error, "PlaidCreateLinkTokenError", "invalid_argument");
    setup.start("free", &[]);
}

/// A browser shows one that is not followed as an answer without a status.
async fn redirects(setup: Setup) {
    setup
        .controls
        .fail("/link/token/create", r#"{"status": 307}"#)
        .await;
    let error = setup
        .call("createLinkToken", &[&"user-1".into()])
        .await
        .unwrap_err();
    assert_error(&error, "PlaidCreateLinkTokenError", "bad_response");
    assert_eq!(number(&error, "attempts"), 1.0);
}
