//! Plaid's responses: the fields that Plaid documents, under Plaid's names. A value that may be missing or null is an
//! `Option`. Values from open lists (types, codes, statuses) are strings. For everything else, use
//! [`Client::request`](crate::Client::request) with your own types.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::secret::Secret;

/// A link token: pass it to your page, which opens Link with it.
///
/// ```
/// # use plaid_edge_client::sandbox::Sandbox;
/// # pollster::block_on(async {
/// # let sandbox = Sandbox::new();
/// # let plaid = sandbox.client();
/// let link = plaid.create_link_token("user-1").await?;
/// println!("{} is good until {}", link.link_token.expose(), link.expiration);
/// # Ok::<_, plaid_edge_client::Error>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LinkToken {
    /// The token, good for one session of Link.
    pub link_token: Secret,
    /// When it expires, in RFC 3339.
    #[serde(default)]
    pub expiration: String,
    /// The URL of Hosted Link, if requested.
    pub hosted_link_url: Option<String>,
    /// The ID of the request, for Plaid's support.
    #[serde(default)]
    pub request_id: String,
}

/// A newly linked Item.
///
/// ```
/// # use plaid_edge_client::sandbox::Sandbox;
/// # pollster::block_on(async {
/// # let sandbox = Sandbox::new();
/// # let plaid = sandbox.client();
/// let public_token = sandbox.public_token(["auth"]).await?;
/// let item = plaid.exchange_public_token(&public_token).await?;
/// assert!(item.access_token.expose().starts_with("access-sandbox-"));
/// # Ok::<_, plaid_edge_client::Error>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LinkedItem {
    /// The token for all further calls about the Item. It does not expire: store it encrypted.
    pub access_token: Secret,
    /// The ID of the Item in webhooks.
    pub item_id: String,
    /// The ID of the request, for Plaid's support.
    #[serde(default)]
    pub request_id: String,
}

/// Account and routing numbers.
///
/// ```
/// # use plaid_edge_client::sandbox::Sandbox;
/// # pollster::block_on(async {
/// # let sandbox = Sandbox::new();
/// # let plaid = sandbox.client();
/// # let access_token = sandbox.access_token(["auth"]).await?;
/// let auth = plaid.auth(&access_token).await?;
/// assert_eq!(auth.numbers.ach[0].routing, "011401533");
/// # Ok::<_, plaid_edge_client::Error>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Auth {
    /// The accounts.
    pub accounts: Vec<Account>,
    /// Their numbers.
    pub numbers: Numbers,
    /// The Item.
    #[serde(default)]
    pub item: Item,
    /// The ID of the request, for Plaid's support.
    #[serde(default)]
    pub request_id: String,
}

/// Accounts and their owners.
///
/// ```
/// # use plaid_edge_client::sandbox::Sandbox;
/// # pollster::block_on(async {
/// # let sandbox = Sandbox::new();
/// # let plaid = sandbox.client();
/// # let access_token = sandbox.access_token(["identity"]).await?;
/// let identity = plaid.identity(&access_token).await?;
/// assert_eq!(identity.accounts[0].name, "Plaid Checking");
/// # Ok::<_, plaid_edge_client::Error>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Identity {
    /// The accounts, with their owners.
    pub accounts: Vec<Account>,
    /// The Item.
    #[serde(default)]
    pub item: Item,
    /// The ID of the request, for Plaid's support.
    #[serde(default)]
    pub request_id: String,
}

/// An account at a bank.
///
/// ```
/// # use plaid_edge_client::sandbox::Sandbox;
/// # pollster::block_on(async {
/// # let sandbox = Sandbox::new();
/// # let plaid = sandbox.client();
/// # let access_token = sandbox.access_token(["auth"]).await?;
/// let account = &plaid.auth(&access_token).await?.accounts[0];
/// assert_eq!((account.r#type.as_str(), account.subtype.as_deref()), ("depository", Some("checking")));
/// # Ok::<_, plaid_edge_client::Error>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Account {
    /// Plaid's ID of it.
    pub account_id: String,
    /// Its balances.
    #[serde(default)]
    pub balances: Balances,
    /// The last digits of its number.
    pub mask: Option<String>,
    /// The name that the user or the bank gave it.
    #[serde(default)]
    pub name: String,
    /// The bank's name for it.
    pub official_name: Option<String>,
    /// `depository`, `credit`, `loan`, `investment`, …
    #[serde(default)]
    pub r#type: String,
    /// `checking`, `savings`, …
    pub subtype: Option<String>,
    /// How far the verification by micro-deposits has come.
    pub verification_status: Option<String>,
    /// An id that stays the same when the account is linked again, where the bank has one.
    pub persistent_account_id: Option<String>,
    /// `personal` or `business`.
    pub holder_category: Option<String>,
    /// Its owners, in [`Identity`] only.
    #[serde(default)]
    pub owners: Vec<Owner>,
}

