//! (previous, tally, now) → the clients registered so far. Pure.
//!
//! Each registration happened at an instant that a store told (`KV` version 2), at the instant that a client's own
//! registration token names, or between the listing before the one it first appeared in and that one. It belongs to a token
//! if the **latest** of these instants is not before the moment that token took effect: in doubt it counts, so that what is
//! left is rather said too low. What was counted stays counted, for a deleted client gives no registration back.
//!
//! | where the number errs | why |
//! |---|---|
//! | too low | a client deleted before it was ever listed; one that was not written to these folders; other users of the token; without dates, a name deleted and written again between two listings; clocks of the servers that lag |
//! | too high | registered with the previous token after the current one took effect; clients registered by other means; a secret of `KV` version 2 edited by hand; secrets restored from a backup; in the mode of names, clients of other issuers |

mod entry;
mod gone;
mod merge;
mod registered;
mod tally;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::model::{Digest, SecretPath, UnixTime};

use super::config::{Read, Registrations};

pub use tally::{Listed, Origin, Tally};

use entry::{Entry, What};
use gone::Gone;
use registered::Registered;

/// The registrations counted so far: what is remembered between two looks and across restarts. Nothing but hashes, times
/// and numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Counted {
    /// Where and how it was counted.
    place: Digest,
    /// When the first listing of all folders ended, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    first: Option<i64>,
    /// When the latest one ended. Never goes back, even if the clock does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    latest: Option<i64>,
    /// When the latest look ended that left nothing unread, by the clock of that moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    complete: Option<i64>,
    /// The issuer whose clients count; `None`: everybody's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    issuer: Option<Digest>,
    /// When the latest token that we know of took effect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    effective: Option<i64>,
    /// Registrations before this instant are forgotten: it is when the token before that one took effect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    floor: Option<i64>,
    /// What the latest listing held, sorted by key.
    present: Arc<Vec<Entry>>,
    /// What no longer lies there.
    gone: Gone,
    /// What registration tokens said.
    registered: Registered,
}

/// How many registrations belong to a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Used {
    /// So many.
    Known(u64),
    /// It cannot be known: so many were there before the first listing and carry no date. Also what is said of a token that
    /// took effect before what is still remembered.
    Undated(u64),
    /// It is not known yet: so many secrets are still to be read.
    Unread(u64),
}

impl Counted {
    /// Nothing counted yet.
    fn nothing(wanted: &Registrations) -> Self {
        Self {
            place: place(wanted),
            first: None,
            latest: None,
            complete: None,
            issuer: None,
            effective: None,
            floor: None,
            present: Arc::default(),
            gone: Gone::default(),
            registered: Registered::default(),
        }
    }

    /// Whether this was counted where and how `wanted` says; otherwise it must be forgotten. The order of the folders and
    /// the interval do not matter.
    pub fn belongs_to(&self, wanted: &Registrations) -> bool {
        self.place == place(wanted)
    }

    /// What is known after one more look. A `previous` that does not belong to `wanted` is forgotten.
    ///
    /// `effective` is from when on registrations belong to the current token, `None` while that is unknown: then everything
    /// that might count is kept. It should not move back for one and the same token. `now` is when the look ended.
    #[must_use]
    pub fn after(
        previous: Option<&Self>,
        wanted: &Registrations,
        tally: &Tally,
        effective: Option<UnixTime>,
        now: UnixTime,
    ) -> Self {
        let previous = previous.filter(|known| known.belongs_to(wanted)).cloned();
        let mut next = previous.unwrap_or_else(|| Self::nothing(wanted));
        let at = next
            .latest
            .map_or(now.seconds(), |latest| latest.max(now.seconds()));
        next.list(tally.listed(), wanted.read, at);
        next.read(tally.read(), at);
        next.issuer = tally.issuer();
        next.first = next.first.or(Some(at));
        next.latest = Some(at);
        if next.unread() == 0 {
            next.complete = Some(now.seconds());
        }
        next.rotate(effective);
        next
    }

    /// How many registrations belong to a token that took effect then. One of the very same second belongs to it.
    pub fn used(&self, effective: UnixTime) -> Used {
        let effective = effective.seconds();
        let unread = self.unread();
        if unread > 0 {
            return Used::Unread(unread);
        }
        let undated = self.undated(effective).max(self.misunderstood(effective));
        if undated > 0 || self.floor.is_some_and(|floor| effective < floor) {
            return Used::Undated(undated);
        }
        let present = self.present.iter();
        let present = present
            .filter(|entry| entry.counts_since(effective))
            .count();
        let registered = self.registered.since(effective, self.issuer);
        let gone = self.gone.since(effective);
        Used::Known(gone.saturating_add(number(present.saturating_add(registered))))
    }

