//! The methods of `PlaidAdapter`: each reads its arguments, and gives the plan of a call, or the error to reject with.
//!
//! The class itself is in `js/adapter.js`. A wasm-bindgen struct would be memory of wasm's for each adapter, behind a
//! number that is copied with the object; the class keeps its state in a private field instead, and asks these.

use std::fmt::Display;

use js_sys::Array;
use plaid_edge_core::call::Call;
use plaid_edge_core::config::{Config, DEFAULT_RETRIES, ENV_KEYS, PLAID_VERSION, Value, default_timeout};
use plaid_edge_core::error::{ArgumentError, Kind, KnownNames, Text, UnknownName};
use plaid_edge_core::link::LinkSettings;
use plaid_edge_core::operation::{Feed, Operation};
use plaid_edge_core::request::{self, Repeat};
use plaid_edge_core::transactions;
use plaid_edge_core::webhook;
use wasm_bindgen::prelude::*;

use crate::arguments::{self, Options, Refusal};
use crate::border::{EnvProblem, Plan, Settings, error_of, error_record, marker, milliseconds, record};

#[wasm_bindgen(module = "/src/js/adapter.js")]
extern "C" {
    // Imported as a function that is never called, so that the class is exported with what is here.
    #[wasm_bindgen(reexport, skip_typescript)]
    #[allow(non_snake_case, reason = "named as JavaScript sees it")]
    fn PlaidAdapter();
}

#[wasm_bindgen(module = "/src/js/core.js")]
extern "C" {
    #[wasm_bindgen(reexport, skip_typescript)]
    fn connect();
}

#[wasm_bindgen(module = "/src/js/env.js")]
extern "C" {
    /// What is found under a name: the string, nothing, or a word for what else is there.
    #[wasm_bindgen(js_name = readEnv)]
    fn read_env(env: &JsValue, key: &str) -> EnvValue;

    type EnvValue;
    /// The string, or what the runtime says of why it can't be read.
    #[wasm_bindgen(method, getter)]
    fn text(this: &EnvValue) -> String;
    #[wasm_bindgen(method, getter)]
    fn problem(this: &EnvValue) -> EnvProblem;
}

#[wasm_bindgen(module = "/src/js/values.js")]
extern "C" {
    /// JSON text of the values, in the places of the template's markers. Nothing if JSON can't carry one.
    #[wasm_bindgen(catch)]
    fn fill(template: &str, values: &Array) -> Result<Option<JsValue>, JsValue>;

    /// JSON text of an object; nothing if JSON can't carry it.
    #[wasm_bindgen(catch, js_name = jsonOf)]
    fn json_of(value: JsValue) -> Result<Option<JsValue>, JsValue>;

    /// A text with a name in the place of its marker.
    fn named(text: &str, name: &JsValue) -> JsValue;

    /// Whether a JSON object has a member that is a non-empty string.
    #[wasm_bindgen(js_name = hasText)]
    fn has_text(json: &JsValue, name: &str) -> bool;

    /// Another body laid over a body, the user key by key.
    #[wasm_bindgen(catch)]
    fn overlay(body: &JsValue, overrides: &JsValue) -> Result<Option<JsValue>, JsValue>;
}

/// Reads an adapter's environment and options; gives its settings, or the error that names every problem.
#[wasm_bindgen(skip_typescript)]
pub fn configure(env: JsValue, options: Option<JsValue>) -> JsValue {
    let problems = Array::new();
    let settings: Settings = record();
    let config = {
        let mut texts: [String; 4] = Default::default();
        let mut found = [EnvProblem::Missing; 4];
        for ((key, text), found) in ENV_KEYS.iter().zip(&mut texts).zip(&mut found) {
            let value = read_env(&env, key);
            *text = value.text();
            *found = value.problem();
        }
        let mut values = [Value::Missing; 4];
        for ((value, text), found) in values.iter_mut().zip(&texts).zip(found) {
            *value = match found {
                EnvProblem::None => Value::Text(text),
                EnvProblem::Missing => Value::Missing,
                EnvProblem::Binding => Value::Binding,
                EnvProblem::BindingFailed => Value::BindingFailed,
                EnvProblem::Unreadable => Value::Unreadable { hint: text },
                EnvProblem::NotText | EnvProblem::__Invalid => Value::NotText,
            };
        }
        Config::read(values, &mut |problem| {
            problems.push(&problem.to_string().into());
        })
    };
    read_adapter_options(&settings, options, &problems);
    match config {
        Some(config) if problems.length() == 0 => {
            settings.set_base_url(&config.base_url);
            settings.set_client_id(&config.client_id);
            settings.set_secret(&config.secret);
            settings.set_plaid_version(PLAID_VERSION);
            settings.set_scope((config.fingerprint() >> 12) as f64);
            settings.into()
        }
        _ => misconfigured("plaid-edge is not configured: ", &problems),
    }
}

