//! Reading what JavaScript callers pass. Any value can arrive in any place, getters and proxies that throw
//! included, so every access catches and every value is checked before it is used.

use js_sys::{Array, Function, Object};
use wasm_bindgen::prelude::*;

use crate::error::Invalid;

#[wasm_bindgen(module = "/src/js/values.js")]
extern "C" {
    /// A property; undefined where `value` is undefined or null.
    #[wasm_bindgen(catch)]
    pub fn get(value: &JsValue, name: &str) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_name = isObject)]
    fn is_object(value: &JsValue) -> Result<bool, JsValue>;

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

    #[wasm_bindgen(catch, js_name = json)]
    fn to_json(value: &JsValue) -> Result<JsValue, JsValue>;

    /// The body of /link/token/create: what the settings say, the call's own fields, and what the caller lays over.
    #[wasm_bindgen(catch)]
    pub fn merged(settings: &Object, own: &Object, overrides: &JsValue) -> Result<JsValue, JsValue>;
}

/// The longest that a timer can run; one set for longer fires at once.
const LONGEST_TIMER_MS: f64 = 2_147_483_647.0;
const MOST_RETRIES: u32 = 100;
const DEFAULT_TOLERANCE_S: f64 = 300.0;
const LONGEST_TOLERANCE_S: f64 = 31_536_000.0;

/// Undefined and null stand for what was left out.
pub fn is_absent(value: &JsValue) -> bool {
    value.is_undefined() || value.is_null()
}

/// An object that is no array and no function, or nothing.
pub fn optional_object(value: &JsValue, invalid: Invalid) -> Result<(), Invalid> {
    match is_absent(value) || matches!(is_object(value), Ok(true)) {
        true => Ok(()),
        false => Err(invalid),
    }
}

/// The same, and it has to be there.
pub fn object(value: &JsValue, invalid: Invalid) -> Result<(), Invalid> {
    if is_absent(value) {
        Err(invalid)
    } else {
        optional_object(value, invalid)
    }
}

/// A string with something in it. It stays a JavaScript string: most are only handed on.
pub fn text(value: JsValue, invalid: Invalid) -> Result<JsValue, Invalid> {
    if is_text(&value) { Ok(value) } else { Err(invalid) }
}

/// A list of non-empty strings, copied, so that the caller may change theirs. None where it is absent.
pub fn texts(value: &JsValue, invalid: Invalid) -> Result<Option<Array>, Invalid> {
    if is_absent(value) {
        return Ok(None);
    }
    match copy_texts(value) {
        Ok(Some(copy)) => Ok(Some(copy)),
        _ => Err(invalid),
    }
}

/// A number between two bounds. None where it is absent.
pub fn number(value: &JsValue, least: f64, most: f64, invalid: Invalid) -> Result<Option<f64>, Invalid> {
    if is_absent(value) {
        return Ok(None);
    }
    match value.as_f64() {
        Some(number) if number >= least && number <= most => Ok(Some(number)),
        _ => Err(invalid),
    }
}

/// A whole number between two bounds. None where it is absent.
pub fn whole(value: &JsValue, least: u32, most: u32, invalid: Invalid) -> Result<Option<u32>, Invalid> {
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

/// An object as JSON text.
pub fn json(value: &JsValue, invalid: Invalid) -> Result<JsValue, Invalid> {
    to_json(value).ok().filter(|json| json.is_string()).ok_or(invalid)
}

/// A member that is a function, or none.
pub fn function(options: &JsValue, name: &str, invalid: Invalid) -> Result<Option<Function>, Invalid> {
    let value = get(options, name).map_err(|_| invalid)?;
    if is_absent(&value) {
        return Ok(None);
    }
    value.dyn_into::<Function>().map(Some).map_err(|_| invalid)
}

/// Milliseconds that an attempt may take.
pub fn timeout_ms(options: &JsValue) -> Result<Option<f64>, Invalid> {
    let value = get(options, "timeoutMs").map_err(|_| Invalid::TimeoutMs)?;
    number(&value, 1.0, LONGEST_TIMER_MS, Invalid::TimeoutMs)
}

/// Attempts after the first.
pub fn max_retries(options: &JsValue) -> Result<Option<u32>, Invalid> {
    let value = get(options, "maxRetries").map_err(|_| Invalid::MaxRetries)?;
    whole(&value, 0, MOST_RETRIES, Invalid::MaxRetries)
}

/// Seconds that a webhook may be old, or dated ahead.
pub fn tolerance_s(options: &JsValue) -> Result<f64, Invalid> {
    let value = get(options, "toleranceSeconds").map_err(|_| Invalid::ToleranceSeconds)?;
    let tolerance = number(&value, 0.0, LONGEST_TOLERANCE_S, Invalid::ToleranceSeconds)?;
    Ok(tolerance.unwrap_or(DEFAULT_TOLERANCE_S))
}

/// One call's own settings.
pub struct CallOptions {
    /// The caller's AbortSignal, or undefined.
    pub signal: JsValue,
    pub timeout_ms: Option<f64>,
    pub max_retries: Option<u32>,
}

impl CallOptions {
    /// Reads `CallOptions` from an options object, or from nothing.
    pub fn read(options: &JsValue) -> Result<Self, Invalid> {
        optional_object(options, Invalid::Options)?;
        let signal = get(options, "signal").map_err(|_| Invalid::Signal)?;
        let signal = match is_absent(&signal) {
            true => JsValue::UNDEFINED,
            false if matches!(is_signal(&signal), Ok(true)) => signal,
            false => return Err(Invalid::Signal),
        };
        Ok(CallOptions {
            signal,
            timeout_ms: timeout_ms(options)?,
            max_retries: max_retries(options)?,
        })
    }
}
