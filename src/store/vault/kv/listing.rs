//! Lists of the key-value engines.
//!
//! Sources: <https://openbao.org/api-docs/secret/kv/>, and what `OpenBao` 2.7 was observed to say. Version 2 has two lists:
//! `metadata/` with names alone, and in `OpenBao` `detailed-metadata/` with the versions of each and the time each was
//! written. Deleted and destroyed secrets stand in both. Vault does not know the second: it answers 404 with a warning, as to
//! every path it does not know. A policy has to allow each by itself.

use std::{collections::BTreeMap, sync::PoisonError, time::Duration};

use rustify_derive::Endpoint;
use serde::Deserialize;
use tokio::time::Instant;

use crate::{
    model::{Failure, Reason, SecretPath, UnixTime},
    store::{
        ListedName, Listing,
        settings::KvVersion,
        vault::{
            link::Link,
            transport::{Answer, Terms},
        },
    },
};

use super::{Miss, Mounts, Place, instant};

/// How long an engine that would not list details is not asked for them again.
const PLAIN_FOR: Duration = Duration::from_secs(3600);

/// Any list. Ours, because those of `vaultrs` cannot ask for details, nor for a whole mount.
#[derive(Debug, Endpoint)]
#[endpoint(path = "{self.path}", method = "LIST")]
struct ListOf {
    #[endpoint(skip)]
    path: String,
}

/// A list of names; those that end in a slash are folders.
#[derive(Deserialize)]
struct Names {
    keys: Vec<String>,
}

/// A list with details.
#[derive(Deserialize)]
struct Detailed {
    keys: Vec<String>,
    key_info: BTreeMap<String, Detail>,
}

/// What the detailed list says about a name; nothing about a folder. There is more, such as what users write beside a
/// secret, and it is not taken.
#[derive(Deserialize)]
struct Detail {
    #[serde(default)]
    current_version: u64,
    #[serde(default)]
    versions: BTreeMap<u64, Version>,
}

#[derive(Deserialize)]
struct Version {
    created_time: String,
}

impl Mounts {
    /// Lists the folder at `path`. [`Reason::Denied`] may also mean that our token is dead.
    pub(in crate::store::vault) async fn list(
        &self,
        link: &Link,
        folder: &SecretPath,
        terms: Terms<'_>,
    ) -> Result<Listing, Failure> {
        let place = self.place(link, folder, Self::known_folder, terms).await?;
        match self.list_at(&place, link, terms).await {
            Err(miss) if place.is_doubtful(&miss) => {
                self.forget(&place.mount);
                let anew = self.place(link, folder, Self::known_folder, terms).await?;
                let outcome = self.list_at(&anew, link, terms).await;
                outcome.map_err(Miss::into_failure)
            }
            outcome => outcome.map_err(Miss::into_failure),
        }
    }

    /// As [`Mounts::known`], but a whole mount is a folder, too.
    fn known_folder(&self, folder: &SecretPath) -> Option<Place> {
        let mount = folder.as_str();
        if let Some(version) = self.stated.get(mount) {
            return Some(Place::new(mount, "", *version, None));
        }
        let found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        let whole = found
            .get(mount)
            .map(|found| Place::new(mount, "", found.version, Some(found.at)));
        drop(found);
        whole.or_else(|| self.known(folder))
    }

    async fn list_at(&self, place: &Place, link: &Link, terms: Terms<'_>) -> Result<Listing, Miss> {
        if place.version == KvVersion::V1 {
            let answer = link.ask(&place.list(&[]), terms).await?;
            if answer.status == 404 && answer.says(b"Invalid path for a versioned K/V") {
                return Err(Miss::OtherVersion);
            }
            return Ok(plain(answer)?);
        }
        if self.may_list_details(&place.mount) {
            let answer = link.ask(&place.list(&["detailed-metadata"]), terms).await;
            match answer.and_then(detailed) {
                Err(failure) if is_without_details(failure.reason) => {}
                outcome => return Ok(outcome?),
            }
        }
        let listing = plain(link.ask(&place.list(&["metadata"]), terms).await?)?;
        self.note_no_details(&place.mount);
        Ok(listing)
    }

