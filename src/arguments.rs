//! Reading what JavaScript callers pass. Any value can arrive in any place, getters and proxies that throw
//! included, so every access catches and every value is checked before it is used.

use js_sys::{Array, Function, JsString, Reflect};
use wasm_bindgen::prelude::*;

use crate::error::Invalid;
use crate::interrupt::Signal;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = JSON)]
    fn stringify(value: &JsValue) -> Result<JsValue, JsValue>;

    /// Copies `source`'s own properties; a getter among them may throw.
    #[wasm_bindgen(catch, js_namespace = Object)]
    pub fn assign(target: &JsValue, source: &JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_name = String)]
    fn to_string(value: &JsValue) -> Result<JsString, JsValue>;
}

/// The longest a timer can run; what is over it fires at once.
const LONGEST_TIMER_MS: f64 = 2_147_483_647.0;
const MOST_RETRIES: f64 = 100.0;

/// A property, or `undefined` where the object has none or is none.
pub fn property(object: &JsValue, name: &'static str, field: &'static str) -> Result<JsValue, Invalid> {
    if !object.is_object() && !object.is_function() {
        return Ok(JsValue::UNDEFINED);
    }
    Reflect::get(object, &name.into()).map_err(|_| Invalid::Argument { field, expected: "readable" })
}

/// An options object: undefined and null stand for none.
pub fn options(value: JsValue) -> Result<JsValue, Invalid> {
    if value.is_undefined() || value.is_null() {
        return Ok(JsValue::UNDEFINED);
    }
    if is_plain_object(&value) {
        return Ok(value);
    }
    Err(Invalid::Argument { field: "options", expected: "an object" })
}

/// An object that is no array and no function. `Array.isArray` throws on a revoked proxy; nothing else is
/// asked of the value here.
pub fn is_plain_object(value: &JsValue) -> bool {
    value.is_object() && !matches!(is_array(value), Ok(true) | Err(_))
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = Array, js_name = isArray)]
    fn is_array(value: &JsValue) -> Result<bool, JsValue>;
}

/// Absent: undefined or null.
pub fn is_absent(value: &JsValue) -> bool {
    value.is_undefined() || value.is_null()
}

/// A string with something in it. It stays a JavaScript string: most are only handed on.
pub fn text(value: JsValue, field: &'static str) -> Result<JsValue, Invalid> {
    match value.dyn_ref::<JsString>() {
        Some(string) if string.trim().length() > 0 => Ok(value),
        _ => Err(Invalid::Argument { field, expected: "a non-empty string" }),
    }
}

/// A list of non-empty strings, copied, so that the caller may change theirs. None where it is absent.
pub fn texts(value: &JsValue, field: &'static str) -> Result<Option<Array>, Invalid> {
    const EXPECTED: &str = "an array of non-empty strings";
    let wrong = || Invalid::Argument { field, expected: EXPECTED };
    if is_absent(value) {
        return Ok(None);
    }
    if !matches!(is_array(value), Ok(true)) {
        return Err(wrong());
    }
    let length = Reflect::get(value, &"length".into()).ok().and_then(|length| length.as_f64()).ok_or_else(wrong)?;
    let copy = Array::new();
    let mut index = 0.0;
    while index < length {
        let item = Reflect::get(value, &index.into()).map_err(|_| wrong())?;
        copy.push(&text(item, field).map_err(|_| wrong())?);
        index += 1.0;
    }
    Ok(Some(copy))
}

/// A whole number from `least` to `most`. None where it is absent.
pub fn whole(
    value: &JsValue,
    range: std::ops::RangeInclusive<f64>,
    field: &'static str,
    expected: &'static str,
) -> Result<Option<f64>, Invalid> {
    if is_absent(value) {
        return Ok(None);
    }
    match value.as_f64() {
        Some(number) if range.contains(&number) && number.fract() == 0.0 => Ok(Some(number)),
        _ => Err(Invalid::Argument { field, expected }),
    }
}

