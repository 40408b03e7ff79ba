//! Brakes on guessing: wrong passwords are counted by name and by address, in memory.
//!
//! **Invariant:** no name is locked: whoever guesses at it brakes the place that they guess from.
//! Who was signed in on a computer before is counted there apart from strangers at the same name
//! and at the same address. **Invariant:** memory has a bound, and names that do not exist take
//! none of it. **Invariant:** a try is counted before it is looked at and given back when it was
//! right, so that many at the same moment are no more than many one after the other.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hash};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

use domain::id::{PersonId, TokenId};
use sha2::{Digest, Sha256};
use store::person::SignIn;
use tokio::sync::{Semaphore, SemaphorePermit};

/// Milliseconds of a second.
const SECOND_MS: i64 = 1_000;
/// Wrong passwords at one name from one place before the place is braked for that name.
pub(crate) const WRONG_AT_NAME: u32 = 5;
/// One more may be tried there after so many seconds.
const AT_NAME_STEP_S: i64 = 180;
/// After so many minutes without a try all of them may be tried again.
pub(crate) const BRAKED_MINUTES: i64 = 5 * AT_NAME_STEP_S / 60;
/// Wrong passwords at one name from all places together where nobody of that name was signed in.
const WRONG_BY_STRANGERS: u32 = 30;
/// One more by a stranger after so many seconds: 720 a day.
const BY_STRANGERS_STEP_S: i64 = 120;
/// Wrong passwords from one address, whatever the names. An office behind one address mistypes too.
const WRONG_FROM_ADDRESS: u32 = 60;
/// One more from the address after so many seconds.
const FROM_ADDRESS_STEP_S: i64 = 15;
/// Links about refused sign-ins that a county's chain takes at once, before they are thinned out.
const LINKS_AT_ONCE: u32 = 120;
/// One more such link after so many seconds.
const LINKS_STEP_S: i64 = 30;
/// Requests by one token at once, before they are held back.
const TOKEN_CALLS_AT_ONCE: u32 = 1_000;
/// One more by the token after so many milliseconds: a hundred a second.
const TOKEN_CALLS_STEP_MS: i64 = 10;
/// Places, names and addresses that are remembered, of each kind: entries of 16 bytes. One lives 15
/// minutes, an hour at most, and each cost its maker one password hash.
const REMEMBERED_MAX: usize = 131_072;
/// A clock that goes back by more than this was put right; less is two requests side by side.
const CLOCK_BACK_MS: i64 = 600 * SECOND_MS;
/// Links about refused sign-ins that are being written at one time.
const LINKS_WRITTEN_AT_ONCE: u32 = 32;
/// Digits of a device's own number.
const NONCE_DIGITS: usize = 32;

/// Where a try comes from.
#[derive(Debug, Clone, Default)]
pub struct Visitor {
    /// The address, where there is one: of the connection, or named by a proxy of ours.
    pub address: Option<IpAddr>,
    /// What the browser calls itself.
    pub agent: String,
    /// What the browser was given when somebody last signed in there.
    pub device: Option<String>,
}

/// A bucket of tries that fills up again, one a step; kept as the instant when it will be full.
#[derive(Debug)]
struct Buckets {
    size: u32,
    step_ms: i64,
    full_at: HashMap<u64, i64>,
    swept_at: i64,
}

impl Buckets {
    fn new(size: u32, step_s: i64) -> Self {
        Self::in_ms(size, step_s * SECOND_MS)
    }

    fn in_ms(size: u32, step_ms: i64) -> Self {
        Self {
            size,
            step_ms,
            full_at: HashMap::new(),
            swept_at: i64::MIN,
        }
    }

    /// Takes one try, or says in how many milliseconds there will be one.
    fn take(&mut self, key: u64, now: i64) -> Result<(), i64> {
        self.make_room(key, now)?;
        let full_at = self.full_at.entry(key).or_insert(now);
        let next = (*full_at).max(now) + self.step_ms;
        let over = next - now - i64::from(self.size) * self.step_ms;
        if over > 0 {
            return Err(over);
        }
        *full_at = next;
        Ok(())
    }

