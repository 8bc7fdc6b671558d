//! What ends a wait early: a timer, or the caller's abort signal.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::task::{Poll, Waker};

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(run: &Function, ms: f64) -> JsValue;

    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(timer: &JsValue);

    /// The caller's AbortSignal. It may be any object that looks like one, so every access catches.
    #[derive(Clone)]
    pub type Signal;

    #[wasm_bindgen(method, getter, catch)]
    fn aborted(this: &Signal) -> Result<bool, JsValue>;

    #[wasm_bindgen(method, getter, catch)]
    fn reason(this: &Signal) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch, js_name = addEventListener)]
    fn add_event_listener(this: &Signal, event: &str, run: &Function) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch, js_name = removeEventListener)]
    fn remove_event_listener(this: &Signal, event: &str, run: &Function) -> Result<(), JsValue>;
}

impl Signal {
    /// The reason, if the caller has aborted.
    pub fn abort_reason(&self) -> Option<JsValue> {
        matches!(self.aborted(), Ok(true)).then(|| self.reason().unwrap_or_default())
    }
}

/// Why a wait ended before what it waited for.
#[derive(Debug)]
pub enum Stop {
    /// The time is up.
    Timeout,
    /// The caller aborted, for this reason.
    Aborted(JsValue),
}

#[derive(Default)]
struct State {
    stop: Option<Stop>,
    waker: Option<Waker>,
}

/// A timer and a listener on the caller's signal, both undone when it is dropped.
pub struct Interrupt {
    state: Rc<RefCell<State>>,
    timer: JsValue,
    signal: Option<Signal>,
    // The one callback of both: it is the signal's doing if the signal is aborted, the timer's otherwise.
    callback: Closure<dyn FnMut()>,
}

impl Interrupt {
    /// Starts the timer. An already aborted signal stops at once.
    pub fn new(ms: f64, signal: Option<Signal>) -> Self {
        let state = Rc::new(RefCell::new(State::default()));
        let callback = Closure::<dyn FnMut()>::new({
            let state = state.clone();
            let signal = signal.clone();
            move || {
                let aborted = signal.as_ref().and_then(Signal::abort_reason);
                let waker = {
                    let mut state = state.borrow_mut();
                    state.stop = Some(aborted.map_or(Stop::Timeout, Stop::Aborted));
                    state.waker.take()
                };
                if let Some(waker) = waker {
                    waker.wake();
                }
            }
        });
        let function = callback.as_ref().unchecked_ref();
        if let Some(signal) = &signal {
            state.borrow_mut().stop = signal.abort_reason().map(Stop::Aborted);
            let _ = signal.add_event_listener("abort", function);
        }
        let timer = set_timeout(function, ms);
        Interrupt { state, timer, signal, callback }
    }

    /// The promise's outcome, unless this stops first.
    pub async fn race(&self, promise: Promise) -> Result<Result<JsValue, JsValue>, Stop> {
        let mut settled = pin!(JsFuture::from(promise));
        poll_fn(|context| {
            let mut state = self.state.borrow_mut();
            if let Some(stop) = state.stop.take() {
                return Poll::Ready(Err(stop));
            }
            state.waker = Some(context.waker().clone());
            drop(state);
            settled.as_mut().poll(context).map(Ok)
        })
        .await
    }

    /// Waits until this stops.
    pub async fn stopped(&self) -> Stop {
        poll_fn(|context| {
            let mut state = self.state.borrow_mut();
            match state.stop.take() {
                Some(stop) => Poll::Ready(stop),
                None => {
                    state.waker = Some(context.waker().clone());
                    Poll::Pending
                }
            }
        })
        .await
    }
}

impl Drop for Interrupt {
    fn drop(&mut self) {
        clear_timeout(&self.timer);
        if let Some(signal) = &self.signal {
            let _ = signal.remove_event_listener("abort", self.callback.as_ref().unchecked_ref());
        }
    }
}
