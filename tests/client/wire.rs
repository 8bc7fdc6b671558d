//! Makes the calls of a table that comes in on standard input, each with the responses that it is to get, and prints what
//! was sent and what came of it. `tests/client/wire.test.js` compares that with the npm package.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "it is a test"
)]

#[cfg(target_arch = "wasm32")]
fn main() {}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    native::main();
}

#[cfg(not(target_arch = "wasm32"))]
mod native {
    use std::collections::{BTreeMap, VecDeque};
    use std::pin::pin;
    use std::sync::{Arc, Mutex};
    use std::time::{Duration, SystemTime};

    use futures_util::TryStreamExt;
    use http::{Request, Response};
    use plaid_edge_client::{
        CallOptions, Client, Config, Error, EventsRequest, ItemRequest, LinkTokenRequest, SendError,
        TransactionsRequest, Transport,
    };
    use serde::{Deserialize, Serialize};
    use serde_json::value::RawValue;
    use serde_json::{Value, json};

    #[derive(Deserialize)]
    struct Table {
        env: BTreeMap<String, String>,
        cases: Vec<Case>,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Case {
        call: String,
        #[serde(default)]
        args: Args,
        max_retries: Option<u32>,
        timeout_ms: Option<u64>,
        responses: VecDeque<Canned>,
    }

    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Args {
        client_user_id: String,
        access_token: Option<String>,
        public_token: String,
        client_name: Option<String>,
        language: Option<String>,
        products: Option<Vec<String>>,
        country_codes: Option<Vec<String>>,
        account_subtypes: Option<Vec<String>>,
        overrides: Option<Members>,
        account_ids: Vec<String>,
        after_id: u64,
        count: Option<u32>,
        cursor: Option<String>,
        options: Option<Box<RawValue>>,
        path: String,
        body: Option<Box<RawValue>>,
        webhook: String,
        header: Option<String>,
    }

    /// The members of an object, in their order.
    struct Members(Vec<(String, Box<RawValue>)>);

