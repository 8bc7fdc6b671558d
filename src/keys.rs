//! The keys that webhooks are signed with, remembered per key id. No clock and no requests here.
//!
//! Anyone can send a webhook that names a key, so what junk can cost is bounded: an id that Plaid does not know
//! is not asked for again soon, and few unanswered or unknown ids are open at a time. Nothing waits for another
//! call's look-up for long, because in workerd that call may have been cancelled and will never finish.

/// How long a key is used before it is fetched again, to notice that it has expired.
const KEEP_MS: f64 = 24.0 * 60.0 * 60.0 * 1000.0;
/// How long an id that Plaid does not know is not asked for again.
const REFUSE_MS: f64 = 60_000.0;
/// How long a look-up is left alone before another call makes its own.
const PATIENCE_MS: f64 = 1_000.0;
/// Unknown and unanswered ids at a time; beyond, an id that is not known is refused without asking.
const MOST_OPEN: usize = 20;
const MOST_KNOWN: usize = 20;

/// What is known of a key.
pub enum State<K> {
    Known(K),
    Expired,
    /// Plaid does not know it.
    Unknown,
    /// Plaid was asked, and has not answered yet.
    Asked,
}

struct Entry<K> {
    id: String,
    since: f64,
    state: State<K>,
}

/// What is to be done about a key id.
#[derive(Debug, PartialEq, Eq)]
pub enum Lookup<K> {
    /// Use this key.
    Known(K),
    /// Refuse: the key has expired.
    Expired,
    /// Refuse: Plaid does not know it, or too many unknown ids are open.
    Unknown,
    /// Somebody is asking for it. Come back soon.
    Busy,
    /// Ask Plaid, and say what came of it.
    Ask,
}

/// The keys known so far. `K` is cheap to clone.
pub struct Keys<K> {
    entries: Vec<Entry<K>>,
}

impl<K: Clone> Keys<K> {
    pub const fn new() -> Self {
        Keys { entries: Vec::new() }
    }

