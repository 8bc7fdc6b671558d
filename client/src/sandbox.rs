//! An in-process Plaid sandbox, as a transport for tests: stateful and strict. It needs the feature `sandbox`.
//!
//! Its clock is virtual, so no test waits for a retry or a timeout: when every pending call waits, the clock jumps to the
//! next moment at which something happens. Its differences from Plaid are listed in
//! [its README](https://github.com/plaid-edge/plaid-edge/blob/main/sandbox/README.md).
//!
//! Code to be tested takes a client with any transport:
//!
//! ```
//! use plaid_edge_client::sandbox::{Fault, Sandbox};
//! use plaid_edge_client::{Client, Error, Secret, Transport};
//!
//! async fn account_number<T: Transport>(plaid: &Client<T>, access_token: &Secret) -> Result<String, Error> {
//!     let auth = plaid.auth(access_token).await?;
//!     Ok(auth.numbers.ach[0].account.clone())
//! }
//!
//! # pollster::block_on(async {
//! let sandbox = Sandbox::new();
//! let plaid = sandbox.client();
//! let access_token = sandbox.access_token(["auth"]).await?;
//!
//! sandbox.fail("/auth/get", Fault::status(503).times(2));
//! assert_eq!(account_number(&plaid, &access_token).await?, "1111222233330000"); // the third attempt succeeds
//!
//! sandbox.fail("/auth/get", Fault::error("ITEM_LOGIN_REQUIRED"));
//! let error = account_number(&plaid, &access_token).await.unwrap_err(); // not retried: only the user can fix it
//! assert_eq!(error.error_code(), Some("ITEM_LOGIN_REQUIRED"));
//! # Ok::<_, Error>(())
//! # }).unwrap();
//! ```

use std::collections::BTreeSet;
use std::fmt::{self, Debug, Formatter};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use http::{HeaderMap, Request, Response, header};
use plaid_edge_sandbox::{Credentials, Delivery, FetchResult};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::client::Client;
use crate::env::Config;
use crate::error::Error;
use crate::secret::Secret;
use crate::transport::{SendError, Transport};

/// These look like Plaid's, and can be told from real ones.
const CLIENT_ID: &str = "5a4db0c0ffee5a4db0c0ffee";
const SECRET: &str = "5a4db0c0ffee5a4db0c0ffee5a4db0";

/// The first moment of every sandbox, in milliseconds: 2026-03-04T05:06:07Z.
const START: i64 = 1_772_600_767_000;

/// An in-process stand-in for the Plaid API. Clones share one state. Every sandbox returns the same IDs and tokens for
/// the same calls, unless its seed differs.
///
/// ```
/// use plaid_edge_client::sandbox::Sandbox;
///
/// # pollster::block_on(async {
/// let sandbox = Sandbox::new();
/// sandbox.client().create_link_token("user-1").await?;
/// assert_eq!(sandbox.requests()[0].path, "/link/token/create");
/// # Ok::<_, plaid_edge_client::Error>(())
/// # }).unwrap();
/// ```
#[derive(Clone)]
pub struct Sandbox {
    world: Arc<Mutex<World>>,
}

struct World {
    sandbox: plaid_edge_sandbox::Sandbox,
    /// Milliseconds since 1970.
    now: i64,
    seed: u64,
    draws: u64,
    /// The moments that are waited for, each with a unique number.
    timers: BTreeSet<(i64, u64)>,
    timers_made: u64,
    webhooks: Vec<Delivery>,
}

impl Debug for Sandbox {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").finish_non_exhaustive()
    }
}

impl Default for Sandbox {
    fn default() -> Self {
        Self::new()
    }
}

impl Sandbox {
    /// A fresh sandbox.
    ///
    /// ```
    /// let sandbox = plaid_edge_client::sandbox::Sandbox::new();
    /// ```
    pub fn new() -> Self {
        Self::seeded(0)
    }

