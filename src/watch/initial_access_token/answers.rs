//! How a source answered lately. Pure.

use serde::{Deserialize, Serialize};

use crate::model::{Reason, UnixTime};

/// How a source answered lately.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Answers {
    /// When it last answered well.
    pub last_success: Option<UnixTime>,
    /// Why its latest answer was none; not remembered over a restart.
    #[serde(skip)]
    pub failed: Option<Reason>,
    /// Whether it was asked since the start.
    #[serde(skip)]
    pub asked: bool,
}

impl Answers {
    /// After one more answer.
    #[must_use]
    pub fn after(self, outcome: Result<(), Reason>, now: UnixTime) -> Self {
        Self {
            last_success: if outcome.is_ok() {
                Some(now)
            } else {
                self.last_success
            },
            failed: outcome.err(),
            asked: true,
        }
    }

    /// Whether its latest answer was a good one; `None` before it was asked.
    pub fn is_up(&self) -> Option<bool> {
        self.asked.then_some(self.failed.is_none())
    }
}
