//! Reads of the key-value engines, versions 1 and 2; how they are listed stands in [`listing`].
//!
//! Source of what the answers mean: <https://openbao.org/api-docs/secret/kv/>, and what OpenBao was observed to say.

mod listing;

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use rustify_derive::Endpoint;
use serde::Deserialize;
use serde_json::Value;
use tokio::time::Instant;
use vaultrs::api::{
    kv1::requests::GetSecretRequest,
    kv2::{requests::ReadSecretRequest, responses::ReadSecretResponse},
};

use crate::{
    model::{Failure, Reason, SecretPath, UnixTime},
    secret::SecretDocument,
    store::settings::KvVersion,
    store::{
        Secret,
        vault::{
            link::Link,
            transport::{Answer, Terms},
        },
    },
};

/// How long a found version is trusted when a secret is missing: a version-2 read on an engine of version 1
/// looks just like a missing secret.
const TRUST: Duration = Duration::from_secs(60);

/// Where the key-value engines are mounted, as far as we know.
pub(super) struct Mounts {
    /// What the configuration states.
    stated: BTreeMap<String, KvVersion>,
    /// Guards what the server told us; never held while waiting.
    found: Mutex<BTreeMap<String, Found>>,
    /// Guards which engines do not list details, and since when we know; never held while waiting.
    undetailed: Mutex<BTreeMap<String, Instant>>,
}

#[derive(Clone, Copy)]
struct Found {
    version: KvVersion,
    at: Instant,
}

/// A path, taken apart.
struct Place {
    mount: String,
    path: String,
    version: KvVersion,
    /// When the server told us the version; `None` if the configuration did.
    found: Option<Instant>,
}

/// Tells the mount of a path to every token that may read below it. Undocumented, used by `vault kv`
/// itself: <https://github.com/openbao/openbao/blob/main/command/kv_helpers.go>.
#[derive(Debug, Endpoint)]
#[endpoint(path = "sys/internal/ui/mounts/{self.path}")]
struct MountOf {
    #[endpoint(skip)]
    path: String,
}

#[derive(Deserialize)]
struct MountInfo {
    path: String,
    #[serde(rename = "type")]
    kind: String,
    /// Null for an engine that was mounted without options.
    options: Option<BTreeMap<String, String>>,
}

/// Why there is no secret.
enum Miss {
    /// The engine is of another version.
    OtherVersion,
    Failed(Failure),
}

impl<F: Into<Failure>> From<F> for Miss {
    fn from(failure: F) -> Self {
        Self::Failed(failure.into())
    }
}

impl Mounts {
    /// With what the configuration states.
    pub(super) fn new(stated: &BTreeMap<String, KvVersion>) -> Self {
        let stated = stated
            .iter()
            .map(|(mount, version)| (mount.trim_matches('/').to_owned(), *version));
        Self {
            stated: stated.collect(),
            found: Mutex::default(),
            undetailed: Mutex::default(),
        }
    }

    /// Reads the secret at `path`. [`Reason::Denied`] may also mean that our token is dead.
    pub(super) async fn read(
        &self,
        link: &Link,
        path: &SecretPath,
        terms: Terms<'_>,
    ) -> Result<Secret, Failure> {
        let place = self.place(link, path, Self::known, terms).await?;
        match place.read(link, terms).await {
            Ok(secret) => Ok(secret),
            Err(miss) if place.is_doubtful(&miss) => {
                self.forget(&place.mount);
                let anew = self.place(link, path, Self::known, terms).await?;
                let outcome = anew.read(link, terms).await;
                outcome.map_err(Miss::into_failure)
            }
            Err(miss) => Err(miss.into_failure()),
        }
    }

    async fn place(
        &self,
        link: &Link,
        path: &SecretPath,
        known: impl Fn(&Self, &SecretPath) -> Option<Place>,
        terms: Terms<'_>,
    ) -> Result<Place, Failure> {
        if let Some(known) = known(self, path) {
            return Ok(known);
        }
        let request = MountOf {
            path: path.to_string(),
        };
        let answer = link.ask(&request, terms).await?.success()?;
        let info: MountInfo = answer.data()?.ok_or(Reason::BadResponse)?;
        self.learn(&info)?;
        known(self, path).ok_or_else(|| Reason::BadResponse.into())
    }

    fn known(&self, path: &SecretPath) -> Option<Place> {
        if let Some((mount, rest, version)) = below(&self.stated, path) {
            return Some(Place::new(mount, rest, *version, None));
        }
        let found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        let (mount, rest, found) = below(&found, path)?;
        Some(Place::new(mount, rest, found.version, Some(found.at)))
    }

