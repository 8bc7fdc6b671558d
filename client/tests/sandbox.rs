//! The client with the in-process sandbox: the flow, failures, streams, webhooks. The clock is virtual, so nothing waits.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a failed test is a panic"
)]

use std::pin::pin;
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, join};
use plaid_edge_client::sandbox::{Fault, Sandbox};
use plaid_edge_client::{
    CallOptions, Client, Error, EventsRequest, ItemRequest, LinkTokenRequest, Secret, TransactionsRequest,
    Transport,
};
use pollster::block_on;
use serde_json::{Value, json};

fn start() -> (Sandbox, Client<Sandbox>) {
    let sandbox = Sandbox::new();
    let plaid = sandbox.client();
    (sandbox, plaid)
}

/// The paths that were asked for.
fn paths(sandbox: &Sandbox) -> Vec<String> {
    sandbox
        .requests()
        .into_iter()
        .map(|request| request.path)
        .collect()
}

/// How long something takes on the sandbox's clock.
async fn timed<R>(sandbox: &Sandbox, work: impl Future<Output = R>) -> (Duration, R) {
    let start = sandbox.now();
    let result = work.await;
    (sandbox.now() - start, result)
}

#[test]
fn the_flow() -> Result<(), Error> {
    block_on(async {
        let (sandbox, plaid) = start();
        let request = LinkTokenRequest::new("user-1")
            .client_name("My app")
            .products(["auth", "identity"])
            .country_codes(["US", "CA"])
            .language("es")
            .account_subtypes(["checking"])
            .field("webhook", "https://example.com/webhook")
            .field("user", json!({ "email_address": "alberta@example.com" }));
        let link = plaid.create_link_token(request).await?;
        assert_eq!(
            sandbox.requests()[0].body,
            json!({
                "client_name": "My app",
                "products": ["auth", "identity"],
                "country_codes": ["US", "CA"],
                "language": "es",
                "account_filters": { "depository": { "account_subtypes": ["checking"] } },
                "webhook": "https://example.com/webhook",
                "user": { "client_user_id": "user-1", "email_address": "alberta@example.com" },
            })
        );
        let public_token = sandbox.complete_link(&link.link_token).await?;
        let item = plaid.exchange_public_token(&public_token).await?;
        let auth = plaid.auth(&item.access_token).await?;
        assert_eq!(auth.item.item_id, item.item_id);
        assert_eq!(auth.numbers.ach[0].account_id, auth.accounts[0].account_id);

        let one = ItemRequest::new(&item.access_token).account_ids([&auth.accounts[0].account_id]);
        let identity = plaid.identity(one).await?;
        assert_eq!(identity.accounts.len(), 1);
        assert_eq!(
            identity.accounts[0].owners[0].names,
            ["Alberta Bobbeth Charleson"]
        );

        let update = LinkTokenRequest::new("user-1").access_token(&item.access_token);
        plaid.create_link_token(update).await?;
        let sent = &sandbox.requests().pop().unwrap().body;
        assert_eq!(sent["access_token"], item.access_token.expose());
        assert!(sent.get("products").is_none());
        Ok(())
    })
}

#[test]
fn what_may_pass_is_retried() -> Result<(), Error> {
    block_on(async {
        let (sandbox, plaid) = start();
        let path = "/link/token/create";
        for fault in [
            Fault::status(500),
            Fault::status(503),
            Fault::status(429),
            Fault::network_error(),
            Fault::hang(),
            Fault::delay(Duration::from_secs(31)),
        ] {
            sandbox.fail(path, fault.clone().times(2));
            plaid.create_link_token("user-1").await?;
            sandbox.fail(path, fault.times(3));
            let error = plaid.create_link_token("user-1").await.unwrap_err();
            assert!(error.is_retryable());
            assert_eq!(error.details().unwrap().attempts, 3);
        }
        assert_eq!(sandbox.requests().len(), 6 * 6);
        Ok(())
    })
}

