//! (previous, seen, now) → what is known about one Initial Access Token. Pure.

use std::sync::Arc;

use crate::model::{Claims, Expiry, Fingerprint, Level, Reason, UnixTime};

use super::{config::InitialAccessToken, look::Seen};

/// How far the clocks of the identity provider and ours may differ before "issued in the future" is said.
const CLOCK_TOLERANCE_SECONDS: i64 = 60;
/// An expiry further ahead than this is taken for a mistake (milliseconds for seconds, most likely).
const PLAUSIBLE_SECONDS: i64 = 20 * 365 * 86_400;
const DAY_SECONDS: i64 = 86_400;

/// What is known about one Initial Access Token.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The token in use, as last read.
    pub current: Option<Claims>,
    /// The token before it, as last read.
    pub previous: Option<Claims>,
    /// The issuer that the token should name, where one is known.
    pub expected_issuer: Option<Arc<str>>,
    /// When the secret was written, where the store knows.
    pub written: Option<UnixTime>,
    /// What can be said about the token in one word.
    pub state: State,
    /// Every check that could be made, in the order of [`Check::ALL`]; `None` while it cannot be known.
    pub checks: [Option<bool>; Check::ALL.len()],
    /// How often another token was found in place of the one before.
    pub rotations: u64,
}

/// What can be said about a token in one word: the label `state`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// As far as can be seen, a registration would work.
    Usable,
    /// Its time is over.
    Expired,
    /// Its registrations are used up.
    Exhausted,
    /// The identity provider does not know it; for now said of tokens that name another issuer.
    NotKnownToIdp,
    /// The store answered, but what lies there is no usable token.
    Unreadable,
    /// It was never read.
    #[default]
    Unknown,
}

impl State {
    /// Every state, in the order of the documentation.
    pub const ALL: [Self; 6] = [
        Self::Usable,
        Self::Expired,
        Self::Exhausted,
        Self::NotKnownToIdp,
        Self::Unreadable,
        Self::Unknown,
    ];

    /// The value of the label `state`.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Usable => "usable",
            Self::Expired => "expired",
            Self::Exhausted => "exhausted",
            Self::NotKnownToIdp => "not_known_to_idp",
            Self::Unreadable => "unreadable",
            Self::Unknown => "unknown",
        }
    }
}

/// Something that must be true of a token: the label `check`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// The claim `typ` is that of an Initial Access Token.
    TokenType,
    /// The claim `iss` is exactly the expected issuer.
    Issuer,
    /// The claim `iat` does not lie in the future.
    IssuedInPast,
    /// No other target holds the same token.
    Unique,
    /// It lives about as long as was asked for.
    LifetimeAsRequested,
    /// Its expiry is a date that somebody can have meant.
    ExpiryPlausible,
}

impl Check {
    /// Every check, in the order of the documentation.
    pub const ALL: [Self; 6] = [
        Self::TokenType,
        Self::Issuer,
        Self::IssuedInPast,
        Self::Unique,
        Self::LifetimeAsRequested,
        Self::ExpiryPlausible,
    ];

    /// The value of the label `check`.
    pub const fn label(self) -> &'static str {
        match self {
            Self::TokenType => "token_type",
            Self::Issuer => "issuer",
            Self::IssuedInPast => "issued_in_past",
            Self::Unique => "unique",
            Self::LifetimeAsRequested => "lifetime_as_requested",
            Self::ExpiryPlausible => "expiry_plausible",
        }
    }
}

impl Facts {
    /// What is known after one more look. A failed one keeps what was known before, and lets time pass.
    #[must_use]
    pub fn after(
        &self,
        wanted: &InitialAccessToken,
        seen: Result<&Seen, Reason>,
        now: UnixTime,
    ) -> Self {
        let mut next = match seen {
            Ok(seen) => self.with(seen),
            Err(_) => self.clone(),
        };
        next.state = next.state_after(seen.err(), now);
        next.checks = next.checks_after(wanted, seen.err(), now);
        next
    }

    /// The same with the answer to whether no other target holds this token.
    #[must_use]
    pub fn with_unique(mut self, unique: bool) -> Self {
        self.set(Check::Unique, self.current.is_some().then_some(unique));
        self
    }

    /// What one check gave; `None` while it cannot be known.
    pub fn check(&self, check: Check) -> Option<bool> {
        Check::ALL
            .iter()
            .zip(self.checks)
            .find_map(|(each, passed)| (*each == check).then_some(passed))
            .flatten()
    }

