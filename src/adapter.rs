//! What the methods of `PlaidAdapter` ask first: each gets the plan of a call, or the error to reject with.
//!
//! The class itself is in `js/adapter.js`. A wasm-bindgen struct would be memory of wasm's for each adapter, behind a
//! number that is copied with the object; the class keeps its state in a private field instead, and asks these.

use std::fmt::Display;

use plaid_edge_core::call::Call;
use plaid_edge_core::config::{
    Config, DEFAULT_RETRIES, ENV_KEY_LIST, ENV_KEYS, PLAID_VERSION, Value, default_timeout,
};
use plaid_edge_core::error::{ArgumentError, Kind, NOT_CONFIGURED, Text, WRONG_SETTINGS, append};
use plaid_edge_core::link::LinkSettings;
use plaid_edge_core::operation::{Feed, Operation};
use plaid_edge_core::request::{self, Repeat, TransactionsPage};
use plaid_edge_core::webhook;
use wasm_bindgen::prelude::*;

use crate::arguments::{
    ADAPTER_OPTIONS, CALL_OPTIONS, LINK, LINK_SETTINGS, NameRefusal, OVERRIDDEN_USER, Parameter, Refusal,
    Values, check_names, marker_of, object, parameters,
};
use crate::border::{ErrorRecord, Method, Plan, Settings, error_record, milliseconds};

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
    /// What is found under a key: its text behind "=", or what is wrong with it.
    #[wasm_bindgen(js_name = readEnv)]
    fn read_env(env: &JsValue, key: &str) -> Option<String>;
}

#[wasm_bindgen(module = "/src/js/values.js")]
extern "C" {
    /// JSON text of the values, in the places of the template's markers. Nothing if that is no JSON object.
    fn fill(template: &str, values: &JsValue) -> Option<JsValue>;

    /// Another body laid over a body, the user key by key. Nothing if JSON can't carry it.
    fn overlay(body: &JsValue, values: &JsValue, marker: &str) -> Option<JsValue>;

    /// Whether a JSON object has a member that is a non-empty string.
    #[wasm_bindgen(js_name = hasText)]
    fn has_text(json: &JsValue, name: &str) -> bool;
}

/// The names that are read from the environment, separated by commas.
#[wasm_bindgen(js_name = envKeys, skip_typescript)]
pub fn env_keys() -> JsValue {
    ENV_KEY_LIST.into()
}

// Values are taken, not borrowed: what wasm-bindgen lends lies on a stack of its own, which it can't put back in order
// where a caller's stack ends.

/// Reads an adapter's environment and options; gives its settings, or the error that names every problem.
#[wasm_bindgen(skip_typescript)]
pub fn configure(env: JsValue, passed: JsValue) -> JsValue {
    let mut problems = Problems::default();
    let found = ENV_KEYS.map(|key| read_env(&env, key));
    let values = found.each_ref().map(|found| match found.as_deref() {
        None => Value::Missing,
        Some("not_text") => Value::NotText,
        Some("binding") => Value::Binding,
        Some("binding_failed") => Value::BindingFailed,
        Some(found) => match found.strip_prefix('=') {
            Some(text) => Value::Text(text),
            None => Value::Unreadable { hint: found },
        },
    });
    let config = Config::read(values, &mut |problem| problems.add(&problem));
    let settings = Settings::new();
    settings.set_max_retries(f64::from(DEFAULT_RETRIES));
    let place = object("options", ArgumentError::OPTIONS);
    problems.read(&passed, &place, &ADAPTER_OPTIONS, &mut |name, value| {
        settings.set_option(name, &value);
    });
    match config {
        Some(config) if problems.words.is_empty() => {
            settings.set_base_url(&config.base_url);
            settings.set_client_id(&config.client_id);
            settings.set_secret(&config.secret);
            settings.set_plaid_version(PLAID_VERSION);
            settings.set_scope((config.fingerprint() >> 12) as f64);
            settings.into()
        }
        _ => problems.into_error(NOT_CONFIGURED),
    }
}