    fn learn(&self, info: &MountInfo) -> Result<(), Failure> {
        // Reading from another engine could create credentials, and would leave a lease behind.
        if !matches!(info.kind.as_str(), "kv" | "generic") {
            return Err(Reason::NotFound.into());
        }
        let version = info
            .options
            .as_ref()
            .and_then(|options| options.get("version"));
        let version = match version.map(String::as_str) {
            Some("2") => KvVersion::V2,
            _ => KvVersion::V1,
        };
        let at = Instant::now();
        let mount = info.path.trim_matches('/').to_owned();
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        found.insert(mount, Found { version, at });
        Ok(())
    }

    fn forget(&self, mount: &str) {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        found.remove(mount);
    }
}

/// The longest mount that `path` lies below, and the rest of the path.
fn below<'a, T>(
    mounts: &'a BTreeMap<String, T>,
    path: &'a SecretPath,
) -> Option<(&'a str, &'a str, &'a T)> {
    let fits = mounts.iter().filter_map(|(mount, value)| {
        let rest = path
            .as_str()
            .strip_prefix(mount.as_str())?
            .strip_prefix('/')?;
        Some((mount.as_str(), rest, value))
    });
    fits.max_by_key(|(mount, ..)| mount.len())
}

impl Place {
    fn new(mount: &str, path: &str, version: KvVersion, found: Option<Instant>) -> Self {
        Self {
            mount: mount.to_owned(),
            path: path.to_owned(),
            version,
            found,
        }
    }

    async fn read(&self, link: &Link, terms: Terms<'_>) -> Result<Secret, Miss> {
        let (mount, path) = (self.mount.clone(), self.path.clone());
        match self.version {
            KvVersion::V1 => {
                let request = GetSecretRequest { mount, path };
                version_1(link.ask(&request, terms).await?)
            }
            KvVersion::V2 => {
                let version = None;
                let request = ReadSecretRequest {
                    mount,
                    path,
                    version,
                };
                version_2(link.ask(&request, terms).await?)
            }
        }
    }

    /// Whether a miss may come from an engine that is no longer of the version that was found.
    fn is_doubtful(&self, miss: &Miss) -> bool {
        let Some(found) = self.found else {
            return false;
        };
        match miss {
            Miss::OtherVersion => true,
            Miss::Failed(failure) => failure.reason == Reason::NotFound && found.elapsed() >= TRUST,
        }
    }
}

impl Miss {
    fn into_failure(self) -> Failure {
        match self {
            Self::OtherVersion => Reason::NotFound.into(),
            Self::Failed(failure) => failure,
        }
    }
}

fn version_1(answer: Answer) -> Result<Secret, Miss> {
    if answer.status == 404 && answer.says(b"Invalid path for a versioned K/V") {
        return Err(Miss::OtherVersion);
    }
    let content: Option<Value> = answer.success()?.data()?;
    Ok(Secret {
        content: SecretDocument::new(content.unwrap_or_default()),
        version: None,
        written: None,
    })
}

fn version_2(answer: Answer) -> Result<Secret, Miss> {
    // A deleted or destroyed version is told apart from a missing secret by its metadata (observed).
    if answer.status == 404 && matches!(answer.data::<ReadSecretResponse>(), Ok(Some(_))) {
        return Err(Reason::Deleted.into());
    }
    let found: Option<ReadSecretResponse> = answer.success()?.data()?;
    let ReadSecretResponse { data, metadata } = found.ok_or(Reason::BadResponse)?;
    Ok(Secret {
        content: SecretDocument::new(data),
        version: Some(metadata.version),
        written: instant(&metadata.created_time),
    })
}

/// An instant as the server writes it (RFC 3339), without its fraction.
fn instant(text: &str) -> Option<UnixTime> {
    let at = text.parse::<jiff::Timestamp>().ok()?;
    Some(UnixTime::from_seconds(at.as_second()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_mount_wins_and_ends_at_a_slash() {
        let mounts = BTreeMap::from([("a".to_owned(), 1), ("a/b".to_owned(), 2)]);
        let of = |path| {
            let path = SecretPath::new(path).unwrap();
            below(&mounts, &path).map(|(_, rest, value)| (rest.to_owned(), *value))
        };
        assert_eq!(of("a/b/c"), Some(("c".to_owned(), 2)));
        assert_eq!(of("a/bc/d"), Some(("bc/d".to_owned(), 1)));
        assert_eq!(
            of("a/b"),
            Some(("b".to_owned(), 1)),
            "a mount itself is no secret"
        );
        assert_eq!(of("ab/c"), None);
    }
}
