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
        self.ask(ReadOf(path)).await
    }

    /// Lists one folder, which may be a whole mount.
    ///
    /// # Errors
    ///
    /// Why it could not be listed.
    pub async fn list(&self, folder: &SecretPath) -> Result<Listing, Failure> {
        self.ask(ListOf(folder)).await
    }

    /// What is known about our own login.
    pub fn status(&self) -> watch::Receiver<StoreStatus> {
        self.access.report.subscribe()
    }

    async fn ask<A: Ask>(&self, what: A) -> Result<A::Answer, Failure> {
        let deadline = Instant::now() + self.access.timeout;
        let outcome = self.ask_until(what, deadline).await;
        let problem = outcome.as_ref().err().map(|failure| failure.reason);
        self.access.report.contact(problem);
        outcome
    }

    async fn ask_until<A: Ask>(&self, what: A, deadline: Instant) -> Result<A::Answer, Failure> {
        let session = self.access.session(deadline).await?;
        let first = self.ask_as(&session, &what, deadline).await;
        if !is_denied(&first) {
            return first;
        }
        let Some(other) = self.access.refused(&session, deadline).await? else {
            return first;
        };
        let second = self.ask_as(&other, &what, deadline).await;
        if is_denied(&second) {
            self.access.confirm(&other, deadline).await?;
        }
        second
    }

    async fn ask_as<A: Ask>(
        &self,
        session: &Session,
        what: &A,
        deadline: Instant,
    ) -> Result<A::Answer, Failure> {
        let terms = Terms {
            token: Some(&session.token),
            deadline,
        };
        what.ask(&self.mounts, &self.access.link, terms).await
    }
}

/// A question that needs our token, and may have to be asked again with another.
trait Ask: Sync {
    type Answer: Send;

    fn ask(
        &self,
        mounts: &Mounts,
        link: &Link,
        terms: Terms<'_>,
    ) -> impl Future<Output = Result<Self::Answer, Failure>> + Send;
}

struct ReadOf<'a>(&'a SecretPath);

struct ListOf<'a>(&'a SecretPath);

impl Ask for ReadOf<'_> {
    type Answer = Secret;

    async fn ask(&self, mounts: &Mounts, link: &Link, terms: Terms<'_>) -> Result<Secret, Failure> {
        mounts.read(link, self.0, terms).await
    }
}

impl Ask for ListOf<'_> {
    type Answer = Listing;

    async fn ask(
        &self,
        mounts: &Mounts,
        link: &Link,
        terms: Terms<'_>,
    ) -> Result<Listing, Failure> {
        mounts.list(link, self.0, terms).await
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