/// Reads link settings; gives a record of them for [`plan`], or the error that names every problem.
#[wasm_bindgen(js_name = linkSettings, skip_typescript)]
pub fn link_settings(values: JsValue, passed: JsValue) -> JsValue {
    let mut problems = Problems::default();
    let mut values = Values::new(values, LINK);
    let place = object("settings", ArgumentError::SETTINGS);
    problems.read(&passed, &place, &LINK_SETTINGS, &mut |name, value| {
        let at = LINK_SETTINGS.iter().position(|setting| setting.name == name);
        values.put(LINK.wrapping_add(at.unwrap_or(0) as u32), &value);
    });
    if problems.words.is_empty() {
        values.into_record()
    } else {
        problems.into_error(WRONG_SETTINGS)
    }
}

/// The plan of a call of a method, or the error to reject with. The timeout, if there is one, and the retries are the
/// adapter's; `values` may hold link settings, and takes up what goes into the body; `passed` are the method's arguments,
/// a list.
#[wasm_bindgen(skip_typescript)]
pub fn plan(
    method: Method,
    timeout_ms: Option<f64>,
    retries: u32,
    values: JsValue,
    passed: JsValue,
) -> JsValue {
    let operation = method.into();
    let values = Values::new(values, 0);
    let limits = Limits { timeout_ms, retries };
    let planned = prepare(operation, limits, values, &passed);
    planned.map_or_else(|refusal| rejected(operation, &refusal), JsValue::from)
}

/// What an adapter's options say of each call.
struct Limits {
    timeout_ms: Option<f64>,
    retries: u32,
}

fn prepare(
    operation: Operation,
    mut limits: Limits,
    mut values: Values,
    passed: &JsValue,
) -> Result<Plan, Refusal> {
    let parameters = parameters(operation);
    let own_options = parameters.own_options;
    values.read(passed, parameters.arguments)?;
    let plan = Plan::new();
    let mut has_own_retries = false;
    if let Some(options) = &parameters.options.read(passed)? {
        check_names(options, "options", [&CALL_OPTIONS, own_options], true)?;
        for option in &CALL_OPTIONS {
            if let Some(value) = option.read(options)? {
                plan.set_option(option.name, &value);
            }
        }
        values.read(options, own_options)?;
        limits.timeout_ms = plan.option("timeoutMs").or(limits.timeout_ms);
        if let Some(retries) = plan.option("maxRetries") {
            // To ask for none is no consent.
            has_own_retries = retries > 0.0;
            limits.retries = retries as u32;
        }
    }
    let facts = operation.facts();
    let mut path = facts.path;
    let own_path;
    if path.is_empty() {
        own_path = values.record.text(marker_of(0)).unwrap_or_default();
        path = &own_path;
        if !request::is_path(path) {
            return Err(ArgumentError::PATH.into());
        }
    }

    let first = marker_of(0);
    let [second, third, fourth] = [1, 2, 3].map(|place| values.marker(place));
    let template = match operation {
        Operation::CreateLinkToken => {
            let [client_name, country_codes, language, products, account_subtypes] =
                [0, 1, 2, 3, 4].map(|setting: u32| values.marker(LINK.wrapping_add(setting)));
            let link = LinkSettings {
                client_name,
                country_codes,
                language,
                products,
                account_subtypes,
            };
            request::create_link_token(&link, first, second)
        }
        Operation::ExchangePublicToken => request::exchange_public_token(first),
        Operation::Auth | Operation::Identity => request::item(first, second),
        Operation::BankTransferEventSync | Operation::TransferEventSync => {
            plan.set_list(if operation == Operation::TransferEventSync {
                Feed::Transfer.list()
            } else {
                Feed::BankTransfer.list()
            });
            request::event_sync(first, second)
        }
        Operation::TransactionsSync => {
            let page = TransactionsPage {
                cursor: second,
                count: third,
                options: fourth,
            };
            request::transactions_sync(first, &page)
        }
        Operation::InitializePlaid | Operation::Request | Operation::Download => {
            second.unwrap_or("{}").to_owned()
        }
        Operation::VerifyWebhook => {
            let tolerance = second.and_then(|second| values.record.number(second));
            plan.set_tolerance_s(tolerance.unwrap_or(webhook::DEFAULT_TOLERANCE.as_secs() as f64));
            plan.set_header(webhook::HEADER);
            plan.set_max_token(f64::from(webhook::MAX_TOKEN));
            plan.set_max_body(f64::from(webhook::MAX_BODY));
            plan.set_max_chunks(f64::from(webhook::MAX_CHUNKS));
            plan.set_poll(webhook::KEY_POLL);
            request::webhook_key(first)
        }
    };

    let mut is_repeatable = !facts.path.is_empty() || has_own_retries;
    let is_link = operation == Operation::CreateLinkToken;
    let body = if operation == Operation::VerifyWebhook {
        // The key's id is not known yet.
        template.into()
    } else if second.or(third).or(fourth).is_none() && !facts.path.is_empty() && !is_link {
        // With another argument, the plan is the same.
        plan.set_template(&template);
        JsValue::UNDEFINED
    } else {
        let mut body = fill(&template, &values.record.0).ok_or(unwritable(operation))?;
        if let (Operation::CreateLinkToken, Some(overrides)) = (operation, third) {
            OVERRIDDEN_USER.read(&values.record.value(overrides))?;
            body = overlay(&body, &values.record.0, overrides).ok_or(ArgumentError::OVERRIDES)?;
        }
        // What counts is what is sent, and not what an object says of itself.
        is_repeatable = is_repeatable || has_text(&body, request::idempotency_field(path));
        body
    };
    let repeat = Repeat::of(path, is_repeatable);
    plan.set_path(path);
    plan.set_body(&body);
    let timeout = limits.timeout_ms;
    plan.set_timeout(timeout.unwrap_or(milliseconds(default_timeout(path))));
    plan.set_call(Call::new(operation, repeat, limits.retries).to_bits().into());
    Ok(plan)
}