/// An account's balances.
///
/// ```
/// # use plaid_edge_client::sandbox::Sandbox;
/// # pollster::block_on(async {
/// # let sandbox = Sandbox::new();
/// # let plaid = sandbox.client();
/// # let access_token = sandbox.access_token(["auth"]).await?;
/// let balances = &plaid.auth(&access_token).await?.accounts[0].balances;
/// assert_eq!((balances.available, balances.iso_currency_code.as_deref()), (Some(100.0), Some("USD")));
/// # Ok::<_, plaid_edge_client::Error>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Balances {
    /// What can be withdrawn.
    pub available: Option<f64>,
    /// Its balances.
    pub current: Option<f64>,
    /// The limit of a credit account, or of an overdraft.
    pub limit: Option<f64>,
    /// `USD`, …
    pub iso_currency_code: Option<String>,
    /// For currencies without an ISO code.
    pub unofficial_currency_code: Option<String>,
    /// When the bank was asked last.
    pub last_updated_datetime: Option<String>,
}

/// The numbers of accounts, by the systems that they are for.
///
/// ```
/// # use plaid_edge_client::sandbox::Sandbox;
/// # pollster::block_on(async {
/// # let sandbox = Sandbox::new();
/// # let plaid = sandbox.client();
/// # let access_token = sandbox.access_token(["auth"]).await?;
/// let numbers = plaid.auth(&access_token).await?.numbers;
/// assert_eq!(numbers.ach[0].account, "1111222233330000");
/// # Ok::<_, plaid_edge_client::Error>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Numbers {
    /// American numbers.
    pub ach: Vec<Ach>,
    /// Canadian numbers.
    pub eft: Vec<Eft>,
    /// Numbers by IBAN.
    pub international: Vec<International>,
    /// British numbers.
    pub bacs: Vec<Bacs>,
}

/// The numbers of an American account.
///
/// ```
/// # use plaid_edge_client::sandbox::Sandbox;
/// # pollster::block_on(async {
/// # let sandbox = Sandbox::new();
/// # let plaid = sandbox.client();
/// # let access_token = sandbox.access_token(["auth"]).await?;
/// let ach = &plaid.auth(&access_token).await?.numbers.ach[0];
/// assert_eq!(ach.wire_routing.as_deref(), Some("021000021"));
/// # Ok::<_, plaid_edge_client::Error>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Ach {
    /// The account.
    pub account_id: String,
    /// The account number.
    pub account: String,
    /// The ABA routing number.
    pub routing: String,
    /// The routing number for wires.
    pub wire_routing: Option<String>,
    /// Whether the bank gave a number in place of the account's own.
    pub is_tokenized_account_number: Option<bool>,
}

/// The numbers of a Canadian account.
///
/// ```
/// # use plaid_edge_client::types::Eft;
/// let parsed: Eft = serde_json::from_str(r#"{"account_id": "1", "account": "2", "institution": "021", "branch": "01140"}"#)?;
/// assert_eq!(parsed.branch, "01140");
/// # Ok::<_, serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Eft {
    /// The account.
    pub account_id: String,
    /// The account number.
    pub account: String,
    /// The number of the bank.
    pub institution: String,
    /// The number of the branch.
    pub branch: String,
}

/// The numbers of an account with an IBAN.
///
/// ```
/// # use plaid_edge_client::types::International;
/// let parsed: International = serde_json::from_str(r#"{"account_id": "1", "iban": "GB29NWBK60161331926819", "bic": "NWBKGB21"}"#)?;
/// assert_eq!(parsed.bic, "NWBKGB21");
/// # Ok::<_, serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct International {
    /// The account.
    pub account_id: String,
    /// The IBAN.
    pub iban: String,
    /// The BIC.
    pub bic: String,
}

