//! The keys that webhooks are signed with, remembered by key id.
//!
//! Anyone can send a webhook that names a key, so what junk can cost is bounded, and junk can't make a genuine webhook
//! fail for good. Requests to Plaid are paid for from buckets that refill. A part of each is reserved for ids that come
//! again after they were refused, and another for ids that have had a key. An unknown key is never assumed: without a
//! request to spare, the caller is told to come back.

use std::time::Duration;

/// How long a key is used before it is fetched again, to notice that it was retired.
const KEEP: Duration = Duration::from_secs(24 * 60 * 60);
/// How long a key id that Plaid does not know is not asked for again.
const REMEMBER_UNKNOWN: Duration = Duration::from_secs(60);
/// How long a failure to fetch a key is shared with those who waited for it.
const REMEMBER_FAILURE: Duration = Duration::from_secs(2);
/// How long one caller fetches a key before another may try too: its request may have been dropped.
const PATIENCE: Duration = Duration::from_secs(5);

/// Ids in memory. What never had a key is forgotten first.
const MAX_ENTRIES: usize = 1024;
/// Buckets. None is ever forgotten, so a few may have to be shared.
const BUCKETS: usize = 4096;
/// Buckets of one configuration: where every webhook has a `fetch` of its own, they are not without end.
const SPREAD: usize = 64;
/// Marks of refused ids.
const MARKS: usize = 16_384;

/// What may be taken from a bucket, in milliseconds, which is also how long it takes to refill.
struct Price {
    cost: f64,
    /// The most that may have been taken then.
    most: f64,
}

/// For an id that was never asked for.
const NEW: Price = Price {
    cost: 1000.0,
    most: 15_000.0,
};
/// For one that was refused before.
const AGAIN: Price = Price {
    cost: 1000.0,
    most: 20_000.0,
};
/// For one that has had a key: it was forgotten, or another asker had it.
const KNOWN: Price = Price {
    cost: 50.0,
    most: 25_000.0,
};

/// A moment, in milliseconds since the Unix epoch.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Moment(pub u64);

impl From<Duration> for Moment {
    fn from(since_epoch: Duration) -> Self {
        Self(milliseconds(since_epoch))
    }
}

const fn milliseconds(time: Duration) -> u64 {
    time.as_secs()
        .wrapping_mul(1000)
        .wrapping_add(time.subsec_millis() as u64)
}

/// Which key, and who asks for it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct KeyId {
    configuration: u64,
    asker: u32,
    uuid: u128,
}

impl KeyId {
    /// The key that a token names by a UUID. Limits hold for a configuration, which is told by its fingerprint; what one
    /// asker within it learned, another is not told.
    pub fn new(configuration: u64, asker: u32, uuid: &str) -> Self {
        let digits = uuid.bytes().filter_map(|byte| char::from(byte).to_digit(16));
        Self {
            configuration,
            asker,
            uuid: digits.fold(0, |uuid, digit| uuid << 4 | u128::from(digit)),
        }
    }

    const fn is_same_key(&self, other: &Self) -> bool {
        self.configuration == other.configuration && self.uuid == other.uuid
    }

    const fn hash(&self) -> u64 {
        let mixed = self.uuid as u64 ^ (self.uuid >> 64) as u64 ^ self.configuration;
        mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }
}

/// What came of a look-up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Learned<K> {
    /// The key, and when it expires if Plaid said so.
    Key(K, Option<Moment>),
    /// Plaid does not know it.
    Unknown,
    /// It could not be fetched; the value is the driver's own.
    Failed(K),
    /// Nothing: the caller went away, or another may have more luck.
    Nothing,
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
    /// Fetch it, and say with [`KeyCache::learn`] what came of it.
    Fetch,
    /// Too many unknown ids were asked for: come back after this time.
    Exhausted(Duration),
}

struct Entry<K> {
    id: KeyId,
    /// Nothing while it is fetched.
    learned: Option<Learned<K>>,
    /// Since which and until which millisecond.
    since: u64,
    used: u64,
    /// Whether it has ever been a key.
    had_key: bool,
}

