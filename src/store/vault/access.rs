//! Who we are to the server: one session at a time, and one login at a time.

use crate::store::settings;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::{Mutex, MutexGuard, watch},
    time::{Instant, timeout_at},
};

use crate::{
    model::{Failure, Reason},
    secret::SecretText,
    store::vault::{
        gate::Gate,
        link::Link,
        login::{self, Granted, Lease, RevokeSelf},
        report::Report,
        session::Session,
        transport::Terms,
    },
};

/// A token younger than this is not replaced on suspicion, where we may not ask about it.
const YOUNG: Duration = Duration::from_secs(60);

/// How long a farewell may take.
const FAREWELL: Duration = Duration::from_secs(2);

/// Our access to one server.
pub(super) struct Access {
    pub(super) link: Link,
    pub(super) report: Report,
    pub(super) timeout: Duration,
    auth: settings::Auth,
    current: watch::Sender<Option<Arc<Session>>>,
    /// Guards logins: whoever holds it is the only one to log in or to look a token up.
    gate: Mutex<Gate>,
    /// Set at the farewell, which does not wait for a login that is under way.
    closed: AtomicBool,
}

impl Access {
    pub(super) fn new(link: Link, report: Report, auth: settings::Auth, timeout: Duration) -> Self {
        Self {
            link,
            report,
            timeout,
            auth,
            current: watch::Sender::new(None),
            gate: Mutex::default(),
            closed: AtomicBool::new(false),
        }
    }

    /// A session that lives, by all we know; logs in if there is none.
    pub(super) async fn session(&self, deadline: Instant) -> Result<Arc<Session>, Failure> {
        if let Some(session) = self.living()
            && session.ours
        {
            return Ok(session);
        }
        let mut gate = self.gate(deadline).await?;
        match self.living() {
            Some(session) if session.ours => Ok(session),
            Some(given) => Ok(self.newest(&mut gate, given, deadline).await),
            None => self.log_in(&mut gate, deadline).await,
        }
    }

    /// The token that its file holds now, or the one we have, while that works.
    async fn newest(
        &self,
        gate: &mut Gate,
        given: Arc<Session>,
        deadline: Instant,
    ) -> Arc<Session> {
        if !gate.has_new_credentials(&self.auth).await {
            return given;
        }
        self.log_in(gate, deadline).await.unwrap_or(given)
    }

    /// Finds out what a refused read means: another session to try with, or `None` for a policy that does
    /// not allow it.
    pub(super) async fn refused(
        &self,
        used: &Session,
        deadline: Instant,
    ) -> Result<Option<Arc<Session>>, Failure> {
        let mut gate = self.gate(deadline).await?;
        if let Some(other) = self.living().filter(|now| now.serial != used.serial) {
            return Ok(Some(other));
        }
        if gate.is_known_alive(used.serial)
            || gate.lookup_is_denied() && used.since.elapsed() < YOUNG
        {
            return Ok(None);
        }
        match login::look_up(&self.link, &used.token, deadline).await {
            Ok(_) => {
                gate.note_alive(used.serial);
                Ok(None)
            }
            Err(failure) if failure.reason == Reason::Denied => {
                self.drop_session(used.serial);
                self.log_in(&mut gate, deadline).await.map(Some)
            }
            Err(failure) => Err(failure),
        }
    }

    /// A token fresh from a login is refused, too. If we may not even ask about it, suspicion must not end in
    /// one login for each read.
    pub(super) async fn confirm(&self, fresh: &Session, deadline: Instant) -> Result<(), Failure> {
        let mut gate = self.gate(deadline).await?;
        if gate.is_known_alive(fresh.serial) || gate.lookup_is_denied() {
            return Ok(());
        }
        match login::look_up(&self.link, &fresh.token, deadline).await {
            Ok(_) => gate.note_alive(fresh.serial),
            Err(failure) if failure.reason == Reason::Denied => {
                if gate.note_lookup_denied() {
                    self.report.cannot_look_up();
                }
            }
            Err(failure) => return Err(failure),
        }
        Ok(())
    }

    /// Logs in anew although `old` may still live, and revokes it then.
    pub(super) async fn replace(&self, old: &Session, deadline: Instant) -> Result<(), Failure> {
        let mut gate = self.gate(deadline).await?;
        if self.living().is_some_and(|now| now.serial != old.serial) {
            return Ok(());
        }
        self.log_in(&mut gate, deadline).await?;
        drop(gate);
        self.revoke(old).await;
        Ok(())
    }

