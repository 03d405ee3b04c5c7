//! Our login to a realm: one at a time, shared, and one a lifetime of a token.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use reqwest::Url;
use tokio::{
    sync::{Mutex, MutexGuard},
    time::{Instant, timeout_at},
};

use crate::{
    keycloak::{
        credentials::Credentials,
        grant::{self, Granted},
        link::Link,
    },
    model::{Failure, Reason},
    secret::SecretText,
};

/// Our access to one realm.
pub(super) struct Access {
    url: Url,
    credentials: Credentials,
    /// Guards logins: whoever holds it is the only one to log in.
    gate: Mutex<Gate>,
    /// How many logins came to an end.
    attempts: AtomicU64,
}

#[derive(Default)]
struct Gate {
    session: Option<Session>,
    /// Why the latest login failed, if it did.
    failure: Option<Failure>,
    serial: u64,
}

/// A token, and until when it is used.
#[derive(Clone)]
struct Session {
    serial: u64,
    token: Arc<SecretText>,
    end: Instant,
}

/// A token to ask with.
pub(super) struct Pass {
    pub(super) token: Arc<SecretText>,
    /// Whether it was obtained for an earlier question, and may have died since.
    pub(super) is_reused: bool,
    serial: u64,
}

impl Access {
    /// Nothing is sent yet; logins go to `url`.
    pub(super) fn new(url: Url, credentials: Credentials) -> Self {
        Self {
            url,
            credentials,
            gate: Mutex::default(),
            attempts: AtomicU64::new(0),
        }
    }

    /// A token that lives, by all we know; logs in if there is none. Whoever waited while another's login failed is told the
    /// same, and does not knock again.
    pub(super) async fn pass(&self, link: &Link, deadline: Instant) -> Result<Pass, Failure> {
        let before = self.attempts.load(Ordering::SeqCst);
        let mut gate = self.gate(deadline).await?;
        if let Some(session) = gate.living() {
            return Ok(session.pass(true));
        }
        let has_just_failed = self.attempts.load(Ordering::SeqCst) != before;
        if let (true, Some(failure)) = (has_just_failed, gate.failure) {
            return Err(failure);
        }
        let login = grant::log_in(link, &self.url, &self.credentials, deadline);
        let outcome = timeout_at(deadline, login).await;
        self.attempts.fetch_add(1, Ordering::SeqCst);
        gate.note(outcome.unwrap_or_else(|_| Err(Reason::Timeout.into())))
    }

    /// Forgets a token that the server no longer takes.
    pub(super) async fn forget(&self, pass: &Pass, deadline: Instant) -> Result<(), Failure> {
        let mut gate = self.gate(deadline).await?;
        gate.session = gate
            .session
            .take()
            .filter(|session| session.serial != pass.serial);
        Ok(())
    }

    async fn gate(&self, deadline: Instant) -> Result<MutexGuard<'_, Gate>, Failure> {
        let waited = timeout_at(deadline, self.gate.lock()).await;
        waited.map_err(|_| Reason::Timeout.into())
    }
}

impl Gate {
    fn living(&self) -> Option<&Session> {
        let now = Instant::now();
        self.session.as_ref().filter(|session| now < session.end)
    }

    /// Notes how a login ended.
    fn note(&mut self, outcome: Result<Granted, Failure>) -> Result<Pass, Failure> {
        self.failure = outcome.as_ref().err().copied();
        let granted = outcome?;
        self.serial = self.serial.saturating_add(1);
        let session = Session {
            serial: self.serial,
            token: Arc::new(granted.token),
            end: Instant::now() + granted.life,
        };
        let pass = session.pass(false);
        self.session = Some(session);
        Ok(pass)
    }
}

impl Session {
    fn pass(&self, is_reused: bool) -> Pass {
        Pass {
            token: self.token.clone(),
            is_reused,
            serial: self.serial,
        }
    }
}
