//! Reading what JavaScript callers pass. Any value can arrive in any place, getters and proxies that throw
//! included, so every access catches and every value is checked before it is used.

use js_sys::{Array, Function};
use wasm_bindgen::prelude::*;

use crate::error::Invalid;

#[wasm_bindgen(module = "/src/js/values.js")]
extern "C" {
    #[wasm_bindgen(catch, js_name = get)]
    fn get_member(value: &JsValue, name: &str) -> Result<Option<JsValue>, JsValue>;

    #[wasm_bindgen(catch)]
    fn given(value: JsValue) -> Result<Option<JsValue>, JsValue>;

    /// A string, unless it is long: wasm's memory never shrinks.
    #[wasm_bindgen(js_name = shortText)]
    pub fn short_text(value: &JsValue) -> Option<String>;

    #[wasm_bindgen(js_name = isText)]
    fn is_text(value: &JsValue) -> bool;

    #[wasm_bindgen(catch, js_name = texts)]
    fn copy_texts(value: &JsValue) -> Result<Option<Array>, JsValue>;

    #[wasm_bindgen(catch, js_name = isSignal)]
    fn is_signal(value: &JsValue) -> Result<bool, JsValue>;

    fn digits(value: &JsValue) -> Option<String>;
}

/// The longest that a timer can run; one set for longer fires at once.
const LONGEST_TIMER_MS: f64 = 2_147_483_647.0;
const MOST_RETRIES: u32 = 100;
const DEFAULT_TOLERANCE_S: f64 = 300.0;
const LONGEST_TOLERANCE_S: f64 = 31_536_000.0;

/// An object of the caller's whose members may be left out, and which may be left out itself.
pub struct Members(Option<JsValue>);

impl Members {
    /// Of nothing at all.
    pub const NONE: Self = Members(None);

    /// Of an object that is no array and no function, or of nothing.
    pub fn of(value: JsValue, invalid: Invalid) -> Result<Self, Invalid> {
        given(value).map(Members).map_err(|_| invalid)
    }

    /// A member, unless it is left out: undefined and null stand for that.
    pub fn get(&self, name: &str, invalid: Invalid) -> Result<Option<JsValue>, Invalid> {
        match &self.0 {
            Some(object) => get_member(object, name).map_err(|_| invalid),
            None => Ok(None),
        }
    }

    /// The object itself.
    pub fn object(self) -> Option<JsValue> {
        self.0
    }
}

/// A string with something in it. It stays a JavaScript string: most are only handed on.
pub fn text(value: JsValue, invalid: Invalid) -> Result<JsValue, Invalid> {
    if is_text(&value) { Ok(value) } else { Err(invalid) }
}

/// The same, where it may be left out.
pub fn optional_text(value: Option<JsValue>, invalid: Invalid) -> Result<Option<JsValue>, Invalid> {
    value.map(|value| text(value, invalid)).transpose()
}

/// A list of non-empty strings, copied, so that the caller may change theirs.
pub fn texts(value: Option<JsValue>, invalid: Invalid) -> Result<Option<Array>, Invalid> {
    match value.map(|value| copy_texts(&value)) {
        None => Ok(None),
        Some(Ok(Some(copy))) => Ok(Some(copy)),
        _ => Err(invalid),
    }
}

/// A number between two bounds.
pub fn number(
    value: Option<JsValue>,
    least: f64,
    most: f64,
    invalid: Invalid,
) -> Result<Option<f64>, Invalid> {
    match value.map(|value| value.as_f64()) {
        None => Ok(None),
        Some(Some(number)) if number >= least && number <= most => Ok(Some(number)),
        _ => Err(invalid),
    }
}

/// A whole number between two bounds.
pub fn whole(
    value: Option<JsValue>,
    least: u32,
    most: u32,
    invalid: Invalid,
) -> Result<Option<u32>, Invalid> {
    let number = number(value, f64::from(least), f64::from(most), invalid)?;
    match number.map(|number| (number, number as u32)) {
        None => Ok(None),
        Some((number, whole)) if f64::from(whole) == number => Ok(Some(whole)),
        Some(_) => Err(invalid),
    }
}

/// An event id as decimal digits. A number is exact only up to 2^53 - 1; past it, a bigint is.
pub fn event_id(value: &JsValue) -> Result<String, Invalid> {
    digits(value).ok_or(Invalid::AfterId)
}

/// A member that is a function, or none.
pub fn function(options: &Members, name: &str, invalid: Invalid) -> Result<Option<Function>, Invalid> {
    match options.get(name, invalid)?.map(JsCast::dyn_into) {
        None => Ok(None),
        Some(Ok(function)) => Ok(Some(function)),
        Some(Err(_)) => Err(invalid),
    }
}

/// Milliseconds that an attempt may take.
pub fn timeout_ms(options: &Members) -> Result<Option<f64>, Invalid> {
    let value = options.get("timeoutMs", Invalid::TimeoutMs)?;
    number(value, 1.0, LONGEST_TIMER_MS, Invalid::TimeoutMs)
}

/// Attempts after the first.
pub fn max_retries(options: &Members) -> Result<Option<u32>, Invalid> {
    let value = options.get("maxRetries", Invalid::MaxRetries)?;
    whole(value, 0, MOST_RETRIES, Invalid::MaxRetries)
}

/// Seconds that a webhook may be old, or dated ahead.
pub fn tolerance_s(options: &Members) -> Result<f64, Invalid> {
    let value = options.get("toleranceSeconds", Invalid::ToleranceSeconds)?;
    let tolerance = number(value, 0.0, LONGEST_TOLERANCE_S, Invalid::ToleranceSeconds)?;
    Ok(tolerance.unwrap_or(DEFAULT_TOLERANCE_S))
}

/// What was read, where all problems are to be named at once and not only the first.
pub fn keep<T>(read: Result<Option<T>, Invalid>, problems: &Array) -> Option<T> {
    read.unwrap_or_else(|invalid| {
        problems.push(&invalid.words().into());
        None
    })
}

/// One call's own settings.
pub struct CallOptions {
    /// The caller's AbortSignal.
    pub signal: Option<JsValue>,
    pub timeout_ms: Option<f64>,
    pub max_retries: Option<u32>,
}

impl CallOptions {
    /// Reads `CallOptions` of the declarations.
    pub fn read(options: &Members) -> Result<Self, Invalid> {
        let signal = options.get("signal", Invalid::Signal)?;
        if !signal
            .as_ref()
            .is_none_or(|signal| matches!(is_signal(signal), Ok(true)))
        {
            return Err(Invalid::Signal);
        }
        Ok(CallOptions {
            signal,
            timeout_ms: timeout_ms(options)?,
            max_retries: max_retries(options)?,
        })
    }
}
