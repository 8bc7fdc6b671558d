//! The methods' arguments: constructors take what is required, setters the rest. The call checks the values.

use plaid_edge_core::error::ArgumentError;
use plaid_edge_core::link::LinkSettings;
use plaid_edge_core::request::{self, TransactionsPage};
use plaid_edge_core::transactions::MAX_COUNT;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::json::{Object, json, raw};
use crate::secret::Secret;

/// The settings of a link token. All but the user's ID have defaults, so a user ID alone converts into one.
///
/// ```
/// use plaid_edge_client::LinkTokenRequest;
///
/// let request = LinkTokenRequest::new("user-1")
///     .client_name("My app")
///     .products(["auth", "identity"])
///     .country_codes(["US", "CA"])
///     .field("webhook", "https://example.com/webhook");
/// ```
#[derive(Clone, Debug, Default)]
pub struct LinkTokenRequest {
    client_user_id: String,
    access_token: Option<Secret>,
    client_name: Option<String>,
    country_codes: Option<Vec<String>>,
    language: Option<String>,
    products: Option<Vec<String>>,
    account_subtypes: Option<Vec<String>>,
    /// None for a value that can't be serialized.
    fields: Vec<(String, Option<Box<RawValue>>)>,
}

impl LinkTokenRequest {
    /// For one of your users, by your own ID, which should not reveal who it is.
    ///
    /// ```
    /// let request = plaid_edge_client::LinkTokenRequest::new("user-1");
    /// ```
    pub fn new(client_user_id: impl Into<String>) -> Self {
        Self {
            client_user_id: client_user_id.into(),
            ..Self::default()
        }
    }

    /// Opens Link in update mode, in which the user repairs this Item. Products and account filters are not sent.
    ///
    /// ```
    /// # let access_token = "access-sandbox-1";
    /// let request = plaid_edge_client::LinkTokenRequest::new("user-1").access_token(access_token);
    /// ```
    #[must_use]
    pub fn access_token(mut self, access_token: impl Into<Secret>) -> Self {
        self.access_token = Some(access_token.into());
        self
    }

    /// The name that Link shows: `None` by default.
    ///
    /// ```
    /// let request = plaid_edge_client::LinkTokenRequest::new("user-1").client_name("My app");
    /// ```
    #[must_use]
    pub fn client_name(mut self, name: impl Into<String>) -> Self {
        self.client_name = Some(name.into());
        self
    }

    /// Countries whose institutions Link offers: `US` by default.
    ///
    /// ```
    /// let request = plaid_edge_client::LinkTokenRequest::new("user-1").country_codes(["US", "CA"]);
    /// ```
    #[must_use]
    pub fn country_codes<S: Into<String>>(mut self, codes: impl IntoIterator<Item = S>) -> Self {
        self.country_codes = Some(codes.into_iter().map(Into::into).collect());
        self
    }

    /// Link's language: `en` by default.
    ///
    /// ```
    /// let request = plaid_edge_client::LinkTokenRequest::new("user-1").language("es");
    /// ```
    #[must_use]
    pub fn language(mut self, language: impl Into<String>) -> Self {
        self.language = Some(language.into());
        self
    }

    /// Products to create the Item with: `auth` by default.
    ///
    /// ```
    /// let request = plaid_edge_client::LinkTokenRequest::new("user-1").products(["transactions"]);
    /// ```
    #[must_use]
    pub fn products<S: Into<String>>(mut self, products: impl IntoIterator<Item = S>) -> Self {
        self.products = Some(products.into_iter().map(Into::into).collect());
        self
    }

    /// Depository account subtypes that Link offers: `checking` and `savings` by default.
    ///
    /// ```
    /// let request = plaid_edge_client::LinkTokenRequest::new("user-1").account_subtypes(["checking"]);
    /// ```
    #[must_use]
    pub fn account_subtypes<S: Into<String>>(mut self, subtypes: impl IntoIterator<Item = S>) -> Self {
        self.account_subtypes = Some(subtypes.into_iter().map(Into::into).collect());
        self
    }

    /// Any other field of `/link/token/create`. `user` is merged with the one that is always sent.
    ///
    /// ```
    /// use serde_json::json;
    ///
    /// let request = plaid_edge_client::LinkTokenRequest::new("user-1")
    ///     .field("redirect_uri", "https://example.com/oauth")
    ///     .field("user", json!({ "email_address": "alberta@example.com" }));
    /// ```
    #[must_use]
    pub fn field(mut self, name: impl Into<String>, value: impl Serialize) -> Self {
        self.fields.push((name.into(), raw(&value)));
        self
    }

