//! Identity Verification (<https://plaid.com/docs/api/products/identity-verification/>).

use serde_json::{Value, json};

use super::{Endpoint, json as endpoint};
use crate::clock;
use crate::error::PlaidError;
use crate::fields::{
    Body, Field,
    Kind::{Flag, Object, OneOf, Text, TextUpTo},
    nullable, optional, required, text,
};
use crate::state::Call;

pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint("/identity_verification/create", VERIFY, verify),
    endpoint(
        "/identity_verification/get",
        &[required("identity_verification_id", Text)],
        get,
    ),
    endpoint("/identity_verification/list", VERIFICATIONS, list),
    endpoint("/identity_verification/retry", RETRY, retry),
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
    let id = call
        .state
        .latest_verifications
        .get(&format!("{template}\n{person}"))?;
    call.state.verifications.get(id)
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
    let id = call.random.short_id("idv");
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
    let of_person = format!("{template}\n{person}");
    call.state.latest_verifications.insert(of_person, id.clone());
    call.state.verifications.insert(id, row.clone());
    row
}

fn get(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
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

fn list(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
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

fn retry(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
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
