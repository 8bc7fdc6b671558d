//! People: Identity Verification (<https://plaid.com/docs/api/products/identity-verification/>), Monitor
//! (<https://plaid.com/docs/api/products/monitor/>) and users (<https://plaid.com/docs/api/users/>).

use serde_json::{Value, json};

use super::{Endpoint, json as endpoint};
use crate::clock;
use crate::error::PlaidError;
use crate::fields::{
    Body, Field,
    Kind::{Date, Flag, List, Object, OneOf, Record, Text, TextUpTo},
    nullable, optional, required, with,
};
use crate::state::Call;
use crate::state::transfers::{set, text};

pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint("/identity_verification/create", VERIFY, verify),
    endpoint(
        "/identity_verification/get",
        &[required("identity_verification_id", Text)],
        verification_get,
    ),
    endpoint("/identity_verification/list", VERIFICATIONS, verification_list),
    endpoint("/identity_verification/retry", RETRY, verification_retry),
    endpoint("/watchlist_screening/individual/create", SCREEN, screen),
    endpoint(
        "/watchlist_screening/individual/get",
        &[required("watchlist_screening_id", Text)],
        screening_get,
    ),
    endpoint("/watchlist_screening/individual/list", SCREENINGS, screening_list),
    endpoint("/watchlist_screening/individual/update", UPDATE, screening_update),
    endpoint("/user/create", USER, user_create),
    endpoint("/user/update", USER_UPDATE, user_update),
];

const VERIFY: &[Field] = &[
    required("is_shareable", Flag),
    required("template_id", Text),
    required("gave_consent", Flag),
    optional("client_user_id", Text),
    nullable("user_id", Text),
    nullable("user", Object),
    nullable("is_idempotent", Flag),
];
const VERIFICATIONS: &[Field] = &[
    required("template_id", Text),
    optional("client_user_id", Text),
    nullable("user_id", Text),
    nullable("cursor", TextUpTo(usize::MAX)),
];
const RETRY: &[Field] = &[
    required("client_user_id", Text),
    required("template_id", Text),
    required("strategy", OneOf(&["reset", "incomplete", "infer", "custom"])),
    nullable("user", Object),
    nullable("steps", Object),
    nullable("is_shareable", Flag),
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
const USER: &[Field] = &[
    required("client_user_id", TextUpTo(128)),
    optional("identity", Object),
    nullable("end_customer", Text),
    optional("consumer_report_user_identity", Object),
    optional("with_upgraded_user", Flag),
];
const USER_UPDATE: &[Field] = &[
    optional("user_id", Text),
    optional("user_token", Text),
    optional("identity", Object),
    optional("consumer_report_user_identity", Object),
];

fn verify(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let Some(person) = body
        .text("/client_user_id")
        .or(body.text("/user_id"))
        .map(str::to_owned)
    else {
        return Err(PlaidError::missing_fields("client_user_id"));
    };
    let template = body.required("/template_id");
    if let Some(existing) = latest(call, &person, template) {
        if body.flag("/is_idempotent") {
            return Ok(existing.clone());
        }
        return Err(PlaidError::invalid_field(
            "client_user_id has an identity verification of this template already: retry it, or set is_idempotent",
        ));
    }
    let user = user(body, None);
    let steps = if body.flag("/gave_consent") {
        "skipped"
    } else {
        "active"
    };
    Ok(add(
        call,
        &person,
        template,
        user,
        body.flag("/is_shareable"),
        steps,
        None,
    ))
}

fn user(body: &Body, earlier: Option<&Value>) -> Value {
    let part = |name: &str| {
        let given = body.at(&format!("/user/{name}")).cloned();
        given
            .or_else(|| earlier.and_then(|user| user.get(name)).cloned())
            .unwrap_or_default()
    };
    json!({
        "phone_number": part("phone_number"), "date_of_birth": part("date_of_birth"), "ip_address": null,
        "email_address": part("email_address"), "name": part("name"), "address": part("address"),
        "id_number": part("id_number"),
    })
}

fn latest<'a>(call: &'a Call, person: &str, template: &str) -> Option<&'a Value> {
    call.state.verifications.iter().rev().find(|row| {
        text(row, "client_user_id") == person
            && row.pointer("/template/id").and_then(Value::as_str) == Some(template)
    })
}