#[test]
fn waits_double_and_retry_after_goes_before() {
    block_on(async {
        let (sandbox, plaid) = start();
        let path = "/link/token/create";
        let seconds = |start: f64| Duration::from_secs_f64(start);
        sandbox.fail(path, Fault::status(500).times(2));
        let (waited, _) = timed(&sandbox, plaid.create_link_token("user-1")).await;
        // Three quarters of 0.5 and of 1 s, because the sandbox's chance is one half.
        assert_eq!(waited, seconds(0.375 + 0.75));

        sandbox.fail(path, Fault::status(429).retry_after("17"));
        let (waited, _) = timed(&sandbox, plaid.create_link_token("user-1")).await;
        assert_eq!(waited, seconds(17.0));

        // A date has whole seconds.
        sandbox.advance(seconds(0.875));
        let date = httpdate::fmt_http_date(std::time::UNIX_EPOCH + sandbox.now() + seconds(9.0));
        sandbox.fail(path, Fault::status(503).retry_after(date));
        let (waited, _) = timed(&sandbox, plaid.create_link_token("user-1")).await;
        assert_eq!(waited, seconds(9.0));

        sandbox.fail(path, Fault::status(429).retry_after("61"));
        let (waited, result) = timed(&sandbox, plaid.create_link_token("user-1")).await;
        let error = result.unwrap_err();
        assert!(waited.is_zero() && matches!(error, Error::RateLimit(_)));
        assert_eq!(error.details().unwrap().retry_after, Some(seconds(61.0)));
    });
}

#[test]
fn what_costs_money_is_not_repeated() -> Result<(), Error> {
    block_on(async {
        let (sandbox, plaid) = start();
        let path = "/transfer/create";
        let create =
            |plaid: Client<Sandbox>, body: Value| async move { plaid.request::<_, Value>(path, &body).await };
        for (options, body, attempts, is_retryable) in [
            (CallOptions::new(), json!({ "amount": "1.00" }), 1, false),
            (CallOptions::new(), json!({ "authorization_id": "1" }), 3, true),
            (CallOptions::new(), json!({ "authorization_id": " " }), 1, false),
            (CallOptions::new().max_retries(1), json!({}), 2, true),
        ] {
            sandbox.fail(path, Fault::hang().times(attempts));
            let error = create(plaid.with_options(options), body.clone())
                .await
                .unwrap_err();
            assert!(matches!(error, Error::Timeout(_)), "{error}");
            let details = error.details().unwrap();
            assert_eq!(
                (details.attempts, details.is_retryable),
                (attempts, is_retryable),
                "{body}"
            );
        }
        sandbox.fail(path, Fault::status(429));
        sandbox.respond(path, json!({}));
        create(plaid, json!({})).await?;
        Ok(())
    })
}

#[test]
fn each_call_has_its_own_limits() {
    block_on(async {
        let (sandbox, plaid) = start();
        let path = "/link/token/create";
        sandbox.fail(path, Fault::hang().times(9));
        let limited = plaid.with_options(CallOptions::new().timeout(Duration::from_secs(2)).max_retries(0));
        let (waited, result) = timed(&sandbox, limited.create_link_token("user-1")).await;
        assert_eq!(waited, Duration::from_secs(2));
        let message = "create_link_token: no complete response within 2000 ms";
        assert_eq!(result.unwrap_err().to_string(), message);

        let config = sandbox.config().timeout(Duration::from_secs(3)).max_retries(0);
        let plaid = Client::with_transport(config, sandbox.clone());
        let (waited, _) = timed(&sandbox, plaid.create_link_token("user-1")).await;
        assert_eq!(waited, Duration::from_secs(3));

        // Where Plaid itself may wait for a bank, the default is longer.
        sandbox.fail("/accounts/balance/get", Fault::hang());
        let plaid = sandbox.client();
        let body = json!({});
        let balance = plaid.request::<_, Value>("/accounts/balance/get", &body);
        assert_eq!(timed(&sandbox, balance).await.0, Duration::from_secs(60));

        for (options, message) in [
            (
                CallOptions::new().timeout(Duration::ZERO),
                "create_link_token: timeout must be a number of milliseconds from 1 to 2147483647",
            ),
            (
                CallOptions::new().max_retries(101),
                "create_link_token: max_retries must be a whole number from 0 to 100",
            ),
        ] {
            let result = plaid.with_options(options).create_link_token("user-1").await;
            assert_eq!(result.unwrap_err().to_string(), message);
        }
    });
}

