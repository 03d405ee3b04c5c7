//! A directory of JSON files, one a secret.

use tokio::sync::watch;

use crate::{
    config,
    model::{Failure, Reason, SecretPath},
    store::{Secret, StoreStatus},
};

/// A directory of JSON files.
pub struct Directory {
    status: watch::Sender<StoreStatus>,
}

impl Directory {
    /// The store that `settings` describe.
    pub fn new(_settings: &config::Files) -> Self {
        Self {
            status: watch::Sender::default(),
        }
    }

    /// Reads one file.
    ///
    /// # Errors
    ///
    /// Why it could not be read.
    #[expect(clippy::unused_async, reason = "skeleton")]
    pub async fn read(&self, _path: &SecretPath) -> Result<Secret, Failure> {
        Err(Reason::Internal.into())
    }

    /// Whether the directory could be read.
    pub fn status(&self) -> watch::Receiver<StoreStatus> {
        self.status.subscribe()
    }
}
