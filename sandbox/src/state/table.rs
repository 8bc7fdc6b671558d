//! Records by id, in the order in which they came.

use std::collections::{HashMap, VecDeque};

pub(crate) struct Table<T> {
    rows: Vec<T>,
    index: HashMap<String, usize>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            index: HashMap::new(),
        }
    }
}

impl<T> Table<T> {
    /// Adds a record, or replaces the one of this id.
    pub fn insert(&mut self, id: String, row: T) {
        match self.index.get(&id).and_then(|at| self.rows.get_mut(*at)) {
            Some(old) => *old = row,
            None => {
                self.index.insert(id, self.rows.len());
                self.rows.push(row);
            }
        }
    }

    pub fn get(&self, id: &str) -> Option<&T> {
        self.rows.get(*self.index.get(id)?)
    }

    pub fn get_mut(&mut self, id: &str) -> Option<&mut T> {
        self.rows.get_mut(*self.index.get(id)?)
    }

    /// The oldest first.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.rows.iter()
    }

    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, T> {
        self.rows.iter_mut()
    }
}

/// What the latest keys stand for: the oldest are forgotten, so that keys that are used once don't pile up.
pub(crate) struct Recent<T> {
    values: HashMap<String, T>,
    order: VecDeque<String>,
}

impl<T> Default for Recent<T> {
    fn default() -> Self {
        Self {
            values: HashMap::new(),
            order: VecDeque::new(),
        }
    }
}

/// How many keys are remembered.
const RECENT: usize = 10_000;

impl<T> Recent<T> {
    pub fn insert(&mut self, key: String, value: T) {
        if self.values.insert(key.clone(), value).is_some() {
            return;
        }
        self.order.push_back(key);
        if self.order.len() > RECENT
            && let Some(oldest) = self.order.pop_front()
        {
            self.values.remove(&oldest);
        }
    }

    pub fn get(&self, key: &str) -> Option<&T> {
        self.values.get(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_keys_are_forgotten() {
        let mut recent = Recent::default();
        for number in 0..=RECENT {
            recent.insert(number.to_string(), number);
            recent.insert(number.to_string(), number);
        }
        assert_eq!(recent.get("0"), None);
        assert_eq!(recent.get("1"), Some(&1));
        assert_eq!(recent.get(&RECENT.to_string()), Some(&RECENT));
        assert_eq!(recent.values.len(), RECENT);
    }
}
