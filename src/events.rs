//! The two event feeds as async iterators. The iterator itself is JavaScript, in `js/events.js`.

use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen::prelude::*;

use crate::adapter::Client;
use crate::arguments::{self, property};
use crate::attempt::{self, Ended};
use crate::endpoint::{Operation, Page, SYNC_TRANSFER_EVENT};
use crate::error::{Failure, Invalid, Kind};

#[wasm_bindgen(module = "/src/js/events.js")]
extern "C" {
    fn events(pages: Pages, cursor: &JsValue, list: &str) -> JsValue;
}

/// The pages of one feed. It holds what its calls need, so it outlives the adapter it came from.
#[wasm_bindgen(skip_typescript)]
pub struct Pages {
    operation: Operation,
    source: Result<(Rc<Client>, Page), Invalid>,
    site: JsValue,
}

#[wasm_bindgen]
impl Pages {
    /// The page of events after that id.
    pub fn after(&self, cursor: &JsValue) -> Promise {
        let ready = match &self.source {
            Ok((client, page)) => page.after(cursor, "options.afterId").map(|call| (client.clone(), call)),
            Err(Invalid::Freed) => Err(Invalid::Freed),
            Err(Invalid::Argument { field, expected }) => Err(Invalid::Argument { field, expected }),
        };
        crate::adapter::start(self.operation, ready, self.site.clone())
    }

    /// The error for a page that is no list of events with usable ids. Past 2^53 - 1 ids are no longer exact as
    /// JavaScript numbers, and to go on would skip or repeat events.
    pub fn unusable(&self) -> JsValue {
        let message = "the answer is no list of events, or an event_id is past 2^53 - 1 and no longer exact";
        let failure = Failure::new(Kind::BadResponse, message.into());
        match &self.source {
            Ok((client, page)) => match page.after(&0.into(), "") {
                Ok(call) => {
                    let mut failure = failure;
                    failure.attempts = 1;
                    attempt::rejection(Ended::Failed(Box::new(failure)), &client.config, &call, &self.site)
                }
                Err(_) => JsValue::UNDEFINED,
            },
            Err(_) => JsValue::UNDEFINED,
        }
    }
}

/// Every event of the feed after `options.afterId`.
pub fn iterate(operation: Operation, client: Option<Rc<Client>>, options: JsValue, site: JsValue) -> JsValue {
    let after_id = arguments::options(options.clone())
        .and_then(|options| property(&options, "afterId", "options.afterId"))
        .unwrap_or_default();
    let cursor = if arguments::is_absent(&after_id) { 0.into() } else { after_id };
    let list = if operation == SYNC_TRANSFER_EVENT { "transfer_events" } else { "bank_transfer_events" };
    let source = client.ok_or(Invalid::Freed).and_then(|client| Ok((client, Page::read(operation, options)?)));
    events(Pages { operation, source, site }, &cursor, list)
}
