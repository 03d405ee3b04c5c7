//! Thresholds as numbers in the rules.

use std::{collections::BTreeSet, fmt::Display};

use crate::{
    config::Config,
    model::Threshold,
    rules::{BY, marks::quoted},
    watch::{
        Target, Watch, client_secrets::config::ClientSecrets,
        initial_access_token::config::InitialAccessToken,
        oidc_integration::config::OidcIntegration,
    },
};

use super::{
    CERTIFICATE_THRESHOLD, CLIENTS_THRESHOLD, CLOCK_LIMIT, EXPIRY_THRESHOLD, SECRET_THRESHOLD,
};

/// The thresholds of tokens, each for a tier, and of everything else, each for a target.
pub(super) fn literals(config: &Config) -> BTreeSet<String> {
    config
        .targets
        .iter()
        .flat_map(|target| of_target(target))
        .collect()
}

fn of_target(target: &Target) -> Vec<String> {
    let name = ("target", target.name.as_str());
    match &target.watch {
        Watch::InitialAccessToken(wanted) => of_token(("tier", target.tier.as_str()), wanted),
        Watch::ClientSecrets(wanted) => of_secrets(name, wanted),
        Watch::OidcIntegration(wanted) => of_integration(name, wanted),
    }
}

/// The label of those to whom a threshold applies.
type Whose<'a> = (&'static str, &'a str);

fn of_token(whose: Whose<'_>, wanted: &InitialAccessToken) -> Vec<String> {
    let expiry = wanted.thresholds.iter().map(|threshold| {
        literal(
            EXPIRY_THRESHOLD,
            whose,
            seconds(threshold),
            &labels(threshold),
        )
    });
    let clients = wanted.clients.thresholds.iter().map(|threshold| {
        let (level, severity) = (threshold.level.label(), threshold.severity.label());
        let labels = format!("level: {level}, severity: {severity}");
        literal(CLIENTS_THRESHOLD, whose, threshold.left, &labels)
    });
    expiry.chain(clients).collect()
}

fn of_secrets(whose: Whose<'_>, wanted: &ClientSecrets) -> Vec<String> {
    let current = wanted.thresholds.iter().map(|each| ("current", each));
    let all = current.chain([("rotated", &wanted.rotated)]);
    all.map(|(slot, threshold)| {
        let labels = format!("slot: {slot}, {}", labels(threshold));
        literal(SECRET_THRESHOLD, whose, seconds(threshold), &labels)
    })
    .collect()
}

fn of_integration(whose: Whose<'_>, wanted: &OidcIntegration) -> Vec<String> {
    let limit = wanted.clock_offset.as_secs_f64();
    let thresholds = wanted.thresholds.iter();
    let certificate = thresholds.map(|threshold| {
        let labels = labels(threshold);
        literal(CERTIFICATE_THRESHOLD, whose, seconds(threshold), &labels)
    });
    certificate
        .chain([literal(CLOCK_LIMIT, whose, limit, "")])
        .collect()
}

const fn seconds(threshold: &Threshold) -> u64 {
    threshold.before.as_secs()
}

fn labels(threshold: &Threshold) -> String {
    let (level, severity) = (threshold.level.label(), threshold.severity.label());
    format!("level: {level}, severity: {severity}")
}

/// The number for every target of a tier, or for one.
fn literal(metric: &str, (label, value): Whose<'_>, number: impl Display, labels: &str) -> String {
    // Nothing in a name is taken for a mark.
    let value = quoted(value).replace('<', r"\x3c");
    let labels = match labels {
        "" => String::new(),
        labels => format!("  labels: {{{labels}}}\n"),
    };
    format!(
        "\
- record: target:{metric}:max
  expr: |-
    0 * group by ({BY}) (target:kcwatch_target_info:max{{<<job>>,{label}={value}}}) + {number}
{labels}"
    )
}
