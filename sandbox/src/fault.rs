//! Failures on demand: what stands in for a call's response.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;

use serde::Deserialize;

use crate::error::PlaidError;
use crate::http::{FetchResult, Response};
use crate::state::table::Size;

/// How the next calls of a path fail.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Fault {
    /// How many calls fail: 1 by default
    pub times: Option<u32>,
    /// The HTTP status of an error, or of `raw_body`
    pub status: Option<u16>,
    /// Plaid's error_type
    pub error_type: Option<String>,
    /// Plaid's error_code
    pub error_code: Option<String>,
    /// Plaid's error_message
    pub error_message: Option<String>,
    /// The Retry-After header
    pub retry_after: Option<String>,
    /// A body in place of Plaid's
    pub raw_body: Option<String>,
    /// The connection fails
    pub network_error: Option<bool>,
    /// The response never comes or, with `status`, never ends
    pub hang: Option<bool>,
    /// Milliseconds before the response
    pub delay_ms: Option<u32>,
    /// A response in place of Plaid's, to which the request's id is added
    #[serde(skip)]
    pub response: Option<serde_json::Value>,
}

impl Fault {
    /// The fields as a caller names them, and what each must be.
    pub const FIELDS: &'static [(&'static str, &'static str)] = &[
        ("times", "an integer of at least 1"),
        ("status", "an integer from 200 to 599"),
        ("errorType", "a string"),
        ("errorCode", "a string"),
        ("errorMessage", "a string"),
        ("retryAfter", "a string, the value of the Retry-After header"),
        ("rawBody", "a string"),
        ("networkError", "a boolean"),
        ("hang", "a boolean"),
        ("delayMs", "an integer from 0 to 2147483647"),
    ];

    /// What is wrong with this fault, naming the field.
    pub fn problem(&self) -> Option<&'static str> {
        let (network_error, hang) = (self.network_error == Some(true), self.hang == Some(true));
        let plaid_error =
            self.error_type.is_some() || self.error_code.is_some() || self.error_message.is_some();
        let response =
            self.status.is_some() || plaid_error || self.raw_body.is_some() || self.retry_after.is_some();
        let bad_header = |value: &String| value.chars().any(|c| !(' '..='~').contains(&c));
        match self {
            _ if self.times == Some(0) => Some("times must be an integer of at least 1"),
            _ if self.status.is_some_and(|status| !(200..=599).contains(&status)) => {
                Some("status must be an integer from 200 to 599")
            }
            _ if self.delay_ms.is_some_and(|delay| delay > MAX_DELAY) => {
                Some("delayMs must be an integer from 0 to 2147483647")
            }
            _ if self.retry_after.as_ref().is_some_and(bad_header) => {
                Some("retryAfter must be a string that a header can carry")
            }
            _ if self.raw_body.is_some() && plaid_error => {
                Some("rawBody is sent as it is, so errorType, errorCode and errorMessage can't go with it")
            }
            _ if network_error && (hang || response) => {
                Some("networkError means no response at all, so no other kind of failure can go with it")
            }
            _ if hang && response && self.status.is_none() => {
                Some("hang means no response at all, unless status says that the response begins")
            }
            _ if !network_error && !hang && !response && self.delay_ms.is_none() => Some(
                "one of status, errorType, errorCode, errorMessage, retryAfter, rawBody, networkError, hang and delayMs is needed",
            ),
            _ => None,
        }
    }

    /// What the caller gets instead of a response; nothing for a fault that only delays.
    pub(crate) fn result(&self, request_id: &str) -> Option<FetchResult> {
        if self.network_error == Some(true) {
            return Some(FetchResult::NetworkError);
        }
        let response = self.response(request_id);
        if self.hang == Some(true) {
            return Some(FetchResult::Hang(response));
        }
        response.map(FetchResult::Response)
    }

    fn response(&self, request_id: &str) -> Option<Response> {
        if let Some(body) = &self.response {
            let body = crate::fields::with(body.clone(), "request_id", Some(request_id));
            return Some(Response::json(self.status.unwrap_or(200), &body));
        }
        if let Some(body) = &self.raw_body {
            let (status, retry_after) = (self.status.unwrap_or(200), self.retry_after.clone());
            return Some(Response {
                status,
                retry_after,
                content_type: "application/json",
                body: body.clone(),
                ..Response::default()
            });
        }
        let says_what = [
            &self.error_type,
            &self.error_code,
            &self.error_message,
            &self.retry_after,
        ];
        if self.status.is_none() && says_what.iter().all(|field| field.is_none()) {
            return None;
        }
        let error = self.error();
        let body = error.body(request_id).to_string();
        Some(Response {
            status: error.status,
            retry_after: self.retry_after.clone(),
            content_type: "application/json",
            body,
            ..Response::default()
        })
    }

    /// Plaid's own error for this code or, without a code, for this status.
    fn error(&self) -> PlaidError {
        let status = self.status.or_else(|| self.retry_after.as_ref().map(|_| 429));
        let by_status = PlaidError::of(match status {
            Some(429) => "RATE_LIMIT",
            Some(404) => "NOT_FOUND",
            Some(503) => "PLANNED_MAINTENANCE",
            Some(400..500) => "INVALID_FIELD",
            // Most codes come with 400, and a mistyped one must not pass for what is retried.
            None if self.error_code.is_some() => "INVALID_FIELD",
            _ => "INTERNAL_SERVER_ERROR",
        });
        let base = match &self.error_code {
            Some(code) => PlaidError::listed(code).unwrap_or(PlaidError {
                code: code.clone(),
                ..by_status
            }),
            None => by_status,
        };
        PlaidError {
            status: self.status.unwrap_or(base.status),
            error_type: self.error_type.clone().unwrap_or(base.error_type),
            message: self.error_message.clone().unwrap_or(base.message),
            ..base
        }
    }
}

