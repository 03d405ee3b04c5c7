//! What is told about our login: the status, and a line in the log at each turn.

use crate::model::StoreStatus;
use tokio::sync::watch;
use tracing::{info, warn};

use crate::{
    clock::Clock,
    model::{Expiry, Failure, Reason, StoreName, words_for_span},
    store::vault::login::Lease,
};

/// Tells how our login fares.
pub(super) struct Report {
    name: StoreName,
    clock: Clock,
    status: watch::Sender<StoreStatus>,
}

impl Report {
    pub(super) fn new(name: StoreName, clock: Clock) -> Self {
        let status = watch::Sender::new(StoreStatus {
            logins: Some(0),
            login_failures: Some(0),
            ..StoreStatus::default()
        });
        Self {
            name,
            clock,
            status,
        }
    }

    pub(super) fn subscribe(&self) -> watch::Receiver<StoreStatus> {
        self.status.subscribe()
    }

    pub(super) fn name(&self) -> &StoreName {
        &self.name
    }

    /// A login worked; `again` after logins that did not.
    pub(super) fn logged_in(&self, lease: Lease, again: bool) {
        let valid = match lease.life {
            Some(life) => words_for_span(i64::try_from(life.as_secs()).unwrap_or(i64::MAX)),
            None => "ever: prefer one that expires".to_owned(),
        };
        let (store, works_again) = (&self.name, if again { " again" } else { "" });
        info!(%store, "logged in to store `{store}`{works_again}, with a token valid for {valid}");
        self.change(|status| {
            status.logins = status.logins.map(|count| count.saturating_add(1));
            status.token_expiry = Some(self.expiry(lease));
            status.up = Some(true);
            status.reason = None;
        });
    }

    /// A login failed; `news` if the one before did not, or for another reason.
    pub(super) fn login_failed(&self, failure: Failure, news: bool) {
        if news {
            let (store, reason) = (&self.name, failure.reason);
            let advice = reason.advice();
            warn!(%store, %reason, "cannot log in to store `{store}`: {advice}");
        }
        self.change(|status| {
            status.login_failures = status.login_failures.map(|count| count.saturating_add(1));
            status.up = Some(false);
            status.reason = Some(failure.reason);
        });
    }

    /// Our policy lets us read, but not ask about our own token.
    pub(super) fn cannot_look_up(&self) {
        let store = &self.name;
        warn!(
            %store,
            "the policy of store `{store}` does not allow `read` on auth/token/lookup-self, so that a dead token \
             is noticed late: allow it"
        );
    }

    /// The life of our token was prolonged.
    pub(super) fn renewed(&self, lease: Lease) {
        self.change(|status| {
            status.token_expiry = Some(self.expiry(lease));
            status.up = Some(true);
            status.reason = None;
        });
    }

    /// Our token is no more.
    pub(super) fn lost_token(&self) {
        self.change(|status| status.token_expiry = None);
    }

    /// How a request went. A slow-down or garbage say nothing about our access.
    pub(super) fn contact(&self, problem: Option<Reason>) {
        self.change(|status| match problem {
            Some(reason) if reason.is_about_the_store() => {
                status.up = Some(false);
                status.reason = Some(reason);
            }
            Some(Reason::RateLimited | Reason::BadResponse | Reason::Internal) => {}
            _ => {
                status.up = Some(true);
                status.reason = None;
            }
        });
    }

    fn expiry(&self, lease: Lease) -> Expiry {
        lease
            .life
            .map_or(Expiry::Never, |life| Expiry::At((self.clock)().plus(life)))
    }

    fn change(&self, edit: impl FnOnce(&mut StoreStatus)) {
        self.status.send_if_modified(|status| {
            let before = status.clone();
            edit(status);
            *status != before
        });
    }
}
