//! Registrations whose token was read.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::model::Digest;

/// What registration tokens said. One token in two secrets is one registration.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Registered {
    /// By the digest of issuer and id of the token.
    by_id: Arc<BTreeMap<Digest, One>>,
    /// The issuers that secrets name, each group once: the token's own, and the one beside it. They are judged when it is
    /// counted, so that nothing is read again when the issuer comes to be known or changes.
    issuers: Arc<Vec<Vec<Digest>>>,
}

/// When it happened, in seconds since 1970, and which of the groups of issuers its secret named.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct One(i64, u32);

impl Registered {
    pub(super) fn add(&mut self, id: Digest, at: i64, issuers: &[Digest]) {
        if !self.by_id.contains_key(&id) {
            let one = One(at, self.group(issuers));
            Arc::make_mut(&mut self.by_id).insert(id, one);
        }
    }

    /// How many happened at that instant or later. One that names no issuer counts for everybody, and while no issuer is
    /// known, all count.
    pub(super) fn since(&self, effective: i64, issuer: Option<Digest>) -> usize {
        let counts = |one: &&One| one.0 >= effective && self.is_of(**one, issuer);
        self.by_id.values().filter(counts).count()
    }

    pub(super) fn forget_before(&mut self, floor: i64) {
        if self.by_id.values().any(|one| one.0 < floor) {
            Arc::make_mut(&mut self.by_id).retain(|_, one| one.0 >= floor);
        }
    }

    fn is_of(&self, one: One, issuer: Option<Digest>) -> bool {
        let group = usize::try_from(one.1).ok();
        let group = group.and_then(|at| self.issuers.get(at));
        let (Some(group), Some(ours)) = (group, issuer) else {
            return true;
        };
        group.is_empty() || group.contains(&ours)
    }

    /// The place of a group of issuers among those that were named before.
    fn group(&mut self, issuers: &[Digest]) -> u32 {
        let found = self.issuers.iter().position(|group| group == issuers);
        let at = found.unwrap_or(self.issuers.len());
        if found.is_none() {
            Arc::make_mut(&mut self.issuers).push(issuers.to_vec());
        }
        u32::try_from(at).unwrap_or(u32::MAX)
    }
}
