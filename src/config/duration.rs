//! Spans of time as people write them.

use std::{borrow::Cow, fmt, ops::RangeInclusive, time::Duration};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{problems::Key, report::Report};

/// What stands in the JSON Schema: one number with its unit, or several.
const PATTERN: &str = r"^\s*(\d+(\.\d+)?\s*(nanos|nsec|ns|usec|us|µs|millis|msec|ms|seconds|second|secs|sec|s|minutes|minute|mins|min|m|hours|hour|hrs|hr|h|days|day|d|weeks|week|wks|wk|w|months|month|M|years|year|yrs|yr|y)\s*)+$";

/// A span of time in the form `60s`, `1h 30m` or `10d`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Span(pub(crate) Duration);

impl Span {
    pub(crate) const fn seconds(seconds: u64) -> Self {
        Self(Duration::from_secs(seconds))
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        words(self.0).fmt(f)
    }
}

/// A span for a message or a default: in one unit if it is a round number of it, so that `60s` stays `60s` rather
/// than `1m`, the way this documentation writes it.
pub(crate) fn words(span: Duration) -> String {
    let seconds = span.as_secs();
    if span.subsec_nanos() != 0 || seconds == 0 {
        return humantime::format_duration(span).to_string();
    }
    match seconds {
        days if days % 86_400 == 0 => format!("{}d", days / 86_400),
        hours if hours % 3_600 == 0 => format!("{}h", hours / 3_600),
        minutes if minutes % 60 == 0 && minutes > 60 => format!("{}m", minutes / 60),
        _ => format!("{seconds}s"),
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Reader)
    }
}

struct Reader;

impl de::Visitor<'_> for Reader {
    type Value = Span;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a duration such as 60s, 1h 30m or 10d")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Span, E> {
        humantime::parse_duration(text)
            .map(Span)
            .map_err(|_may_quote_it| de::Error::invalid_value(de::Unexpected::Str(text), &self))
    }
}

impl JsonSchema for Span {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Duration".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": PATTERN })
    }
}

/// `span`, if it lies within `range`.
pub(crate) fn within(
    range: &RangeInclusive<Duration>,
    span: Duration,
    at: &Key,
    report: &mut Report,
) -> Option<Duration> {
    if range.contains(&span) {
        return Some(span);
    }
    let (least, most) = (words(*range.start()), words(*range.end()));
    let text = format!("must be from {least} to {most}, found {}", words(span));
    report.refuse(at, text);
    None
}

/// `span`, if it is more than nothing.
pub(crate) fn positive(span: Duration, at: &Key, report: &mut Report) -> Option<Duration> {
    if span.is_zero() {
        report.refuse(at, "must be longer than 0s");
    }
    (!span.is_zero()).then_some(span)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_written_as_the_documentation_writes_them() {
        let written: Vec<String> = [0, 1, 60, 90, 300, 3_600, 5_400, 86_400 * 30]
            .map(|seconds| words(Duration::from_secs(seconds)))
            .into();
        assert_eq!(
            written,
            ["0s", "1s", "60s", "90s", "5m", "1h", "90m", "30d"]
        );
        assert_eq!(words(Duration::from_millis(1_500)), "1s 500ms");
    }
}
