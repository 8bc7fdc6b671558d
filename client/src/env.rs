//! The configuration: credentials and host from the environment, and the limits of a client.

use std::time::Duration;

use plaid_edge_core::config::{self, DEFAULT_RETRIES, ENV_KEYS, Value};
use plaid_edge_core::error::NOT_CONFIGURED;

use crate::error::{Error, in_rust};
use crate::secret::Secret;

/// A client's credentials, host, and limits. It is read from an environment with these keys:
///
/// | key | value |
/// |---|---|
/// | `PLAID_CLIENT_ID`, `PLAID_SECRET` | from [Plaid's dashboard](https://dashboard.plaid.com/developers/keys) |
/// | `PLAID_ENV` | `sandbox` or `production` |
/// | `PLAID_BASE_URL` | optional: another host, such as a proxy or a local sandbox |
///
/// ```
/// use plaid_edge_client::Config;
///
/// let config = Config::from_env(|key| std::env::var(key).ok());
/// # let error = config.unwrap_err();
/// # assert!(error.to_string().contains("PLAID_CLIENT_ID is missing"), "{error}");
/// ```
#[derive(Clone, Debug)]
pub struct Config {
    /// The URL before a path.
    pub(crate) base_url: String,
    pub(crate) client_id: Secret,
    pub(crate) secret: Secret,
    pub(crate) timeout: Option<Duration>,
    pub(crate) max_retries: u32,
}

impl Config {
    /// Reads the environment through any function from key to value.
    ///
    /// ```
    /// use plaid_edge_client::Config;
    ///
    /// let config = Config::from_env(|key| match key {
    ///     "PLAID_CLIENT_ID" => Some("5a4db0c0ffee5a4db0c0ffee".to_owned()),
    ///     "PLAID_SECRET" => Some("5a4db0c0ffee5a4db0c0ffee5a4db0".to_owned()),
    ///     "PLAID_ENV" => Some("sandbox".to_owned()),
    ///     _ => None,
    /// });
    /// assert!(config.is_ok());
    ///
    /// let error = Config::from_env(|_| None).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "plaid-edge is not configured: PLAID_CLIENT_ID is missing; PLAID_SECRET is missing; \
    ///      PLAID_ENV is missing: set it to \"sandbox\" or \"production\", or set PLAID_BASE_URL"
    /// );
    /// ```
    ///
    /// # Errors
    /// [`Error::Configuration`], which lists every problem.
    pub fn from_env(get: impl FnMut(&str) -> Option<String>) -> Result<Self, Error> {
        let texts = ENV_KEYS.map(get);
        Self::read(texts.each_ref().map(|text| match text {
            Some(text) => Value::Text(text),
            None => Value::Missing,
        }))
    }

    /// From valid values.
    pub(crate) fn new(base_url: &str, client_id: &str, secret: &str) -> Self {
        Self {
            base_url: base_url.to_owned(),
            client_id: client_id.into(),
            secret: secret.into(),
            timeout: None,
            max_retries: DEFAULT_RETRIES,
        }
    }

    fn read(values: [Value<'_>; 4]) -> Result<Self, Error> {
        let mut problems = Vec::new();
        let read = config::Config::read(values, &mut |problem| {
            problems.push(in_rust(&problem.to_string()).into_owned());
        });
        match read {
            Some(config) => Ok(Self::new(&config.base_url, &config.client_id, &config.secret)),
            None => Err(Error::Configuration {
                message: NOT_CONFIGURED.replace("{problems}", &problems.join("; ")),
                problems,
            }),
        }
    }

    /// How long one attempt may take, including reading the response: 30 seconds by default, or 60 for endpoints where
    /// Plaid may wait for a bank.
    ///
    /// ```
    /// use std::time::Duration;
    /// # use plaid_edge_client::Config;
    /// # fn configured(config: Config) -> Config {
    /// config.timeout(Duration::from_secs(10)).max_retries(3)
    /// # }
    /// ```
    #[must_use]
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Attempts after the first: 2 by default, 0 turns retries off.
    ///
    /// ```
    /// # use plaid_edge_client::Config;
    /// # fn configured(config: Config) -> Config {
    /// config.max_retries(0)
    /// # }
    /// ```
    #[must_use]
    pub const fn max_retries(mut self, retries: u32) -> Self {
        self.max_retries = retries;
        self
    }
}

#[cfg(target_arch = "wasm32")]
mod js {
    use js_sys::{Object, Promise, Reflect};
    use wasm_bindgen::prelude::*;
    use wasm_bindgen_futures::JsFuture;

