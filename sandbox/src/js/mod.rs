//! The JavaScript class `PlaidSandbox`, declared for its users in `sandbox.d.ts`.

mod arguments;
mod fetch;
mod wait;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Date, Function, JSON, Promise, Reflect};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use wasm_bindgen::prelude::*;
use web_sys::Url;

use crate::clock::LATEST;
use crate::fault::Fault;
use crate::http::SignedWebhook;
use crate::outbox::Disorder;
use crate::sandbox::{Context, Credentials, Sandbox};
use arguments::{Fields, type_error};

/// Look like Plaid's, and can be told from real ones.
const CLIENT_ID: &str = "5a4db0c0ffee5a4db0c0ffee";
const SECRET: &str = "5a4db0c0ffee5a4db0c0ffee5a4db0";

/// The sandbox, for JavaScript.
#[wasm_bindgen]
pub struct PlaidSandbox {
    shared: Rc<Shared>,
    env: JsValue,
    fetch: Function,
}

/// What the class and its bound `fetch` share. The `RefCell` is never borrowed while JavaScript runs.
struct Shared {
    sandbox: RefCell<Sandbox>,
    now: Option<Function>,
    /// How far `advance` has moved the clock, in milliseconds.
    ahead: Cell<i64>,
    /// The seed that was given.
    seed: Option<u64>,
    /// Every draw of randomness is the hash of this and of the number of the draw. Made at the first draw, since workerd
    /// has no randomness before its first request.
    source: Cell<Option<[u8; 32]>>,
    draws: Cell<u64>,
    /// Hosts beside this machine to which webhooks may be posted.
    webhook_hosts: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Options {
    client_id: Option<String>,
    secret: Option<String>,
    typed: Option<bool>,
    seed: Option<u64>,
    webhook_hosts: Option<Vec<String>>,
}

const OPTIONS: Fields = &[
    ("clientId", "a non-empty string of printable ASCII characters"),
    ("secret", "a non-empty string of printable ASCII characters"),
    ("seed", "an integer of at least 0"),
    ("typed", "a boolean"),
    ("now", "a function that gives the milliseconds since 1970"),
    (
        "webhookHosts",
        "an array of host names, without scheme, port and path",
    ),
];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SignOptions {
    issued_at: Option<i64>,
    expired_key: Option<bool>,
}

const SIGN_OPTIONS: Fields = &[
    ("issuedAt", "an integer, in Unix seconds"),
    ("expiredKey", "a boolean"),
];

#[derive(Deserialize)]
struct RespondOptions {
    times: Option<u32>,
    status: Option<u16>,
}

const RESPOND_OPTIONS: Fields = &[
    ("times", "an integer of at least 1"),
    ("status", "an integer from 200 to 599"),
];

#[derive(Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
struct Env<'a> {
    plaid_client_id: &'a str,
    plaid_secret: &'a str,
    plaid_env: &'a str,
}

#[wasm_bindgen]
impl PlaidSandbox {
    /// A fresh sandbox. `options` is `{clientId?, secret?, seed?, typed?, now?, webhookHosts?}` or undefined.
    #[wasm_bindgen(constructor)]
    pub fn new(options: JsValue) -> Result<PlaidSandbox, JsValue> {
        let given: Options = arguments::read(&options, "options", OPTIONS)?;
        let credentials = Credentials {
            client_id: credential("clientId", given.client_id, CLIENT_ID)?,
            secret: credential("secret", given.secret, SECRET)?,
        };
        let env = serde_wasm_bindgen::to_value(&Env {
            plaid_client_id: &credentials.client_id,
            plaid_secret: &credentials.secret,
            plaid_env: "sandbox",
        })?;
        let sandbox = Sandbox::new(credentials).typed(given.typed == Some(true));
        let shared = Rc::new(Shared {
            sandbox: RefCell::new(sandbox),
            now: now_option(&options)?,
            ahead: Cell::new(0),
            seed: given.seed,
            source: Cell::new(None),
            draws: Cell::new(0),
            webhook_hosts: webhook_hosts(given.webhook_hosts)?,
        });
        let for_fetch = Rc::clone(&shared);
        let fetch = Closure::<dyn Fn(JsValue, JsValue) -> Promise>::new(move |input, init| {
            wasm_bindgen_futures::future_to_promise(fetch::fetch(Rc::clone(&for_fetch), input, init))
        });
        Ok(Self {
            shared,
            env,
            fetch: fetch.into_js_value().unchecked_into(),
        })
    }

