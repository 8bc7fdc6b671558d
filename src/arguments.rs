//! What callers pass: the arguments and options of every method, each with its form and the error for another one.
//!
//! Any value can arrive in any place, getters and proxies that throw included, so JavaScript looks at each, and hands
//! over a value of the right form, nothing, or an exception. Only own properties are read.

use std::fmt::{self, Display, Formatter};

use plaid_edge_core::call::MAX_RETRIES;
use plaid_edge_core::config::MAX_TIMEOUT_MS;
use plaid_edge_core::error::{ArgumentError, Text, UnknownName};
use plaid_edge_core::operation::{Feed, Operation};
use plaid_edge_core::transactions;
use plaid_edge_core::webhook::MAX_TOLERANCE_SECONDS;
use wasm_bindgen::prelude::*;

use crate::border::Seen;

#[wasm_bindgen(module = "/src/js/values.js")]
extern "C" {
    /// An own member of an object: undefined if it was left out, null if it has another form.
    fn member(object: &JsValue, name: &str, form: Form, least: u32, most: u32) -> JsValue;

    /// The first name of an own property that is not in the list; not `is_strict`: and that looks misspelled. Undefined
    /// if there is none, null if the object can't be looked at.
    #[wasm_bindgen(js_name = unknownName)]
    fn unknown_name(object: &JsValue, known: &str, is_strict: bool) -> JsValue;
}

/// What a value must be. The names are those of the checks in `js/values.js`.
#[wasm_bindgen(skip_typescript)]
#[derive(Clone, Copy)]
pub enum Form {
    /// A string that is not blank.
    Text = "text",
    /// A string. A blank one counts as left out.
    Cursor = "cursor",
    /// A string that is not too long for wasm, whose memory never shrinks.
    Path = "path",
    /// A list of strings that are not blank. An empty one counts as left out.
    Texts = "texts",
    /// The same, with at least one.
    SomeTexts = "someTexts",
    /// A number between two bounds.
    Number = "number",
    /// A whole number between two bounds.
    Whole = "whole",
    /// A whole number that is exact, or a bigint of 64 bits.
    EventId = "eventId",
    /// An object that is not an array.
    Object = "object",
    /// A function.
    Function = "function",
    /// An AbortSignal.
    Signal = "signal",
}

/// An argument or an option.
pub(crate) struct Parameter {
    /// An argument's name is its place.
    pub(crate) name: &'static str,
    form: Form,
    bounds: (u32, u32),
    is_required: bool,
    pub(crate) error: ArgumentError,
}

impl Parameter {
    /// One that may be left out: undefined and null stand for that.
    const fn new(name: &'static str, form: Form, error: ArgumentError) -> Self {
        Self {
            name,
            form,
            bounds: (0, 0),
            is_required: false,
            error,
        }
    }

    const fn required(name: &'static str, form: Form, error: ArgumentError) -> Self {
        Self {
            is_required: true,
            ..Self::new(name, form, error)
        }
    }

    const fn between(self, least: u32, most: u32) -> Self {
        Self {
            bounds: (least, most),
            ..self
        }
    }

    /// The value, as a member of what was passed.
    pub(crate) fn read(&self, passed: &JsValue) -> Result<Option<JsValue>, ArgumentError> {
        let (least, most) = self.bounds;
        let value = member(passed, self.name, self.form, least, most);
        match value.is_undefined() {
            true if !self.is_required => Ok(None),
            false if !value.is_null() => Ok(Some(value)),
            _ => Err(self.error),
        }
    }
}

const ACCESS_TOKEN: Parameter = Parameter::required("0", Form::Text, ArgumentError::ACCESS_TOKEN);
const AFTER_ID: Parameter = Parameter::required("0", Form::EventId, ArgumentError::AFTER_ID);
const TIMEOUT_MS: Parameter =
    Parameter::new("timeoutMs", Form::Number, ArgumentError::TIMEOUT_MS).between(1, MAX_TIMEOUT_MS);
const RETRIES: Parameter =
    Parameter::new("maxRetries", Form::Whole, ArgumentError::MAX_RETRIES).between(0, MAX_RETRIES);

/// The options of an adapter.
pub(crate) static ADAPTER_OPTIONS: [Parameter; 4] = [
    Parameter::new("fetch", Form::Function, ArgumentError::FETCH),
    TIMEOUT_MS,
    RETRIES,
    Parameter::new("onAttempt", Form::Function, ArgumentError::ON_ATTEMPT),
];

