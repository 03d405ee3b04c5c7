//! What time it is: asked in few places, handed in everywhere else.

use std::{
    sync::Arc,
    time::{Duration, UNIX_EPOCH},
};

use crate::model::UnixTime;

/// Tells the time. Handed in, so that tests can decide what time it is.
pub type Clock = Arc<dyn Fn() -> UnixTime + Send + Sync>;

/// The system's clock.
pub fn system() -> Clock {
    Arc::new(|| {
        #[expect(
            clippy::disallowed_methods,
            reason = "the one place that asks the system"
        )]
        let now = std::time::SystemTime::now();
        let since = now.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        UnixTime::from_seconds(0).plus(since)
    })
}