fn read_adapter_options(settings: &Settings, options: Option<JsValue>, problems: &Array) {
    let options = keep(Options::read(options, ArgumentError::OPTIONS).map(Some), problems);
    let options = options.unwrap_or(Options::NONE);
    let known = KnownNames("fetch, timeoutMs, maxRetries, onAttempt", "");
    report_unknown(&options, "options", known, problems);
    settings.set_fetch(keep(options.function("fetch", ArgumentError::FETCH), problems));
    settings.set_on_attempt(keep(
        options.function("onAttempt", ArgumentError::ON_ATTEMPT),
        problems,
    ));
    settings.set_timeout_ms(keep(options.timeout_ms(), problems));
    settings.set_retries(keep(options.max_retries(), problems).unwrap_or(DEFAULT_RETRIES));
}

/// The names that are read from the environment.
#[wasm_bindgen(js_name = envKeys, skip_typescript)]
pub fn env_keys() -> Array {
    ENV_KEYS.iter().map(|key| JsValue::from(*key)).collect()
}

/// Reads link settings; gives a list of them in the order of `LinkSettings`, or the error that names every problem.
#[wasm_bindgen(js_name = linkSettings, skip_typescript)]
pub fn link_settings(settings: Option<JsValue>) -> JsValue {
    let problems = Array::new();
    let settings = keep(
        Options::read(settings, ArgumentError::SETTINGS).map(Some),
        &problems,
    );
    let settings = settings.unwrap_or(Options::NONE);
    let known = KnownNames(
        "clientName, countryCodes, language, products, accountSubtypes",
        "",
    );
    report_unknown(&settings, "settings", known, &problems);
    let text = |name, error| keep(settings.text(name, error), &problems).unwrap_or_default();
    let texts = |name, error| {
        let list = match settings.texts(name, error) {
            Ok(Some(list)) if list.length() == 0 => Err(error),
            read => read,
        };
        keep(list, &problems).map_or(JsValue::UNDEFINED, JsValue::from)
    };
    let list = Array::of5(
        &text("clientName", ArgumentError::CLIENT_NAME),
        &texts("countryCodes", ArgumentError::COUNTRY_CODES),
        &text("language", ArgumentError::LANGUAGE),
        &texts("products", ArgumentError::PRODUCTS),
        &texts("accountSubtypes", ArgumentError::ACCOUNT_SUBTYPES),
    );
    if problems.length() == 0 {
        list.into()
    } else {
        misconfigured("the link settings are wrong: ", &problems)
    }
}

/// POST /link/token/create. `link` is what `link_settings` gave, or nothing for the defaults.
#[wasm_bindgen(js_name = createLinkToken, skip_typescript)]
pub fn create_link_token(
    retries: u32,
    link: Option<Array>,
    client_user_id: JsValue,
    options: Option<JsValue>,
) -> JsValue {
    plan(Operation::CreateLinkToken, options, &mut |options, _| {
        arguments::check_text(&client_user_id, ArgumentError::CLIENT_USER_ID)?;
        let access_token = options.text("accessToken", ArgumentError::UPDATED_TOKEN)?;
        let overrides = options.get("overrides", ArgumentError::OVERRIDES)?;
        let overrides = Options::read(overrides, ArgumentError::OVERRIDES)?;
        Options::read(
            overrides.get("user", ArgumentError::OVERRIDES)?,
            ArgumentError::OVERRIDES,
        )?;
        let values = Array::new();
        let setting = |at: u32, is_sent: bool| {
            let value = link.as_ref().map_or(JsValue::UNDEFINED, |link| link.get(at));
            (is_sent && !value.is_undefined()).then(|| {
                values.push(&value);
                marker::VALUE
            })
        };
        let is_new = access_token.is_none();
        let link = LinkSettings {
            client_name: setting(0, true),
            country_codes: setting(1, true),
            language: setting(2, true),
            products: setting(3, is_new),
            account_subtypes: setting(4, is_new),
        };
        let token = access_token.map(|token| {
            values.push(&token);
            marker::VALUE
        });
        values.push(&client_user_id);
        let template = request::create_link_token(&link, marker::VALUE, token);
        let mut body = filled(&template, &values, ArgumentError::CLIENT_USER_ID)?;
        if let Some(overrides) = overrides.object() {
            body = valid(overlay(&body, &overrides), ArgumentError::OVERRIDES)?;
        }
        // A second link token does no harm: the first expires unused.
        Ok(Request::new(body, Repeat::Always, retries))
    })
}

