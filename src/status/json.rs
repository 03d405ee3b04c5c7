//! The JSON of `/api/v1/status`, and of `kcwatch check --output json`.

use crate::model::StoreStatus;
use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    build,
    model::{Expiry, Reason, Standing, UnixTime},
    snapshot::{ProviderState, Snapshot, TargetState},
    watch::Report,
};

/// Everything that is known, in fields.
#[derive(Debug, Serialize)]
pub struct Status {
    /// The version of kcwatch.
    version: &'static str,
    /// When this was put together; ages are to be taken from here.
    at: UnixTime,
    /// How the worst target stands.
    standing: Standing,
    config: ConfigStatus,
    stores: BTreeMap<String, StoreReport>,
    identity_providers: BTreeMap<String, ProviderReport>,
    /// Every target, in the order of the names.
    targets: Vec<TargetStatus>,
}

#[derive(Debug, Serialize)]
struct ConfigStatus {
    last_reload_successful: bool,
    last_reload_success: UnixTime,
}

#[derive(Debug, Serialize)]
struct StoreReport {
    up: Option<bool>,
    reason: Option<Reason>,
    token_expires: Option<UnixTime>,
}

/// How the list of tokens of an identity provider is read.
#[derive(Debug, Serialize)]
struct ProviderReport {
    up: Option<bool>,
    reason: Option<Reason>,
    last_success: Option<UnixTime>,
}

/// One target, in fields.
#[derive(Debug, Serialize)]
pub struct TargetStatus {
    /// Its name.
    pub name: String,
    /// Its tier.
    pub tier: String,
    kind: &'static str,
    store: Option<String>,
    path: Option<String>,
    identity_provider: Option<String>,
    /// How it stands.
    pub standing: Standing,
    /// One line for people.
    pub summary: String,
    /// What to do, most pressing first.
    pub advice: Vec<&'static str>,
    up: bool,
    /// Why the latest read failed, if it did.
    pub reason: Option<Reason>,
    last_attempt: Option<UnixTime>,
    last_success: Option<UnixTime>,
    polls: u64,
    failures_in_a_row: u32,
    facts: Option<Report>,
}

/// Everything that is known, as it looks at `now`.
pub fn status(snapshot: &Snapshot, now: UnixTime) -> Status {
    let targets: Vec<TargetStatus> = snapshot.targets().map(|state| target(state, now)).collect();
    let stores = snapshot
        .stores()
        .iter()
        .map(|(name, status)| (name.to_string(), store(status)));
    let providers = snapshot
        .providers()
        .iter()
        .map(|(name, state)| (name.to_string(), provider(state)));
    Status {
        version: build::VERSION,
        at: now,
        standing: targets
            .iter()
            .map(|target| target.standing)
            .max()
            .unwrap_or(Standing::Unknown),
        config: ConfigStatus {
            last_reload_successful: snapshot.reload().successful,
            last_reload_success: snapshot.reload().last_success,
        },
        stores: stores.collect(),
        identity_providers: providers.collect(),
        targets,
    }
}

impl Status {
    /// How the worst target stands.
    pub fn standing(&self) -> Standing {
        self.standing
    }

    /// Every target, in the order of the names.
    pub fn targets(&self) -> &[TargetStatus] {
        &self.targets
    }

    /// As JSON text, with a line break at the end.
    pub fn to_json(&self) -> String {
        // Maps with text keys and plain fields: there is nothing in it that could not be written.
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }
}

fn store(status: &StoreStatus) -> StoreReport {
    let token_expires = match status.token_expiry {
        Some(Expiry::At(end)) => Some(end),
        Some(Expiry::Never) | None => None,
    };
    StoreReport {
        up: status.up,
        reason: status.reason,
        token_expires,
    }
}

fn provider(state: &ProviderState) -> ProviderReport {
    ProviderReport {
        up: state.outcome.map(|outcome| outcome.is_ok()),
        reason: state.outcome.and_then(Result::err),
        last_success: state.last_success,
    }
}

fn target(state: &TargetState, now: UnixTime) -> TargetStatus {
    let (target, facts) = (&state.target, &state.facts);
    let failed = state.failed().map(|reason| target.watch.advice_on(reason));
    let mut advice: Vec<&str> = failed.into_iter().collect();
    advice.extend(facts.advice(&target.watch, now));
    advice.dedup();
    TargetStatus {
        name: target.name.to_string(),
        tier: target.tier.to_string(),
        kind: target.watch.kind(),
        store: target.watch.store().map(ToString::to_string),
        path: target.watch.store().map(|_| target.watch.path().to_owned()),
        identity_provider: facts.provider_host(&target.watch),
        standing: state.standing(now),
        summary: facts.summary(&target.watch, now),
        advice,
        up: state.is_up(),
        reason: state.failed(),
        last_attempt: state.last_attempt,
        last_success: state.last_success,
        polls: state.polls,
        failures_in_a_row: state.failures_in_a_row,
        facts: facts.report(&target.watch, now),
    }
}
