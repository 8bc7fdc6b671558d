//! Plaid's error body, and its catalogue of error codes (<https://plaid.com/docs/errors/>).

use serde_json::{Map, Value, json};

/// An error as Plaid describes it. It becomes the body of a response, or the `error` of an Item or a webhook.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PlaidError {
    pub status: u16,
    pub error_type: String,
    pub code: String,
    pub message: String,
    pub display_message: Option<String>,
}

impl PlaidError {
    /// The error of this code, with the texts of Plaid's error pages. A code that Plaid does not list is an ITEM_ERROR.
    pub fn of(code: &str) -> Self {
        Self::listed(code).unwrap_or_else(|| Self {
            status: 400,
            error_type: "ITEM_ERROR".to_owned(),
            code: code.to_owned(),
            message: "an error forced by the test".to_owned(),
            display_message: None,
        })
    }

    pub fn listed(code: &str) -> Option<Self> {
        let &(error_type, _, status, message, display) = CATALOGUE.iter().find(|row| row.1 == code)?;
        Some(Self {
            status,
            error_type: error_type.to_owned(),
            code: code.to_owned(),
            message: message.to_owned(),
            display_message: (!display.is_empty()).then(|| display.to_owned()),
        })
    }

    /// The same error with a text that suits the case better.
    pub fn with_message(self, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            ..self
        }
    }

    pub fn invalid_field(message: impl Into<String>) -> Self {
        Self::of("INVALID_FIELD").with_message(message)
    }

    pub fn missing_fields(fields: &str) -> Self {
        Self::of("MISSING_FIELDS")
            .with_message(format!("the following required fields are missing: {fields}"))
    }

    pub fn unknown_fields(fields: &str) -> Self {
        Self::of("UNKNOWN_FIELDS").with_message(format!(
            "the following fields are not recognized by this endpoint: {fields}"
        ))
    }

    /// The body of an HTTP response.
    pub fn body(&self, request_id: &str) -> Value {
        let mut body = self.fields();
        body.insert("request_id".to_owned(), json!(request_id));
        body.insert("documentation_url".to_owned(), json!(self.documentation_url()));
        body.insert("suggested_action".to_owned(), Value::Null);
        Value::Object(body)
    }

    /// The error inside a webhook: with the status, without a request.
    pub fn in_webhook(&self) -> Value {
        let mut body = self.fields();
        body.insert("status".to_owned(), json!(self.status));
        Value::Object(body)
    }

    /// The error of an Item in `/item/get`.
    pub fn on_item(&self) -> Value {
        Value::Object(self.fields())
    }

    fn fields(&self) -> Map<String, Value> {
        [
            ("error_type", json!(self.error_type)),
            ("error_code", json!(self.code)),
            ("error_message", json!(self.message)),
            ("display_message", json!(self.display_message)),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into_iter()
        .collect()
    }

    fn documentation_url(&self) -> String {
        let page = self.error_type.to_lowercase().replace('_', "-");
        let page = page.strip_suffix("-error").unwrap_or(&page);
        format!("https://plaid.com/docs/?ref=error#{page}-errors")
    }
}

const DOWN: &str = "this institution is not currently responding to this request. please try again soon";
const DOWN_FOR_USERS: &str =
    "This financial institution is not currently responding to requests. We apologize for the inconvenience.";
const RATE: &str = "rate limit exceeded for attempts to access this item. please try again later";

type Row = (&'static str, &'static str, u16, &'static str, &'static str);

