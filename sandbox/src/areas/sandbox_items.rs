//! What Plaid's Sandbox can do to an Item on request (<https://plaid.com/docs/api/sandbox/>).

use serde_json::{Value, json};

use crate::areas::item_webhooks::{self as webhooks, CODES, TYPES};
use crate::areas::{Endpoint, Handler};
use crate::error::PlaidError;
use crate::fields::{
    Body,
    Kind::{OneOf, Text},
    optional, required,
};
use crate::state::Call;
use crate::state::items::Login;

pub(crate) const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        path: "/sandbox/item/reset_login",
        fields: &[required("access_token", Text)],
        handler: Handler::Json(reset_login),
    },
    Endpoint {
        path: "/sandbox/item/fire_webhook",
        fields: &[
            required("access_token", Text),
            required("webhook_code", OneOf(CODES)),
            optional("webhook_type", OneOf(TYPES)),
        ],
        handler: Handler::Json(fire_webhook),
    },
];

fn reset_login(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let item = call.item(body.required("/access_token"))?;
    item.login = Login::Required;
    let item_id = item.item_id.clone();
    let error = PlaidError::of("ITEM_LOGIN_REQUIRED").in_webhook();
    call.send_item_webhook(&item_id, "ITEM", "ERROR", json!({ "error": error }));
    Ok(json!({ "reset_login": true }))
}

fn fire_webhook(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let (now, report_id) = (call.now, call.random.uuid());
    let item = call.item(body.required("/access_token"))?;
    let item_id = item.item_id.clone();
    let code = body.required("/webhook_code");
    let webhook = webhooks::about(item, code, body.text("/webhook_type"), now, report_id)?;
    if item.webhook.is_none() {
        return Err(PlaidError::of("SANDBOX_WEBHOOK_INVALID"));
    }
    call.send_item_webhook(&item_id, webhook.webhook_type, code, webhook.fields);
    Ok(json!({ "webhook_fired": true }))
}