    /// What to do about `id` at the time `now`, in milliseconds.
    pub fn look_up(&mut self, id: &str, now: f64) -> Lookup<K> {
        self.entries.retain(|entry| {
            let lasts = match entry.state {
                State::Known(_) | State::Expired => KEEP_MS,
                State::Unknown | State::Asked => REFUSE_MS,
            };
            // A clock that was set back must not keep an entry for ever.
            (0.0..lasts).contains(&(now - entry.since))
        });
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.id == id) {
            return match &entry.state {
                State::Known(key) => Lookup::Known(key.clone()),
                State::Expired => Lookup::Expired,
                State::Unknown => Lookup::Unknown,
                State::Asked if now - entry.since < PATIENCE_MS => Lookup::Busy,
                State::Asked => {
                    entry.since = now;
                    Lookup::Ask
                }
            };
        }
        let open = self
            .entries
            .iter()
            .filter(|entry| matches!(entry.state, State::Unknown | State::Asked));
        if open.count() >= MOST_OPEN {
            return Lookup::Unknown;
        }
        self.entries.push(Entry {
            id: id.to_owned(),
            since: now,
            state: State::Asked,
        });
        Lookup::Ask
    }

    /// What Plaid said of a key. `Asked` stands for an answer that says nothing of it.
    pub fn learn(&mut self, id: &str, state: State<K>, now: f64) {
        self.entries.retain(|entry| entry.id != id);
        if matches!(state, State::Asked) {
            return;
        }
        let is_open = |entry: &Entry<K>| matches!(entry.state, State::Unknown | State::Asked);
        if self.entries.iter().filter(|entry| !is_open(entry)).count() >= MOST_KNOWN
            && let Some(oldest) = self.entries.iter().position(|entry| !is_open(entry))
        {
            self.entries.remove(oldest);
        }
        self.entries.push(Entry {
            id: id.to_owned(),
            since: now,
            state,
        });
    }
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_key_is_asked_for_once_and_kept_for_a_day() {
        let mut keys = Keys::new();
        assert_eq!(keys.look_up("a", 0.0), Lookup::Ask);
        keys.learn("a", State::Known(7), 5.0);
        assert_eq!(keys.look_up("a", KEEP_MS), Lookup::Known(7));
        assert_eq!(keys.look_up("a", KEEP_MS + 5.0), Lookup::Ask);
    }

    #[test]
    fn an_expired_key_is_refused_without_asking_again() {
        let mut keys = Keys::<()>::new();
        keys.look_up("a", 0.0);
        keys.learn("a", State::Expired, 0.0);
        assert_eq!(keys.look_up("a", REFUSE_MS * 2.0), Lookup::Expired);
    }

    #[test]
    fn an_unknown_id_is_refused_for_a_while() {
        let mut keys = Keys::<()>::new();
        keys.look_up("a", 0.0);
        keys.learn("a", State::Unknown, 0.0);
        assert_eq!(keys.look_up("a", REFUSE_MS - 1.0), Lookup::Unknown);
        assert_eq!(keys.look_up("a", REFUSE_MS), Lookup::Ask);
    }

    #[test]
    fn one_look_up_at_a_time_until_patience_ends() {
        let mut keys = Keys::<()>::new();
        assert_eq!(keys.look_up("a", 0.0), Lookup::Ask);
        assert_eq!(keys.look_up("a", 10.0), Lookup::Busy);
        assert_eq!(keys.look_up("a", PATIENCE_MS), Lookup::Ask);
        assert_eq!(keys.look_up("a", PATIENCE_MS + 10.0), Lookup::Busy);
        keys.learn("a", State::Asked, 0.0);
        assert_eq!(keys.look_up("a", PATIENCE_MS + 11.0), Lookup::Ask);
    }

    #[test]
    fn junk_cannot_ask_without_end_and_known_keys_stay_usable() {
        let mut keys = Keys::new();
        keys.look_up("good", 0.0);
        keys.learn("good", State::Known(1), 0.0);
        let asked = (0..1000)
            .filter(|n| keys.look_up(&n.to_string(), 1.0) == Lookup::Ask)
            .count();
        assert_eq!(asked, MOST_OPEN);
        assert_eq!(keys.look_up("good", 1.0), Lookup::Known(1));
        assert_eq!(keys.look_up("new", REFUSE_MS + 1.0), Lookup::Ask);
    }

    #[test]
    fn few_keys_are_kept() {
        let mut keys = Keys::new();
        for n in 0..100 {
            keys.look_up(&n.to_string(), f64::from(n));
            keys.learn(&n.to_string(), State::Known(n), f64::from(n));
        }
        assert_eq!(keys.entries.len(), MOST_KNOWN);
        assert_eq!(keys.look_up("99", 100.0), Lookup::Known(99));
    }

    #[test]
    fn a_clock_set_back_forgets() {
        let mut keys = Keys::new();
        keys.look_up("a", 1000.0);
        keys.learn("a", State::Known(1), 1000.0);
        assert_eq!(keys.look_up("a", 500.0), Lookup::Ask);
    }

    proptest! {
        #[test]
        fn whatever_is_asked_and_learnt_little_is_kept_and_no_key_is_invented(
            steps in proptest::collection::vec((0..60_u8, 0..5_u8, 0.0..2_000.0), 0..400)
        ) {
            let mut keys = Keys::new();
            let mut asked = Vec::new();
            let mut now = 0.0;
            for (id, step, passes) in steps {
                now += passes;
                let found = keys.look_up(&id.to_string(), now);
                prop_assert!(!matches!(found, Lookup::Known(key) if key != id));
                if found == Lookup::Ask {
                    prop_assert_eq!(keys.look_up(&id.to_string(), now), Lookup::Busy);
                    asked.push(id);
                }
                let state = match step {
                    0 => State::Known(id),
                    1 => State::Expired,
                    2 => State::Unknown,
                    3 => State::Asked,
                    _ => continue,
                };
                if asked.pop_if(|asked| *asked == id).is_some() {
                    keys.learn(&id.to_string(), state, now);
                }
                prop_assert!(keys.entries.len() <= MOST_KNOWN + MOST_OPEN);
            }
        }
    }
}