    /// The environment that this sandbox accepts.
    #[wasm_bindgen(getter)]
    pub fn env(&self) -> JsValue {
        self.env.clone()
    }

    /// A fetch that responds as Plaid would.
    #[wasm_bindgen(getter)]
    pub fn fetch(&self) -> Function {
        self.fetch.clone()
    }

    /// Lets the next calls of a path fail.
    pub fn fail(&self, path: JsValue, fault: JsValue) -> Result<(), JsValue> {
        let path = path.as_string().filter(|path| path.starts_with('/'));
        let path = path.ok_or_else(|| type_error("path must be a string that starts with \"/\""))?;
        if fault.is_undefined() {
            return Err(type_error("fault must be an object"));
        }
        let fault: Fault = arguments::read(&fault, "fault", Fault::FIELDS)?;
        if let Some(problem) = fault.problem() {
            return Err(type_error(&format!("fault: {problem}")));
        }
        let added = self.shared.sandbox.borrow_mut().fail(&path, fault);
        Ok(added.map_err(JsError::from)?)
    }

    /// Lets the next calls of a path get a body of the caller's.
    pub fn respond(&self, path: JsValue, body: JsValue, options: JsValue) -> Result<(), JsValue> {
        let path = path.as_string().filter(|path| path.starts_with('/'));
        let path = path.ok_or_else(|| type_error("path must be a string that starts with \"/\""))?;
        let body = arguments::json_object(&body, "body")?;
        let options: RespondOptions = arguments::read(&options, "options", RESPOND_OPTIONS)?;
        let (times, status) = (options.times.unwrap_or(1), options.status.unwrap_or(200));
        if times == 0 {
            return Err(arguments::wrong_field("options", "times", RESPOND_OPTIONS));
        }
        if !(200..=599).contains(&status) {
            return Err(arguments::wrong_field("options", "status", RESPOND_OPTIONS));
        }
        let added = self
            .shared
            .sandbox
            .borrow_mut()
            .respond(&path, body, times, status);
        Ok(added.map_err(JsError::from)?)
    }

    /// Moves the clock ahead.
    pub fn advance(&self, milliseconds: JsValue) -> Result<(), JsValue> {
        let by = milliseconds
            .as_f64()
            .filter(|ms| ms.fract() == 0.0 && (0.0..=LATEST as f64).contains(ms));
        let by = by.ok_or_else(|| type_error("milliseconds must be an integer of at least 0"))? as i64;
        let before = self.shared.ahead.get();
        self.shared.ahead.set(before.saturating_add(by));
        let context = self
            .shared
            .context()
            .inspect_err(|_| self.shared.ahead.set(before))?;
        let deliveries = self.shared.sandbox.borrow_mut().advance(context);
        let shared = Rc::clone(&self.shared);
        // Nobody waits for these.
        wasm_bindgen_futures::spawn_local(fetch::post_all(shared, deliveries, wait::Abort(None)));
        Ok(())
    }

    /// Lets the next webhooks be delayed, doubled or reordered.
    pub fn webhooks(&self, disorder: JsValue) -> Result<(), JsValue> {
        if disorder.is_undefined() {
            return Err(type_error("disorder must be an object"));
        }
        let disorder: Disorder = arguments::read(&disorder, "disorder", Disorder::FIELDS)?;
        if let Some(problem) = disorder.problem() {
            return Err(type_error(&format!("disorder: {problem}")));
        }
        self.shared.sandbox.borrow_mut().disorder_webhooks(disorder);
        Ok(())
    }

    /// The paths on which it responds.
    pub fn coverage(&self) -> Result<JsValue, JsValue> {
        let coverage: serde_json::Map<_, _> = {
            let sandbox = self.shared.sandbox.borrow();
            let paths = sandbox
                .coverage()
                .map(|(path, how)| (path.to_owned(), Value::from(how)));
            paths.collect()
        };
        to_js(&Value::Object(coverage))
    }

    /// A promise of a webhook as Plaid would send it.
    #[wasm_bindgen(js_name = signWebhook)]
    pub fn sign_webhook(&self, payload: JsValue, options: JsValue) -> Promise {
        match self.signed(&payload, &options) {
            Ok(webhook) => Promise::resolve(&webhook),
            Err(error) => Promise::reject(&error),
        }
    }