/// The longest that a timer can wait.
const MAX_DELAY: u32 = 2_147_483_647;

/// The bytes that all faults still to come may take.
const MAX_FAULT_BYTES: usize = 16 * 1024 * 1024;

/// There are too many faults still to come: their paths must be called, or the sandbox reset.
#[derive(Debug)]
pub struct TooManyFaults;

impl fmt::Display for TooManyFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("too many failures and responses wait for their calls: they may take 16 MiB; call their paths, or reset the sandbox")
    }
}

impl std::error::Error for TooManyFaults {}

/// The faults still to come, by path.
#[derive(Default)]
pub(crate) struct Faults {
    by_path: BTreeMap<String, VecDeque<Fault>>,
    bytes: usize,
}

impl Faults {
    pub fn add(&mut self, path: &str, fault: Fault) -> Result<(), TooManyFaults> {
        let bytes = self.bytes.saturating_add(size(path, &fault));
        if bytes > MAX_FAULT_BYTES {
            return Err(TooManyFaults);
        }
        self.bytes = bytes;
        self.by_path.entry(path.to_owned()).or_default().push_back(fault);
        Ok(())
    }

    /// The fault that the next call of this path meets. Earlier ones come first.
    pub fn next(&mut self, path: &str) -> Option<Fault> {
        let queue = self.by_path.get_mut(path)?;
        let fault = queue.front_mut()?;
        let left = fault.times.unwrap_or(1).saturating_sub(1);
        fault.times = Some(left);
        let fault = fault.clone();
        if left == 0 {
            queue.pop_front();
            if queue.is_empty() {
                self.by_path.remove(path);
            }
            self.bytes = self.bytes.saturating_sub(size(path, &fault));
        }
        Some(fault)
    }
}

fn size(path: &str, fault: &Fault) -> usize {
    let texts = [
        &fault.error_type,
        &fault.error_code,
        &fault.error_message,
        &fault.retry_after,
        &fault.raw_body,
    ];
    let texts = texts.into_iter().flatten().map(String::len);
    let response = fault.response.as_ref().map_or(0, Size::bytes);
    texts
        .fold(size_of::<Fault>(), usize::saturating_add)
        .saturating_add(path.len())
        .saturating_add(response)
        .saturating_add(64)
}
