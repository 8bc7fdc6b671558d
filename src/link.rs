//! What Link shows and asks for, and the request body of `/link/token/create` that says so.

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::prelude::*;

use crate::arguments::{self, property};
use crate::error::Invalid;

/// `LinkSettings`, every field filled in. They are JavaScript values already, as the request needs them.
pub struct LinkSettings {
    client_name: JsValue,
    country_codes: Array,
    language: JsValue,
    products: Array,
    account_subtypes: Array,
}

impl LinkSettings {
    /// The settings given, with the default for each that is left out; or what is wrong with them, all of it.
    pub fn read(settings: JsValue) -> Result<Self, Vec<String>> {
        if !arguments::is_absent(&settings) && !arguments::is_plain_object(&settings) {
            return Err(vec!["settings must be an object".into()]);
        }
        let mut problems = Vec::new();
        let mut check = |read: Result<Option<JsValue>, Invalid>| {
            read.unwrap_or_else(|invalid| {
                problems.push(invalid.to_string());
                None
            })
        };
        let text = |name, field| match property(&settings, name, field)? {
            value if arguments::is_absent(&value) => Ok(None),
            value => arguments::text(value, field).map(Some),
        };
        let list = |name, field| {
            let list = arguments::texts(&property(&settings, name, field)?, field)?;
            match list {
                Some(list) if list.length() == 0 => {
                    Err(Invalid::Argument { field, expected: "an array of non-empty strings, with at least one" })
                }
                list => Ok(list.map(JsValue::from)),
            }
        };
        let client_name = check(text("clientName", "settings.clientName"));
        let country_codes = check(list("countryCodes", "settings.countryCodes"));
        let language = check(text("language", "settings.language"));
        let products = check(list("products", "settings.products"));
        let account_subtypes = check(list("accountSubtypes", "settings.accountSubtypes"));
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(LinkSettings {
            client_name: client_name.unwrap_or_else(|| "None".into()),
            country_codes: array_or(country_codes, &["US"]),
            language: language.unwrap_or_else(|| "en".into()),
            products: array_or(products, &["auth"]),
            account_subtypes: array_or(account_subtypes, &["checking", "savings"]),
        })
    }

    /// The body of `/link/token/create` as JSON text. With an access token Link opens in update mode, where
    /// products and account filters are not asked for.
    pub fn token_request(&self, client_user_id: JsValue, options: &JsValue) -> Result<JsValue, Invalid> {
        const OVERRIDES: &str = "options.overrides";
        const OVERRIDES_USER: &str = "options.overrides.user";
        let client_user_id = arguments::text(client_user_id, "clientUserId")?;
        let access_token = property(options, "accessToken", "options.accessToken")?;
        let overrides = property(options, "overrides", OVERRIDES)?;

        let user = object(&[("client_user_id", &client_user_id)]);
        let body = object(&[
            ("client_name", &self.client_name),
            ("country_codes", &self.country_codes),
            ("language", &self.language),
            ("user", &user),
        ]);
        if arguments::is_absent(&access_token) {
            let depository = object(&[("account_subtypes", &self.account_subtypes)]);
            set(&body, "products", &self.products);
            set(&body, "account_filters", &object(&[("depository", &depository)]));
        } else {
            set(&body, "access_token", &arguments::text(access_token, "options.accessToken")?);
        }
        if !arguments::is_absent(&overrides) {
            let unreadable = |field| move |_| Invalid::Argument { field, expected: "readable" };
            if !arguments::is_plain_object(&overrides) {
                return Err(Invalid::Argument { field: OVERRIDES, expected: "an object" });
            }
            arguments::assign(&body, &overrides).map_err(unreadable(OVERRIDES))?;
            let override_user = property(&overrides, "user", OVERRIDES_USER)?;
            if !arguments::is_absent(&override_user) {
                if !arguments::is_plain_object(&override_user) {
                    return Err(Invalid::Argument { field: OVERRIDES_USER, expected: "an object" });
                }
                arguments::assign(&user, &override_user).map_err(unreadable(OVERRIDES_USER))?;
            }
            set(&body, "user", &user);
        }
        arguments::json_object(&body, OVERRIDES)
    }
}

fn array_or(list: Option<JsValue>, default: &[&str]) -> Array {
    match list {
        Some(list) => list.unchecked_into(),
        None => default.iter().map(|item| JsValue::from(*item)).collect(),
    }
}

/// A JavaScript object with these members.
pub fn object(members: &[(&str, &JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in members {
        set(&object, name, value);
    }
    object
}

fn set(object: &Object, name: &str, value: &JsValue) {
    // A fresh plain object refuses nothing.
    let _ = Reflect::set(object, &name.into(), value);
}
