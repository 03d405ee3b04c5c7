//! One target and how to look at it.

use std::{sync::Arc, time::Duration};

use futures_util::FutureExt;
use tokio::time::Instant;

use crate::{
    model::{Failure, Reason},
    snapshot::Attempt,
    watch::{Look, Seen, Target},
};

/// From here on a look is slow and gives its place in the lane away.
pub(super) const SLOW: Duration = Duration::from_secs(1);

/// One target and how to look at it.
#[derive(Clone)]
pub struct Job {
    /// The target.
    pub target: Arc<Target>,
    /// How to look at it.
    pub look: Arc<dyn Look>,
}

impl Job {
    /// Looks once, within the target's timeout.
    pub async fn attempt(&self) -> Attempt {
        let started = Instant::now();
        let look = guarded(Arc::clone(&self.look));
        let outcome = tokio::time::timeout(self.target.timeout, look).await;
        Attempt {
            outcome: outcome.unwrap_or(Err(Reason::Timeout.into())),
            took: started.elapsed(),
        }
    }

    /// The same, and calls `slow` as soon as it takes long.
    pub(super) async fn attempt_telling(&self, slow: impl FnOnce()) -> Attempt {
        let attempt = self.attempt();
        tokio::pin!(attempt);
        if let Ok(attempt) = tokio::time::timeout(SLOW, &mut attempt).await {
            return attempt;
        }
        slow();
        attempt.await
    }
}

/// A look that panics is a failed look: one bad target must not take the process down.
async fn guarded(look: Arc<dyn Look>) -> Result<Seen, Failure> {
    let look = std::panic::AssertUnwindSafe(async move { look.look().await });
    look.catch_unwind()
        .await
        .unwrap_or(Err(Reason::Internal.into()))
}