    use super::*;

    /// The value of a key.
    enum Found {
        Text(Option<String>),
        NotText,
        Binding(JsValue),
        BindingFailed,
        Unreadable,
    }

    impl Config {
        /// Reads a JavaScript object, such as a `worker::Env`. Only its own properties are read.
        ///
        /// ```no_run
        /// # #[cfg(target_arch = "wasm32")]
        /// fn client(env: &wasm_bindgen::JsValue) -> Result<plaid_edge_client::Client, plaid_edge_client::Error> {
        ///     Ok(plaid_edge_client::Client::new(plaid_edge_client::Config::from_js(env)?))
        /// }
        /// ```
        ///
        /// # Errors
        /// [`Error::Configuration`], which lists every problem.
        pub fn from_js(env: &impl AsRef<JsValue>) -> Result<Self, Error> {
            Self::from_found(&ENV_KEYS.map(|key| find(env.as_ref(), key)))
        }

        /// Reads a JavaScript object some of whose values are bindings with a `get()`, as those of Cloudflare's Secrets Store.
        ///
        /// ```no_run
        /// # #[cfg(target_arch = "wasm32")]
        /// async fn client(env: &wasm_bindgen::JsValue) -> Result<plaid_edge_client::Client, plaid_edge_client::Error> {
        ///     Ok(plaid_edge_client::Client::new(plaid_edge_client::Config::from_bindings(env).await?))
        /// }
        /// ```
        ///
        /// # Errors
        /// [`Error::Configuration`], which lists every problem.
        pub async fn from_bindings(env: &impl AsRef<JsValue>) -> Result<Self, Error> {
            // Start all requests before waiting for one.
            let asked = ENV_KEYS.map(|key| match find(env.as_ref(), key) {
                Found::Binding(binding) => Err(ask(&binding)),
                found => Ok(found),
            });
            let mut all = [const { Found::Text(None) }; 4];
            for (slot, asked) in all.iter_mut().zip(asked) {
                *slot = match asked {
                    Ok(found) => found,
                    Err(None) => Found::BindingFailed,
                    Err(Some(promise)) => match JsFuture::from(promise).await {
                        Ok(value) => as_text(value),
                        // The binding's own message may quote its value, so it is not repeated.
                        Err(_) => Found::BindingFailed,
                    },
                };
            }
            Self::from_found(&all)
        }

        fn from_found(found: &[Found; 4]) -> Result<Self, Error> {
            Self::read(found.each_ref().map(|found| match found {
                Found::Text(Some(text)) => Value::Text(text),
                Found::Text(None) => Value::Missing,
                Found::NotText => Value::NotText,
                Found::Binding(_) => Value::Binding,
                Found::BindingFailed => Value::BindingFailed,
                Found::Unreadable => Value::Unreadable { hint: "" },
            }))
        }
    }

    fn find(env: &JsValue, key: &str) -> Found {
        let Some(env) = env.dyn_ref::<Object>() else {
            return Found::Text(None);
        };
        let key = JsValue::from(key);
        match get_own(env, &key) {
            Ok(Some(value)) => match as_text(value.clone()) {
                Found::NotText if get_of(&value).is_some() => Found::Binding(value),
                found => found,
            },
            Ok(None) => Found::Text(None),
            // The getter's error may quote the value.
            Err(_) => Found::Unreadable,
        }
    }

    /// An own property: what an object inherits is not a setting.
    fn get_own(object: &Object, key: &JsValue) -> Result<Option<JsValue>, JsValue> {
        let descriptor = Reflect::get_own_property_descriptor(object, key)?;
        if descriptor.is_undefined() {
            return Ok(None);
        }
        Reflect::get(object, key).map(Some)
    }

    fn as_text(value: JsValue) -> Found {
        serde_wasm_bindgen::from_value(value).map_or(Found::NotText, Found::Text)
    }

    fn get_of(binding: &JsValue) -> Option<js_sys::Function> {
        let binding = binding.dyn_ref::<Object>()?;
        Reflect::get(binding, &"get".into()).ok()?.dyn_into().ok()
    }

    fn ask(binding: &JsValue) -> Option<Promise> {
        let value = get_of(binding)?.call0(binding).ok()?;
        Some(Promise::resolve(&value))
    }
}
