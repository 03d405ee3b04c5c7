//! The facts of one target, in fields.

use std::{collections::BTreeMap, sync::Arc};

use serde::Serialize;

use crate::{
    model::{Level, UnixTime},
    watch::oidc_integration::{
        chain::{Broken, Chain},
        config::OidcIntegration,
        fold::Facts,
    },
};

/// One target's facts, as `/api/v1/status` and `kcwatch check --output json` show them.
#[derive(Debug, Serialize)]
pub struct Report {
    issuer: Arc<str>,
    /// Whether each link that was tried holds.
    steps: BTreeMap<&'static str, bool>,
    broken: Option<BrokenReport>,
    certificate_expires: Option<UnixTime>,
    certificate_level: Option<Level>,
    clock_offset_seconds: Option<i64>,
    clock_offset_limit_seconds: u64,
    signing_keys: Option<u64>,
    keys_changed: Option<UnixTime>,
}

/// The first broken link.
#[derive(Debug, Serialize)]
struct BrokenReport {
    step: &'static str,
    cause: &'static str,
    words: &'static str,
    application: Option<String>,
}

impl From<&Broken> for BrokenReport {
    fn from(broken: &Broken) -> Self {
        Self {
            step: broken.step.label(),
            cause: broken.cause.label(),
            words: broken.cause.words(),
            application: broken.application.clone(),
        }
    }
}

/// The facts of one target, in fields.
pub fn report(wanted: &OidcIntegration, facts: &Facts, now: UnixTime) -> Report {
    let chain = facts.chain.as_ref();
    let steps = chain.into_iter().flat_map(Chain::steps);
    Report {
        issuer: Arc::clone(&wanted.identity_provider.issuer),
        steps: steps.map(|(step, holds)| (step.label(), holds)).collect(),
        broken: chain.and_then(|chain| chain.broken.as_ref().map(BrokenReport::from)),
        certificate_expires: facts.certificate_end,
        certificate_level: facts.level(wanted, now),
        clock_offset_seconds: facts.clock_offset,
        clock_offset_limit_seconds: wanted.clock_offset.as_secs(),
        signing_keys: facts.keys.map(|keys| keys.count),
        keys_changed: facts.keys_changed,
    }
}
