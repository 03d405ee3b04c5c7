//! What is known about an OIDC integration → samples. Pure.

use crate::model::{Metric, MetricInfo, Samples, TargetName, count, flag, number};

use super::{chain::Chain, config::OidcIntegration, fold::Facts};

static CHECK: Metric<2> = Metric::gauge(
    "kcwatch_oidc_check",
    "1 if this link of the chain holds, 0 if it is the first that is broken; links after that are absent.",
    ["target", "step"],
);

static BROKEN: Metric<3> = Metric::gauge(
    "kcwatch_oidc_broken",
    "1 for the first broken link of the chain and why it is broken; absent while no link is.",
    ["target", "step", "cause"],
);

static SIGNING_KEYS: Metric<1> = Metric::gauge(
    "kcwatch_oidc_signing_keys",
    "How many keys of the identity provider's key set verify signatures; absent until known.",
    ["target"],
);

static KEYS_CHANGED: Metric<1> = Metric::gauge(
    "kcwatch_oidc_keys_changed_timestamp_seconds",
    "When other signing keys were found than before, in seconds since 1970; absent until that was seen.",
    ["target"],
);

static CERTIFICATE_EXPIRATION: Metric<1> = Metric::gauge(
    "kcwatch_oidc_certificate_expiration_timestamp_seconds",
    "The earliest end among the certificates that the identity provider presents, in seconds since 1970; absent until known.",
    ["target"],
);

static CERTIFICATE_THRESHOLD: Metric<3> = Metric::gauge(
    "kcwatch_oidc_certificate_expiry_threshold_seconds",
    "The remaining life of a certificate below which an alert of this severity is wanted, from the configuration.",
    ["target", "level", "severity"],
);

static CLOCK_OFFSET: Metric<1> = Metric::gauge(
    "kcwatch_oidc_clock_offset_seconds",
    "The clock of the identity provider minus ours, in whole seconds, exact to about two; absent until known.",
    ["target"],
);

static CLOCK_OFFSET_LIMIT: Metric<1> = Metric::gauge(
    "kcwatch_oidc_clock_offset_limit_seconds",
    "How far the two clocks may be from each other, from the configuration.",
    ["target"],
);

/// Every metric of this kind.
pub static METRICS: [MetricInfo; 8] = [
    CHECK.info(),
    BROKEN.info(),
    SIGNING_KEYS.info(),
    KEYS_CHANGED.info(),
    CERTIFICATE_EXPIRATION.info(),
    CERTIFICATE_THRESHOLD.info(),
    CLOCK_OFFSET.info(),
    CLOCK_OFFSET_LIMIT.info(),
];

/// The samples of one target.
pub fn series(name: &TargetName, wanted: &OidcIntegration, facts: &Facts, out: &mut impl Samples) {
    let target = name.as_str();
    for threshold in wanted.thresholds.iter() {
        let labels = [target, threshold.level.label(), threshold.severity.label()];
        out.add(
            &CERTIFICATE_THRESHOLD,
            labels,
            threshold.before.as_secs_f64(),
        );
    }
    let limit = wanted.clock_offset.as_secs_f64();
    out.add(&CLOCK_OFFSET_LIMIT, [target], limit);
    for (step, holds) in facts.chain.iter().flat_map(Chain::steps) {
        out.add(&CHECK, [target, step.label()], flag(holds));
    }
    if let Some((step, cause)) = facts.chain.as_ref().and_then(Chain::fault) {
        out.add(&BROKEN, [target, step.label(), cause.label()], flag(true));
    }
    if let Some(keys) = facts.keys {
        out.add(&SIGNING_KEYS, [target], count(keys.count));
    }
    if let Some(changed) = facts.keys_changed {
        out.add(&KEYS_CHANGED, [target], changed.as_sample());
    }
    if let Some(end) = facts.certificate_end {
        out.add(&CERTIFICATE_EXPIRATION, [target], end.as_sample());
    }
    if let Some(offset) = facts.clock_offset {
        out.add(&CLOCK_OFFSET, [target], number(offset));
    }
}
