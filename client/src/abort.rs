//! JavaScript's abort signals.

use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use wasm_bindgen::prelude::*;
use web_sys::{AbortController, AbortSignal};

/// Aborts a request when the future that waits for it is dropped.
pub(crate) struct AbortOnDrop(pub(crate) Option<AbortController>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        if let Some(controller) = &self.0 {
            controller.abort();
        }
    }
}

/// Waits until a signal is aborted.
pub(crate) struct Aborted<'a> {
    signal: &'a AbortSignal,
    waker: Rc<Cell<Option<Waker>>>,
    listener: Closure<dyn Fn()>,
}

impl<'a> Aborted<'a> {
    pub(crate) fn new(signal: &'a AbortSignal) -> Self {
        let waker = Rc::new(Cell::new(None::<Waker>));
        let of_listener = Rc::clone(&waker);
        let listener = Closure::new(move || {
            if let Some(waker) = of_listener.take() {
                waker.wake();
            }
        });
        // If it takes no listener, it is checked whenever the future is polled.
        let _ = signal.add_event_listener_with_callback("abort", listener.as_ref().unchecked_ref());
        Self {
            signal,
            waker,
            listener,
        }
    }
}

impl Future for Aborted<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        self.waker.set(Some(context.waker().clone()));
        if self.signal.aborted() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}

impl Drop for Aborted<'_> {
    fn drop(&mut self) {
        let listener = self.listener.as_ref().unchecked_ref();
        let _ = self.signal.remove_event_listener_with_callback("abort", listener);
    }
}
