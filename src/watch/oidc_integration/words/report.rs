//! The facts of one target, in fields.

use std::{collections::BTreeMap, sync::Arc};

use schemars::JsonSchema;
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
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OidcIntegrationReport")]
pub struct Report {
    /// The issuer, as configured.
    issuer: Arc<str>,
    /// Whether each link that was tried holds, by its name.
    steps: BTreeMap<&'static str, bool>,
    /// The first broken link; `null` if there is none, or nothing is known.
    broken: Option<BrokenReport>,
    /// When the first of the certificates ends; `null` without TLS, or while it is not known.
    certificate_expires: Option<UnixTime>,
    /// How late it is for that; `null` while it is far off or not known.
    certificate_level: Option<Level>,
    /// How far the clock of the identity provider is ahead of ours; `null` while it is not known.
    clock_offset_seconds: Option<i64>,
    /// How far it may be from ours.
    clock_offset_limit_seconds: u64,
    /// How many keys sign; `null` while it is not known.
    signing_keys: Option<u64>,
    /// When other keys were found than before; `null` if never.
    keys_changed: Option<UnixTime>,
}

/// The first broken link.
#[derive(Debug, Serialize, JsonSchema)]
struct BrokenReport {
    /// Which it is.
    step: &'static str,
    /// Why, as in the metric `kcwatch_oidc_broken`.
    cause: &'static str,
    /// The same for people.
    words: &'static str,
    /// The id of the application that it is about; `null` if it is about none.
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