/// POST /item/public_token/exchange
#[wasm_bindgen(js_name = exchangePublicToken, skip_typescript)]
pub fn exchange_public_token(retries: u32, public_token: JsValue, options: Option<JsValue>) -> JsValue {
    plan(Operation::ExchangePublicToken, options, &mut |_, _| {
        arguments::check_text(&public_token, ArgumentError::PUBLIC_TOKEN)?;
        let template = request::exchange_public_token(marker::VALUE);
        let body = filled(&template, &Array::of1(&public_token), ArgumentError::PUBLIC_TOKEN)?;
        // A second exchange creates nothing, though it may find the token used up.
        Ok(Request::new(body, Repeat::Always, retries))
    })
}

/// POST /auth/get
#[wasm_bindgen(js_name = authRequest, skip_typescript)]
pub fn auth_request(retries: u32, access_token: JsValue, options: Option<JsValue>) -> JsValue {
    item(Operation::Auth, retries, access_token, options)
}

/// POST /identity/get
#[wasm_bindgen(js_name = identityRequest, skip_typescript)]
pub fn identity_request(retries: u32, access_token: JsValue, options: Option<JsValue>) -> JsValue {
    item(Operation::Identity, retries, access_token, options)
}

fn item(operation: Operation, retries: u32, access_token: JsValue, options: Option<JsValue>) -> JsValue {
    plan(operation, options, &mut |options, _| {
        arguments::check_text(&access_token, ArgumentError::ACCESS_TOKEN)?;
        let account_ids = options.texts("accountIds", ArgumentError::ACCOUNT_IDS)?;
        let values = Array::of1(&access_token);
        let account_ids = account_ids.filter(|ids| ids.length() > 0).map(|ids| {
            values.push(&ids);
            marker::VALUE
        });
        let template = request::item(marker::VALUE, account_ids);
        let body = filled(&template, &values, ArgumentError::ACCESS_TOKEN)?;
        Ok(Request::new(body, Repeat::Always, retries))
    })
}

/// POST /bank_transfer/event/sync
#[wasm_bindgen(js_name = syncBankTransferEvent, skip_typescript)]
pub fn sync_bank_transfer_event(retries: u32, after_id: JsValue, options: Option<JsValue>) -> JsValue {
    let error = ArgumentError::BANK_TRANSFER_COUNT;
    event_sync(Feed::BankTransfer, error, retries, after_id, options)
}

/// POST /transfer/event/sync
#[wasm_bindgen(js_name = syncTransferEvent, skip_typescript)]
pub fn sync_transfer_event(retries: u32, after_id: JsValue, options: Option<JsValue>) -> JsValue {
    event_sync(Feed::Transfer, ArgumentError::COUNT, retries, after_id, options)
}

fn event_sync(
    feed: Feed,
    error: ArgumentError,
    retries: u32,
    after_id: JsValue,
    options: Option<JsValue>,
) -> JsValue {
    plan(feed.operation(), options, &mut |options, _| {
        arguments::check_event_id(&after_id)?;
        let count = options.whole("count", (1, feed.max_count()), error)?;
        let template = request::event_sync(marker::VALUE, count);
        let body = filled(&template, &Array::of1(&after_id), ArgumentError::AFTER_ID)?;
        Ok(Request::new(body, Repeat::Always, retries))
    })
}