/// The options that every method takes.
pub(crate) static CALL_OPTIONS: [Parameter; 3] = [
    Parameter::new("signal", Form::Signal, ArgumentError::SIGNAL),
    TIMEOUT_MS,
    RETRIES,
];

/// What Link shows and asks for, in the order of `LinkSettings`.
pub(crate) static LINK_SETTINGS: [Parameter; 5] = [
    Parameter::new("clientName", Form::Text, ArgumentError::CLIENT_NAME),
    Parameter::new("countryCodes", Form::SomeTexts, ArgumentError::COUNTRY_CODES),
    Parameter::new("language", Form::Text, ArgumentError::LANGUAGE),
    Parameter::new("products", Form::SomeTexts, ArgumentError::PRODUCTS),
    Parameter::new(
        "accountSubtypes",
        Form::SomeTexts,
        ArgumentError::ACCOUNT_SUBTYPES,
    ),
];

/// The `user` of the overrides of a link token.
pub(crate) static OVERRIDDEN_USER: Parameter = Parameter::new("user", Form::Object, ArgumentError::OVERRIDES);

/// The only argument of what takes settings: an object of options.
pub(crate) const fn object(place: &'static str, error: ArgumentError) -> Parameter {
    Parameter::new(place, Form::Object, error)
}

/// What a method takes.
pub(crate) struct Parameters {
    /// Its arguments, after which its options come.
    pub(crate) arguments: &'static [Parameter],
    /// The place of its options.
    pub(crate) options: Parameter,
    /// The options that it alone takes.
    pub(crate) own_options: &'static [Parameter],
}

/// The place of options behind one argument, and behind two.
const SECOND: Parameter = object("1", ArgumentError::OPTIONS);
const THIRD: Parameter = object("2", ArgumentError::OPTIONS);

static CREATE_LINK_TOKEN: Parameters = Parameters {
    arguments: &[Parameter::required(
        "0",
        Form::Text,
        ArgumentError::CLIENT_USER_ID,
    )],
    options: SECOND,
    own_options: &[
        Parameter::new("accessToken", Form::Text, ArgumentError::UPDATED_TOKEN),
        Parameter::new("overrides", Form::Object, ArgumentError::OVERRIDES),
    ],
};

static EXCHANGE_PUBLIC_TOKEN: Parameters = Parameters {
    arguments: &[Parameter::required("0", Form::Text, ArgumentError::PUBLIC_TOKEN)],
    options: SECOND,
    own_options: &[],
};

static ITEM: Parameters = Parameters {
    arguments: &[ACCESS_TOKEN],
    options: SECOND,
    own_options: &[Parameter::new(
        "accountIds",
        Form::Texts,
        ArgumentError::ACCOUNT_IDS,
    )],
};

static BANK_TRANSFER_EVENTS: Parameters = Parameters {
    arguments: &[AFTER_ID],
    options: SECOND,
    own_options: &[
        Parameter::new("count", Form::Whole, ArgumentError::BANK_TRANSFER_COUNT)
            .between(1, Feed::BankTransfer.max_count()),
    ],
};

static TRANSFER_EVENTS: Parameters = Parameters {
    arguments: &[AFTER_ID],
    options: SECOND,
    own_options: &[
        Parameter::new("count", Form::Whole, ArgumentError::COUNT).between(1, Feed::Transfer.max_count())
    ],
};

static TRANSACTIONS: Parameters = Parameters {
    arguments: &[ACCESS_TOKEN],
    options: SECOND,
    own_options: &[
        Parameter::new("cursor", Form::Cursor, ArgumentError::CURSOR),
        Parameter::new("count", Form::Whole, ArgumentError::COUNT).between(1, transactions::MAX_COUNT),
        Parameter::new("options", Form::Object, ArgumentError::SYNC_OPTIONS),
    ],
};

static WEBHOOK: Parameters = Parameters {
    arguments: &[Parameter::required("0", Form::Object, ArgumentError::WEBHOOK)],
    options: SECOND,
    own_options: &[
        Parameter::new("toleranceSeconds", Form::Number, ArgumentError::TOLERANCE_SECONDS)
            .between(0, MAX_TOLERANCE_SECONDS),
    ],
};

static ANY_PATH: Parameters = Parameters {
    arguments: &[
        Parameter::required("0", Form::Path, ArgumentError::PATH),
        Parameter::new("1", Form::Object, ArgumentError::BODY),
    ],
    options: THIRD,
    own_options: &[],
};

