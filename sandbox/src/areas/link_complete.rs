//! `/sandbox/plaid_edge/link/open` and `/link/complete`: what a user sees and does in Plaid Link. Plaid has no such
//! endpoints; these are ours.

use serde_json::{Value, json};

use crate::areas::link;
use crate::areas::public_tokens::{accounts, issue, log_in};
use crate::areas::{Endpoint, Handler};
use crate::clock;
use crate::data::institutions::{FIRST_PLATYPUS, INSTITUTIONS, Institution};
use crate::data::test_user;
use crate::error::PlaidError;
use crate::fields::{Body, Kind::Text, optional, required};
use crate::state::Call;
use crate::state::items::{Account, Item, Login};
use crate::state::tokens::LinkToken;

pub(crate) const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        path: "/sandbox/plaid_edge/link/open",
        fields: &[required("link_token", Text)],
        handler: Handler::Json(open),
    },
    Endpoint {
        path: "/sandbox/plaid_edge/link/complete",
        fields: &[
            required("link_token", Text),
            optional("link_session_id", Text),
            optional("institution_id", Text),
            optional("username", Text),
            optional("password", Text),
        ],
        handler: Handler::Json(complete),
    },
];

/// The link token, if Link can still be used with it.
fn usable<'a>(call: &'a mut Call, token: &str) -> Result<&'a mut LinkToken, PlaidError> {
    let now = call.now;
    let link_token = link::find(call, token)?;
    if link_token.used || now >= link_token.expires {
        return Err(PlaidError::of("INVALID_LINK_TOKEN"));
    }
    Ok(link_token)
}

/// Begins a session: what Link shows before anybody logs in. In update mode there is only the Item's own bank.
fn open(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let link_token = usable(call, body.required("/link_token"))?;
    let request = Body(link_token.request.clone());
    let item_id = link_token.item_id.clone();
    let institutions: Vec<_> = match &item_id {
        Some(item_id) => vec![describe(existing(call, item_id)?.institution)],
        None => INSTITUTIONS.iter().map(describe).collect(),
    };
    Ok(json!({
        "link_session_id": call.random.uuid(),
        "client_name": request.copy("/client_name"),
        "is_update_mode": item_id.is_some(),
        "institutions": institutions,
    }))
}

fn describe(institution: &Institution) -> Value {
    json!({ "name": institution.name, "institution_id": institution.id })
}

fn existing<'a>(call: &'a mut Call, item_id: &str) -> Result<&'a mut Item, PlaidError> {
    let item = call.state.items.get_mut(item_id).filter(|item| !item.removed);
    item.ok_or_else(|| PlaidError::of("ITEM_NOT_FOUND"))
}

fn complete(body: &Body, call: &mut Call) -> Result<Value, PlaidError> {
    let (now, token) = (call.now, body.required("/link_token"));
    let link_token = usable(call, token)?;
    let request = Body(link_token.request.clone());
    let repaired = link_token.item_id.clone();
    let is_new = repaired.is_none();
    let item_id = match repaired {
        Some(item_id) => repair(body, call, item_id)?,
        None => add(body, call, &request)?,
    };
    // In update mode too, where it need not be exchanged.
    let public_token = issue(call, item_id.clone());
    let session_id = match body.text("/link_session_id") {
        Some(id) => id.to_owned(),
        None => call.random.uuid(),
    };
    let metadata = call
        .state
        .items
        .get(&item_id)
        .map(|item| metadata(item, &session_id));
    let session = session(&session_id, now, is_new, &public_token, metadata.as_ref());
    let link_token = link::find(call, token)?;
    link_token.used = true;
    link_token.sessions.push(session);
    if let Some(url) = request.text("/webhook").filter(|_| request.has("/hosted_link")) {
        let payload = json!({
            "webhook_type": "LINK",
            "webhook_code": "SESSION_FINISHED",
            "status": "SUCCESS",
            "link_session_id": session_id,
            "link_token": token,
            "public_tokens": [public_token],
            "environment": "sandbox",
        });
        call.send_webhook(url, &payload);
    }
    Ok(json!({ "public_token": public_token, "metadata": metadata }))
}

