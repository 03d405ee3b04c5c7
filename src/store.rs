//! Where secrets are read: Vault or OpenBao servers, and directories of files.
//!
//! In: a path. Out: a [`Secret`] or a [`Listing`], or the [`Failure`] that says why not. Foreign errors end here.

pub mod files;
mod listing;
pub(crate) mod regular;
pub mod settings;
pub mod vault;

use crate::model::StoreStatus;
use std::{collections::BTreeMap, sync::Arc, time::Duration};

use tokio::sync::watch;

pub use listing::{ListedName, Listing};
pub use vault::SetupError;

use crate::{
    clock::Clock,
    model::{Failure, SecretPath, StoreName, UnixTime},
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

/// One store.
#[derive(Debug)]
pub enum Store {
    /// A Vault or OpenBao server.
    Vault(Box<vault::Vault>),
    /// A directory of JSON files.
    Files(files::Directory),
}

/// Every configured store, by name.
pub type Stores = BTreeMap<StoreName, Arc<Store>>;

impl Store {
    /// The store that `settings` describe; `timeout` bounds each read. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`SetupError`] if its certificates cannot be used.
    pub fn build(
        name: StoreName,
        settings: &settings::Store,
        timeout: Duration,
        clock: Clock,
    ) -> Result<Self, SetupError> {
        match settings {
            settings::Store::Vault(settings) => vault::Vault::new(name, settings, timeout, clock)
                .map(|vault| Self::Vault(Box::new(vault))),
            settings::Store::Files(settings) => Ok(Self::Files(files::Directory::new(settings))),
        }
    }

    /// Keeps our login alive for as long as the future is polled. Reads work without it. Never ends; for a
    /// directory it does nothing.
    pub async fn keep_login(&self) {
        match self {
            Self::Vault(vault) => vault.keep_login().await,
            Self::Files(_) => std::future::pending().await,
        }
    }

    /// Ends our login for good and revokes the token it obtained, within two seconds. Reads fail from then on;
    /// for a directory it does nothing.
    pub async fn log_out(&self) {
        match self {
            Self::Vault(vault) => vault.log_out().await,
            Self::Files(_) => {}
        }
    }

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

    /// Lists what lies in a folder, without reading any of it.
    ///
    /// # Errors
    ///
    /// The reason why it could not be listed, and how long the server asked us to wait. [`Reason::NotFound`](crate::model::Reason::NotFound) for a folder
    /// that is missing or empty: stores do not tell one from the other.
    pub async fn list(&self, folder: &SecretPath) -> Result<Listing, Failure> {
        match self {
            Self::Vault(vault) => vault.list(folder).await,
            Self::Files(directory) => directory.list(folder).await,
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
