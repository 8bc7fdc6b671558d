//! Records by id, in the order in which they came, with the bytes that they take.

use std::collections::{HashMap, VecDeque};

use serde_json::Value;

/// Roughly how many bytes of memory a record takes.
pub(crate) trait Size {
    fn bytes(&self) -> usize;
}

pub(crate) struct Table<T> {
    /// A record that was removed leaves a gap.
    rows: VecDeque<Option<Row<T>>>,
    /// Where each record is, counted from the first that there ever was.
    index: HashMap<String, usize>,
    /// How many records are no longer in `rows`.
    evicted: usize,
    bytes: usize,
    /// What was handed out for a change, and is to be measured again.
    dirty: Vec<usize>,
}

struct Row<T> {
    id: String,
    record: T,
    bytes: usize,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self {
            rows: VecDeque::new(),
            index: HashMap::new(),
            evicted: 0,
            bytes: 0,
            dirty: Vec::new(),
        }
    }
}

/// What a row takes besides the record and its place: its id, which is also in the index.
const ROW: usize = 128;

impl<T: Size> Table<T> {
    /// What a place takes, be there a record or a gap.
    const PLACE: usize = size_of::<Option<Row<T>>>();

    fn row_bytes(id: &str, record: &T) -> usize {
        record.bytes().saturating_add(ROW).saturating_add(id.len())
    }

    /// Adds a record, or replaces the one of this id.
    pub fn insert(&mut self, id: String, record: T) {
        if let Some(old) = self.get_mut(&id) {
            *old = record;
            return;
        }
        let bytes = Self::row_bytes(&id, &record);
        self.bytes = self.bytes.saturating_add(bytes).saturating_add(Self::PLACE);
        self.index.insert(id.clone(), self.count());
        self.rows.push_back(Some(Row { id, record, bytes }));
    }

    /// How many records there ever were.
    pub fn count(&self) -> usize {
        self.evicted.saturating_add(self.rows.len())
    }

    pub fn get(&self, id: &str) -> Option<&T> {
        let at = self.index.get(id)?.checked_sub(self.evicted)?;
        self.rows.get(at)?.as_ref().map(|row| &row.record)
    }

    pub fn get_mut(&mut self, id: &str) -> Option<&mut T> {
        let number = *self.index.get(id)?;
        if self.dirty.last() != Some(&number) {
            self.dirty.push(number);
        }
        let at = number.checked_sub(self.evicted)?;
        self.rows.get_mut(at)?.as_mut().map(|row| &mut row.record)
    }

    pub fn remove(&mut self, id: &str) -> Option<T> {
        let at = self.index.remove(id)?.checked_sub(self.evicted)?;
        let row = self.rows.get_mut(at)?.take()?;
        self.bytes = self.bytes.saturating_sub(row.bytes);
        self.drop_gaps();
        Some(row.record)
    }

    fn drop_gaps(&mut self) {
        while let Some(None) = self.rows.front() {
            self.rows.pop_front();
            self.evicted = self.evicted.saturating_add(1);
            self.bytes = self.bytes.saturating_sub(Self::PLACE);
        }
    }

    /// The oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.since(0)
    }

    /// Those after the first `count` that there ever were, the oldest first.
    pub fn since(&self, count: usize) -> impl DoubleEndedIterator<Item = &T> {
        let start = count.saturating_sub(self.evicted).min(self.rows.len());
        self.rows.range(start..).flatten().map(|row| &row.record)
    }
}

/// What bounds the memory of all tables together.
pub(crate) trait Bounded {
    /// The bytes of all records, those included that have changed since.
    fn measure(&mut self) -> usize;
    fn evict_oldest(&mut self);
}

impl<T: Size> Bounded for Table<T> {
    fn measure(&mut self) -> usize {
        for number in self.dirty.drain(..) {
            let at = number.checked_sub(self.evicted);
            let Some(Some(row)) = at.and_then(|at| self.rows.get_mut(at)) else {
                continue;
            };
            let bytes = Self::row_bytes(&row.id, &row.record);
            self.bytes = self.bytes.saturating_sub(row.bytes).saturating_add(bytes);
            row.bytes = bytes;
        }
        self.bytes
    }

    fn evict_oldest(&mut self) {
        if let Some(row) = self.rows.front_mut().and_then(Option::take) {
            self.index.remove(&row.id);
            self.bytes = self.bytes.saturating_sub(row.bytes);
        }
        self.drop_gaps();
    }
}

/// What a map takes that holds anything: its first node.
const NODE: usize = 320;

impl Size for String {
    fn bytes(&self) -> usize {
        self.len().saturating_add(24)
    }
}

impl Size for bool {
    fn bytes(&self) -> usize {
        1
    }
}

impl Size for i64 {
    fn bytes(&self) -> usize {
        8
    }
}

impl<A: Size, B: Size> Size for (A, B) {
    fn bytes(&self) -> usize {
        self.0.bytes().saturating_add(self.1.bytes())
    }
}

impl Size for usize {
    fn bytes(&self) -> usize {
        8
    }
}

impl<T: Size> Size for Vec<T> {
    fn bytes(&self) -> usize {
        self.iter()
            .fold(24, |sum, value| sum.saturating_add(value.bytes()))
    }
}

impl Size for Value {
    fn bytes(&self) -> usize {
        // Lists and maps have room for more than they hold.
        let room = |bytes: usize| bytes.saturating_mul(2);
        let content = match self {
            Value::String(text) => text.len(),
            Value::Array(values) => values.iter().map(Size::bytes).fold(0, usize::saturating_add),
            Value::Object(members) if members.is_empty() => 0,
            Value::Object(members) => members.iter().fold(NODE, |sum, (name, value)| {
                sum.saturating_add(room(name.bytes()))
                    .saturating_add(value.bytes())
            }),
            _ => 0,
        };
        room(size_of::<Value>()).saturating_add(content)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_forgotten_or_removed_takes_no_bytes_and_is_not_found() {
        let mut table = Table::default();
        for number in 0..4 {
            table.insert(number.to_string(), number.to_string());
        }
        let all = table.measure();
        assert_eq!(table.remove("1").as_deref(), Some("1"));
        table.evict_oldest();
        // The gap went with it.
        assert_eq!(table.measure(), all / 2);
        assert_eq!((table.get("0"), table.get("1")), (None, None));
        assert_eq!(table.get("3").map(String::as_str), Some("3"));
        assert_eq!(table.iter().collect::<Vec<_>>(), ["2", "3"]);
        assert_eq!(table.since(3).collect::<Vec<_>>(), ["3"]);
        assert_eq!(table.count(), 4);
        for _ in 0..9 {
            table.evict_oldest();
        }
        assert_eq!((table.measure(), table.count()), (0, 4));
    }

    #[test]
    fn a_record_that_grows_is_measured_again() {
        let mut table = Table::default();
        table.insert("a".to_owned(), String::new());
        let before = table.measure();
        if let Some(text) = table.get_mut("a") {
            text.push_str("longer");
        }
        assert_eq!(table.measure(), before + 6);
    }
}
