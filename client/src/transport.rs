//! What a client needs from its surroundings.

use std::time::Duration;

use http::{Request, Response};
use thiserror::Error;

/// Sends requests, and knows the time. `Fetch` is there on WebAssembly, [`Sandbox`](crate::sandbox::Sandbox) for tests.
/// One of your own goes over any HTTP client, as long as it follows no redirect: that would hand the secret to another
/// host.
///
/// A future that is dropped must end its request. None has to be `Send`; if yours are, so are those of the client.
///
/// ```
/// use std::time::Duration;
///
/// use http::{Request, Response};
/// use plaid_edge_client::{Client, Config, SendError, Transport};
///
/// /// Sees each attempt, for logs and metrics.
/// struct Logged<T>(T);
///
/// impl<T: Transport> Transport for Logged<T> {
///     async fn send(&self, request: Request<String>) -> Result<Response<Vec<u8>>, SendError> {
///         let (path, started) = (request.uri().path().to_owned(), self.now());
///         let sent = self.0.send(request).await;
///         let status = sent.as_ref().map(|response| response.status());
///         println!("{path}: {status:?} after {:?}", self.now().saturating_sub(started));
///         sent
///     }
///
///     async fn sleep(&self, duration: Duration) {
///         self.0.sleep(duration).await;
///     }
///
///     fn now(&self) -> Duration {
///         self.0.now()
///     }
///
///     fn random(&self) -> f64 {
///         self.0.random()
///     }
/// }
///
/// # use plaid_edge_client::sandbox::Sandbox;
/// # pollster::block_on(async {
/// # let sandbox = Sandbox::new();
/// let plaid = Client::with_transport(sandbox.config(), Logged(sandbox));
/// plaid.create_link_token("user-1").await?;
/// # Ok::<_, plaid_edge_client::Error>(())
/// # }).unwrap();
/// ```
pub trait Transport {
    /// Sends a request, and gives the whole response.
    fn send(&self, request: Request<String>) -> impl Future<Output = Result<Response<Vec<u8>>, SendError>>;

    /// Waits.
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()>;

    /// The time since the Unix epoch.
    fn now(&self) -> Duration;

    /// A random number from 0 to 1, which spreads the waits between attempts.
    fn random(&self) -> f64;
}

/// Why there is no response.
///
/// ```
/// use plaid_edge_client::SendError;
///
/// let error = SendError::Failed("connection refused".to_owned());
/// assert_eq!(error.to_string(), "connection refused");
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[non_exhaustive]
pub enum SendError {
    /// The connection failed, for this reason.
    #[error("{0}")]
    Failed(String),
    /// The response is a redirect whose status can't be seen, as in browsers.
    #[error("the response is a redirect")]
    Redirected,
    /// Requests can't be sent here, because this is missing.
    #[error("there is no {0}")]
    Missing(&'static str),
}
