//! What a folder holds, as a store tells it.

use crate::model::UnixTime;

/// What lies in a folder; nothing below it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// The secrets, in no particular order.
    pub names: Vec<ListedName>,
    /// How many folders lie in it. They are not descended into.
    pub folders: usize,
}

/// One secret in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedName {
    /// Its name in the folder, as a path takes it.
    pub name: String,
    /// Its latest version, where the store tells versions in a list.
    pub version: Option<u64>,
    /// When the latest version was written, where the store tells. Deleting it does not change this.
    pub written: Option<UnixTime>,
    /// The versions before it that the store still knows of, oldest first, each with the time it was written.
    pub earlier: Vec<(u64, UnixTime)>,
}

impl ListedName {
    /// A name of which nothing else is known.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            version: None,
            written: None,
            earlier: Vec::new(),
        }
    }
}