    /// A fresh sandbox with different IDs and tokens.
    ///
    /// ```
    /// let sandbox = plaid_edge_client::sandbox::Sandbox::seeded(17);
    /// ```
    pub fn seeded(seed: u64) -> Self {
        let credentials = Credentials {
            client_id: CLIENT_ID.to_owned(),
            secret: SECRET.to_owned(),
        };
        let world = World {
            sandbox: plaid_edge_sandbox::Sandbox::new(credentials),
            now: START,
            seed,
            draws: 0,
            timers: BTreeSet::new(),
            timers_made: 0,
            webhooks: Vec::new(),
        };
        Self {
            world: Arc::new(Mutex::new(world)),
        }
    }

    /// The credentials that it accepts, as a configuration.
    ///
    /// ```
    /// use plaid_edge_client::Client;
    /// use plaid_edge_client::sandbox::Sandbox;
    ///
    /// let sandbox = Sandbox::new();
    /// let plaid = Client::with_transport(sandbox.config().max_retries(0), sandbox.clone());
    /// ```
    pub fn config(&self) -> Config {
        // The host does not matter: nothing is sent.
        Config::new("https://sandbox.plaid.com", CLIENT_ID, SECRET)
    }

    /// A client that uses this sandbox.
    ///
    /// ```
    /// let plaid = plaid_edge_client::sandbox::Sandbox::new().client();
    /// ```
    pub fn client(&self) -> Client<Self> {
        Client::with_transport(self.config(), self.clone())
    }

