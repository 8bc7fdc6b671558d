//! The sandbox itself: how a request is judged, and the response.

use std::collections::VecDeque;

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::areas::{self, Handler};
use crate::data::typed;
use crate::error::PlaidError;
use crate::fault::{Fault, Faults, TooManyFaults};
use crate::fields::{Body, check, with};
use crate::http::{Delivery, FetchResult, Reply, Request, Response, SignedWebhook};
use crate::outbox::{Disorder, Outbox};
use crate::random::Random;
use crate::state::{Call, State};

/// The keys that the sandbox accepts.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// Plaid's `client_id`
    pub client_id: String,
    /// Plaid's `secret`
    pub secret: String,
}

/// What the outside gives with each call: the time and randomness.
#[derive(Clone, Copy, Debug)]
pub struct Context {
    /// Milliseconds since 1970
    pub now: i64,
    /// Random bytes: the source of every identifier and key that the request makes
    pub entropy: [u8; 32],
}

/// A request as it is remembered: without credentials, and without a body that is no JSON object.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct LoggedRequest {
    path: String,
    body: Value,
    #[serde(skip)]
    bytes: usize,
}

/// Requests remembered, and the bytes that their bodies may take together; older ones are evicted.
const MAX_LOGGED_REQUESTS: usize = 10_000;
const MAX_LOG_BYTES: usize = 8 * 1024 * 1024;
/// A body longer than this is not remembered.
const MAX_LOGGED_BODY_BYTES: usize = 64 * 1024;
/// A body longer than this is refused.
pub(crate) const MAX_BODY_BYTES: usize = 1024 * 1024;

/// The stand-in for the Plaid API.
pub struct Sandbox {
    credentials: Credentials,
    typed: bool,
    state: State,
    faults: Faults,
    outbox: Outbox,
    logged_bytes: usize,
    log: VecDeque<LoggedRequest>,
}

impl Sandbox {
    /// A fresh sandbox.
    pub fn new(credentials: Credentials) -> Self {
        Self {
            credentials,
            typed: false,
            state: State::default(),
            faults: Faults::default(),
            outbox: Outbox::default(),
            logged_bytes: 0,
            log: VecDeque::new(),
        }
    }

    /// The same sandbox, which also responds on paths of Plaid's that it does not model, with what Plaid's types allow.
    pub fn typed(self, typed: bool) -> Self {
        Self { typed, ..self }
    }

    /// Forgets everything but its settings.
    pub fn reset(&mut self) {
        *self = Self::new(self.credentials.clone()).typed(self.typed);
    }

    /// Makes the next calls of this path fail.
    pub fn fail(&mut self, path: &str, fault: Fault) -> Result<(), TooManyFaults> {
        self.faults.add(path, fault)
    }

    /// Lets the next calls of this path get this body, to which `request_id` is added.
    pub fn respond(&mut self, path: &str, body: Value, times: u32, status: u16) -> Result<(), TooManyFaults> {
        let fault = Fault {
            times: Some(times),
            status: Some(status),
            response: Some(body),
            ..Fault::default()
        };
        self.faults.add(path, fault)
    }

    /// Lets the next webhooks be delayed, doubled or reordered.
    pub fn disorder_webhooks(&mut self, disorder: Disorder) {
        self.outbox.add_disorder(disorder);
    }

    /// The webhooks that are to be posted now: delayed ones and retries. Each is signed again, since receivers refuse
    /// an old signature.
    pub fn due_webhooks(&mut self, now: i64) -> Vec<Delivery> {
        let mut due = self.outbox.due(now);
        for delivery in &mut due {
            self.state.renew_signature(&mut delivery.webhook, now);
        }
        due
    }

    /// Takes back a webhook that was not received, for a retry.
    pub fn webhook_failed(&mut self, delivery: Delivery) {
        self.outbox.failed(delivery);
    }

    /// Lets happen what the passing of time brings about: pending transactions a day old are posted, transfers go
    /// one step further. Logins and tokens expire by themselves.
    pub fn advance(&mut self, context: Context) -> Vec<Delivery> {
        let mut random = Random::new(context.entropy);
        let mut call = Call::new(&mut self.state, context.now, &mut random);
        areas::advance(&mut call);
        let new = call.deliveries;
        let mut deliveries = self.due_webhooks(context.now);
        deliveries.extend(self.outbox.send(new));
        deliveries
    }

    /// The paths on which it responds, each with "modelled" or "typed".
    pub fn coverage(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let typed = typed::responses().filter(|(path, _)| self.typed && areas::endpoint(path).is_none());
        let modelled = areas::endpoints().map(|endpoint| (endpoint.path, "modelled"));
        modelled.chain(typed.map(|(path, _)| (path, "typed")))
    }

    /// The requests so far, oldest first, as a JSON array of `{path, body}`.
    pub fn requests(&self) -> String {
        json!(self.log).to_string()
    }

    /// Signs a payload as a webhook of Plaid's. `issued_at` is in seconds since 1970, the call's own by default.
    pub fn sign_webhook(
        &mut self,
        payload: &Value,
        issued_at: Option<i64>,
        expired_key: bool,
        context: Context,
    ) -> SignedWebhook {
        let mut random = Random::new(context.entropy);
        let mut call = Call::new(&mut self.state, context.now, &mut random);
        let issued_at = issued_at.unwrap_or_else(|| context.now.div_euclid(1000));
        call.webhook_keys().sign(payload, issued_at, expired_key)
    }