    /// A full table forgets what is as good as forgotten; beyond that it takes nobody new.
    fn make_room(&mut self, key: u64, now: i64) -> Result<(), i64> {
        if self.full_at.len() < REMEMBERED_MAX || self.full_at.contains_key(&key) {
            return Ok(());
        }
        if now.saturating_sub(self.swept_at) >= SECOND_MS {
            self.swept_at = now;
            self.full_at.retain(|_, full_at| *full_at > now);
        }
        if self.full_at.len() < REMEMBERED_MAX {
            Ok(())
        } else {
            Err(self.step_ms)
        }
    }

    fn give_back(&mut self, key: u64, now: i64) {
        if let Some(full_at) = self.full_at.get_mut(&key) {
            *full_at -= self.step_ms;
            if *full_at <= now {
                self.full_at.remove(&key);
            }
        }
    }

    fn forget(&mut self, key: u64) {
        self.full_at.remove(&key);
    }
}

/// Time that passed, of clocks that may have been wrong: it never goes back, and a clock that was
/// a year ahead and is put right holds nobody for a year.
#[derive(Debug, Default)]
struct Passed {
    ms: i64,
    last: Option<i64>,
}

impl Passed {
    fn at(&mut self, now: i64) -> i64 {
        let ahead = now - self.last.unwrap_or(now);
        if !(-CLOCK_BACK_MS..0).contains(&ahead) {
            self.ms += ahead.max(0);
            self.last = Some(now);
        }
        self.ms
    }
}

#[derive(Debug)]
struct Counts {
    passed: Passed,
    places: Buckets,
    strangers: Buckets,
    addresses: Buckets,
    links: Buckets,
    tokens: Buckets,
}

/// All brakes of the running program. A restart clears them, and each node has its own.
#[derive(Debug)]
pub(crate) struct Brakes {
    counts: Mutex<Counts>,
    keys: RandomState,
    links: Arc<Semaphore>,
}

/// A try that was counted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Try {
    address: Option<u64>,
    place: Option<u64>,
    stranger: Option<u64>,
    /// Nothing that is typed here is right for a while.
    pub(crate) braked: bool,
    /// Somebody of this name was signed in on this computer.
    pub(crate) known: bool,
    /// Whose turn it takes up in the queue for password hashes.
    pub(crate) lane: u64,
}

/// The name that is tried, where it can be signed in to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Account<'a> {
    person: PersonId,
    /// A new password is a new beginning: what was guessed at the old one counts no more.
    password_hash: &'a str,
}

impl<'a> Account<'a> {
    pub(crate) fn of(known: &'a SignIn) -> Self {
        Self {
            person: known.person.id,
            password_hash: &known.password_hash,
        }
    }

    /// What a browser is given in which the person signed in: `nonce` is random, and only who has
    /// the stored hash of the password can make the seal.
    pub(crate) fn device(self, nonce: &str) -> String {
        let seal = Sha256::new()
            .chain_update("device:")
            .chain_update(nonce)
            .chain_update(self.person.to_string())
            .chain_update(self.password_hash)
            .finalize();
        format!("{nonce}{}", hex::encode(seal))
    }

    /// The number of the browser, if the person was signed in there with today's password.
    fn was_at(self, device: Option<&str>) -> Option<&str> {
        let device = device.filter(|_| !self.password_hash.is_empty())?;
        let nonce = device.get(..NONCE_DIGITS)?;
        let same = Sha256::digest(device) == Sha256::digest(self.device(nonce));
        same.then_some(nonce)
    }
}

