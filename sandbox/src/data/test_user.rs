//! The user `user_good`: accounts, numbers and owner, as Plaid's Sandbox shows them
//! (<https://plaid.com/docs/sandbox/test-credentials/>), and what each password does.

use serde_json::{Value, json};

use crate::error::PlaidError;

/// An account, without the id that it gets in each Item.
#[derive(Debug)]
pub(crate) struct TestAccount {
    pub mask: &'static str,
    pub name: &'static str,
    pub official_name: Option<&'static str>,
    pub account_type: &'static str,
    pub subtype: &'static str,
    pub available: Option<f64>,
    pub current: Option<f64>,
    pub limit: Option<f64>,
    pub holder: Option<&'static str>,
    /// The account number of accounts that Auth covers.
    pub number: Option<&'static str>,
}

pub(crate) const ROUTING: &str = "011401533";
pub(crate) const WIRE_ROUTING: &str = "021000021";

const fn account(
    mask: &'static str,
    name: &'static str,
    official_name: Option<&'static str>,
    (account_type, subtype): (&'static str, &'static str),
    (available, current, limit): (Option<f64>, Option<f64>, Option<f64>),
) -> TestAccount {
    TestAccount {
        mask,
        name,
        official_name,
        account_type,
        subtype,
        available,
        current,
        limit,
        holder: None,
        number: None,
    }
}

#[rustfmt::skip]
const ACCOUNTS: &[TestAccount] = &[
    TestAccount { holder: Some("personal"), number: Some("1111222233330000"), ..account("0000", "Plaid Checking", Some("Plaid Gold Standard 0% Interest Checking"), ("depository", "checking"), (Some(100.0), Some(110.0), None)) },
    TestAccount { holder: Some("personal"), number: Some("1111222233331111"), ..account("1111", "Plaid Saving", Some("Plaid Silver Standard 0.1% Interest Saving"), ("depository", "savings"), (Some(200.0), Some(210.0), None)) },
    account("2222", "Plaid CD", Some("Plaid Bronze Standard 0.2% Interest CD"), ("depository", "cd"), (None, Some(1000.0), None)),
    account("3333", "Plaid Credit Card", Some("Plaid Diamond 12.5% APR Interest Credit Card"), ("credit", "credit card"), (None, Some(410.0), Some(2000.0))),
    account("4444", "Plaid Money Market", Some("Plaid Platinum Standard 1.85% Interest Money Market"), ("depository", "money market"), (Some(43200.0), Some(43200.0), None)),
    account("5555", "Plaid IRA", None, ("investment", "ira"), (None, Some(320.76), None)),
    account("6666", "Plaid 401k", None, ("investment", "401k"), (None, Some(23631.9805), None)),
    TestAccount { holder: Some("personal"), ..account("7777", "Plaid Student Loan", None, ("loan", "student"), (None, Some(65262.0), None)) },
    account("8888", "Plaid Mortgage", None, ("loan", "mortgage"), (None, Some(56302.06), None)),
    account("9001", "Plaid HSA", Some("Plaid Cares Health Savings Account"), ("depository", "hsa"), (Some(6009.0), Some(6009.0), None)),
    TestAccount { number: Some("1111222233339002"), ..account("9002", "Plaid Cash Management", Some("Plaid Growth Cash Management"), ("depository", "cash management"), (Some(12060.0), Some(12060.0), None)) },
    TestAccount { holder: Some("business"), ..account("9999", "Plaid Business Credit Card", Some("Plaid Platinum Small Business Credit Card"), ("credit", "credit card"), (Some(4980.0), Some(5020.0), Some(10000.0))) },
    account("9003", "Plaid Auto Loan", None, ("loan", "auto"), (None, Some(23211.33), None)),
    account("9004", "Plaid Home Equity Line of Credit", None, ("loan", "home equity"), (None, Some(13500.5), None)),
];

/// The user who brings the data along.
pub(crate) const CUSTOM: &str = "user_custom";

/// The user at whose bank things happen.
pub(crate) const DYNAMIC: &str = "user_transactions_dynamic";

/// The accounts of `user_good`, or of the dynamic user.
pub(crate) fn accounts(dynamic: bool) -> impl Iterator<Item = &'static TestAccount> {
    let shown = move |account: &&TestAccount| !dynamic || matches!(account.mask, "0000" | "3333");
    ACCOUNTS.iter().filter(shown)
}

/// The owner of every account.
pub(crate) fn owner() -> Value {
    json!({
        "names": ["Alberta Bobbeth Charleson"],
        "emails": [
            { "data": "accountholder0@example.com", "primary": true, "type": "primary" },
            { "data": "accountholder1@example.com", "primary": false, "type": "secondary" },
            {
                "data": "extraordinarily.long.email.username.123456@reallylonghostname.com",
                "primary": false,
                "type": "other"
            },
        ],
        "phone_numbers": [
            { "data": "1112223333", "primary": false, "type": "home" },
            { "data": "1112224444", "primary": false, "type": "work" },
            { "data": "1112225555", "primary": false, "type": "mobile1" },
        ],
        "addresses": [
            {
                "data": {
                    "street": "2992 Cameron Road",
                    "city": "Malakoff",
                    "region": "NY",
                    "postal_code": "14236",
                    "country": "US"
                },
                "primary": true
            },
            {
                "data": {
                    "street": "2493 Leisure Lane",
                    "city": "San Matias",
                    "region": "CA",
                    "postal_code": "93405-2255",
                    "country": "US"
                },
                "primary": false
            },
        ],
    })
}

/// What the bank says to this login. Of users other than `user_good`, only the name's form is checked here.
pub(crate) fn log_in(username: &str, password: &str) -> Result<(), PlaidError> {
    if let Some(code) = password.strip_prefix("error_") {
        return Err(PlaidError::of(code));
    }
    let special = |password: &str| {
        password == "microdeposits_good"
            || password.starts_with("mfa_")
            || password.starts_with("{\"recaptcha\"")
    };
    match username {
        "user_good" if password == "pass_good" || special(password) => Ok(()),
        "user_good" => Err(PlaidError::of("INVALID_CREDENTIALS")),
        _ if username.starts_with("user_") => Ok(()),
        _ => Err(PlaidError::of("INVALID_CREDENTIALS")),
    }
}