    fn may_list_details(&self, mount: &str) -> bool {
        let undetailed = self.undetailed.lock();
        let undetailed = undetailed.unwrap_or_else(PoisonError::into_inner);
        undetailed
            .get(mount)
            .is_none_or(|since| since.elapsed() >= PLAIN_FOR)
    }

    /// Names could be listed, details could not.
    fn note_no_details(&self, mount: &str) {
        let undetailed = self.undetailed.lock();
        let mut undetailed = undetailed.unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let since = undetailed.entry(mount.to_owned()).or_insert(now);
        if since.elapsed() >= PLAIN_FOR {
            *since = now;
        }
    }
}

impl Place {
    /// The request for a list of what lies here.
    fn list(&self, below_the_mount: &[&str]) -> ListOf {
        let parts = std::iter::once(self.mount.as_str())
            .chain(below_the_mount.iter().copied())
            .chain(Some(self.path.as_str()).filter(|path| !path.is_empty()));
        ListOf {
            path: parts.collect::<Vec<_>>().join("/"),
        }
    }
}

/// Whether this may be how a server says that it has no list with details, that we may not have it, or that it is too long; the
/// plain list tells. What would befall the plain list as well is no reason to ask for it.
fn is_without_details(reason: Reason) -> bool {
    matches!(
        reason,
        Reason::Denied | Reason::NotFound | Reason::BadResponse | Reason::TooLarge
    )
}

fn plain(answer: Answer) -> Result<Listing, Failure> {
    let Names { keys } = answer.success()?.data()?.ok_or(Reason::BadResponse)?;
    let mut listing = Listing::default();
    for key in keys {
        if key.ends_with('/') {
            listing.folders = listing.folders.saturating_add(1);
        } else {
            listing.names.push(ListedName::new(&key));
        }
    }
    Ok(listing)
}

fn detailed(answer: Answer) -> Result<Listing, Failure> {
    let found: Option<Detailed> = answer.success()?.data()?;
    let Detailed { keys, mut key_info } = found.ok_or(Reason::BadResponse)?;
    let mut listing = Listing::default();
    for key in keys {
        if key.ends_with('/') {
            listing.folders = listing.folders.saturating_add(1);
            continue;
        }
        let detail = key_info.remove(&key).ok_or(Reason::BadResponse)?;
        // Somebody wrote metadata for a secret that was never written.
        if detail.current_version > 0 {
            listing.names.push(detail.of(key)?);
        }
    }
    Ok(listing)
}

impl Detail {
    fn of(self, name: String) -> Result<ListedName, Failure> {
        let mut written = Vec::new();
        for (number, version) in self.versions {
            let at = instant(&version.created_time).ok_or(Reason::BadResponse)?;
            written.push((number, at));
        }
        let latest = written.pop_if(|(number, _)| *number == self.current_version);
        let (_, at): (u64, UnixTime) = latest.ok_or(Reason::BadResponse)?;
        Ok(ListedName {
            name,
            version: Some(self.current_version),
            written: Some(at),
            earlier: written,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_engine_without_details_is_asked_for_them_again_after_an_hour() {
        let mounts = Mounts::new(&BTreeMap::new());
        assert!(mounts.may_list_details("kv"));
        mounts.note_no_details("kv");
        for _ in 0..2 {
            assert!(!mounts.may_list_details("kv"));
            assert!(mounts.may_list_details("other"));
            tokio::time::advance(PLAIN_FOR).await;
            assert!(mounts.may_list_details("kv"));
            mounts.note_no_details("kv");
        }
    }

    #[test]
    fn a_request_is_for_the_folder_or_the_whole_mount() {
        let path = |path, kind: &[&str]| {
            Place::new("a/kv", path, KvVersion::V2, None)
                .list(kind)
                .path
        };
        assert_eq!(path("b/c", &["metadata"]), "a/kv/metadata/b/c");
        assert_eq!(path("", &["metadata"]), "a/kv/metadata");
        assert_eq!(path("", &[]), "a/kv");
    }
}