    /// A public token of a new Item with these products, as Link returns after a login.
    ///
    /// ```
    /// # use plaid_edge_client::sandbox::Sandbox;
    /// # pollster::block_on(async {
    /// let public_token = Sandbox::new().public_token(["auth"]).await?;
    /// # Ok::<_, plaid_edge_client::Error>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// The sandbox's error, for an unknown product for example.
    pub async fn public_token<'p>(
        &self,
        products: impl IntoIterator<Item = &'p str>,
    ) -> Result<Secret, Error> {
        let products: Vec<_> = products.into_iter().collect();
        let body = json!({ "institution_id": "ins_109508", "initial_products": products });
        let linked: Linked = self
            .client()
            .request("/sandbox/public_token/create", &body)
            .await?;
        Ok(linked.public_token)
    }

    /// Plays the user in Link, who logs in to a bank. Returns the public token that Link would hand to the page.
    ///
    /// ```
    /// # use plaid_edge_client::sandbox::Sandbox;
    /// # pollster::block_on(async {
    /// let sandbox = Sandbox::new();
    /// let link = sandbox.client().create_link_token("user-1").await?;
    /// let public_token = sandbox.complete_link(&link.link_token).await?;
    /// # Ok::<_, plaid_edge_client::Error>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// The sandbox's error, for a link token that was already used for example.
    pub async fn complete_link(&self, link_token: &Secret) -> Result<Secret, Error> {
        let body = json!({ "link_token": link_token });
        let path = "/sandbox/plaid_edge/link/complete";
        let linked: Linked = self.client().request(path, &body).await?;
        Ok(linked.public_token)
    }

    /// An access token for a new Item with these products.
    ///
    /// ```
    /// # use plaid_edge_client::sandbox::Sandbox;
    /// # pollster::block_on(async {
    /// let access_token = Sandbox::new().access_token(["auth", "identity"]).await?;
    /// # Ok::<_, plaid_edge_client::Error>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// The sandbox's error, for an unknown product for example.
    pub async fn access_token<'p>(
        &self,
        products: impl IntoIterator<Item = &'p str>,
    ) -> Result<Secret, Error> {
        let public_token = self.public_token(products).await?;
        let item = self.client().exchange_public_token(&public_token).await?;
        Ok(item.access_token)
    }

    /// Makes the next calls of a path fail. Failures and responses that wait for their calls may take 16 MiB; what comes on
    /// top of that is dropped.
    ///
    /// ```
    /// use plaid_edge_client::sandbox::{Fault, Sandbox};
    ///
    /// let sandbox = Sandbox::new();
    /// sandbox.fail("/auth/get", Fault::status(500).times(3));
    /// ```
    pub fn fail(&self, path: &str, fault: Fault) {
        // What is dropped is told to no one, so that a test needs no error of it.
        let _ = self.world().sandbox.fail(path, fault.0);
    }

    /// Responds to the next call of a path with this body and a `request_id`. The path may be one that the sandbox does not
    /// model.
    ///
    /// ```
    /// use plaid_edge_client::sandbox::Sandbox;
    /// use serde_json::{Value, json};
    ///
    /// # pollster::block_on(async {
    /// let sandbox = Sandbox::new();
    /// sandbox.respond("/new/endpoint", json!({ "result": "yours" }));
    /// let response: Value = sandbox.client().request("/new/endpoint", &json!({})).await?;
    /// assert_eq!(response["result"], "yours");
    /// # Ok::<_, plaid_edge_client::Error>(())
    /// # }).unwrap();
    /// ```
    pub fn respond(&self, path: &str, body: Value) {
        let _ = self.world().sandbox.respond(path, body, 1, 200);
    }

    /// Moves the clock forward: pending transactions post, tokens and logins expire, transfers settle.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let sandbox = plaid_edge_client::sandbox::Sandbox::new();
    /// sandbox.advance(Duration::from_secs(24 * 60 * 60));
    /// ```
    pub fn advance(&self, duration: Duration) {
        let mut world = self.world();
        world.now = world.now.saturating_add(milliseconds(duration));
        let context = world.context();
        let webhooks = world.sandbox.advance(context);
        world.webhooks.extend(webhooks);
    }

    /// A webhook, signed as Plaid would sign it now.
    ///
    /// ```
    /// use plaid_edge_client::sandbox::Sandbox;
    /// use serde_json::json;
    ///
    /// let sandbox = Sandbox::new();
    /// let signed = sandbox.sign_webhook(&json!({ "webhook_type": "ITEM", "webhook_code": "ERROR" }));
    /// assert!(signed.body.contains("ERROR"));
    /// ```
    pub fn sign_webhook(&self, payload: &Value) -> SentWebhook {
        let mut world = self.world();
        let context = world.context();
        let signed = world.sandbox.sign_webhook(payload, None, false, context);
        SentWebhook {
            url: String::new(),
            body: signed.body,
            verification: signed.verification,
        }
    }

    /// The webhooks sent since the last call of this method. Nothing is posted: pass them to your handler.
    ///
    /// ```
    /// use plaid_edge_client::sandbox::Sandbox;
    /// use serde_json::{Value, json};
    ///
    /// # pollster::block_on(async {
    /// let sandbox = Sandbox::new();
    /// let plaid = sandbox.client();
    /// let body = json!({ "webhook": "https://example.com/webhook" });
    /// plaid.request::<_, Value>("/sandbox/bank_transfer/fire_webhook", &body).await?;
    /// let sent = &sandbox.webhooks()[0];
    /// assert_eq!(sent.url, "https://example.com/webhook");
    /// plaid.verify_webhook(&sent.body, sent.verification.as_str()).await?;
    /// # Ok::<_, plaid_edge_client::Error>(())
    /// # }).unwrap();
    /// ```
    pub fn webhooks(&self) -> Vec<SentWebhook> {
        let sent = std::mem::take(&mut self.world().webhooks);
        sent.into_iter()
            .map(|delivery| SentWebhook {
                url: delivery.url,
                body: delivery.webhook.body,
                verification: delivery.webhook.verification,
            })
            .collect()
    }

    /// The requests it received, oldest first, without credentials.
    ///
    /// ```
    /// # use plaid_edge_client::sandbox::Sandbox;
    /// # pollster::block_on(async {
    /// let sandbox = Sandbox::new();
    /// sandbox.client().create_link_token("user-1").await?;
    /// assert_eq!(sandbox.requests()[0].body["user"]["client_user_id"], "user-1");
    /// # Ok::<_, plaid_edge_client::Error>(())
    /// # }).unwrap();
    /// ```
    pub fn requests(&self) -> Vec<SentRequest> {
        serde_json::from_str(&self.world().sandbox.requests()).unwrap_or_default()
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait(&self, milliseconds: i64) -> Wait<'_> {
        let mut world = self.world();
        world.timers_made = world.timers_made.saturating_add(1);
        let timer = (world.now.saturating_add(milliseconds), world.timers_made);
        world.timers.insert(timer);
        Wait {
            sandbox: self,
            timer,
            is_polled: false,
        }
    }
}