/// POST /transactions/sync, one page. `cursor` goes before that of the options.
#[wasm_bindgen(js_name = syncTransactions, skip_typescript)]
pub fn sync_transactions(
    retries: u32,
    access_token: JsValue,
    cursor: Option<JsValue>,
    options: Option<JsValue>,
) -> JsValue {
    plan(Operation::TransactionsSync, options, &mut |options, _| {
        arguments::check_text(&access_token, ArgumentError::ACCESS_TOKEN)?;
        let values = Array::of1(&access_token);
        let first = options.get("cursor", ArgumentError::CURSOR)?;
        if first.as_ref().is_some_and(|cursor| !cursor.is_string()) {
            return Err(ArgumentError::CURSOR.into());
        }
        // Plaid knows no empty cursor: the beginning is none.
        let cursor = cursor.clone().or(first).filter(arguments::is_text).map(|cursor| {
            values.push(&cursor);
            marker::VALUE
        });
        let count = options.whole("count", (1, transactions::MAX_COUNT), ArgumentError::COUNT)?;
        let further = options.get("options", ArgumentError::SYNC_OPTIONS)?;
        let further = Options::read(further, ArgumentError::SYNC_OPTIONS)?.object();
        let further = further.map(|further| {
            values.push(&further);
            marker::VALUE
        });
        let count = count.unwrap_or(transactions::DEFAULT_COUNT);
        let template = request::transactions_sync(marker::VALUE, cursor, count, further);
        let body = filled(&template, &values, ArgumentError::SYNC_OPTIONS)?;
        Ok(Request::new(body, Repeat::Always, retries))
    })
}

/// POST to any endpoint that answers with JSON.
#[wasm_bindgen(skip_typescript)]
pub fn request(retries: u32, path: JsValue, body: Option<JsValue>, options: Option<JsValue>) -> JsValue {
    any(Operation::Request, retries, path, body, options)
}

/// POST to any endpoint that answers with a file.
#[wasm_bindgen(skip_typescript)]
pub fn download(retries: u32, path: JsValue, body: Option<JsValue>, options: Option<JsValue>) -> JsValue {
    any(Operation::Download, retries, path, body, options)
}

fn any(
    operation: Operation,
    retries: u32,
    path: JsValue,
    body: Option<JsValue>,
    options: Option<JsValue>,
) -> JsValue {
    plan(operation, options, &mut |_, may_retry| {
        let text = arguments::short_text(&path)
            .filter(|text| request::is_path(text))
            .ok_or(ArgumentError::PATH)?;
        let body = Options::read(body.clone(), ArgumentError::BODY)?;
        let body = match body.object() {
            Some(body) => valid(json_of(body), ArgumentError::BODY)?,
            None => "{}".into(),
        };
        // What counts is what is sent, and not what the object says of itself.
        let is_idempotent = may_retry || has_text(&body, request::idempotency_field(&text));
        Ok(Request {
            path: Some((path.clone(), milliseconds(default_timeout(&text)))),
            ..Request::new(body, Repeat::of(&text, is_idempotent), retries)
        })
    })
}

/// POST /webhook_verification_key/get: a plan whose body has a marker for the key's id, with the seconds that the
/// webhook may be old.
#[wasm_bindgen(js_name = verifyWebhook, skip_typescript)]
pub fn verify_webhook(retries: u32, webhook: Option<JsValue>, options: Option<JsValue>) -> JsValue {
    plan(Operation::VerifyWebhook, options, &mut |options, _| {
        if !Options::read(webhook.clone(), ArgumentError::WEBHOOK)?.is_some() {
            return Err(ArgumentError::WEBHOOK.into());
        }
        let bounds = (0.0, webhook::MAX_TOLERANCE_SECONDS);
        let seconds = options.number("toleranceSeconds", bounds, ArgumentError::TOLERANCE_SECONDS)?;
        let body = request::webhook_key(marker::VALUE).into();
        Ok(Request {
            tolerance_s: Some(seconds.unwrap_or(webhook::DEFAULT_TOLERANCE.as_secs_f64())),
            ..Request::new(body, Repeat::Always, retries)
        })
    })
}

