//! A Vault or OpenBao server.

use std::time::Duration;

use tokio::sync::watch;

use crate::{
    config,
    model::{Failure, Reason, SecretPath},
    store::{Secret, StoreStatus},
};

/// A Vault or OpenBao server.
pub struct Vault {
    status: watch::Sender<StoreStatus>,
}

/// Why a store cannot even be built.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {}

impl Vault {
    /// The store that `settings` describe; `timeout` bounds each request. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// If a certificate file cannot be read.
    pub fn new(_settings: &config::Vault, _timeout: Duration) -> Result<Self, SetupError> {
        Ok(Self {
            status: watch::Sender::default(),
        })
    }

    /// Keeps our login alive for as long as the future is polled: renews the token at two thirds of its life, logs in
    /// anew where it cannot be renewed. Reads work without it, each logging in when it must.
    pub async fn keep_login(&self) {
        std::future::pending().await
    }

    /// Reads one secret.
    ///
    /// # Errors
    ///
    /// Why it could not be read.
    #[expect(clippy::unused_async, reason = "skeleton")]
    pub async fn read(&self, _path: &SecretPath) -> Result<Secret, Failure> {
        Err(Reason::Internal.into())
    }

    /// What is known about our own login.
    pub fn status(&self) -> watch::Receiver<StoreStatus> {
        self.status.subscribe()
    }
}
