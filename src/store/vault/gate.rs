//! When a login may be tried: not too often, and at once when the credentials have changed.

use std::time::Duration;

use tokio::time::Instant;

use crate::{
    model::{Failure, Reason},
    store::settings::Auth,
    store::vault::login::Credentials,
};

/// How long the first failed login is remembered; each one after it twice as long.
const FIRST_WAIT: Duration = Duration::from_secs(2);

/// How long a failed login is remembered at most: well within one poll interval.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// How often files are looked at for new credentials, at most.
const LOOK: Duration = Duration::from_secs(1);

/// How long the server's word that a token lives is trusted, when reads are refused.
const TRUST: Duration = Duration::from_secs(5);

/// What is remembered from login to login.
#[derive(Default)]
pub(super) struct Gate {
    serial: u64,
    failed: Option<Failed>,
    /// The credentials of the latest attempt; `None` if there were none.
    fingerprint: Option<u64>,
    looked: Option<Instant>,
    alive: Option<(u64, Instant)>,
    lookup_denied: bool,
}

struct Failed {
    failure: Failure,
    until: Instant,
    wait: Duration,
}

impl Gate {
    /// Whether a login may be tried now.
    ///
    /// # Errors
    ///
    /// The reason of the latest failure while it is remembered, unless there are new credentials.
    pub(super) async fn admit(&mut self, auth: &Auth) -> Result<(), Failure> {
        let Some(failed) = &self.failed else {
            return Ok(());
        };
        let (failure, until) = (failed.failure, failed.until);
        if Instant::now() >= until || self.has_new_credentials(auth).await {
            Ok(())
        } else {
            Err(failure)
        }
    }

    /// Whether the files hold other credentials than at the latest attempt. Files that hold none do not count.
    pub(super) async fn has_new_credentials(&mut self, auth: &Auth) -> bool {
        if self.looked.is_some_and(|at| at.elapsed() < LOOK) {
            return false;
        }
        self.looked = Some(Instant::now());
        let now = Credentials::read(auth).await.ok();
        now.is_some_and(|credentials| Some(credentials.fingerprint()) != self.fingerprint)
    }

    /// The credentials for one attempt.
    pub(super) async fn credentials<'a>(
        &mut self,
        auth: &'a Auth,
    ) -> Result<Credentials<'a>, Reason> {
        self.looked = Some(Instant::now());
        self.fingerprint = None;
        let credentials = Credentials::read(auth).await?;
        self.fingerprint = Some(credentials.fingerprint());
        Ok(credentials)
    }

    /// A login worked; says whether the one before did not.
    pub(super) fn note_success(&mut self) -> bool {
        self.failed.take().is_some()
    }

    /// A login failed; says whether that is news.
    pub(super) fn note_failure(&mut self, failure: Failure) -> bool {
        let before = self.failed.take();
        let wait = match &before {
            Some(failed) => (failed.wait * 2).min(LONGEST_WAIT),
            None => FIRST_WAIT,
        };
        let asked = failure.retry_after.unwrap_or_default().min(LONGEST_WAIT);
        self.failed = Some(Failed {
            failure,
            until: Instant::now() + wait.max(asked),
            wait,
        });
        before.is_none_or(|failed| failed.failure.reason != failure.reason)
    }

    /// When the next login may be tried; `None`: now.
    pub(super) fn next_attempt(&self) -> Option<Instant> {
        self.failed.as_ref().map(|failed| failed.until)
    }

    /// Whether the server said a moment ago that the token of this session lives.
    pub(super) fn is_known_alive(&self, serial: u64) -> bool {
        self.alive
            .is_some_and(|(alive, at)| alive == serial && at.elapsed() < TRUST)
    }

    /// The server said that the token of this session lives.
    pub(super) fn note_alive(&mut self, serial: u64) {
        self.lookup_denied = false;
        self.alive = Some((serial, Instant::now()));
    }

    /// Whether we may not ask about our own token.
    pub(super) fn lookup_is_denied(&self) -> bool {
        self.lookup_denied
    }

    /// We may not ask about our own token; says whether that is news.
    pub(super) fn note_lookup_denied(&mut self) -> bool {
        !std::mem::replace(&mut self.lookup_denied, true)
    }

    /// A number for the next session.
    pub(super) fn next_serial(&mut self) -> u64 {
        self.serial = self.serial.saturating_add(1);
        self.serial
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nobody() -> Auth {
        Auth::Token {
            file: "/nonexistent/token".into(),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_failed_login_is_remembered_longer_each_time_up_to_half_a_minute() {
        let mut gate = Gate::default();
        let mut waits = Vec::new();
        for _ in 0..6 {
            gate.note_failure(Reason::Sealed.into());
            let until = gate.next_attempt().unwrap();
            waits.push((until - Instant::now()).as_secs());
        }
        assert_eq!(waits, [2, 4, 8, 16, 30, 30]);
    }

    #[tokio::test(start_paused = true)]
    async fn while_a_failure_is_remembered_nobody_is_admitted_and_afterwards_somebody_is() {
        let mut gate = Gate::default();
        gate.note_failure(Reason::Sealed.into());
        let refused = gate.admit(&nobody()).await.map_err(|f| f.reason);
        assert_eq!(refused, Err(Reason::Sealed));
        tokio::time::advance(FIRST_WAIT).await;
        assert_eq!(gate.admit(&nobody()).await, Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_asks_for_patience_gets_it_within_bounds() {
        let mut gate = Gate::default();
        gate.note_failure(Failure {
            reason: Reason::RateLimited,
            retry_after: Some(Duration::from_secs(86_400)),
        });
        assert_eq!(gate.next_attempt(), Some(Instant::now() + LONGEST_WAIT));
    }

    #[tokio::test(start_paused = true)]
    async fn only_a_first_failure_and_another_reason_are_news() {
        let mut gate = Gate::default();
        assert!(gate.note_failure(Reason::Sealed.into()));
        assert!(!gate.note_failure(Reason::Sealed.into()));
        assert!(gate.note_failure(Reason::Timeout.into()));
        assert!(gate.note_success(), "it failed before");
        assert!(!gate.note_success());
    }
}
