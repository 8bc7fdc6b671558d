//! How the fields of a request are described, and how a body is checked against the description.

use serde_json::{Map, Value};

use crate::clock;
use crate::error::PlaidError;

pub(crate) struct Field {
    name: &'static str,
    kind: Kind,
    required: bool,
    nullable: bool,
}

pub(crate) const fn required(name: &'static str, kind: Kind) -> Field {
    Field {
        name,
        kind,
        required: true,
        nullable: false,
    }
}

pub(crate) const fn optional(name: &'static str, kind: Kind) -> Field {
    Field {
        name,
        kind,
        required: false,
        nullable: false,
    }
}

pub(crate) const fn nullable(name: &'static str, kind: Kind) -> Field {
    Field {
        name,
        kind,
        required: false,
        nullable: true,
    }
}

pub(crate) enum Kind {
    /// A string of at least one character.
    Text,
    /// A string that may be empty, of at most this many characters.
    TextUpTo(usize),
    /// An http or https URL.
    Url,
    /// `2026-01-02T15:04:05Z`
    DateTime,
    /// `2026-01-02`
    Date,
    /// A positive decimal string with two digits after the point, `"12.34"`.
    Amount,
    Flag,
    /// Any number.
    Number,
    /// An integer from the first to the second, both included.
    Integer(u64, u64),
    OneOf(&'static [&'static str]),
    List(&'static Kind),
    NonEmptyList(&'static Kind),
    Record(&'static [Field]),
    /// An object whose fields the sandbox does not look at.
    Object,
    /// An object of strings.
    Texts,
}

/// Checks the fields of a body as Plaid does: unknown ones first, then missing ones, then values.
pub(crate) fn check(fields: &[Field], body: &Map<String, Value>) -> Result<(), PlaidError> {
    let mut found = Problems::default();
    found.in_record("", fields, body);
    if !found.unknown.is_empty() {
        return Err(PlaidError::unknown_fields(&found.unknown.join(", ")));
    }
    if !found.missing.is_empty() {
        return Err(PlaidError::missing_fields(&found.missing.join(", ")));
    }
    found
        .invalid
        .map_or(Ok(()), |message| Err(PlaidError::invalid_field(message)))
}

/// The paths of the fields that the description lacks.
pub(crate) fn unknown(fields: &[Field], body: &Map<String, Value>) -> Vec<String> {
    let mut found = Problems::default();
    found.in_record("", fields, body);
    found.unknown
}

#[derive(Default)]
struct Problems {
    unknown: Vec<String>,
    missing: Vec<String>,
    /// Of the first field that is.
    invalid: Option<String>,
}

impl Problems {
    fn in_record(&mut self, prefix: &str, fields: &[Field], record: &Map<String, Value>) {
        let known = |name: &String| fields.iter().any(|field| field.name == name);
        self.unknown.extend(
            record
                .keys()
                .filter(|name| !known(name))
                .map(|name| format!("{prefix}{name}")),
        );
        for field in fields {
            let path = format!("{prefix}{}", field.name);
            match record.get(field.name) {
                None if field.required => self.missing.push(path),
                None => {}
                Some(Value::Null) if field.nullable => {}
                Some(value) => self.in_value(&path, &field.kind, value),
            }
        }
    }

    fn in_value(&mut self, path: &str, kind: &Kind, value: &Value) {
        match (kind, value) {
            (Kind::Record(fields), Value::Object(record)) => {
                self.in_record(&format!("{path}."), fields, record);
            }
            (Kind::List(kind) | Kind::NonEmptyList(kind), Value::Array(values)) => {
                for (index, value) in values.iter().enumerate() {
                    self.in_value(&format!("{path}[{index}]"), kind, value);
                }
            }
            _ => {}
        }
        if self.invalid.is_none() && !fits(kind, value) {
            self.invalid = Some(format!("{path} must be {}", expected(kind)));
        }
    }
}

fn fits(kind: &Kind, value: &Value) -> bool {
    let text = value.as_str();
    match kind {
        Kind::Text => text.is_some_and(|text| !text.is_empty()),
        Kind::TextUpTo(most) => text.is_some_and(|text| text.chars().count() <= *most),
        Kind::Url => text.is_some_and(is_url),
        Kind::DateTime => text.is_some_and(|text| clock::parse(text).is_some()),
        Kind::Date => text.is_some_and(clock::is_date),
        Kind::Amount => text.is_some_and(is_amount),
        Kind::Flag => value.is_boolean(),
        Kind::Number => value.is_number(),
        Kind::Integer(least, most) => value
            .as_u64()
            .is_some_and(|number| (*least..=*most).contains(&number)),
        Kind::OneOf(allowed) => text.is_some_and(|text| allowed.contains(&text)),
        Kind::List(_) => value.is_array(),
        Kind::NonEmptyList(_) => value.as_array().is_some_and(|values| !values.is_empty()),
        Kind::Record(_) | Kind::Object => value.is_object(),
        Kind::Texts => value
            .as_object()
            .is_some_and(|record| record.values().all(Value::is_string)),
    }
}

fn expected(kind: &Kind) -> String {
    match kind {
        Kind::Text => "a non-empty string".to_owned(),
        Kind::TextUpTo(most) => format!("a string of at most {most} characters"),
        Kind::Url => "a valid URL".to_owned(),
        Kind::DateTime => "a date and time in ISO 8601 format (YYYY-MM-DDTHH:mm:ssZ)".to_owned(),
        Kind::Date => "a date in ISO 8601 format (YYYY-MM-DD)".to_owned(),
        Kind::Amount => {
            "a positive decimal string with two digits of precision, such as \"12.34\"".to_owned()
        }
        Kind::Flag => "a boolean".to_owned(),
        Kind::Number => "a number".to_owned(),
        Kind::Integer(least, u64::MAX) => format!("an integer of at least {least}"),
        Kind::Integer(least, most) => format!("an integer between {least} and {most}"),
        Kind::OneOf(allowed) => format!("one of: {}", allowed.join(", ")),
        Kind::List(_) => "an array".to_owned(),
        Kind::NonEmptyList(_) => "a non-empty array".to_owned(),
        Kind::Record(_) | Kind::Object => "an object".to_owned(),
        Kind::Texts => "an object whose values are strings".to_owned(),
    }
}

fn is_url(text: &str) -> bool {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    let host = rest.and_then(|rest| rest.split(['/', '?', '#']).next());
    host.is_some_and(|host| !host.is_empty()) && !text.contains(|c: char| c.is_whitespace() || c.is_control())
}

fn is_amount(text: &str) -> bool {
    let Some((whole, cents)) = text.split_once('.') else {
        return false;
    };
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole)
        && whole.len() <= 16
        && digits(cents)
        && cents.len() == 2
        && text.contains(|c| ('1'..='9').contains(&c))
}

/// A checked request body. Fields are named by JSON pointers: `/options/account_ids`.
pub(crate) struct Body(pub Value);

impl Body {
    pub fn at(&self, pointer: &str) -> Option<&Value> {
        self.0.pointer(pointer).filter(|value| !value.is_null())
    }

    pub fn has(&self, pointer: &str) -> bool {
        self.at(pointer).is_some()
    }

    pub fn text(&self, pointer: &str) -> Option<&str> {
        self.at(pointer)?.as_str()
    }

    /// A required string: the check has made sure that it is there.
    pub fn required(&self, pointer: &str) -> &str {
        self.text(pointer).unwrap_or_default()
    }

    pub fn integer(&self, pointer: &str) -> Option<u64> {
        self.at(pointer)?.as_u64()
    }

    pub fn flag(&self, pointer: &str) -> bool {
        self.at(pointer).and_then(Value::as_bool).unwrap_or(false)
    }

    /// The strings of a list; none when the list is absent.
    pub fn texts(&self, pointer: &str) -> Vec<&str> {
        let list = self.at(pointer).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// The value as it was sent, or null.
    pub fn copy(&self, pointer: &str) -> Value {
        self.at(pointer).cloned().unwrap_or(Value::Null)
    }
}

/// A JSON object with one more member, if there is a value for it.
pub(crate) fn with(mut object: Value, name: &str, value: Option<impl Into<Value>>) -> Value {
    if let (Some(members), Some(value)) = (object.as_object_mut(), value) {
        members.insert(name.to_owned(), value.into());
    }
    object
}

/// A string of a record, "" if there is none.
pub(crate) fn text<'a>(record: &'a Value, name: &str) -> &'a str {
    record.get(name).and_then(Value::as_str).unwrap_or_default()
}

pub(crate) fn set(record: &mut Value, name: &str, value: impl Into<Value>) {
    if let Some(members) = record.as_object_mut() {
        members.insert(name.to_owned(), value.into());
    }
}
