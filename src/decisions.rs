//! What JavaScript asks while a call is under way. Every answer is given at once: nothing of wasm waits.

use std::cell::RefCell;

use wasm_bindgen::prelude::*;

use crate::attempt::{Attempt, End, Verdict};
use crate::error::Kind;
use crate::keys::{Keys, Lookup, State};
use crate::operation::Operation;
use crate::webhook::{Claims, Distrust};

#[wasm_bindgen(module = "/src/js/call.js")]
extern "C" {
    fn verdict(
        kind: Kind,
        is_retryable: bool,
        is_ambiguous: bool,
        is_used_token: bool,
        retry_after_ms: Option<f64>,
        wait_ms: Option<f64>,
    ) -> JsValue;
}

/// One adapter's. It is held by JavaScript, and freed when no call needs it any more.
#[wasm_bindgen(skip_typescript)]
pub struct Decisions {
    keys: RefCell<Keys<JsValue>>,
}

#[wasm_bindgen]
impl Decisions {
    /// The verdict on an attempt that was no success.
    #[allow(
        clippy::too_many_arguments,
        reason = "an object would have to be read member by member"
    )]
    pub fn judge(
        &self,
        operation: Operation,
        end: End,
        status: u16,
        code: Option<String>,
        retry_after: Option<String>,
        until_date_ms: f64,
        is_safe: bool,
        number: u32,
        random: f64,
    ) -> JsValue {
        let attempt = Attempt {
            operation,
            end,
            status,
            code: code.as_deref().unwrap_or_default(),
            retry_after: retry_after.as_deref().unwrap_or_default(),
            until_date_ms,
            is_safe,
            number,
            random,
        };
        let Verdict {
            kind,
            is_retryable,
            is_ambiguous,
            retry_after_ms,
            wait_ms,
        } = attempt.judge();
        verdict(
            kind,
            is_retryable,
            is_ambiguous,
            attempt.is_used_token(),
            retry_after_ms,
            wait_ms,
        )
    }

    /// The error for a webhook that can't be genuine; undefined if it could be.
    #[allow(
        clippy::too_many_arguments,
        reason = "an object would have to be read member by member"
    )]
    pub fn doubt(
        &self,
        alg: Option<String>,
        kid: Option<String>,
        issued_at: Option<f64>,
        hash: &str,
        signed_hash: Option<String>,
        now_ms: f64,
        tolerance_s: f64,
    ) -> JsValue {
        let claims = Claims {
            alg,
            kid,
            issued_at,
            signed_hash,
        };
        match claims.doubt(hash, now_ms, tolerance_s) {
            Some(distrust) => distrust.into_js(0),
            None => JsValue::UNDEFINED,
        }
    }

    /// The error for a webhook with that fault.
    pub fn refusal(&self, fault: Distrust, attempts: u32) -> JsValue {
        fault.into_js(attempts)
    }

    /// What is known of a key: the key itself, the error to refuse with, null while somebody asks for it, or
    /// undefined if it is the caller's to ask.
    #[wasm_bindgen(js_name = lookUp)]
    pub fn look_up(&self, kid: &str, now_ms: f64) -> JsValue {
        match self.keys.borrow_mut().look_up(kid, now_ms) {
            Lookup::Known(key) => key,
            Lookup::Expired => Distrust::ExpiredKey.into_js(0),
            Lookup::Unknown => Distrust::UnknownKey.into_js(0),
            Lookup::Busy => JsValue::NULL,
            Lookup::Ask => JsValue::UNDEFINED,
        }
    }

    /// What a look-up came to: the key, `true` if it has expired, `false` if Plaid does not know it, or undefined if
    /// nothing was learnt.
    pub fn learn(&self, kid: &str, key: JsValue, now_ms: f64) {
        let state = match key.as_bool() {
            Some(true) => State::Expired,
            Some(false) => State::Unknown,
            None if key.is_undefined() => State::Asked,
            None => State::Known(key),
        };
        self.keys.borrow_mut().learn(kid, state, now_ms);
    }
}

impl Decisions {
    /// Nothing known yet.
    pub fn new() -> Self {
        Decisions {
            keys: RefCell::new(Keys::new()),
        }
    }
}
