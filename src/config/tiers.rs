//! Section `tiers`.

mod clients;

use std::{ops::RangeInclusive, sync::Arc, time::Duration};

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    model::{Level, Severity, Threshold},
    watch::initial_access_token::config::Clients,
};

use super::{
    duration::{Span, positive, within, words},
    problems::Key,
    report::Report,
    schema::nothing_required,
};

/// How short and how long a lifetime may be.
const LIFETIMES: RangeInclusive<Duration> =
    Duration::from_secs(1)..=Duration::from_secs(36_500 * 86_400);

/// The tiers of the operating procedure. What the user writes is laid over them.
pub(super) fn built_in() -> Value {
    json!({
        "prod": { "lifetime": "30d", "expiry": {
            "notice": { "before": "10d", "severity": "medium" },
            "urgent": { "before": "4d", "severity": "high" },
            "expired": { "severity": "high" },
        }, "clients": {
            "notice": { "left": 20, "severity": "medium" },
            "urgent": { "left": 5, "severity": "high" },
            "exhausted": { "severity": "high" },
        } },
        "stage": { "lifetime": "90d", "expiry": {
            "notice": { "before": "14d", "severity": "info" },
            "urgent": { "before": "5d", "severity": "medium" },
            "expired": { "severity": "medium" },
        }, "clients": {
            "notice": { "left": 20, "severity": "info" },
            "urgent": { "left": 5, "severity": "medium" },
            "exhausted": { "severity": "medium" },
        } },
    })
}

/// What targets of one tier have in common. `prod` and `stage` are built in, and what is written here is merged with
/// them; every other tier must say everything.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "Tier", transform = nothing_required)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTier {
    /// The lifetime that is asked for when a token is ordered, 1s to 36500d.
    #[schemars(with = "Span")]
    lifetime: Option<Span>,
    /// From when on the remaining life of a token is an alert.
    #[schemars(with = "RawExpiry")]
    expiry: Option<RawExpiry>,
    /// From when on the number of registrations that a token has left is an alert.
    #[schemars(with = "clients::RawClients")]
    clients: Option<clients::RawClients>,
}

/// From when on the remaining life of a token is an alert.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "ExpiryThresholds", transform = nothing_required)]
#[serde(deny_unknown_fields)]
struct RawExpiry {
    /// Time to order a new token.
    #[schemars(with = "RawThreshold")]
    notice: Option<RawThreshold>,
    /// The order is overdue.
    #[schemars(with = "RawThreshold")]
    urgent: Option<RawThreshold>,
    /// The token is of no use any more.
    #[schemars(with = "RawExpired")]
    expired: Option<RawExpired>,
}

/// One threshold.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "Threshold", transform = nothing_required)]
#[serde(deny_unknown_fields)]
struct RawThreshold {
    /// The remaining life below which it is crossed: below the tier's lifetime, and for `urgent` below that of `notice`.
    #[schemars(with = "Span")]
    before: Option<Span>,
    /// The severity that the alert carries.
    #[schemars(with = "Severity")]
    severity: Option<Severity>,
}

/// What happens at the end.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "Expired", transform = nothing_required)]
#[serde(deny_unknown_fields)]
struct RawExpired {
    /// The severity that the alert carries.
    #[schemars(with = "Severity")]
    severity: Option<Severity>,
}

/// What targets of one tier have in common, as checked.
#[derive(Debug)]
pub(crate) struct Tier {
    /// The lifetime that is asked for when a token is ordered.
    pub(crate) lifetime: Duration,
    /// One threshold of the remaining life a level, mildest first.
    pub(crate) thresholds: Arc<[Threshold]>,
    /// How registrations are counted of a token of which nothing else is said, thresholds of the tier included.
    pub(crate) clients: Arc<Clients>,
}

pub(super) fn check(raw: RawTier, at: &Key, report: &mut Report) -> Option<Tier> {
    let lifetime_key = at.key("lifetime");
    let lifetime = report
        .required(
            &lifetime_key,
            raw.lifetime,
            "how long a token lives, such as 30d",
        )
        .and_then(|span| within(&LIFETIMES, span.0, &lifetime_key, report));
    let thresholds = expiry(raw.expiry, lifetime, &at.key("expiry"), report);
    let clients = clients::check(raw.clients, &at.key("clients"), report);
    Some(Tier {
        lifetime: lifetime?,
        thresholds: thresholds?,
        clients: Arc::new(Clients {
            thresholds: clients?,
            ..Clients::default()
        }),
    })
}

fn expiry(
    raw: Option<RawExpiry>,
    lifetime: Option<Duration>,
    at: &Key,
    report: &mut Report,
) -> Option<Arc<[Threshold]>> {
    let raw = report.required(at, raw, "a table with notice, urgent and expired")?;
    let notice = threshold(raw.notice, Level::Notice, at, report);
    let urgent = threshold(raw.urgent, Level::Urgent, at, report);
    let expired = expired(raw.expired, at, report);
    check_order(&notice, &urgent, lifetime, report);
    Some(Arc::from([
        notice.complete()?,
        urgent.complete()?,
        expired?,
    ]))
}

/// Refuses thresholds that are not each below the one before, and the first below the lifetime.
fn check_order(
    notice: &Partial,
    urgent: &Partial,
    lifetime: Option<Duration>,
    report: &mut Report,
) {
    let whole = "the tier's lifetime";
    below(notice, lifetime, whole, report);
    match notice.before {
        Some(_) => below(urgent, notice.before, "notice.before", report),
        None => below(urgent, lifetime, whole, report),
    }
}

/// A threshold as far as it could be read.
struct Partial {
    level: Level,
    at: Key,
    before: Option<Duration>,
    severity: Option<Severity>,
}

impl Partial {
    fn complete(self) -> Option<Threshold> {
        Some(Threshold {
            level: self.level,
            before: self.before?,
            severity: self.severity?,
        })
    }
}

fn threshold(
    raw: Option<RawThreshold>,
    level: Level,
    expiry: &Key,
    report: &mut Report,
) -> Partial {
    let at = expiry.key(level.label());
    let raw = report.required(&at, raw, "a table with before and severity");
    let before_key = at.key("before");
    let (mut before, mut severity) = (None, None);
    if let Some(raw) = raw {
        before = report
            .required(&before_key, raw.before, "a remaining life, such as 10d")
            .and_then(|span| positive(span.0, &before_key, report));
        severity = check_severity(raw.severity, &at, report);
    }
    Partial {
        level,
        at: before_key,
        before,
        severity,
    }
}

fn expired(raw: Option<RawExpired>, expiry: &Key, report: &mut Report) -> Option<Threshold> {
    let at = expiry.key(Level::Expired.label());
    let raw = report.required(&at, raw, "a table with severity")?;
    Some(Threshold {
        level: Level::Expired,
        before: Duration::ZERO,
        severity: check_severity(raw.severity, &at, report)?,
    })
}

fn check_severity(raw: Option<Severity>, at: &Key, report: &mut Report) -> Option<Severity> {
    let what = "one of info, warning, medium, high, critical";
    report.required(&at.key("severity"), raw, what)
}

/// Refuses a threshold that is not below `limit`.
fn below(threshold: &Partial, limit: Option<Duration>, name: &str, report: &mut Report) {
    if let (Some(before), Some(limit)) = (threshold.before, limit)
        && before >= limit
    {
        let (before, limit) = (words(before), words(limit));
        let text = format!("must be below {name}, which is {limit}, found {before}");
        report.refuse(&threshold.at, text);
    }
}