#[test]
fn calls_under_way_share_the_clock() {
    block_on(async {
        let (sandbox, plaid) = start();
        sandbox.fail("/auth/get", Fault::hang());
        sandbox.fail("/identity/get", Fault::delay(Duration::from_secs(10)));
        let quick = plaid.with_options(CallOptions::new().timeout(Duration::from_secs(5)).max_retries(0));
        let (auth, identity) = join!(
            timed(&sandbox, quick.auth("access-sandbox-1")),
            timed(&sandbox, plaid.identity("access-sandbox-1")),
        );
        assert!(matches!(auth, (five, Err(Error::Timeout(_))) if five == Duration::from_secs(5)));
        assert!(matches!(identity, (ten, Err(Error::Api(_))) if ten == Duration::from_secs(10)));
    });
}

#[test]
fn a_call_whose_future_is_dropped_sends_nothing_more() {
    block_on(async {
        let (sandbox, plaid) = start();
        sandbox.fail("/link/token/create", Fault::status(500).times(9));
        {
            let mut call = pin!(plaid.create_link_token("user-1"));
            assert!(futures_util::poll!(&mut call).is_pending());
        }
        plaid
            .request::<_, Value>("/item/get", &json!({}))
            .await
            .unwrap_err();
        sandbox.advance(Duration::from_secs(60));
        assert_eq!(paths(&sandbox), ["/link/token/create", "/item/get"]);
    });
}

#[test]
fn futures_can_be_sent_to_another_thread() {
    fn assert_send<T: Send>(_: T) {}
    let (_, plaid) = start();
    assert_send(plaid.create_link_token("user-1"));
    assert_send(plaid.verify_webhook("{}", None));
    assert_send(plaid.sync_transactions("access-sandbox-1"));
    assert_send(plaid.transfer_events(0));
    assert_send(plaid);
}

#[test]
fn invalid_arguments_are_named_and_nothing_is_sent() {
    block_on(async {
        let (sandbox, plaid) = start();
        let words = |result: Result<(), Error>| match result.unwrap_err() {
            Error::InvalidArgument { message } => message,
            error => panic!("{error:?}"),
        };
        let create = async |request: LinkTokenRequest| plaid.create_link_token(request).await.map(drop);
        let user = || LinkTokenRequest::new("user-1");
        let unserializable = std::collections::HashMap::from([((1, 2), 3)]);
        let text = "must be a non-empty string";
        let list = "must be an array of non-empty strings, with at least one";
        for (result, message) in [
            (
                create("".into()).await,
                format!("create_link_token: client_user_id {text}"),
            ),
            (
                create(user().access_token(" ")).await,
                format!("create_link_token: accessToken {text}").replace("accessToken", "access_token"),
            ),
            (
                create(user().client_name("")).await,
                format!("create_link_token: client_name {text}"),
            ),
            (
                create(user().products([""; 0])).await,
                format!("create_link_token: products {list}"),
            ),
            (
                create(user().country_codes([""])).await,
                format!("create_link_token: country_codes {list}"),
            ),
            (
                create(user().field("webhook", unserializable)).await,
                "create_link_token: overrides must be an object that JSON can represent, and overrides.user too"
                    .into(),
            ),
            (
                plaid.exchange_public_token("").await.map(drop),
                format!("exchange_public_token: public_token {text}"),
            ),
            (
                plaid.auth("\n").await.map(drop),
                format!("auth: access_token {text}"),
            ),
            (
                plaid
                    .auth(ItemRequest::new("a").account_ids([""]))
                    .await
                    .map(drop),
                "auth: account_ids must be an array of non-empty strings".into(),
            ),
            (
                plaid
                    .sync_bank_transfer_events(EventsRequest::after(0).count(26))
                    .await
                    .map(drop),
                "sync_bank_transfer_events: count must be a whole number from 1 to 25".into(),
            ),
            (
                plaid
                    .sync_transfer_events(EventsRequest::after(0).count(0))
                    .await
                    .map(drop),
                "sync_transfer_events: count must be a whole number from 1 to 500".into(),
            ),
            (
                plaid
                    .sync_transactions(TransactionsRequest::new("a").options("b"))
                    .await
                    .map(drop),
                "sync_transactions: options must be an object that JSON can represent".into(),
            ),
            (
                plaid
                    .request::<_, Value>("//evil.example", &json!({}))
                    .await
                    .map(drop),
                "request: path must be the path of a Plaid endpoint, such as \"/accounts/get\"".into(),
            ),
            (
                plaid.request::<_, Value>("/item/get", &json!([])).await.map(drop),
                "request: body must be an object that JSON can represent".into(),
            ),
        ] {
            assert_eq!(words(result), message);
        }
        assert!(sandbox.requests().is_empty());
    });
}

