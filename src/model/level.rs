//! How late it is ([`Level`]) and how loudly to say so ([`Severity`]).

use std::{fmt, time::Duration};

use serde::{Deserialize, Serialize};

/// How late it is for a token, mildest first.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Time to order a new token.
    Notice,
    /// The order is overdue.
    Urgent,
    /// The token is of no use any more.
    Expired,
}

impl Level {
    /// Every level, mildest first.
    pub const ALL: [Self; 3] = [Self::Notice, Self::Urgent, Self::Expired];

    /// How late it is with so many seconds left; `None` while the end is far off.
    pub fn reached(thresholds: &[Threshold], left: i64) -> Option<Self> {
        let crossed = thresholds
            .iter()
            .filter(|threshold| threshold.is_crossed(left));
        crossed.map(|threshold| threshold.level).max()
    }

    /// The value of the label `level`.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Urgent => "urgent",
            Self::Expired => "expired",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

/// What an alert carries in its label `severity`. Alertmanager routes by it, so the list is closed:
/// a misspelt word would be routed to nobody.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// For the record; nobody is disturbed.
    Info,
    /// To be looked at some time.
    Warning,
    /// To be done in working hours.
    Medium,
    /// Somebody is paged.
    High,
    /// Somebody is paged, and more people than one.
    Critical,
}

impl Severity {
    /// The value of the label `severity`.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

/// From when on a token's remaining life is an alert, and of which severity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Threshold {
    /// How late it is once the threshold is crossed.
    pub level: Level,
    /// The remaining life below which it is crossed; zero for [`Level::Expired`].
    pub before: Duration,
    /// What the alert carries.
    pub severity: Severity,
}

impl Threshold {
    fn is_crossed(&self, left: i64) -> bool {
        match self.level {
            Level::Expired => left <= 0,
            Level::Notice | Level::Urgent => {
                left < i64::try_from(self.before.as_secs()).unwrap_or(i64::MAX)
            }
        }
    }
}

/// How few registrations are left, mildest first.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ClientsLevel {
    /// Time to order a new token.
    Notice,
    /// The order is overdue.
    Urgent,
    /// None is left.
    Exhausted,
}

impl ClientsLevel {
    /// The value of the label `level`.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Urgent => "urgent",
            Self::Exhausted => "exhausted",
        }
    }
}

impl fmt::Display for ClientsLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

/// From when on the number of registrations left is an alert, and of which severity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientsThreshold {
    /// How few it is once the threshold is reached.
    pub level: ClientsLevel,
    /// The number left at which, and below which, it is reached; zero for [`ClientsLevel::Exhausted`].
    pub left: u32,
    /// What the alert carries.
    pub severity: Severity,
}

/// How a target stands, for people and for exit codes; worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Nothing to do.
    Ok,
    /// Something to do, in time.
    Notice,
    /// It cannot be seen, so nothing may be claimed.
    Unknown,
    /// Something to do now.
    Urgent,
}

impl Standing {
    /// Every standing, best first.
    pub const ALL: [Self; 4] = [Self::Ok, Self::Notice, Self::Unknown, Self::Urgent];

    /// The word for it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Notice => "notice",
            Self::Unknown => "unknown",
            Self::Urgent => "urgent",
        }
    }
}
