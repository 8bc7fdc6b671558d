//! The client: a method for each operation.

use std::fmt::{self, Debug, Formatter};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_core::Stream;
use plaid_edge_core::error::{ArgumentError, Failure, Text};
use plaid_edge_core::keys::KeyCache;
use plaid_edge_core::operation::{Feed, Operation};
use plaid_edge_core::request::{self, Repeat};
use plaid_edge_core::transactions::{AfterPage, Update};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::arguments::{EventsRequest, ItemRequest, LinkTokenRequest, TransactionsRequest};
use crate::call::Plan;
use crate::env::Config;
use crate::error::Error;
use crate::events::{EventPage, events};
use crate::fetch::Fetch;
use crate::json::{Object, json};
use crate::secret::Secret;
use crate::transport::Transport;
use crate::types::{
    Auth, BankTransferEvent, BankTransferEvents, Identity, LinkToken, LinkedItem, TransactionsPage,
    TransactionsUpdate, TransferEvent, TransferEvents,
};
use crate::webhook::RememberedKey;

/// A client of Plaid's API. It is cheap to clone; clones share the keys that webhooks are verified with, so keep one for
/// as long as the program runs.
///
/// ```
/// use plaid_edge_client::sandbox::Sandbox;
///
/// # pollster::block_on(async {
/// let plaid = Sandbox::new().client();
/// let link = plaid.create_link_token("user-1").await?;
/// assert!(link.link_token.expose().starts_with("link-sandbox-"));
/// # Ok::<_, plaid_edge_client::Error>(())
/// # }).unwrap();
/// ```
pub struct Client<T = Fetch> {
    shared: Arc<Shared<T>>,
    options: CallOptions,
}

struct Shared<T> {
    config: Config,
    transport: T,
    keys: Mutex<KeyCache<RememberedKey>>,
}

impl<T> Clone for Client<T> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            options: self.options.clone(),
        }
    }
}

impl<T> Debug for Client<T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let config = &self.shared.config;
        f.debug_struct("Client")
            .field("config", config)
            .finish_non_exhaustive()
    }
}

/// Options for one call, or for several.
///
/// ```
/// use std::time::Duration;
///
/// use plaid_edge_client::CallOptions;
/// use plaid_edge_client::sandbox::{Fault, Sandbox};
///
/// # pollster::block_on(async {
/// let sandbox = Sandbox::new();
/// let plaid = sandbox.client();
/// sandbox.fail("/link/token/create", Fault::hang());
///
/// let quick = CallOptions::new().timeout(Duration::from_secs(2)).max_retries(0);
/// let error = plaid.with_options(quick).create_link_token("user-1").await.unwrap_err();
/// assert_eq!(error.to_string(), "create_link_token: no complete response within 2000 ms");
/// # });
/// ```
#[derive(Clone, Debug, Default)]
pub struct CallOptions {
    pub(crate) timeout: Option<Duration>,
    pub(crate) max_retries: Option<u32>,
    pub(crate) tolerance: Option<Duration>,
    #[cfg(target_arch = "wasm32")]
    signal: Option<web_sys::AbortSignal>,
}

impl CallOptions {
    /// The client's own settings.
    ///
    /// ```
    /// let options = plaid_edge_client::CallOptions::new();
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// How long one attempt may take.
    ///
    /// ```
    /// # use std::time::Duration;
    /// let options = plaid_edge_client::CallOptions::new().timeout(Duration::from_secs(5));
    /// ```
    #[must_use]
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Attempts after the first. With [`Client::request`], it also declares that the call may be repeated, whatever its
    /// path: without it, only Plaid's reads and calls with an idempotency key are.
    ///
    /// ```
    /// let options = plaid_edge_client::CallOptions::new().max_retries(5);
    /// ```
    #[must_use]
    pub const fn max_retries(mut self, retries: u32) -> Self {
        self.max_retries = Some(retries);
        self
    }

    /// How far a webhook's date may be in the past or in the future: five minutes by default.
    ///
    /// ```
    /// # use std::time::Duration;
    /// let options = plaid_edge_client::CallOptions::new().tolerance(Duration::from_secs(60));
    /// ```
    #[must_use]
    pub const fn tolerance(mut self, tolerance: Duration) -> Self {
        self.tolerance = Some(tolerance);
        self
    }

