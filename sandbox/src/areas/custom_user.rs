//! `user_custom`, whose password says what its accounts are (<https://plaid.com/docs/sandbox/user-custom/>).

use serde_json::{Map, Value, json};

use crate::clock;
use crate::data::test_user::{self, ROUTING, WIRE_ROUTING};
use crate::error::PlaidError;
use crate::fields::{
    Body, Field,
    Kind::{Date, Flag, List, NonEmptyList, Number, OneOf, Record, Text, TextUpTo},
    check, nullable, optional, required, unknown,
};
use crate::state::items::{Account, Numbers, Posting};

/// Plaid's limits.
const MAX_CUSTOM_USER_BYTES: usize = 55_000;
const MAX_ACCOUNTS: usize = 10;
const MAX_TRANSACTIONS: usize = 250;

const TYPES: &[&str] = &["depository", "credit", "loan", "investment", "other"];

const CUSTOM: &[Field] = &[
    optional("version", Text),
    optional("seed", Text),
    optional("force_error", Text),
    optional("override_accounts", NonEmptyList(&Record(ACCOUNT))),
];

const ACCOUNT: &[Field] = &[
    required("type", OneOf(TYPES)),
    optional("subtype", Text),
    optional("starting_balance", Number),
    optional("force_available_balance", Number),
    optional("has_null_available_balance", Flag),
    optional("currency", Text),
    optional(
        "meta",
        Record(&[
            optional("name", Text),
            optional("official_name", Text),
            optional("limit", Number),
            optional("mask", TextUpTo(4)),
        ]),
    ),
    optional(
        "numbers",
        Record(&[
            optional("account", Text),
            optional("ach_routing", Text),
            optional("ach_wire_routing", Text),
        ]),
    ),
    optional(
        "transactions",
        List(&Record(&[
            required("date_transacted", Date),
            required("date_posted", Date),
            required("amount", Number),
            required("description", Text),
            optional("currency", Text),
        ])),
    ),
    optional("identity", Record(IDENTITY)),
];

const IDENTITY: &[Field] = &[
    optional("names", NonEmptyList(&Text)),
    optional(
        "phone_numbers",
        List(&Record(&[
            required("data", Text),
            required("primary", Flag),
            required(
                "type",
                OneOf(&["home", "work", "office", "mobile", "mobile1", "other"]),
            ),
        ])),
    ),
    optional(
        "emails",
        List(&Record(&[
            required("data", Text),
            required("primary", Flag),
            required("type", OneOf(&["primary", "secondary", "other"])),
        ])),
    ),
    optional(
        "addresses",
        List(&Record(&[
            required("primary", Flag),
            required(
                "data",
                Record(&[
                    required("street", Text),
                    nullable("city", Text),
                    nullable("region", Text),
                    nullable("postal_code", Text),
                    nullable("country", Text),
                ]),
            ),
        ])),
    ),
];

/// The accounts that the password describes, or the ordinary ones if it describes none.
pub(super) fn accounts(password: &str) -> Result<Vec<Account>, PlaidError> {
    let custom: Map<String, Value> = serde_json::from_str(password).map_err(|_| {
        PlaidError::invalid_field("options.override_password of user_custom must be a JSON object")
    })?;
    if password.len() > MAX_CUSTOM_USER_BYTES {
        return Err(wrong(format!(
            "a custom user must have at most {MAX_CUSTOM_USER_BYTES} bytes"
        )));
    }
    let unsupported = unknown(CUSTOM, &custom);
    if !unsupported.is_empty() {
        let unsupported = unsupported.join(", ");
        return Err(wrong(format!(
            "this sandbox does not support {unsupported} of a custom user"
        )));
    }
    check(CUSTOM, &custom).map_err(|error| wrong(error.message))?;
    let custom = Body(Value::Object(custom));
    if let Some(code) = custom.text("/force_error") {
        return Err(PlaidError::of(code));
    }
    let Some(described) = custom.at("/override_accounts").and_then(Value::as_array) else {
        return Ok(test_user::accounts(false).map(Account::from).collect());
    };
    if described.len() > MAX_ACCOUNTS {
        return Err(wrong(format!(
            "override_accounts must have at most {MAX_ACCOUNTS} elements"
        )));
    }
    let rows = |account: &Value| account.pointer("/transactions")?.as_array().map(Vec::len);
    if described.iter().filter_map(rows).sum::<usize>() > MAX_TRANSACTIONS {
        return Err(wrong(format!(
            "a custom user must have at most {MAX_TRANSACTIONS} transactions"
        )));
    }
    // Names are those of the Item, the other parts of an identity an account's own.
    let names = described
        .iter()
        .find_map(|account| account.pointer("/identity/names"));
    described
        .iter()
        .enumerate()
        .map(|(index, fields)| account(index, &Body(fields.clone()), names))
        .collect()
}

