//! The keys that webhooks are signed with, remembered by key id.
//!
//! Anyone can send a webhook that names a key, so what junk can cost is bounded, and junk can't make a genuine webhook
//! fail for good: requests to Plaid are paid for from a bucket that refills, and what is asked for takes the place of
//! what was junk. An unknown key is never assumed: without a request to spare, the caller is told to come back.

use std::time::Duration;

/// How long a key is used before it is fetched again, to notice that it was retired.
const KEEP: Duration = Duration::from_secs(24 * 60 * 60);
/// How long a key id that Plaid does not know is not asked for again.
const REMEMBER_UNKNOWN: Duration = Duration::from_secs(60);
/// How long a failure to fetch a key is shared with those who waited for it.
const REMEMBER_FAILURE: Duration = Duration::from_secs(2);
/// How long one caller fetches a key before another may try too: its request may have been dropped.
const PATIENCE: Duration = Duration::from_secs(5);
/// Requests that may follow each other at once, and how soon another may follow.
const BUCKET: u32 = 20;
const REFILL: Duration = Duration::from_secs(1);
/// Ids in memory. What is not a usable key is forgotten first.
const MAX_ENTRIES: usize = 64;

/// A moment, as the time since the Unix epoch.
pub type Moment = Duration;

/// What is known of a key id.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Learned<K> {
    /// The key, and when it expires if Plaid said so.
    Key(K, Option<Moment>),
    /// Plaid does not know it.
    Unknown,
    /// It could not be fetched; the value is the driver's own.
    Failed(K),
}

/// What is to be done about a key id.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Lookup<K> {
    /// Use this key.
    Known(K),
    /// Refuse: the key has expired.
    Expired,
    /// Refuse: Plaid does not know it.
    Unknown,
    /// It could not be fetched a moment ago; the value is the driver's own.
    Failed(K),
    /// Somebody is fetching it. Look again soon.
    Wait,
    /// Fetch it, and say what came of it with [`KeyCache::learn`] or [`KeyCache::give_up`].
    Fetch,
    /// Too many unknown ids were asked for: come back after this time.
    Exhausted(Duration),
}

enum State<K> {
    Fetching,
    Learned(Learned<K>),
}

struct Entry<K> {
    id: String,
    since: Moment,
    state: State<K>,
}

impl<K> Entry<K> {
    fn lasts(&self) -> Duration {
        match self.state {
            State::Learned(Learned::Key(..)) => KEEP,
            State::Learned(Learned::Unknown) => REMEMBER_UNKNOWN,
            State::Learned(Learned::Failed(_)) => REMEMBER_FAILURE,
            State::Fetching => PATIENCE,
        }
    }

    const fn is_key(&self) -> bool {
        matches!(self.state, State::Learned(Learned::Key(..)))
    }
}

/// The keys known so far. `K` is cheap to clone.
pub struct KeyCache<K> {
    /// The least recently used first.
    entries: Vec<Entry<K>>,
    /// Requests that may be made at once.
    requests: u32,
    refilled: Moment,
}

impl<K: Clone> Default for KeyCache<K> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: Clone> KeyCache<K> {
    /// Nothing known yet.
    pub const fn new() -> Self {
        Self {
            entries: Vec::new(),
            requests: BUCKET,
            refilled: Duration::ZERO,
        }
    }

    /// What to do about a key id. `is_waiting`: the caller was told to wait before, so that what the one that fetched the
    /// key came to holds for it too.
    pub fn look_up(&mut self, id: &str, is_waiting: bool, now: Moment) -> Lookup<K> {
        // A clock that was set back must not keep an entry for ever.
        self.entries.retain(|entry| {
            now.checked_sub(entry.since)
                .is_some_and(|age| age < entry.lasts())
        });
        let is_over =
            |entry: &Entry<K>| !is_waiting && matches!(entry.state, State::Learned(Learned::Failed(_)));
        self.entries.retain(|entry| entry.id != id || !is_over(entry));
        if let Some(at) = self.entries.iter().position(|entry| entry.id == id) {
            let entry = self.entries.remove(at);
            let found = match &entry.state {
                State::Fetching => Lookup::Wait,
                State::Learned(Learned::Key(_, Some(expires))) if *expires <= now => Lookup::Expired,
                State::Learned(Learned::Key(key, _)) => Lookup::Known(key.clone()),
                State::Learned(Learned::Unknown) => Lookup::Unknown,
                State::Learned(Learned::Failed(reason)) => Lookup::Failed(reason.clone()),
            };
            self.entries.push(entry);
            return found;
        }
        self.refill(now);
        match self.requests.checked_sub(1) {
            None => Lookup::Exhausted(REFILL.saturating_sub(now.saturating_sub(self.refilled))),
            Some(left) => {
                self.requests = left;
                self.insert(id, State::Fetching, now);
                Lookup::Fetch
            }
        }
    }

