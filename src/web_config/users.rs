//! `basic_auth_users`: who may ask, found out with much work once and with little from then on.

use std::{
    collections::{BTreeMap, VecDeque},
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use aws_lc_rs::{
    hmac::{HMAC_SHA256, Key as MacKey, sign},
    rand::SystemRandom,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::HeaderValue;
use tokio::{sync::Semaphore, task::spawn_blocking};

use super::{document::Desk, hash::Hash};
use crate::{config::problems::Key, secret::SecretText};

/// How many passwords are compared at once: the rest of the machine is for who is known already.
const AT_ONCE: usize = 1;

/// How many may wait for that, the one that is compared included.
const WAITING: usize = 16;

/// How many proofs are remembered: each user has one, or a few that are written differently.
const REMEMBERED: usize = 256;

/// Hashes that cost more take more than a second of a core.
const CHEAP: u32 = 14;

/// The users, and what they have proved. A file that has changed makes new ones, who have proved nothing.
pub struct Users {
    hashes: BTreeMap<String, Hash>,
    /// Of this process and these users alone, so that a proof is worth nothing elsewhere.
    seal: MacKey,
    /// Guards what was proved; never held while waiting.
    proved: RwLock<VecDeque<Proof>>,
    seats: Arc<Semaphore>,
    desk: Arc<Semaphore>,
}

/// The sealed digest of a header that was found good. No password can be told from it.
type Proof = [u8; 32];

/// What somebody says to be let in.
pub struct Credentials {
    user: String,
    password: SecretText,
    proof: Proof,
}

/// What users are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Come in.
    Welcome,
    /// The name or the password is wrong.
    Wrong,
    /// Too many others are being looked at.
    Busy,
}

/// The users in the table; `None` if there are none, or something is wrong.
pub(super) fn check(
    raw: BTreeMap<String, String>,
    at: &Key,
    desk: &mut Desk<'_>,
) -> Option<Arc<Users>> {
    let mut hashes = BTreeMap::new();
    for (name, text) in raw {
        let at = at.key(&name);
        let Some(hash) = desk.report.accept(&at, Hash::new(text)) else {
            continue;
        };
        if hash.cost() > CHEAP {
            let text = "takes more than a second of a core to compare: 10 to 12 is a usual cost";
            desk.warn(&at, text);
        }
        hashes.insert(name, hash);
    }
    let text = "cannot be kept: the system gives no random numbers";
    let seal = MacKey::generate(HMAC_SHA256, &SystemRandom::new()).map_err(|_| text);
    let seal = desk.report.accept(at, seal)?;
    (!hashes.is_empty()).then(|| Arc::new(Users::new(hashes, seal)))
}

impl Users {
    fn new(hashes: BTreeMap<String, Hash>, seal: MacKey) -> Self {
        Self {
            hashes,
            seal,
            proved: RwLock::default(),
            seats: Arc::new(Semaphore::new(WAITING)),
            desk: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// Whether these words were found good before. Costs next to nothing.
    pub fn know(&self, words: &HeaderValue) -> bool {
        self.remember(&self.proof(words))
    }

    /// What the header `Authorization` says, if it is of the kind `Basic` (RFC 7617).
    pub fn credentials(&self, words: &HeaderValue) -> Option<Credentials> {
        let (scheme, rest) = words.to_str().ok()?.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("basic") {
            return None;
        }
        let bytes = STANDARD.decode(rest.trim()).ok()?;
        let (user, password) = std::str::from_utf8(&bytes).ok()?.split_once(':')?;
        Some(Credentials {
            user: user.to_owned(),
            password: SecretText::new(password.to_owned()),
            proof: self.proof(words),
        })
    }

    /// Finds out whether they are good, aside from all other work; a good one is remembered.
    pub async fn ask(self: Arc<Self>, credentials: Credentials) -> Answer {
        let Ok(_seat) = Arc::clone(&self.seats).try_acquire_owned() else {
            return Answer::Busy;
        };
        let Ok(turn) = Arc::clone(&self.desk).acquire_owned().await else {
            return Answer::Busy;
        };
        // Somebody with the same words may have been before.
        if self.remember(&credentials.proof) {
            return Answer::Welcome;
        }
        let compared = spawn_blocking(move || {
            let answer = self.compare(&credentials);
            drop(turn);
            answer
        });
        compared.await.unwrap_or(Answer::Wrong)
    }

    fn compare(&self, credentials: &Credentials) -> Answer {
        let Some((hash, known)) = self.opposed_to(&credentials.user) else {
            return Answer::Wrong;
        };
        let fits = hash.fits(&credentials.password);
        if !(known && fits) {
            return Answer::Wrong;
        }
        self.keep(credentials.proof);
        Answer::Welcome
    }

    /// The hash to compare with, and whether it is the user's own. A name that nobody has gets the hash of somebody, always the
    /// same, so that it takes as long to be refused as any other.
    fn opposed_to(&self, user: &str) -> Option<(&Hash, bool)> {
        if let Some(hash) = self.hashes.get(user) {
            return Some((hash, true));
        }
        let drawn = sign(&self.seal, user.as_bytes());
        let drawn = drawn.as_ref().iter().take(7);
        let drawn = drawn.fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
        let count = u64::try_from(self.hashes.len()).ok()?;
        let place = usize::try_from(drawn.checked_rem(count)?).ok()?;
        Some((self.hashes.values().nth(place)?, false))
    }

    fn proof(&self, words: &HeaderValue) -> Proof {
        let tag = sign(&self.seal, words.as_bytes());
        Proof::try_from(tag.as_ref()).unwrap_or_default()
    }

    fn remember(&self, proof: &Proof) -> bool {
        let proved = self.proved.read().unwrap_or_else(PoisonError::into_inner);
        proved.contains(proof)
    }

    /// Only what is good comes here, so nobody who is wrong can push anybody out.
    fn keep(&self, proof: Proof) {
        let mut proved = self.proved.write().unwrap_or_else(PoisonError::into_inner);
        if proved.len() >= REMEMBERED {
            proved.pop_front();
        }
        proved.push_back(proof);
    }
}

impl fmt::Debug for Users {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Users")
            .field("count", &self.hashes.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[REDACTED]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAPEST: u32 = 4;

    fn users(entries: &[(&str, &str, u32)]) -> Arc<Users> {
        let hash = |(name, password, cost): &(&str, &str, u32)| {
            let hash = Hash::new(bcrypt::hash(password, *cost).unwrap()).unwrap();
            ((*name).to_owned(), hash)
        };
        let seal = MacKey::generate(HMAC_SHA256, &SystemRandom::new()).unwrap();
        Arc::new(Users::new(entries.iter().map(hash).collect(), seal))
    }

    fn words(user: &str, password: &str) -> HeaderValue {
        let text = STANDARD.encode(format!("{user}:{password}"));
        HeaderValue::try_from(format!("Basic {text}")).unwrap()
    }

    async fn answer(users: &Arc<Users>, user: &str, password: &str) -> Answer {
        let credentials = users.credentials(&words(user, password)).unwrap();
        Arc::clone(users).ask(credentials).await
    }

    #[tokio::test]
    async fn only_the_right_password_of_the_right_user_is_welcome_and_then_known() {
        let users = users(&[("a", "one:two", CHEAPEST), ("b", "three", CHEAPEST)]);
        assert!(!users.know(&words("a", "one:two")), "nothing is proved yet");
        assert_eq!(answer(&users, "a", "one:two").await, Answer::Welcome);
        assert!(users.know(&words("a", "one:two")));
        for (user, password) in [("a", "three"), ("b", "one:two"), ("c", "three"), ("", "")] {
            assert_eq!(answer(&users, user, password).await, Answer::Wrong);
            assert!(
                !users.know(&words(user, password)),
                "wrong ones are not kept"
            );
        }
        assert!(users.know(&words("a", "one:two")), "and push nobody out");
    }

    #[test]
    fn a_name_that_nobody_has_is_compared_with_a_hash_that_somebody_has() {
        let users = users(&[("a", "one", CHEAPEST), ("b", "two", CHEAPEST)]);
        for name in ["c", "", "A", "a "] {
            let (hash, known) = users.opposed_to(name).unwrap();
            let (again, _) = users.opposed_to(name).unwrap();
            assert!(!known && hash.cost() == CHEAPEST, "{name}");
            assert!(std::ptr::eq(hash, again), "{name}: always the same one");
        }
        let password = SecretText::new("one".to_owned());
        let credentials = |user: &str| Credentials {
            user: user.to_owned(),
            password: SecretText::new("one".to_owned()),
            proof: Proof::default(),
        };
        let taken = (0..64).map(|number| format!("nobody-{number}"));
        let fitting = taken.filter(|name| users.opposed_to(name).unwrap().0.fits(&password));
        let fitting: Vec<String> = fitting.collect();
        assert!(!fitting.is_empty(), "some are compared with a's");
        for name in fitting {
            assert_eq!(users.compare(&credentials(&name)), Answer::Wrong, "{name}");
        }
    }

    #[tokio::test]
    async fn who_comes_while_too_many_wait_is_told_so() {
        let users = users(&[("a", "one", CHEAPEST)]);
        let held = users.seats.acquire_many(16).await.unwrap();
        assert_eq!(answer(&users, "a", "one").await, Answer::Busy);
        drop(held);
        assert_eq!(answer(&users, "a", "one").await, Answer::Welcome);
    }

    #[tokio::test]
    async fn what_is_remembered_is_bounded() {
        let users = users(&[("a", "one", CHEAPEST)]);
        for number in 0..=u8::MAX {
            users.keep([number; 32]);
        }
        users.keep(users.proof(&words("a", "one")));
        assert!(users.know(&words("a", "one")));
        assert_eq!(users.proved.read().unwrap().len(), REMEMBERED);
    }

    #[test]
    fn only_the_scheme_basic_is_understood() {
        let users = users(&[("a", "one", CHEAPEST)]);
        for good in ["Basic YTpvbmU=", "basic YTpvbmU=", "BASIC  YTpvbmU="] {
            assert!(
                users.credentials(&HeaderValue::from_static(good)).is_some(),
                "{good}"
            );
        }
        for bad in [
            "Bearer YTpvbmU=",
            "Basic",
            "Basic YTpvbmU",
            "Basic YWI=",
            "Basic /w==",
            "",
        ] {
            assert!(
                users.credentials(&HeaderValue::from_static(bad)).is_none(),
                "{bad}"
            );
        }
    }

    #[test]
    fn nothing_of_it_is_shown() {
        let users = users(&[("CANARY", "one", CHEAPEST)]);
        let credentials = users.credentials(&words("CANARY", "CANARY")).unwrap();
        let shown = format!("{users:?} {credentials:?} {:?}", users.hashes.values());
        assert!(
            !shown.contains("CANARY") && !shown.contains("$2"),
            "{shown}"
        );
    }
}