fn wrong(message: String) -> PlaidError {
    PlaidError::invalid_field(format!("options.override_password: {message}"))
}

fn account(index: usize, fields: &Body, names: Option<&Value>) -> Result<Account, PlaidError> {
    let at = format!("override_accounts[{index}]");
    let account_type = fields.required("/type");
    let subtypes = subtypes(account_type);
    let subtype = fields
        .text("/subtype")
        .or_else(|| subtypes.first().copied())
        .unwrap_or_default();
    if !subtypes.contains(&subtype) {
        return Err(wrong(format!(
            "{at}.subtype must be one of: {}, for the type {account_type}",
            subtypes.join(", ")
        )));
    }
    let currency = fields.text("/currency").unwrap_or("USD");
    is_currency(currency, &format!("{at}.currency"))?;
    let mask = match fields.at("/meta/mask").and_then(Value::as_str) {
        None => index.to_string().repeat(4),
        Some(mask)
            if mask.is_empty() || (mask.len() >= 2 && mask.chars().all(|c| c.is_ascii_alphanumeric())) =>
        {
            mask.to_owned()
        }
        Some(_) => {
            return Err(wrong(format!(
                "{at}.meta.mask must be empty or 2 to 4 letters and digits"
            )));
        }
    };
    let number = |pointer: &str| fields.at(pointer).and_then(Value::as_f64);
    if fields.has("/force_available_balance") && fields.has("/has_null_available_balance") {
        return Err(wrong(format!(
            "{at} must have one of force_available_balance and has_null_available_balance"
        )));
    }
    let current = number("/starting_balance").unwrap_or(0.0);
    let limit = number("/meta/limit");
    let available = match account_type {
        _ if fields.flag("/has_null_available_balance") => None,
        _ if fields.has("/force_available_balance") => number("/force_available_balance"),
        "depository" => Some(current),
        "credit" => limit.map(|limit| limit - current),
        _ => None,
    };
    let known = test_user::accounts(false)
        .find(|known| known.account_type == account_type && known.subtype == subtype);
    let name = fields.text("/meta/name").or(known.map(|known| known.name));
    Ok(Account {
        name: name.map_or_else(|| format!("Plaid {subtype}"), str::to_owned),
        official_name: fields.text("/meta/official_name").map(str::to_owned),
        account_type: account_type.to_owned(),
        subtype: subtype.to_owned(),
        available,
        current: Some(current),
        limit,
        holder: None,
        numbers: numbers(&at, fields, subtype, &mask)?,
        mask,
        currency: currency.to_owned(),
        owner: Some(owner(fields, names)),
        history: Some(history(&at, fields, currency)?),
    })
}

/// The numbers of an account that Auth covers.
fn numbers(at: &str, fields: &Body, subtype: &str, mask: &str) -> Result<Option<Numbers>, PlaidError> {
    for name in ["ach_routing", "ach_wire_routing"] {
        if let Some(number) = fields
            .text(&format!("/numbers/{name}"))
            .filter(|number| !is_routing(number))
        {
            return Err(wrong(format!(
                "{at}.numbers.{name} must be a routing number of nine digits with a valid checksum, not \"{number}\""
            )));
        }
    }
    let text = |name: &str, default: &str| {
        fields
            .text(&format!("/numbers/{name}"))
            .unwrap_or(default)
            .to_owned()
    };
    Ok(
        matches!(subtype, "checking" | "savings" | "cash management").then(|| Numbers {
            account: text("account", &format!("111122223333{mask}")),
            routing: text("ach_routing", ROUTING),
            wire_routing: text("ach_wire_routing", WIRE_ROUTING),
        }),
    )
}

