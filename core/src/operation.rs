//! Plaid's endpoints that have a method of their own.

/// What a call does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Operation {
    /// Sets what Link shows. Sends nothing.
    InitializePlaid,
    /// Creates a link token.
    CreateLinkToken,
    /// Exchanges a public token for an access token.
    ExchangePublicToken,
    /// Fetches account and routing numbers.
    Auth,
    /// Fetches the account owners.
    Identity,
    /// Fetches one page of bank transfer events.
    BankTransferEventSync,
    /// Fetches one page of transfer events.
    TransferEventSync,
    /// Fetches all changes of an Item's transactions.
    TransactionsSync,
    /// Calls any endpoint that answers with JSON.
    Request,
    /// Calls any endpoint that answers with a file.
    Download,
    /// Verifies a webhook.
    VerifyWebhook,
}

/// The facts of an operation.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    /// The method of the adapter, as messages name it.
    pub method: &'static str,
    /// Plaid's path; empty where the caller names it, or where nothing is sent.
    pub path: &'static str,
    /// The error class of the npm package.
    pub error_class: &'static str,
}

impl Operation {
    /// Every operation, in the order of its number.
    pub const ALL: [Self; 11] = [
        Self::InitializePlaid,
        Self::CreateLinkToken,
        Self::ExchangePublicToken,
        Self::Auth,
        Self::Identity,
        Self::BankTransferEventSync,
        Self::TransferEventSync,
        Self::TransactionsSync,
        Self::Request,
        Self::Download,
        Self::VerifyWebhook,
    ];

    /// What is known of the operation.
    pub const fn facts(self) -> Facts {
        let (method, path, error_class) = match self {
            Self::InitializePlaid => ("initializePlaid", "", "PlaidAdapterError"),
            Self::CreateLinkToken => (
                "createLinkToken",
                "/link/token/create",
                "PlaidCreateLinkTokenError",
            ),
            Self::ExchangePublicToken => (
                "exchangePublicToken",
                "/item/public_token/exchange",
                "PlaidExchangePublicTokenError",
            ),
            Self::Auth => ("authRequest", "/auth/get", "PlaidAuthError"),
            Self::Identity => ("identityRequest", "/identity/get", "PlaidIdentityError"),
            Self::BankTransferEventSync => (
                "syncBankTransferEvent",
                "/bank_transfer/event/sync",
                "PlaidBankTransferSyncEventError",
            ),
            Self::TransferEventSync => (
                "syncTransferEvent",
                "/transfer/event/sync",
                "PlaidTransferSyncEventError",
            ),
            Self::TransactionsSync => (
                "syncTransactions",
                "/transactions/sync",
                "PlaidTransactionsSyncError",
            ),
            Self::Request => ("request", "", "PlaidAdapterError"),
            Self::Download => ("download", "", "PlaidAdapterError"),
            Self::VerifyWebhook => (
                "verifyWebhook",
                "/webhook_verification_key/get",
                "PlaidWebhookVerificationError",
            ),
        };
        Facts {
            method,
            path,
            error_class,
        }
    }

    /// The operation of a method of the adapter.
    pub fn of_method(method: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|operation| operation.facts().method == method)
    }

    /// The operation that has a number.
    pub fn from_number(number: u32) -> Option<Self> {
        usize::try_from(number)
            .ok()
            .and_then(|at| Self::ALL.get(at).copied())
    }
}

/// An event feed: pages of events with rising ids.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Feed {
    /// Of bank transfers.
    BankTransfer,
    /// Of transfers.
    Transfer,
}

impl Feed {
    /// The operation that fetches a page.
    pub const fn operation(self) -> Operation {
        match self {
            Self::BankTransfer => Operation::BankTransferEventSync,
            Self::Transfer => Operation::TransferEventSync,
        }
    }

    /// The field of a response that lists the events.
    pub const fn list(self) -> &'static str {
        match self {
            Self::BankTransfer => "bank_transfer_events",
            Self::Transfer => "transfer_events",
        }
    }

    /// The largest page that Plaid accepts.
    pub const fn max_count(self) -> u32 {
        match self {
            Self::BankTransfer => 25,
            Self::Transfer => 500,
        }
    }
}