    pub(crate) fn body(&self) -> Result<String, ArgumentError> {
        let list = |list: &Option<Vec<String>>, error| match list {
            Some(list) if list.is_empty() => Err(error),
            list => list.as_ref().map(|list| texts(list, error)).transpose(),
        };
        let one = |one: &Option<String>, error| one.as_ref().map(|one| text(one, error)).transpose();
        let user = text(&self.client_user_id, ArgumentError::CLIENT_USER_ID)?;
        let token = self.access_token.as_ref();
        let token = token.map(|token| text(token.expose(), ArgumentError::UPDATED_TOKEN));
        let token = token.transpose()?;
        let client_name = one(&self.client_name, ArgumentError::CLIENT_NAME)?;
        let country_codes = list(&self.country_codes, ArgumentError::COUNTRY_CODES)?;
        let language = one(&self.language, ArgumentError::LANGUAGE)?;
        let products = list(&self.products, ArgumentError::PRODUCTS)?;
        let account_subtypes = list(&self.account_subtypes, ArgumentError::ACCOUNT_SUBTYPES)?;
        let settings = LinkSettings {
            client_name: client_name.as_deref(),
            country_codes: country_codes.as_deref(),
            language: language.as_deref(),
            products: products.as_deref(),
            account_subtypes: account_subtypes.as_deref(),
        };
        let body = request::create_link_token(&settings, &user, token.as_deref());
        if self.fields.is_empty() {
            return Ok(body);
        }
        self.overlaid(&body).ok_or(ArgumentError::OVERRIDES)
    }

    /// The body with the additional fields.
    fn overlaid(&self, body: &str) -> Option<String> {
        let mut body = Object::parse(body)?;
        for (name, value) in &self.fields {
            let mut value = value.clone()?;
            if name == "user" {
                let mut user = Object::parse(body.get(name)?.get())?;
                user.extend(Object::parse(value.get())?);
                value = raw(&user)?;
            }
            body.set(name, value);
        }
        json(&body)
    }
}

impl From<&str> for LinkTokenRequest {
    fn from(client_user_id: &str) -> Self {
        Self::new(client_user_id)
    }
}

impl From<String> for LinkTokenRequest {
    fn from(client_user_id: String) -> Self {
        Self::new(client_user_id)
    }
}

/// An Item, and which of its accounts to return. An access token alone converts into one, for all accounts.
///
/// ```
/// use plaid_edge_client::ItemRequest;
///
/// # let access_token = "access-sandbox-1";
/// let request = ItemRequest::new(access_token).account_ids(["BxBXxLj1m4HMXBm9WZZmCWVbPjX16EHwv99vp"]);
/// ```
#[derive(Clone, Debug)]
pub struct ItemRequest {
    access_token: Secret,
    account_ids: Vec<String>,
}

impl ItemRequest {
    /// All accounts of an Item.
    ///
    /// ```
    /// let request = plaid_edge_client::ItemRequest::new("access-sandbox-1");
    /// ```
    pub fn new(access_token: impl Into<Secret>) -> Self {
        Self {
            access_token: access_token.into(),
            account_ids: Vec::new(),
        }
    }

    /// Only these accounts. An empty list means all.
    ///
    /// ```
    /// let request = plaid_edge_client::ItemRequest::new("access-sandbox-1").account_ids(["account-1"]);
    /// ```
    #[must_use]
    pub fn account_ids<S: Into<String>>(mut self, ids: impl IntoIterator<Item = S>) -> Self {
        self.account_ids = ids.into_iter().map(Into::into).collect();
        self
    }

    pub(crate) fn body(&self) -> Result<String, ArgumentError> {
        let token = text(self.access_token.expose(), ArgumentError::ACCESS_TOKEN)?;
        let ids = texts(&self.account_ids, ArgumentError::ACCOUNT_IDS)?;
        let ids = (!self.account_ids.is_empty()).then_some(ids);
        Ok(request::item(&token, ids.as_deref()))
    }
}

impl<S: Into<Secret>> From<S> for ItemRequest {
    fn from(access_token: S) -> Self {
        Self::new(access_token)
    }
}

/// Where to start reading events. The ID of the last handled event converts into one; 0 is the beginning.
///
/// ```
/// use plaid_edge_client::EventsRequest;
///
/// let after = EventsRequest::after(17).count(25);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct EventsRequest {
    pub(crate) after_id: u64,
    pub(crate) count: Option<u32>,
}

impl EventsRequest {
    /// After the event with this ID.
    ///
    /// ```
    /// let after = plaid_edge_client::EventsRequest::after(17);
    /// ```
    pub const fn after(event_id: u64) -> Self {
        Self {
            after_id: event_id,
            count: None,
        }
    }