    /// Responds to a request as Plaid would, or as the next fault of its path says.
    pub fn handle(&mut self, request: &Request, context: Context) -> Reply {
        let mut random = Random::new(context.entropy);
        let request_id = random.request_id();
        let length = request.body.len();
        let body = if length <= MAX_BODY_BYTES {
            serde_json::from_slice::<Map<String, Value>>(request.body).ok()
        } else {
            None
        };
        self.log_request(request.path, body.as_ref(), length);
        let fault = self.faults.next(request.path).unwrap_or_default();
        let delay_ms = fault.delay_ms.unwrap_or(0);
        if let Some(result) = fault.result(&request_id) {
            return Reply {
                delay_ms,
                result,
                deliveries: Vec::new(),
            };
        }
        let mut call = Call::new(&mut self.state, context.now, &mut random);
        let typed = Some(request.path)
            .filter(|_| self.typed)
            .and_then(typed::response);
        let content = respond(&self.credentials, typed, request, body, &mut call);
        let deliveries = call.deliveries;
        self.state.shrink();
        let response = match content {
            Ok(Content::Json(body)) => Response::json(200, &with(body, "request_id", Some(request_id))),
            Ok(Content::Typed(body)) => {
                let body = serde_json::from_str(body).unwrap_or_default();
                Response {
                    typed: true,
                    ..Response::json(200, &with(body, "request_id", Some(request_id)))
                }
            }
            Ok(Content::Pdf(body)) => Response {
                status: 200,
                content_type: "application/pdf",
                request_id: Some(request_id),
                body,
                ..Response::default()
            },
            Err(error) => Response::json(error.status, &error.body(&request_id)),
        };
        Reply {
            delay_ms,
            result: FetchResult::Response(response),
            deliveries: self.outbox.send(deliveries),
        }
    }

    fn log_request(&mut self, path: &str, body: Option<&Map<String, Value>>, length: usize) {
        let body = body
            .filter(|_| length <= MAX_LOGGED_BODY_BYTES)
            .cloned()
            .map(|mut body| {
                body.remove("client_id");
                body.remove("secret");
                Value::Object(body)
            });
        // A parsed body takes several times the bytes of its text.
        let kept = if body.is_some() {
            length.saturating_mul(8)
        } else {
            0
        };
        let path: String = path.chars().take(1024).collect();
        let bytes = kept.saturating_add(path.len()).saturating_add(64);
        self.logged_bytes = self.logged_bytes.saturating_add(bytes);
        self.log.push_back(LoggedRequest {
            path,
            body: body.unwrap_or(Value::Null),
            bytes,
        });
        while self.log.len() > MAX_LOGGED_REQUESTS || self.logged_bytes > MAX_LOG_BYTES {
            let Some(oldest) = self.log.pop_front() else { break };
            self.logged_bytes = self.logged_bytes.saturating_sub(oldest.bytes);
        }
    }
}

/// What a successful response carries.
enum Content {
    Json(Value),
    /// JSON without `request_id`, made from Plaid's types.
    Typed(&'static str),
    Pdf(String),
}

/// Judges a request in this order: route, content type, JSON, credentials, fields, and then what the endpoint checks.
fn respond(
    credentials: &Credentials,
    typed: Option<&'static str>,
    request: &Request,
    body: Option<Map<String, Value>>,
    call: &mut Call,
) -> Result<Content, PlaidError> {
    let endpoint = areas::endpoint(request.path);
    if request.method != "POST" || (endpoint.is_none() && typed.is_none()) {
        let Request { method, path, .. } = request;
        return Err(PlaidError::of("NOT_FOUND")
            .with_message(format!("not found: the sandbox knows no {method} {path}")));
    }
    let content_type = request
        .content_type
        .ok_or_else(|| PlaidError::of("INVALID_HEADERS"))?;
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/json") {
        return Err(PlaidError::of("INVALID_BODY"));
    }
    let mut body = body.ok_or_else(|| PlaidError::of("INVALID_BODY"))?;
    // The one endpoint that Plaid lets anybody call.
    if request.path == "/categories/get" {
        body.remove("client_id");
        body.remove("secret");
    } else {
        check_credentials(credentials, request, &mut body)?;
    }
    let Some(endpoint) = endpoint else {
        return Ok(Content::Typed(typed.unwrap_or("{}")));
    };
    check(endpoint.fields, &body)?;
    let body = Body(Value::Object(body));
    match endpoint.handler {
        Handler::Json(handler) => handler(&body, call).map(Content::Json),
        Handler::Pdf(handler) => handler(&body, call).map(Content::Pdf),
    }
}

/// Takes the credentials out of the body and compares them. A header goes before the field.
fn check_credentials(
    credentials: &Credentials,
    request: &Request,
    body: &mut Map<String, Value>,
) -> Result<(), PlaidError> {
    let given = [
        ("client_id", request.client_id, &credentials.client_id),
        ("secret", request.secret, &credentials.secret),
    ]
    .map(|(name, header, expected)| {
        let field = body.remove(name);
        (name, header.map(Value::from).or(field), expected)
    });
    let missing = given.iter().filter(|(_, value, _)| value.is_none());
    let missing: Vec<_> = missing.map(|(name, ..)| *name).collect();
    if !missing.is_empty() {
        return Err(PlaidError::missing_fields(&missing.join(", ")));
    }
    let text = |value: &Option<Value>| value.as_ref()?.as_str().map(str::to_owned);
    for (name, value, _) in &given {
        if text(value).is_none_or(|text| text.is_empty()) {
            let expected = "must be a properly formatted, non-empty string";
            return Err(PlaidError::invalid_field(format!("{name} {expected}")));
        }
    }
    if given
        .iter()
        .all(|(_, value, expected)| text(value).as_ref() == Some(expected))
    {
        Ok(())
    } else {
        Err(PlaidError::of("INVALID_API_KEYS"))
    }
}