    /// What must not be found at two targets: issuer and id of the token.
    pub fn identity(&self) -> Option<Fingerprint> {
        let current = self.current.as_ref()?;
        Some(Fingerprint::of((current.id.as_ref()?, &current.issuer)))
    }

    /// How late it is, judged by the expiry alone; `None` while that is unknown or far off.
    pub fn level(&self, wanted: &InitialAccessToken, now: UnixTime) -> Option<Level> {
        let Expiry::At(end) = self.current.as_ref()?.expiry else {
            return None;
        };
        let left = end.seconds_since(now);
        let crossed = wanted
            .thresholds
            .iter()
            .filter(|threshold| match threshold.level {
                Level::Expired => left <= 0,
                Level::Notice | Level::Urgent => {
                    left < i64::try_from(threshold.before.as_secs()).unwrap_or(i64::MAX)
                }
            });
        crossed.map(|threshold| threshold.level).max()
    }

    fn with(&self, seen: &Seen) -> Self {
        let rotated = self
            .current
            .as_ref()
            .is_some_and(|before| is_another(before, &seen.current));
        Self {
            current: Some(seen.current.clone()),
            previous: seen.previous.clone(),
            expected_issuer: seen.expected_issuer.clone(),
            written: seen.written,
            rotations: self.rotations.saturating_add(u64::from(rotated)),
            ..self.clone()
        }
    }

    /// A store that cannot be reached says nothing about the token, so what was known stays; a secret that cannot be used does.
    fn state_after(&self, failed: Option<Reason>, now: UnixTime) -> State {
        match (&self.current, failed) {
            (_, Some(reason)) if reason.is_about_the_secret() => State::Unreadable,
            (None, _) => State::Unknown,
            (Some(current), _) if current.expiry.is_past(now) => State::Expired,
            (Some(_), _) if self.names_expected_issuer() == Some(false) => State::NotKnownToIdp,
            (Some(_), Some(_)) if self.state == State::Unreadable => State::Unreadable,
            (Some(_), _) => State::Usable,
        }
    }

    fn checks_after(
        &self,
        wanted: &InitialAccessToken,
        failed: Option<Reason>,
        now: UnixTime,
    ) -> [Option<bool>; Check::ALL.len()] {
        Check::ALL.map(|check| match check {
            Check::TokenType => match failed {
                None => Some(true),
                Some(Reason::WrongTokenType) => Some(false),
                Some(_) => self.check(check),
            },
            Check::Unique => self.check(check),
            Check::Issuer => self.names_expected_issuer(),
            Check::IssuedInPast => self.was_issued_in_past(now),
            Check::LifetimeAsRequested => self.lives_as_long_as(wanted),
            Check::ExpiryPlausible => self.expires_at_a_likely_date(now),
        })
    }

    fn names_expected_issuer(&self) -> Option<bool> {
        let current = self.current.as_ref()?;
        Some(current.issuer.as_ref() == Some(self.expected_issuer.as_ref()?))
    }

    fn was_issued_in_past(&self, now: UnixTime) -> Option<bool> {
        Some(self.current.as_ref()?.issued?.seconds_since(now) <= CLOCK_TOLERANCE_SECONDS)
    }

    /// A day may be missing, for the time between issue and delivery; of very short lives a tenth.
    fn lives_as_long_as(&self, wanted: &InitialAccessToken) -> Option<bool> {
        let current = self.current.as_ref()?;
        let Expiry::At(end) = current.expiry else {
            return Some(true);
        };
        let asked = i64::try_from(wanted.lifetime.as_secs()).unwrap_or(i64::MAX);
        let missing = asked.saturating_sub(end.seconds_since(current.issued?));
        Some(missing <= DAY_SECONDS.min(asked / 10))
    }

    fn expires_at_a_likely_date(&self, now: UnixTime) -> Option<bool> {
        match self.current.as_ref()?.expiry {
            Expiry::Never => Some(true),
            Expiry::At(end) => {
                Some(end.seconds() > 0 && end.seconds_since(now) <= PLAUSIBLE_SECONDS)
            }
        }
    }

    fn set(&mut self, check: Check, passed: Option<bool>) {
        for (each, slot) in Check::ALL.iter().zip(&mut self.checks) {
            if *each == check {
                *slot = passed;
            }
        }
    }
}

/// The id decides; tokens without one are compared whole.
fn is_another(before: &Claims, now: &Claims) -> bool {
    match (&before.id, &now.id) {
        (Some(before), Some(now)) => before != now,
        _ => before != now,
    }
}

#[cfg(test)]
mod tests;