/// What a method takes.
pub(crate) const fn parameters(operation: Operation) -> &'static Parameters {
    match operation {
        Operation::CreateLinkToken => &CREATE_LINK_TOKEN,
        Operation::ExchangePublicToken => &EXCHANGE_PUBLIC_TOKEN,
        Operation::Auth | Operation::Identity => &ITEM,
        Operation::BankTransferEventSync => &BANK_TRANSFER_EVENTS,
        Operation::TransferEventSync => &TRANSFER_EVENTS,
        Operation::TransactionsSync => &TRANSACTIONS,
        Operation::VerifyWebhook => &WEBHOOK,
        // The first sends nothing, and is not asked for.
        Operation::InitializePlaid | Operation::Request | Operation::Download => &ANY_PATH,
    }
}

/// The names of parameters, separated by commas.
fn names(lists: [&[Parameter]; 2]) -> String {
    let mut names = String::new();
    for parameter in lists.into_iter().flatten() {
        if !names.is_empty() {
            names.push_str(", ");
        }
        names.push_str(parameter.name);
    }
    names
}

/// What is wrong with what was passed.
pub(crate) enum Refusal {
    /// A value.
    Argument(ArgumentError),
    /// The name of a member.
    Name(NameRefusal),
}

/// A member that does not exist, in an object that has the known ones.
pub(crate) struct NameRefusal {
    pub(crate) name: JsValue,
    place: &'static str,
    known: String,
}

impl Display for Refusal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Argument(error) => error.fmt(f),
            Self::Name(refusal) => refusal.fmt(f),
        }
    }
}

impl Display for NameRefusal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let place = Text(self.place);
        let known = Text(&self.known);
        UnknownName { place, known }.fmt(f)
    }
}

impl From<ArgumentError> for Refusal {
    fn from(error: ArgumentError) -> Self {
        Self::Argument(error)
    }
}

/// Refuses a member of an object that does not exist. `place` is what messages call the object.
pub(crate) fn check_names(
    object: &JsValue,
    place: &'static str,
    lists: [&[Parameter]; 2],
    is_strict: bool,
) -> Result<(), Refusal> {
    let known = names(lists);
    let name = unknown_name(object, &known, is_strict);
    if name.is_undefined() {
        return Ok(());
    }
    if name.is_null() {
        return Err(ArgumentError::OPTIONS.into());
    }
    Err(Refusal::Name(NameRefusal { name, place, known }))
}

/// The values that go into a body, each in a numbered place.
pub(crate) struct Values {
    pub(crate) record: Seen,
    /// A bit for each place that is taken.
    taken: u32,
    next: u32,
}

/// What stands in a template for the value in a place.
const MARKERS: &str = "\0a\0b\0c\0d\0e\0f\0g\0h\0i\0j";

/// Where Link's settings begin, behind all that a method is passed.
pub(crate) const LINK: u32 = 5;

impl Values {
    /// Values in what may hold some already. The next goes to `next`.
    pub(crate) fn new(record: JsValue, next: u32) -> Self {
        let record = Seen(record);
        let taken = record.number(TAKEN).map_or(0, |taken| taken as u32);
        Self { record, taken, next }
    }

    /// Puts a value into a place.
    pub(crate) fn put(&mut self, place: u32, value: &JsValue) {
        self.record.set(marker_of(place), value);
        self.taken |= 1_u32.wrapping_shl(place);
    }

    /// Reads members of what was passed into the next places.
    pub(crate) fn read(&mut self, passed: &JsValue, parameters: &[Parameter]) -> Result<(), ArgumentError> {
        for parameter in parameters {
            if let Some(value) = parameter.read(passed)? {
                self.put(self.next, &value);
            }
            self.next = self.next.wrapping_add(1);
        }
        Ok(())
    }

    /// The marker of the value in a place, if there is one.
    pub(crate) fn marker(&self, place: u32) -> Option<&'static str> {
        (self.taken.wrapping_shr(place) & 1 == 1).then(|| marker_of(place))
    }

    /// The record, with a note of what it holds.
    pub(crate) fn into_record(self) -> JsValue {
        self.record.set_number(TAKEN, f64::from(self.taken));
        self.record.0
    }
}

const TAKEN: &str = "taken";

pub(crate) fn marker_of(place: u32) -> &'static str {
    let at = (place as usize).wrapping_mul(2);
    MARKERS.get(at..at.wrapping_add(2)).unwrap_or_default()
}
