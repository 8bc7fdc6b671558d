//! Link tokens and public tokens.

use serde_json::Value;

use super::table::Size;

pub(crate) struct LinkToken {
    pub created: i64,
    pub expires: i64,
    /// The request, for what `/link/token/get` repeats and what Link does.
    pub request: Value,
    /// The Item to repair, in update mode.
    pub item_id: Option<String>,
    /// The finished sessions, as `/link/token/get` shows them.
    pub sessions: Vec<Value>,
    /// Whether a session has ended well: then the token is used up.
    pub used: bool,
}

pub(crate) struct PublicToken {
    pub item_id: String,
    pub created: i64,
}

impl Size for LinkToken {
    fn bytes(&self) -> usize {
        let sessions = self.sessions.iter().map(Size::bytes).sum::<usize>();
        self.request.bytes().saturating_add(sessions).saturating_add(64)
    }
}

impl Size for PublicToken {
    fn bytes(&self) -> usize {
        self.item_id.bytes().saturating_add(8)
    }
}