#[test]
fn an_error_has_plaids_fields_and_no_secret() {
    block_on(async {
        let (sandbox, plaid) = start();
        let token = Secret::from("access-sandbox-11111111-2222-3333-4444-555555555555");
        let error = plaid.auth(&token).await.unwrap_err();
        let details = error.details().unwrap().clone();
        let id = details.request_id.unwrap();
        assert!(
            error
                .to_string()
                .starts_with("auth: Plaid responded with 400 INVALID_ACCESS_TOKEN: ")
        );
        assert!(error.to_string().ends_with(&format!(" (request_id {id})")));
        assert_eq!(
            (error.kind(), details.status, details.attempts),
            ("api", Some(400), 1)
        );
        assert_eq!(details.error_type.as_deref(), Some("INVALID_INPUT"));
        assert_eq!(details.endpoint, "/auth/get");

        let secret = "5a4db0c0ffee5a4db0c0ffee5a4db0";
        let body = json!({ "error_code": "A", "error_message": format!("{secret} {}", token.expose()) });
        sandbox.fail("/auth/get", Fault::response(400, body.to_string()));
        let error = plaid.auth(&token).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "auth: Plaid responded with 400 A: [redacted] [redacted]"
        );
        for shown in [format!("{error:?}"), format!("{plaid:?}"), format!("{token:?}")] {
            assert!(
                !shown.contains(secret) && !shown.contains("11111111-2222"),
                "{shown}"
            );
        }
    });
}

#[test]
fn what_is_no_response_of_plaids() {
    block_on(async {
        let (sandbox, plaid) = start();
        for (fault, message) in [
            (
                Fault::response(200, "<html>"),
                "the response (status 200) is not a JSON object",
            ),
            (
                Fault::response(200, "[]"),
                "the response (status 200) is not a JSON object",
            ),
            (
                Fault::response(200, "{}"),
                "the response does not have the fields of a /auth/get response",
            ),
            (
                Fault::response(404, "{}"),
                "the response has status 404 but no Plaid error",
            ),
            (
                Fault::response(404, "gone"),
                "the response (status 404) is not a JSON object",
            ),
            (
                Fault::response(307, ""),
                "the response is a redirect, which is never followed",
            ),
            (
                Fault::network_error(),
                "no response from sandbox.plaid.com: fetch failed",
            ),
        ] {
            sandbox.fail("/auth/get", fault);
            let plaid = plaid.with_options(CallOptions::new().max_retries(0));
            let error = plaid.auth("access-sandbox-1").await.unwrap_err();
            assert_eq!(error.to_string(), format!("auth: {message}"));
        }
        // A byte order mark is no part of a text.
        sandbox.fail("/item/get", Fault::response(200, "\u{feff}{\"a\":1}"));
        let response: Value = plaid.request("/item/get", &json!({})).await.unwrap();
        assert_eq!(response, json!({ "a": 1 }));
    });
}

#[test]
fn a_public_token_that_a_lost_attempt_used_up() {
    block_on(async {
        let (sandbox, plaid) = start();
        let path = "/item/public_token/exchange";
        sandbox.fail(path, Fault::network_error());
        sandbox.fail(path, Fault::error("INVALID_PUBLIC_TOKEN"));
        let error = plaid.exchange_public_token("public-sandbox-1").await.unwrap_err();
        assert!(
            error
                .to_string()
                .contains("has probably used up the public token"),
            "{error}"
        );
        let lost = std::error::Error::source(&error).unwrap();
        assert!(
            lost.to_string().contains("no response from sandbox.plaid.com"),
            "{lost}"
        );
    });
}

/// Makes so many bank transfers, each of which is an event.
async fn make_events(sandbox: &Sandbox, count: usize) -> Result<(), Error> {
    let (plaid, access_token) = (sandbox.client(), sandbox.access_token(["auth"]).await?);
    let account = &plaid.auth(&access_token).await?.accounts[0].account_id;
    for n in 0..count {
        let body = json!({
            "idempotency_key": format!("key-{n}"), "access_token": access_token, "account_id": account,
            "type": "credit", "network": "ach", "ach_class": "ppd", "amount": "1.00", "iso_currency_code": "USD",
            "description": "test", "user": { "legal_name": "A B" },
        });
        plaid.request::<_, Value>("/bank_transfer/create", &body).await?;
    }
    Ok(())
}

