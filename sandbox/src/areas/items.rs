//! Items (<https://plaid.com/docs/api/items/>).

use serde_json::{Value, json};

use crate::areas::link_fields::PRODUCTS;
use crate::areas::{Endpoint, Handler};
use crate::clock;
use crate::data::institutions::{self, FIRST_PLATYPUS};
use crate::data::test_user;
use crate::error::PlaidError;
use crate::fields::{
    Body, Field,
    Kind::{NonEmptyList, OneOf, Record, Text, TextUpTo, Url},
    nullable, optional, required, with,
};
use crate::state::Call;
use crate::state::items::Account;

pub(crate) const ENDPOINTS: &[Endpoint] = &[
    super::json("/item/import", IMPORT, import),
    Endpoint {
        path: "/item/get",
        fields: &[required("access_token", Text)],
        handler: Handler::Json(get),
    },
    Endpoint {
        path: "/item/remove",
        fields: &[
            required("access_token", Text),
            nullable(
                "reason_code",
                OneOf(&[
                    "FRAUD_FIRST_PARTY",
                    "FRAUD_FALSE_IDENTITY",
                    "FRAUD_ABUSE",
                    "FRAUD_OTHER",
                    "CONNECTION_IS_NON_FUNCTIONAL",
                    "OTHER",
                ]),
            ),
            nullable("reason_note", TextUpTo(512)),
        ],
        handler: Handler::Json(remove),
    },
    Endpoint {
        path: "/item/access_token/invalidate",
        fields: &[required("access_token", Text)],
        handler: Handler::Json(invalidate_access_token),
    },
    Endpoint {
        path: "/item/webhook/update",
        fields: &[required("access_token", Text), nullable("webhook", Url)],
        handler: Handler::Json(update_webhook),
    },
];

fn get(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let item = call.item(body.required("/access_token"))?;
    let full = with(item.json(), "created_at", Some(clock::timestamp(item.created)));
    let updated = |product: &str| {
        item.has(product).then(|| {
            json!({ "last_successful_update": clock::timestamp(item.created), "last_failed_update": null })
        })
    };
    let last_webhook = item.last_webhook.as_ref();
    Ok(json!({
        "item": full,
        "status": {
            "transactions": updated("transactions"),
            "investments": updated("investments"),
            "last_webhook": last_webhook
                .map(|(sent, code)| json!({ "sent_at": clock::timestamp(*sent), "code_sent": code })),
        },
    }))
}

fn remove(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    call.item(body.required("/access_token"))?.removed = true;
    Ok(json!({}))
}

fn invalidate_access_token(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let old = body.required("/access_token");
    let item_id = call.item(old)?.item_id.clone();
    let new = call.random.token("access");
    call.state.access_tokens.remove(old);
    call.state.access_tokens.insert(new.clone(), item_id);
    Ok(json!({ "new_access_token": new }))
}

fn update_webhook(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let url = body.text("/webhook").map(str::to_owned);
    let item = call.item(body.required("/access_token"))?;
    item.webhook = url.clone();
    let (item_id, response) = (item.item_id.clone(), json!({ "item": item.json() }));
    let payload = json!({ "new_webhook_url": url, "error": null });
    call.send_item_webhook(&item_id, "ITEM", "WEBHOOK_UPDATE_ACKNOWLEDGED", payload);
    Ok(response)
}

const IMPORT: &[Field] = &[
    required("products", NonEmptyList(&OneOf(PRODUCTS))),
    required(
        "user_auth",
        Record(&[required("user_id", Text), required("auth_token", Text)]),
    ),
    optional("institution_id", Text),
    optional("options", Record(&[optional("webhook", Url)])),
];

fn import(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let institution = institutions::find(body.text("/institution_id").unwrap_or(FIRST_PLATYPUS))?;
    test_user::log_in(
        body.required("/user_auth/user_id"),
        body.required("/user_auth/auth_token"),
    )?;
    let products = body.texts("/products").into_iter().map(str::to_owned).collect();
    let webhook = body.text("/options/webhook").map(str::to_owned);
    let item_id = call.add_item(
        institution,
        products,
        webhook,
        test_user::accounts(false).map(Account::from).collect(),
    );
    let token = call.random.token("access");
    call.state.access_tokens.insert(token.clone(), item_id);
    Ok(json!({ "access_token": token }))
}
