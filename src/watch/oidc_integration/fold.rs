//! (previous, seen, now) → what is known about an OIDC integration. Pure.

use serde::{Deserialize, Serialize};

use crate::model::{Level, Reason, UnixTime};

use super::{
    chain::{Chain, Keys},
    config::OidcIntegration,
    look::Seen,
};

/// What is known about an OIDC integration.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// What the latest walk along the chain showed.
    pub chain: Option<Chain>,
    /// The earliest end among the certificates that the server presents.
    pub certificate_end: Option<UnixTime>,
    /// How many seconds the clock of the identity provider is ahead of ours.
    pub clock_offset: Option<i64>,
    /// The keys that sign.
    pub keys: Option<Keys>,
    /// When other keys were found than before.
    pub keys_changed: Option<UnixTime>,
    /// How many looks have failed since the last that did not.
    #[serde(skip)]
    pub failures: u32,
}

impl Facts {
    /// What is known after one more look. A failed one keeps what was known before.
    #[must_use]
    pub fn after(
        &self,
        _wanted: &OidcIntegration,
        seen: Result<&Seen, Reason>,
        now: UnixTime,
    ) -> Self {
        let Ok(seen) = seen else {
            let failures = self.failures.saturating_add(1);
            return Self {
                failures,
                ..self.clone()
            };
        };
        let changed = matches!((self.keys, seen.keys), (Some(before), Some(now)) if before.digest != now.digest);
        Self {
            chain: Some(seen.chain.clone()),
            certificate_end: seen.certificate_end.or(self.certificate_end),
            clock_offset: seen.clock_offset.or(self.clock_offset),
            keys: seen.keys.or(self.keys),
            keys_changed: if changed {
                Some(now)
            } else {
                self.keys_changed
            },
            failures: 0,
        }
    }

    /// The same under another definition of the same target: where another thing is expected, nobody knows yet whether it holds.
    #[must_use]
    pub fn under(&self, before: &OidcIntegration, wanted: &OidcIntegration) -> Self {
        let expected = |of: &OidcIntegration| {
            let credentials = of.credentials.clone();
            (of.trust(), credentials, of.applications.clone())
        };
        let mut next = self.clone();
        if expected(before) != expected(wanted) {
            next.chain = None;
        }
        next
    }

    /// The same after a restart, as it looks at `now`.
    #[must_use]
    pub fn restored(&self, _wanted: &OidcIntegration, _now: UnixTime) -> Self {
        self.clone()
    }

    /// Whether something changed that must not be lost, as opposed to the time of the latest look.
    pub fn is_worth_keeping_since(&self, before: &Self) -> bool {
        let lasting = |facts: &Self| {
            let fault = facts.chain.as_ref().map(Chain::fault);
            (fault, facts.certificate_end, facts.keys, facts.keys_changed)
        };
        lasting(self) != lasting(before)
    }

    /// Whether trouble that may pass is waited out before a link is called broken: something is known, the latest look did not
    /// fail, and it did not find a link broken by such trouble already.
    pub fn may_wait(&self) -> bool {
        let fault = self.chain.as_ref().map(Chain::fault);
        let lasts =
            fault.is_some_and(|fault| fault.is_none_or(|(_, cause)| cause.passing().is_none()));
        lasts && self.failures == 0
    }

    /// How late it is for the certificate; `None` while that is unknown or far off.
    pub fn level(&self, wanted: &OidcIntegration, now: UnixTime) -> Option<Level> {
        let left = self.certificate_end?.seconds_since(now);
        Level::reached(&wanted.thresholds, left)
    }

    /// Whether the clock of the identity provider is further from ours than it may be.
    pub fn is_clock_off(&self, wanted: &OidcIntegration) -> bool {
        let offset = self.clock_offset.map(i64::unsigned_abs);
        offset.is_some_and(|offset| offset > wanted.clock_offset.as_secs())
    }

    /// Whether other keys were found not long ago.
    pub fn have_keys_just_changed(&self, now: UnixTime) -> bool {
        self.keys_changed
            .is_some_and(|changed| now.seconds_since(changed) < 3_600)
    }
}

#[cfg(test)]
mod tests;
