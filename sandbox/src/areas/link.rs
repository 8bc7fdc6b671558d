//! Link tokens (<https://plaid.com/docs/api/link/>).

use serde_json::{Value, json};

use crate::areas::link_fields;
use crate::areas::{Endpoint, Handler};
use crate::clock::{self, HOUR, MINUTE, SECOND};
use crate::error::PlaidError;
use crate::fields::{Body, Kind::Text, required, with};
use crate::random;
use crate::state::Call;
use crate::state::tokens::LinkToken;

pub(crate) const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        path: "/link/token/create",
        fields: link_fields::CREATE,
        handler: Handler::Json(create),
    },
    Endpoint {
        path: "/link/token/get",
        fields: &[required("link_token", Text)],
        handler: Handler::Json(get),
    },
];

fn create(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    check_request(body)?;
    super::users::named_user(body, call)?;
    let item_id = match body.text("/access_token") {
        Some(token) => Some(call.item(token)?.item_id.clone()),
        None => None,
    };
    let expires = call.now.saturating_add(lifetime(body));
    let token = call.random.token("link");
    let hosted = body.has("/hosted_link");
    let hosted_url = hosted.then(|| {
        format!(
            "https://secure.plaid.com/link/{}",
            call.random.id().to_lowercase()
        )
    });
    let response = json!({ "link_token": token, "expiration": clock::timestamp(expires) });
    let response = with(response, "hosted_link_url", hosted_url);
    let response = with(response, "user_id", body.text("/user_id"));
    let request = body.0.clone();
    let link_token = LinkToken {
        created: call.now,
        expires,
        request,
        item_id,
        sessions: Vec::new(),
        used: false,
    };
    call.state.link_tokens.insert(token, link_token);
    Ok(response)
}

/// What the fields' own descriptions can't say.
fn check_request(body: &Body) -> Result<(), PlaidError> {
    if !body.has("/user") && !body.has("/user_id") {
        return Err(PlaidError::missing_fields("user"));
    }
    if body.text("/redirect_uri").is_some_and(|uri| uri.contains('?')) {
        return Err(PlaidError::invalid_field(
            "redirect_uri must not contain a query string",
        ));
    }
    let set = |pointer| body.text(pointer).is_some_and(|text| !text.is_empty());
    if set("/redirect_uri") && set("/android_package_name") {
        return Err(PlaidError::invalid_field(
            "redirect_uri and android_package_name must not both be set",
        ));
    }
    check_products(body)
}

fn check_products(body: &Body) -> Result<(), PlaidError> {
    let products = body.texts("/products");
    let for_something_existing = body.has("/access_token")
        || body.flag("/update/user")
        || body.has("/transfer/authorization_id")
        || body.has("/access_tokens");
    if products.is_empty() && !for_something_existing {
        return Err(PlaidError::invalid_field("products must be a non-empty array"));
    }
    if products.contains(&"balance") {
        return Err(PlaidError::invalid_field(
            "products must not contain balance: it is available without being requested",
        ));
    }
    for (list, others) in DISJOINT_PRODUCT_LISTS {
        for other in *others {
            let other_products = body.texts(&format!("/{other}"));
            if let Some(both) = body
                .texts(&format!("/{list}"))
                .iter()
                .find(|product| other_products.contains(product))
            {
                return Err(PlaidError::invalid_field(format!(
                    "{list} and {other} must not both contain {both}"
                )));
            }
        }
    }
    Ok(())
}

const DISJOINT_PRODUCT_LISTS: &[(&str, &[&str])] = &[
    (
        "required_if_supported_products",
        &["products", "optional_products", "additional_consented_products"],
    ),
    (
        "optional_products",
        &["products", "additional_consented_products"],
    ),
    ("additional_consented_products", &["products"]),
];

fn lifetime(body: &Body) -> i64 {
    if let Some(seconds) = body.integer("/hosted_link/url_lifetime_seconds") {
        return i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(SECOND);
    }
    let hosted = body.has("/hosted_link");
    if hosted || body.has("/access_token") || body.flag("/update/user") {
        30 * MINUTE
    } else {
        4 * HOUR
    }
}

fn get(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let token = body.required("/link_token");
    let found = find(call, token)?;
    let request = Body(found.request.clone());
    let metadata = json!({
        "initial_products": request.texts("/products"),
        "webhook": request.copy("/webhook"),
        "country_codes": request.copy("/country_codes"),
        "language": request.copy("/language"),
        "redirect_uri": request.copy("/redirect_uri"),
        "client_name": request.copy("/client_name"),
    });
    let metadata = with(
        metadata,
        "institution_data",
        request.at("/institution_data").cloned(),
    );
    let metadata = with(
        metadata,
        "account_filters",
        request.at("/account_filters").cloned(),
    );
    let response = json!({
        "link_token": token,
        "created_at": clock::timestamp(found.created),
        "expiration": clock::timestamp(found.expires),
        "metadata": metadata,
    });
    let sessions = (!found.sessions.is_empty()).then(|| found.sessions.clone());
    Ok(with(response, "link_sessions", sessions))
}

/// The link token, expired or not, or the errors for a malformed and for an unknown one.
pub(crate) fn find<'a>(call: &'a mut Call, token: &str) -> Result<&'a mut LinkToken, PlaidError> {
    let identifier = token.strip_prefix("link-sandbox-");
    if !identifier.is_some_and(random::is_uuid) {
        return Err(PlaidError::invalid_field(
            "link_token must be a valid link token: link-<environment>-<identifier>",
        ));
    }
    call.state
        .link_tokens
        .get_mut(token)
        .ok_or_else(|| PlaidError::of("INVALID_LINK_TOKEN"))
}
