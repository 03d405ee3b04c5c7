//! What one look brings.

use crate::model::{Digest, Failure, Reason, SecretPath, UnixTime};

use super::entry::What;

/// A registration token that is dated further ahead, in seconds, was not issued by a clock.
const PLAUSIBLE_SECONDS: i64 = 86_400;

/// What one look brought: every name in every folder, and what the secrets said that were read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    /// Sorted by key, each key once.
    listed: Vec<Listed>,
    read: Vec<(Digest, Origin)>,
    issuer: Option<Digest>,
    failed: Option<Failure>,
}

/// A name in a folder.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    key: Digest,
    /// The latest version and when it was written, in seconds since 1970.
    latest: Option<(u32, i64)>,
    /// The versions before it, oldest first.
    earlier: Vec<(u32, i64)>,
}

/// What a secret says about where it comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum Origin {
    /// A client was registered.
    Registered {
        /// Digest of the issuer and the id of its registration token.
        id: Digest,
        /// When that token was issued.
        at: UnixTime,
        /// The issuers that the token and the secret name, without a slash at the end.
        issuers: Vec<Digest>,
    },
    /// It tells nothing about a registration.
    Unclear,
    /// Its latest version is deleted.
    Deleted,
}

impl Tally {
    /// What was listed, and whose clients count: the [digest](Tally::issuer_digest) of an issuer.
    pub fn new(mut listed: Vec<Listed>, issuer: Option<Digest>) -> Self {
        listed.sort_by_key(Listed::key);
        listed.dedup_by_key(|one| one.key);
        Self {
            listed,
            issuer,
            ..Self::default()
        }
    }

    /// What stands for an issuer.
    pub fn issuer_digest(issuer: &str) -> Digest {
        Digest::of(&[issuer.trim_end_matches('/')])
    }

    /// Notes what a secret said.
    pub fn note(&mut self, key: Digest, origin: Origin) {
        self.read.push((key, origin));
    }

    /// Notes that what was listed was gone when it was to be read: as if it had not been listed.
    pub fn strike(&mut self, key: Digest) {
        if let Ok(at) = self.listed.binary_search_by_key(&key, Listed::key) {
            self.listed.remove(at);
        }
    }

    /// Notes that a secret could not be read. The first reason stays.
    pub fn fail(&mut self, failure: Failure) {
        self.failed.get_or_insert(failure);
    }

    /// Why not everything was read that should have been; `None` also if time was too short for it. What was read is in here
    /// nevertheless, and counts.
    pub fn failed(&self) -> Option<Failure> {
        self.failed
    }

    /// Whether everything was read that should have been, or why not.
    ///
    /// # Errors
    ///
    /// The reason why a secret could not be read.
    pub fn outcome(&self) -> Result<(), Reason> {
        self.failed.map_or(Ok(()), |failure| Err(failure.reason))
    }

    /// Every name, sorted by key.
    pub(super) fn listed(&self) -> &[Listed] {
        &self.listed
    }

    pub(super) fn read(&self) -> &[(Digest, Origin)] {
        &self.read
    }

    pub(super) fn issuer(&self) -> Option<Digest> {
        self.issuer
    }
}

impl Listed {
    /// A name in a folder, with the versions that the store told of, oldest first, each with the time it was written.
    pub fn new(folder: &SecretPath, name: &str, versions: &[(u64, UnixTime)]) -> Self {
        let short = |(number, at): &(u64, UnixTime)| {
            (u32::try_from(*number).unwrap_or(u32::MAX), at.seconds())
        };
        let mut earlier: Vec<(u32, i64)> = versions.iter().map(short).collect();
        Self {
            key: Digest::of(&[folder.as_str(), name]),
            latest: earlier.pop(),
            earlier,
        }
    }

    /// What stands for the name.
    pub fn key(&self) -> Digest {
        self.key
    }

    pub(super) fn latest(&self) -> Option<(u32, i64)> {
        self.latest
    }

    pub(super) fn earlier(&self) -> &[(u32, i64)] {
        &self.earlier
    }
}

impl Origin {
    /// What this makes of a secret in a listing that ended `at` that second.
    pub(super) fn what(&self, listed: i64) -> What {
        match self {
            Self::Registered { at, .. }
                if at.seconds() <= listed.saturating_add(PLAUSIBLE_SECONDS) =>
            {
                What::Registered
            }
            Self::Registered { .. } | Self::Unclear => What::Unclear,
            Self::Deleted => What::Deleted,
        }
    }
}
