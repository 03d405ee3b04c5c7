//! Which targets hold the same thing.

use std::{collections::BTreeSet, sync::Arc};

use super::{Snapshot, TargetState};
use crate::model::Fingerprint;

/// Who holds what: pairs of a fingerprint and the position of a target.
#[derive(Clone, Debug, Default)]
pub(super) struct Identities(BTreeSet<(Fingerprint, usize)>);

impl Identities {
    pub(super) fn of(states: &[Arc<TargetState>]) -> Self {
        let held = |(position, state): (usize, &Arc<TargetState>)| {
            Some((state.facts.identity()?, position))
        };
        Self(states.iter().enumerate().filter_map(held).collect())
    }

    /// The target at `position` no longer holds `lost` and now holds `found`.
    pub(super) fn moved(
        &mut self,
        position: usize,
        lost: Option<Fingerprint>,
        found: Option<Fingerprint>,
    ) {
        if let Some(lost) = lost {
            self.0.remove(&(lost, position));
        }
        if let Some(found) = found {
            self.0.insert((found, position));
        }
    }

    /// Who holds this, by position.
    pub(super) fn holders(&self, identity: Fingerprint) -> impl Iterator<Item = usize> {
        self.0
            .range((identity, 0)..=(identity, usize::MAX))
            .map(|(_, position)| *position)
    }
}

impl Snapshot {
    /// With three or more holders, the others were judged before.
    pub(super) fn judge_last_two(&mut self, identity: Fingerprint) {
        let holders: Vec<usize> = self.identities.holders(identity).take(3).collect();
        if holders.len() <= 2 {
            for holder in holders {
                self.judge_unique(holder);
            }
        }
    }

    /// Whether no other target holds what this one does.
    pub(super) fn judge_unique(&mut self, position: usize) {
        let Some(state) = self.target(position) else {
            return;
        };
        let Some(identity) = state.facts.identity() else {
            return;
        };
        let unique = self.identities.holders(identity).nth(1).is_none();
        let judged = state.facts.clone().with_unique(unique);
        if judged != state.facts {
            let state = TargetState {
                facts: judged,
                ..TargetState::clone(state)
            };
            self.put(position, state);
        }
    }
}