/// The numbers of a British account.
///
/// ```
/// # use plaid_edge_client::types::Bacs;
/// let parsed: Bacs = serde_json::from_str(r#"{"account_id": "1", "account": "31926819", "sort_code": "601613"}"#)?;
/// assert_eq!(parsed.sort_code, "601613");
/// # Ok::<_, serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Bacs {
    /// The account.
    pub account_id: String,
    /// The account number.
    pub account: String,
    /// The sort code.
    pub sort_code: String,
}

/// An owner of an account, as the bank knows them.
///
/// ```
/// # use plaid_edge_client::sandbox::Sandbox;
/// # pollster::block_on(async {
/// # let sandbox = Sandbox::new();
/// # let plaid = sandbox.client();
/// # let access_token = sandbox.access_token(["identity"]).await?;
/// let owner = &plaid.identity(&access_token).await?.accounts[0].owners[0];
/// assert_eq!(owner.emails[0].data, "accountholder0@example.com");
/// # Ok::<_, plaid_edge_client::Error>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Owner {
    /// Their names.
    pub names: Vec<String>,
    /// Their phone numbers.
    pub phone_numbers: Vec<Contact>,
    /// Their email addresses.
    pub emails: Vec<Contact>,
    /// Their addresses.
    pub addresses: Vec<Address>,
}

/// A phone number or an email address.
///
/// ```
/// # use plaid_edge_client::sandbox::Sandbox;
/// # pollster::block_on(async {
/// # let sandbox = Sandbox::new();
/// # let plaid = sandbox.client();
/// # let access_token = sandbox.access_token(["identity"]).await?;
/// let phone = &plaid.identity(&access_token).await?.accounts[0].owners[0].phone_numbers[0];
/// assert!(!phone.data.is_empty());
/// # Ok::<_, plaid_edge_client::Error>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Contact {
    /// The number or the address.
    pub data: String,
    /// Whether it is the first choice.
    pub primary: bool,
    /// `home`, `work`, `mobile`, …
    pub r#type: String,
}

/// An address.
///
/// ```
/// # use plaid_edge_client::sandbox::Sandbox;
/// # pollster::block_on(async {
/// # let sandbox = Sandbox::new();
/// # let plaid = sandbox.client();
/// # let access_token = sandbox.access_token(["identity"]).await?;
/// let address = &plaid.identity(&access_token).await?.accounts[0].owners[0].addresses[0];
/// assert_eq!(address.data.city.as_deref(), Some("Malakoff"));
/// # Ok::<_, plaid_edge_client::Error>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Address {
    /// The address itself.
    pub data: AddressData,
    /// Whether it is the first choice.
    pub primary: bool,
}

/// The parts of an address.
///
/// ```
/// # use plaid_edge_client::sandbox::Sandbox;
/// # pollster::block_on(async {
/// # let sandbox = Sandbox::new();
/// # let plaid = sandbox.client();
/// # let access_token = sandbox.access_token(["identity"]).await?;
/// let data = &plaid.identity(&access_token).await?.accounts[0].owners[0].addresses[0].data;
/// assert_eq!(data.country.as_deref(), Some("US"));
/// # Ok::<_, plaid_edge_client::Error>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct AddressData {
    /// The street, with the number.
    pub street: String,
    /// The city.
    pub city: Option<String>,
    /// The region or state.
    pub region: Option<String>,
    /// The postal code.
    pub postal_code: Option<String>,
    /// The country's code.
    pub country: Option<String>,
}

/// An Item: a user's login at a bank.
///
/// ```
/// # use plaid_edge_client::sandbox::Sandbox;
/// # pollster::block_on(async {
/// # let sandbox = Sandbox::new();
/// # let plaid = sandbox.client();
/// # let access_token = sandbox.access_token(["auth"]).await?;
/// let item = plaid.auth(&access_token).await?.item;
/// assert_eq!(item.institution_id.as_deref(), Some("ins_109508"));
/// # Ok::<_, plaid_edge_client::Error>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Item {
    /// Plaid's ID of it.
    pub item_id: String,
    /// The bank.
    pub institution_id: Option<String>,
    /// The bank's name.
    pub institution_name: Option<String>,
    /// Where webhooks about it go.
    pub webhook: Option<String>,
    /// Plaid's error for the Item, if it has one.
    pub error: Option<Map<String, Value>>,
    /// Products that it could have.
    pub available_products: Vec<String>,
    /// Products that are paid for.
    pub billed_products: Vec<String>,
    /// Products that it was linked for.
    pub products: Vec<String>,
    /// Products that the user agreed to.
    pub consented_products: Vec<String>,
    /// When the user has to agree again.
    pub consent_expiration_time: Option<String>,
    /// `background`, or `user_present_required`.
    pub update_type: String,
}

