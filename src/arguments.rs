//! Reading what JavaScript callers pass. Any value can arrive in any place, getters and proxies that throw included, so
//! every access catches, and every value is checked before it is used. Only own properties are read.

use js_sys::{Array, Function};
use plaid_edge_core::call::MAX_RETRIES;
use plaid_edge_core::config::MAX_TIMEOUT_MS;
use plaid_edge_core::error::{ArgumentError, KnownNames};
use plaid_edge_core::operation::{CALL_OPTIONS, Operation};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/js/values.js")]
extern "C" {
    #[wasm_bindgen(catch, js_name = getOwn)]
    fn get_own(value: &JsValue, name: &str) -> Result<Option<JsValue>, JsValue>;

    /// An object, or nothing for what was left out.
    #[wasm_bindgen(catch, js_name = optionalObject)]
    fn optional_object(value: JsValue) -> Result<Option<JsValue>, JsValue>;

    /// The first name of an own property that is not in the list; not `is_strict`: and that looks misspelled.
    #[wasm_bindgen(catch, js_name = unknownName)]
    fn unknown_name(value: &JsValue, known: &str, is_strict: bool) -> Result<Option<JsValue>, JsValue>;

    /// A string, unless it is long: wasm's memory never shrinks.
    #[wasm_bindgen(js_name = shortText)]
    pub(crate) fn short_text(value: &JsValue) -> Option<String>;

    #[wasm_bindgen(js_name = isText)]
    pub(crate) fn is_text(value: &JsValue) -> bool;

    #[wasm_bindgen(catch, js_name = copyTexts)]
    fn copy_texts(value: &JsValue) -> Result<Option<Array>, JsValue>;

    #[wasm_bindgen(catch, js_name = isSignal)]
    fn is_signal(value: &JsValue) -> Result<bool, JsValue>;

    #[wasm_bindgen(js_name = isEventId)]
    fn is_event_id(value: &JsValue) -> bool;
}

/// What is wrong with what was passed.
pub(crate) enum Refusal {
    Argument(ArgumentError),
    /// The name of an option that does not exist.
    Unknown(JsValue),
}

impl From<ArgumentError> for Refusal {
    fn from(error: ArgumentError) -> Self {
        Self::Argument(error)
    }
}

/// An object of the caller's that may be left out, as may its members.
pub(crate) struct Options(Option<JsValue>);

impl Options {
    /// None were passed.
    pub(crate) const NONE: Self = Self(None);

    /// An object that is not an array or a function, or nothing.
    pub(crate) fn read(value: Option<JsValue>, error: ArgumentError) -> Result<Self, ArgumentError> {
        match value {
            None => Ok(Self::NONE),
            Some(value) => optional_object(value).map(Self).map_err(|_| error),
        }
    }

    /// The options of an operation, whose names must exist.
    pub(crate) fn of(operation: Operation, value: Option<JsValue>) -> Result<Self, Refusal> {
        let options = Self::read(value, ArgumentError::OPTIONS)?;
        match options.unknown_name(operation_names(operation), true)? {
            Some(name) => Err(Refusal::Unknown(name)),
            None => Ok(options),
        }
    }

    /// A name that does not exist.
    pub(crate) fn unknown_name(
        &self,
        known: KnownNames,
        is_strict: bool,
    ) -> Result<Option<JsValue>, ArgumentError> {
        match &self.0 {
            Some(object) => {
                unknown_name(object, &known.to_string(), is_strict).map_err(|_| ArgumentError::OPTIONS)
            }
            None => Ok(None),
        }
    }

    /// A member, unless it is left out: undefined and null stand for that.
    pub(crate) fn get(&self, name: &str, error: ArgumentError) -> Result<Option<JsValue>, ArgumentError> {
        match &self.0 {
            Some(object) => get_own(object, name).map_err(|_| error),
            None => Ok(None),
        }
    }

