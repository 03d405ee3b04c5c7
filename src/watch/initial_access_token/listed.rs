//! What the identity provider's list of tokens says about the current one. Pure.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{answers::Answers, config::InitialAccessToken, state::Verdict};
use crate::model::{ListedToken, Listing, Reason, UnixTime};

/// A token that disappears from the list when so few or fewer registrations were left was probably used up between two readings,
/// and then purged: Keycloak does that every fifteen minutes.
pub(super) const FEW: i64 = 5;

/// What the list says about the current token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Listed {
    /// How the reading of the list went.
    pub answers: Answers,
    /// When the token was last found in it, and how.
    pub found: Option<(UnixTime, ListedToken)>,
    /// When it was last missing from it, if it was not found since.
    pub missing: Option<UnixTime>,
}

impl Listed {
    /// After the list was read, or not; `at` is when it was asked for. `first_seen` is when the current token was first seen: that it
    /// is missing from a list of that second or before says nothing.
    #[must_use]
    pub fn after(
        self,
        said: Result<Listing, Reason>,
        first_seen: Option<UnixTime>,
        at: UnixTime,
    ) -> Self {
        let answers = self.answers.after(said.map(drop), at);
        match said {
            Ok(Listing::Found(token)) => Self {
                answers,
                found: Some((at, token)),
                missing: None,
            },
            Ok(Listing::Absent) if first_seen.is_some_and(|first| first < at) => Self {
                answers,
                missing: Some(at),
                ..self
            },
            Ok(Listing::Garbled) => Self {
                answers: self.answers.after(Err(Reason::BadResponse), at),
                ..self
            },
            Ok(Listing::Absent) | Err(_) => Self { answers, ..self },
        }
    }

    /// The same about another token: how the reading goes is known, what it says is not.
    #[must_use]
    pub fn of_another(self) -> Self {
        Self {
            answers: self.answers,
            ..Self::default()
        }
    }

    /// Whether a list could be read, but none has said anything about the current token.
    pub fn is_silent(&self) -> bool {
        self.found.is_none() && self.missing.is_none() && self.answers.failed.is_none()
    }

    /// Whether few or none were left when it was last found.
    pub(super) fn was_nearly_used_up(&self) -> bool {
        self.found.is_some_and(|(_, token)| token.left <= FEW)
    }

    pub(super) fn verdict(&self) -> Option<(UnixTime, Verdict)> {
        match (self.found, self.missing) {
            (_, Some(at)) if self.was_nearly_used_up() => {
                Some((at, Verdict::UsedUp { listed: false }))
            }
            (_, Some(at)) => Some((at, Verdict::Gone)),
            (Some((at, token)), None) if token.left <= 0 => {
                Some((at, Verdict::UsedUp { listed: true }))
            }
            (Some((at, _)), None) => Some((at, Verdict::Alive)),
            (None, None) => None,
        }
    }

    /// Registrations left and limit by the list, and when it said so. None is left of a token that was nearly used up and is gone.
    pub(super) fn count(&self) -> Option<(UnixTime, ListedToken)> {
        let (at, token) = self.found?;
        match self.missing {
            Some(missing) if self.was_nearly_used_up() => Some((
                missing,
                ListedToken {
                    left: token.left.min(0),
                    ..token
                },
            )),
            _ => Some((at, token)),
        }
    }

    pub(super) fn is_fresh(&self, wanted: &InitialAccessToken, now: UnixTime) -> bool {
        let patience = wanted.list_interval().map(|interval| interval * 3);
        is_within(self.found.map(|(at, _)| at), patience, now) && self.missing.is_none()
    }
}

/// Whether something happened, no longer ago than that.
pub(super) fn is_within(at: Option<UnixTime>, patience: Option<Duration>, now: UnixTime) -> bool {
    match (at, patience) {
        (Some(at), Some(patience)) => now <= at.plus(patience),
        _ => false,
    }
}
