//! The class `PlaidAdapter`: each method reads its arguments, names its endpoint and starts the call.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen::prelude::*;

use crate::arguments::{self, CallOptions, Members};
use crate::config;
use crate::error::{Invalid, configuration_error};
use crate::events;
use crate::link::LinkSettings;
use crate::operation::{Call, Operation};

#[wasm_bindgen(module = "/src/js/call.js")]
extern "C" {
    #[allow(
        clippy::too_many_arguments,
        reason = "an object would have to be built member by member"
    )]
    fn perform(
        settings: &JsValue,
        operation: Operation,
        body: JsValue,
        is_safe: bool,
        signal: Option<JsValue>,
        timeout_ms: Option<f64>,
        max_retries: Option<u32>,
        path: Option<JsValue>,
    ) -> Promise;
}

// Named here so that wasm-bindgen takes along the module that call.js and webhook.js import.
#[wasm_bindgen(module = "/src/js/transport.js")]
extern "C" {
    #[allow(dead_code, reason = "called in call.js")]
    fn send();
}

#[wasm_bindgen(module = "/src/js/webhook.js")]
extern "C" {
    fn verify(
        settings: &JsValue,
        webhook: JsValue,
        tolerance_s: f64,
        signal: Option<JsValue>,
        timeout_ms: Option<f64>,
        max_retries: Option<u32>,
    ) -> Promise;
}

#[wasm_bindgen(module = "/src/js/env.js")]
extern "C" {
    #[wasm_bindgen(js_name = fromEnv)]
    fn from_env(adapter: PlaidAdapter, env: &JsValue, options: &JsValue) -> Promise;
}

struct State {
    /// What calls need, as a JavaScript object: each holds it for as long as it runs, whatever happens to the
    /// adapter.
    settings: JsValue,
    link: LinkSettings,
}

/// Plaid for one set of credentials. Its methods are documented in `pkg-template/plaid-edge.d.ts`.
#[wasm_bindgen(skip_typescript)]
pub struct PlaidAdapter {
    // Empty once the adapter was freed.
    state: RefCell<Option<Rc<State>>>,
}

// Arguments are taken by value: the glue for borrowed ones loses count when a method is called without its adapter.
#[wasm_bindgen]
impl PlaidAdapter {
    /// Reads the credentials from `env`; throws PlaidAdapterConfigurationError with every problem.
    #[wasm_bindgen(constructor)]
    pub fn new(env: JsValue, options: JsValue) -> Result<PlaidAdapter, JsValue> {
        let settings = config::read(&env, options)
            .map_err(|problems| configuration_error("plaid-edge is not configured: ", &problems))?;
        let link = LinkSettings::default();
        Ok(PlaidAdapter::of(Some(Rc::new(State { settings, link }))))
    }

    /// The same, for an `env` whose values may be bindings.
    #[wasm_bindgen(js_name = fromEnv)]
    pub fn from_env(env: JsValue, options: JsValue) -> Promise {
        // JavaScript makes the adapter when it has the values. It knows the class by an empty one.
        from_env(PlaidAdapter::of(None), &env, &options)
    }

    /// Replaces all link settings.
    #[wasm_bindgen(js_name = initializePlaid)]
    pub fn initialize_plaid(&self, settings: JsValue) -> Result<(), JsValue> {
        let link = LinkSettings::read(settings)
            .map_err(|problems| configuration_error("the link settings are wrong: ", &problems))?;
        let Some(state) = self.state() else {
            return Err(Invalid::Freed.into_js(Operation::InitializePlaid));
        };
        let settings = state.settings.clone();
        self.state.replace(Some(Rc::new(State { settings, link })));
        Ok(())
    }

    /// POST /link/token/create
    #[wasm_bindgen(js_name = createLinkToken)]
    pub fn create_link_token(&self, client_user_id: JsValue, options: JsValue) -> Promise {
        let call = match self.state() {
            Some(state) => Call::create_link_token(&state.link, client_user_id, options),
            None => Err(Invalid::Freed),
        };
        self.start(Operation::CreateLinkToken, call)
    }

    /// POST /item/public_token/exchange
    #[wasm_bindgen(js_name = exchangePublicToken)]
    pub fn exchange_public_token(&self, public_token: JsValue, options: JsValue) -> Promise {
        self.start(
            Operation::ExchangePublicToken,
            Call::exchange_public_token(public_token, options),
        )
    }

