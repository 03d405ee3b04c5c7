//! Which targets hold the same thing.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::TargetState;

/// Identity → the positions of the targets that hold it.
#[derive(Clone, Debug, Default)]
pub(super) struct Identities(BTreeMap<String, BTreeSet<usize>>);

impl Identities {
    pub(super) fn of(states: &[Arc<TargetState>]) -> Self {
        let mut identities = Self::default();
        for (position, state) in states.iter().enumerate() {
            identities.moved(position, None, state.facts.identity());
        }
        identities
    }

    /// The target at `position` no longer holds `lost` and now holds `found`.
    pub(super) fn moved(&mut self, position: usize, lost: Option<&str>, found: Option<String>) {
        if let Some(lost) = lost
            && let Some(holders) = self.0.get_mut(lost)
        {
            holders.remove(&position);
            if holders.is_empty() {
                self.0.remove(lost);
            }
        }
        if let Some(found) = found {
            self.0.entry(found).or_default().insert(position);
        }
    }

    /// Who holds this, by position.
    pub(super) fn holders(&self, identity: &str) -> &BTreeSet<usize> {
        static NOBODY: BTreeSet<usize> = BTreeSet::new();
        self.0.get(identity).unwrap_or(&NOBODY)
    }
}
