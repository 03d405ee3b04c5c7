//! What of a [`Snapshot`] must outlive the process: the content of the state file. Never a secret.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{Snapshot, TargetState};
use crate::{
    model::{Digest, UnixTime},
    watch::Facts,
};

/// What must outlive the process.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// When this was put together.
    pub at: UnixTime,
    /// What is known about each target that was ever read or counted for, by name.
    targets: BTreeMap<String, KeptTarget>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct KeptTarget {
    /// What was read; facts about something else are of no use.
    reads: Digest,
    last_success: Option<UnixTime>,
    facts: Facts,
}

impl Snapshot {
    /// What must outlive the process, as of `now`. Targets that left the configuration are not in it.
    pub fn kept(&self, now: UnixTime) -> Kept {
        let targets = self.targets().map(|state| {
            let kept = KeptTarget {
                reads: state.target.watch.digest(),
                last_success: state.last_success,
                facts: state.facts.clone(),
            };
            (state.target.name.to_string(), kept)
        });
        Kept {
            at: now,
            targets: targets.collect(),
        }
    }

    /// The same, with what was known before a restart about targets that were not looked at since.
    #[must_use]
    pub fn restored(mut self, kept: &Kept, now: UnixTime) -> Self {
        for position in 0..self.targets().count() {
            let restored = self
                .target(position)
                .and_then(|state| restored(state, kept, now));
            if let Some(state) = restored {
                let found = state.facts.identity();
                self.put(position, state);
                Arc::make_mut(&mut self.identities).moved(position, None, found);
            }
        }
        (0..self.targets().count()).for_each(|position| self.judge_unique(position));
        self
    }
}

fn restored(state: &TargetState, kept: &Kept, now: UnixTime) -> Option<TargetState> {
    let known = kept.targets.get(state.target.name.as_str())?;
    let is_the_same = known.reads == state.target.watch.digest();
    (state.last_attempt.is_none() && is_the_same).then(|| TargetState {
        last_success: known.last_success,
        facts: known.facts.restored(&state.target.watch, now),
        ..state.clone()
    })
}
