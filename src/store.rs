//! Where secrets are read: Vault or OpenBao servers, and directories of files.
//!
//! In: a path. Out: a [`Secret`], or the [`Failure`] that says why not. Foreign errors end here.

pub mod files;
pub mod vault;

use std::{collections::BTreeMap, sync::Arc};

use tokio::sync::watch;

use crate::{
    model::{Expiry, Failure, Reason, SecretPath, StoreName, UnixTime},
    secret::SecretDocument,
};

/// What lies at a path, and what the store says about it.
#[derive(Debug)]
pub struct Secret {
    /// The content.
    pub content: SecretDocument,
    /// Its version, where the store keeps versions (KV v2).
    pub version: Option<u64>,
    /// When this version was written, where the store knows (KV v2).
    pub written: Option<UnixTime>,
}

/// What is known about our own access to a store.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StoreStatus {
    /// Whether the latest contact worked; `None` before the first.
    pub up: Option<bool>,
    /// Why it did not.
    pub reason: Option<Reason>,
    /// When our own token expires; `None` while we have none, or where stores need none.
    pub token_expiry: Option<Expiry>,
    /// Logins that worked since the start; `None` where stores need no login.
    pub logins: Option<u64>,
    /// Logins that failed since the start; `None` where stores need no login.
    pub login_failures: Option<u64>,
}

/// One store.
pub enum Store {
    /// A Vault or OpenBao server.
    Vault(vault::Vault),
    /// A directory of JSON files.
    Files(files::Directory),
}

/// Every configured store, by name.
pub type Stores = BTreeMap<StoreName, Arc<Store>>;

impl Store {
    /// Reads the secret at `path`.
    ///
    /// # Errors
    ///
    /// The reason why it could not be read, and how long the server asked us to wait.
    pub async fn read(&self, path: &SecretPath) -> Result<Secret, Failure> {
        match self {
            Self::Vault(vault) => vault.read(path).await,
            Self::Files(directory) => directory.read(path).await,
        }
    }

    /// What is known about our access; the receiver wakes at each change.
    pub fn status(&self) -> watch::Receiver<StoreStatus> {
        match self {
            Self::Vault(vault) => vault.status(),
            Self::Files(directory) => directory.status(),
        }
    }
}
