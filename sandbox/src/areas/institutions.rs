//! Institutions and categories (<https://plaid.com/docs/api/institutions/>).

use serde_json::{Value, json};

use super::link_fields::{COUNTRIES, PRODUCTS};
use super::lists::page;
use super::{Endpoint, json as endpoint};
use crate::clock::{self, DAY};
use crate::data::institutions::{self, Institution};
use crate::error::PlaidError;
use crate::fields::{
    Body, Field,
    Kind::{Flag, Integer, List, NonEmptyList, Object, OneOf, Record, Text},
    nullable, optional, required, with,
};
use crate::state::Call;
use crate::state::items::SUPPORTED_PRODUCTS;

pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint("/institutions/get", GET, get),
    endpoint("/institutions/get_by_id", GET_BY_ID, get_by_id),
    endpoint("/institutions/search", SEARCH, search),
    endpoint("/categories/get", &[], categories),
];

const GET: &[Field] = &[
    required("count", Integer(1, 500)),
    required("offset", Integer(0, u64::MAX)),
    required("country_codes", NonEmptyList(&OneOf(COUNTRIES))),
    optional(
        "options",
        Record(&[
            nullable("products", List(&OneOf(PRODUCTS))),
            nullable("routing_numbers", List(&Text)),
            nullable("oauth", Flag),
            optional("include_optional_metadata", Flag),
            optional("include_auth_metadata", Flag),
            optional("include_payment_initiation_metadata", Flag),
        ]),
    ),
];

const GET_BY_ID: &[Field] = &[
    required("institution_id", Text),
    required("country_codes", NonEmptyList(&OneOf(COUNTRIES))),
    optional(
        "options",
        Record(&[
            optional("include_optional_metadata", Flag),
            optional("include_status", Flag),
            optional("include_auth_metadata", Flag),
            optional("include_payment_initiation_metadata", Flag),
        ]),
    ),
];

const SEARCH: &[Field] = &[
    required("query", Text),
    nullable("products", NonEmptyList(&OneOf(PRODUCTS))),
    required("country_codes", NonEmptyList(&OneOf(COUNTRIES))),
    optional(
        "options",
        Record(&[
            nullable("oauth", Flag),
            optional("include_optional_metadata", Flag),
            optional("include_auth_metadata", Flag),
            optional("include_payment_initiation_metadata", Flag),
            nullable("payment_initiation", Object),
        ]),
    ),
];

const COUNTRY: &[&str] = &["US"];

fn describe(institution: &Institution, body: &Body, now: i64) -> Value {
    let flag = |name: &str| body.flag(&format!("/options/{name}"));
    let mut value = json!({
        "institution_id": institution.id,
        "name": institution.name,
        "products": SUPPORTED_PRODUCTS,
        "country_codes": COUNTRY,
        "routing_numbers": ["011401533"],
        "oauth": institution.tokenized_numbers,
        "dtc_numbers": [],
    });
    if flag("include_optional_metadata") {
        value = with(value, "url", Some("https://plaid.com"));
        value = with(value, "primary_color", Some("#1f1f1f"));
        value = with(value, "logo", Some(Value::Null));
    }
    if flag("include_auth_metadata") {
        let methods = json!({ "instant_auth": true, "instant_match": true, "automated_micro_deposits": true, "instant_micro_deposits": true });
        value = with(
            value,
            "auth_metadata",
            Some(json!({ "supported_methods": methods })),
        );
    }
    if flag("include_payment_initiation_metadata") {
        value = with(value, "payment_initiation_metadata", Some(Value::Null));
    }
    if flag("include_status") {
        let down = institution.always_fails.is_some();
        let (success, error) = if down { (0, 1) } else { (1, 0) };
        let health = json!({
            "status": if down { "DOWN" } else { "HEALTHY" },
            "last_status_change": clock::timestamp(now.saturating_sub(DAY)),
            "breakdown": { "success": success, "error_plaid": 0, "error_institution": error, "refresh_interval": "NORMAL" },
        });
        let status = json!({
            "item_logins": health, "transactions_updates": health, "auth": health, "identity": health,
            "investments": health, "investments_updates": health, "liabilities": health, "liabilities_updates": health,
        });
        value = with(value, "status", Some(status));
    }
    value
}

