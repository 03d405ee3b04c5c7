//! What we know: the whole state of the program, failure counters included.
//!
//! In: the previous [`Snapshot`], what one look saw, the time. Out: the next one. Pure: no clock, no I/O, no metrics, no
//! secrets.
//!
//! Targets stand in the order of their names, in blocks of [`BLOCK`]. A block that did not change is shared between one
//! snapshot and the next, so that a page has to be written anew only where something changed: the cost of publishing grows
//! with what changed, not with the number of targets.

mod identities;
mod kept;
mod protection;
mod provider;
mod target;

use crate::model::StoreStatus;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

pub use kept::Kept;
pub use protection::Protection;
pub use provider::ProviderState;
pub use target::{Attempt, TargetState};

use crate::{
    model::{ProviderName, StoreName, UnixTime},
    snapshot::identities::Identities,
    watch::{Question, Target},
};

/// How many targets share a block.
pub const BLOCK: usize = 256;

/// A run of targets in the order of their names.
pub type Block = Vec<Arc<TargetState>>;

/// The whole state of the program at one moment. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Snapshot {
    blocks: Vec<Arc<Block>>,
    identities: Arc<Identities>,
    stores: Arc<BTreeMap<StoreName, StoreStatus>>,
    providers: Arc<BTreeMap<ProviderName, ProviderState>>,
    reload: Reload,
    protection: Option<Protection>,
    untried: usize,
    /// Grows with each change that must not be lost.
    edition: u64,
}

/// What became of the latest attempt to load the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reload {
    /// Whether it succeeded.
    pub successful: bool,
    /// When it last succeeded.
    pub last_success: UnixTime,
}

impl Snapshot {
    /// What is known before the first look: which targets there are. They stand in the order given.
    pub fn new(targets: &[Arc<Target>], now: UnixTime) -> Self {
        let states: Vec<_> = targets
            .iter()
            .map(|target| Arc::new(TargetState::unseen(Arc::clone(target))))
            .collect();
        Self::of(
            &states,
            BTreeMap::new(),
            Reload {
                successful: true,
                last_success: now,
            },
        )
    }

    /// The state under a new configuration: a target that still reads the same keeps what is known about it, one that is no
    /// longer listed is gone.
    #[must_use]
    pub fn with_targets(&self, targets: &[Arc<Target>], now: UnixTime) -> Self {
        let known: BTreeMap<_, _> = self
            .targets()
            .map(|state| (&state.target.name, state))
            .collect();
        let states = targets.iter().map(|target| match known.get(&target.name) {
            Some(state) if state.target.watch.reads_the_same_as(&target.watch) => {
                Arc::new(state.under(Arc::clone(target)))
            }
            _ => Arc::new(TargetState::unseen(Arc::clone(target))),
        });
        let used = |store: &StoreName| {
            let mut stores = targets.iter().filter_map(|target| target.watch.store());
            stores.any(|used| used == store)
        };
        let stores = self.stores.iter().filter(|(name, _)| used(name));
        let stores = stores
            .map(|(name, status)| (name.clone(), status.clone()))
            .collect();
        let states: Vec<_> = states.collect();
        let mut next = Self::of(
            &states,
            stores,
            Reload {
                successful: true,
                last_success: now,
            },
        );
        next.edition = self.edition.wrapping_add(1);
        next.protection = self.protection;
        let listed = targets.iter().filter_map(|target| target.watch.listed_by());
        let listed: BTreeSet<&ProviderName> = listed.collect();
        let known = |name| self.providers.get(name).cloned().unwrap_or_default();
        let providers = listed.into_iter().map(|name| (name.clone(), known(name)));
        next.providers = Arc::new(providers.collect());
        // Whoever held the same token may be gone.
        (0..targets.len()).for_each(|position| next.judge_unique(position));
        next
    }

    fn of(
        states: &[Arc<TargetState>],
        stores: BTreeMap<StoreName, StoreStatus>,
        reload: Reload,
    ) -> Self {
        let untried = states
            .iter()
            .filter(|state| state.last_attempt.is_none())
            .count();
        let identities = Identities::of(states);
        let blocks = states
            .chunks(BLOCK)
            .map(|block| Arc::new(block.to_vec()))
            .collect();
        Self {
            blocks,
            identities: Arc::new(identities),
            stores: Arc::new(stores),
            providers: Arc::default(),
            reload,
            protection: None,
            untried,
            edition: 0,
        }
    }

