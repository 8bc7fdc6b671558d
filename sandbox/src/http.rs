//! What goes in and what comes out: HTTP requests, responses and webhooks.

use serde::Serialize;

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

/// What comes of a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// Milliseconds to wait before the outcome
    pub delay_ms: u32,
    /// What the caller gets
    pub result: FetchResult,
    /// Webhooks that were sent meanwhile
    pub deliveries: Vec<Delivery>,
}

/// What the caller gets.
#[derive(Clone, Debug, PartialEq)]
pub enum FetchResult {
    /// A response
    Response(Response),
    /// A connection that fails
    NetworkError,
    /// A connection on which nothing comes, or a response whose body begins and never ends
    Hang(Option<Response>),
}

/// An HTTP response.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Response {
    /// The HTTP status
    pub status: u16,
    /// The Retry-After header
    pub retry_after: Option<String>,
    /// The Content-Type header
    pub content_type: &'static str,
    /// The id of the request, for responses that are no JSON
    pub request_id: Option<String>,
    /// Whether it is made from Plaid's types only, which a header says
    pub typed: bool,
    /// The body, JSON or a file, unless a fault says otherwise
    pub body: String,
}

/// A webhook on its way.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// Where it goes
    pub url: String,
    /// What is posted
    pub webhook: SignedWebhook,
    /// When, in milliseconds since 1970
    pub due: i64,
    /// How often it was posted before
    pub retries: u32,
}

/// A webhook ready to be posted: the exact bytes of its body, and the JWT of its `Plaid-Verification` header.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SignedWebhook {
    /// JSON with two-space indentation and keys in alphabetical order.
    pub body: String,
    /// The value of the `Plaid-Verification` header.
    pub verification: String,
}

impl Response {
    pub(crate) fn json(status: u16, body: &serde_json::Value) -> Self {
        Self {
            status,
            content_type: "application/json",
            body: body.to_string(),
            ..Self::default()
        }
    }
}