/// A page of bank transfer events.
///
/// ```
/// # use plaid_edge_client::sandbox::Sandbox;
/// # pollster::block_on(async {
/// # let sandbox = Sandbox::new();
/// # let plaid = sandbox.client();
/// let page = plaid.sync_bank_transfer_events(0).await?;
/// assert!(page.bank_transfer_events.is_empty());
/// # Ok::<_, plaid_edge_client::Error>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BankTransferEvents {
    /// The events.
    pub bank_transfer_events: Vec<BankTransferEvent>,
    /// The ID of the request, for Plaid's support.
    #[serde(default)]
    pub request_id: String,
}

/// Something that happened to a bank transfer.
///
/// ```
/// # use plaid_edge_client::types::BankTransferEvent;
/// let parsed: BankTransferEvent = serde_json::from_str(r#"{"event_id": 1, "event_type": "posted"}"#)?;
/// assert_eq!(parsed.event_type, "posted");
/// # Ok::<_, serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BankTransferEvent {
    /// Its number: later events have larger ones.
    pub event_id: u64,
    /// When it happened, in RFC 3339.
    #[serde(default)]
    pub timestamp: String,
    /// `pending`, `posted`, `reversed`, …
    #[serde(default)]
    pub event_type: String,
    /// The account.
    #[serde(default)]
    pub account_id: String,
    /// The transfer.
    #[serde(default)]
    pub bank_transfer_id: String,
    /// The account that money comes from or goes to.
    pub origination_account_id: Option<String>,
    /// `debit` or `credit`.
    #[serde(default)]
    pub bank_transfer_type: String,
    /// The amount, as a decimal number.
    #[serde(default)]
    pub bank_transfer_amount: String,
    /// `USD`
    #[serde(default)]
    pub bank_transfer_iso_currency_code: String,
    /// Why it failed or was reversed.
    pub failure_reason: Option<TransferFailure>,
    /// `inbound` or `outbound`.
    pub direction: Option<String>,
}

/// A page of transfer events.
///
/// ```
/// # use plaid_edge_client::sandbox::Sandbox;
/// # pollster::block_on(async {
/// # let sandbox = Sandbox::new();
/// # let plaid = sandbox.client();
/// let page = plaid.sync_transfer_events(0).await?;
/// assert!(page.transfer_events.is_empty() && !page.has_more);
/// # Ok::<_, plaid_edge_client::Error>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TransferEvents {
    /// The events.
    pub transfer_events: Vec<TransferEvent>,
    /// Whether more follow. A page that does not say so may have more.
    #[serde(default = "unless_said")]
    pub has_more: bool,
    /// The ID of the request, for Plaid's support.
    #[serde(default)]
    pub request_id: String,
}

/// Something that happened to a transfer.
///
/// ```
/// # use plaid_edge_client::types::TransferEvent;
/// let parsed: TransferEvent = serde_json::from_str(r#"{"event_id": 1, "event_type": "settled"}"#)?;
/// assert_eq!(parsed.event_type, "settled");
/// # Ok::<_, serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TransferEvent {
    /// Its number: later events have larger ones.
    pub event_id: u64,
    /// When it happened, in RFC 3339.
    #[serde(default)]
    pub timestamp: String,
    /// `pending`, `posted`, `settled`, `failed`, `returned`, …
    #[serde(default)]
    pub event_type: String,
    /// The account.
    pub account_id: Option<String>,
    /// The account of yours.
    pub funding_account_id: Option<String>,
    /// The ledger.
    pub ledger_id: Option<String>,
    /// The transfer.
    #[serde(default)]
    pub transfer_id: String,
    /// The account that money comes from or goes to.
    pub origination_account_id: Option<String>,
    /// `debit` or `credit`.
    pub transfer_type: Option<String>,
    /// The amount, as a decimal number.
    pub transfer_amount: Option<String>,
    /// Why it failed or was returned.
    pub failure_reason: Option<TransferFailure>,
    /// The sweep.
    pub sweep_id: Option<String>,
    /// The amount of the sweep.
    pub sweep_amount: Option<String>,
    /// The amount that the event is about.
    pub event_amount: Option<String>,
    /// The refund.
    pub refund_id: Option<String>,
    /// The originator.
    pub originator_client_id: Option<String>,
    /// The intent.
    pub intent_id: Option<String>,
    /// The fee of a returned wire.
    pub wire_return_fee: Option<String>,
}

