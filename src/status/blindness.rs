//! Where kcwatch cannot see.

use std::collections::BTreeMap;

use crate::{
    model::{Reason, UnixTime},
    snapshot::{Snapshot, TargetState},
    watch::{Party, Question},
};

/// Where kcwatch cannot see.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Blindness {
    /// Whether no target at all can be read.
    pub(super) is_total: bool,
    /// Who cannot be read.
    pub(super) lost: Vec<Lost>,
}

/// A store or an identity provider from which nothing can be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Lost {
    /// What it is.
    pub(super) what: &'static str,
    /// Its name in the configuration.
    pub(super) name: String,
    /// Why.
    pub(super) reason: Reason,
    /// What to do.
    pub(super) advice: &'static str,
    /// When anything was last read there.
    pub(super) since: Option<UnixTime>,
    /// How many targets that concerns.
    pub(super) targets: usize,
}

/// What is asked of one store or identity provider.
#[derive(Default)]
struct Asked<'a> {
    seen: usize,
    failed: Vec<(&'a TargetState, Reason)>,
}

impl Blindness {
    /// Where nothing can be seen: where every read fails, and not for what lies there.
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        let mut parties: BTreeMap<Party, Asked<'_>> = BTreeMap::new();
        for state in snapshot.targets() {
            let asked = parties
                .entry(state.target.watch.party(Question::Target))
                .or_default();
            match state.outcome {
                Some(Err(reason)) => asked.failed.push((state, reason)),
                Some(Ok(())) => asked.seen = asked.seen.saturating_add(1),
                None => {}
            }
        }
        let fails = parties.values().any(|asked| !asked.failed.is_empty());
        let is_total = fails && parties.values().all(|asked| asked.seen == 0);
        let lost = parties.into_iter();
        let lost = lost.filter_map(|(party, asked)| asked.lost(party, is_total));
        Self {
            is_total,
            lost: lost.collect(),
        }
    }
}

impl Asked<'_> {
    /// While something else can be read, one secret that is not there makes nobody blind.
    fn lost(self, party: Party, is_total: bool) -> Option<Lost> {
        let (state, reason) = *self.failed.first()?;
        let mut reasons = self.failed.iter().map(|(_, reason)| reason);
        let is_lost = is_total || reasons.all(|reason| reason.is_about_the_store());
        let (what, name) = match party {
            Party::Store(name) => ("store", name.to_string()),
            Party::IdentityProvider(name) => ("identity provider", name.to_string()),
        };
        let since = self.failed.iter().map(|(state, _)| state.last_success);
        (is_lost && self.seen == 0).then(|| Lost {
            what,
            name,
            reason,
            advice: state.target.watch.advice_on(reason),
            since: since.max().flatten(),
            targets: self.failed.len(),
        })
    }
}
