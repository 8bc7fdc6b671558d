//! JSON text as it is sent, with members in their given order.

use std::fmt::{self, Formatter};

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use serde_json::value::RawValue;

/// A value as JSON text, or None if it can't be serialized.
pub(crate) fn json(value: &(impl Serialize + ?Sized)) -> Option<String> {
    serde_json::to_string(value).ok()
}

/// A value as part of a JSON text, or None if it can't be serialized.
pub(crate) fn raw(value: &(impl Serialize + ?Sized)) -> Option<Box<RawValue>> {
    serde_json::value::to_raw_value(value).ok()
}

/// A JSON object whose members keep their order and their text.
#[derive(Default)]
pub(crate) struct Object(Vec<(String, Box<RawValue>)>);

impl Object {
    /// Parses JSON text; None if it is not an object.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    pub(crate) fn get(&self, name: &str) -> Option<&RawValue> {
        let member = self.0.iter().find(|(known, _)| known == name);
        member.map(|(_, value)| &**value)
    }

    /// Sets a member, in place if it exists.
    pub(crate) fn set(&mut self, name: &str, value: Box<RawValue>) {
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = value,
            None => self.0.push((name.to_owned(), value)),
        }
    }

    /// Sets the members of another object.
    pub(crate) fn extend(&mut self, other: Self) {
        for (name, value) in other.0 {
            self.set(&name, value);
        }
    }

    /// Whether JSON text is an object with a member that is a non-blank string.
    pub(crate) fn has_text(json: &str, name: &str) -> bool {
        let has_name = json.contains(name);
        let object = has_name.then(|| Self::parse(json)).flatten();
        let value = object.as_ref().and_then(|object| object.get(name));
        let text = value.and_then(|value| serde_json::from_str::<String>(value.get()).ok());
        text.is_some_and(|text| !text.trim().is_empty())
    }
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Object;

            fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let mut object = Object::default();
                while let Some((name, value)) = map.next_entry::<String, _>()? {
                    object.set(&name, value);
                }
                Ok(object)
            }
        }

        deserializer.deserialize_map(Members)
    }
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}
