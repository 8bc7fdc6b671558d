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
    pub const fn facts(self) -> &'static Facts {
        match self {
            Self::InitializePlaid => &Facts {
                method: "initializePlaid",
                path: "",
                error_class: "PlaidAdapterError",
            },
            Self::CreateLinkToken => &Facts {
                method: "createLinkToken",
                path: "/link/token/create",
                error_class: "PlaidCreateLinkTokenError",
            },
            Self::ExchangePublicToken => &Facts {
                method: "exchangePublicToken",
                path: "/item/public_token/exchange",
                error_class: "PlaidExchangePublicTokenError",
            },
            Self::Auth => &Facts {
                method: "authRequest",
                path: "/auth/get",
                error_class: "PlaidAuthError",
            },
            Self::Identity => &Facts {
                method: "identityRequest",
                path: "/identity/get",
                error_class: "PlaidIdentityError",
            },
            Self::BankTransferEventSync => &Facts {
                method: "syncBankTransferEvent",
                path: "/bank_transfer/event/sync",
                error_class: "PlaidBankTransferSyncEventError",
            },
            Self::TransferEventSync => &Facts {
                method: "syncTransferEvent",
                path: "/transfer/event/sync",
                error_class: "PlaidTransferSyncEventError",
            },
            Self::TransactionsSync => &Facts {
                method: "syncTransactions",
                path: "/transactions/sync",
                error_class: "PlaidTransactionsSyncError",
            },
            Self::Request => &Facts {
                method: "request",
                path: "",
                error_class: "PlaidAdapterError",
            },
            Self::Download => &Facts {
                method: "download",
                path: "",
                error_class: "PlaidAdapterError",
            },
            Self::VerifyWebhook => &Facts {
                method: "verifyWebhook",
                path: "/webhook_verification_key/get",
                error_class: "PlaidWebhookVerificationError",
            },
        }
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
