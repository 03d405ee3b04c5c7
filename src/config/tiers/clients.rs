//! Section `tiers.<name>.clients`.

use std::ops::RangeInclusive;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    config::{number, problems::Key, report::Report, schema::nothing_required},
    model::{ClientsLevel, ClientsThreshold, Severity},
};

/// How few registrations may be called few.
const LEFT: RangeInclusive<u32> = 1..=1_000_000;

/// From when on the number of registrations that a token has left is an alert.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "ClientsThresholds", transform = nothing_required)]
#[serde(deny_unknown_fields)]
pub(super) struct RawClients {
    /// Time to order a new token.
    #[schemars(with = "RawThreshold")]
    notice: Option<RawThreshold>,
    /// The order is overdue.
    #[schemars(with = "RawThreshold")]
    urgent: Option<RawThreshold>,
    /// None is left.
    #[schemars(with = "RawExhausted")]
    exhausted: Option<RawExhausted>,
}

/// One threshold.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "ClientsThreshold", transform = nothing_required)]
#[serde(deny_unknown_fields)]
struct RawThreshold {
    /// The number of registrations left at which, and below which, it is reached: 1 to 1000000, and for `urgent` below
    /// that of `notice`.
    #[schemars(with = "i64", range(min = 1, max = 1_000_000))]
    left: Option<i64>,
    /// The severity that the alert carries.
    #[schemars(with = "Severity")]
    severity: Option<Severity>,
}

/// What happens when none is left.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "Exhausted", transform = nothing_required)]
#[serde(deny_unknown_fields)]
struct RawExhausted {
    /// The severity that the alert carries.
    #[schemars(with = "Severity")]
    severity: Option<Severity>,
}

pub(super) fn check(
    raw: Option<RawClients>,
    at: &Key,
    report: &mut Report,
) -> Option<Vec<ClientsThreshold>> {
    let raw = report.required(at, raw, "a table with notice, urgent and exhausted")?;
    let notice = threshold(raw.notice, ClientsLevel::Notice, at, report);
    let urgent = threshold(raw.urgent, ClientsLevel::Urgent, at, report);
    let exhausted = exhausted(raw.exhausted, at, report);
    check_order(&notice, &urgent, report);
    Some(vec![notice.complete()?, urgent.complete()?, exhausted?])
}

/// A threshold as far as it could be read.
struct Partial {
    level: ClientsLevel,
    at: Key,
    left: Option<u32>,
    severity: Option<Severity>,
}

impl Partial {
    fn complete(self) -> Option<ClientsThreshold> {
        Some(ClientsThreshold {
            level: self.level,
            left: self.left?,
            severity: self.severity?,
        })
    }
}

fn threshold(
    raw: Option<RawThreshold>,
    level: ClientsLevel,
    clients: &Key,
    report: &mut Report,
) -> Partial {
    let at = clients.key(level.label());
    let raw = report.required(&at, raw, "a table with left and severity");
    let left_key = at.key("left");
    let (mut left, mut severity) = (None, None);
    if let Some(raw) = raw {
        left = report
            .required(&left_key, raw.left, "a number of registrations, such as 20")
            .and_then(|number| number::within(&LEFT, number, &left_key, report));
        severity = super::check_severity(raw.severity, &at, report);
    }
    Partial {
        level,
        at: left_key,
        left,
        severity,
    }
}

fn exhausted(
    raw: Option<RawExhausted>,
    clients: &Key,
    report: &mut Report,
) -> Option<ClientsThreshold> {
    let at = clients.key(ClientsLevel::Exhausted.label());
    let raw = report.required(&at, raw, "a table with severity")?;
    Some(ClientsThreshold {
        level: ClientsLevel::Exhausted,
        left: 0,
        severity: super::check_severity(raw.severity, &at, report)?,
    })
}

/// Refuses `urgent` unless it is below `notice`.
fn check_order(notice: &Partial, urgent: &Partial, report: &mut Report) {
    if let (Some(limit), Some(left)) = (notice.left, urgent.left)
        && left >= limit
    {
        let text = format!("must be below notice.left, which is {limit}, found {left}");
        report.refuse(&urgent.at, text);
    }
}