/// Whether a bank's routing number has nine digits whose weighted sum ends in zero.
fn is_routing(number: &str) -> bool {
    let digits: Vec<_> = number.chars().filter_map(|c| c.to_digit(10)).collect();
    let weighted = digits.iter().zip([3, 7, 1].iter().cycle());
    let sum: u32 = weighted
        .map(|(digit, weight)| digit.saturating_mul(*weight))
        .sum();
    number.len() == 9 && digits.len() == 9 && sum.is_multiple_of(10)
}

fn is_currency(code: &str, at: &str) -> Result<(), PlaidError> {
    if code.len() == 3 && code.chars().all(|c| c.is_ascii_uppercase()) {
        return Ok(());
    }
    Err(wrong(format!(
        "{at} must be a currency code of three capital letters"
    )))
}

fn history(at: &str, fields: &Body, currency: &str) -> Result<Vec<Posting>, PlaidError> {
    let rows = fields.at("/transactions").and_then(Value::as_array);
    let mut history = Vec::new();
    for (index, row) in rows.into_iter().flatten().enumerate() {
        let (at, row) = (format!("{at}.transactions[{index}]"), Body(row.clone()));
        let date = |pointer: &str| clock::parse_date(row.required(pointer)).unwrap_or_default();
        let (transacted, posted) = (date("/date_transacted"), date("/date_posted"));
        if posted < transacted {
            return Err(wrong(format!(
                "{at}.date_posted must not be before date_transacted"
            )));
        }
        let currency = row.text("/currency").unwrap_or(currency);
        is_currency(currency, &format!("{at}.currency"))?;
        history.push(Posting {
            transacted,
            posted,
            amount: row.at("/amount").and_then(Value::as_f64).unwrap_or_default(),
            description: row.required("/description").to_owned(),
            currency: currency.to_owned(),
        });
    }
    Ok(history)
}

/// The ordinary owner, with what the custom user has of its own.
fn owner(fields: &Body, names: Option<&Value>) -> Value {
    let mut owner = test_user::owner();
    if let Some(owner) = owner.as_object_mut() {
        let own = |name: &str| fields.at(&format!("/identity/{name}")).cloned();
        let names = names.cloned();
        let parts = [("phone_numbers", own("phone_numbers")), ("emails", own("emails"))];
        let addresses = ("addresses", own("addresses").map(complete));
        for (name, value) in parts.into_iter().chain([addresses, ("names", names)]) {
            owner.extend(value.map(|value| (name.to_owned(), value)));
        }
    }
    owner
}

/// Addresses with null for what they lack.
fn complete(mut addresses: Value) -> Value {
    for address in addresses.as_array_mut().into_iter().flatten() {
        if let Some(data) = address.pointer_mut("/data").and_then(Value::as_object_mut) {
            for name in ["city", "region", "postal_code", "country"] {
                data.entry(name).or_insert(json!(null));
            }
        }
    }
    addresses
}

/// The subtypes of a type of account, the usual one first.
#[rustfmt::skip]
fn subtypes(account_type: &str) -> &'static [&'static str] {
    match account_type {
        "depository" => &["checking", "savings", "hsa", "cd", "money market", "paypal", "prepaid", "cash management", "ebt"],
        "credit" => &["credit card", "paypal"],
        "loan" => &["student", "mortgage", "auto", "business", "commercial", "construction", "consumer", "home equity", "line of credit", "loan", "overdraft", "other"],
        "investment" => &["brokerage", "401a", "401k", "403B", "457b", "529", "cash isa", "crypto exchange", "hsa", "ira", "isa", "keogh", "mutual fund", "pension", "retirement", "roth", "roth 401k", "sep ira", "simple ira", "stock plan", "trust", "ugma", "utma", "other"],
        _ => &["other"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routing_numbers_have_a_checksum() {
        assert!(is_routing(ROUTING));
        assert!(is_routing(WIRE_ROUTING));
        assert!(!is_routing("011401534"));
        assert!(!is_routing("0114015330"));
        assert!(!is_routing("01140153x"));
    }
}
