//! Section `targets`.

use crate::store::settings::Store;
use std::{collections::BTreeMap, sync::Arc};

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    keycloak::settings::IdentityProvider,
    model::{TargetName, TierName},
    watch::{
        Target, Watch,
        initial_access_token::config::{self as initial_access_token, RawInitialAccessToken},
    },
};

use super::{
    duration::Span,
    poll,
    problems::Key,
    report::{Named, Report},
    tiers::Tier,
};

/// One thing to watch: who it is, and exactly one key that says of which kind it is.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "Target")]
#[serde(deny_unknown_fields)]
pub(super) struct RawTarget {
    /// Its unique name: the label `target` of its metrics.
    #[schemars(required)]
    name: Option<String>,
    /// The tier it belongs to: it chooses lifetime, thresholds and severities.
    #[schemars(required)]
    tier: Option<String>,
    /// How long after one read the next begins, 1s to 1d; `null`: as `poll.interval` says.
    #[serde(default)]
    interval: Option<Span>,
    /// An Initial Access Token in a store.
    #[schemars(required)]
    initial_access_token: Option<RawInitialAccessToken>,
}

/// What targets refer to by name.
#[derive(Debug)]
pub(crate) struct Known {
    /// Where secrets are read.
    pub(crate) stores: Named<Store>,
    /// What targets of one tier have in common.
    pub(crate) tiers: Named<Tier>,
    /// The realms of Keycloak.
    pub(crate) identity_providers: Named<Arc<IdentityProvider>>,
}

/// What no two targets may have in common, and where those before have it.
#[derive(Debug, Default)]
pub(super) struct Taken {
    names: BTreeMap<TargetName, Key>,
    initial_access_tokens: initial_access_token::Taken,
}

/// Checks one target; `taken` is what those before it have for themselves.
pub(super) fn check(
    raw: RawTarget,
    at: &Key,
    taken: &mut Taken,
    (known, poll): (&Known, &poll::Checked),
    report: &mut Report,
) -> Option<Target> {
    let name = name(raw.name, &at.key("name"), &mut taken.names, report);
    let (tier_name, tier) = tier(raw.tier, &at.key("tier"), known, report);
    let timing = poll.timing(raw.interval, &at.key("interval"), report);
    let kind = at.key("initial_access_token");
    let what = "it says what is watched, and there is no other kind yet";
    let watched = report
        .required(&kind, raw.initial_access_token, what)
        .and_then(|raw| {
            let taken = &mut taken.initial_access_tokens;
            initial_access_token::check(raw, &kind, taken, (tier, known), report)
        });
    let (interval, timeout) = timing?;
    Some(Target {
        name: name?,
        tier: tier_name?,
        interval,
        timeout,
        watch: Watch::InitialAccessToken(watched?),
    })
}

/// The tier and its name, as far as they could be read.
fn tier<'a>(
    raw: Option<String>,
    at: &Key,
    known: &'a Known,
    report: &mut Report,
) -> (Option<TierName>, Option<&'a Tier>) {
    let name = report.required(at, raw, "the name of a tier, such as prod");
    let Some(name) = name else {
        return (None, None);
    };
    let tier = known.tiers.find(&name, at, "tier", report);
    (TierName::new(&name).ok(), tier)
}

fn name(
    raw: Option<String>,
    at: &Key,
    taken: &mut BTreeMap<TargetName, Key>,
    report: &mut Report,
) -> Option<TargetName> {
    let text = report.required(at, raw, "a unique name")?;
    let name = report.accept(at, TargetName::new(&text))?;
    if let Some(other) = taken.get(&name) {
        report.refuse(at, format!("must be unique, found the same at {other}"));
        return None;
    }
    taken.insert(name.clone(), at.clone());
    Some(name)
}