    /// Prolongs a session.
    pub(super) async fn renew(
        &self,
        session: &Session,
        deadline: Instant,
    ) -> Result<Lease, Failure> {
        let terms = Terms {
            token: Some(&session.token),
            deadline,
        };
        login::renew(&self.link, terms).await
    }

    /// Notes what a renewal gave.
    pub(super) async fn renewed(&self, old: &Session, lease: Lease, deadline: Instant) {
        let Ok(mut gate) = self.gate(deadline).await else {
            return;
        };
        if self.living().is_some_and(|now| now.serial == old.serial) {
            self.install(&mut gate, old.token.clone(), lease);
            self.report.renewed(lease);
        }
    }

    /// Forgets a session that turned out to be dead.
    pub(super) fn drop_session(&self, serial: u64) {
        let dropped = self.current.send_if_modified(|current| {
            let is_it = current.as_ref().is_some_and(|now| now.serial == serial);
            if is_it {
                *current = None;
            }
            is_it
        });
        if dropped {
            self.report.lost_token();
        }
    }

    /// Wakes at each change of the session.
    pub(super) fn changes(&self) -> watch::Receiver<Option<Arc<Session>>> {
        self.current.subscribe()
    }

    /// When the next login may be tried, after one that failed.
    pub(super) async fn next_attempt(&self) -> Option<Instant> {
        self.gate.lock().await.next_attempt()
    }

    /// Ends the session for good, and revokes its token if our own login obtained it.
    pub(super) async fn log_out(&self) {
        self.closed.store(true, Ordering::SeqCst);
        if let Some(session) = self.current.send_replace(None) {
            self.report.lost_token();
            self.revoke(&session).await;
        }
    }

    async fn revoke(&self, session: &Session) {
        if !session.ours {
            return;
        }
        let terms = Terms {
            token: Some(&session.token),
            deadline: Instant::now() + FAREWELL.min(self.timeout),
        };
        // At worst the token dies at its own end.
        drop(self.link.ask(&RevokeSelf {}, terms).await);
    }

    async fn log_in(&self, gate: &mut Gate, deadline: Instant) -> Result<Arc<Session>, Failure> {
        self.is_open()?;
        gate.admit(&self.auth).await?;
        self.link.refresh().await;
        match self.try_log_in(gate, deadline).await {
            Ok(granted) => {
                let session = self.install(gate, Arc::new(granted.token), granted.lease);
                self.report.logged_in(granted.lease, gate.note_success());
                self.stay(session).await
            }
            Err(failure) => {
                let news = gate.note_failure(failure);
                self.report.login_failed(failure, news);
                Err(failure)
            }
        }
    }

    /// The session of a login, unless the farewell came while it was under way.
    async fn stay(&self, session: Arc<Session>) -> Result<Arc<Session>, Failure> {
        if let Err(closed) = self.is_open() {
            self.log_out().await;
            return Err(closed);
        }
        Ok(session)
    }

    fn is_open(&self) -> Result<(), Failure> {
        if self.closed.load(Ordering::SeqCst) {
            return Err(Reason::Unauthenticated.into());
        }
        Ok(())
    }

    async fn try_log_in(&self, gate: &mut Gate, deadline: Instant) -> Result<Granted, Failure> {
        let credentials = gate.credentials(&self.auth).await?;
        let terms = Terms {
            token: None,
            deadline,
        };
        credentials.log_in(&self.link, terms).await
    }

    fn install(&self, gate: &mut Gate, token: Arc<SecretText>, lease: Lease) -> Arc<Session> {
        let session = Arc::new(Session {
            serial: gate.next_serial(),
            token,
            since: Instant::now(),
            lease,
            ours: !matches!(self.auth, settings::Auth::Token { .. }),
        });
        self.current.send_replace(Some(session.clone()));
        session
    }

    fn living(&self) -> Option<Arc<Session>> {
        let current = self.current.borrow().clone();
        current.filter(|session| session.lives(Instant::now()))
    }

    async fn gate(&self, deadline: Instant) -> Result<MutexGuard<'_, Gate>, Failure> {
        let waited = timeout_at(deadline, self.gate.lock()).await;
        waited.map_err(|_| Reason::Timeout.into())
    }
}
