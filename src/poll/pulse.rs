//! Whether the conductor lives.

use std::time::Duration;

use tokio::{sync::watch, time::Instant};

/// How long a missing sign of life is tolerated.
const DEAD_AFTER: Duration = Duration::from_secs(30);

/// Shows whether the conductor lives.
#[derive(Clone)]
pub struct Pulse(pub(super) watch::Receiver<Instant>);

impl Pulse {
    /// Whether the conductor showed a sign of life lately.
    pub fn is_beating(&self) -> bool {
        self.0.borrow().elapsed() < DEAD_AFTER
    }
}
