//! The two event feeds as async iterators. The iterator itself is JavaScript, in `js/events.js`.

use wasm_bindgen::prelude::*;

use crate::adapter::PlaidAdapter;
use crate::arguments::Members;
use crate::error::Invalid;
use crate::operation::Operation;

#[wasm_bindgen(module = "/src/js/events.js")]
extern "C" {
    fn events(
        adapter: PlaidAdapter,
        operation: Operation,
        list: &str,
        cursor: &JsValue,
        options: JsValue,
    ) -> JsValue;
}

/// Every event of the feed after `options.afterId`. `adapter` is the iterator's own, so that it goes on when the
/// one it was asked of is freed.
pub fn iterate(operation: Operation, adapter: PlaidAdapter, options: JsValue) -> JsValue {
    // What is wrong with the options is found when the first page is asked for.
    let after_id = Members::of(options.clone(), Invalid::Options)
        .map(|options| options.get("afterId", Invalid::AfterId));
    let cursor = match after_id {
        Ok(Ok(Some(after_id))) => after_id,
        Ok(Err(_)) => JsValue::NULL,
        _ => 0.into(),
    };
    let list = if operation == Operation::SyncTransferEvent {
        "transfer_events"
    } else {
        "bank_transfer_events"
    };
    events(adapter, operation, list, &cursor, options)
}