#[test]
fn streams_give_every_event_once() -> Result<(), Error> {
    block_on(async {
        let (sandbox, plaid) = start();
        make_events(&sandbox, 7).await?;
        let events = plaid.bank_transfer_events(EventsRequest::after(0).count(3));
        let ids: Vec<_> = events.map_ok(|event| event.event_id).try_collect().await?;
        assert_eq!(ids, [1, 2, 3, 4, 5, 6, 7]);
        let events = plaid.transfer_events(EventsRequest::after(2).count(2));
        let ids: Vec<_> = events.map_ok(|event| event.event_id).try_collect().await?;
        assert_eq!(ids, [3, 4, 5, 6, 7]);
        Ok(())
    })
}

#[test]
fn a_stream_goes_on_after_an_error_where_it_stopped() -> Result<(), Error> {
    block_on(async {
        let (sandbox, plaid) = start();
        make_events(&sandbox, 3).await?;
        let plaid = plaid.with_options(CallOptions::new().max_retries(0));
        let mut events = pin!(plaid.transfer_events(EventsRequest::after(0).count(2)));
        assert_eq!(events.try_next().await?.unwrap().event_id, 1);
        assert_eq!(events.try_next().await?.unwrap().event_id, 2);
        sandbox.fail("/transfer/event/sync", Fault::status(500));
        assert!(matches!(events.next().await, Some(Err(Error::Server(_)))));
        assert_eq!(events.try_next().await?.unwrap().event_id, 3);
        assert!(events.next().await.is_none());
        Ok(())
    })
}

#[test]
fn events_out_of_order_and_an_end_that_is_not_said() -> Result<(), Error> {
    block_on(async {
        let (sandbox, plaid) = start();
        let event = |id: u64| json!({ "event_id": id });
        let path = "/transfer/event/sync";
        sandbox.respond(path, json!({ "transfer_events": [event(3), event(2), event(3)] }));
        sandbox.respond(
            path,
            json!({ "transfer_events": [event(u64::MAX), event(1)], "has_more": true }),
        );
        sandbox.respond(path, json!({ "transfer_events": [], "has_more": true }));
        let ids: Vec<_> = plaid
            .transfer_events(0)
            .map_ok(|event| event.event_id)
            .try_collect()
            .await?;
        assert_eq!(ids, [2, 3, u64::MAX]);
        let bodies: Vec<_> = sandbox
            .requests()
            .into_iter()
            .map(|request| request.body)
            .collect();
        assert_eq!(
            bodies[1..],
            [json!({ "after_id": 3 }), json!({ "after_id": u64::MAX })]
        );
        sandbox.respond(path, json!({ "transfer_events": [{}] }));
        let error = pin!(plaid.transfer_events(0)).try_next().await.unwrap_err();
        assert!(matches!(error, Error::BadResponse(_)), "{error}");
        Ok(())
    })
}

#[test]
fn transactions_are_one_update() -> Result<(), Error> {
    block_on(async {
        let (sandbox, plaid) = start();
        let access_token = sandbox.access_token(["transactions"]).await?;
        let first = plaid.sync_transactions(&access_token).await?;
        assert_eq!((first.next_cursor.as_str(), first.added.len()), ("", 0));
        let all = plaid
            .sync_transactions(TransactionsRequest::new(&access_token).count(10))
            .await?;
        assert!(all.added.len() > 10 && !all.accounts.is_empty());
        let later = plaid
            .sync_transactions(TransactionsRequest::new(&access_token).cursor(&all.next_cursor))
            .await?;
        assert_eq!((later.added.len(), &later.next_cursor), (0, &all.next_cursor));
        Ok(())
    })
}

