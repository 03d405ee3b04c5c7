//! What is known about one target.

use std::{sync::Arc, time::Duration};

use crate::{
    model::{Failure, Reason, Standing, UnixTime},
    watch::{Facts, Question, Seen, Target},
};

/// One attempt at a target: what came of it and how long it took.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// What was seen, or why nothing.
    pub outcome: Result<Seen, Failure>,
    /// From asking to answer.
    pub took: Duration,
}

/// What is known about one target.
#[derive(Clone, Debug, PartialEq)]
pub struct TargetState {
    /// The target, as configured.
    pub target: Arc<Target>,
    /// When the latest attempt ended.
    pub last_attempt: Option<UnixTime>,
    /// When the latest attempt that worked ended; never forgotten.
    pub last_success: Option<UnixTime>,
    /// What came of the latest attempt; `None` before the first.
    pub outcome: Option<Result<(), Reason>>,
    /// How long the latest attempt took.
    pub took: Duration,
    /// Attempts so far.
    pub polls: u64,
    /// Failed attempts so far, by [`Reason::index`].
    pub failures: [u32; Reason::COUNT],
    /// Failed attempts since the latest that worked.
    pub failures_in_a_row: u32,
    /// What is known about what it watches.
    pub facts: Facts,
}

impl TargetState {
    /// Before the first attempt.
    pub(super) fn unseen(target: Arc<Target>) -> Self {
        Self {
            last_attempt: None,
            last_success: None,
            outcome: None,
            took: Duration::ZERO,
            polls: 0,
            failures: [0; Reason::COUNT],
            failures_in_a_row: 0,
            facts: Facts::nothing(&target.watch),
            target,
        }
    }

    /// The same under a new definition that watches the same.
    pub(super) fn under(&self, target: Arc<Target>) -> Self {
        Self {
            facts: self.facts.under(&self.target.watch, &target.watch),
            target,
            ..self.clone()
        }
    }

    /// After something beside the target itself was asked: that neither makes it up nor down.
    pub(super) fn told(&self, question: Question, attempt: &Attempt, now: UnixTime) -> Self {
        let outcome = attempt.outcome.as_ref().map_err(|failure| failure.reason);
        Self {
            facts: self.facts.after(&self.target.watch, question, outcome, now),
            ..self.clone()
        }
    }

    /// After one more attempt. A failed one keeps what was known before and counts what went wrong.
    pub(super) fn after(&self, attempt: &Attempt, now: UnixTime) -> Self {
        let outcome = attempt.outcome.as_ref().map_err(|failure| failure.reason);
        let mut failures = self.failures;
        if let Err(reason) = outcome
            && let Some(count) = failures.get_mut(reason.index())
        {
            *count = count.saturating_add(1);
        }
        Self {
            target: Arc::clone(&self.target),
            last_attempt: Some(now),
            last_success: if outcome.is_ok() {
                Some(now)
            } else {
                self.last_success
            },
            outcome: Some(outcome.map(drop)),
            took: attempt.took,
            polls: self.polls.saturating_add(1),
            failures,
            failures_in_a_row: if outcome.is_ok() {
                0
            } else {
                self.failures_in_a_row.saturating_add(1)
            },
            facts: self
                .facts
                .after(&self.target.watch, Question::Target, outcome, now),
        }
    }

    /// Whether the latest attempt worked.
    pub fn is_up(&self) -> bool {
        matches!(self.outcome, Some(Ok(())))
    }

    /// Why the latest attempt failed, if it did.
    pub fn failed(&self) -> Option<Reason> {
        self.outcome.and_then(Result::err)
    }

    /// What to do, most pressing first.
    pub fn advice(&self, now: UnixTime) -> Vec<&'static str> {
        let watch = &self.target.watch;
        let failed = self.failed().map(|reason| watch.advice_on(reason));
        let mut advice: Vec<&str> = failed.into_iter().collect();
        advice.extend(self.facts.advice(watch, now));
        advice.dedup();
        advice
    }

    /// How the target stands: at best unknown while it cannot be read, whatever was known before.
    pub fn standing(&self, now: UnixTime) -> Standing {
        let by_facts = self.facts.standing(&self.target.watch, now);
        if self.is_up() {
            by_facts
        } else {
            by_facts.max(Standing::Unknown)
        }
    }
}
