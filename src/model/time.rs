//! Instants and spans, in whole seconds.

use std::{fmt, time::Duration};

use serde::{Serialize, Serializer};

/// An instant, in whole seconds since 1970-01-01T00:00:00Z (RFC 7519 calls this a `NumericDate`).
///
/// Any `i64` is allowed: a token's `exp` can lie before 1970 (Keycloak's 32-bit overflow gives negative
/// values, observed) or after the year 9999 (milliseconds instead of seconds).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixTime(i64);

impl UnixTime {
    /// The instant `seconds` after the epoch.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Seconds since the epoch.
    pub const fn seconds(self) -> i64 {
        self.0
    }

    /// The value as a sample.
    #[expect(
        clippy::as_conversions,
        clippy::cast_precision_loss,
        reason = "exact until the year 285 million"
    )]
    pub const fn as_sample(self) -> f64 {
        self.0 as f64
    }

    /// How many seconds `self` lies after `earlier`; negative if before. Saturates.
    pub const fn seconds_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The instant `span` later. Saturates.
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        Self(
            self.0
                .saturating_add(i64::try_from(span.as_secs()).unwrap_or(i64::MAX)),
        )
    }
}

impl fmt::Display for UnixTime {
    /// `2026-11-22T17:53:52Z`; an instant outside the years 0 to 9999 as its number of seconds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_second(self.0) {
            Ok(instant) if self.0 >= -62_167_219_200 => write!(f, "{instant}"),
            _ => write!(f, "{} s after 1970", self.0),
        }
    }
}

impl Serialize for UnixTime {
    /// As its display form: `"2026-11-22T17:53:52Z"`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// When something ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expiry {
    /// It does not.
    Never,
    /// At this instant.
    At(UnixTime),
}

impl Expiry {
    /// The value as a sample: `+Inf` for [`Expiry::Never`].
    pub const fn as_sample(self) -> f64 {
        match self {
            Self::Never => f64::INFINITY,
            Self::At(instant) => instant.as_sample(),
        }
    }

    /// Whether it has come. An instant counts as reached in the very second it names.
    pub fn is_past(self, now: UnixTime) -> bool {
        matches!(self, Self::At(instant) if instant <= now)
    }
}

/// A span in words, in its two largest units: `9 days 3 hours`, `1 minute`, `0 seconds`.
///
/// The sign is dropped: say "in" or "ago" yourself.
pub fn words_for_span(seconds: i64) -> String {
    const UNITS: [(u64, &str); 4] = [
        (86_400, "day"),
        (3_600, "hour"),
        (60, "minute"),
        (1, "second"),
    ];
    let mut left = seconds.unsigned_abs();
    let mut words = Vec::new();
    for (length, name) in UNITS {
        let count = left / length;
        left %= length;
        if count > 0 {
            words.push(format!(
                "{count} {name}{}",
                if count == 1 { "" } else { "s" }
            ));
        } else if !words.is_empty() {
            break;
        }
        if words.len() == 2 {
            break;
        }
    }
    if words.is_empty() {
        "0 seconds".to_owned()
    } else {
        words.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_said_in_their_two_largest_units() {
        let said: Vec<String> = [0, 1, 61, 3_600, 90_000, -86_400 * 9 - 3 * 3_600, 86_400 + 5]
            .map(words_for_span)
            .into();
        assert_eq!(
            said,
            [
                "0 seconds",
                "1 second",
                "1 minute 1 second",
                "1 hour",
                "1 day 1 hour",
                "9 days 3 hours",
                "1 day"
            ]
        );
    }

    #[test]
    fn instants_beyond_the_calendar_are_said_in_seconds() {
        assert_eq!(
            UnixTime::from_seconds(0).to_string(),
            "1970-01-01T00:00:00Z"
        );
        assert_eq!(
            UnixTime::from_seconds(i64::MAX).to_string(),
            "9223372036854775807 s after 1970"
        );
    }
}
