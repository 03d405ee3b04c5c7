//! Which targets hold the same thing.

use std::{collections::BTreeSet, sync::Arc};

use super::TargetState;
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
