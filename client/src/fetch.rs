//! The transport that uses the platform's `fetch`.

/// Sends requests with `fetch`, in Workers and browsers. It implements [`Transport`](crate::Transport) on WebAssembly
/// only. Dropping a future aborts its request.
///
/// ```no_run
/// # #[cfg(target_arch = "wasm32")]
/// # {
/// use plaid_edge_client::{Client, Config, Error, Fetch};
///
/// fn client(env: &wasm_bindgen::JsValue) -> Result<Client<Fetch>, Error> {
///     Ok(Client::new(Config::from_js(env)?))
/// }
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct Fetch;

impl Fetch {
    /// The global `fetch`.
    ///
    /// ```no_run
    /// let fetch = plaid_edge_client::Fetch::new();
    /// ```
    pub const fn new() -> Self {
        Self
    }
}

#[cfg(target_arch = "wasm32")]
mod platform {
    use std::time::Duration;

    use gloo_net::http::RequestBuilder;
    use gloo_timers::future::TimeoutFuture;
    use http::{Request, Response, header};
    use js_sys::{Date, Math, Promise, Reflect, Uint8Array};
    use wasm_bindgen::prelude::*;
    use wasm_bindgen_futures::JsFuture;
    use web_sys::{AbortController, RequestRedirect, ResponseType};

    use crate::abort::AbortOnDrop;
    use crate::transport::{SendError, Transport};

    use super::Fetch;

    impl Transport for Fetch {
        async fn send(&self, request: Request<String>) -> Result<Response<Vec<u8>>, SendError> {
            let Ok(controller) = AbortController::new() else {
                return Err(SendError::Missing("AbortController"));
            };
            let mut abort = AbortOnDrop(Some(controller.clone()));
            let sent = exchange(request, &controller).await;
            abort.0 = None;
            sent
        }

        async fn sleep(&self, duration: Duration) {
            TimeoutFuture::new(u32::try_from(duration.as_millis()).unwrap_or(u32::MAX)).await;
        }

        fn now(&self) -> Duration {
            Duration::from_millis(Date::now() as u64)
        }

        fn random(&self) -> f64 {
            Math::random()
        }
    }

    async fn exchange(
        request: Request<String>,
        controller: &AbortController,
    ) -> Result<Response<Vec<u8>>, SendError> {
        let (head, body) = request.into_parts();
        let url = head.uri.to_string();
        let mut builder = RequestBuilder::new(&url)
            .method(head.method)
            // A followed redirect would send the secret to another host; workerd does not support "error".
            .redirect(RequestRedirect::Manual)
            .abort_signal(Some(&controller.signal()));
        for (name, value) in &head.headers {
            // In JavaScript, each byte of a header's value is a character.
            let value: String = value.as_bytes().iter().map(|byte| char::from(*byte)).collect();
            builder = builder.header(name.as_str(), &value);
        }
        let request: web_sys::Request = builder
            .body(body)
            .map_err(|error| SendError::Failed(error.to_string()))?
            .into();
        if !matches!(Reflect::has(&js_sys::global(), &"fetch".into()), Ok(true)) {
            return Err(SendError::Missing("fetch"));
        }
        // Not sent by gloo-net, which panics when `fetch` rejects with anything but an Error.
        let response = settled(fetch(&request).map(|response| Promise::resolve(&response))).await?;
        let response: web_sys::Response = response
            .dyn_into()
            .map_err(|_| SendError::Failed("fetch did not return a Response".to_owned()))?;
        match response.type_() {
            ResponseType::Opaqueredirect => return Err(SendError::Redirected),
            ResponseType::Error => return Err(SendError::Failed("Response.error()".to_owned())),
            _ => {}
        }
        let mut builder = Response::builder().status(response.status());
        if let Ok(Some(retry_after)) = response.headers().get("retry-after") {
            builder = builder.header(header::RETRY_AFTER, retry_after);
        }
        let is_redirect = (300..400).contains(&response.status());
        let bytes = if is_redirect {
            // Nothing in it is used, and an unread body holds its connection in workerd.
            controller.abort();
            Vec::new()
        } else {
            Uint8Array::new(&settled(response.array_buffer()).await?).to_vec()
        };
        builder
            .body(bytes)
            .map_err(|error| SendError::Failed(error.to_string()))
    }

    /// The result of a promise. It may reject with any value.
    async fn settled(promise: Result<Promise, JsValue>) -> Result<JsValue, SendError> {
        let result = match promise {
            Ok(promise) => JsFuture::from(promise).await,
            Err(thrown) => Err(thrown),
        };
        result.map_err(|thrown| SendError::Failed(describe(&thrown)))
    }

    /// The message of a cause, which may be any value, even an object whose getters throw.
    fn describe(cause: &JsValue) -> String {
        let text = |value: JsValue| value.as_string().filter(|text| !text.is_empty());
        let message = Reflect::get(cause, &"message".into()).ok().and_then(text);
        message
            .or_else(|| text(cause.clone()))
            .unwrap_or_else(|| "fetch failed".to_owned())
    }

    #[wasm_bindgen]
    extern "C" {
        #[wasm_bindgen(js_name = fetch, catch)]
        fn fetch(request: &web_sys::Request) -> Result<JsValue, JsValue>;
    }
}
