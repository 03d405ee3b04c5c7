//! What is kept of what is known: over a reload, and over a restart. Pure.

use super::{config::InitialAccessToken, fold::Facts, listed::Listed, rehearsed::Rehearsed};
use crate::model::UnixTime;

impl Facts {
    /// The same under another definition of the same target: what was learnt from whom is no longer asked is forgotten.
    #[must_use]
    pub fn under(&self, before: &InitialAccessToken, wanted: &InitialAccessToken) -> Self {
        let mut next = self.clone();
        if before.listed_by() != wanted.listed_by() {
            next.listed = Listed::default();
        }
        next.without_what_is_not_asked(wanted)
    }

    /// The same without what those said who are not asked any more.
    fn without_what_is_not_asked(self, wanted: &InitialAccessToken) -> Self {
        let mut next = self;
        if wanted.listed_by().is_none() {
            next.listed = Listed::default();
        }
        if wanted.rehearsal.is_none() {
            next.rehearsal = Rehearsed::default();
        }
        let counts = wanted.clients.registrations.as_ref();
        next.counted = next
            .counted
            .filter(|counted| counts.is_some_and(|counts| counted.belongs_to(counts)));
        next.clients = next
            .clients
            .filter(|clients| wanted.sources().any(|source| source == clients.source));
        next
    }

    /// The same after a restart, as it looks at `now`.
    #[must_use]
    pub fn restored(&self, wanted: &InitialAccessToken, now: UnixTime) -> Self {
        self.clone()
            .without_what_is_not_asked(wanted)
            .concluded(wanted, now)
    }

    /// Whether something changed that must not be lost, as opposed to the time of the latest look.
    pub fn is_worth_keeping_since(&self, before: &Self) -> bool {
        let id = |facts: &Self| {
            facts
                .current
                .as_ref()
                .and_then(|current| current.id.clone())
        };
        let left = |facts: &Self| facts.listed.found.map(|(_, token)| token);
        let answer = |facts: &Self| facts.rehearsal.last().map(|(_, answer)| answer);
        id(self) != id(before)
            || left(self) != left(before)
            || answer(self) != answer(before)
            || self.rehearsal.registered != before.rehearsal.registered
            || self.counted.as_ref().is_some_and(|counted| {
                before
                    .counted
                    .as_ref()
                    .is_none_or(|before| !counted.counts_the_same_as(before))
            })
    }
}
