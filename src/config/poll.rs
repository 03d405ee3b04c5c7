//! Section `poll`.

use std::{ops::RangeInclusive, time::Duration};

use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    duration::{Span, positive, within, words},
    number,
    problems::Key,
    report::Report,
    settings::Poll,
};

/// How short and how long an interval may be.
const INTERVALS: RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_secs(86_400);
/// How many reads may run at the same time.
const CONCURRENCY: RangeInclusive<usize> = 1..=1024;

/// When and how targets are read.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "Poll")]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawPoll {
    /// How long after one read of a target the next begins, 1s to 1d; a target may have its own.
    interval: Span,
    /// How long one read may take; below every target's interval.
    timeout: Span,
    /// How many reads run at the same time, for each store.
    #[schemars(range(min = 1, max = 1024))]
    concurrency: i64,
}

impl Default for RawPoll {
    fn default() -> Self {
        Self {
            interval: Span::seconds(60),
            timeout: Span::seconds(10),
            concurrency: 16,
        }
    }
}

/// The section as far as it could be read; `None` for what was refused.
#[derive(Debug, Default)]
pub(super) struct Checked {
    interval: Option<Duration>,
    timeout: Option<Duration>,
    concurrency: Option<usize>,
}

pub(super) fn check(raw: &RawPoll, at: &Key, report: &mut Report) -> Checked {
    let [interval, timeout] = ["interval", "timeout"].map(|key| at.key(key));
    let checked = Checked {
        interval: report
            .as_written(&interval, raw.interval.0)
            .and_then(|span| check_interval(span, &interval, report)),
        timeout: report
            .as_written(&timeout, raw.timeout.0)
            .and_then(|span| positive(span, &timeout, report)),
        concurrency: number::within(
            &CONCURRENCY,
            raw.concurrency,
            &at.key("concurrency"),
            report,
        ),
    };
    if let (Some(span), Some(limit)) = (checked.timeout, checked.interval)
        && span >= limit
    {
        let (limit, span) = (words(limit), words(span));
        let text = format!("must be below poll.interval, which is {limit}, found {span}");
        report.refuse(&timeout, text);
    }
    checked
}

impl Checked {
    /// The interval and the timeout of a target that may have its own interval, given at `at`, and else at least the usual one of
    /// its kind.
    pub(super) fn timing(
        &self,
        (own, usual): (Option<Span>, Duration),
        at: &Key,
        report: &mut Report,
    ) -> Option<(Duration, Duration)> {
        let Some(own) = own else {
            return Some((self.interval?.max(usual), self.timeout?));
        };
        let own = check_interval(own.0, at, report)?;
        let timeout = self.timeout?;
        if own <= timeout {
            let (own, timeout) = (words(own), words(timeout));
            let text = format!("must be longer than poll.timeout, which is {timeout}, found {own}");
            report.refuse(at, text);
        }
        Some((own, timeout))
    }

    /// The section, if nothing in it was refused.
    pub(super) fn complete(self) -> Option<Poll> {
        Some(Poll {
            interval: self.interval?,
            timeout: self.timeout?,
            concurrency: self.concurrency?,
        })
    }
}

fn check_interval(span: Duration, at: &Key, report: &mut Report) -> Option<Duration> {
    within(&INTERVALS, span, at, report)
}