    /// When the signal is aborted, the call fails with [`Error::Aborted`]. Dropping the call's future cancels it too.
    ///
    /// ```
    /// # use plaid_edge_client::CallOptions;
    /// # #[cfg(target_arch = "wasm32")]
    /// fn until_aborted(signal: web_sys::AbortSignal) -> CallOptions {
    ///     CallOptions::new().signal(signal)
    /// }
    /// ```
    #[cfg(target_arch = "wasm32")]
    #[must_use]
    pub fn signal(mut self, signal: web_sys::AbortSignal) -> Self {
        self.signal = Some(signal);
        self
    }
}

#[cfg(target_arch = "wasm32")]
impl Client {
    /// A client that uses `fetch`.
    ///
    /// ```
    /// # #[cfg(target_arch = "wasm32")]
    /// fn client(env: &wasm_bindgen::JsValue) -> Result<plaid_edge_client::Client, plaid_edge_client::Error> {
    ///     Ok(plaid_edge_client::Client::new(plaid_edge_client::Config::from_js(env)?))
    /// }
    /// ```
    pub fn new(config: Config) -> Self {
        Self::with_transport(config, Fetch::new())
    }
}

impl<T: Transport> Client<T> {
    /// A client with a transport of your own, or the sandbox.
    ///
    /// ```
    /// use plaid_edge_client::Client;
    /// use plaid_edge_client::sandbox::Sandbox;
    ///
    /// let sandbox = Sandbox::new();
    /// let plaid = Client::with_transport(sandbox.config().max_retries(0), sandbox.clone());
    /// ```
    pub fn with_transport(config: Config, transport: T) -> Self {
        let keys = Mutex::new(KeyCache::new());
        Self {
            shared: Arc::new(Shared {
                config,
                transport,
                keys,
            }),
            options: CallOptions::default(),
        }
    }