    /// What a look-up came to.
    pub fn learn(&mut self, id: &str, learned: Learned<K>, now: Moment) {
        // A look-up that took too long was perhaps made again, with success.
        let is_late = !matches!(learned, Learned::Key(..))
            && self.entries.iter().any(|entry| entry.id == id && entry.is_key());
        if is_late {
            return;
        }
        self.forget(id);
        self.insert(id, State::Learned(learned), now);
    }

    /// Forgets that a key is being fetched: its caller went away.
    pub fn give_up(&mut self, id: &str) {
        self.entries
            .retain(|entry| entry.id != id || !matches!(entry.state, State::Fetching));
    }

    /// Forgets all about a key: it turned out to be none.
    pub fn forget(&mut self, id: &str) {
        self.entries.retain(|entry| entry.id != id);
    }

    fn insert(&mut self, id: &str, state: State<K>, now: Moment) {
        if self.entries.len() >= MAX_ENTRIES {
            let junk = self.entries.iter().position(|entry| !entry.is_key());
            self.entries.remove(junk.unwrap_or(0));
        }
        self.entries.push(Entry {
            id: id.to_owned(),
            since: now,
            state,
        });
    }

    fn refill(&mut self, now: Moment) {
        let Some(passed) = now.checked_sub(self.refilled) else {
            // The clock was set back.
            self.refilled = now;
            return;
        };
        let due = u32::try_from(passed.as_secs()).unwrap_or(u32::MAX);
        self.requests = self.requests.saturating_add(due).min(BUCKET);
        self.refilled = self.refilled.saturating_add(REFILL.saturating_mul(due));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const START: Moment = Duration::from_secs(1_700_000_000);

    fn at(seconds: f64) -> Moment {
        START + Duration::from_secs_f64(seconds)
    }

    fn knowing(id: &str, key: u32) -> KeyCache<u32> {
        let mut keys = KeyCache::new();
        assert_eq!(keys.look_up(id, false, START), Lookup::Fetch);
        keys.learn(id, Learned::Key(key, None), START);
        keys
    }

    #[test]
    fn a_key_is_fetched_once_and_kept_for_a_day() {
        let mut keys = knowing("a", 7);
        assert_eq!(
            keys.look_up("a", false, START + KEEP - at(1.0).saturating_sub(START)),
            Lookup::Known(7)
        );
        assert_eq!(keys.look_up("a", false, START + KEEP), Lookup::Fetch);
    }

    #[test]
    fn an_expiry_is_checked_at_every_use() {
        let mut keys = KeyCache::new();
        keys.look_up("a", false, START);
        keys.learn("a", Learned::Key(1, Some(at(60.0))), START);
        assert_eq!(keys.look_up("a", false, at(59.0)), Lookup::Known(1));
        assert_eq!(keys.look_up("a", false, at(60.0)), Lookup::Expired);
        assert_eq!(keys.look_up("a", false, at(3600.0)), Lookup::Expired);
    }

    #[test]
    fn what_plaid_does_not_know_and_what_failed_is_remembered_shortly() {
        let mut keys = KeyCache::<u32>::new();
        for id in ["unknown", "failed"] {
            keys.look_up(id, false, START);
        }
        keys.learn("unknown", Learned::Unknown, START);
        keys.learn("failed", Learned::Failed(3), START);
        assert_eq!(keys.look_up("failed", true, at(1.0)), Lookup::Failed(3));
        assert_eq!(keys.look_up("failed", false, at(1.0)), Lookup::Fetch);
        assert_eq!(keys.look_up("unknown", false, at(59.0)), Lookup::Unknown);
        let mut later = KeyCache::<u32>::new();
        later.learn("failed", Learned::Failed(3), START);
        assert_eq!(later.look_up("failed", true, at(2.0)), Lookup::Fetch);
    }

    #[test]
    fn one_look_up_serves_all_until_patience_ends() {
        let mut keys = KeyCache::<u32>::new();
        assert_eq!(keys.look_up("a", false, START), Lookup::Fetch);
        assert_eq!(keys.look_up("a", false, at(4.9)), Lookup::Wait);
        assert_eq!(keys.look_up("a", false, at(5.0)), Lookup::Fetch);
        assert_eq!(keys.look_up("a", false, at(5.1)), Lookup::Wait);
        keys.give_up("a");
        assert_eq!(keys.look_up("a", false, at(5.2)), Lookup::Fetch);
    }

    #[test]
    fn a_look_up_that_was_made_again_takes_no_key_away() {
        let mut keys = knowing("a", 7);
        keys.give_up("a");
        keys.learn("a", Learned::Failed(1), START);
        keys.learn("a", Learned::Unknown, START);
        assert_eq!(keys.look_up("a", false, START), Lookup::Known(7));
        keys.forget("a");
        assert_eq!(keys.look_up("a", false, START), Lookup::Fetch);
    }

    #[test]
    fn junk_can_not_ask_without_end_and_known_keys_stay() {
        let mut keys = knowing("good", 1);
        let mut fetched = 0;
        for n in 0..10_000 {
            let id = n.to_string();
            if keys.look_up(&id, false, at(1.0)) == Lookup::Fetch {
                fetched += 1;
                keys.learn(&id, Learned::Unknown, at(1.0));
            }
        }
        assert!(fetched <= BUCKET + 1, "{fetched}");
        assert_eq!(keys.look_up("good", false, at(1.0)), Lookup::Known(1));
        assert_eq!(
            keys.look_up("new", false, at(1.5)),
            Lookup::Exhausted(Duration::from_millis(500))
        );
        assert_eq!(keys.look_up("new", false, at(2.0)), Lookup::Fetch);
    }

    #[test]
    fn what_is_used_stays() {
        let mut keys = knowing("used", 1);
        for n in 0..1000 {
            let now = at(f64::from(n) * 10.0);
            assert_eq!(keys.look_up("used", false, now), Lookup::Known(1), "{n}");
            let id = n.to_string();
            keys.look_up(&id, false, now);
            keys.learn(&id, Learned::Key(n, None), now);
            assert!(keys.entries.len() <= MAX_ENTRIES);
        }
    }

    #[test]
    fn a_clock_that_is_set_back_forgets() {
        let mut keys = knowing("a", 1);
        assert_eq!(
            keys.look_up("a", false, START - Duration::from_secs(1)),
            Lookup::Fetch
        );
    }

    proptest! {
        #[test]
        fn little_is_kept_and_no_key_is_invented(
            steps in proptest::collection::vec((0..200_u32, 0..6_u8, 0..2_000_u64), 0..600)
        ) {
            let mut keys = KeyCache::new();
            let mut now = START;
            let mut fetched = 0_u32;
            for (id, step, passes) in steps {
                now += Duration::from_millis(passes);
                let name = id.to_string();
                match keys.look_up(&name, false, now) {
                    Lookup::Known(key) => prop_assert_eq!(key, id),
                    Lookup::Fetch => {
                        fetched += 1;
                        prop_assert_eq!(keys.look_up(&name, false, now), Lookup::Wait);
                        match step {
                            0 => keys.learn(&name, Learned::Key(id, None), now),
                            1 => keys.learn(&name, Learned::Key(id, Some(now)), now),
                            2 => keys.learn(&name, Learned::Unknown, now),
                            3 => keys.learn(&name, Learned::Failed(id), now),
                            4 => keys.give_up(&name),
                            _ => {}
                        }
                    }
                    _ => {}
                }
                prop_assert!(keys.entries.len() <= MAX_ENTRIES);
                let seconds = u32::try_from((now - START).as_secs()).unwrap();
                prop_assert!(fetched <= BUCKET + seconds + 1);
            }
        }
    }
}