impl<K> Entry<K> {
    fn is_over(&self, now: u64) -> bool {
        let lasts = match self.learned {
            None => const { milliseconds(PATIENCE) },
            Some(Learned::Key(..)) => const { milliseconds(KEEP) },
            Some(Learned::Unknown) => const { milliseconds(REMEMBER_UNKNOWN) },
            Some(Learned::Failed(_)) => const { milliseconds(REMEMBER_FAILURE) },
            Some(Learned::Nothing) => 0,
        };
        // A clock that was set back must not keep an entry for ever.
        now.checked_sub(self.since).is_none_or(|age| age >= lasts)
    }
}

/// The keys known so far. `K` is cheap to clone.
pub struct KeyCache<K> {
    entries: Vec<Entry<K>>,
    /// Up to which millisecond requests are paid for.
    buckets: [f64; BUCKETS],
    marks: [u16; MARKS],
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
            buckets: [0.0; BUCKETS],
            marks: [0; MARKS],
        }
    }

    /// What to do about a key id. `is_waiting`: the caller was told to wait before, so that what the one that fetched the
    /// key came to holds for it too.
    pub fn look_up(&mut self, id: &KeyId, is_waiting: bool, now: Moment) -> Lookup<K> {
        let now_ms = now.0;
        let is_asked_for = |entry: &&mut Entry<K>| entry.id == *id && !entry.is_over(now_ms);
        if let Some(entry) = self.entries.iter_mut().find(is_asked_for) {
            entry.used = now_ms;
            match &mut entry.learned {
                None => return Lookup::Wait,
                Some(Learned::Key(_, Some(expires))) if *expires <= now => return Lookup::Expired,
                Some(Learned::Key(key, _)) => return Lookup::Known(key.clone()),
                Some(Learned::Unknown) => return Lookup::Unknown,
                Some(Learned::Failed(reason)) if is_waiting => return Lookup::Failed(reason.clone()),
                // A failure is shared with those who waited for it, and then let go of.
                Some(learned) => *learned = Learned::Nothing,
            }
        }
        let wait_ms = self.pay(id, now_ms as f64);
        if wait_ms > 0.0 {
            return Lookup::Exhausted(Duration::from_millis(wait_ms as u64));
        }
        self.set(id, None, now_ms);
        Lookup::Fetch
    }

    /// What a look-up came to.
    pub fn learn(&mut self, id: &KeyId, learned: Learned<K>, now: Moment) {
        // A look-up that took too long was perhaps made again, with success.
        let is_key = matches!(learned, Learned::Key(..));
        let has_key = |entry: &Entry<K>| entry.id == *id && matches!(entry.learned, Some(Learned::Key(..)));
        if is_key || !self.entries.iter().any(has_key) {
            self.set(id, Some(learned), now.0);
        }
    }

    fn set(&mut self, id: &KeyId, learned: Option<Learned<K>>, now: u64) {
        let mut entry = Entry {
            id: *id,
            had_key: matches!(learned, Some(Learned::Key(..))),
            learned,
            since: now,
            used: now,
        };
        let is_full = self.entries.len() >= MAX_ENTRIES;
        let rank = |old: &Entry<K>| match old {
            old if old.id == *id => 0,
            old if old.had_key => 3,
            old if old.is_over(now) => 1,
            _ => 2,
        };
        match self.entries.iter_mut().min_by_key(|old| (rank(old), old.used)) {
            Some(old) if is_full || rank(old) < 2 => {
                entry.had_key |= old.had_key && old.id == *id;
                *old = entry;
            }
            _ => self.entries.push(entry),
        }
    }

    /// Pays for a request; or says how many milliseconds to wait for one.
    fn pay(&mut self, id: &KeyId, now: f64) -> f64 {
        let had_key = |entry: &Entry<K>| entry.had_key && entry.id.is_same_key(id);
        let had_key = self.entries.iter().any(had_key);
        let hash = id.hash();
        let mark = (hash >> 32) as u16 | 1;
        let at = (id.configuration as usize).wrapping_add(id.asker as usize % SPREAD);
        let bucket = self.buckets.get_mut(at % BUCKETS);
        let marked = self.marks.get_mut((hash >> 48) as usize % MARKS);
        let (Some(bucket), Some(marked)) = (bucket, marked) else {
            return NEW.cost;
        };
        let Price { cost, most } = match *marked == mark {
            _ if had_key => KNOWN,
            true => AGAIN,
            false => NEW,
        };
        // All was paid for long ago, or the clock was set back.
        if !(now..=now + KNOWN.most).contains(bucket) {
            *bucket = now;
        }
        let wait = *bucket + cost - (now + most);
        if wait > 0.0 {
            *marked = mark;
        } else {
            *bucket += cost;
        }
        wait
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const START: Moment = Moment(1_700_000_000_000);
    const MOST_NEW: u32 = (NEW.most / NEW.cost) as u32;
    const MOST: u32 = (AGAIN.most / AGAIN.cost) as u32;
    const MOST_KNOWN: u32 = (KNOWN.most / KNOWN.cost) as u32;

    impl std::ops::Add<Duration> for Moment {
        type Output = Self;

        fn add(self, duration: Duration) -> Self {
            Self(self.0 + milliseconds(duration))
        }
    }

    fn at(seconds: f64) -> Moment {
        START + Duration::from_secs_f64(seconds)
    }

    fn id(uuid: u32) -> KeyId {
        by(1, uuid)
    }

    fn by(asker: u32, uuid: u32) -> KeyId {
        of(7, asker, uuid)
    }

    fn of(configuration: u64, asker: u32, uuid: u32) -> KeyId {
        KeyId::new(
            configuration,
            asker,
            &format!("{uuid:08x}-92dc-479e-a8ff-{uuid:012x}"),
        )
    }

    fn knowing(uuid: u32, key: u32) -> KeyCache<u32> {
        let mut keys = KeyCache::new();
        assert_eq!(keys.look_up(&id(uuid), false, START), Lookup::Fetch);
        keys.learn(&id(uuid), Learned::Key(key, None), START);
        keys
    }

    fn is_fetched(keys: &mut KeyCache<u32>, id: &KeyId, now: Moment) -> bool {
        keys.look_up(id, false, now) == Lookup::Fetch
    }

    #[test]
    fn an_id_is_a_configuration_an_asker_and_a_uuid() {
        let uuid = "6c5516e1-92dc-479e-a8ff-5a51992e0001";
        let one = KeyId::new(1, 2, uuid);
        assert_eq!(one.uuid, 0x6c55_16e1_92dc_479e_a8ff_5a51_992e_0001);
        for other in [
            KeyId::new(2, 2, uuid),
            KeyId::new(1, 3, uuid),
            KeyId::new(1, 2, "6c5516e1-92dc-479e-a8ff-5a51992e0002"),
            KeyId::new(1, 2, "7c5516e1-92dc-479e-a8ff-5a51992e0001"),
        ] {
            assert_ne!(one, other);
            let mut keys = KeyCache::new();
            keys.learn(&one, Learned::Key(1, None), START);
            assert_eq!(keys.look_up(&other, false, START), Lookup::Fetch);
        }
    }

    #[test]
    fn a_key_is_fetched_once_and_kept_for_a_day() {
        let mut keys = knowing(1, 7);
        let before = START + (KEEP - Duration::from_secs(1));
        assert_eq!(keys.look_up(&id(1), false, before), Lookup::Known(7));
        assert_eq!(keys.look_up(&id(1), false, START + KEEP), Lookup::Fetch);
    }

    #[test]
    fn an_expiry_is_checked_at_every_use() {
        let mut keys = KeyCache::new();
        keys.learn(&id(1), Learned::Key(1, Some(at(60.0))), START);
        assert_eq!(keys.look_up(&id(1), false, at(59.0)), Lookup::Known(1));
        assert_eq!(keys.look_up(&id(1), false, at(60.0)), Lookup::Expired);
        assert_eq!(keys.look_up(&id(1), false, at(3600.0)), Lookup::Expired);
    }

    #[test]
    fn what_plaid_does_not_know_and_what_failed_is_remembered_shortly() {
        let (unknown, failed) = (id(1), id(2));
        let mut keys = KeyCache::<u32>::new();
        keys.learn(&unknown, Learned::Unknown, START);
        keys.learn(&failed, Learned::Failed(3), START);
        assert_eq!(keys.look_up(&failed, true, at(1.0)), Lookup::Failed(3));
        assert_eq!(keys.look_up(&failed, false, at(1.0)), Lookup::Fetch);
        assert_eq!(keys.look_up(&unknown, false, at(59.0)), Lookup::Unknown);
        assert_eq!(keys.look_up(&unknown, false, at(60.0)), Lookup::Fetch);
        let mut later = KeyCache::<u32>::new();
        later.learn(&failed, Learned::Failed(3), START);
        assert_eq!(later.look_up(&failed, true, at(2.0)), Lookup::Fetch);
    }

    #[test]
    fn one_look_up_serves_all_until_patience_ends() {
        let mut keys = KeyCache::<u32>::new();
        assert_eq!(keys.look_up(&id(1), false, START), Lookup::Fetch);
        assert_eq!(keys.look_up(&id(1), false, at(4.9)), Lookup::Wait);
        assert_eq!(keys.look_up(&id(1), false, at(5.0)), Lookup::Fetch);
        assert_eq!(keys.look_up(&id(1), false, at(5.1)), Lookup::Wait);
        keys.learn(&id(1), Learned::Nothing, at(5.1));
        assert_eq!(keys.look_up(&id(1), true, at(5.2)), Lookup::Fetch);
    }

    #[test]
    fn a_look_up_that_was_made_again_takes_no_key_away() {
        let mut keys = knowing(1, 7);
        for learned in [Learned::Nothing, Learned::Failed(1), Learned::Unknown] {
            keys.learn(&id(1), learned, START);
            assert_eq!(keys.look_up(&id(1), false, START), Lookup::Known(7));
        }
    }

    #[test]
    fn junk_can_not_ask_without_end_and_known_keys_stay() {
        let mut keys = knowing(0, 1);
        let mut fetched = 0;
        for n in 1..10_000 {
            if is_fetched(&mut keys, &id(n), at(1.0)) {
                fetched += 1;
                keys.learn(&id(n), Learned::Unknown, at(1.0));
            }
        }
        assert_eq!(fetched, MOST_NEW);
        assert_eq!(keys.look_up(&id(0), false, at(1.0)), Lookup::Known(1));
        assert_eq!(
            keys.look_up(&id(10_000), false, at(1.5)),
            Lookup::Exhausted(Duration::from_millis(500))
        );
        assert!(is_fetched(&mut keys, &id(10_001), at(2.0)));
        assert!(!is_fetched(&mut keys, &id(10_002), at(2.0)));
    }

    #[test]
    fn an_id_that_was_refused_is_asked_for_when_it_comes_again_while_junk_goes_on() {
        let mut keys = KeyCache::<u32>::new();
        for n in 0..10_000 {
            let now = at(f64::from(n) / 100.0);
            keys.look_up(&id(n), false, now);
            match n {
                3000 => assert!(!is_fetched(&mut keys, &id(10_000), now)),
                // It is sent again half a minute later.
                6000 => assert!(is_fetched(&mut keys, &id(10_000), now)),
                _ => {}
            }
        }
    }

    #[test]
    fn junk_that_is_sent_twice_is_bounded_too() {
        let mut keys = KeyCache::<u32>::new();
        let fetched = (0..10_000).filter(|n| is_fetched(&mut keys, &id(n % 5000), START));
        assert_eq!(fetched.count(), MOST as usize);
    }

    #[test]
    fn no_number_of_configurations_gives_one_of_them_more() {
        let mut keys = KeyCache::<u32>::new();
        let mut fetched = [0; 1000];
        for n in 0..20_000 {
            let configuration = n % 1000;
            let is_fetched = is_fetched(&mut keys, &of(configuration.into(), 1, n), START);
            fetched[configuration as usize] += u32::from(is_fetched);
        }
        assert!(fetched.into_iter().all(|count| count == MOST_NEW));
    }

    #[test]
    fn many_askers_of_one_configuration_are_bounded_together() {
        let mut keys = KeyCache::<u32>::new();
        let fetched = (0..10_000).filter(|n| is_fetched(&mut keys, &by(*n, *n), START));
        assert_eq!(fetched.count(), SPREAD * MOST_NEW as usize);
        assert!(is_fetched(&mut keys, &of(7 + SPREAD as u64, 1, 1), START));
    }

    #[test]
    fn a_known_key_is_asked_for_again_while_junk_goes_on_but_not_without_end() {
        let mut keys = knowing(0, 1);
        for n in 1..1000 {
            keys.look_up(&id(n % 500), false, at(1.0));
        }
        // By askers that have not learned it, and share a bucket.
        let askers = (1..1000).map(|n| by(1 + n * SPREAD as u32, 0));
        let fetched = askers.filter(|asker| is_fetched(&mut keys, asker, at(1.0)));
        assert_eq!(fetched.count(), MOST_KNOWN as usize - MOST as usize * 20);
        // And after a day, also when that was in vain the first time.
        let later = START + KEEP;
        for _ in 0..2 {
            for n in 1000..2000 {
                keys.look_up(&id(n), false, later);
            }
            assert!(is_fetched(&mut keys, &id(0), later));
            keys.learn(&id(0), Learned::Nothing, later);
        }
    }

    #[test]
    fn what_is_used_stays() {
        let mut keys = knowing(0, 1);
        let most = u32::try_from(MAX_ENTRIES).unwrap();
        for n in 1..2 * most {
            let now = at(f64::from(n));
            assert_eq!(keys.look_up(&id(0), false, now), Lookup::Known(1), "{n}");
            keys.learn(&id(n), Learned::Key(n, None), now);
            assert!(keys.entries.len() <= MAX_ENTRIES);
        }
    }

    #[test]
    fn what_junk_leaves_behind_is_soon_forgotten() {
        let mut keys = KeyCache::<u32>::new();
        for n in 0..1000 {
            let now = at(f64::from(n));
            if is_fetched(&mut keys, &id(n), now) {
                keys.learn(&id(n), Learned::Failed(n), now);
            }
        }
        assert!(keys.entries.len() < 10, "{}", keys.entries.len());
    }

    #[test]
    fn a_clock_that_is_set_back_forgets() {
        let mut keys = knowing(1, 1);
        let before = Moment(START.0 - 1_000);
        assert_eq!(keys.look_up(&id(1), false, before), Lookup::Fetch);
        for n in 2..100 {
            keys.look_up(&id(n), false, START);
        }
        let long_before = Moment(START.0 - 100_000);
        assert_eq!(keys.look_up(&id(100), false, long_before), Lookup::Fetch);
    }

    proptest! {
        #[test]
        fn little_is_kept_and_no_key_is_invented(
            steps in proptest::collection::vec((0..200_u32, 0..6_u8, 0..2_000_u64), 0..300)
        ) {
            let mut keys = KeyCache::new();
            let mut now = START;
            let (mut unknown, mut known) = (0, 0);
            let mut had_key = [false; 200];
            for (uuid, step, passes) in steps {
                now = now + Duration::from_millis(passes);
                let id = id(uuid);
                match keys.look_up(&id, false, now) {
                    Lookup::Known(key) => prop_assert_eq!(key, uuid),
                    Lookup::Fetch => {
                        let had_key = &mut had_key[uuid as usize];
                        *if *had_key { &mut known } else { &mut unknown } += 1;
                        *had_key |= step < 2;
                        prop_assert_eq!(keys.look_up(&id, false, now), Lookup::Wait);
                        match step {
                            0 => keys.learn(&id, Learned::Key(uuid, None), now),
                            1 => keys.learn(&id, Learned::Key(uuid, Some(now)), now),
                            2 => keys.learn(&id, Learned::Unknown, now),
                            3 => keys.learn(&id, Learned::Failed(uuid), now),
                            4 => keys.learn(&id, Learned::Nothing, now),
                            _ => {}
                        }
                    }
                    _ => {}
                }
                prop_assert!(keys.entries.len() <= MAX_ENTRIES);
                let seconds = u32::try_from((now.0 - START.0) / 1000).unwrap();
                prop_assert!(unknown <= MOST + seconds + 1);
                prop_assert!(20 * unknown + known <= MOST_KNOWN + 20 * (seconds + 1));
            }
        }
    }
}
