//! What rehearsals say about the current token. Pure.

use serde::{Deserialize, Serialize};

use super::{answers::Answers, config::InitialAccessToken, listed::is_within, state::Verdict};
use crate::model::{Reason, Rehearsal, UnixTime};

/// What one rehearsal brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The id of the token it was made with.
    pub id: Option<String>,
    /// What the identity provider answered.
    pub answer: Rehearsal,
}

/// What rehearsals say about the current token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rehearsed {
    /// How they went.
    pub answers: Answers,
    /// When one last had a clear answer, and which.
    last: Option<(UnixTime, Rehearsal)>,
    /// Whether there was no clear answer since then.
    doubted: bool,
    /// Whether one ever said that none is left: a token that is used up is forgotten by its server some minutes later.
    pub used_up: bool,
    /// What became of it when a rehearsal registered a client: whether that was deleted. There are no rehearsals after that.
    pub registered: Option<bool>,
}

impl Rehearsed {
    /// After one more rehearsal with the current token. A failed one takes back an all-clear, never an alarm.
    #[must_use]
    pub fn after(self, said: Result<Rehearsal, Reason>, now: UnixTime) -> Self {
        let registered = match said {
            Ok(Rehearsal::Registered { deleted }) => Some(deleted),
            _ => self.registered,
        };
        Self {
            answers: self.answers.after(said.map(drop), now),
            last: said.ok().map(|answer| (now, answer)).or(self.last),
            doubted: said.is_err(),
            used_up: self.used_up || said == Ok(Rehearsal::UsedUp),
            registered,
        }
    }

    /// The same about another token.
    #[must_use]
    pub fn of_another(self) -> Self {
        Self {
            last: None,
            doubted: false,
            used_up: false,
            ..self
        }
    }

    /// The same, without an all-clear that is too old, or is for a token that has expired since.
    #[must_use]
    pub fn at(self, wanted: &InitialAccessToken, has_expired: bool, now: UnixTime) -> Self {
        let is_over = self.works() && (has_expired || !self.is_fresh(wanted, now));
        Self {
            last: self.last.filter(|_| !is_over),
            ..self
        }
    }

    /// The latest clear answer and when it was given, unless it is an all-clear that was followed by one that is not clear: that
    /// is told to nobody, but speaks on against estimates, which are less sure.
    pub fn last(&self) -> Option<(UnixTime, Rehearsal)> {
        self.last
            .filter(|(_, answer)| !(self.doubted && answer.is_possible()))
    }

    /// Whether a registration would work; `None` while that is unknown.
    pub fn is_possible(&self) -> Option<bool> {
        self.last().map(|(_, answer)| answer.is_possible())
    }

    /// Whether the latest clear answer, if it is not too old, was that it would.
    pub(super) fn works(&self) -> bool {
        self.last.is_some_and(|(_, answer)| answer.is_possible())
    }

    pub(super) fn is_harmless(&self) -> Option<bool> {
        (self.registered.is_some() || self.answers.last_success.is_some())
            .then_some(self.registered.is_none())
    }

    pub(super) fn verdict(&self, nearly_used_up: bool) -> Option<(UnixTime, Verdict)> {
        let (at, answer) = self.last?;
        let verdict = match answer {
            Rehearsal::Works | Rehearsal::RefusedByPolicy | Rehearsal::Registered { .. } => {
                Verdict::Alive
            }
            Rehearsal::UsedUp => Verdict::UsedUp { listed: true },
            Rehearsal::NotFound if nearly_used_up => Verdict::UsedUp { listed: false },
            Rehearsal::NotFound | Rehearsal::Refused | Rehearsal::WrongType => Verdict::Gone,
        };
        Some((at, verdict))
    }

    /// Whether the latest answer is no older than two rehearsals take.
    pub(super) fn is_fresh(&self, wanted: &InitialAccessToken, now: UnixTime) -> bool {
        let patience = wanted.rehearsal.map(|rehearsal| rehearsal.every * 2);
        is_within(self.last.map(|(at, _)| at), patience, now)
    }
}
