//! Reading arguments that may be anything: a throwing getter, a proxy, a cycle.

use js_sys::{Array, JSON, Object, Reflect, TypeError};
use serde::de::DeserializeOwned;
use serde_json::Value;
use wasm_bindgen::prelude::*;

/// The fields of an object of options, each with what it must be.
pub(super) type Fields = &'static [(&'static str, &'static str)];

pub(super) fn type_error(message: &str) -> JsValue {
    TypeError::new(message).into()
}

/// "fault.times must be an integer of at least 1"
pub(super) fn wrong_field(what: &str, name: &str, fields: Fields) -> JsValue {
    let expected = fields
        .iter()
        .find(|field| field.0 == name)
        .map_or("different", |field| field.1);
    type_error(&format!("{what}.{name} must be {expected}"))
}

/// Reads an object of options; undefined stands for an empty one. Unknown fields are errors.
pub(super) fn read<T: DeserializeOwned>(value: &JsValue, what: &str, fields: Fields) -> Result<T, JsValue> {
    // What the fields were at one look, without getters or a proxy behind them.
    let copy = Object::new();
    if !value.is_undefined() {
        if !value.is_object() || Array::is_array(value) {
            return Err(type_error(&format!("{what} must be an object")));
        }
        for key in Reflect::own_keys(value)?.iter().filter_map(|key| key.as_string()) {
            if !fields.iter().any(|field| field.0 == key) {
                return Err(type_error(&format!(
                    "{what}.{key} is unknown: {what} has {}",
                    names(fields)
                )));
            }
        }
        for (name, _) in fields {
            Reflect::set(&copy, &(*name).into(), &Reflect::get(value, &(*name).into())?)?;
        }
    }
    let deserializer = serde_wasm_bindgen::Deserializer::from(JsValue::from(copy));
    serde_path_to_error::deserialize(deserializer).map_err(|error: serde_path_to_error::Error<_>| {
        let path = error.path().to_string();
        // An element's path starts with its list's name.
        let name = path.split('[').next().unwrap_or_default();
        wrong_field(what, name, fields)
    })
}

/// Reads an argument that is to be sent as a JSON object, as `JSON.stringify` sees it.
pub(super) fn json_object(value: &JsValue, what: &str) -> Result<Value, JsValue> {
    let wrong = || type_error(&format!("{what} must be an object that can be written as JSON"));
    if !value.is_object() {
        return Err(wrong());
    }
    let text = JSON::stringify(value)?.as_string().ok_or_else(wrong)?;
    serde_json::from_str(&text)
        .ok()
        .filter(Value::is_object)
        .ok_or_else(wrong)
}

fn names(fields: Fields) -> String {
    let names: Vec<_> = fields.iter().map(|field| field.0).collect();
    names.join(", ")
}
