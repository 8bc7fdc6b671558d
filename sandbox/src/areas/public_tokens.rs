//! Public tokens: `/item/public_token/exchange` (<https://plaid.com/docs/api/items/#itempublic_tokenexchange>) and
//! `/sandbox/public_token/create` (<https://plaid.com/docs/api/sandbox/#sandboxpublic_tokencreate>).

use serde_json::{Value, json};

use crate::areas::link_fields::PRODUCTS;
use crate::areas::{Endpoint, Handler, custom_user};
use crate::clock::MINUTE;
use crate::data::institutions::{self, Institution};
use crate::data::test_user;
use crate::error::PlaidError;
use crate::fields::{
    Body,
    Kind::{Date, Integer, List, NonEmptyList, OneOf, Record, Text},
    nullable, optional, required,
};
use crate::state::items::Account;
use crate::state::tokens::PublicToken;
use crate::state::{Call, check_token};

pub(crate) const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        path: "/sandbox/public_token/create",
        fields: &[
            required("institution_id", Text),
            required("initial_products", NonEmptyList(&OneOf(PRODUCTS))),
            optional(
                "options",
                Record(&[
                    optional("webhook", Text),
                    nullable("override_username", Text),
                    nullable("override_password", Text),
                    nullable(
                        "transactions",
                        Record(&[
                            optional("start_date", Date),
                            optional("end_date", Date),
                            optional("days_requested", Integer(1, 730)),
                        ]),
                    ),
                    nullable(
                        "statements",
                        Record(&[required("start_date", Date), required("end_date", Date)]),
                    ),
                    optional(
                        "income_verification",
                        Record(&[
                            optional("income_source_types", List(&Text)),
                            optional(
                                "bank_income",
                                Record(&[optional("days_requested", Integer(1, 731))]),
                            ),
                        ]),
                    ),
                ]),
            ),
            optional("user_token", Text),
            optional("user_id", Text),
        ],
        handler: Handler::Json(create),
    },
    Endpoint {
        path: "/item/public_token/exchange",
        fields: &[required("public_token", Text)],
        handler: Handler::Json(exchange),
    },
];

const LIFETIME: i64 = 30 * MINUTE;

fn create(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let username = body.text("/options/override_username");
    let password = body.text("/options/override_password");
    let institution = log_in(body.required("/institution_id"), username, password)?;
    let accounts = accounts(username, password)?;
    let products = body
        .texts("/initial_products")
        .into_iter()
        .map(str::to_owned)
        .collect();
    if body.texts("/initial_products").contains(&"statements") && !body.has("/options/statements") {
        return Err(PlaidError::invalid_field(
            "options.statements must be set when initial_products contains statements",
        ));
    }
    let webhook = body.text("/options/webhook").map(str::to_owned);
    let item_id = call.add_item(institution, products, webhook, accounts);
    if let Some(item) = call.state.items.get_mut(&item_id) {
        item.options = body.copy("/options");
        item.dynamic = username == Some(test_user::DYNAMIC);
    }
    call.link_to_user(&item_id, body)?;
    Ok(json!({ "public_token": issue(call, item_id) }))
}

/// Logs in at a bank, as `user_good` unless another user is given.
pub(crate) fn log_in(
    institution_id: &str,
    username: Option<&str>,
    password: Option<&str>,
) -> Result<&'static Institution, PlaidError> {
    let institution = institutions::find(institution_id)?;
    if let Some(code) = institution.always_fails {
        return Err(PlaidError::of(code));
    }
    test_user::log_in(username.unwrap_or("user_good"), password.unwrap_or("pass_good"))?;
    Ok(institution)
}

/// The accounts that a login leads to.
pub(crate) fn accounts(username: Option<&str>, password: Option<&str>) -> Result<Vec<Account>, PlaidError> {
    if username == Some(test_user::CUSTOM) {
        return custom_user::accounts(password.unwrap_or_default());
    }
    let dynamic = username == Some(test_user::DYNAMIC);
    Ok(test_user::accounts(dynamic).map(Account::from).collect())
}

/// Makes a public token for an Item.
pub(crate) fn issue(call: &mut Call, item_id: String) -> String {
    let token = call.random.token("public");
    call.state.public_tokens.insert(
        token.clone(),
        PublicToken {
            item_id,
            created: call.now,
        },
    );
    token
}

fn exchange(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let token = body.required("/public_token");
    check_token("public", token, "INVALID_PUBLIC_TOKEN")?;
    let found = call
        .state
        .public_tokens
        .get(token)
        .ok_or_else(|| PlaidError::of("INVALID_PUBLIC_TOKEN"))?;
    if call.now.saturating_sub(found.created) >= LIFETIME {
        return Err(PlaidError::of("INVALID_PUBLIC_TOKEN").with_message(
            "provided public token is expired. Public tokens expire 30 minutes after creation at which point they can no longer be exchanged",
        ));
    }
    let item_id = found.item_id.clone();
    let access_token = call.random.token("access");
    call.state.public_tokens.remove(token);
    call.state
        .access_tokens
        .insert(access_token.clone(), item_id.clone());
    Ok(json!({ "access_token": access_token, "item_id": item_id }))
}
