//! Section `targets`.

use crate::store::settings::Store;
use std::{collections::BTreeMap, sync::Arc, time::Duration};

use schemars::{JsonSchema, Schema};
use serde::Deserialize;

use crate::{
    keycloak::settings::IdentityProvider,
    model::{TargetName, TierName},
    watch::{
        Target, Watch,
        client_secrets::config::{self as client_secrets, RawClientSecrets},
        initial_access_token::config::{self as initial_access_token, RawInitialAccessToken},
        oidc_integration::config::{self as oidc_integration, RawOidcIntegration},
    },
};

use super::{
    duration::Span,
    poll,
    problems::Key,
    report::{Named, Report},
    schema::exactly_one_of,
    tiers::Tier,
};

/// One thing to watch: who it is, and exactly one key that says of which kind it is.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "Target", transform = one_kind)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTarget {
    /// Its unique name: the label `target` of its metrics.
    #[schemars(required)]
    name: Option<String>,
    /// The tier it belongs to: it chooses lifetime, thresholds and severities.
    #[schemars(required)]
    tier: Option<String>,
    /// How long after one read the next begins, 1s to 1d; `null`: as `poll.interval` says, but at least 15m for `client_secrets`
    /// and 5m for `oidc_integration`.
    #[serde(default)]
    interval: Option<Span>,
    /// An Initial Access Token in a store.
    #[serde(default)]
    initial_access_token: Option<RawInitialAccessToken>,
    /// Client secrets that expire: those of a realm's clients, or one that lies in a store.
    #[serde(default)]
    client_secrets: Option<RawClientSecrets>,
    /// The OpenID Connect integration that 3scale's Zync and APIcast rely on.
    #[serde(default)]
    oidc_integration: Option<RawOidcIntegration>,
}

/// The kinds of targets, by their keys.
const KINDS: [&str; 3] = ["initial_access_token", "client_secrets", "oidc_integration"];

/// Says in the schema that a target has exactly one kind.
fn one_kind(schema: &mut Schema) {
    exactly_one_of(&KINDS, schema);
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
    let name = name(raw.name.clone(), &at.key("name"), &mut taken.names, report);
    let (tier_name, tier) = tier(raw.tier.clone(), &at.key("tier"), known, report);
    let interval_key = at.key("interval");
    let usual = usual_interval(&raw);
    let timing = poll.timing((raw.interval, usual), &interval_key, report);
    let watched = watched(raw, at, taken, (tier, known), report);
    let (interval, timeout) = timing?;
    Some(Target {
        name: name?,
        tier: tier_name?,
        interval,
        timeout,
        watch: watched?,
    })
}

/// How long the pause between two reads is at least, if the target does not say it itself.
fn usual_interval(raw: &RawTarget) -> Duration {
    if raw.client_secrets.is_some() {
        client_secrets::INTERVAL
    } else if raw.oidc_integration.is_some() {
        oidc_integration::INTERVAL
    } else {
        Duration::ZERO
    }
}

/// What the target watches, by the one key that says so.
fn watched(
    raw: RawTarget,
    at: &Key,
    others: &mut Taken,
    around: (Option<&Tier>, &Known),
    report: &mut Report,
) -> Option<Watch> {
    let [token_key, secrets_key, integration_key] = KINDS.map(|kind| at.key(kind));
    let given = [
        raw.initial_access_token.is_some(),
        raw.client_secrets.is_some(),
        raw.oidc_integration.is_some(),
    ];
    let given = given
        .into_iter()
        .zip([&token_key, &secrets_key, &integration_key]);
    let given = given.filter(|(given, key)| *given || report.is_removed(key));
    match given.count() {
        1 => {}
        0 => report.refuse(
            at,
            format!(
                "must have one of {}, which says what is watched, found none",
                KINDS.join(", ")
            ),
        ),
        _ => report.refuse(
            at,
            format!("must have only one of {}, found more", KINDS.join(", ")),
        ),
    }
    let earlier = &mut others.initial_access_tokens;
    let token = raw.initial_access_token.and_then(|raw| {
        let checked = initial_access_token::check(raw, &token_key, earlier, around, report);
        checked.map(Watch::InitialAccessToken)
    });
    let secrets = raw.client_secrets.and_then(|raw| {
        let checked = client_secrets::check(raw, &secrets_key, around, report);
        checked.map(|checked| Watch::ClientSecrets(Arc::new(checked)))
    });
    let integration = raw.oidc_integration.and_then(|raw| {
        let checked = oidc_integration::check(raw, &integration_key, around, report);
        checked.map(|checked| Watch::OidcIntegration(Arc::new(checked)))
    });
    token.or(secrets).or(integration)
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
