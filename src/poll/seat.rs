//! A question's place in the run of things.

use std::time::Duration;

use tokio::time::Instant;

use super::{Job, lane::Place, schedule};
use crate::watch::Question;

/// A question that is asked out of turn waits until so long after it was last asked.
const BREATH: Duration = Duration::from_secs(10);

/// A question's place in the run of things.
pub(super) struct Seat {
    pub(super) job: Job,
    /// Its own moment in its interval: the latest one, or the next.
    pub(super) due: Instant,
    /// When it is on the agenda; `None` while it is asked.
    pub(super) next: Option<Instant>,
    /// When it was last asked.
    pub(super) begun: Option<Instant>,
    /// It was called out of turn while it was asked.
    pub(super) called: bool,
    /// Failures since the latest answer that was good.
    pub(super) failures: u32,
    pub(super) place: Place,
    pub(super) known_to_be_slow: bool,
}

impl Seat {
    /// When it is due next, in its turn.
    pub(super) fn in_turn(&mut self) -> Instant {
        let (now, interval) = (Instant::now(), self.job.interval);
        if self.job.about.question() == Some(Question::Rehearsal) {
            return now + schedule::around(interval, fastrand::f64());
        }
        while self.due <= now {
            self.due += interval;
        }
        self.due
    }

    /// The earliest moment for a question out of turn: servers are not asked the same thing again and again.
    pub(super) fn out_of_turn(&self, now: Instant) -> Instant {
        let breath = BREATH.min(self.job.interval);
        self.begun.map_or(now, |begun| now.max(begun + breath))
    }
}
