//! The sandbox without JavaScript: requests in, replies out. What the responses say is tested in tests/sandbox, where
//! they are held against Plaid's own types; here are the things that need many requests, or none.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]

use plaid_edge_sandbox::{Context, Credentials, Fault, FetchResult, Reply, Request, Response, Sandbox};
use serde_json::{Map, Value, json};

/// A sandbox, its clock, and a counter in place of chance.
struct World {
    sandbox: Sandbox,
    now: i64,
    calls: u32,
}

impl World {
    fn new() -> Self {
        let credentials = Credentials {
            client_id: "id".into(),
            secret: "hush".into(),
        };
        Self {
            sandbox: Sandbox::new(credentials),
            now: 1_772_600_767_000,
            calls: 0,
        }
    }

    fn send(&mut self, path: &str, body: &[u8]) -> Reply {
        self.calls += 1;
        let mut entropy = [0; 32];
        entropy[..4].copy_from_slice(&self.calls.to_le_bytes());
        let request = Request {
            method: "POST",
            path,
            content_type: Some("application/json"),
            client_id: Some("id"),
            secret: Some("hush"),
            body,
        };
        self.sandbox.handle(
            &request,
            Context {
                now: self.now,
                entropy,
            },
        )
    }

    fn call(&mut self, path: &str, body: &Value) -> (u16, Value) {
        match self.send(path, body.to_string().as_bytes()).result {
            FetchResult::Response(Response { status, body, .. }) => {
                (status, serde_json::from_str(&body).unwrap())
            }
            other => panic!("{other:?}"),
        }
    }

    fn ok(&mut self, path: &str, body: &Value) -> Value {
        let (status, response) = self.call(path, body);
        assert_eq!(status, 200, "{response}");
        response
    }
}

/// A request to every endpoint, each of which succeeds when sent in this order.
fn everything(world: &mut World) -> Vec<(&'static str, Value)> {
    let public = json!({
        "institution_id": "ins_109508",
        "initial_products": ["auth", "transactions"],
        "options": { "webhook": "https://example.com/", "override_username": "user_good", "transactions": null },
    });
    let public_token = world.ok("/sandbox/public_token/create", &public)["public_token"].clone();
    let exchange = json!({ "public_token": public_token });
    let token = world.ok("/item/public_token/exchange", &exchange)["access_token"].clone();
    let item = json!({ "access_token": token });
    let accounts = world.ok("/accounts/get", &item);
    let account = accounts["accounts"][0]["account_id"].clone();
    let some = json!({ "access_token": token, "options": { "account_ids": [account] } });
    let link = json!({
        "client_name": "Test", "language": "en", "country_codes": ["US"], "products": ["auth"],
        "user": { "client_user_id": "user-1", "address": { "country": "US" } },
        "account_filters": { "depository": { "account_subtypes": ["checking"] } },
        "hosted_link": { "url_lifetime_seconds": 60 }, "webhook": "https://example.com/",
        "update": { "item_ids": null }, "transactions": { "days_requested": 1 },
    });
    let link_token = json!({ "link_token": world.ok("/link/token/create", &link)["link_token"] });
    let transfer = json!({
        "idempotency_key": "key", "access_token": token, "account_id": account, "type": "debit", "network": "ach",
        "ach_class": "ppd", "amount": "1.00", "iso_currency_code": "USD", "description": "test",
        "user": { "legal_name": "A", "email_address": null }, "metadata": { "a": "b" }, "custom_tag": null,
    });
    let id = world.ok("/bank_transfer/create", &transfer)["bank_transfer"]["id"].clone();
    let id = json!({ "bank_transfer_id": id });
    let posted = json!({
        "bank_transfer_id": id["bank_transfer_id"], "event_type": "posted",
        "failure_reason": { "ach_return_code": null, "description": "" },
    });
    let list = json!({
        "start_date": "2026-01-01T00:00:00Z", "end_date": null, "bank_transfer_id": "x", "account_id": "x",
        "bank_transfer_type": "debit", "event_types": ["posted"], "count": 1, "offset": 1,
        "origination_account_id": "x", "direction": "inbound",
    });
    vec![
        ("/sandbox/public_token/create", public),
        ("/link/token/create", link),
        ("/link/token/get", link_token.clone()),
        ("/sandbox/plaid_edge/link/open", link_token.clone()),
        ("/sandbox/plaid_edge/link/complete", link_token),
        ("/item/get", item.clone()),
        ("/accounts/get", some.clone()),
        ("/auth/get", some.clone()),
        ("/identity/get", some),
        ("/bank_transfer/create", transfer),
        ("/bank_transfer/get", id.clone()),
        ("/sandbox/bank_transfer/simulate", posted),
        ("/bank_transfer/event/sync", json!({ "after_id": 0, "count": 25 })),
        ("/bank_transfer/event/list", list),
        ("/transfer/event/sync", json!({ "after_id": 0, "count": 500 })),
        (
            "/sandbox/bank_transfer/fire_webhook",
            json!({ "webhook": "https://example.com/" }),
        ),
        (
            "/sandbox/item/fire_webhook",
            json!({ "access_token": token, "webhook_code": "DEFAULT_UPDATE", "webhook_type": "AUTH" }),
        ),
        (
            "/item/webhook/update",
            json!({ "access_token": token, "webhook": null }),
        ),
        ("/sandbox/item/reset_login", item.clone()),
        ("/item/remove", item),
    ]
}

