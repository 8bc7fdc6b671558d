//! What Link shows and asks for, with the defaults.

/// Link settings, each as JSON text, or `None` for its default. The names are those of the npm package; Plaid's are in
/// [`crate::request::create_link_token`].
#[derive(Clone, Copy, Default, Debug)]
pub struct LinkSettings<'a> {
    /// The name that Link shows. `"None"` by default.
    pub client_name: Option<&'a str>,
    /// The countries whose institutions are offered. `["US"]` by default.
    pub country_codes: Option<&'a str>,
    /// Link's language. `"en"` by default.
    pub language: Option<&'a str>,
    /// The products that an Item is created with. `["auth"]` by default.
    pub products: Option<&'a str>,
    /// The depository accounts that Link offers. `["checking","savings"]` by default.
    pub account_subtypes: Option<&'a str>,
}

impl<'a> LinkSettings<'a> {
    /// `client_name`
    pub fn client_name(&self) -> &'a str {
        self.client_name.unwrap_or("\"None\"")
    }

    /// `country_codes`
    pub fn country_codes(&self) -> &'a str {
        self.country_codes.unwrap_or("[\"US\"]")
    }

    /// `language`
    pub fn language(&self) -> &'a str {
        self.language.unwrap_or("\"en\"")
    }

    /// `products`
    pub fn products(&self) -> &'a str {
        self.products.unwrap_or("[\"auth\"]")
    }

    /// `account_filters.depository.account_subtypes`
    pub fn account_subtypes(&self) -> &'a str {
        self.account_subtypes.unwrap_or("[\"checking\",\"savings\"]")
    }
}