/// What an operation sends.
struct Request {
    /// The caller's path, and how long an attempt may take there by default.
    path: Option<(JsValue, f64)>,
    /// The seconds that a webhook may be old.
    tolerance_s: Option<f64>,
    body: JsValue,
    repeat: Repeat,
    retries: u32,
}

impl Request {
    const fn new(body: JsValue, repeat: Repeat, retries: u32) -> Self {
        Self {
            path: None,
            tolerance_s: None,
            body,
            repeat,
            retries,
        }
    }
}

/// The plan of a call, or the error to reject with.
fn plan(
    operation: Operation,
    options: Option<JsValue>,
    prepare: &mut dyn FnMut(&Options, bool) -> Result<Request, Refusal>,
) -> JsValue {
    let read = || {
        let options = Options::of(operation, options)?;
        let plan: Plan = record();
        let mut retries = None;
        if options.is_some() {
            if let Some(signal) = options.signal()? {
                plan.set_signal(&signal);
            }
            if let Some(timeout_ms) = options.timeout_ms()? {
                plan.set_plan_timeout_ms(timeout_ms);
            }
            retries = options.max_retries()?;
        }
        let request = prepare(&options, retries.is_some())?;
        let call = Call::new(operation, request.repeat, retries.unwrap_or(request.retries));
        plan.set_call(call.to_bits());
        plan.set_body(&request.body);
        if let Some(seconds) = request.tolerance_s {
            plan.set_tolerance_s(seconds);
        }
        match request.path {
            Some((path, timeout_ms)) => {
                plan.set_path(&path);
                plan.set_default_timeout_ms(timeout_ms);
            }
            None => {
                let path = operation.facts().path;
                plan.set_path(&path.into());
                plan.set_default_timeout_ms(milliseconds(default_timeout(path)));
            }
        }
        Ok(plan.into())
    };
    read().unwrap_or_else(|refusal| rejected(operation, refusal))
}

/// The error of a method that was called on what is no adapter, or on one that was freed.
#[wasm_bindgen(skip_typescript)]
pub fn detached(method: &str, is_freed: bool) -> JsValue {
    let operation = Operation::ALL
        .into_iter()
        .find(|operation| operation.facts().method == method);
    let error = if is_freed {
        ArgumentError::FREED
    } else {
        ArgumentError::DETACHED
    };
    rejected(operation.unwrap_or(Operation::InitializePlaid), error.into())
}

fn rejected(operation: Operation, refusal: Refusal) -> JsValue {
    let (what, name): (&dyn Display, _) = match &refusal {
        Refusal::Argument(error) => (error, operation.facts().method.into()),
        Refusal::Unknown(name) => {
            let (place, known) = (Text("options"), arguments::operation_names(operation));
            (&UnknownName { place, known }, name.clone())
        }
    };
    let record = error_record(operation, Kind::InvalidArgument, what);
    record.set_name(&name);
    error_of(&record)
}

fn misconfigured(what: &str, problems: &Array) -> JsValue {
    let all = problems.join("; ");
    let record = error_record(Operation::InitializePlaid, Kind::Configuration, &Text(""));
    record.set_message(&(String::from(what) + &String::from(all)));
    record.set_problems(problems);
    error_of(&record)
}

/// What was read, where all problems are to be named at once and not only the first.
fn keep<T>(read: Result<Option<T>, ArgumentError>, problems: &Array) -> Option<T> {
    read.unwrap_or_else(|error| {
        report(error, problems);
        None
    })
}

fn report(error: ArgumentError, problems: &Array) {
    problems.push(&error.to_string().into());
}

fn report_unknown(options: &Options, place: &'static str, known: KnownNames, problems: &Array) {
    match options.unknown_name(known, place == "settings") {
        Ok(None) => {}
        Ok(Some(name)) => {
            let place = Text(place);
            problems.push(&named(&UnknownName { place, known }.to_string(), &name));
        }
        Err(error) => report(error, problems),
    }
}

fn filled(template: &str, values: &Array, error: ArgumentError) -> Result<JsValue, ArgumentError> {
    valid(fill(template, values), error)
}

fn valid(json: Result<Option<JsValue>, JsValue>, error: ArgumentError) -> Result<JsValue, ArgumentError> {
    json.ok().flatten().ok_or(error)
}