    /// Takes in one attempt at the target that stands at `position`.
    pub fn fold(&mut self, position: usize, question: Question, attempt: &Attempt, now: UnixTime) {
        let Some(before) = self.target(position).map(Arc::clone) else {
            return;
        };
        let after = match question {
            Question::Target => self.joined(before.after(attempt, now), now),
            aside => before.told(aside, attempt, now),
        };
        if before.last_attempt.is_none() && after.last_attempt.is_some() {
            self.untried = self.untried.saturating_sub(1);
        }
        if after.facts.is_worth_keeping_since(&before.facts) {
            self.edition = self.edition.wrapping_add(1);
        }
        let (lost, found) = (before.facts.identity(), after.facts.identity());
        self.put(position, after);
        if lost == found {
            return;
        }
        Arc::make_mut(&mut self.identities).moved(position, lost, found);
        self.judge_unique(position);
        for identity in [lost, found].into_iter().flatten() {
            self.judge_last_two(identity);
        }
    }

    /// Takes in one reading of an identity provider's list, which says something about many targets.
    pub fn fold_list(&mut self, name: &ProviderName, attempt: &Attempt, now: UnixTime) {
        let before = self.providers.get(name).cloned().unwrap_or_default();
        let state = before.after(attempt, now);
        Arc::make_mut(&mut self.providers).insert(name.clone(), state.clone());
        for position in 0..self.targets().count() {
            let target = self.target(position);
            if target.is_some_and(|target| target.target.watch.listed_by() == Some(name)) {
                self.fold_listed(position, &state, now);
            }
        }
    }

    /// Takes in what a list, just read or not, says about one target.
    fn fold_listed(&mut self, position: usize, provider: &ProviderState, now: UnixTime) {
        let (Some(before), Some(said)) = (self.target(position), provider.said()) else {
            return;
        };
        let facts = before.facts.after_list(&before.target.watch, said, now);
        let changed = facts.is_worth_keeping_since(&before.facts);
        let state = TargetState {
            facts,
            ..TargetState::clone(before)
        };
        self.edition = self.edition.wrapping_add(u64::from(changed));
        self.put(position, state);
    }

    /// Takes in what a store says about our access to it.
    pub fn fold_store(&mut self, name: StoreName, status: StoreStatus) {
        Arc::make_mut(&mut self.stores).insert(name, status);
    }

    /// Takes in that a new configuration was refused.
    pub fn fold_refused_reload(&mut self) {
        self.reload.successful = false;
    }

    /// Takes in how the listener is protected; `None` if it is not.
    pub fn fold_protection(&mut self, protection: Option<Protection>) {
        self.protection = protection;
    }

    /// How the listener is protected; `None` if it is not.
    pub fn protection(&self) -> Option<&Protection> {
        self.protection.as_ref()
    }

    /// The target at a position.
    pub fn target(&self, position: usize) -> Option<&Arc<TargetState>> {
        self.blocks.get(position / BLOCK)?.get(position % BLOCK)
    }

    /// Every target, in the order of the names.
    pub fn targets(&self) -> impl Iterator<Item = &Arc<TargetState>> {
        self.blocks.iter().flat_map(|block| block.iter())
    }

    /// The blocks; one that is the same allocation in two snapshots is the same in content.
    pub fn blocks(&self) -> &[Arc<Block>] {
        &self.blocks
    }

    /// What is known about our access to each store.
    pub fn stores(&self) -> &BTreeMap<StoreName, StoreStatus> {
        &self.stores
    }

    /// What is known about the list of each identity provider that is read.
    pub fn providers(&self) -> &BTreeMap<ProviderName, ProviderState> {
        &self.providers
    }

    /// Differs from that of an earlier snapshot if something changed that must not be lost.
    pub fn edition(&self) -> u64 {
        self.edition
    }

    /// What became of the latest attempt to load the configuration.
    pub fn reload(&self) -> Reload {
        self.reload
    }

    /// Whether every target was tried at least once, whatever came of it.
    pub fn all_tried(&self) -> bool {
        self.untried == 0
    }

    /// A target whose token was found only now may be in a list that was read before.
    fn joined(&self, state: TargetState, now: UnixTime) -> TargetState {
        let watch = &state.target.watch;
        let provider = watch.listed_by().and_then(|name| self.providers.get(name));
        match provider.and_then(ProviderState::list) {
            Some(list) if state.facts.awaits_list() => TargetState {
                facts: state.facts.after_list(watch, Ok(list), now),
                ..state
            },
            _ => state,
        }
    }

    fn put(&mut self, position: usize, state: TargetState) {
        let block = self.blocks.get_mut(position / BLOCK).map(Arc::make_mut);
        if let Some(slot) = block.and_then(|block| block.get_mut(position % BLOCK)) {
            *slot = Arc::new(state);
        }
    }
}

#[cfg(test)]
mod tests;