/// What counts as one address: of IPv6 the network, which a household or an office has whole.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(four) => IpAddr::V4(four),
        IpAddr::V6(six) => {
            let [a, b, c, d, ..] = six.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

impl Default for Brakes {
    fn default() -> Self {
        Self {
            counts: Mutex::new(Counts {
                passed: Passed::default(),
                places: Buckets::new(WRONG_AT_NAME, AT_NAME_STEP_S),
                strangers: Buckets::new(WRONG_BY_STRANGERS, BY_STRANGERS_STEP_S),
                addresses: Buckets::new(WRONG_FROM_ADDRESS, FROM_ADDRESS_STEP_S),
                links: Buckets::new(LINKS_AT_ONCE, LINKS_STEP_S),
                tokens: Buckets::in_ms(TOKEN_CALLS_AT_ONCE, TOKEN_CALLS_STEP_MS),
            }),
            keys: RandomState::new(),
            links: Arc::new(Semaphore::new(LINKS_WRITTEN_AT_ONCE as usize)),
        }
    }
}

impl Brakes {
    fn with<T>(&self, now: i64, act: impl FnOnce(&mut Counts, i64) -> T) -> T {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = counts.passed.at(now);
        act(&mut counts, passed)
    }

    fn key(&self, of: impl Hash) -> u64 {
        self.keys.hash_one(of)
    }

    /// Counts a try, or says in how many milliseconds the address may try again. Whether the name
    /// exists changes nothing that is answered.
    pub(crate) fn begin(
        &self,
        now: i64,
        visitor: &Visitor,
        account: Option<Account<'_>>,
    ) -> Result<Try, i64> {
        let address = network(visitor.address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)));
        let address_key = self.key(address);
        let device = account.and_then(|a| a.was_at(visitor.device.as_deref()));
        let name = account.map(|a| (a.person.to_string(), a.password_hash));
        let place = name.as_ref().map(|name| match device {
            Some(nonce) => self.key((name, nonce)),
            None => self.key((name, address)),
        });
        let stranger = name.filter(|_| device.is_none()).map(|name| self.key(name));
        let mut counted = Try {
            address: device.is_none().then_some(address_key),
            place,
            stranger,
            braked: false,
            known: device.is_some(),
            lane: address_key,
        };
        self.with(now, |counts, at| {
            if let Some(key) = counted.address {
                counts.addresses.take(key, at)?;
            }
            if place.is_some_and(|key| counts.places.take(key, at).is_err()) {
                (counted.braked, counted.place, counted.stranger) = (true, None, None);
            } else if stranger.is_some_and(|key| counts.strangers.take(key, at).is_err()) {
                if let Some(key) = place {
                    counts.places.give_back(key, at);
                }
                (counted.braked, counted.place, counted.stranger) = (true, None, None);
            }
            Ok(counted)
        })
    }

    /// Counts a try at the old password by somebody who is signed in, wherever they sit.
    pub(crate) fn begin_inside(&self, now: i64, account: Account<'_>) -> Result<Try, i64> {
        let place = self.key((account.person.to_string(), account.password_hash, "inside"));
        self.with(now, |counts, at| {
            counts.places.take(place, at)?;
            Ok(Try {
                address: None,
                place: Some(place),
                stranger: None,
                braked: false,
                known: true,
                lane: place,
            })
        })
    }

    /// The password was right: what was wrong before at this place is forgotten.
    pub(crate) fn right(&self, now: i64, of: &Try) {
        self.undo(now, of);
        if let Some(key) = of.place {
            self.with(now, |counts, _| counts.places.forget(key));
        }
    }

    /// The try was not looked at.
    pub(crate) fn undo(&self, now: i64, of: &Try) {
        self.with(now, |counts, at| {
            let taken = [
                (&mut counts.addresses, of.address),
                (&mut counts.places, of.place),
                (&mut counts.strangers, of.stranger),
            ];
            for (buckets, key) in taken {
                if let Some(key) = key {
                    buckets.give_back(key, at);
                }
            }
        });
    }

    /// Whether the chain of a county takes one more link about a refused sign-in.
    pub(crate) fn link(&self, now: i64, home: &str) -> bool {
        let key = self.key(home);
        self.with(now, |counts, at| counts.links.take(key, at).is_ok())
    }

    /// Counts a request by a token, or says in how many milliseconds there may be one.
    pub(crate) fn token(&self, now: i64, token: TokenId) -> Result<(), i64> {
        let key = self.key(token);
        self.with(now, |counts, at| counts.tokens.take(key, at))
    }

    /// Room for a link that is written while the answer goes out already.
    pub(crate) fn room_for_link(&self) -> Option<tokio::sync::OwnedSemaphorePermit> {
        self.links.clone().try_acquire_owned().ok()
    }

    /// Waits until no link about a refused sign-in is being written.
    pub(crate) async fn settled(&self) -> Option<SemaphorePermit<'_>> {
        self.links.acquire_many(LINKS_WRITTEN_AT_ONCE).await.ok()
    }

    /// Places, names and addresses that are remembered now.
    #[cfg(test)]
    fn remembered(&self) -> usize {
        self.with(0, |counts, _| {
            counts.places.full_at.len()
                + counts.strangers.full_at.len()
                + counts.addresses.full_at.len()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_gives_so_many_at_once_and_then_one_a_step() {
        let mut buckets = Buckets::new(5, 180);
        let now = 1_000_000;
        for _ in 0..5 {
            assert_eq!(buckets.take(1, now), Ok(()));
        }
        assert_eq!(buckets.take(1, now), Err(180_000));
        assert_eq!(buckets.take(1, now + 60_000), Err(120_000));
        assert_eq!(buckets.take(1, now + 180_000), Ok(()));
        assert_eq!(buckets.take(1, now + 180_000), Err(180_000));
        assert_eq!(buckets.take(2, now), Ok(()), "others have their own");
    }

    #[test]
    fn what_is_given_back_was_never_taken() {
        let mut buckets = Buckets::new(2, 10);
        for n in 0..100 {
            assert_eq!(buckets.take(1, n), Ok(()));
            buckets.give_back(1, n);
        }
        assert!(buckets.full_at.is_empty());
    }

    #[test]
    fn a_table_has_a_bound_and_forgets_what_is_as_good_as_forgotten() {
        let mut buckets = Buckets::new(2, 10);
        for key in 0..REMEMBERED_MAX as u64 {
            assert_eq!(buckets.take(key, 0), Ok(()));
        }
        assert_eq!(buckets.take(u64::MAX, 0), Err(10_000), "nobody new");
        assert_eq!(buckets.take(7, 0), Ok(()), "those in it go on");
        assert_eq!(buckets.take(u64::MAX, 10_000), Ok(()));
        assert_eq!(buckets.full_at.len(), 2);
    }

    #[test]
    fn names_that_do_not_exist_take_no_memory() {
        let brakes = Brakes::default();
        let visitor = Visitor::default();
        for _ in 0..50 {
            brakes.begin(0, &visitor, None).unwrap();
        }
        assert_eq!(brakes.remembered(), 1, "the address only");
    }

    #[test]
    fn a_clock_put_right_after_a_year_ahead_holds_nobody_for_a_year() {
        let year = 365 * 86_400_000;
        let mut passed = Passed::default();
        let before = passed.at(1_000);
        assert_eq!(passed.at(1_000 + year), before + year);
        assert_eq!(passed.at(1_000), before + year, "it does not go back");
        assert_eq!(passed.at(61_000), before + year + 60_000, "and goes on");
    }

    #[test]
    fn a_request_that_was_held_up_does_not_make_time_go_faster() {
        let mut passed = Passed::default();
        passed.at(100_000);
        for _ in 0..100 {
            passed.at(90_000);
            passed.at(100_000);
        }
        assert_eq!(passed.at(100_000), 0);
    }

    #[test]
    fn of_ipv6_the_network_counts() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:10.0.0.1"), of("10.0.0.1"));
    }
}