impl World {
    fn context(&mut self) -> plaid_edge_sandbox::Context {
        self.draws = self.draws.wrapping_add(1);
        let hash = Sha256::new()
            .chain_update(self.seed.to_le_bytes())
            .chain_update(self.draws.to_le_bytes());
        plaid_edge_sandbox::Context {
            now: self.now,
            entropy: hash.finalize().into(),
        }
    }
}

impl Transport for Sandbox {
    async fn send(&self, request: Request<String>) -> Result<Response<Vec<u8>>, SendError> {
        let reply = {
            let mut world = self.world();
            let context = world.context();
            let reply = world.sandbox.handle(&as_received(&request), context);
            world.webhooks.extend(reply.deliveries);
            (reply.delay_ms, reply.result)
        };
        let (delay_ms, result) = reply;
        if delay_ms > 0 {
            self.wait(i64::from(delay_ms)).await;
        }
        match result {
            FetchResult::Response(response) => respond(response),
            FetchResult::NetworkError => Err(SendError::Failed("fetch failed".to_owned())),
            FetchResult::Hang(_) => std::future::pending().await,
        }
    }

    async fn sleep(&self, duration: Duration) {
        self.wait(milliseconds(duration)).await;
    }

    fn now(&self) -> Duration {
        Duration::from_millis(u64::try_from(self.world().now).unwrap_or_default())
    }

    /// The same in every run.
    fn random(&self) -> f64 {
        0.5
    }
}

fn as_received(request: &Request<String>) -> plaid_edge_sandbox::Request<'_> {
    fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
        headers.get(name)?.to_str().ok()
    }
    let headers = request.headers();
    plaid_edge_sandbox::Request {
        method: request.method().as_str(),
        path: request.uri().path(),
        content_type: text(headers, "content-type"),
        client_id: text(headers, "plaid-client-id"),
        secret: text(headers, "plaid-secret"),
        body: request.body().as_bytes(),
    }
}

fn respond(response: plaid_edge_sandbox::Response) -> Result<Response<Vec<u8>>, SendError> {
    let mut built = Response::builder()
        .status(response.status)
        .header(header::CONTENT_TYPE, response.content_type);
    if let Some(retry_after) = response.retry_after {
        built = built.header(header::RETRY_AFTER, retry_after);
    }
    let built = built.body(response.body.into_bytes());
    built.map_err(|error| SendError::Failed(error.to_string()))
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[derive(Deserialize)]
struct Linked {
    public_token: Secret,
}

/// Waits for a moment on the virtual clock.
struct Wait<'a> {
    sandbox: &'a Sandbox,
    timer: (i64, u64),
    is_polled: bool,
}

impl Future for Wait<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut world = self.sandbox.world();
        // Everything else was polled, and this is the next to happen.
        let is_next = self.is_polled && world.timers.first() == Some(&self.timer);
        if is_next {
            world.now = world.now.max(self.timer.0);
        }
        let is_over = world.now >= self.timer.0;
        drop(world);
        if is_over {
            return Poll::Ready(());
        }
        self.is_polled = true;
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        self.sandbox.world().timers.remove(&self.timer);
    }
}

/// How the next calls of a path fail, for [`Sandbox::fail`].
///
/// ```
/// use std::time::Duration;
///
/// use plaid_edge_client::sandbox::Fault;
///
/// let down = Fault::status(503).times(3).retry_after("2");
/// let login = Fault::error("ITEM_LOGIN_REQUIRED");
/// let slow = Fault::delay(Duration::from_secs(40));
/// ```
#[derive(Clone, Debug)]
pub struct Fault(plaid_edge_sandbox::Fault);

impl Fault {
    fn new(fault: plaid_edge_sandbox::Fault) -> Self {
        Self(fault)
    }