#[test]
fn an_update_begins_again_when_the_data_changes() -> Result<(), Error> {
    block_on(async {
        let (sandbox, plaid) = start();
        let path = "/transactions/sync";
        let page = |id: &str, next: &str, more: bool| {
            json!({
                "added": [{ "transaction_id": id, "account_id": "a", "amount": 1.5, "date": "2026-03-04" }],
                "modified": [], "removed": [], "accounts": [], "next_cursor": next, "has_more": more,
                "transactions_update_status": "HISTORICAL_UPDATE_COMPLETE",
            })
        };
        let mutation = || Fault::error("TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION");
        sandbox.respond(path, page("old", "1", true));
        sandbox.fail(path, mutation());
        sandbox.respond(path, page("x", "1", true));
        sandbox.respond(path, page("y", "2", false));
        let update = plaid
            .sync_transactions(TransactionsRequest::new("access-1").cursor("0"))
            .await?;
        let ids: Vec<_> = update
            .added
            .iter()
            .map(|added| added.transaction_id.as_str())
            .collect();
        assert_eq!((ids, update.next_cursor.as_str()), (vec!["x", "y"], "2"));
        let cursors: Vec<_> = sandbox
            .requests()
            .into_iter()
            .map(|sent| sent.body["cursor"].clone())
            .collect();
        assert_eq!(cursors, ["0", "1", "0", "1"]);

        sandbox.fail(path, mutation().times(9));
        let error = plaid.sync_transactions("access-1").await.unwrap_err();
        assert_eq!(sandbox.requests().len(), 4 + 4);
        assert_eq!(
            error.error_code(),
            Some("TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION")
        );

        let (sandbox, plaid) = start();
        sandbox.respond(path, page("x", "1", true));
        sandbox.respond(path, page("y", "1", true));
        let error = plaid.sync_transactions("access-1").await.unwrap_err();
        assert!(matches!(error, Error::BadResponse(_)), "{error}");
        Ok(())
    })
}

#[test]
fn files() -> Result<(), Error> {
    block_on(async {
        let (sandbox, plaid) = start();
        sandbox.fail("/statements/download", Fault::response(200, "%PDF"));
        assert_eq!(plaid.download("/statements/download", &json!({})).await?, b"%PDF");
        let error = plaid
            .download("/statements/download", &json!({}))
            .await
            .unwrap_err();
        assert!(matches!(error, Error::Api(_)), "{error}");
        Ok(())
    })
}

const ITEM_ERROR: &str = r#"{"webhook_type":"ITEM","webhook_code":"ERROR","item_id":"item-1","new_field":1}"#;

#[test]
fn genuine_webhooks_and_one_request_for_their_key() -> Result<(), Error> {
    block_on(async {
        let (sandbox, plaid) = start();
        let sent = sandbox.sign_webhook(&serde_json::from_str(ITEM_ERROR).unwrap());
        let verify = || plaid.verify_webhook(&sent.body, sent.verification.as_str());
        let (one, two, three) = join!(verify(), verify(), verify());
        for webhook in [one?, two?, three?] {
            assert_eq!(webhook.item_id.as_deref(), Some("item-1"));
            assert_eq!(webhook.fields["new_field"], 1);
        }
        let clone = plaid.clone();
        clone
            .verify_webhook(sent.body.as_bytes(), Some(sent.verification.as_str()))
            .await?;
        assert_eq!(paths(&sandbox), ["/webhook_verification_key/get"]);
        Ok(())
    })
}

#[test]
fn forged_webhooks() {
    block_on(async {
        let (sandbox, plaid) = start();
        let payload: Value = serde_json::from_str(ITEM_ERROR).unwrap();
        let genuine = sandbox.sign_webhook(&payload);
        let (body, token) = (genuine.body.as_str(), genuine.verification.as_str());
        let foreign = Sandbox::seeded(1).sign_webhook(&payload);
        let parts: Vec<_> = token.split('.').collect();
        let other_signature = format!(
            "{}.{}.{}",
            parts[0],
            parts[1],
            foreign.verification.rsplit('.').next().unwrap()
        );
        let no_webhook = sandbox.sign_webhook(&json!({ "a": 1 }));
        let large = " ".repeat(1_048_577);
        for (body, header, reason) in [
            (body, None, "missing_header"),
            (body, Some(""), "missing_header"),
            (body, Some("a.b.c"), "malformed_token"),
            (body, Some("e30.e30.AA"), "wrong_algorithm"),
            (body, Some(&"a".repeat(4097)[..]), "malformed_token"),
            (&format!("{body} "), Some(token), "body_mismatch"),
            (&large, Some(token), "body_too_large"),
            (body, Some(&other_signature), "bad_signature"),
            (&foreign.body, Some(&foreign.verification), "unknown_key"),
            (&no_webhook.body, Some(&no_webhook.verification), "malformed_body"),
        ] {
            let error = plaid.verify_webhook(body, header).await.unwrap_err();
            assert_eq!(
                (error.kind(), error.reason()),
                ("webhook", Some(reason)),
                "{error}"
            );
        }
        // Of all these, only two named a key that was worth a request.
        assert_eq!(sandbox.requests().len(), 2);
    });
}