/// An event id as decimal digits. A number is exact only up to 2^53 - 1; past it, a bigint is.
pub fn event_id(value: &JsValue, field: &'static str) -> Result<String, Invalid> {
    const MOST_EXACT: f64 = 9_007_199_254_740_991.0;
    let wrong = || Invalid::Argument {
        field,
        expected: "an event id: a whole number from 0 to 2^53 - 1, or a bigint from 0 to 2^64 - 1",
    };
    let in_range = match value.is_bigint() {
        true => u64::try_from(value.clone()).is_ok(),
        false => matches!(whole(value, 0.0..=MOST_EXACT, field, ""), Ok(Some(_))),
    };
    match to_string(value) {
        Ok(digits) if in_range => Ok(digits.into()),
        _ => Err(wrong()),
    }
}

/// A value as JSON text; it must be an object's.
pub fn json_object(value: &JsValue, field: &'static str) -> Result<JsValue, Invalid> {
    let expected = "an object that JSON can carry";
    let json = stringify(value).map_err(|_| Invalid::Argument { field, expected })?;
    match json.dyn_ref::<JsString>() {
        Some(text) if text.char_code_at(0) == f64::from(b'{') => Ok(json),
        _ => Err(Invalid::Argument { field, expected }),
    }
}

/// Any value as text, for a message. What cannot be shown is left out.
pub fn display(value: &JsValue) -> String {
    let message = match value.is_object() {
        true => Reflect::get(value, &"message".into()).unwrap_or_default(),
        false => value.clone(),
    };
    to_string(&message).map(String::from).unwrap_or_default()
}

/// Milliseconds that an attempt may take.
pub fn timeout_ms(value: &JsValue, field: &'static str) -> Result<Option<f64>, Invalid> {
    let expected = "a number of milliseconds from 1 to 2147483647";
    if is_absent(value) {
        return Ok(None);
    }
    match value.as_f64() {
        Some(ms) if (1.0..=LONGEST_TIMER_MS).contains(&ms) => Ok(Some(ms)),
        _ => Err(Invalid::Argument { field, expected }),
    }
}

/// Attempts after the first.
pub fn max_retries(value: &JsValue, field: &'static str) -> Result<Option<u32>, Invalid> {
    let retries = whole(value, 0.0..=MOST_RETRIES, field, "a whole number from 0 to 100")?;
    Ok(retries.map(|retries| retries as u32))
}

/// A function, or none.
pub fn function(value: JsValue, field: &'static str) -> Result<Option<Function>, Invalid> {
    if is_absent(&value) {
        return Ok(None);
    }
    match value.dyn_into::<Function>() {
        Ok(function) => Ok(Some(function)),
        Err(_) => Err(Invalid::Argument { field, expected: "a function" }),
    }
}

/// One call's own settings.
#[derive(Clone, Default)]
pub struct CallOptions {
    pub signal: Option<Signal>,
    pub timeout_ms: Option<f64>,
    pub max_retries: Option<u32>,
}

impl CallOptions {
    /// Reads `CallOptions` from a checked options object.
    pub fn read(options: &JsValue) -> Result<Self, Invalid> {
        Ok(CallOptions {
            signal: signal(property(options, "signal", "options.signal")?)?,
            timeout_ms: timeout_ms(
                &property(options, "timeoutMs", "options.timeoutMs")?,
                "options.timeoutMs",
            )?,
            max_retries: max_retries(
                &property(options, "maxRetries", "options.maxRetries")?,
                "options.maxRetries",
            )?,
        })
    }
}

/// An abort signal. It is known by its members, because one from another realm is no instance of ours.
fn signal(value: JsValue) -> Result<Option<Signal>, Invalid> {
    let wrong = || Invalid::Argument { field: "options.signal", expected: "an AbortSignal" };
    if is_absent(&value) {
        return Ok(None);
    }
    let member = |name: &str| Reflect::get(&value, &name.into()).unwrap_or_default();
    let is_signal = value.is_object()
        && member("aborted").as_bool().is_some()
        && member("addEventListener").is_function()
        && member("removeEventListener").is_function();
    if is_signal { Ok(Some(value.unchecked_into())) } else { Err(wrong()) }
}
