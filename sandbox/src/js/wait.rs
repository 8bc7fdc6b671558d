//! Waiting that ends with a timer or with the caller's AbortSignal, whichever comes first.

use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortSignal;

/// The signal of a call, if it has one.
#[derive(Clone)]
pub(super) struct Abort(pub Option<AbortSignal>);

impl Abort {
    /// The signal of `fetch(input, init)`: the one in `init`, or else the Request's own.
    pub fn of(input: &JsValue, init: &JsValue) -> Result<Self, JsValue> {
        for holder in [init, input] {
            if holder.is_object() {
                let signal = Reflect::get(holder, &"signal".into())?;
                if !signal.is_undefined() {
                    return Ok(Self((!signal.is_null()).then(|| signal.unchecked_into())));
                }
            }
        }
        Ok(Self(None))
    }

    /// The signal's reason, once it is aborted.
    pub fn check(&self) -> Result<(), JsValue> {
        match &self.0 {
            Some(signal) if signal.aborted() => Err(signal.reason()),
            _ => Ok(()),
        }
    }

    /// Waits that many milliseconds, or for ever. Ends early, with the signal's reason, when the call is aborted.
    pub async fn wait(&self, ms: Option<u32>) -> Result<(), JsValue> {
        self.check()?;
        let wait = Wait::new(ms, self);
        JsFuture::from(wait.promise.clone()).await?;
        self.check()
    }

    /// Waits for something else, at most that many milliseconds if a limit is given.
    pub async fn wait_for(&self, something: &Promise, ms: Option<u32>) -> Result<(), JsValue> {
        if ms.is_none() && self.0.is_none() {
            return JsFuture::from(something.clone()).await.map(|_| ());
        }
        let wait = Wait::new(ms, self);
        let first = JsFuture::from(Promise::race(&Array::of2(something, &wait.promise))).await;
        self.check()?;
        first.map(|_| ())
    }
}

/// A promise that is fulfilled by a timer or an abort. Dropping it takes both away.
struct Wait {
    promise: Promise,
    timer: JsValue,
    listener: Option<(AbortSignal, Function)>,
}

impl Wait {
    fn new(ms: Option<u32>, abort: &Abort) -> Self {
        let (mut timer, mut listener) = (JsValue::UNDEFINED, None);
        let promise = Promise::new(&mut |done, _| {
            if let Some(ms) = ms {
                timer = set_timeout(&done, ms);
            }
            if let Some(signal) = &abort.0 {
                let _ = signal.add_event_listener_with_callback("abort", &done);
                listener = Some((signal.clone(), done));
            }
        });
        Self {
            promise,
            timer,
            listener,
        }
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        clear_timeout(&self.timer);
        if let Some((signal, done)) = &self.listener {
            let _ = signal.remove_event_listener_with_callback("abort", done);
        }
    }
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &Function, ms: u32) -> JsValue;
    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(timer: &JsValue);
}