/// Those of the asked countries and products.
fn matching<'a>(body: &'a Body, products: &'a str) -> impl Iterator<Item = &'static Institution> + 'a {
    let countries = body.texts("/country_codes");
    let products = body.texts(products);
    institutions::INSTITUTIONS.iter().filter(move |institution| {
        let oauth = body.at("/options/oauth").and_then(Value::as_bool);
        countries.iter().any(|code| COUNTRY.contains(code))
            && products
                .iter()
                .all(|product| SUPPORTED_PRODUCTS.contains(product) || *product == "income_verification")
            && oauth.is_none_or(|oauth| oauth == institution.tokenized_numbers)
    })
}

fn get(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let (offset, count) = page(body, "", 100);
    let routing = body.texts("/options/routing_numbers");
    let known = |number: &&str| number.len() == 9 && number.bytes().all(|byte| byte.is_ascii_digit());
    if !routing.is_empty() && !routing.iter().any(known) {
        return Err(PlaidError::invalid_field(
            "options.routing_numbers must contain a valid routing number",
        ));
    }
    let fits = routing
        .iter()
        .filter(|number| known(number))
        .all(|number| *number == "011401533");
    let found: Vec<_> = matching(body, "/options/products").filter(|_| fits).collect();
    let total = found.len();
    let page = found.into_iter().skip(offset).take(count);
    let page: Vec<_> = page
        .map(|institution| describe(institution, body, call.now))
        .collect();
    Ok(json!({ "institutions": page, "total": total }))
}

fn get_by_id(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let institution = institutions::find(body.required("/institution_id"))?;
    if !body
        .texts("/country_codes")
        .iter()
        .any(|code| COUNTRY.contains(code))
    {
        return Err(PlaidError::of("INVALID_INSTITUTION"));
    }
    Ok(json!({ "institution": describe(institution, body, call.now) }))
}

fn search(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let query = body.required("/query").to_lowercase();
    let found = matching(body, "/products")
        .filter(|institution| institution.id == query || institution.name.to_lowercase().contains(&query));
    let page: Vec<_> = found
        .take(10)
        .map(|institution| describe(institution, body, call.now))
        .collect();
    Ok(json!({ "institutions": page }))
}

/// Of Plaid's old list, the entries that the test data could have.
const CATEGORIES: &[(&str, &str, &[&str])] = &[
    ("10000000", "special", &["Bank Fees"]),
    ("13000000", "place", &["Food and Drink"]),
    ("13005000", "place", &["Food and Drink", "Restaurants"]),
    (
        "13005032",
        "place",
        &["Food and Drink", "Restaurants", "Fast Food"],
    ),
    (
        "13005043",
        "place",
        &["Food and Drink", "Restaurants", "Coffee Shop"],
    ),
    ("16000000", "special", &["Payment"]),
    ("16001000", "special", &["Payment", "Credit Card"]),
    ("17018000", "place", &["Recreation", "Gyms and Fitness Centers"]),
    ("19046000", "place", &["Shops", "Sporting Goods"]),
    ("21005000", "special", &["Transfer", "Credit"]),
    ("21007000", "special", &["Transfer", "Deposit"]),
    (
        "22001000",
        "special",
        &["Travel", "Airlines and Aviation Services"],
    ),
    ("22016000", "special", &["Travel", "Taxi"]),
];

fn categories(_: &Body, _: &mut Call) -> Result<Value, PlaidError> {
    let rows = CATEGORIES
        .iter()
        .map(|(id, group, hierarchy)| json!({ "category_id": id, "group": group, "hierarchy": hierarchy }));
    Ok(json!({ "categories": rows.collect::<Vec<_>>() }))
}
