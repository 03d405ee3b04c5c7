//! The series that alerts look at: one a target, however many replicas there are, and without holes.

use std::collections::BTreeSet;

use crate::{
    config::Config,
    watch::{Target, Watch},
};

use super::{BY, Thresholds};

/// What is recorded of targets: how replicas are put together, the metric, its labels beside those of the target.
const OF_TARGETS: [(&str, &str, &str); 15] = [
    ("max", "kcwatch_target_info", ", tier, idp, store, path"),
    ("max", "kcwatch_target_up", ""),
    ("max", "kcwatch_target_last_success_timestamp_seconds", ""),
    ("max", "kcwatch_target_poll_interval_seconds", ""),
    ("max", EXPIRATION, ""),
    ("max", "kcwatch_iat_issued_timestamp_seconds", ""),
    ("max", "kcwatch_iat_requested_lifetime_seconds", ""),
    ("max", "kcwatch_iat_requested_clients", ""),
    ("max", STATE, ", state"),
    ("min", "kcwatch_iat_check", ", check"),
    ("min", "kcwatch_iat_clients_remaining", ""),
    ("max", "kcwatch_iat_clients_limit", ""),
    ("max", "kcwatch_iat_clients_source", ", source"),
    ("min", "kcwatch_iat_registration_possible", ""),
    ("max", "kcwatch_iat_source_up", ", source"),
];

/// The same of thresholds, if they are not written into the rules.
const THRESHOLDS: [(&str, &str, &str); 2] = [
    ("max", EXPIRY_THRESHOLD, ", level, severity"),
    ("max", CLIENTS_THRESHOLD, ", level, severity"),
];

const EXPIRATION: &str = "kcwatch_iat_expiration_timestamp_seconds";
const STATE: &str = "kcwatch_iat_state";
const EXPIRY_THRESHOLD: &str = "kcwatch_iat_expiry_threshold_seconds";
const CLIENTS_THRESHOLD: &str = "kcwatch_iat_clients_threshold";

/// The rules that record, with marks.
pub(super) fn recordings(config: &Config, thresholds: Thresholds) -> String {
    let mut rules = format!("{WHY}{HEARD}");
    for (operation, metric, labels) in OF_TARGETS {
        let slot = if metric == EXPIRATION || metric == "kcwatch_iat_issued_timestamp_seconds" {
            ",slot=\"current\""
        } else {
            ""
        };
        let labels = format!("{BY}{labels}");
        rules.push_str(&remembered("target", operation, (metric, slot), &labels));
    }
    let of_store = ("kcwatch_store_up", "");
    rules.push_str(&remembered(
        "store",
        "max",
        of_store,
        "namespace, job, store",
    ));
    match thresholds {
        Thresholds::Metrics => {
            for (operation, metric, labels) in THRESHOLDS {
                let labels = format!("{BY}{labels}");
                rules.push_str(&remembered("target", operation, (metric, ""), &labels));
            }
        }
        Thresholds::Literal => rules.extend(literals(config)),
    }
    rules
}

const WHY: &str = "\
# What the alerts look at: one series a target, however many replicas there are, without the holes of a failed scrape or a
# restart. While nothing at all is heard of kcwatch, each keeps its last value for a day: nothing is resolved because kcwatch is
# down. They stand in the same group as the alerts, because groups are evaluated independently of each other.
";

const HEARD: &str = "\
- record: job:kcwatch_build_info:group
  expr: group by (namespace, job) (last_over_time(kcwatch_build_info{<<job>>}[15m]))
# Targets that no kcwatch has read since it was started. What is only learnt by reading keeps its last value for them, too:
# otherwise a kcwatch that starts and cannot read would resolve everything.
- record: target:kcwatch_iat_state:unread
  expr: min by (<<by>>) (last_over_time(kcwatch_iat_state{<<job>>,state=\"unknown\"}[15m])) == 1
";

/// What is only learnt by reading.
const LEARNT: [&str; 7] = [
    EXPIRATION,
    STATE,
    "kcwatch_iat_issued_timestamp_seconds",
    "kcwatch_iat_check",
    "kcwatch_iat_clients_remaining",
    "kcwatch_iat_clients_limit",
    "kcwatch_iat_registration_possible",
];

/// One series that bridges holes and silence.
fn remembered(of: &str, operation: &str, (metric, slot): (&str, &str), labels: &str) -> String {
    let record = format!("{of}:{metric}:{operation}");
    // That nothing was read is a state, too, and must not take the place of the one before.
    let known = if metric == STATE {
        "\n      unless on (<<by>>) target:kcwatch_iat_state:unread{<<job>>}"
    } else {
        ""
    };
    let unread = if LEARNT.contains(&metric) {
        format!(
            "      or
    {record}{{<<job>>}}
      and on (<<by>>) target:kcwatch_iat_state:unread{{<<job>>}}
"
        )
    } else {
        String::new()
    };
    format!(
        "\
- record: {record}
  expr: |-
    {operation} by ({labels}) (last_over_time({metric}{{<<job>>{slot}}}[15m])){known}
      or
    {record}{{<<job>>}}
      unless on (namespace, job) job:kcwatch_build_info:group{{<<job>>}}
      and on (namespace, job) last_over_time(job:kcwatch_build_info:group{{<<job>>}}[1d])
{unread}"
    )
}

/// The thresholds of each tier, as numbers.
fn literals(config: &Config) -> BTreeSet<String> {
    config
        .targets
        .iter()
        .flat_map(|target| of_target(target))
        .collect()
}

fn of_target(target: &Target) -> Vec<String> {
    let Watch::InitialAccessToken(wanted) = &target.watch;
    let tier = target.tier.as_str();
    let expiry = wanted.thresholds.iter().map(|threshold| {
        let labels = (threshold.level.label(), threshold.severity.label());
        literal(EXPIRY_THRESHOLD, tier, threshold.before.as_secs(), labels)
    });
    let clients = wanted.clients.thresholds.iter().map(|threshold| {
        let labels = (threshold.level.label(), threshold.severity.label());
        literal(CLIENTS_THRESHOLD, tier, u64::from(threshold.left), labels)
    });
    expiry.chain(clients).collect()
}

/// The number for every target of a tier.
fn literal(metric: &str, tier: &str, number: u64, (level, severity): (&str, &str)) -> String {
    format!(
        "\
- record: target:{metric}:max
  expr: 0 * group by ({BY}) (target:kcwatch_target_info:max{{<<job>>,tier=\"{tier}\"}}) + {number}
  labels: {{level: {level}, severity: {severity}}}
"
    )
}
