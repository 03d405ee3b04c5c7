//! What is known about client secrets → samples. Pure.

use crate::model::{
    ClientTimes, Expiry, Metric, MetricInfo, Samples, TargetName, Threshold, count,
};

use super::{config::ClientSecrets, fold::Facts, needs::Need};

static EXPIRATION: Metric<3> = Metric::gauge(
    "kcwatch_client_secret_expiration_timestamp_seconds",
    "When the client's secret stops working, in seconds since 1970: slot current, +Inf if never, and slot rotated, the one before it, which works until then. As last read in the background; absent while unknown, kept when reads fail.",
    ["target", "client", "slot"],
);

static CREATED: Metric<2> = Metric::gauge(
    "kcwatch_client_secret_created_timestamp_seconds",
    "When the client's secret was made, in seconds since 1970; absent if the server does not know.",
    ["target", "client"],
);

static ROTATION_OPENS: Metric<2> = Metric::gauge(
    "kcwatch_client_secret_rotation_opens_timestamp_seconds",
    "From when on an update of the client by the registration API replaces its secret, in seconds since 1970: the expiry less the configured remaining rotation period; absent where none is configured.",
    ["target", "client"],
);

static THRESHOLD: Metric<4> = Metric::gauge(
    "kcwatch_client_secret_expiry_threshold_seconds",
    "The remaining life of a client secret below which an alert of this severity is wanted, from the configuration.",
    ["target", "slot", "level", "severity"],
);

static SECRETS: Metric<1> = Metric::gauge(
    "kcwatch_client_secrets",
    "How many of the selected clients have a secret; absent before the first look that worked.",
    ["target"],
);

static UNMANAGED: Metric<1> = Metric::gauge(
    "kcwatch_client_secrets_unmanaged",
    "How many of the selected clients have a secret without expiry although a rotation policy is expected; absent where none is.",
    ["target"],
);

static REPLACEABLE: Metric<1> = Metric::gauge(
    "kcwatch_client_secrets_replaceable",
    "How many of the selected clients carry the attribute 3scale and have a secret with an expiry, so that the server may replace it when Zync updates them; absent where no realm is read.",
    ["target"],
);

static UNCLEAR: Metric<1> = Metric::gauge(
    "kcwatch_client_secrets_unclear",
    "How many clients cannot be judged: times or ids that cannot be understood, and configured ids that no client with a secret has; absent before the first look that worked.",
    ["target"],
);

/// Every metric of this kind.
pub static METRICS: [MetricInfo; 8] = [
    EXPIRATION.info(),
    CREATED.info(),
    ROTATION_OPENS.info(),
    THRESHOLD.info(),
    SECRETS.info(),
    UNMANAGED.info(),
    REPLACEABLE.info(),
    UNCLEAR.info(),
];

/// The samples of one target.
pub fn series(name: &TargetName, wanted: &ClientSecrets, facts: &Facts, out: &mut impl Samples) {
    let target = name.as_str();
    for of in wanted.thresholds.iter() {
        threshold(target, "current", of, out);
    }
    threshold(target, "rotated", &wanted.rotated, out);
    let Some(clients) = &facts.clients else {
        return;
    };
    for client in clients.iter() {
        one(target, wanted, client, out);
    }
    let unmanaged = facts.count_always(Need::Unmanaged, wanted);
    let replaceable = facts.count_always(Need::Replaceable, wanted);
    let counts = [
        (&SECRETS, Some(clients.len())),
        (&UNMANAGED, unmanaged.filter(|_| wanted.rotation.is_some())),
        (&REPLACEABLE, replaceable.filter(|_| wanted.is_of_a_realm())),
        (&UNCLEAR, facts.unclear(wanted)),
    ];
    for (metric, counted) in counts {
        if let Some(counted) = counted.and_then(|counted| u64::try_from(counted).ok()) {
            out.add(metric, [target], count(counted));
        }
    }
}

fn threshold(target: &str, slot: &str, of: &Threshold, out: &mut impl Samples) {
    let labels = [target, slot, of.level.label(), of.severity.label()];
    out.add(&THRESHOLD, labels, of.before.as_secs_f64());
}

fn one(target: &str, wanted: &ClientSecrets, client: &ClientTimes, out: &mut impl Samples) {
    let id = client.id.as_ref();
    if let Some(expiry) = client.expiry {
        out.add(&EXPIRATION, [target, id, "current"], expiry.as_sample());
    }
    if let Some(end) = client.rotated {
        out.add(&EXPIRATION, [target, id, "rotated"], end.as_sample());
    }
    if let Some(created) = client.created {
        out.add(&CREATED, [target, id], created.as_sample());
    }
    if let (Some(rotation), Some(Expiry::At(end))) = (wanted.rotation, client.expiry) {
        let opens = end.minus(rotation.remaining);
        out.add(&ROTATION_OPENS, [target, id], opens.as_sample());
    }
}

#[cfg(test)]
mod tests;
