//! What Link shows and asks for.

use js_sys::Array;
use wasm_bindgen::prelude::*;

use crate::arguments::{self, Members};
use crate::error::Invalid;

/// `LinkSettings` as the caller gave them. `js/bodies.js` has the default for each that is left out.
#[derive(Default)]
pub struct LinkSettings {
    pub client_name: Option<JsValue>,
    pub country_codes: Option<Array>,
    pub language: Option<JsValue>,
    pub products: Option<Array>,
    pub account_subtypes: Option<Array>,
}

impl LinkSettings {
    /// Reads the settings, or says what is wrong with them, all of it.
    pub fn read(settings: JsValue) -> Result<Self, Array> {
        let settings = Members::of(settings, Invalid::Settings)
            .map_err(|invalid| Array::of1(&invalid.words().into()))?;
        let problems = Array::new();
        let text = |name, invalid| {
            let text = settings.get(name, invalid);
            arguments::keep(
                text.and_then(|text| arguments::optional_text(text, invalid)),
                &problems,
            )
        };
        let texts = |name, invalid| {
            let list = settings
                .get(name, invalid)
                .and_then(|list| arguments::texts(list, invalid));
            let list = match list {
                Ok(Some(list)) if list.length() == 0 => Err(invalid),
                read => read,
            };
            arguments::keep(list, &problems)
        };
        let read = LinkSettings {
            client_name: text("clientName", Invalid::ClientName),
            language: text("language", Invalid::Language),
            country_codes: texts("countryCodes", Invalid::CountryCodes),
            products: texts("products", Invalid::Products),
            account_subtypes: texts("accountSubtypes", Invalid::AccountSubtypes),
        };
        if problems.length() > 0 {
            Err(problems)
        } else {
            Ok(read)
        }
    }
}
