//! The series that alerts look at: one a target, however many replicas there are, and without holes.

use std::collections::BTreeSet;

use crate::{
    config::Config,
    watch::{Target, Watch},
};

use super::{BY, Thresholds};

/// A series that is recorded of a metric: one a target or store.
#[derive(Clone, Copy)]
struct Recorded {
    /// How replicas are put together.
    operation: &'static str,
    metric: &'static str,
    /// Which of the metric's series.
    selector: &'static str,
    /// Labels beside those of the target.
    labels: &'static str,
    /// Whether it is only learnt by reading the target.
    learnt: bool,
}

/// The highest of what replicas say.
const fn most(metric: &'static str, labels: &'static str) -> Recorded {
    Recorded {
        operation: "max",
        metric,
        selector: "",
        labels,
        learnt: false,
    }
}

/// The lowest of what replicas say.
const fn least(metric: &'static str, labels: &'static str) -> Recorded {
    Recorded {
        operation: "min",
        ..most(metric, labels)
    }
}

impl Recorded {
    const fn learnt(self) -> Self {
        Self {
            learnt: true,
            ..self
        }
    }

    const fn of_current_token(self) -> Self {
        Self {
            selector: ",slot=\"current\"",
            ..self
        }
    }
}

const OF_TARGETS: [Recorded; 14] = [
    most("kcwatch_target_info", ", tier, idp, store, path"),
    most("kcwatch_target_up", ""),
    most("kcwatch_target_last_success_timestamp_seconds", ""),
    most("kcwatch_target_poll_interval_seconds", ""),
    most("kcwatch_iat_expiration_timestamp_seconds", "")
        .of_current_token()
        .learnt(),
    most("kcwatch_iat_issued_timestamp_seconds", "")
        .of_current_token()
        .learnt(),
    most("kcwatch_iat_requested_lifetime_seconds", ""),
    most("kcwatch_iat_requested_clients", ""),
    most(STATE, ", state").learnt(),
    least("kcwatch_iat_check", ", check").learnt(),
    least("kcwatch_iat_clients_remaining", "").learnt(),
    most("kcwatch_iat_clients_limit", "").learnt(),
    least("kcwatch_iat_registration_possible", "").learnt(),
    most("kcwatch_iat_source_up", ", source"),
];

/// Recorded unless thresholds are written into the rules.
const THRESHOLDS: [Recorded; 2] = [
    most(EXPIRY_THRESHOLD, ", level, severity"),
    most(CLIENTS_THRESHOLD, ", level, severity"),
];

const STATE: &str = "kcwatch_iat_state";
const EXPIRY_THRESHOLD: &str = "kcwatch_iat_expiry_threshold_seconds";
const CLIENTS_THRESHOLD: &str = "kcwatch_iat_clients_threshold";

/// The rules that record, with marks.
pub(super) fn recordings(config: &Config, thresholds: Thresholds) -> String {
    let mut rules = format!("{WHY}{HEARD}");
    rules.extend(OF_TARGETS.iter().map(Recorded::of_target));
    rules.push_str(&most("kcwatch_store_up", "").rule("store", "namespace, job, store"));
    match thresholds {
        Thresholds::Metrics => rules.extend(THRESHOLDS.iter().map(Recorded::of_target)),
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

impl Recorded {
    fn of_target(&self) -> String {
        self.rule("target", &format!("{BY}{}", self.labels))
    }

    /// The rule: what is scraped, without holes; else what it was, while nothing is heard, or until it is read again.
    fn rule(&self, of: &str, by: &str) -> String {
        let Self {
            operation,
            metric,
            selector,
            ..
        } = self;
        let record = format!("{of}:{metric}:{operation}");
        let known = if *metric == STATE { KNOWN } else { "" };
        let unread = if self.learnt {
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
    {operation} by ({by}) (last_over_time({metric}{{<<job>>{selector}}}[15m])){known}
      or
    {record}{{<<job>>}}
      unless on (namespace, job) job:kcwatch_build_info:group{{<<job>>}}
      and on (namespace, job) last_over_time(job:kcwatch_build_info:group{{<<job>>}}[1d])
{unread}"
        )
    }
}

/// That nothing was read is a state, too, and must not take the place of the one before.
const KNOWN: &str = "
      unless on (<<by>>) target:kcwatch_iat_state:unread{<<job>>}";

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
