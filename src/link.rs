//! What Link shows and asks for, and the request body of `/link/token/create` that says so.

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::prelude::*;

use crate::arguments::{self, get};
use crate::error::Invalid;

/// `LinkSettings`, every field filled in. They are JavaScript values already, as the request needs them.
pub struct LinkSettings {
    client_name: JsValue,
    country_codes: JsValue,
    language: JsValue,
    products: JsValue,
    account_subtypes: JsValue,
}

impl LinkSettings {
    /// The settings given, with the default for each that is left out; or what is wrong with them, all of it.
    pub fn read(settings: &JsValue) -> Result<Self, Array> {
        if let Err(invalid) = arguments::optional_object(settings, Invalid::Settings) {
            return Err(Array::of1(&invalid.to_string().into()));
        }
        let problems = Array::new();
        let text = |name, default: &str, invalid| match get(settings, name) {
            Ok(value) if arguments::is_absent(&value) => JsValue::from(default),
            read => read
                .map_err(|_| invalid)
                .and_then(|value| arguments::text(value, invalid))
                .unwrap_or_else(|invalid| {
                    problems.push(&invalid.to_string().into());
                    JsValue::UNDEFINED
                }),
        };
        let client_name = text("clientName", "None", Invalid::ClientName);
        let language = text("language", "en", Invalid::Language);
        let texts = |name, default: &[&str], invalid| match get(settings, name)
            .map_err(|_| invalid)
            .and_then(|value| arguments::texts(&value, invalid))
        {
            Ok(Some(list)) if list.length() > 0 => list.into(),
            Ok(None) => default
                .iter()
                .map(|item| JsValue::from(*item))
                .collect::<Array>()
                .into(),
            _ => {
                problems.push(&invalid.to_string().into());
                JsValue::UNDEFINED
            }
        };
        let country_codes = texts("countryCodes", &["US"], Invalid::CountryCodes);
        let products = texts("products", &["auth"], Invalid::Products);
        let account_subtypes = texts(
            "accountSubtypes",
            &["checking", "savings"],
            Invalid::AccountSubtypes,
        );
        match problems.length() == 0 {
            true => Ok(LinkSettings {
                client_name,
                country_codes,
                language,
                products,
                account_subtypes,
            }),
            false => Err(problems),
        }
    }

    /// The body of `/link/token/create` as JSON text. With an access token Link opens in update mode, where
    /// products and account filters are not asked for.
    pub fn token_request(&self, client_user_id: JsValue, options: &JsValue) -> Result<JsValue, Invalid> {
        let client_user_id = arguments::text(client_user_id, Invalid::ClientUserId)?;
        let access_token = get(options, "accessToken").map_err(|_| Invalid::UpdatedToken)?;
        let overrides = get(options, "overrides").map_err(|_| Invalid::Overrides)?;

        let body = object(&[
            ("client_name", &self.client_name),
            ("country_codes", &self.country_codes),
            ("language", &self.language),
            ("user", &object(&[("client_user_id", &client_user_id)])),
        ]);
        if arguments::is_absent(&access_token) {
            let depository = object(&[("account_subtypes", &self.account_subtypes)]);
            set(&body, "products", &self.products);
            set(&body, "account_filters", &object(&[("depository", &depository)]));
        } else {
            set(
                &body,
                "access_token",
                &arguments::text(access_token, Invalid::UpdatedToken)?,
            );
        }
        if arguments::is_absent(&overrides) {
            return arguments::json(&body, Invalid::ClientUserId);
        }
        arguments::object(&overrides, Invalid::Overrides)?;
        let user = get(&overrides, "user").map_err(|_| Invalid::Overrides)?;
        arguments::optional_object(&user, Invalid::Overrides)?;
        let body = arguments::with_overrides(&body, &overrides).map_err(|_| Invalid::Overrides)?;
        arguments::json(&body, Invalid::Overrides)
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
