//! (previous, seen, now) → what is known about one Initial Access Token. Pure.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::model::{Claims, Expiry, Fingerprint, Level, Listing, Reason, Rehearsal, UnixTime};

use super::{
    answers::Answers,
    checks::{Check, Checks},
    clients::Clients,
    config::InitialAccessToken,
    counted::{Counted, Tally},
    listed::Listed,
    look::Seen,
    rehearsed::{Answered, Rehearsed},
    sighting::Sighting,
    state::State,
};

/// What is known about one Initial Access Token.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// The token in use, as last read.
    pub current: Option<Claims>,
    /// The token before it, as last read.
    pub previous: Option<Claims>,
    /// The issuer that the token should name, where one is known.
    pub expected_issuer: Option<Arc<str>>,
    /// When the secret was written, where the store knows.
    pub written: Option<UnixTime>,
    /// Since when the current token was seen.
    pub sighting: Sighting,
    /// What the identity provider's list says about it.
    pub listed: Listed,
    /// The clients that were counted.
    pub counted: Option<Arc<Counted>>,
    /// How the counting went.
    pub counting: Answers,
    /// The number that stood beside the token, and when.
    pub field: Option<(UnixTime, i64)>,
    /// What rehearsals say about it.
    pub rehearsal: Rehearsed,
    /// How many registrations are left, if anybody knows.
    pub clients: Option<Clients>,
    /// What can be said about the token in one word.
    #[serde(skip)]
    pub state: State,
    /// What every check gave.
    #[serde(skip)]
    pub checks: Checks,
    /// Why what lies in the secret's place is no usable token, if it is none.
    pub fault: Option<Reason>,
    /// How often another token was found in place of the one before, since the start.
    #[serde(skip)]
    pub rotations: u64,
}

impl Facts {
    /// What is known after one more look at the secret. A failed one keeps what was known before, and lets time pass.
    #[must_use]
    pub fn after(
        &self,
        wanted: &InitialAccessToken,
        seen: Result<&Seen, Reason>,
        now: UnixTime,
    ) -> Self {
        let next = match seen {
            Ok(seen) => self.with(seen, now),
            Err(reason) if reason.is_about_the_secret() => Self {
                sighting: self.sighting.of_none(now),
                fault: Some(reason),
                ..self.clone()
            },
            Err(_) => self.clone(),
        };
        next.concluded(wanted, now)
    }

    /// What is known after the identity provider's list was read, or not.
    #[must_use]
    pub fn after_list(
        &self,
        wanted: &InitialAccessToken,
        said: Result<Listing, Reason>,
        at: UnixTime,
        now: UnixTime,
    ) -> Self {
        let listed = self.listed.after(said, self.sighting.first, at);
        let next = Self {
            listed,
            ..self.clone()
        };
        next.concluded(wanted, now)
    }

    /// What is known after clients were counted, or not.
    #[must_use]
    pub fn after_count(
        &self,
        wanted: &InitialAccessToken,
        tally: Result<&Tally, Reason>,
        now: UnixTime,
    ) -> Self {
        let mut next = Self {
            counting: self.counting.after(tally.and_then(Tally::outcome), now),
            ..self.clone()
        };
        if let (Ok(tally), Some(registrations)) = (tally, &wanted.clients.registrations) {
            let before = self
                .counted
                .as_deref()
                .filter(|before| before.belongs_to(registrations));
            let effective = self
                .current
                .as_ref()
                .and_then(|token| self.sighting.effective(token));
            let counted = Counted::after(before, registrations, tally, effective, now);
            next.counted = Some(Arc::new(counted));
        }
        next.concluded(wanted, now)
    }

    /// What is known after a registration was rehearsed, or not. An answer about a token that is no longer the current one says
    /// nothing.
    #[must_use]
    pub fn after_rehearsal(
        &self,
        wanted: &InitialAccessToken,
        said: Result<&Answered, Reason>,
        now: UnixTime,
    ) -> Self {
        let id = self
            .current
            .as_ref()
            .and_then(|current| current.id.as_ref());
        // That a client was registered is no matter of which token it was.
        let is_about_another = |said: &Answered| {
            said.id.as_ref() != id && !matches!(said.answer, Rehearsal::Registered { .. })
        };
        if said.is_ok_and(is_about_another) {
            return self.clone();
        }
        let rehearsal = self.rehearsal.after(said.map(|said| said.answer), now);
        let next = Self {
            rehearsal,
            ..self.clone()
        };
        next.concluded(wanted, now)
    }

    /// The same with the answer to whether no other target holds this token.
    #[must_use]
    pub fn with_unique(mut self, unique: bool) -> Self {
        self.checks
            .set(Check::Unique, self.current.is_some().then_some(unique));
        self
    }

    /// What one check gave; `None` while it cannot be known.
    pub fn check(&self, check: Check) -> Option<bool> {
        self.checks.get(check)
    }

    /// What must not be found at two targets: issuer and id of the token.
    pub fn identity(&self) -> Option<Fingerprint> {
        let current = self.current.as_ref()?;
        Some(Fingerprint::of((current.id.as_ref()?, &current.issuer)))
    }

    /// Whether a rehearsal would say something: there is a token, as far as we know it is the right one, and none ever registered
    /// a client.
    pub fn may_be_rehearsed(&self) -> bool {
        let can_be_taken = !matches!(
            self.state,
            State::Unknown | State::Unreadable | State::Expired
        );
        can_be_taken
            && self.names_expected_issuer() != Some(false)
            && self.rehearsal.registered.is_none()
    }

    /// How late it is, judged by the expiry alone; `None` while that is unknown or far off.
    pub fn level(&self, wanted: &InitialAccessToken, now: UnixTime) -> Option<Level> {
        let Expiry::At(end) = self.current.as_ref()?.expiry else {
            return None;
        };
        Level::reached(&wanted.thresholds, end.seconds_since(now))
    }

    fn with(&self, seen: &Seen, now: UnixTime) -> Self {
        let before = self.current.as_ref();
        let is_another = before.is_none_or(|before| is_another(before, &seen.current));
        let next = Self {
            current: Some(seen.current.clone()),
            previous: seen.previous.clone(),
            expected_issuer: seen.expected_issuer.clone(),
            written: seen.written,
            field: seen.field.map(|left| (now, left)),
            fault: None,
            ..self.clone()
        };
        if !is_another {
            return Self {
                sighting: self.sighting.again(now),
                ..next
            };
        }
        Self {
            sighting: self.sighting.of_another(now),
            listed: self.listed.of_another(),
            rehearsal: self.rehearsal.of_another(),
            clients: None,
            rotations: self.rotations.saturating_add(u64::from(before.is_some())),
            ..next
        }
    }

    /// What follows from it: the number, the word, the checks.
    pub(super) fn concluded(mut self, wanted: &InitialAccessToken, now: UnixTime) -> Self {
        let current = self.current.as_ref();
        let has_expired = current.is_some_and(|token| token.expiry.is_past(now));
        self.rehearsal = self.rehearsal.at(wanted, has_expired, now);
        self.clients = self.counted_clients(wanted, now);
        self.state = self.judged(wanted, now);
        self.checks = self.checked(wanted, now);
        self
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
