//! What Link shows and asks for, and the request body of `/link/token/create` that says so.

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::prelude::*;

use crate::arguments::{self, Members};
use crate::error::Invalid;

/// `LinkSettings`, every field filled in, as the request's body has them.
pub struct LinkSettings {
    /// With `products` and `account_filters`.
    new_item: Object,
    /// Without.
    update: Object,
}

impl LinkSettings {
    /// The settings given, with the default for each that is left out; or what is wrong with them, all of it.
    pub fn read(settings: JsValue) -> Result<Self, Array> {
        let settings = Members::of(settings, Invalid::Settings)
            .map_err(|invalid| Array::of1(&invalid.words().into()))?;
        let problems = Array::new();
        let note = |invalid: Invalid| {
            problems.push(&invalid.words().into());
            JsValue::UNDEFINED
        };
        let text = |name, default: &str, invalid| match settings.get(name, invalid) {
            Ok(None) => default.into(),
            Ok(Some(value)) => arguments::text(value, invalid).unwrap_or_else(note),
            Err(invalid) => note(invalid),
        };
        let client_name = text("clientName", "None", Invalid::ClientName);
        let language = text("language", "en", Invalid::Language);
        let texts = |name, default: &[&str], invalid| {
            let list = settings.get(name, invalid);
            match list.and_then(|list| arguments::texts(list, invalid)) {
                Ok(Some(list)) if list.length() > 0 => list.into(),
                Ok(None) => default
                    .iter()
                    .map(|item| JsValue::from(*item))
                    .collect::<Array>()
                    .into(),
                _ => note(invalid),
            }
        };
        let country_codes = texts("countryCodes", &["US"], Invalid::CountryCodes);
        let products = texts("products", &["auth"], Invalid::Products);
        let account_subtypes = texts(
            "accountSubtypes",
            &["checking", "savings"],
            Invalid::AccountSubtypes,
        );
        if problems.length() > 0 {
            return Err(problems);
        }
        let depository = object(&[("account_subtypes", &account_subtypes)]);
        let update = [
            ("client_name", &client_name),
            ("country_codes", &country_codes),
            ("language", &language),
        ];
        let new_item = [
            ("products", &products),
            ("account_filters", &object(&[("depository", &depository)])),
        ];
        Ok(LinkSettings {
            new_item: object(&[&update[..], &new_item].concat()),
            update: object(&update),
        })
    }

    /// The body of `/link/token/create` as JSON text. With an access token Link opens in update mode, where
    /// products and account filters are not asked for.
    pub fn token_request(&self, client_user_id: JsValue, options: &Members) -> Result<JsValue, Invalid> {
        let client_user_id = arguments::text(client_user_id, Invalid::ClientUserId)?;
        let access_token = options.get("accessToken", Invalid::UpdatedToken)?;
        let overrides = options.get("overrides", Invalid::Overrides)?;
        let overrides = Members::of(overrides.into(), Invalid::Overrides)?;
        let user = overrides.get("user", Invalid::Overrides)?;
        Members::of(user.into(), Invalid::Overrides)?;

        let own = object(&[("user", &object(&[("client_user_id", &client_user_id)]))]);
        let settings = match access_token {
            Some(token) => {
                set(
                    &own,
                    "access_token",
                    &arguments::text(token, Invalid::UpdatedToken)?,
                );
                &self.update
            }
            None => &self.new_item,
        };
        let body = arguments::merged(settings, &own, overrides.object()).map_err(|_| Invalid::Overrides)?;
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
