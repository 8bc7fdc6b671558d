//! Users (<https://plaid.com/docs/api/users/>), of both kinds: those with an `identity`, and those of older clients with a
//! `consumer_report_user_identity`, which get a user token too.

use serde_json::{Value, json};

use super::{Endpoint, json as endpoint};
use crate::clock;
use crate::error::PlaidError;
use crate::fields::{
    Body, Field,
    Kind::{Date, Flag, List, NonEmptyList, Object, Record, Text, TextUpTo},
    nullable, optional, required, set, with,
};
use crate::state::Call;
use crate::state::items::Item;

pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint("/user/create", CREATE, create),
    endpoint("/user/get", &[required("user_id", Text)], get),
    endpoint("/user/update", UPDATE, update),
    endpoint("/user/remove", ONE, remove),
    endpoint("/user/items/get", ONE, items_get),
];

const CREATE: &[Field] = &[
    required("client_user_id", TextUpTo(128)),
    nullable("identity", Record(IDENTITY)),
    nullable("end_customer", Text),
    nullable("consumer_report_user_identity", Record(CONSUMER)),
    optional("with_upgraded_user", Flag),
];
const UPDATE: &[Field] = &[
    optional("user_id", Text),
    optional("user_token", Text),
    nullable("identity", Record(IDENTITY)),
    nullable("consumer_report_user_identity", Record(CONSUMER)),
];
const ONE: &[Field] = &[optional("user_id", Text), optional("user_token", Text)];
const IDENTITY: &[Field] = &[
    nullable(
        "name",
        Record(&[required("given_name", Text), required("family_name", Text)]),
    ),
    nullable("date_of_birth", Date),
    optional("emails", List(&Object)),
    optional("phone_numbers", List(&Object)),
    optional("addresses", List(&Object)),
    optional("id_numbers", List(&Object)),
];
const CONSUMER: &[Field] = &[
    required("first_name", Text),
    required("last_name", Text),
    required("phone_numbers", NonEmptyList(&Text)),
    required("emails", NonEmptyList(&Text)),
    nullable("ssn_full", Text),
    nullable("ssn_last_4", Text),
    nullable("date_of_birth", Date),
    required("primary_address", Object),
];

fn create(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let is_older = body.has("/consumer_report_user_identity");
    if is_older && (body.has("/identity") || body.flag("/with_upgraded_user")) {
        return Err(PlaidError::invalid_field(
            "consumer_report_user_identity must not be set together with identity or with_upgraded_user",
        ));
    }
    let now = clock::timestamp(call.now);
    let id = call.random.short_id("usr");
    let user = json!({
        "user_id": id, "client_user_id": body.copy("/client_user_id"), "created_at": now, "updated_at": now,
        "identity": body.copy("/identity"), "consumer_report_user_identity": body.copy("/consumer_report_user_identity"),
    });
    call.state.users.insert(id.clone(), user);
    let token = is_older.then(|| call.random.token("user"));
    if let Some(token) = &token {
        call.state.user_tokens.insert(token.clone(), id.clone());
    }
    Ok(with(json!({ "user_id": id }), "user_token", token))
}

/// The id of the user that a request names by `user_id` or `user_token`.
pub(super) fn user_id(body: &Body, call: &Call) -> Result<String, PlaidError> {
    let id = match (body.text("/user_id"), body.text("/user_token")) {
        (Some(id), None) => id,
        (None, Some(token)) => call
            .state
            .user_tokens
            .get(token)
            .ok_or_else(|| PlaidError::of("INVALID_USER_TOKEN"))?,
        (None, None) => return Err(PlaidError::missing_fields("user_id")),
        _ => {
            return Err(PlaidError::invalid_field(
                "exactly one of user_id and user_token must be set",
            ));
        }
    };
    match call.state.users.get(id) {
        Some(_) => Ok(id.to_owned()),
        None => Err(PlaidError::of("INVALID_USER_ID").with_message("could not find matching user")),
    }
}

/// The id of the user that a request for Link names, if it names one; both names together are of the same user.
pub(super) fn named_user(body: &Body, call: &Call) -> Result<Option<String>, PlaidError> {
    let id = match (body.text("/user_token"), body.text("/user_id")) {
        (Some(token), _) => user_id(&Body(json!({ "user_token": token })), call)?,
        (None, Some(id)) => user_id(&Body(json!({ "user_id": id })), call)?,
        (None, None) => return Ok(None),
    };
    Ok(Some(id))
}

/// The Items that were linked for a user.
pub(super) fn items<'a>(user_id: &str, call: &'a Call) -> impl Iterator<Item = &'a Item> {
    let ids = call.state.items_of_user.get(user_id).into_iter().flatten();
    let items = ids.filter_map(|id| call.state.items.get(id));
    items.filter(|item| !item.removed)
}

fn get(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let id = user_id(body, call)?;
    let mut user = call.state.users.get(&id).cloned().unwrap_or_default();
    if let Some(members) = user.as_object_mut() {
        members.remove("consumer_report_user_identity");
    }
    Ok(user)
}

fn update(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let (id, now) = (user_id(body, call)?, clock::timestamp(call.now));
    let Some(user) = call.state.users.get_mut(&id) else {
        return Err(PlaidError::of("INVALID_USER_ID"));
    };
    for name in ["identity", "consumer_report_user_identity"] {
        let Some(given) = body.at(&format!("/{name}")).and_then(Value::as_object) else {
            continue;
        };
        // What is not given stays.
        let mut merged = user
            .get(name)
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default();
        merged.extend(given.clone());
        set(user, name, merged);
    }
    set(user, "updated_at", now);
    Ok(json!({}))
}

fn remove(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let id = user_id(body, call)?;
    let items: Vec<_> = items(&id, call).map(|item| item.item_id.clone()).collect();
    for item_id in items {
        if let Some(item) = call.state.items.get_mut(&item_id) {
            item.removed = true;
        }
    }
    call.state.users.remove(&id);
    Ok(json!({}))
}

fn items_get(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let id = user_id(body, call)?;
    let items: Vec<_> = items(&id, call).map(Item::json).collect();
    Ok(json!({ "items": items }))
}

impl Call<'_> {
    /// Notes for whom an Item was linked, going by the user of the link token or public token.
    pub fn link_to_user(&mut self, item_id: &str, request: &Body) -> Result<(), PlaidError> {
        let Some(user_id) = named_user(request, self)? else {
            return Ok(());
        };
        match self.state.items_of_user.get_mut(&user_id) {
            Some(ids) => ids.push(item_id.to_owned()),
            None => self.state.items_of_user.insert(user_id, vec![item_id.to_owned()]),
        }
        Ok(())
    }
}
