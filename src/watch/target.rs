//! One configured thing to watch, and the eye that looks at it.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;

use super::{Seen, Watch};
use crate::{
    model::{Failure, TargetName, TierName},
    store::{Store, Stores},
};

/// One thing to watch.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// Its unique name.
    pub name: TargetName,
    /// The tier it belongs to.
    pub tier: TierName,
    /// How long after one read the next begins.
    pub interval: Duration,
    /// How long one read may take.
    pub timeout: Duration,
    /// What is watched, by kind.
    pub watch: Watch,
}

/// One way of asking the world about one target.
#[async_trait]
pub trait Look: Send + Sync {
    /// Asks once. The caller bounds the time.
    ///
    /// # Errors
    ///
    /// Why there is nothing to see.
    async fn look(&self) -> Result<Seen, Failure>;
}

impl Target {
    /// The way to ask about this target, if its store is there.
    pub fn eye(self: &Arc<Self>, stores: &Stores) -> Option<Arc<dyn Look>> {
        let store = Arc::clone(stores.get(self.watch.store())?);
        Some(Arc::new(Eye {
            target: Arc::clone(self),
            store,
        }))
    }
}

struct Eye {
    target: Arc<Target>,
    store: Arc<Store>,
}

#[async_trait]
impl Look for Eye {
    async fn look(&self) -> Result<Seen, Failure> {
        self.target.watch.look(&self.store).await
    }
}