#[test]
fn each_example_request_succeeds() {
    let mut world = World::new();
    for (path, body) in everything(&mut world) {
        world.ok(path, &body);
    }
}

/// Every way to put something unexpected at one place of a JSON tree.
fn distorted(value: &Value) -> Vec<Value> {
    let mut all: Vec<_> = [
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(1e300),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(""),
        json!("x"),
        json!("9".repeat(100_000)),
        json!("\u{0}\u{7f}\u{10ffff}é.00"),
        json!("link-sandbox-"),
        json!("access-sandbox-zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz"),
        json!("http://"),
        json!("9999-99-99T99:99:99Z"),
        json!([]),
        json!([[], {}, null, "checking", 7]),
        json!({}),
        json!({ "__proto__": { "a": 1 }, "": null, "a.b": [1], "/": 0, "~": 1 }),
    ]
    .into();
    match value {
        Value::Object(record) => {
            for (name, field) in record {
                let with = |changed: Option<Value>| {
                    let mut record = record.clone();
                    record.remove(name);
                    record.extend(changed.map(|changed| (name.clone(), changed)));
                    Value::Object(record)
                };
                all.push(with(None));
                all.extend(distorted(field).into_iter().map(|changed| with(Some(changed))));
            }
        }
        Value::Array(values) => {
            for (index, element) in values.iter().enumerate() {
                all.extend(distorted(element).into_iter().map(|changed| {
                    let mut values = values.clone();
                    values[index] = changed;
                    Value::Array(values)
                }));
            }
        }
        _ => {}
    }
    all
}

#[test]
fn no_input_panics_and_every_response_is_well_formed() {
    let mut world = World::new();
    let mut refused = 0;
    for (path, body) in everything(&mut world) {
        for body in distorted(&body) {
            let (status, response) = world.call(path, &body);
            assert_eq!(response["request_id"].as_str().map(str::len), Some(15));
            if status != 200 {
                assert!((400..500).contains(&status), "{path} {body}: {response}");
                assert!(response["error_code"].is_string() && response["error_message"].is_string());
                refused += 1;
            }
        }
    }
    assert!(refused > 1_000);
}

#[test]
fn any_bytes_and_any_time_are_responded_to() {
    let mut world = World::new();
    for now in [i64::MIN, -1, 0, i64::MAX] {
        world.now = now;
        for (path, body) in everything(&mut World::new()) {
            world.call(path, &body);
        }
        everything(&mut world);
        for body in [
            &b""[..],
            b"\xff\xfe",
            b"{\"a\":\xff}",
            b"{\"after_id\":1e999}",
            b"{}{}",
            b"\xef\xbb\xbf{}",
        ] {
            let reply = world.send("/item/get", body);
            assert!(matches!(
                reply.result,
                FetchResult::Response(Response { status: 400, .. })
            ));
        }
    }
}

#[test]
fn the_same_chance_gives_the_same_responses() {
    let run = || {
        let mut world = World::new();
        let requests = everything(&mut world);
        requests
            .into_iter()
            .map(|(path, body)| world.call(path, &body))
            .collect::<Vec<_>>()
    };
    assert_eq!(run(), run());
}

#[test]
fn webhooks_are_handed_out_signed_and_never_from_a_failing_call() {
    let mut world = World::new();
    let body = json!({ "webhook": "https://example.com/" }).to_string();
    let path = "/sandbox/bank_transfer/fire_webhook";
    world
        .sandbox
        .fail(
            path,
            Fault {
                status: Some(500),
                ..Fault::default()
            },
        )
        .unwrap();
    assert_eq!(world.send(path, body.as_bytes()).deliveries, []);
    let deliveries = world.send(path, body.as_bytes()).deliveries;
    assert_eq!(deliveries.len(), 1);
    assert_eq!(deliveries[0].url, "https://example.com/");
    assert_eq!(deliveries[0].webhook.verification.split('.').count(), 3);
}

#[test]
fn keys_of_a_webhook_body_are_sorted() {
    // serde_json keeps the order of insertion when any crate of a build asks it to.
    let mut world = World::new();
    let payload: Map<String, Value> = [("b", 1), ("a", 2)]
        .map(|(key, value)| (key.to_owned(), json!(value)))
        .into_iter()
        .collect();
    let context = Context {
        now: world.now,
        entropy: [1; 32],
    };
    let webhook = world
        .sandbox
        .sign_webhook(&Value::Object(payload), None, false, context);
    assert_eq!(webhook.body, "{\n  \"a\": 2,\n  \"b\": 1\n}");
}

#[test]
fn a_delay_is_told_and_the_call_carried_out() {
    let mut world = World::new();
    world
        .sandbox
        .fail(
            "/nowhere",
            Fault {
                delay_ms: Some(7),
                times: Some(2),
                ..Fault::default()
            },
        )
        .unwrap();
    let replies = [(); 3].map(|()| world.send("/nowhere", b"{}"));
    assert_eq!(replies.each_ref().map(|reply| reply.delay_ms), [7, 7, 0]);
    for reply in replies {
        assert!(matches!(
            reply.result,
            FetchResult::Response(Response { status: 404, .. })
        ));
    }
}
