//! Registrations whose secrets vanished or were written anew.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};

/// Registrations that only their number is left of.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Gone {
    /// By when they happened at the latest, in seconds since 1970 → how many.
    dated: Arc<BTreeMap<i64, u64>>,
    /// How many names were there before the first listing.
    pub(super) undated: u64,
}

impl Gone {
    pub(super) fn add(&mut self, by: i64) {
        let count = Arc::make_mut(&mut self.dated).entry(by).or_default();
        *count = count.saturating_add(1);
    }

    pub(super) fn add_undated(&mut self) {
        self.undated = self.undated.saturating_add(1);
    }

    /// How many happened at that instant or later.
    pub(super) fn since(&self, effective: i64) -> u64 {
        let counts = self.dated.range(effective..).map(|(_, count)| *count);
        counts.fold(0, u64::saturating_add)
    }

    pub(super) fn forget_before(&mut self, floor: i64) {
        if self.dated.range(..floor).next().is_some() {
            let dated = Arc::make_mut(&mut self.dated);
            *dated = dated.split_off(&floor);
        }
    }
}
