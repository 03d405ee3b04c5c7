//! What can be said about a token in one word, out of all that is known. Pure.
//!
//! The table of precedence, which `docs/registrations-left.md` explains; the first row that applies decides:
//!
//! | evidence | word |
//! |---|---|
//! | the store answers, but what lies there is no usable token | unreadable |
//! | no token was ever read | unknown |
//! | its claim `exp` is past | expired |
//! | its claim `iss` is not the expected issuer | not_known_to_idp |
//! | the newer of list and rehearsal: used up | exhausted |
//! | the newer of list and rehearsal: not known or not taken | not_known_to_idp |
//! | the newer of list and rehearsal: alive, and not too old | usable |
//! | the count, from whatever source, is at zero | exhausted |
//! | nothing speaks against it | usable |

use super::{config::InitialAccessToken, fold::Facts, listed::FEW};
use crate::model::UnixTime;

/// What can be said about a token in one word: the label `state`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// As far as can be seen, a registration would work.
    Usable,
    /// Its time is over.
    Expired,
    /// Its registrations are used up.
    Exhausted,
    /// The identity provider does not know it or does not take it, though by its own date it has not expired.
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

/// What the identity provider itself says about a token, by its list or by a rehearsal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It knows the token, and registrations are left.
    Alive,
    /// None is left: seen at zero, or gone soon after few were left.
    UsedUp {
        /// Whether the token is still in its list.
        listed: bool,
    },
    /// It does not know or does not take the token.
    Gone,
}

impl Verdict {
    pub(super) const fn knows_token(self) -> bool {
        !matches!(self, Self::Gone | Self::UsedUp { listed: false })
    }
}

impl Facts {
    /// The word for it. A store that cannot be reached says nothing about the token, so what was known stays; a secret that
    /// cannot be used does.
    pub(super) fn judged(&self, wanted: &InitialAccessToken, now: UnixTime) -> State {
        match &self.current {
            _ if self.fault.is_some() => State::Unreadable,
            None => State::Unknown,
            Some(current) if current.expiry.is_past(now) => State::Expired,
            Some(_) if self.names_expected_issuer() == Some(false) => State::NotKnownToIdp,
            Some(_) => self.by_evidence(wanted, now),
        }
    }

    fn by_evidence(&self, wanted: &InitialAccessToken, now: UnixTime) -> State {
        match self.verdict() {
            Some(Verdict::UsedUp { .. }) => State::Exhausted,
            Some(Verdict::Gone) => State::NotKnownToIdp,
            Some(Verdict::Alive) if self.is_verdict_fresh(wanted, now) => State::Usable,
            _ if self.clients.is_some_and(|clients| clients.left <= 0) => State::Exhausted,
            _ => State::Usable,
        }
    }

    /// What the identity provider said last: the newer of list and rehearsal.
    pub(super) fn verdict(&self) -> Option<Verdict> {
        let listed = self.listed.verdict();
        let rehearsed = self.rehearsal.verdict(self.was_nearly_used_up());
        [listed, rehearsed]
            .into_iter()
            .flatten()
            .max_by_key(|(at, _)| *at)
            .map(|(_, verdict)| verdict)
    }

    /// Whether few or none were left when that was last known: then a token that is gone was used up.
    fn was_nearly_used_up(&self) -> bool {
        let few = self.clients.is_some_and(|clients| clients.left <= FEW);
        few || self.rehearsal.used_up || self.listed.was_nearly_used_up()
    }

    /// Whether a good verdict is young enough to speak against an estimate.
    fn is_verdict_fresh(&self, wanted: &InitialAccessToken, now: UnixTime) -> bool {
        let listed = self.listed.is_fresh(wanted, now);
        listed || self.rehearsal.is_fresh(wanted, now)
    }
}
