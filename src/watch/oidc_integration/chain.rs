//! What one walk along the chain showed. Pure.

use serde::{Deserialize, Serialize};

use crate::model::{Cause, Digest, Step};

/// What one walk along the chain showed. Links that stand nowhere in it were not tried, or do not exist here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chain {
    /// The links that hold.
    pub held: Vec<Step>,
    /// The first that is broken.
    pub broken: Option<Broken>,
}

/// A broken link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Broken {
    /// Which.
    pub step: Step,
    /// Why.
    pub cause: Cause,
    /// The id of the application that it is about, if it is about one.
    pub application: Option<String>,
}

/// The keys that sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keys {
    /// How many there are.
    pub count: u64,
    /// Their ids, as a digest.
    pub digest: Digest,
}

impl Chain {
    /// Every link that was tried, and whether it holds, in the order of the chain.
    pub fn steps(&self) -> impl Iterator<Item = (Step, bool)> {
        let held = self.held.iter().map(|step| (*step, true));
        held.chain(self.broken.as_ref().map(|broken| (broken.step, false)))
    }

    /// Where it is broken and why, whatever application it is about.
    pub fn fault(&self) -> Option<(Step, Cause)> {
        self.broken
            .as_ref()
            .map(|broken| (broken.step, broken.cause))
    }
}
