//! The two event feeds as async iterators. The iterator itself is JavaScript, in `js/events.js`.

use js_sys::Array;
use wasm_bindgen::prelude::*;

use crate::adapter::PlaidAdapter;
use crate::arguments::{get, is_absent};
use crate::endpoint::{Operation, SYNC_TRANSFER_EVENT};

#[wasm_bindgen(module = "/src/js/events.js")]
extern "C" {
    fn events(
        adapter: PlaidAdapter,
        operation: &Array,
        list: &str,
        cursor: &JsValue,
        options: &JsValue,
    ) -> JsValue;
}

/// Every event of the feed after `options.afterId`. `adapter` is the iterator's own, so that it goes on when the
/// one it was asked of is freed.
pub fn iterate(operation: Operation, adapter: PlaidAdapter, options: &JsValue) -> JsValue {
    // What is wrong with the options is found when the first page is asked for.
    let cursor = match get(options, "afterId") {
        Ok(after_id) if is_absent(&after_id) => 0.into(),
        Ok(after_id) => after_id,
        Err(_) => JsValue::NULL,
    };
    let list = if operation == SYNC_TRANSFER_EVENT {
        "transfer_events"
    } else {
        "bank_transfer_events"
    };
    events(adapter, &operation.to_js(), list, &cursor, options)
}
