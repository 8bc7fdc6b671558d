//! Monitor (<https://plaid.com/docs/api/products/monitor/>).

use serde_json::{Value, json};

use super::lists::has;
use super::{Endpoint, json as endpoint};
use crate::clock;
use crate::error::PlaidError;
use crate::fields::{
    Body, Field,
    Kind::{Date, List, OneOf, Record, Text, TextUpTo},
    nullable, optional, required, set,
};
use crate::state::Call;

pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint("/watchlist_screening/individual/create", SCREEN, create),
    endpoint(
        "/watchlist_screening/individual/get",
        &[required("watchlist_screening_id", Text)],
        get,
    ),
    endpoint("/watchlist_screening/individual/list", SCREENINGS, list),
    endpoint("/watchlist_screening/individual/update", UPDATE, update),
];

const TERMS: &[Field] = &[
    optional("watchlist_program_id", Text),
    optional("legal_name", Text),
    nullable("date_of_birth", Date),
    nullable("document_number", Text),
    nullable("country", Text),
];
const SCREEN: &[Field] = &[
    required("search_terms", Record(TERMS)),
    nullable("client_user_id", Text),
];
const STATUSES: &[&str] = &["rejected", "pending_review", "cleared"];
const SCREENINGS: &[Field] = &[
    required("watchlist_program_id", Text),
    nullable("client_user_id", Text),
    nullable("status", OneOf(STATUSES)),
    nullable("assignee", Text),
    nullable("cursor", TextUpTo(usize::MAX)),
];
const UPDATE: &[Field] = &[
    required("watchlist_screening_id", Text),
    nullable("search_terms", Record(TERMS)),
    nullable("assignee", Text),
    nullable("status", OneOf(STATUSES)),
    nullable("client_user_id", Text),
    nullable("reset_fields", List(&OneOf(&["assignee"]))),
];

fn terms(body: &Body, earlier: Option<&Value>) -> Value {
    let part = |name: &str| {
        let given = body.at(&format!("/search_terms/{name}")).cloned();
        given
            .or_else(|| earlier.and_then(|terms| terms.get(name)).cloned())
            .unwrap_or_default()
    };
    let version = earlier
        .and_then(|terms| terms.get("version"))
        .and_then(Value::as_u64)
        .unwrap_or(0);
    json!({
        "watchlist_program_id": part("watchlist_program_id"), "legal_name": part("legal_name"),
        "date_of_birth": part("date_of_birth"), "document_number": part("document_number"),
        "country": part("country"), "version": version.saturating_add(1),
    })
}

fn create(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    for name in ["watchlist_program_id", "legal_name"] {
        if !body.has(&format!("/search_terms/{name}")) {
            return Err(PlaidError::missing_fields(&format!("search_terms.{name}")));
        }
    }
    let id = call.random.short_id("scr");
    let row = json!({
        "id": id,
        "search_terms": terms(body, None),
        "assignee": null,
        "status": "cleared",
        "client_user_id": body.copy("/client_user_id"),
        "audit_trail": { "source": "api", "dashboard_user_id": null, "timestamp": clock::timestamp(call.now) },
    });
    call.state.screenings.insert(id, row.clone());
    Ok(row)
}

fn unknown() -> PlaidError {
    PlaidError::invalid_field("could not find a watchlist screening with this watchlist_screening_id")
}

fn get(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let found = call
        .state
        .screenings
        .get(body.required("/watchlist_screening_id"));
    found.cloned().ok_or_else(unknown)
}

fn list(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let program = body.text("/watchlist_program_id");
    let rows: Vec<_> = call
        .state
        .screenings
        .iter()
        .rev()
        .filter(|row| {
            row.pointer("/search_terms/watchlist_program_id")
                .and_then(Value::as_str)
                == program
        })
        .filter(|row| {
            has(body, row, "client_user_id") && has(body, row, "status") && has(body, row, "assignee")
        })
        .collect();
    Ok(json!({ "watchlist_screenings": rows, "next_cursor": null }))
}

fn update(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    if body.has("/search_terms") && body.has("/status") {
        return Err(PlaidError::invalid_field(
            "search_terms and status must not both be set",
        ));
    }
    let now = call.now;
    let row = call
        .state
        .screenings
        .get_mut(body.required("/watchlist_screening_id"));
    let row = row.ok_or_else(unknown)?;
    if body.has("/search_terms") {
        let new = terms(body, row.get("search_terms"));
        set(row, "search_terms", new);
    }
    for name in ["status", "assignee", "client_user_id"] {
        if let Some(value) = body.at(&format!("/{name}")).cloned() {
            set(row, name, value);
        }
    }
    if body.texts("/reset_fields").contains(&"assignee") {
        set(row, "assignee", Value::Null);
    }
    let trail = json!({ "source": "api", "dashboard_user_id": null, "timestamp": clock::timestamp(now) });
    set(row, "audit_trail", trail);
    Ok(row.clone())
}
