//! One name in the latest listing, as it is remembered.

use serde::{Deserialize, Serialize};

use crate::model::Digest;

use super::tally::Listed;

/// One name in the latest listing. 32 bytes, for there can be 200,000.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "Row", into = "Row")]
pub(super) struct Entry {
    pub(super) key: Digest,
    /// When it was registered at the latest, in seconds since 1970.
    pub(super) by: i64,
    /// The version that was listed; 0 where the store does not tell.
    pub(super) version: u32,
    pub(super) date: Date,
    pub(super) what: What,
}

/// How [`Entry::by`] is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Date {
    /// The store told when it was written.
    #[serde(rename = "t")]
    Told,
    /// It first appeared in the listing of that moment.
    #[serde(rename = "l")]
    Listed,
    /// It was there in the first listing of all, and nobody knows since when.
    #[serde(rename = "b")]
    Before,
}

/// What is known about what lies under the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum What {
    /// Nothing, and it is not to be read: its name counts.
    #[serde(rename = "n")]
    Name,
    /// It is still to be read.
    #[serde(rename = "u")]
    Unread,
    /// A client whose registration is known by its token, and counted by that.
    #[serde(rename = "r")]
    Registered,
    /// It tells nothing about a registration.
    #[serde(rename = "x")]
    Unclear,
    /// It was deleted when it was to be read.
    #[serde(rename = "d")]
    Deleted,
}

/// An entry as it lies in a file.
#[derive(Serialize, Deserialize)]
struct Row(Digest, i64, u32, Date, What);

impl From<Row> for Entry {
    fn from(Row(key, by, version, date, what): Row) -> Self {
        Self {
            key,
            by,
            version,
            date,
            what,
        }
    }
}

impl From<Entry> for Row {
    fn from(entry: Entry) -> Self {
        let Entry {
            key,
            by,
            version,
            date,
            what,
        } = entry;
        Self(key, by, version, date, what)
    }
}

impl Entry {
    pub(super) fn key(&self) -> Digest {
        self.key
    }

    /// Whether its name makes it a registration of a token that took effect then.
    pub(super) fn counts_since(&self, effective: i64) -> bool {
        self.counts_by_name() && self.date != Date::Before && self.by >= effective
    }

    /// Whether its name says that it was registered, but not when.
    pub(super) fn is_undated_name(&self) -> bool {
        self.what == What::Name && self.date == Date::Before
    }

    /// Whether it was there at the first listing, was read, and told nothing.
    pub(super) fn is_undated_and_unclear(&self) -> bool {
        self.what == What::Unclear && self.date == Date::Before
    }

    /// Whether this is the very version that is listed, as far as the list tells; or what is listed is older than what is
    /// known, as servers that lag behind the active one show it.
    pub(super) fn is_still(&self, listed: &Listed) -> bool {
        match listed.latest() {
            None => true,
            Some(_) if self.version == 0 => false,
            Some((version, written)) => {
                let is_it = self.version == version && self.may_be_of(written);
                is_it || (version <= self.version && self.is_later_than(written))
            }
        }
    }

    /// Whether it can have been written then.
    pub(super) fn may_be_of(&self, written: i64) -> bool {
        self.date != Date::Told || self.by == written
    }

    fn is_later_than(&self, written: i64) -> bool {
        self.date == Date::Told && written < self.by
    }

    fn counts_by_name(&self) -> bool {
        matches!(self.what, What::Name | What::Unclear | What::Deleted)
    }
}
