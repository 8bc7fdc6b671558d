//! A string that is not shown by accident.

use std::fmt::{self, Debug, Formatter};

use serde::{Deserialize, Serialize};

/// A credential or a token. Its `Debug` shows nothing of it, and it has no `Display`. Serde serializes it as it is, because
/// it is sent and stored that way.
///
/// ```
/// use plaid_edge_client::Secret;
///
/// let token = Secret::from("access-sandbox-8ab976e6");
/// assert_eq!(format!("{token:?}"), "[redacted]");
/// assert_eq!(token.expose(), "access-sandbox-8ab976e6");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The secret itself.
    ///
    /// ```
    /// use plaid_edge_client::Secret;
    ///
    /// assert_eq!(Secret::from("hush").expose(), "hush");
    /// ```
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl Debug for Secret {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<&String> for Secret {
    fn from(text: &String) -> Self {
        Self(text.clone())
    }
}

impl From<&Self> for Secret {
    fn from(secret: &Self) -> Self {
        secret.clone()
    }
}