/// What is to blame if JSON can't carry a body.
const fn unwritable(operation: Operation) -> ArgumentError {
    match operation {
        Operation::TransactionsSync => ArgumentError::SYNC_OPTIONS,
        _ => ArgumentError::BODY,
    }
}

fn rejected(operation: Operation, refusal: &Refusal) -> JsValue {
    let record = error_record(operation, Kind::InvalidArgument, refusal);
    match refusal {
        Refusal::Name(NameRefusal { name, .. }) => record.set_name(name),
        Refusal::Argument(_) => record.set_method(operation.facts().method),
    }
    record.into_error()
}

/// All that is wrong with a configuration, a line each.
#[derive(Default)]
struct Problems {
    words: String,
    name: Option<JsValue>,
}

impl Problems {
    fn add(&mut self, problem: &dyn Display) {
        self.words.push_str(if self.words.is_empty() { "" } else { "\n" });
        append(&mut self.words, problem);
    }

    /// Reads the members of an object that may be left out.
    fn read(
        &mut self,
        passed: &JsValue,
        place: &Parameter,
        parameters: &[Parameter],
        take: &mut dyn FnMut(&'static str, JsValue),
    ) {
        let object = match place.read(passed) {
            Ok(None) => return,
            Ok(Some(object)) => object,
            Err(error) => return self.add(&error),
        };
        let is_strict = place.name == "settings";
        if let Err(refusal) = check_names(&object, place.name, [parameters, &[]], is_strict) {
            self.add(&refusal);
            if let Refusal::Name(NameRefusal { name, .. }) = refusal {
                self.name = Some(name);
            }
        }
        for parameter in parameters {
            match parameter.read(&object) {
                Ok(None) => {}
                Ok(Some(value)) => take(parameter.name, value),
                Err(error) => self.add(&error),
            }
        }
    }

    fn into_error(self, message: &str) -> JsValue {
        let record: ErrorRecord = error_record(Operation::InitializePlaid, Kind::Configuration, &Text(""));
        record.set_message(message);
        record.set_problems(&self.words);
        if let Some(name) = self.name {
            record.set_name(&name);
        }
        record.into_error()
    }
}
