//! The class `PlaidAdapter`: each method reads its arguments, names its endpoint and starts the call.

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;

use js_sys::{Array, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

use crate::attempt;
use crate::config::Config;
use crate::endpoint::{
    AUTH, CREATE_LINK_TOKEN, Call, EXCHANGE_PUBLIC_TOKEN, IDENTITY, Operation, REQUEST,
    SYNC_BANK_TRANSFER_EVENT, SYNC_TRANSFER_EVENT, VERIFY_WEBHOOK,
};
use crate::error::{Failure, Invalid, configuration_error, traced};
use crate::events;
use crate::keys::Keys;
use crate::link::LinkSettings;
use crate::webhook;

const NOT_CONFIGURED: &str = "plaid-edge is not configured: ";

/// What calls share. Each holds it for as long as it runs, whatever happens to the adapter.
pub struct Client {
    pub config: Config,
    pub keys: RefCell<Keys<JsValue>>,
}

impl Client {
    /// What must not be in an error: the client id, the secret, and the request's body, which may hold tokens.
    pub fn secrets(&self, body: &JsValue) -> Array {
        Array::of3(
            &self.config.client_id.as_str().into(),
            &self.config.secret.as_str().into(),
            body,
        )
    }
}

#[derive(Clone)]
struct State {
    client: Rc<Client>,
    link: Rc<LinkSettings>,
}

/// Plaid for one set of credentials. Its methods are documented in `pkg-template/plaid-edge.d.ts`.
#[wasm_bindgen(skip_typescript)]
pub struct PlaidAdapter {
    // Empty once the adapter was freed.
    state: RefCell<Option<State>>,
}

#[wasm_bindgen]
impl PlaidAdapter {
    /// Reads the credentials from `env`; throws PlaidAdapterConfigurationError with every problem.
    #[wasm_bindgen(constructor)]
    pub fn new(env: &JsValue, options: &JsValue) -> Result<PlaidAdapter, JsValue> {
        PlaidAdapter::with(Config::read(env, options))
    }

    /// The same, for an `env` whose values may be bindings.
    #[wasm_bindgen(js_name = fromEnv)]
    pub fn from_env(env: JsValue, options: JsValue) -> Promise {
        promise(Box::pin(async move {
            PlaidAdapter::with(Config::fetch(env, options).await).map(JsValue::from)
        }))
    }

    /// Replaces all link settings.
    #[wasm_bindgen(js_name = initializePlaid)]
    pub fn initialize_plaid(&self, settings: &JsValue) -> Result<(), JsValue> {
        let link = LinkSettings::read(settings)
            .map_err(|problems| configuration_error("the link settings are wrong: ", &problems))?;
        match self.state.borrow_mut().as_mut() {
            Some(state) => state.link = Rc::new(link),
            None => {
                let operation = Operation {
                    method: "initializePlaid",
                    ..REQUEST
                };
                return Err(invalid_error(operation, Invalid::Freed));
            }
        }
        Ok(())
    }

    /// POST /link/token/create
    #[wasm_bindgen(js_name = createLinkToken)]
    pub fn create_link_token(&self, client_user_id: JsValue, options: &JsValue) -> Promise {
        // The settings are held on to, because reading the options may run getters that replace them.
        let link = self.state.borrow().as_ref().map(|state| state.link.clone());
        let call = link
            .ok_or(Invalid::Freed)
            .and_then(|link| Call::create_link_token(&link, client_user_id, options));
        self.start(CREATE_LINK_TOKEN, call)
    }

    /// POST /item/public_token/exchange
    #[wasm_bindgen(js_name = exchangePublicToken)]
    pub fn exchange_public_token(&self, public_token: JsValue, options: &JsValue) -> Promise {
        self.start(
            EXCHANGE_PUBLIC_TOKEN,
            Call::exchange_public_token(public_token, options),
        )
    }

    /// POST /auth/get
    #[wasm_bindgen(js_name = authRequest)]
    pub fn auth_request(&self, access_token: JsValue, options: &JsValue) -> Promise {
        self.start(AUTH, Call::item_data(AUTH, access_token, options))
    }

    /// POST /identity/get
    #[wasm_bindgen(js_name = identityRequest)]
    pub fn identity_request(&self, access_token: JsValue, options: &JsValue) -> Promise {
        self.start(IDENTITY, Call::item_data(IDENTITY, access_token, options))
    }

    /// POST /bank_transfer/event/sync
    #[wasm_bindgen(js_name = syncBankTransferEvent)]
    pub fn sync_bank_transfer_event(&self, after_id: &JsValue, options: &JsValue) -> Promise {
        let operation = SYNC_BANK_TRANSFER_EVENT;
        self.start(operation, Call::sync_events(operation, after_id, options))
    }

    /// POST /transfer/event/sync
    #[wasm_bindgen(js_name = syncTransferEvent)]
    pub fn sync_transfer_event(&self, after_id: &JsValue, options: &JsValue) -> Promise {
        let operation = SYNC_TRANSFER_EVENT;
        self.start(operation, Call::sync_events(operation, after_id, options))
    }

    /// Every bank-transfer event, as an async iterator.
    #[wasm_bindgen(js_name = bankTransferEvents)]
    pub fn bank_transfer_events(&self, options: &JsValue) -> JsValue {
        events::iterate(SYNC_BANK_TRANSFER_EVENT, self.share(), options)
    }

    /// Every transfer event, as an async iterator.
    #[wasm_bindgen(js_name = transferEvents)]
    pub fn transfer_events(&self, options: &JsValue) -> JsValue {
        events::iterate(SYNC_TRANSFER_EVENT, self.share(), options)
    }

    /// POST to any other endpoint.
    pub fn request(&self, path: &JsValue, body: JsValue, options: &JsValue) -> Promise {
        self.start(REQUEST, Call::request(path, body, options))
    }

    /// Checks that a webhook was sent by Plaid and is fresh.
    #[wasm_bindgen(js_name = verifyWebhook)]
    pub fn verify_webhook(&self, webhook: JsValue, options: JsValue) -> Promise {
        match self.client() {
            Some(client) => promise(Box::pin(webhook::verify(client, webhook, options))),
            None => Promise::reject(&invalid_error(VERIFY_WEBHOOK, Invalid::Freed)),
        }
    }

    /// Gives up the credentials at once. Calls in flight finish; later ones are refused. The few bytes that are
    /// left of the adapter go when JavaScript collects it.
    pub fn free(&self) {
        self.state.borrow_mut().take();
    }
}

impl PlaidAdapter {
    fn with(config: Result<Config, Array>) -> Result<PlaidAdapter, JsValue> {
        let wrong = |problems: Array| configuration_error(NOT_CONFIGURED, &problems);
        let config = config.map_err(wrong)?;
        let link = Rc::new(LinkSettings::read(&JsValue::UNDEFINED).map_err(wrong)?);
        let client = Rc::new(Client {
            config,
            keys: RefCell::new(Keys::new()),
        });
        Ok(PlaidAdapter {
            state: RefCell::new(Some(State { client, link })),
        })
    }

    /// Another adapter over the same client, with a life of its own.
    fn share(&self) -> PlaidAdapter {
        PlaidAdapter {
            state: RefCell::new(self.state.borrow().clone()),
        }
    }

    fn client(&self) -> Option<Rc<Client>> {
        self.state.borrow().as_ref().map(|state| state.client.clone())
    }

    fn start(&self, operation: Operation, call: Result<Box<Call>, Invalid>) -> Promise {
        let ready = match self.client() {
            Some(client) => call.map(|call| (client, call)),
            None => Err(Invalid::Freed),
        };
        start(operation, ready)
    }
}

/// Starts a call, or rejects with what was wrong with it. All calls start here, because each place would compile
/// the whole loop anew.
pub fn start(operation: Operation, ready: Result<(Rc<Client>, Box<Call>), Invalid>) -> Promise {
    match ready {
        Ok((client, call)) => promise(Box::pin(attempt::run(client, call))),
        Err(invalid) => Promise::reject(&invalid_error(operation, invalid)),
    }
}

/// The future as a promise whose errors tell where the caller called. Of one type for all, because the bridge is
/// compiled anew for each.
fn promise(future: Pin<Box<dyn Future<Output = Result<JsValue, JsValue>>>>) -> Promise {
    traced(future_to_promise(future))
}

/// The error of an operation that was called wrongly. Nothing was sent.
pub fn invalid_error(operation: Operation, invalid: Invalid) -> JsValue {
    Failure::new(operation).into_js(&invalid.to_string(), &Array::new())
}