    /// POST /auth/get
    #[wasm_bindgen(js_name = authRequest)]
    pub fn auth_request(&self, access_token: JsValue, options: JsValue) -> Promise {
        self.start(Operation::Auth, Call::item_data(access_token, options))
    }

    /// POST /identity/get
    #[wasm_bindgen(js_name = identityRequest)]
    pub fn identity_request(&self, access_token: JsValue, options: JsValue) -> Promise {
        self.start(Operation::Identity, Call::item_data(access_token, options))
    }

    /// POST /bank_transfer/event/sync
    #[wasm_bindgen(js_name = syncBankTransferEvent)]
    pub fn sync_bank_transfer_event(&self, after_id: JsValue, options: JsValue) -> Promise {
        let operation = Operation::SyncBankTransferEvent;
        self.start(operation, Call::sync_events(operation, &after_id, options))
    }

    /// POST /transfer/event/sync
    #[wasm_bindgen(js_name = syncTransferEvent)]
    pub fn sync_transfer_event(&self, after_id: JsValue, options: JsValue) -> Promise {
        let operation = Operation::SyncTransferEvent;
        self.start(operation, Call::sync_events(operation, &after_id, options))
    }

    /// Every bank-transfer event, as an async iterator.
    #[wasm_bindgen(js_name = bankTransferEvents)]
    pub fn bank_transfer_events(&self, options: JsValue) -> JsValue {
        events::iterate(
            Operation::SyncBankTransferEvent,
            PlaidAdapter::of(self.state()),
            options,
        )
    }

    /// Every transfer event, as an async iterator.
    #[wasm_bindgen(js_name = transferEvents)]
    pub fn transfer_events(&self, options: JsValue) -> JsValue {
        events::iterate(
            Operation::SyncTransferEvent,
            PlaidAdapter::of(self.state()),
            options,
        )
    }

    /// POST to any other endpoint.
    pub fn request(&self, path: JsValue, body: JsValue, options: JsValue) -> Promise {
        self.start(Operation::Request, Call::request(path, body, options))
    }

    /// Checks that a webhook was sent by Plaid and is fresh.
    #[wasm_bindgen(js_name = verifyWebhook)]
    pub fn verify_webhook(&self, webhook: JsValue, options: JsValue) -> Promise {
        let read = || {
            let state = self.state().ok_or(Invalid::Freed)?;
            let webhook = Members::of(webhook, Invalid::Webhook)?
                .object()
                .ok_or(Invalid::Webhook)?;
            let options = Members::of(options, Invalid::Options)?;
            let CallOptions {
                signal,
                timeout_ms,
                max_retries,
            } = CallOptions::read(&options)?;
            let tolerance_s = arguments::tolerance_s(&options)?;
            Ok(verify(
                &state.settings,
                webhook,
                tolerance_s,
                signal,
                timeout_ms,
                max_retries,
            ))
        };
        read().unwrap_or_else(|invalid: Invalid| Promise::reject(&invalid.into_js(Operation::VerifyWebhook)))
    }

    /// Gives up the credentials at once. Calls in flight finish; later ones are refused. The few bytes that are
    /// left of the adapter go when JavaScript collects it.
    pub fn free(&self) {
        drop(self.state.take());
    }
}

impl PlaidAdapter {
    fn of(state: Option<Rc<State>>) -> PlaidAdapter {
        PlaidAdapter {
            state: RefCell::new(state),
        }
    }

    // No JavaScript runs while the cell is borrowed: it could call back, or never return.
    fn state(&self) -> Option<Rc<State>> {
        self.state.borrow().clone()
    }

    /// Starts a call, or rejects with what was wrong with it.
    fn start(&self, operation: Operation, call: Result<Call, Invalid>) -> Promise {
        let ready = self
            .state()
            .ok_or(Invalid::Freed)
            .and_then(|state| Ok((state, call?)));
        let (state, call) = match ready {
            Ok(ready) => ready,
            Err(invalid) => return Promise::reject(&invalid.into_js(operation)),
        };
        let CallOptions {
            signal,
            timeout_ms,
            max_retries,
        } = call.options;
        perform(
            &state.settings,
            operation,
            call.body,
            call.is_safe,
            signal,
            timeout_ms,
            max_retries,
            call.path,
        )
    }
}