#[test]
fn stale_webhooks() {
    block_on(async {
        let (sandbox, plaid) = start();
        let sent = sandbox.sign_webhook(&serde_json::from_str(ITEM_ERROR).unwrap());
        let token = sent.verification.as_str();
        sandbox.advance(Duration::from_secs(301));
        let error = plaid.verify_webhook(&sent.body, token).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "verify_webhook: the webhook is older than tolerance allows"
        );
        assert_eq!(error.reason(), Some("stale"));
        let patient = plaid.with_options(CallOptions::new().tolerance(Duration::from_secs(600)));
        patient.verify_webhook(&sent.body, token).await.unwrap();
    });
}

#[test]
fn a_key_that_can_not_be_had_is_not_the_webhooks_fault() -> Result<(), Error> {
    block_on(async {
        let (sandbox, plaid) = start();
        let path = "/webhook_verification_key/get";
        let sent = sandbox.sign_webhook(&serde_json::from_str(ITEM_ERROR).unwrap());
        let verify = || plaid.verify_webhook(&sent.body, sent.verification.as_str());
        let text =
            |text: &str| json!({ "key": { "kid": text, "kty": "EC", "crv": "P-256", "x": "", "y": "" } });
        for (fault, kind, message) in [
            (Fault::status(500).times(3), "server", "Plaid responded with 500"),
            (Fault::error("INVALID_API_KEYS"), "api", "INVALID_API_KEYS"),
            (
                Fault::hang().times(3),
                "timeout",
                "no complete response within 30000 ms",
            ),
            (
                Fault::response(200, "{}"),
                "bad_response",
                "does not have the fields",
            ),
            (
                Fault::response(200, text("x").to_string()),
                "bad_response",
                "no usable P-256 key",
            ),
        ] {
            sandbox.fail(path, fault);
            let error = verify().await.unwrap_err();
            assert_eq!(error.kind(), kind, "{error}");
            assert!(error.to_string().contains(message), "{error}");
            // What failed is shared for a moment with those who wait, and not remembered beyond.
            sandbox.advance(Duration::from_secs(3));
        }
        let sent = sandbox.sign_webhook(&serde_json::from_str(ITEM_ERROR).unwrap());
        plaid
            .verify_webhook(&sent.body, sent.verification.as_str())
            .await?;
        Ok(())
    })
}

#[test]
fn who_stops_fetching_a_key_leaves_it_to_the_next() -> Result<(), Error> {
    block_on(async {
        let (sandbox, plaid) = start();
        let sent = sandbox.sign_webhook(&serde_json::from_str(ITEM_ERROR).unwrap());
        sandbox.fail("/webhook_verification_key/get", Fault::hang());
        {
            let mut dropped = pin!(plaid.verify_webhook(&sent.body, sent.verification.as_str()));
            assert!(futures_util::poll!(&mut dropped).is_pending());
        }
        let next = plaid.verify_webhook(&sent.body, sent.verification.as_str());
        let (waited, result) = timed(&sandbox, next).await;
        result?;
        assert!(waited.is_zero());
        Ok(())
    })
}

#[test]
fn junk_does_not_make_genuine_webhooks_fail() {
    block_on(async {
        let (sandbox, plaid) = start();
        let payload: Value = serde_json::from_str(ITEM_ERROR).unwrap();
        let mut kinds = Vec::new();
        for seed in 1..40 {
            let junk = Sandbox::seeded(seed).sign_webhook(&payload);
            kinds.push(
                plaid
                    .verify_webhook(&junk.body, junk.verification.as_str())
                    .await
                    .unwrap_err()
                    .kind(),
            );
        }
        assert!(sandbox.requests().len() <= 20);
        assert_eq!((kinds[0], kinds[38]), ("webhook", "rate_limit"));
        sandbox.advance(Duration::from_secs(2));
        let sent = sandbox.sign_webhook(&payload);
        plaid
            .verify_webhook(&sent.body, sent.verification.as_str())
            .await
            .unwrap();
    });
}

#[test]
fn the_same_calls_give_the_same_tokens_unless_seeds_differ() -> Result<(), Error> {
    block_on(async {
        let of = async |sandbox: Sandbox| sandbox.access_token(["auth"]).await;
        let (one, two) = (of(Sandbox::new()).await?, of(Sandbox::new()).await?);
        assert_eq!(one, two);
        assert_ne!(one, of(Sandbox::seeded(1)).await?);
        Ok(())
    })
}
