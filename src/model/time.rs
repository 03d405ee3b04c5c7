//! Instants and spans, in whole seconds.

use std::{fmt, num::NonZeroU64, time::Duration};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// What stands behind the seconds of an instant that no calendar names.
const BEYOND: &str = " s after 1970";

/// When the year 0 begins, in seconds since 1970.
const YEAR_ZERO: i64 = -62_167_219_200;

/// An instant, in whole seconds since 1970-01-01T00:00:00Z (RFC 7519 calls this a `NumericDate`).
///
/// Any `i64` but the very smallest is allowed: a token's `exp` can lie before 1970 (Keycloak's 32-bit overflow gives negative
/// values, observed) or after the year 9999 (milliseconds instead of seconds).
///
/// It is held as the seconds since the earliest instant there is, which are never none: that makes an `Option` of it no larger,
/// and ten thousand targets a megabyte and a half smaller.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixTime(NonZeroU64);

/// Where 1970 lies among the seconds that are held.
const EPOCH: u64 = 1 << 63;

impl UnixTime {
    /// The instant `seconds` after the epoch.
    pub const fn from_seconds(seconds: i64) -> Self {
        match NonZeroU64::new(seconds.cast_unsigned() ^ EPOCH) {
            Some(held) => Self(held),
            None => Self(NonZeroU64::MIN),
        }
    }

    /// Seconds since the epoch.
    pub const fn seconds(self) -> i64 {
        (self.0.get() ^ EPOCH).cast_signed()
    }

    /// The value as a sample.
    #[expect(
        clippy::as_conversions,
        clippy::cast_precision_loss,
        reason = "exact until the year 285 million"
    )]
    pub const fn as_sample(self) -> f64 {
        self.seconds() as f64
    }

    /// How many seconds `self` lies after `earlier`; negative if before. Saturates.
    pub const fn seconds_since(self, earlier: Self) -> i64 {
        self.seconds().saturating_sub(earlier.seconds())
    }

    /// The day in words, as people write it in a letter: `26 November 2026`, in UTC; beyond the calendar as [`Display`](fmt::Display).
    pub fn day(self) -> String {
        match jiff::Timestamp::from_second(self.seconds()) {
            Ok(instant) => instant.strftime("%-d %B %Y").to_string(),
            Err(_) => self.to_string(),
        }
    }

    /// The minute, as a page shows it: `2026-11-22 17:53 UTC`; beyond the calendar as [`Display`](fmt::Display).
    pub fn minute(self) -> String {
        self.said("%Y-%m-%d %H:%M UTC")
    }

    /// The time of day, as a page shows it: `17:53:52 UTC`; beyond the calendar as [`Display`](fmt::Display).
    pub fn time_of_day(self) -> String {
        self.said("%H:%M:%S UTC")
    }

    /// Whether a calendar has a name for it.
    pub fn is_in_calendar(self) -> bool {
        jiff::Timestamp::from_second(self.seconds()).is_ok() && self.seconds() >= YEAR_ZERO
    }

    fn said(self, form: &str) -> String {
        match jiff::Timestamp::from_second(self.seconds()) {
            Ok(instant) if self.is_in_calendar() => instant.strftime(form).to_string(),
            _ => self.to_string(),
        }
    }

    /// The instant `span` earlier, in whole seconds. Saturates.
    #[must_use]
    pub fn minus(self, span: Duration) -> Self {
        let span = i64::try_from(span.as_secs()).unwrap_or(i64::MAX);
        Self::from_seconds(self.seconds().saturating_sub(span))
    }

    /// The instant `span` later. Saturates.
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        let span = i64::try_from(span.as_secs()).unwrap_or(i64::MAX);
        Self::from_seconds(self.seconds().saturating_add(span))
    }
}

impl fmt::Debug for UnixTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("UnixTime").field(&self.seconds()).finish()
    }
}

impl fmt::Display for UnixTime {
    /// `2026-11-22T17:53:52Z`; an instant outside the years 0 to 9999 as its number of seconds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.seconds();
        match jiff::Timestamp::from_second(seconds) {
            Ok(instant) if seconds >= YEAR_ZERO => write!(f, "{instant}"),
            _ => write!(f, "{seconds}{BEYOND}"),
        }
    }
}

impl Serialize for UnixTime {
    /// As its display form: `"2026-11-22T17:53:52Z"`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl schemars::JsonSchema for UnixTime {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "UnixTime".into()
    }

    fn json_schema(_generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": r"^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z|-?\d+ s after 1970)$",
        })
    }
}

impl<'de> Deserialize<'de> for UnixTime {
    /// From its display form, whichever it is.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        let seconds = match text.strip_suffix(BEYOND) {
            Some(number) => number.parse().ok(),
            None => text.parse().map(jiff::Timestamp::as_second).ok(),
        };
        seconds
            .map(Self::from_seconds)
            .ok_or_else(|| de::Error::custom("must be an instant"))
    }
}

/// When something ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_instant_comes_back_as_it_was_written(seconds in prop::num::i64::ANY) {
            let instant = UnixTime::from_seconds(seconds);
            let written = serde_json::to_string(&instant).unwrap();
            prop_assert_eq!(serde_json::from_str::<UnixTime>(&written).unwrap(), instant);
        }

        #[test]
        fn instants_are_ordered_as_their_seconds(one in prop::num::i64::ANY, other in prop::num::i64::ANY) {
            let [before, after] = [one, other].map(UnixTime::from_seconds);
            prop_assert_eq!(before.cmp(&after), one.cmp(&other));
            prop_assert_eq!(before.seconds(), one);
        }
    }

    #[test]
    fn no_instant_takes_no_room() {
        assert_eq!(size_of::<Option<UnixTime>>(), size_of::<UnixTime>());
        let edges = [i64::MIN + 1, -1, 0, 1, i64::MAX];
        let seconds = edges.map(|edge| UnixTime::from_seconds(edge).seconds());
        assert_eq!(seconds, edges);
        let earliest = UnixTime::from_seconds(i64::MIN);
        assert_eq!(earliest, UnixTime::from_seconds(i64::MIN + 1));
    }

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
    fn a_day_is_said_as_in_a_letter() {
        let days = [0, 1_795_639_565, -1].map(|seconds| UnixTime::from_seconds(seconds).day());
        assert_eq!(
            days,
            ["1 January 1970", "25 November 2026", "31 December 1969"]
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