fn add(
    call: &mut Call,
    person: &str,
    template: &str,
    user: Value,
    shareable: bool,
    terms: &str,
    previous: Option<String>,
) -> Value {
    let letters: String = call.random.id().chars().take(14).collect();
    let id = format!("idv_{letters}");
    let url = shareable.then(|| format!("https://verify.plaid.com/verify/{id}"));
    let row = json!({
        "id": id,
        "client_user_id": person,
        "created_at": clock::timestamp(call.now),
        "completed_at": null,
        "previous_attempt_id": previous,
        "shareable_url": url,
        "template": { "id": template, "version": 1 },
        "user": user,
        "status": "active",
        "steps": {
            "accept_tos": terms, "verify_sms": "active", "kyc_check": "waiting_for_prerequisite",
            "documentary_verification": "waiting_for_prerequisite", "selfie_check": "not_applicable",
            "watchlist_screening": "waiting_for_prerequisite", "risk_check": "waiting_for_prerequisite",
        },
        "documentary_verification": null,
        "selfie_check": null,
        "kyc_check": null,
        "risk_check": null,
        "verify_sms": null,
        "watchlist_screening_id": null,
        "beacon_user_id": null,
        "user_id": null,
        "redacted_at": null,
        "latest_scored_protect_event": null,
    });
    call.state.verifications.insert(id, row.clone());
    row
}

fn verification_get(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let found = call
        .state
        .verifications
        .get(body.required("/identity_verification_id"));
    found.cloned().ok_or_else(|| {
        PlaidError::invalid_field(
            "could not find an identity verification with this identity_verification_id",
        )
    })
}

fn verification_list(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let person = body.text("/client_user_id").or(body.text("/user_id"));
    let rows: Vec<_> = call
        .state
        .verifications
        .iter()
        .rev()
        .filter(|row| row.pointer("/template/id").and_then(Value::as_str) == body.text("/template_id"))
        .filter(|row| person.is_none_or(|person| person == text(row, "client_user_id")))
        .collect();
    Ok(json!({ "identity_verifications": rows, "next_cursor": null }))
}

fn verification_retry(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let (person, template) = (body.required("/client_user_id"), body.required("/template_id"));
    if (body.text("/strategy") == Some("custom")) != body.has("/steps") {
        return Err(PlaidError::invalid_field(
            "steps must be set exactly when strategy is custom",
        ));
    }
    let earlier = latest(call, person, template).cloned().ok_or_else(|| {
        PlaidError::invalid_field("client_user_id has no identity verification of this template")
    })?;
    let shareable = body.at("/is_shareable").and_then(Value::as_bool);
    let shareable = shareable.unwrap_or(!text(&earlier, "shareable_url").is_empty());
    let user = user(body, earlier.get("user"));
    let previous = Some(text(&earlier, "id").to_owned());
    Ok(add(call, person, template, user, shareable, "skipped", previous))
}

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

fn screen(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    for name in ["watchlist_program_id", "legal_name"] {
        if !body.has(&format!("/search_terms/{name}")) {
            return Err(PlaidError::missing_fields(&format!("search_terms.{name}")));
        }
    }
    let letters: String = call.random.id().chars().take(14).collect();
    let id = format!("scr_{letters}");
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

fn unknown_screening() -> PlaidError {
    PlaidError::invalid_field("could not find a watchlist screening with this watchlist_screening_id")
}

fn screening_get(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let found = call
        .state
        .screenings
        .get(body.required("/watchlist_screening_id"));
    found.cloned().ok_or_else(unknown_screening)
}

fn screening_list(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let is = |row: &Value, name: &str| {
        body.text(&format!("/{name}"))
            .is_none_or(|wanted| wanted == text(row, name))
    };
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
        .filter(|row| is(row, "client_user_id") && is(row, "status") && is(row, "assignee"))
        .collect();
    Ok(json!({ "watchlist_screenings": rows, "next_cursor": null }))
}

fn screening_update(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
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
    let row = row.ok_or_else(unknown_screening)?;
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

fn user_create(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    if body.has("/consumer_report_user_identity") {
        return Err(PlaidError::invalid_field(
            "consumer_report_user_identity is for older clients: use identity",
        ));
    }
    let letters: String = call.random.id().chars().take(14).collect();
    let id = format!("usr_{letters}");
    call.state.users.insert(id.clone(), body.0.clone());
    Ok(json!({ "user_id": id }))
}

fn user_update(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    if body.has("/user_token") {
        return Err(PlaidError::of("INVALID_USER_TOKEN"));
    }
    let user = call.state.users.get_mut(body.required("/user_id"));
    let user = user.ok_or_else(|| PlaidError::of("INVALID_USER_ID"))?;
    if let Some(identity) = body.at("/identity") {
        *user = with(user.clone(), "identity", Some(identity.clone()));
    }
    Ok(json!({}))
}