    /// The same client with these options.
    ///
    /// ```
    /// use plaid_edge_client::CallOptions;
    /// # use plaid_edge_client::sandbox::Sandbox;
    /// # pollster::block_on(async {
    /// # let plaid = Sandbox::new().client();
    /// plaid.with_options(CallOptions::new().max_retries(0)).create_link_token("user-1").await?;
    /// # Ok::<_, plaid_edge_client::Error>(())
    /// # }).unwrap();
    /// ```
    #[must_use]
    pub fn with_options(&self, options: CallOptions) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            options,
        }
    }

    /// Creates a link token, with which your page opens Plaid Link: `/link/token/create`.
    ///
    /// ```
    /// use plaid_edge_client::LinkTokenRequest;
    /// # use plaid_edge_client::sandbox::Sandbox;
    /// # pollster::block_on(async {
    /// # let plaid = Sandbox::new().client();
    /// let link = plaid.create_link_token("user-1").await?;
    ///
    /// let request = LinkTokenRequest::new("user-1").client_name("My app").products(["auth", "identity"]);
    /// let link = plaid.create_link_token(request).await?;
    /// # Ok::<_, plaid_edge_client::Error>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// Any [`Error`].
    pub async fn create_link_token(&self, request: impl Into<LinkTokenRequest>) -> Result<LinkToken, Error> {
        const METHOD: &str = "create_link_token";
        let body = request
            .into()
            .body()
            .map_err(|error| Error::invalid(METHOD, &error))?;
        self.perform(Plan::new(Operation::CreateLinkToken, METHOD, body))
            .await
    }

    /// Exchanges the public token from Link for an access token: `/item/public_token/exchange`. The access token does not
    /// expire. Store it encrypted.
    ///
    /// ```
    /// # use plaid_edge_client::sandbox::Sandbox;
    /// # pollster::block_on(async {
    /// # let sandbox = Sandbox::new();
    /// # let plaid = sandbox.client();
    /// # let public_token = sandbox.public_token(["auth"]).await?;
    /// let item = plaid.exchange_public_token(&public_token).await?;
    /// println!("store the token of {}", item.item_id);
    /// # Ok::<_, plaid_edge_client::Error>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// Any [`Error`].
    pub async fn exchange_public_token(&self, public_token: impl Into<Secret>) -> Result<LinkedItem, Error> {
        const METHOD: &str = "exchange_public_token";
        let token = text(&public_token.into(), METHOD, ArgumentError::PUBLIC_TOKEN)?;
        let body = request::exchange_public_token(&token);
        self.perform(Plan::new(Operation::ExchangePublicToken, METHOD, body))
            .await
    }

    /// Account and routing numbers: `/auth/get`.
    ///
    /// ```
    /// use plaid_edge_client::ItemRequest;
    /// # use plaid_edge_client::sandbox::Sandbox;
    /// # pollster::block_on(async {
    /// # let sandbox = Sandbox::new();
    /// # let plaid = sandbox.client();
    /// # let access_token = sandbox.access_token(["auth"]).await?;
    /// let auth = plaid.auth(&access_token).await?;
    /// assert_eq!(auth.numbers.ach[0].account, "1111222233330000");
    ///
    /// let account = auth.accounts[0].account_id.as_str();
    /// let one = plaid.auth(ItemRequest::new(&access_token).account_ids([account])).await?;
    /// assert_eq!(one.accounts.len(), 1);
    /// # Ok::<_, plaid_edge_client::Error>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// Any [`Error`].
    pub async fn auth(&self, item: impl Into<ItemRequest>) -> Result<Auth, Error> {
        self.item(Operation::Auth, "auth", &item.into()).await
    }

    /// The owners of the accounts: `/identity/get`.
    ///
    /// ```
    /// # use plaid_edge_client::sandbox::Sandbox;
    /// # pollster::block_on(async {
    /// # let sandbox = Sandbox::new();
    /// # let plaid = sandbox.client();
    /// # let access_token = sandbox.access_token(["identity"]).await?;
    /// let identity = plaid.identity(&access_token).await?;
    /// assert_eq!(identity.accounts[0].owners[0].names, ["Alberta Bobbeth Charleson"]);
    /// # Ok::<_, plaid_edge_client::Error>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// Any [`Error`].
    pub async fn identity(&self, item: impl Into<ItemRequest>) -> Result<Identity, Error> {
        self.item(Operation::Identity, "identity", &item.into()).await
    }

    async fn item<R: DeserializeOwned>(
        &self,
        operation: Operation,
        method: &'static str,
        item: &ItemRequest,
    ) -> Result<R, Error> {
        let body = item.body().map_err(|error| Error::invalid(method, &error))?;
        self.perform(Plan::new(operation, method, body)).await
    }

    /// One page of bank transfer events: `/bank_transfer/event/sync`.
    ///
    /// ```
    /// # use plaid_edge_client::sandbox::Sandbox;
    /// # pollster::block_on(async {
    /// # let plaid = Sandbox::new().client();
    /// let page = plaid.sync_bank_transfer_events(0).await?;
    /// assert!(page.bank_transfer_events.is_empty());
    /// # Ok::<_, plaid_edge_client::Error>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// Any [`Error`].
    pub async fn sync_bank_transfer_events(
        &self,
        after: impl Into<EventsRequest>,
    ) -> Result<BankTransferEvents, Error> {
        self.event_page("sync_bank_transfer_events", after.into()).await
    }

    /// One page of transfer events: `/transfer/event/sync`.
    ///
    /// ```
    /// use plaid_edge_client::EventsRequest;
    /// # use plaid_edge_client::sandbox::Sandbox;
    /// # pollster::block_on(async {
    /// # let plaid = Sandbox::new().client();
    /// let page = plaid.sync_transfer_events(EventsRequest::after(0).count(500)).await?;
    /// assert!(!page.has_more);
    /// # Ok::<_, plaid_edge_client::Error>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// Any [`Error`].
    pub async fn sync_transfer_events(
        &self,
        after: impl Into<EventsRequest>,
    ) -> Result<TransferEvents, Error> {
        self.event_page("sync_transfer_events", after.into()).await
    }

    pub(crate) async fn event_page<P: EventPage>(
        &self,
        method: &'static str,
        after: EventsRequest,
    ) -> Result<P, Error> {
        let feed = P::FEED;
        if after
            .count
            .is_some_and(|count| count == 0 || count > feed.max_count())
        {
            let error = match feed {
                Feed::BankTransfer => ArgumentError::BANK_TRANSFER_COUNT,
                Feed::Transfer => ArgumentError::COUNT,
            };
            return Err(Error::invalid(method, &error));
        }
        let count = after.count.map(|count| count.to_string());
        let body = request::event_sync(&after.after_id.to_string(), count.as_deref());
        self.perform(Plan::new(feed.operation(), method, body)).await
    }

    /// Every bank transfer event after an ID, oldest first, with one page in memory at a time. It ends when Plaid has no
    /// more. After an error, polling again continues where the stream stopped.
    ///
    /// ```
    /// use std::pin::pin;
    ///
    /// use futures_util::TryStreamExt;
    /// # use plaid_edge_client::sandbox::Sandbox;
    /// # pollster::block_on(async {
    /// # let plaid = Sandbox::new().client();
    /// let mut events = pin!(plaid.bank_transfer_events(0));
    /// while let Some(event) = events.try_next().await? {
    ///     println!("{}: {}", event.event_id, event.event_type);
    /// }
    /// # Ok::<_, plaid_edge_client::Error>(())
    /// # }).unwrap();
    /// ```
    pub fn bank_transfer_events(
        &self,
        after: impl Into<EventsRequest>,
    ) -> impl Stream<Item = Result<BankTransferEvent, Error>> {
        events::<T, BankTransferEvents>(self.clone(), "bank_transfer_events", after.into())
    }

    /// Every transfer event after an ID, oldest first, with one page in memory at a time. It ends when Plaid has no more.
    /// After an error, polling again continues where the stream stopped.
    ///
    /// ```
    /// use std::pin::pin;
    ///
    /// use futures_util::TryStreamExt;
    /// # use plaid_edge_client::sandbox::Sandbox;
    /// # pollster::block_on(async {
    /// # let plaid = Sandbox::new().client();
    /// let mut after_id = 0;
    /// let mut events = pin!(plaid.transfer_events(after_id));
    /// while let Some(event) = events.try_next().await? {
    ///     // Handle the event, and store its ID in the same transaction.
    ///     after_id = event.event_id;
    /// }
    /// # Ok::<_, plaid_edge_client::Error>(())
    /// # }).unwrap();
    /// ```
    pub fn transfer_events(
        &self,
        after: impl Into<EventsRequest>,
    ) -> impl Stream<Item = Result<TransferEvent, Error>> {
        events::<T, TransferEvents>(self.clone(), "transfer_events", after.into())
    }

    /// Everything that changed in an Item's transactions since a cursor: all pages of `/transactions/sync`. If Plaid's
    /// data changes meanwhile, it restarts, at most three times. Store the changes and `next_cursor` together. For an Item
    /// that is not ready yet, there are no changes and `next_cursor` is empty.
    ///
    /// ```
    /// use plaid_edge_client::TransactionsRequest;
    /// # use plaid_edge_client::sandbox::Sandbox;
    /// # pollster::block_on(async {
    /// # let sandbox = Sandbox::new();
    /// # let plaid = sandbox.client();
    /// # let access_token = sandbox.access_token(["transactions"]).await?;
    /// let first = plaid.sync_transactions(&access_token).await?;
    /// let later = plaid.sync_transactions(TransactionsRequest::new(&access_token).cursor(first.next_cursor)).await?;
    /// assert!(!later.added.is_empty());
    /// # Ok::<_, plaid_edge_client::Error>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// Any [`Error`].
    pub async fn sync_transactions(
        &self,
        request: impl Into<TransactionsRequest>,
    ) -> Result<TransactionsUpdate, Error> {
        const METHOD: &str = "sync_transactions";
        let request = request.into();
        let mut progress = Update::new();
        let mut update = TransactionsUpdate::default();
        let mut cursor = None;
        loop {
            let body = request.body(cursor.as_deref());
            let body = body.map_err(|error| Error::invalid(METHOD, &error))?;
            let plan = Plan::new(Operation::TransactionsSync, METHOD, body.clone());
            let page: TransactionsPage = match self.perform(plan).await {
                Ok(page) => page,
                Err(error) if progress.restarts_after(error.error_code().unwrap_or_default()) => {
                    (update, cursor) = (TransactionsUpdate::default(), None);
                    continue;
                }
                Err(error) => return Err(error),
            };
            let has_moved = !page.next_cursor.is_empty() && cursor.as_ref() != Some(&page.next_cursor);
            let after = progress.page(page.has_more, has_moved);
            let next = page.next_cursor.clone();
            update.append(page);
            match after {
                AfterPage::Done => return Ok(update),
                AfterPage::More => cursor = Some(next),
                AfterPage::Endless => {
                    let plan = Plan::new(Operation::TransactionsSync, METHOD, body);
                    let path = Text(&plan.path);
                    return Err(self.unusable(
                        &plan,
                        &Failure::Unexpected { path },
                        Some(update.request_id.as_str()).filter(|id| !id.is_empty()),
                    ));
                }
            }
        }
    }

    /// Calls any other endpoint that responds with JSON. Plaid's reads, and calls with an idempotency key
    /// (`authorization_id` for `/transfer/create`), are retried after a failure that may pass. Everything else is retried
    /// only after a 429, which Plaid sends without processing the call, or if [`CallOptions::max_retries`] is set.
    ///
    /// ```
    /// use serde::{Deserialize, Serialize};
    /// # use plaid_edge_client::{Secret, sandbox::Sandbox};
    ///
    /// #[derive(Serialize)]
    /// struct Get<'a> {
    ///     access_token: &'a Secret,
    /// }
    ///
    /// #[derive(Deserialize)]
    /// struct Got {
    ///     item: Item,
    /// }
    ///
    /// #[derive(Deserialize)]
    /// struct Item {
    ///     institution_id: Option<String>,
    /// }
    ///
    /// # pollster::block_on(async {
    /// # let sandbox = Sandbox::new();
    /// # let plaid = sandbox.client();
    /// # let access_token = &sandbox.access_token(["auth"]).await?;
    /// let got: Got = plaid.request("/item/get", &Get { access_token }).await?;
    /// assert_eq!(got.item.institution_id.as_deref(), Some("ins_109508"));
    ///
    /// // Or untyped:
    /// use serde_json::{Value, json};
    /// let got = plaid.request::<_, Value>("/item/get", &json!({ "access_token": access_token })).await?;
    /// # Ok::<_, plaid_edge_client::Error>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// Any [`Error`].
    pub async fn request<Req, Res>(&self, path: &str, body: &Req) -> Result<Res, Error>
    where
        Req: Serialize + ?Sized,
        Res: DeserializeOwned,
    {
        self.perform(self.any(Operation::Request, "request", path, body)?)
            .await
    }

    /// Calls any endpoint that responds with a file, such as `/statements/download`.
    ///
    /// ```
    /// use serde_json::json;
    /// # use plaid_edge_client::sandbox::Sandbox;
    /// # pollster::block_on(async {
    /// # let sandbox = Sandbox::new();
    /// # let plaid = sandbox.client();
    /// # sandbox.fail("/statements/download", plaid_edge_client::sandbox::Fault::response(200, "%PDF"));
    /// # let (access_token, statement_id) = ("access-sandbox-1", "statement-1");
    /// let body = json!({ "access_token": access_token, "statement_id": statement_id });
    /// let pdf = plaid.download("/statements/download", &body).await?;
    /// assert!(pdf.starts_with(b"%PDF"));
    /// # Ok::<_, plaid_edge_client::Error>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// Any [`Error`].
    pub async fn download<Req: Serialize + ?Sized>(&self, path: &str, body: &Req) -> Result<Vec<u8>, Error> {
        let plan = self.any(Operation::Download, "download", path, body)?;
        self.run(&plan, |response| Ok(response.body().clone())).await
    }

    fn any<'a>(
        &self,
        operation: Operation,
        method: &'static str,
        path: &'a str,
        body: &(impl Serialize + ?Sized),
    ) -> Result<Plan<'a>, Error> {
        if !request::is_path(path) {
            return Err(Error::invalid(method, &ArgumentError::PATH));
        }
        let body = json(body).filter(|text| text.starts_with('{'));
        let body = body.ok_or_else(|| Error::invalid(method, &ArgumentError::BODY))?;
        // Look at the body as it is sent.
        let has_key = Object::has_text(&body, request::idempotency_field(path));
        let is_idempotent = self.options.max_retries.is_some() || has_key;
        Ok(Plan {
            operation,
            method,
            path: path.into(),
            body,
            repeat: Repeat::of(path, is_idempotent),
            timeout: None,
        })
    }

    pub(crate) fn config(&self) -> &Config {
        &self.shared.config
    }

    pub(crate) fn transport(&self) -> &T {
        &self.shared.transport
    }

    pub(crate) fn keys(&self) -> &Mutex<KeyCache<RememberedKey>> {
        &self.shared.keys
    }

    pub(crate) const fn options(&self) -> &CallOptions {
        &self.options
    }

    /// The work's output, or None if the call's signal is aborted first.
    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) async fn unless_aborted<W: Future + Unpin>(&self, work: W) -> Option<W::Output> {
        Some(work.await)
    }

    /// The work's output, or None if the call's signal is aborted first.
    #[cfg(target_arch = "wasm32")]
    pub(crate) async fn unless_aborted<W: Future + Unpin>(&self, work: W) -> Option<W::Output> {
        use futures_util::future::{Either, select};
        let Some(signal) = &self.options.signal else {
            return Some(work.await);
        };
        match select(crate::abort::Aborted::new(signal), work).await {
            Either::Left(_) => None,
            Either::Right((output, _)) => Some(output),
        }
    }
}

/// A text as JSON, which must not be blank.
pub(crate) fn text(secret: &Secret, method: &'static str, error: ArgumentError) -> Result<String, Error> {
    crate::arguments::text(secret.expose(), error).map_err(|error| Error::invalid(method, &error))
}