    impl<'de> Deserialize<'de> for Members {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            struct Visitor;
            impl<'de> serde::de::Visitor<'de> for Visitor {
                type Value = Members;
                fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str("an object")
                }
                fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                    let mut members = Vec::new();
                    while let Some(member) = map.next_entry()? {
                        members.push(member);
                    }
                    Ok(Members(members))
                }
            }
            deserializer.deserialize_map(Visitor)
        }
    }

    #[derive(Clone, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Canned {
        Response {
            status: u16,
            body: String,
            retry_after: Option<String>,
        },
        Network(String),
        Timeout,
        Redirect,
    }

    #[derive(Clone, Serialize)]
    struct Sent {
        method: String,
        url: String,
        headers: BTreeMap<String, String>,
        body: String,
    }

    /// Gives one response after the other, and the last for ever.
    #[derive(Clone)]
    struct Recorder {
        responses: Arc<Mutex<VecDeque<Canned>>>,
        sent: Arc<Mutex<Vec<Sent>>>,
    }

    impl Transport for Recorder {
        async fn send(&self, request: Request<String>) -> Result<Response<Vec<u8>>, SendError> {
            let latin1 = |bytes: &[u8]| bytes.iter().map(|byte| char::from(*byte)).collect();
            let headers = request.headers().iter();
            self.sent.lock().unwrap().push(Sent {
                method: request.method().to_string(),
                url: request.uri().to_string(),
                headers: headers
                    .map(|(name, value)| (name.to_string(), latin1(value.as_bytes())))
                    .collect(),
                body: request.body().clone(),
            });
            let response = {
                let mut responses = self.responses.lock().unwrap();
                let first = responses.pop_front().unwrap();
                if responses.is_empty() {
                    responses.push_back(first.clone());
                }
                first
            };
            match response {
                Canned::Response {
                    status,
                    body,
                    retry_after,
                } => {
                    let mut response = Response::builder().status(status);
                    if let Some(retry_after) = retry_after {
                        response = response.header("retry-after", retry_after);
                    }
                    Ok(response.body(body.into_bytes()).unwrap())
                }
                Canned::Network(message) => Err(SendError::Failed(message)),
                Canned::Timeout => std::future::pending().await,
                Canned::Redirect => Err(SendError::Redirected),
            }
        }

        async fn sleep(&self, _: Duration) {}

        fn now(&self) -> Duration {
            SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap()
        }

        fn random(&self) -> f64 {
            0.5
        }
    }

    async fn make(plaid: &Client<Recorder>, call: &str, args: Args) -> Result<(), Error> {
        let after = EventsRequest::after(args.after_id);
        let after = args.count.map_or(after, |count| after.count(count));
        let token = args.access_token.clone().unwrap_or_default();
        match call {
            "createLinkToken" => {
                let mut request = LinkTokenRequest::new(args.client_user_id);
                if let Some(token) = args.access_token {
                    request = request.access_token(token);
                }
                if let Some(name) = args.client_name {
                    request = request.client_name(name);
                }
                if let Some(language) = args.language {
                    request = request.language(language);
                }
                if let Some(products) = args.products {
                    request = request.products(products);
                }
                if let Some(codes) = args.country_codes {
                    request = request.country_codes(codes);
                }
                if let Some(subtypes) = args.account_subtypes {
                    request = request.account_subtypes(subtypes);
                }
                for (name, value) in args.overrides.map(|members| members.0).unwrap_or_default() {
                    request = request.field(name, value);
                }
                plaid.create_link_token(request).await.map(drop)
            }
            "exchangePublicToken" => plaid.exchange_public_token(args.public_token).await.map(drop),
            "authRequest" => {
                let item = ItemRequest::new(token).account_ids(args.account_ids);
                plaid.auth(item).await.map(drop)
            }
            "identityRequest" => {
                let item = ItemRequest::new(token).account_ids(args.account_ids);
                plaid.identity(item).await.map(drop)
            }
            "syncBankTransferEvent" => plaid.sync_bank_transfer_events(after).await.map(drop),
            "syncTransferEvent" => plaid.sync_transfer_events(after).await.map(drop),
            "bankTransferEvents" => {
                let mut events = pin!(plaid.bank_transfer_events(after));
                while events.try_next().await?.is_some() {}
                Ok(())
            }
            "transferEvents" => {
                let mut events = pin!(plaid.transfer_events(after));
                while events.try_next().await?.is_some() {}
                Ok(())
            }
            "syncTransactions" => {
                let mut request = TransactionsRequest::new(token);
                if let Some(cursor) = args.cursor {
                    request = request.cursor(cursor);
                }
                if let Some(count) = args.count {
                    request = request.count(count);
                }
                if let Some(options) = args.options {
                    request = request.options(options);
                }
                plaid.sync_transactions(request).await.map(drop)
            }
            "request" => match args.body {
                Some(body) => plaid.request::<_, Value>(&args.path, &body).await.map(drop),
                None => plaid.request::<_, Value>(&args.path, &json!({})).await.map(drop),
            },
            "download" => plaid.download(&args.path, &args.body).await.map(drop),
            "verifyWebhook" => {
                let verified = plaid.verify_webhook(args.webhook, args.header.as_deref()).await;
                verified.map(drop)
            }
            other => panic!("no call {other}"),
        }
    }

    /// With the names of the npm package's errors.
    fn shown(error: &Error) -> Value {
        let message = error.to_string();
        let (_, message) = message.split_once(": ").unwrap();
        let mut shown = json!({ "kind": error.kind(), "message": message });
        if let Some(details) = error.details() {
            let more = json!({
                "endpoint": details.endpoint,
                "status": details.status,
                "requestId": details.request_id,
                "errorType": details.error_type,
                "errorCode": details.error_code,
                "errorMessage": details.error_message,
                "displayMessage": details.display_message,
                "documentationUrl": details.documentation_url,
                "suggestedAction": details.suggested_action,
                "errorDetails": details.body,
                "reason": details.reason,
                "attempts": details.attempts,
                "retryable": details.is_retryable,
                "retryAfterMs": details.retry_after.map(|wait| u64::try_from(wait.as_millis()).unwrap()),
            });
            shown
                .as_object_mut()
                .unwrap()
                .extend(more.as_object().unwrap().clone());
        }
        shown
    }

    pub(crate) fn main() {
        let table: Table = serde_json::from_reader(std::io::stdin()).unwrap();
        let config = Config::from_env(|key| table.env.get(key).cloned()).unwrap();
        let run = |case: Case| {
            let recorder = Recorder {
                responses: Arc::new(Mutex::new(case.responses)),
                sent: Arc::default(),
            };
            let mut options = CallOptions::new();
            if let Some(retries) = case.max_retries {
                options = options.max_retries(retries);
            }
            if let Some(timeout) = case.timeout_ms {
                options = options.timeout(Duration::from_millis(timeout));
            }
            let plaid = Client::with_transport(config.clone(), recorder.clone()).with_options(options);
            let result = pollster::block_on(make(&plaid, &case.call, case.args));
            let sent = recorder.sent.lock().unwrap().clone();
            json!({ "sent": sent, "error": result.err().map(|error| shown(&error)) })
        };
        let results: Vec<_> = table.cases.into_iter().map(run).collect();
        println!("{}", json!(results));
    }
}
