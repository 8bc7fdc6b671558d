//! Items (<https://plaid.com/docs/api/items/>).

use serde_json::{Value, json};

use crate::clock::{self, DAY};
use crate::endpoint::{
    Body, Endpoint,
    Kind::{OneOf, Text, TextUpTo, Url},
    nullable, required, with,
};
use crate::error::PlaidError;
use crate::institutions::Institution;
use crate::state::Call;
use crate::test_user::TestAccount;

pub(crate) const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        path: "/item/get",
        fields: &[required("access_token", Text)],
        answer: get,
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
        answer: remove,
    },
    Endpoint {
        path: "/item/access_token/invalidate",
        fields: &[required("access_token", Text)],
        answer: invalidate_access_token,
    },
    Endpoint {
        path: "/item/webhook/update",
        fields: &[required("access_token", Text), nullable("webhook", Url)],
        answer: update_webhook,
    },
];

pub(crate) struct Item {
    pub item_id: String,
    pub institution: &'static Institution,
    /// Each with its id in this Item.
    pub accounts: Vec<(String, &'static TestAccount)>,
    pub products: Vec<String>,
    pub webhook: Option<String>,
    pub last_webhook: Option<(i64, String)>,
    pub login: Login,
    pub removed: bool,
    pub created: i64,
}

pub(crate) enum Login {
    GoodSince(i64),
    Required,
}

/// Sandbox logins go bad by themselves.
const LOGIN_LASTS: i64 = 30 * DAY;

const SUPPORTED_PRODUCTS: &[&str] = &[
    "assets",
    "auth",
    "balance",
    "identity",
    "investments",
    "liabilities",
    "recurring_transactions",
    "signal",
    "statements",
    "transactions",
    "transfer",
];

impl Item {
    /// Lets a login that is too old go bad.
    pub fn age(&mut self, now: i64) {
        if matches!(self.login, Login::GoodSince(since) if now.saturating_sub(since) >= LOGIN_LASTS) {
            self.login = Login::Required;
        }
    }

    pub fn error(&self) -> Option<PlaidError> {
        matches!(self.login, Login::Required).then(|| PlaidError::of("ITEM_LOGIN_REQUIRED"))
    }

    pub fn has(&self, product: &str) -> bool {
        self.products.iter().any(|own| own == product)
    }

    /// The first call of a product adds it to the Item.
    pub fn bill(&mut self, product: &str) {
        if !self.has(product) {
            self.products.push(product.to_owned());
        }
    }

    /// The `item` of an answer.
    pub fn json(&self) -> Value {
        let available: Vec<_> = SUPPORTED_PRODUCTS
            .iter()
            .filter(|product| !self.has(product))
            .collect();
        json!({
            "item_id": self.item_id,
            "institution_id": self.institution.id,
            "institution_name": self.institution.name,
            "webhook": self.webhook,
            "auth_method": self.has("auth").then_some("INSTANT_AUTH"),
            "error": self.error().map(|error| error.on_item()),
            "available_products": available,
            "billed_products": self.products,
            "products": self.products,
            "consent_expiration_time": null,
            "update_type": "background",
        })
    }
}

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
    let (item_id, answer) = (item.item_id.clone(), json!({ "item": item.json() }));
    let payload = json!({ "new_webhook_url": url, "error": null });
    call.send_item_webhook(&item_id, "ITEM", "WEBHOOK_UPDATE_ACKNOWLEDGED", payload);
    Ok(answer)
}