/// Why a transfer failed.
///
/// ```
/// # use plaid_edge_client::types::TransferFailure;
/// let parsed: TransferFailure = serde_json::from_str(r#"{"ach_return_code": "R01"}"#)?;
/// assert_eq!(parsed.ach_return_code.as_deref(), Some("R01"));
/// # Ok::<_, serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct TransferFailure {
    /// The code.
    pub failure_code: Option<String>,
    /// The code of an ACH return.
    pub ach_return_code: Option<String>,
    /// The same in words.
    pub description: Option<String>,
}

/// Everything that changed in an Item's transactions. Store it and `next_cursor` together.
///
/// ```
/// # use plaid_edge_client::sandbox::Sandbox;
/// # pollster::block_on(async {
/// # let sandbox = Sandbox::new();
/// # let plaid = sandbox.client();
/// # let access_token = sandbox.access_token(["transactions"]).await?;
/// let update = plaid.sync_transactions(&access_token).await?;
/// for transaction in update.added.iter().chain(&update.modified) {
///     println!("store {}: {} {}", transaction.transaction_id, transaction.date, transaction.amount);
/// }
/// for removed in &update.removed {
///     println!("remove {}", removed.transaction_id);
/// }
/// println!("store the cursor {}", update.next_cursor);
/// # Ok::<_, plaid_edge_client::Error>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct TransactionsUpdate {
    /// New transactions.
    pub added: Vec<Transaction>,
    /// Changed transactions.
    pub modified: Vec<Transaction>,
    /// Removed transactions.
    pub removed: Vec<RemovedTransaction>,
    /// The accounts.
    pub accounts: Vec<Account>,
    /// How much of the history is there: `NOT_READY`, `INITIAL_UPDATE_COMPLETE` or `HISTORICAL_UPDATE_COMPLETE`.
    pub transactions_update_status: String,
    /// From where on to ask the next time. Empty if nothing is ready yet.
    pub next_cursor: String,
    /// The ID of the last page's request, for Plaid's support.
    pub request_id: String,
}

/// A transaction.
///
/// ```
/// # use plaid_edge_client::types::Transaction;
/// let parsed: Transaction = serde_json::from_str(r#"{"transaction_id": "1", "account_id": "2", "amount": 6.33, "date": "2026-03-04"}"#)?;
/// assert_eq!(parsed.amount, 6.33);
/// # Ok::<_, serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Transaction {
    /// Plaid's ID of it.
    pub transaction_id: String,
    /// The account.
    pub account_id: String,
    /// The amount; positive when money leaves the account.
    pub amount: f64,
    /// `USD`, …
    pub iso_currency_code: Option<String>,
    /// For currencies without an ISO code.
    pub unofficial_currency_code: Option<String>,
    /// The day that it posted, or happened while it is pending: `2026-03-04`.
    pub date: String,
    /// The same, with the time, where the bank gives it.
    pub datetime: Option<String>,
    /// The day that it was authorized.
    pub authorized_date: Option<String>,
    /// The same, with the time.
    pub authorized_datetime: Option<String>,
    /// The merchant's name, or the description.
    #[serde(default)]
    pub name: String,
    /// The merchant's name, cleaned up by Plaid.
    pub merchant_name: Option<String>,
    /// Plaid's id of the merchant.
    pub merchant_entity_id: Option<String>,
    /// The bank's own text, if `include_original_description` was asked for.
    pub original_description: Option<String>,
    /// Whether it has not posted yet.
    #[serde(default)]
    pub pending: bool,
    /// The ID it had while it was pending.
    pub pending_transaction_id: Option<String>,
    /// The owner of the account.
    pub account_owner: Option<String>,
    /// `online`, `in store` or `other`.
    #[serde(default)]
    pub payment_channel: String,
    /// The kind of a European transaction.
    pub transaction_code: Option<String>,
    /// The number of the check.
    pub check_number: Option<String>,
    /// Where it happened.
    #[serde(default)]
    pub location: Location,
    /// What a transfer between banks says.
    #[serde(default)]
    pub payment_meta: PaymentMeta,
    /// Its category.
    pub personal_finance_category: Option<Category>,
    /// The parties to it.
    #[serde(default)]
    pub counterparties: Vec<Counterparty>,
    /// The merchant's logo.
    pub logo_url: Option<String>,
    /// The merchant's website.
    pub website: Option<String>,
}

