//! A directory of JSON files, one a secret, as Vault Agent, the Secrets Store CSI driver and synchronised
//! Kubernetes Secrets write them.
//!
//! Symbolic links are followed on purpose: Kubernetes swaps a mounted Secret by pointing the link `..data`
//! elsewhere. Files are read anew each time, because such a swap does not show in their times.

mod listing;

use crate::model::StoreStatus;
use crate::store::settings;
use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use serde_json::{Map, Value};
use tokio::{sync::watch, task::spawn_blocking};

use crate::{
    model::{Failure, Reason, SecretPath},
    secret::SecretDocument,
    store::{Listing, Secret, regular},
};

/// No secret is larger, in bytes: one mebibyte, as the API server of Kubernetes bounds a Secret.
const MOST_BYTES: usize = 1024 * 1024;

/// No secret has more keys, each a file of its own.
const MOST_KEYS: usize = 1024;

/// How long a writer that does not replace its files as a whole is given to finish.
const PATIENCE: Duration = Duration::from_millis(50);

/// A directory of JSON files.
#[derive(Debug)]
pub struct Directory {
    directory: PathBuf,
    status: watch::Sender<StoreStatus>,
}

impl Directory {
    /// The store that `settings` describe.
    pub fn new(settings: &settings::Files) -> Self {
        Self {
            directory: settings.directory.clone(),
            status: watch::Sender::default(),
        }
    }

    /// Reads one secret: the JSON file at `path` or at `path` with `.json` behind it, or, where `path` is a
    /// directory, the plain files in it, each a key with its text. A file caught half-written is read once more.
    ///
    /// # Errors
    ///
    /// [`Reason::NotFound`], [`Reason::Denied`], [`Reason::TooLarge`] beyond one mebibyte;
    /// [`Reason::BadResponse`] for what is no JSON, no UTF-8 or no regular file; [`Reason::Unreachable`] if the
    /// directory of the store is missing.
    pub async fn read(&self, path: &SecretPath) -> Result<Secret, Failure> {
        let mut outcome = self.look(path).await;
        if matches!(outcome, Err(Reason::BadResponse)) {
            tokio::time::sleep(PATIENCE).await;
            outcome = self.look(path).await;
        }
        self.report(outcome.as_ref().err().copied());
        let content = SecretDocument::new(outcome?);
        Ok(Secret {
            content,
            version: None,
            written: None,
        })
    }

    /// Lists a folder: each file `NAME.json` is the secret `NAME`, and so is each directory `NAME` that holds files without
    /// that suffix, which are its keys. Other directories are folders; other files, and all whose name begins with a dot,
    /// are left out. There are no dates: those of files are the dates of whoever synchronises them.
    ///
    /// # Errors
    ///
    /// [`Reason::NotFound`] if the folder is missing or there is nothing in it, [`Reason::Denied`];
    /// [`Reason::Unreachable`] if the directory of the store is missing.
    pub async fn list(&self, folder: &SecretPath) -> Result<Listing, Failure> {
        let (directory, folder) = (self.directory.clone(), folder.clone());
        let outcome = spawn_blocking(move || listing::list(&directory, &folder))
            .await
            .unwrap_or(Err(Reason::Internal));
        self.report(outcome.as_ref().err().copied());
        Ok(outcome?)
    }

    /// Whether the directory could be read.
    pub fn status(&self) -> watch::Receiver<StoreStatus> {
        self.status.subscribe()
    }

    async fn look(&self, path: &SecretPath) -> Result<Value, Reason> {
        let (directory, path) = (self.directory.clone(), path.clone());
        spawn_blocking(move || look(&directory, &path))
            .await
            .unwrap_or(Err(Reason::Internal))
    }

    fn report(&self, problem: Option<Reason>) {
        let reason = problem.filter(|reason| reason.is_about_the_store());
        let now = StoreStatus {
            up: Some(reason.is_none()),
            reason,
            ..StoreStatus::default()
        };
        self.status
            .send_if_modified(|status| std::mem::replace(status, now.clone()) != now);
    }
}

fn look(directory: &Path, path: &SecretPath) -> Result<Value, Reason> {
    // No segment is `..`, so this stays below the directory, but for links that somebody made on purpose.
    let plain = directory.join(path.as_str());
    let found = match one(&plain) {
        Err(Reason::NotFound) => one(&with_suffix(&plain)),
        found => found,
    };
    match found {
        Err(Reason::NotFound) if !directory.is_dir() => Err(Reason::Unreachable),
        found => found,
    }
}

fn with_suffix(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".json");
    PathBuf::from(name)
}

fn one(path: &Path) -> Result<Value, Reason> {
    if std::fs::metadata(path).map_err(regular::reason)?.is_dir() {
        return keys(path);
    }
    let bytes = regular::read(path, MOST_BYTES)?;
    // The parser's own error can quote the file.
    serde_json::from_slice(&bytes).map_err(|_| Reason::BadResponse)
}

/// A mounted Secret whose keys are files of their own. The names that begin with `..` are how Kubernetes
/// swaps them.
fn keys(directory: &Path) -> Result<Value, Reason> {
    let mut object = Map::new();
    let mut left = MOST_BYTES;
    for entry in std::fs::read_dir(directory).map_err(regular::reason)? {
        let Some(name) = key_name(entry)? else {
            continue;
        };
        let path = directory.join(&name);
        if std::fs::metadata(&path).map_err(vanished)?.is_dir() {
            continue;
        }
        let text = String::from_utf8(regular::read(&path, left)?);
        let text = text.map_err(|_| Reason::BadResponse)?;
        left = left.saturating_sub(text.len());
        object.insert(name, Value::String(text));
        if object.len() > MOST_KEYS {
            return Err(Reason::TooLarge);
        }
    }
    Ok(Value::Object(object))
}

fn key_name(entry: io::Result<std::fs::DirEntry>) -> Result<Option<String>, Reason> {
    let name = entry.map_err(regular::reason)?.file_name();
    let name = name.into_string().map_err(|_| Reason::BadResponse)?;
    Ok(Some(name).filter(|name| !name.starts_with("..")))
}

/// A key that was listed a moment ago is gone: the Secret is being swapped, look again.
fn vanished(error: io::Error) -> Reason {
    match regular::reason(error) {
        Reason::NotFound => Reason::BadResponse,
        other => other,
    }
}