    /// A member that is a non-empty string.
    pub(crate) fn text(&self, name: &str, error: ArgumentError) -> Result<Option<JsValue>, ArgumentError> {
        let text = self.get(name, error)?;
        text.as_ref().map(|text| check_text(text, error)).transpose()?;
        Ok(text)
    }

    /// A member that is a list of non-empty strings: a copy, so that the caller may change theirs.
    pub(crate) fn texts(&self, name: &str, error: ArgumentError) -> Result<Option<Array>, ArgumentError> {
        match self.get(name, error)?.map(|value| copy_texts(&value)) {
            None => Ok(None),
            Some(Ok(Some(copy))) => Ok(Some(copy)),
            _ => Err(error),
        }
    }

    /// A member that is a number between two bounds.
    pub(crate) fn number(
        &self,
        name: &str,
        (least, most): (f64, f64),
        error: ArgumentError,
    ) -> Result<Option<f64>, ArgumentError> {
        match self.get(name, error)?.map(|value| value.as_f64()) {
            None => Ok(None),
            Some(Some(number)) if number >= least && number <= most => Ok(Some(number)),
            _ => Err(error),
        }
    }

    /// A member that is a whole number between two bounds.
    pub(crate) fn whole(
        &self,
        name: &str,
        (least, most): (u32, u32),
        error: ArgumentError,
    ) -> Result<Option<u32>, ArgumentError> {
        let number = self.number(name, (f64::from(least), f64::from(most)), error)?;
        match number.map(|number| (number, number as u32)) {
            None => Ok(None),
            Some((number, whole)) if f64::from(whole) == number => Ok(Some(whole)),
            Some(_) => Err(error),
        }
    }

    /// A member that is a function.
    pub(crate) fn function(
        &self,
        name: &str,
        error: ArgumentError,
    ) -> Result<Option<Function>, ArgumentError> {
        match self.get(name, error)?.map(JsCast::dyn_into) {
            None => Ok(None),
            Some(Ok(function)) => Ok(Some(function)),
            Some(Err(_)) => Err(error),
        }
    }

    /// Milliseconds that an attempt may take.
    pub(crate) fn timeout_ms(&self) -> Result<Option<f64>, ArgumentError> {
        self.number("timeoutMs", (1.0, MAX_TIMEOUT_MS), ArgumentError::TIMEOUT_MS)
    }

    /// Attempts after the first.
    pub(crate) fn max_retries(&self) -> Result<Option<u32>, ArgumentError> {
        self.whole("maxRetries", (0, MAX_RETRIES), ArgumentError::MAX_RETRIES)
    }

    /// The caller's AbortSignal.
    pub(crate) fn signal(&self) -> Result<Option<JsValue>, ArgumentError> {
        let signal = self.get("signal", ArgumentError::SIGNAL)?;
        match signal.as_ref().map(is_signal) {
            None | Some(Ok(true)) => Ok(signal),
            _ => Err(ArgumentError::SIGNAL),
        }
    }

    /// Whether anything was passed.
    pub(crate) const fn is_some(&self) -> bool {
        self.0.is_some()
    }

    /// The object itself.
    pub(crate) fn object(self) -> Option<JsValue> {
        self.0
    }
}

/// The options that an operation takes.
pub(crate) const fn operation_names(operation: Operation) -> KnownNames {
    KnownNames(CALL_OPTIONS, operation.facts().options)
}

/// Checks that a value is a string with something in it. It stays a JavaScript string: it is only handed on.
pub(crate) fn check_text(value: &JsValue, error: ArgumentError) -> Result<(), ArgumentError> {
    if is_text(value) { Ok(()) } else { Err(error) }
}

/// Checks that a value is an event id. A number is exact only up to 2^53 - 1; past it, a bigint is.
pub(crate) fn check_event_id(value: &JsValue) -> Result<(), ArgumentError> {
    if is_event_id(value) {
        Ok(())
    } else {
        Err(ArgumentError::AFTER_ID)
    }
}