    /// Events per page: at most 25 bank transfer events, or 500 transfer events.
    ///
    /// ```
    /// let after = plaid_edge_client::EventsRequest::after(0).count(25);
    /// ```
    #[must_use]
    pub const fn count(mut self, count: u32) -> Self {
        self.count = Some(count);
        self
    }
}

impl From<u64> for EventsRequest {
    fn from(event_id: u64) -> Self {
        Self::after(event_id)
    }
}

/// Where to start reading an Item's transactions. An access token alone converts into one, from the beginning.
///
/// ```
/// use plaid_edge_client::TransactionsRequest;
///
/// # let (access_token, next_cursor) = ("access-sandbox-1", "tVUUL15lYQN5rBnfDIc1I8xudpGdIlw9nsgeXWvhOfkECvUeR663i3Dt1uf");
/// let request = TransactionsRequest::new(access_token).cursor(next_cursor);
/// ```
#[derive(Clone, Debug)]
pub struct TransactionsRequest {
    access_token: Secret,
    cursor: Option<String>,
    count: Option<u32>,
    /// Some(None) for a value that can't be serialized.
    options: Option<Option<Box<RawValue>>>,
}

impl TransactionsRequest {
    /// All transactions of an Item.
    ///
    /// ```
    /// let request = plaid_edge_client::TransactionsRequest::new("access-sandbox-1");
    /// ```
    pub fn new(access_token: impl Into<Secret>) -> Self {
        Self {
            access_token: access_token.into(),
            cursor: None,
            count: None,
            options: None,
        }
    }

    /// Only changes since this `next_cursor`. An empty one means the beginning.
    ///
    /// ```
    /// # let stored = String::new();
    /// let request = plaid_edge_client::TransactionsRequest::new("access-sandbox-1").cursor(stored);
    /// ```
    #[must_use]
    pub fn cursor(mut self, cursor: impl Into<String>) -> Self {
        self.cursor = Some(cursor.into());
        self
    }

    /// Transactions per page: 1 to 500, 500 by default.
    ///
    /// ```
    /// let request = plaid_edge_client::TransactionsRequest::new("access-sandbox-1").count(100);
    /// ```
    #[must_use]
    pub const fn count(mut self, count: u32) -> Self {
        self.count = Some(count);
        self
    }

    /// Plaid's `options` object.
    ///
    /// ```
    /// use serde_json::json;
    ///
    /// let options = json!({ "include_original_description": true });
    /// let request = plaid_edge_client::TransactionsRequest::new("access-sandbox-1").options(options);
    /// ```
    #[must_use]
    pub fn options(mut self, options: impl Serialize) -> Self {
        self.options = Some(raw(&options));
        self
    }

    /// The body for a page. `cursor` takes precedence over the initial one.
    pub(crate) fn body(&self, cursor: Option<&str>) -> Result<String, ArgumentError> {
        let token = text(self.access_token.expose(), ArgumentError::ACCESS_TOKEN)?;
        // Plaid accepts no empty cursor: to start at the beginning, leave it out.
        let cursor = cursor.or(self.cursor.as_deref()).filter(|cursor| is_text(cursor));
        let cursor = cursor
            .map(|cursor| text(cursor, ArgumentError::CURSOR))
            .transpose()?;
        if self.count.is_some_and(|count| count == 0 || count > MAX_COUNT) {
            return Err(ArgumentError::COUNT);
        }
        let count = self.count.map(|count| count.to_string());
        let options = match &self.options {
            None => None,
            Some(Some(options)) if options.get().starts_with('{') => Some(options.get()),
            Some(_) => return Err(ArgumentError::SYNC_OPTIONS),
        };
        let page = TransactionsPage {
            cursor: cursor.as_deref(),
            count: count.as_deref(),
            options,
        };
        Ok(request::transactions_sync(&token, &page))
    }
}

impl<S: Into<Secret>> From<S> for TransactionsRequest {
    fn from(access_token: S) -> Self {
        Self::new(access_token)
    }
}

fn is_text(text: &str) -> bool {
    !text.trim().is_empty()
}

/// A text as JSON, which must not be blank.
pub(crate) fn text(text: &str, error: ArgumentError) -> Result<String, ArgumentError> {
    json(text).filter(|_| is_text(text)).ok_or(error)
}

/// Texts as JSON, of which none may be blank.
fn texts(texts: &[String], error: ArgumentError) -> Result<String, ArgumentError> {
    json(texts)
        .filter(|_| texts.iter().all(|text| is_text(text)))
        .ok_or(error)
}
