//! What a client needs from its environment.

use std::time::Duration;

use http::{Request, Response};
use thiserror::Error;

/// Sends requests, and knows the time. [`Fetch`](crate::Fetch) implements it on WebAssembly, and the sandbox (feature
/// `sandbox`) for tests. Your own can use any HTTP client, a service binding, or log what another transport sends. It must
/// not follow redirects: that would send the secret to another host.
///
/// Dropping a future must cancel its request. Futures need not be `Send`. If a transport's are, so are the client's.
///
/// ```
/// use std::time::Duration;
///
/// use http::{Request, Response};
/// use plaid_edge_client::{Client, Config, SendError, Transport};
///
/// /// Logs each attempt.
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
    /// Sends a request, and returns the whole response.
    fn send(&self, request: Request<String>) -> impl Future<Output = Result<Response<Vec<u8>>, SendError>>;

    /// Waits.
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()>;

    /// The time since the Unix epoch.
    fn now(&self) -> Duration;

    /// A random number from 0 to 1, for the jitter of the waits between attempts.
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
    /// The response is a redirect whose status is hidden, as in browsers.
    #[error("the response is a redirect")]
    Redirected,
    /// Requests can't be sent in this runtime, because this is missing.
    #[error("there is no {0}")]
    Missing(&'static str),
}