    /// When the latest look ended that listed every folder and left nothing unread.
    pub fn counted_at(&self) -> Option<UnixTime> {
        self.complete.map(UnixTime::from_seconds)
    }

    /// Whether both counted the same clients, whenever that was.
    pub fn counts_the_same_as(&self, other: &Self) -> bool {
        let content = |counted: &Self| {
            (
                counted.place,
                counted.issuer,
                counted.effective,
                counted.floor,
            )
        };
        content(self) == content(other)
            && self.present == other.present
            && self.gone == other.gone
            && self.registered == other.registered
    }

    /// How many secrets were read and tell nothing about a registration. They count by their names, if those have a date.
    pub fn unclear(&self) -> u64 {
        self.count(What::Unclear)
    }

    /// How many secrets are still to be read.
    pub fn unread(&self) -> u64 {
        self.count(What::Unread)
    }

    /// Whether this version of a secret need not be read (again).
    pub(super) fn has_read(&self, listed: &Listed) -> bool {
        let found = self.present.binary_search_by_key(&listed.key(), Entry::key);
        let found = found.ok().and_then(|at| self.present.get(at));
        found.is_some_and(|entry| entry.what != What::Unread && entry.is_still(listed))
    }

    /// Takes in what the secrets said that were read.
    fn read(&mut self, read: &[(Digest, Origin)], at: i64) {
        if read.is_empty() {
            return;
        }
        let present = Arc::make_mut(&mut self.present);
        for (key, origin) in read {
            let found = present.binary_search_by_key(key, Entry::key).ok();
            let Some(entry) = found.and_then(|at| present.get_mut(at)) else {
                continue;
            };
            entry.what = origin.what(at);
            if let (What::Registered, Origin::Registered { id, at, issuers }) = (entry.what, origin)
            {
                self.registered.add(*id, at.seconds(), issuers);
            }
        }
    }

    /// Forgets what can count neither for this token nor for the one before it.
    fn rotate(&mut self, effective: Option<UnixTime>) {
        let Some(effective) = effective.map(UnixTime::seconds) else {
            return;
        };
        if self.effective.is_none_or(|before| before < effective) {
            let floor = self.effective.unwrap_or(effective);
            self.floor = Some(self.floor.map_or(floor, |before| before.max(floor)));
        }
        self.effective = Some(effective);
        let floor = self.floor.unwrap_or(effective);
        self.gone.forget_before(floor);
        self.registered.forget_before(floor);
    }

    /// How many names cannot be told from registrations of a token that took effect then.
    fn undated(&self, effective: i64) -> u64 {
        if self.first.is_none_or(|first| first < effective) {
            return 0;
        }
        let present = self.present.iter().filter(|entry| entry.is_undated_name());
        number(present.count()).saturating_add(self.gone.undated)
    }

    /// If not one secret says where it comes from, these are not what we take them for, and counting none of them would be an
    /// all-clear: how many there are without a date.
    fn misunderstood(&self, effective: i64) -> u64 {
        let undated = self
            .present
            .iter()
            .filter(|entry| entry.is_undated_and_unclear());
        let is_about_us = self.first.is_some_and(|first| first >= effective);
        if is_about_us && self.count(What::Registered) == 0 {
            number(undated.count())
        } else {
            0
        }
    }

    fn count(&self, what: What) -> u64 {
        number(
            self.present
                .iter()
                .filter(|entry| entry.what == what)
                .count(),
        )
    }
}

fn place(wanted: &Registrations) -> Digest {
    let mut folders: Vec<&str> = wanted.folders.iter().map(SecretPath::as_str).collect();
    folders.sort_unstable();
    folders.dedup();
    let read = match wanted.read {
        Read::Names => "names",
        Read::Secrets => "secrets",
    };
    // An ending is told from none, even if it is empty.
    let ending = wanted.ending.iter().map(String::as_str);
    let parts = [wanted.store.as_str(), read].into_iter();
    let count = ending.clone().count().to_string();
    Digest::of(
        &parts
            .chain([count.as_str()])
            .chain(ending)
            .chain(folders)
            .collect::<Vec<_>>(),
    )
}

fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
