//! One target and how to look at it.

use std::{sync::Arc, time::Duration};

use futures_util::FutureExt;
use tokio::{sync::mpsc, time::Instant};

use crate::{
    config::Target,
    model::{Failure, Reason},
    snapshot::Attempt,
    watch::{Look, Seen},
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
    /// Looks once, within the target's timeout; says over `slow` when that takes long.
    pub(super) async fn attempt<T: Send>(
        self,
        ticket: T,
        slow: mpsc::UnboundedSender<T>,
    ) -> Attempt {
        let started = Instant::now();
        let timeout = self.target.timeout;
        let look = tokio::time::timeout(timeout, guarded(self.look));
        tokio::pin!(look);
        let outcome = tokio::select! {
            outcome = &mut look => outcome,
            () = tokio::time::sleep(SLOW) => {
                // Nobody listens any more only when the whole conductor is gone.
                drop(slow.send(ticket));
                look.await
            }
        };
        let outcome = outcome.unwrap_or(Err(Reason::Timeout.into()));
        Attempt {
            outcome,
            took: started.elapsed(),
        }
    }
}

/// A look that panics is a failed look: one bad target must not take the process down.
async fn guarded(look: Arc<dyn Look>) -> Result<Seen, Failure> {
    let look = std::panic::AssertUnwindSafe(async move { look.look().await });
    look.catch_unwind()
        .await
        .unwrap_or(Err(Reason::Internal.into()))
}