/// error_type, error_code, HTTP status, error_message, display_message ("" stands for null).
#[rustfmt::skip]
const CATALOGUE: &[Row] = &[
    ("INVALID_REQUEST", "MISSING_FIELDS", 400, "required fields are missing", ""),
    ("INVALID_REQUEST", "UNKNOWN_FIELDS", 400, "some fields are not recognized by this endpoint", ""),
    ("INVALID_REQUEST", "INVALID_FIELD", 400, "a field is invalid", ""),
    ("INVALID_REQUEST", "INVALID_BODY", 400, "body could not be parsed as JSON", ""),
    ("INVALID_REQUEST", "INVALID_HEADERS", 400, "the Content-Type header must be application/json", ""),
    ("INVALID_REQUEST", "INVALID_CONFIGURATION", 400, "please ensure that the request body is formatted correctly", ""),
    ("INVALID_REQUEST", "INCOMPATIBLE_API_VERSION", 400, "this endpoint is not available in the requested API version", ""),
    ("INVALID_REQUEST", "NOT_FOUND", 404, "not found", ""),
    ("INVALID_REQUEST", "NO_LONGER_AVAILABLE", 404, "This endpoint has been discontinued.", ""),
    ("INVALID_REQUEST", "SANDBOX_ONLY", 400, "access to this route is only available in the sandbox environment at https://sandbox.plaid.com/", ""),
    ("INVALID_INPUT", "INVALID_API_KEYS", 400, "invalid client_id or secret provided", ""),
    ("INVALID_INPUT", "UNAUTHORIZED_ENVIRONMENT", 400, "you are not authorized to create items in this api environment. Go to the Dashboard to request access", ""),
    ("INVALID_INPUT", "UNAUTHORIZED_ROUTE_ACCESS", 400, "you are not authorized to access this route in this api environment.", ""),
    ("INVALID_INPUT", "INVALID_ACCESS_TOKEN", 400, "could not find matching access token", ""),
    ("INVALID_INPUT", "INVALID_PUBLIC_TOKEN", 400, "could not find matching public token", ""),
    ("INVALID_INPUT", "INVALID_LINK_TOKEN", 400, "invalid link_token provided", ""),
    ("INVALID_INPUT", "INVALID_ACCOUNT_ID", 400, "failed to find requested account ID for requested item", ""),
    ("INVALID_INPUT", "INVALID_INSTITUTION", 400, "invalid institution_id provided", ""),
    ("INVALID_INPUT", "INVALID_PRODUCT", 400, "client is not authorized to access the requested products", ""),
    ("INVALID_INPUT", "INVALID_LINK_CUSTOMIZATION", 400, "requested link customization is not set to update account selection", ""),
    ("INVALID_INPUT", "INVALID_USER_ID", 400, "user.user_id must be a non-empty string", ""),
    ("INVALID_INPUT", "INVALID_USER_TOKEN", 400, "could not find matching user token", ""),
    ("INVALID_INPUT", "ADDITIONAL_CONSENT_REQUIRED", 400, "client does not have user consent to access the PRODUCT_AUTH product", ""),
    ("INVALID_INPUT", "USER_PERMISSION_REVOKED", 400, "the holder of this account has revoked their permission for your application to access it", ""),
    ("INVALID_INPUT", "INVALID_WEBHOOK_VERIFICATION_KEY_ID", 400, "invalid key_id provided. note that key_ids are specific to Plaid environments, and verification requests must be made to the same environment that the webhook was sent from", ""),
    ("INVALID_INPUT", "INCORRECT_DEPOSIT_VERIFICATION", 400, "", ""),
    ("INVALID_INPUT", "TOO_MANY_VERIFICATION_ATTEMPTS", 400, "", ""),
    ("ITEM_ERROR", "ITEM_LOGIN_REQUIRED", 400, "the login details of this item have changed (credentials, MFA, or required user action) and a user login is required to update this information. use Link's update mode to restore the item to a good state", ""),
    ("ITEM_ERROR", "ITEM_NOT_FOUND", 400, "The Item you requested cannot be found. This Item does not exist, has been previously removed via /item/remove, or has had access removed by the user.", ""),
    ("ITEM_ERROR", "ITEM_CONCURRENTLY_DELETED", 400, "This item was deleted while the operation was in progress", ""),
    ("ITEM_ERROR", "ITEM_LOCKED", 400, "the account is locked. prompt the user to visit the institution's site and unlock their account", "The given account has been locked by the financial institution. Please visit your financial institution's website to unlock your account."),
    ("ITEM_ERROR", "ITEM_NOT_SUPPORTED", 400, "this account is currently not supported", "The given account is not currently supported for this financial institution. We apologize for the inconvenience."),
    ("ITEM_ERROR", "ACCESS_NOT_GRANTED", 400, "access to this product was not granted for the account", "The user did not grant the necessary permissions for this product on their account."),
    ("ITEM_ERROR", "NO_ACCOUNTS", 400, "no valid accounts were found for this item", "No valid accounts were found at the financial institution. Please visit your financial institution's website to confirm accounts are available."),
    ("ITEM_ERROR", "NO_AUTH_ACCOUNTS", 400, "There are no valid checking or savings account(s) associated with this Item. See https://plaid.com/docs/api/#item-errors for more.", ""),
    ("ITEM_ERROR", "PRODUCT_NOT_READY", 400, "the requested product is not yet ready. please provide a webhook or try the request again later", ""),
    ("ITEM_ERROR", "PRODUCTS_NOT_SUPPORTED", 400, "the requested products are not supported by this institution", ""),
    ("ITEM_ERROR", "PRODUCT_NOT_ENABLED", 400, "A requested product was not enabled for the current access token. Please ensure it is included when when initializing Link and create the Item again.", ""),
    ("ITEM_ERROR", "INVALID_CREDENTIALS", 400, "the provided credentials were not correct", "The provided credentials were not correct. Please try again."),
    ("ITEM_ERROR", "INVALID_MFA", 400, "the provided MFA response(s) were not correct", "The provided MFA responses were not correct. Please try again."),
    ("ITEM_ERROR", "MFA_NOT_SUPPORTED", 400, "this account requires a MFA type that we do not currently support for the institution", "The multi-factor security features enabled on this account are not currently supported for this financial institution. We apologize for the inconvenience."),
    ("ITEM_ERROR", "USER_SETUP_REQUIRED", 400, "the account has not been fully set up. prompt the user to visit the issuing institution's site and finish the setup process", "The given account is not fully setup. Please visit your financial institution's website to setup your account."),
    ("ITEM_ERROR", "INSTANT_MATCH_FAILED", 400, "Item cannot be verified through Instant Match. Ensure you are correctly enabling all auth features in Link.", ""),
    ("INSTITUTION_ERROR", "INSTITUTION_DOWN", 400, DOWN, DOWN_FOR_USERS),
    ("INSTITUTION_ERROR", "INSTITUTION_NOT_RESPONDING", 400, DOWN, DOWN_FOR_USERS),
    ("INSTITUTION_ERROR", "INSTITUTION_NOT_AVAILABLE", 400, DOWN, DOWN_FOR_USERS),
    ("INSTITUTION_ERROR", "INSTITUTION_NO_LONGER_SUPPORTED", 400, "this institution is no longer supported", "This financial institution is no longer supported. We apologize for the inconvenience."),
    ("INSTITUTION_ERROR", "INSTITUTION_NOT_ENABLED_IN_ENVIRONMENT", 400, "Institution not enabled in this environment", ""),
    ("INSTITUTION_ERROR", "UNSUPPORTED_RESPONSE", 400, "the data returned from the financial institution is not valid", "The data returned from the financial institution is not valid."),
    ("API_ERROR", "INTERNAL_SERVER_ERROR", 500, "an unexpected error occurred", ""),
    ("API_ERROR", "PLANNED_MAINTENANCE", 503, "the Plaid API is temporarily unavailable due to planned maintenance. visit https://status.plaid.com/ for more information", ""),
    ("RATE_LIMIT_EXCEEDED", "ACCOUNTS_LIMIT", 429, RATE, ""),
    ("RATE_LIMIT_EXCEEDED", "AUTH_LIMIT", 429, RATE, ""),
    ("RATE_LIMIT_EXCEEDED", "IDENTITY_LIMIT", 429, RATE, ""),
    ("RATE_LIMIT_EXCEEDED", "ITEM_GET_LIMIT", 429, RATE, ""),
    ("RATE_LIMIT_EXCEEDED", "RATE_LIMIT", 429, RATE, ""),
    ("RATE_LIMIT_EXCEEDED", "INSTITUTION_RATE_LIMIT", 429, "The institution is currently receiving too many requests. Please try again later.", ""),
    ("RATE_LIMIT_EXCEEDED", "CREDITS_EXHAUSTED", 429, "Free usage exhausted, please request full Production access to continue using this product", ""),
    ("TRANSACTIONS_ERROR", "TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION", 400, "Underlying transaction data changed since last page was fetched. Please restart pagination from last update.", ""),
    ("ITEM_ERROR", "NO_INVESTMENT_ACCOUNTS", 400, "There are no valid investment account(s) associated with this Item. See https://plaid.com/docs/api/#item-errors for more information.", ""),
    ("ITEM_ERROR", "NO_INVESTMENT_AUTH_ACCOUNTS", 400, "There are no valid investment account(s) associated with this Item. See https://plaid.com/docs/api/#item-errors for more information.", ""),
    ("ITEM_ERROR", "NO_LIABILITY_ACCOUNTS", 400, "There are no valid liability account(s) associated with this Item. See https://plaid.com/docs/api/#item-errors for more information.", ""),
    ("INVALID_INPUT", "INVALID_PROCESSOR_TOKEN", 400, "could not find matching processor token", ""),
    ("INVALID_INPUT", "INVALID_STRIPE_ACCOUNT", 400, "this client is not connected to a Stripe account", ""),
    ("INVALID_INPUT", "INVALID_ASSET_REPORT_TOKEN", 400, "could not find matching asset report token", ""),
    ("INVALID_INPUT", "INVALID_AUDIT_COPY_TOKEN", 400, "could not find matching audit copy token", ""),
    ("INVALID_REQUEST", "INVALID_ACCOUNT_NUMBER", 400, "the provided account number was invalid", ""),
    ("ASSET_REPORT_ERROR", "INVALID_PARENT", 400, "", ""),
    ("SIGNAL_ERROR", "CLIENT_TRANSACTION_ID_ALREADY_IN_USE", 400, "Client transaction id has already been used in a different transaction", ""),
    ("SIGNAL_ERROR", "SIGNAL_TRANSACTION_NOT_INITIATED", 400, "Transactions previously reported as not initiated cannot be reported as returned", ""),
    ("TRANSFER_ERROR", "TRANSFER_NETWORK_LIMIT_EXCEEDED", 400, "transaction amount exceeds the limit of the network", ""),
    ("TRANSFER_ERROR", "TRANSFER_NOT_CANCELLABLE", 400, "transfer is not cancellable", ""),
    ("TRANSFER_ERROR", "TRANSFER_UNSUPPORTED_ACCOUNT_TYPE", 400, "transfer account type not supported", ""),
    ("TRANSFER_ERROR", "TRANSFER_FORBIDDEN_ACH_CLASS", 400, "specified ach_class is forbidden", ""),
    ("SANDBOX_ERROR", "SANDBOX_PRODUCT_NOT_ENABLED", 400, "The product is not enabled on this item", ""),
    ("SANDBOX_ERROR", "SANDBOX_WEBHOOK_INVALID", 400, "Webhook for this item is either not set up, or invalid. Please update the item's webhook and try again.", ""),
    ("SANDBOX_ERROR", "SANDBOX_TRANSFER_EVENT_TRANSITION_INVALID", 400, "The provided simulated event type is incompatible with the current transfer status", ""),
    ("SANDBOX_ERROR", "SANDBOX_BANK_TRANSFER_EVENT_TRANSITION_INVALID", 400, "The provided simulated event type is incompatible with the current transfer status", ""),
    ("BANK_TRANSFER_ERROR", "BANK_TRANSFER_LIMIT_EXCEEDED", 400, "bank transfer daily transfer limit exceeded", ""),
    ("BANK_TRANSFER_ERROR", "BANK_TRANSFER_MISSING_ORIGINATION_ACCOUNT", 400, "origination_account_id is required if multiple origination accounts are available", ""),
    ("BANK_TRANSFER_ERROR", "BANK_TRANSFER_INVALID_ORIGINATION_ACCOUNT", 400, "origination_account_id is invalid", ""),
    ("BANK_TRANSFER_ERROR", "BANK_TRANSFER_ACCOUNT_BLOCKED", 400, "bank transfer was blocked due to a previous ACH return on this account", ""),
    ("BANK_TRANSFER_ERROR", "BANK_TRANSFER_NOT_CANCELLABLE", 400, "bank transfer can no longer be cancelled", ""),
    ("BANK_TRANSFER_ERROR", "BANK_TRANSFER_INSUFFICIENT_FUNDS", 400, "the account has insufficient funds for this bank transfer", ""),
    ("BANK_TRANSFER_ERROR", "BANK_TRANSFER_UNSUPPORTED_ACCOUNT_TYPE", 400, "bank transfers are not supported for this type of account", ""),
    ("BANK_TRANSFER_ERROR", "BANK_TRANSFER_UNSUPPORTED_ENVIRONMENT", 400, "bank transfers are not supported in this environment", ""),
];