/// Update mode: logs in at the Item's own bank again.
fn repair(body: &Body, call: &mut Call, item_id: String) -> Result<String, PlaidError> {
    let now = call.now;
    let item = existing(call, &item_id)?;
    if body
        .text("/institution_id")
        .is_some_and(|other| other != item.institution.id)
    {
        return Err(PlaidError::invalid_field(
            "institution_id must be the Item's own in update mode",
        ));
    }
    log_in(
        item.institution.id,
        body.text("/username"),
        body.text("/password"),
    )?;
    item.login = Login::GoodSince(now);
    Ok(item_id)
}

/// Normal mode: makes an Item with the accounts that the link token's filters let through.
fn add(body: &Body, call: &mut Call, request: &Body) -> Result<String, PlaidError> {
    let institution: &'static Institution = log_in(
        body.text("/institution_id").unwrap_or(FIRST_PLATYPUS),
        body.text("/username"),
        body.text("/password"),
    )?;
    let mut accounts = accounts(body.text("/username"), body.text("/password"))?;
    accounts.retain(|account| passes(request, account));
    if accounts.is_empty() {
        return Err(PlaidError::of("NO_ACCOUNTS"));
    }
    let products = request
        .texts("/products")
        .into_iter()
        .map(str::to_owned)
        .collect();
    let webhook = request.text("/webhook").map(str::to_owned);
    let item_id = call.add_item(institution, products, webhook, accounts);
    if let Some(item) = call.state.items.get_mut(&item_id) {
        // What a link token says of a product is what `/sandbox/public_token/create` has among its options.
        item.options =
            json!({ "transactions": request.at("/transactions"), "statements": request.at("/statements") });
        item.dynamic = body.text("/username") == Some(test_user::DYNAMIC);
    }
    call.link_to_user(&item_id, request)?;
    Ok(item_id)
}

/// Whether the link token's account_filters show this account. With any filter, types without one are hidden.
fn passes(request: &Body, account: &Account) -> bool {
    if !request.has("/account_filters") {
        return true;
    }
    let subtypes = request.texts(&format!(
        "/account_filters/{}/account_subtypes",
        account.account_type
    ));
    subtypes.contains(&account.subtype.as_str()) || subtypes.contains(&"all")
}

/// The metadata that Link gives to `onSuccess`.
fn metadata(item: &Item, session_id: &str) -> Value {
    let accounts = item.accounts.iter().map(|(id, account)| {
        json!({
            "id": id,
            "name": account.name,
            "mask": account.mask,
            "type": account.account_type,
            "subtype": account.subtype,
            "verification_status": null,
            "class_type": null,
        })
    });
    json!({
        "institution": describe(item.institution),
        "accounts": accounts.collect::<Vec<_>>(),
        "link_session_id": session_id,
    })
}

/// The finished session in `/link/token/get`.
fn session(id: &str, now: i64, is_new: bool, public_token: &str, metadata: Option<&Value>) -> Value {
    let part = |name| metadata.and_then(|metadata| metadata.get(name));
    let added = is_new.then(|| {
        json!({ "public_token": public_token, "accounts": part("accounts"), "institution": part("institution") })
    });
    json!({
        "link_session_id": id,
        "started_at": clock::timestamp(now),
        "finished_at": clock::timestamp(now),
        "events": [],
        "on_success": { "public_token": public_token, "metadata": metadata },
        "exit": null,
        "results": {
            "item_add_results": added.into_iter().collect::<Vec<_>>(),
            "cra_item_add_results": [],
            "cra_update_results": [],
            "bank_income_results": [],
            "payroll_income_results": [],
            "document_income_results": null,
        },
    })
}
