//! What must be true of a token. Pure.

use super::{config::InitialAccessToken, fold::Facts, state::State};
use crate::model::{Expiry, Reason, UnixTime};

/// How far the clocks of the identity provider and ours may differ before "issued in the future" is said.
const CLOCK_TOLERANCE_SECONDS: i64 = 60;
/// An expiry further ahead than this is taken for a mistake (milliseconds for seconds, most likely).
const PLAUSIBLE_SECONDS: i64 = 20 * 365 * 86_400;
const DAY_SECONDS: i64 = 86_400;

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
    /// The identity provider knows it; said only where nothing else explains that it does not.
    KnownToIdp,
    /// No rehearsal ever registered a client.
    RehearsalHarmless,
}

impl Check {
    /// Every check, in the order of the documentation.
    pub const ALL: [Self; 8] = [
        Self::TokenType,
        Self::Issuer,
        Self::IssuedInPast,
        Self::Unique,
        Self::LifetimeAsRequested,
        Self::ExpiryPlausible,
        Self::KnownToIdp,
        Self::RehearsalHarmless,
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
            Self::KnownToIdp => "known_to_idp",
            Self::RehearsalHarmless => "rehearsal_harmless",
        }
    }
}

/// What each check gave, in the order of [`Check::ALL`]; `None` while it cannot be known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checks([Option<bool>; Check::ALL.len()]);

impl Checks {
    /// What `judge` says of each check.
    pub(super) fn of(judge: impl FnMut(Check) -> Option<bool>) -> Self {
        Self(Check::ALL.map(judge))
    }

    /// What one check gave.
    pub fn get(&self, check: Check) -> Option<bool> {
        self.all()
            .find_map(|(each, passed)| (each == check).then_some(passed))?
    }

    /// Each check and what it gave.
    pub fn all(&self) -> impl Iterator<Item = (Check, Option<bool>)> {
        Check::ALL.into_iter().zip(self.0)
    }

    /// Those that do not hold.
    pub fn failed(&self) -> impl Iterator<Item = Check> {
        self.all()
            .filter_map(|(check, passed)| (passed == Some(false)).then_some(check))
    }

    pub(super) fn set(&mut self, check: Check, passed: Option<bool>) {
        for (each, slot) in Check::ALL.iter().zip(&mut self.0) {
            if *each == check {
                *slot = passed;
            }
        }
    }
}

impl Facts {
    /// What each check gives now.
    pub(super) fn checked(&self, wanted: &InitialAccessToken, now: UnixTime) -> Checks {
        Checks::of(|check| match check {
            Check::TokenType => match self.fault {
                None => self.current.is_some().then_some(true),
                Some(Reason::WrongTokenType) => Some(false),
                Some(_) => self.check(check),
            },
            Check::Unique => self.check(check),
            Check::Issuer => self.names_expected_issuer(),
            Check::IssuedInPast => self.was_issued_in_past(now),
            Check::LifetimeAsRequested => self.lives_as_long_as(wanted),
            Check::ExpiryPlausible => self.expires_at_a_likely_date(now),
            Check::KnownToIdp => self.is_known_to_idp(),
            Check::RehearsalHarmless => self.rehearsal.is_harmless(),
        })
    }

    pub(super) fn names_expected_issuer(&self) -> Option<bool> {
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

    /// A token that expired or was used up is forgotten by the identity provider some time later: the state says it already.
    fn is_known_to_idp(&self) -> Option<bool> {
        match self.state {
            State::Expired | State::Exhausted => None,
            _ => Some(self.verdict()?.knows_token()),
        }
    }
}