/// Where a transaction happened.
///
/// ```
/// # use plaid_edge_client::types::Location;
/// let parsed: Location = serde_json::from_str(r#"{"city": "Burlingame"}"#)?;
/// assert_eq!(parsed.city.as_deref(), Some("Burlingame"));
/// # Ok::<_, serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Location {
    /// The street, with the number.
    pub address: Option<String>,
    /// The city.
    pub city: Option<String>,
    /// The region or state.
    pub region: Option<String>,
    /// The postal code.
    pub postal_code: Option<String>,
    /// The country's code.
    pub country: Option<String>,
    /// The latitude.
    pub lat: Option<f64>,
    /// The longitude.
    pub lon: Option<f64>,
    /// The merchant's number of the store.
    pub store_number: Option<String>,
}

/// What a transfer between banks says.
///
/// ```
/// # use plaid_edge_client::types::PaymentMeta;
/// let parsed: PaymentMeta = serde_json::from_str(r#"{"payee": "Alberta"}"#)?;
/// assert_eq!(parsed.payee.as_deref(), Some("Alberta"));
/// # Ok::<_, serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct PaymentMeta {
    /// The number of it.
    pub reference_number: Option<String>,
    /// The ID of the payer's company.
    pub ppd_id: Option<String>,
    /// Who is paid.
    pub payee: Option<String>,
    /// Who pays.
    pub payer: Option<String>,
    /// On whose order.
    pub by_order_of: Option<String>,
    /// `ACH`, …
    pub payment_method: Option<String>,
    /// The processor.
    pub payment_processor: Option<String>,
    /// What the payer wrote.
    pub reason: Option<String>,
}

/// The category of a transaction.
///
/// ```
/// # use plaid_edge_client::types::Category;
/// let parsed: Category = serde_json::from_str(r#"{"primary": "TRANSPORTATION"}"#)?;
/// assert_eq!(parsed.primary, "TRANSPORTATION");
/// # Ok::<_, serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Category {
    /// `TRANSPORTATION`, …
    pub primary: String,
    /// `TRANSPORTATION_TAXIS_AND_RIDE_SHARES`, …
    pub detailed: String,
    /// How sure Plaid is.
    pub confidence_level: Option<String>,
}

/// A party to a transaction.
///
/// ```
/// # use plaid_edge_client::types::Counterparty;
/// let parsed: Counterparty = serde_json::from_str(r#"{"name": "Uber", "type": "merchant"}"#)?;
/// assert_eq!(parsed.r#type, "merchant");
/// # Ok::<_, serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Counterparty {
    /// Their name.
    pub name: String,
    /// Plaid's id of them.
    pub entity_id: Option<String>,
    /// `merchant`, `financial_institution`, `marketplace`, …
    pub r#type: String,
    /// Their website.
    pub website: Option<String>,
    /// Their logo.
    pub logo_url: Option<String>,
    /// How sure Plaid is.
    pub confidence_level: Option<String>,
}

/// A removed transaction.
///
/// ```
/// # use plaid_edge_client::types::RemovedTransaction;
/// let parsed: RemovedTransaction = serde_json::from_str(r#"{"transaction_id": "1"}"#)?;
/// assert_eq!(parsed.transaction_id, "1");
/// # Ok::<_, serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RemovedTransaction {
    /// Plaid's ID of it.
    pub transaction_id: String,
    /// The account.
    pub account_id: Option<String>,
}

/// One page of `/transactions/sync`.
#[derive(Deserialize)]
pub(crate) struct TransactionsPage {
    added: Vec<Transaction>,
    modified: Vec<Transaction>,
    removed: Vec<RemovedTransaction>,
    #[serde(default)]
    accounts: Vec<Account>,
    #[serde(default)]
    transactions_update_status: String,
    pub(crate) next_cursor: String,
    #[serde(default)]
    pub(crate) has_more: bool,
    #[serde(default)]
    request_id: String,
}

impl TransactionsUpdate {
    /// Takes in what the next page has.
    pub(crate) fn append(&mut self, page: TransactionsPage) {
        self.added.extend(page.added);
        self.modified.extend(page.modified);
        self.removed.extend(page.removed);
        self.accounts = page.accounts;
        self.transactions_update_status = page.transactions_update_status;
        self.next_cursor = page.next_cursor;
        self.request_id = page.request_id;
    }
}

const fn unless_said() -> bool {
    true
}