    /// What was asked so far.
    pub fn requests(&self) -> Result<JsValue, JsValue> {
        let requests = self.shared.sandbox.borrow().requests();
        JSON::parse(&requests)
    }

    /// Back to a fresh sandbox.
    pub fn reset(&self) {
        self.shared.sandbox.borrow_mut().reset();
        self.shared.ahead.set(0);
        if self.shared.seed.is_some() {
            self.shared.draws.set(0);
        }
    }

    fn signed(&self, payload: &JsValue, options: &JsValue) -> Result<JsValue, JsValue> {
        let payload = arguments::json_object(payload, "payload")?;
        let options: SignOptions = arguments::read(options, "options", SIGN_OPTIONS)?;
        let context = self.shared.context()?;
        let expired_key = options.expired_key.unwrap_or(false);
        let SignedWebhook { body, verification } =
            self.shared
                .sandbox
                .borrow_mut()
                .sign_webhook(&payload, options.issued_at, expired_key, context);
        let headers = json!({ "content-type": "application/json", "plaid-verification": verification });
        to_js(&json!({ "body": body, "headers": headers }))
    }
}

impl Shared {
    /// The time of the sandbox's clock, in milliseconds since 1970.
    fn now(&self) -> Result<i64, JsValue> {
        let now = match &self.now {
            Some(now) => now.call0(&JsValue::UNDEFINED)?.as_f64().unwrap_or(f64::NAN),
            None => Date::now(),
        };
        let now = now + self.ahead.get() as f64;
        if !(0.0..=LATEST as f64).contains(&now) {
            return Err(type_error(
                "now must give milliseconds since 1970, up to the year 9999",
            ));
        }
        Ok(now as i64)
    }

    /// The time of the sandbox's clock, and fresh randomness.
    fn context(&self) -> Result<Context, JsValue> {
        let now = self.now()?;
        let source = match self.source.get() {
            Some(source) => source,
            None => new_source(self.seed)?,
        };
        self.source.set(Some(source));
        let draw = self.draws.get().wrapping_add(1);
        self.draws.set(draw);
        let hash = Sha256::new()
            .chain_update(source)
            .chain_update(draw.to_le_bytes());
        let entropy = hash.finalize().into();
        Ok(Context { now, entropy })
    }
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues, catch)]
    fn get_random_values(bytes: &mut [u8]) -> Result<(), JsValue>;
}

fn new_source(seed: Option<u64>) -> Result<[u8; 32], JsValue> {
    let mut source = [0; 32];
    match seed {
        Some(number) => source = Sha256::digest(number.to_le_bytes()).into(),
        None => get_random_values(&mut source)?,
    }
    Ok(source)
}

fn credential(name: &str, given: Option<String>, default: &str) -> Result<String, JsValue> {
    match given {
        None => Ok(default.to_owned()),
        Some(given) if !given.is_empty() && given.bytes().all(|byte| byte.is_ascii_graphic()) => Ok(given),
        Some(_) => Err(arguments::wrong_field("options", name, OPTIONS)),
    }
}

/// The names as URLs have them.
fn webhook_hosts(given: Option<Vec<String>>) -> Result<Vec<String>, JsValue> {
    let as_in_url = |host: String| {
        let in_url = Url::new(&format!("http://{host}/")).map(|url| url.hostname());
        in_url
            .ok()
            .filter(|in_url| !in_url.is_empty() && *in_url == host.to_lowercase())
            .ok_or_else(|| arguments::wrong_field("options", "webhookHosts", OPTIONS))
    };
    given.unwrap_or_default().into_iter().map(as_in_url).collect()
}

fn now_option(options: &JsValue) -> Result<Option<Function>, JsValue> {
    if options.is_undefined() {
        return Ok(None);
    }
    let now = Reflect::get(options, &"now".into())?;
    if now.is_undefined() {
        return Ok(None);
    }
    now.dyn_into()
        .map(Some)
        .map_err(|_| arguments::wrong_field("options", "now", OPTIONS))
}

fn to_js(value: &Value) -> Result<JsValue, JsValue> {
    Ok(value.serialize(&serde_wasm_bindgen::Serializer::json_compatible())?)
}
