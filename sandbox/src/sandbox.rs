//! The sandbox itself: how a request is judged, and the answer.

use std::collections::VecDeque;

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::endpoint::{Body, Endpoint, check, with};
use crate::error::PlaidError;
use crate::fault::{Fault, Faults};
use crate::random::Random;
use crate::state::{Call, State};
use crate::webhook_keys::SignedWebhook;
use crate::{
    accounts, bank_transfer_events, bank_transfers, items, link, link_complete, public_tokens, sandbox_items,
    transfers, webhook_keys,
};

/// The keys that the sandbox accepts.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// Plaid's `client_id`
    pub client_id: String,
    /// Plaid's `secret`
    pub secret: String,
}

/// An HTTP request, as far as Plaid looks at it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Request<'a> {
    /// "POST", for every endpoint
    pub method: &'a str,
    /// "/auth/get"
    pub path: &'a str,
    /// The Content-Type header
    pub content_type: Option<&'a str>,
    /// The PLAID-CLIENT-ID header
    pub client_id: Option<&'a str>,
    /// The PLAID-SECRET header
    pub secret: Option<&'a str>,
    /// The body's bytes
    pub body: &'a [u8],
}

/// When a request arrives, and what chance it brings.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// Milliseconds since 1970
    pub now: i64,
    /// Random bytes: the source of every identifier and key that the request makes
    pub entropy: [u8; 32],
}

/// What comes of a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// Milliseconds to wait before the outcome
    pub delay_ms: u32,
    /// What the caller gets
    pub outcome: Outcome,
    /// Webhooks that were sent meanwhile
    pub deliveries: Vec<Delivery>,
}

/// What the caller gets.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// An answer
    Answer(Answer),
    /// A connection that fails
    NetworkError,
    /// A connection on which nothing comes, or an answer whose body begins and never ends
    Hang(Option<Answer>),
}

/// An HTTP answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The HTTP status
    pub status: u16,
    /// The Retry-After header
    pub retry_after: Option<String>,
    /// The body, JSON unless a fault says otherwise
    pub body: String,
}

/// A webhook on its way.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// Where it goes
    pub url: String,
    /// What is posted
    pub webhook: SignedWebhook,
}

/// A request as it is remembered: without credentials, and without a body that is no JSON object.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Seen {
    path: String,
    body: Value,
}

/// Requests remembered; older ones are forgotten.
const MEMORY: usize = 10_000;

/// Plaid in a box.
pub struct Sandbox {
    credentials: Credentials,
    state: State,
    faults: Faults,
    seen: VecDeque<Seen>,
}

impl Sandbox {
    /// A fresh sandbox.
    pub fn new(credentials: Credentials) -> Self {
        Self {
            credentials,
            state: State::default(),
            faults: Faults::default(),
            seen: VecDeque::new(),
        }
    }

    /// Forgets everything but the credentials.
    pub fn reset(&mut self) {
        *self = Self::new(self.credentials.clone());
    }

    /// Lets the next calls of this path fail.
    pub fn fail(&mut self, path: &str, fault: Fault) {
        self.faults.add(path, fault);
    }

    /// The requests so far, oldest first, as a JSON array of `{path, body}`.
    pub fn requests(&self) -> String {
        json!(self.seen).to_string()
    }

    /// Signs a payload as a webhook of Plaid's. `issued_at` is in seconds since 1970, the moment's own by default.
    pub fn sign_webhook(
        &mut self,
        payload: &Value,
        issued_at: Option<i64>,
        expired_key: bool,
        moment: Moment,
    ) -> SignedWebhook {
        let mut random = Random::new(moment.entropy);
        let mut call = Call::new(&mut self.state, moment.now, &mut random);
        let issued_at = issued_at.unwrap_or_else(|| moment.now.div_euclid(1000));
        call.webhook_keys().sign(payload, issued_at, expired_key)
    }

    /// Answers a request as Plaid would, or as the next fault of its path says.
    pub fn handle(&mut self, request: &Request, moment: Moment) -> Reply {
        let mut random = Random::new(moment.entropy);
        let request_id = random.request_id();
        let body = serde_json::from_slice::<Map<String, Value>>(request.body).ok();
        self.remember(request.path, body.as_ref());
        let fault = self.faults.next(request.path).unwrap_or_default();
        let delay_ms = fault.delay_ms.unwrap_or(0);
        if let Some(outcome) = fault.outcome(&request_id) {
            return Reply {
                delay_ms,
                outcome,
                deliveries: Vec::new(),
            };
        }
        let mut call = Call::new(&mut self.state, moment.now, &mut random);
        let (status, body) = match answer(&self.credentials, request, body, &mut call) {
            Ok(body) => (200, with(body, "request_id", Some(request_id))),
            Err(error) => (error.status, error.body(&request_id)),
        };
        let (retry_after, body) = (None, body.to_string());
        Reply {
            delay_ms,
            outcome: Outcome::Answer(Answer {
                status,
                retry_after,
                body,
            }),
            deliveries: call.deliveries,
        }
    }

    fn remember(&mut self, path: &str, body: Option<&Map<String, Value>>) {
        let body = body.cloned().map(|mut body| {
            body.remove("client_id");
            body.remove("secret");
            Value::Object(body)
        });
        if self.seen.len() >= MEMORY {
            self.seen.pop_front();
        }
        self.seen.push_back(Seen {
            path: path.to_owned(),
            body: body.unwrap_or(Value::Null),
        });
    }
}

const ENDPOINTS: &[&[Endpoint]] = &[
    link::ENDPOINTS,
    link_complete::ENDPOINTS,
    public_tokens::ENDPOINTS,
    items::ENDPOINTS,
    sandbox_items::ENDPOINTS,
    accounts::ENDPOINTS,
    bank_transfers::ENDPOINTS,
    bank_transfer_events::ENDPOINTS,
    transfers::ENDPOINTS,
    webhook_keys::ENDPOINTS,
];

/// Judges a request in this order: route, content type, JSON, credentials, fields, and then what the endpoint checks.
fn answer(
    credentials: &Credentials,
    request: &Request,
    body: Option<Map<String, Value>>,
    call: &mut Call,
) -> Result<Value, PlaidError> {
    let endpoint = ENDPOINTS
        .iter()
        .flat_map(|area| area.iter())
        .find(|endpoint| endpoint.path == request.path)
        .filter(|_| request.method == "POST")
        .ok_or_else(|| {
            let Request { method, path, .. } = request;
            PlaidError::of("NOT_FOUND").saying(format!("not found: the sandbox knows no {method} {path}"))
        })?;
    let content_type = request
        .content_type
        .ok_or_else(|| PlaidError::of("INVALID_HEADERS"))?;
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/json") {
        return Err(PlaidError::of("INVALID_BODY"));
    }
    let mut body = body.ok_or_else(|| PlaidError::of("INVALID_BODY"))?;
    check_credentials(credentials, request, &mut body)?;
    check(endpoint.fields, &body)?;
    (endpoint.answer)(&Body(Value::Object(body)), call)
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