    /// Plaid's error with this `error_code`.
    ///
    /// ```
    /// let fault = plaid_edge_client::sandbox::Fault::error("ITEM_LOGIN_REQUIRED");
    /// ```
    pub fn error(code: impl Into<String>) -> Self {
        Self::new(plaid_edge_sandbox::Fault {
            error_code: Some(code.into()),
            ..Default::default()
        })
    }

    /// One of Plaid's errors with this HTTP status: 400 to 599.
    ///
    /// ```
    /// let fault = plaid_edge_client::sandbox::Fault::status(503);
    /// ```
    pub fn status(status: u16) -> Self {
        Self::new(plaid_edge_sandbox::Fault {
            status: Some(status),
            ..Default::default()
        })
    }

    /// A response with this status and body.
    ///
    /// ```
    /// let fault = plaid_edge_client::sandbox::Fault::response(200, "<html>");
    /// ```
    pub fn response(status: u16, body: impl Into<String>) -> Self {
        Self::new(plaid_edge_sandbox::Fault {
            status: Some(status),
            raw_body: Some(body.into()),
            ..Default::default()
        })
    }

    /// A connection that fails.
    ///
    /// ```
    /// let fault = plaid_edge_client::sandbox::Fault::network_error();
    /// ```
    pub fn network_error() -> Self {
        Self::new(plaid_edge_sandbox::Fault {
            network_error: Some(true),
            ..Default::default()
        })
    }

    /// A connection without a response.
    ///
    /// ```
    /// let fault = plaid_edge_client::sandbox::Fault::hang();
    /// ```
    pub fn hang() -> Self {
        Self::new(plaid_edge_sandbox::Fault {
            hang: Some(true),
            ..Default::default()
        })
    }

    /// A response that takes this long.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let fault = plaid_edge_client::sandbox::Fault::delay(Duration::from_secs(40));
    /// ```
    pub fn delay(duration: Duration) -> Self {
        Self::new(plaid_edge_sandbox::Fault {
            delay_ms: Some(u32::try_from(duration.as_millis()).unwrap_or(u32::MAX)),
            ..Default::default()
        })
    }

    /// How many calls fail: 1 by default.
    ///
    /// ```
    /// let fault = plaid_edge_client::sandbox::Fault::status(503).times(3);
    /// ```
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.0.times = Some(times.max(1));
        self
    }

    /// The response's `Retry-After` header.
    ///
    /// ```
    /// let fault = plaid_edge_client::sandbox::Fault::status(429).retry_after("2");
    /// ```
    #[must_use]
    pub fn retry_after(mut self, value: impl Into<String>) -> Self {
        self.0.retry_after = Some(value.into());
        self
    }
}

/// A request that the sandbox received.
///
/// ```
/// # use plaid_edge_client::sandbox::{SentRequest, Sandbox};
/// # pollster::block_on(async {
/// # let sandbox = Sandbox::new();
/// # sandbox.client().create_link_token("user-1").await?;
/// let SentRequest { path, body, .. } = &sandbox.requests()[0];
/// assert_eq!((path.as_str(), &body["language"]), ("/link/token/create", &"en".into()));
/// # Ok::<_, plaid_edge_client::Error>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SentRequest {
    /// `/auth/get`
    pub path: String,
    /// The body; null if it was not a JSON object.
    pub body: Value,
}

/// A webhook that the sandbox sent.
///
/// ```
/// # use plaid_edge_client::sandbox::Sandbox;
/// # use serde_json::json;
/// # pollster::block_on(async {
/// # let sandbox = Sandbox::new();
/// let sent = sandbox.sign_webhook(&json!({ "webhook_type": "ITEM", "webhook_code": "ERROR" }));
/// sandbox.client().verify_webhook(&sent.body, sent.verification.as_str()).await?;
/// # Ok::<_, plaid_edge_client::Error>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SentWebhook {
    /// Where it was sent; empty for [`Sandbox::sign_webhook`].
    pub url: String,
    /// The request's body.
    pub body: String,
    /// The request's `Plaid-Verification` header.
    pub verification: String,
}
