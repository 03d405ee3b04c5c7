//! What is known about an Initial Access Token → samples. Pure.

use crate::model::{Claims, Metric, MetricInfo, Samples, TargetName};

use super::{
    config::InitialAccessToken,
    fold::{Check, Facts, State},
};

static EXPIRATION: Metric<2> = Metric::gauge(
    "kcwatch_iat_expiration_timestamp_seconds",
    "When the Initial Access Token expires (claim exp), in seconds since 1970; +Inf if never. As last read in the background; absent until then, kept when reads fail.",
    ["target", "slot"],
);

static ISSUED: Metric<2> = Metric::gauge(
    "kcwatch_iat_issued_timestamp_seconds",
    "When the Initial Access Token was issued (claim iat), in seconds since 1970. As last read in the background; absent while unknown.",
    ["target", "slot"],
);

static REQUESTED_LIFETIME: Metric<1> = Metric::gauge(
    "kcwatch_iat_requested_lifetime_seconds",
    "The lifetime asked for when a token is ordered, from the configuration.",
    ["target"],
);

static THRESHOLD: Metric<3> = Metric::gauge(
    "kcwatch_iat_expiry_threshold_seconds",
    "The remaining life below which an alert of this severity is wanted, from the configuration.",
    ["target", "level", "severity"],
);

static STATE: Metric<2> = Metric::gauge(
    "kcwatch_iat_state",
    "1 for the word that describes the token best, 0 for every other: usable, expired, exhausted, not_known_to_idp, unreadable, unknown.",
    ["target", "state"],
);

static CHECK: Metric<2> = Metric::gauge(
    "kcwatch_iat_check",
    "1 if this holds for the token, 0 if not; absent while it cannot be known.",
    ["target", "check"],
);

static ROTATIONS: Metric<1> = Metric::counter(
    "kcwatch_iat_rotations_total",
    "How often another token was found in place of the one before, since kcwatch started.",
    ["target"],
);

/// Every metric of this kind.
pub static METRICS: [MetricInfo; 7] = [
    EXPIRATION.info(),
    ISSUED.info(),
    REQUESTED_LIFETIME.info(),
    THRESHOLD.info(),
    STATE.info(),
    CHECK.info(),
    ROTATIONS.info(),
];

/// The samples of one target.
pub fn series(
    name: &TargetName,
    wanted: &InitialAccessToken,
    facts: &Facts,
    out: &mut impl Samples,
) {
    let target = name.as_str();
    out.add(&REQUESTED_LIFETIME, [target], wanted.lifetime.as_secs_f64());
    for threshold in wanted.thresholds.iter() {
        let labels = [target, threshold.level.label(), threshold.severity.label()];
        out.add(&THRESHOLD, labels, threshold.before.as_secs_f64());
    }
    token(target, "current", facts.current.as_ref(), out);
    token(target, "previous", facts.previous.as_ref(), out);
    for state in State::ALL {
        out.add(&STATE, [target, state.label()], flag(state == facts.state));
    }
    for (check, passed) in Check::ALL.iter().zip(facts.checks) {
        if let Some(passed) = passed {
            out.add(&CHECK, [target, check.label()], flag(passed));
        }
    }
    #[expect(
        clippy::as_conversions,
        clippy::cast_precision_loss,
        reason = "exact up to 2^53 rotations"
    )]
    out.add(&ROTATIONS, [target], facts.rotations as f64);
}

fn token(target: &str, slot: &str, claims: Option<&Claims>, out: &mut impl Samples) {
    let Some(claims) = claims else { return };
    out.add(&EXPIRATION, [target, slot], claims.expiry.as_sample());
    if let Some(issued) = claims.issued {
        out.add(&ISSUED, [target, slot], issued.as_sample());
    }
}

fn flag(is_so: bool) -> f64 {
    f64::from(u8::from(is_so))
}
