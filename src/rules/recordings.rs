//! The series that alerts look at: one a target, or a client of one, however many replicas there are, and without holes.

mod literals;

use crate::config::Config;

use super::{BY, Thresholds};

/// A series that is recorded of a metric: one a target, client or store.
#[derive(Clone, Copy)]
struct Recorded {
    /// What there is one of: the beginning of its name.
    of: &'static str,
    /// How replicas are put together.
    operation: &'static str,
    metric: &'static str,
    /// Which of the metric's series.
    selector: &'static str,
    /// Labels beside those of the target.
    labels: &'static str,
    /// If it is only learnt by reading the target: the series that tells which targets nobody has read.
    unread: Option<&'static str>,
    /// What tells it from another series of the same metric: the end of its name.
    suffix: &'static str,
}

/// The highest of what replicas say.
const fn most(metric: &'static str, labels: &'static str) -> Recorded {
    Recorded {
        of: "target",
        operation: "max",
        metric,
        selector: "",
        labels,
        unread: None,
        suffix: "",
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
    /// About a token, and only learnt by reading it.
    const fn learnt(self) -> Self {
        Self {
            unread: Some("target:kcwatch_iat_state:unread"),
            ..self
        }
    }

    /// About a target that has no state to tell whether it was read, and only learnt by looking at it.
    const fn seen(self) -> Self {
        Self {
            unread: Some("target:kcwatch_target_info:unread"),
            ..self
        }
    }

    const fn of_current(self) -> Self {
        Self {
            selector: ",slot=\"current\"",
            ..self
        }
    }

    const fn of_rotated(self) -> Self {
        Self {
            selector: ",slot=\"rotated\"",
            suffix: "_of_rotated",
            ..self
        }
    }

    const fn of_clients(self) -> Self {
        Self {
            of: "client",
            ..self
        }
    }
}

const OF_TARGETS: [Recorded; 24] = [
    most("kcwatch_target_info", ", kind, tier, idp, store, path"),
    most("kcwatch_target_up", ""),
    most("kcwatch_target_last_success_timestamp_seconds", ""),
    most("kcwatch_target_poll_interval_seconds", ""),
    most("kcwatch_iat_expiration_timestamp_seconds", "")
        .of_current()
        .learnt(),
    most("kcwatch_iat_issued_timestamp_seconds", "")
        .of_current()
        .learnt(),
    most("kcwatch_iat_requested_lifetime_seconds", ""),
    most("kcwatch_iat_requested_clients", ""),
    most(STATE, ", state").learnt(),
    least("kcwatch_iat_check", ", check").learnt(),
    least("kcwatch_iat_clients_remaining", "").learnt(),
    most("kcwatch_iat_clients_limit", "").learnt(),
    least("kcwatch_iat_registration_possible", "").learnt(),
    most("kcwatch_iat_source_up", ", source"),
    most(SECRET_EXPIRATION, ", client")
        .of_current()
        .of_clients()
        .seen(),
    most(SECRET_EXPIRATION, ", client")
        .of_rotated()
        .of_clients()
        .seen(),
    most("kcwatch_client_secrets_unmanaged", "").seen(),
    most("kcwatch_client_secrets_replaceable", "").seen(),
    most("kcwatch_client_secrets_unclear", "").seen(),
    least("kcwatch_oidc_check", ", step").seen(),
    most("kcwatch_oidc_keys_changed_timestamp_seconds", "").seen(),
    least("kcwatch_oidc_certificate_expiration_timestamp_seconds", "").seen(),
    // Both ends: a clock of which one replica says that it is right is right, and the other's own is not.
    least("kcwatch_oidc_clock_offset_seconds", "").seen(),
    most("kcwatch_oidc_clock_offset_seconds", "").seen(),
];

/// Recorded unless thresholds are written into the rules.
const THRESHOLDS: [Recorded; 5] = [
    most(EXPIRY_THRESHOLD, ", level, severity"),
    most(CLIENTS_THRESHOLD, ", level, severity"),
    most(SECRET_THRESHOLD, ", slot, level, severity"),
    most(CERTIFICATE_THRESHOLD, ", level, severity"),
    most(CLOCK_LIMIT, ""),
];

const STATE: &str = "kcwatch_iat_state";
const EXPIRY_THRESHOLD: &str = "kcwatch_iat_expiry_threshold_seconds";
const CLIENTS_THRESHOLD: &str = "kcwatch_iat_clients_threshold";
const SECRET_EXPIRATION: &str = "kcwatch_client_secret_expiration_timestamp_seconds";
const SECRET_THRESHOLD: &str = "kcwatch_client_secret_expiry_threshold_seconds";
const CERTIFICATE_THRESHOLD: &str = "kcwatch_oidc_certificate_expiry_threshold_seconds";
const CLOCK_LIMIT: &str = "kcwatch_oidc_clock_offset_limit_seconds";

/// The rules that record, with marks.
pub(super) fn recordings(config: &Config, thresholds: Thresholds) -> String {
    let mut rules = format!("{WHY}{HEARD}");
    rules.extend(OF_TARGETS.iter().map(Recorded::of_target));
    rules.push_str(BROKEN);
    rules.push_str(&most("kcwatch_store_up", "").of_store());
    match thresholds {
        Thresholds::Metrics => rules.extend(THRESHOLDS.iter().map(Recorded::of_target)),
        Thresholds::Literal => rules.extend(literals::literals(config)),
    }
    rules.push_str(DUE);
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
- record: target:kcwatch_target_info:unread
  expr: |-
    group by (<<by>>) (last_over_time(kcwatch_target_info{<<job>>,kind=~\"client_secrets|oidc_integration\"}[15m]))
      unless on (<<by>>)
    last_over_time(kcwatch_target_last_success_timestamp_seconds{<<job>>}[15m])
";

/// Step and cause are labels, so what was broken before would stay beside what is broken now if it were carried over holes.
const BROKEN: &str = "\
# Where an integration is broken: as it is said now, and as long as nothing is, as it was said last.
- record: target:kcwatch_oidc_broken:max
  expr: |-
    max by (<<by>>, step, cause) (kcwatch_oidc_broken{<<job>>} == 1)
      or
    target:kcwatch_oidc_broken:max{<<job>>}
      unless on (<<by>>) kcwatch_oidc_check{<<job>>}
      and on (<<by>>) (target:kcwatch_oidc_check:min{<<job>>} == 0)
";

/// Each alert about a client holds the ticket, which names all that are due: so these are found once an evaluation, and few.
const DUE: &str = "\
# The client secrets that the ticket of a target names, and how many there are in all.
- record: target:kcwatch_client_secrets_due:count
  expr: |-
    count by (<<by>>) (
      client:kcwatch_client_secret_expiration_timestamp_seconds:max{<<job>>} - time() < on (<<by>>) group_left () <<secret_notice>>
    )
- record: client:kcwatch_client_secret_expiration_timestamp_seconds:due
  expr: |-
    bottomk by (<<by>>) (<<most_due>>,
      client:kcwatch_client_secret_expiration_timestamp_seconds:max{<<job>>} < on (<<by>>) group_left () (<<secret_notice>> + time())
    )
# How many of those have an id that would not stay in its line.
- record: target:kcwatch_client_secrets_due:odd
  expr: |-
    count by (<<by>>) (
      client:kcwatch_client_secret_expiration_timestamp_seconds:due{<<job>>,client=~\"(?s).*[\\n\\r\\t].*\"}
    )
";

impl Recorded {
    fn of_target(&self) -> String {
        self.rule(&format!("{BY}{}", self.labels))
    }

    fn of_store(self) -> String {
        let of_store = Self {
            of: "store",
            ..self
        };
        of_store.rule("namespace, job, store")
    }

    /// The rule: what is scraped, without holes; else what it was, while nothing is heard, or until it is read again.
    fn rule(&self, by: &str) -> String {
        let Self {
            of,
            operation,
            metric,
            selector,
            suffix,
            ..
        } = self;
        let record = format!("{of}:{metric}:{operation}{suffix}");
        let known = if *metric == STATE { KNOWN } else { "" };
        let unread = self.unread.map(|unread| {
            format!(
                "      or
    {record}{{<<job>>}}
      and on (<<by>>) {unread}{{<<job>>}}
"
            )
        });
        let unread = unread.unwrap_or_default();
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
