//! A Vault or OpenBao server.
//!
//! The endpoint types are those of `vaultrs`; how requests are sent, how we log in and stay logged in, and what
//! answers mean is decided here, in one file each. Foreign errors and everything they quote end here.

mod access;
pub(crate) mod failure;
mod gate;
mod keep;
mod kv;
mod link;
mod login;
mod report;
mod session;
mod transport;

use crate::model::StoreStatus;
use crate::store::settings;
use std::{fmt, time::Duration};

use tokio::{sync::watch, time::Instant};

pub use link::SetupError;

use crate::{
    clock::Clock,
    model::{Failure, Reason, SecretPath, StoreName},
    store::{
        Listing, Secret,
        vault::{
            access::Access, kv::Mounts, link::Link, report::Report, session::Session,
            transport::Terms,
        },
    },
};

/// A Vault or OpenBao server.
pub struct Vault {
    access: Access,
    mounts: Mounts,
}

impl Vault {
    /// The store that `settings` describe; `timeout` bounds each read, and the login it may need. Reads
    /// certificate files; nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`SetupError`] if certificates or the namespace cannot be used.
    pub fn new(
        name: StoreName,
        settings: &settings::Vault,
        timeout: Duration,
        clock: Clock,
    ) -> Result<Self, SetupError> {
        let link = Link::new(settings.clone(), timeout, clock.clone())?;
        let report = Report::new(name, clock);
        Ok(Self {
            access: Access::new(link, report, settings.auth.clone(), timeout),
            mounts: Mounts::new(&settings.mounts),
        })
    }

    /// Keeps our login alive for as long as the future is polled: renews the token at two thirds of its life, logs in
    /// anew where it cannot be renewed. Reads work without it, each logging in when it must.
    pub async fn keep_login(&self) {
        keep::keep(&self.access).await;
    }

    /// Ends our login for good: a token that our own login obtained is revoked, as far as two seconds suffice.
    /// A token out of a token file is left alone. Reads fail from now on.
    pub async fn log_out(&self) {
        self.access.log_out().await;
    }

    /// Reads one secret.
    ///
    /// # Errors
    ///
    /// Why it could not be read.
    pub async fn read(&self, path: &SecretPath) -> Result<Secret, Failure> {
        let deadline = Instant::now() + self.access.timeout;
        let outcome = self.read_until(path, deadline).await;
        let problem = outcome.as_ref().err().map(|failure| failure.reason);
        self.access.report.contact(problem);
        outcome
    }

    /// Lists one folder, which may be a whole mount.
    ///
    /// # Errors
    ///
    /// Why it could not be listed.
    pub async fn list(&self, folder: &SecretPath) -> Result<Listing, Failure> {
        let deadline = Instant::now() + self.access.timeout;
        let outcome = self.list_until(folder, deadline).await;
        let problem = outcome.as_ref().err().map(|failure| failure.reason);
        self.access.report.contact(problem);
        outcome
    }

    /// What is known about our own login.
    pub fn status(&self) -> watch::Receiver<StoreStatus> {
        self.access.report.subscribe()
    }

    async fn read_until(&self, path: &SecretPath, deadline: Instant) -> Result<Secret, Failure> {
        let session = self.access.session(deadline).await?;
        let first = self.read_as(&session, path, deadline).await;
        if !is_denied(&first) {
            return first;
        }
        let Some(other) = self.access.refused(&session, deadline).await? else {
            return first;
        };
        let second = self.read_as(&other, path, deadline).await;
        if is_denied(&second) {
            self.access.confirm(&other, deadline).await?;
        }
        second
    }

    async fn list_until(&self, path: &SecretPath, deadline: Instant) -> Result<Listing, Failure> {
        let session = self.access.session(deadline).await?;
        let first = self.list_as(&session, path, deadline).await;
        if !is_denied(&first) {
            return first;
        }
        let Some(other) = self.access.refused(&session, deadline).await? else {
            return first;
        };
        let second = self.list_as(&other, path, deadline).await;
        if is_denied(&second) {
            self.access.confirm(&other, deadline).await?;
        }
        second
    }

    async fn read_as(
        &self,
        session: &Session,
        path: &SecretPath,
        deadline: Instant,
    ) -> Result<Secret, Failure> {
        let terms = Terms {
            token: Some(&session.token),
            deadline,
        };
        self.mounts.read(&self.access.link, path, terms).await
    }

    async fn list_as(
        &self,
        session: &Session,
        folder: &SecretPath,
        deadline: Instant,
    ) -> Result<Listing, Failure> {
        let terms = Terms {
            token: Some(&session.token),
            deadline,
        };
        self.mounts.list(&self.access.link, folder, terms).await
    }
}

fn is_denied<T>(outcome: &Result<T, Failure>) -> bool {
    matches!(outcome, Err(failure) if failure.reason == Reason::Denied)
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault")
            .field("name", self.access.report.name())
            .field("status", &*self.status().borrow())
            .finish_non_exhaustive()
    }
}
