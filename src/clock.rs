//! What time it is: the one place that asks the system.
//!
//! Whoever needs the wall clock is given a [`Clock`], so that tests can say what time it is. Waiting is
//! the business of `tokio::time`.

use std::{sync::Arc, time::SystemTime};

use crate::model::UnixTime;

/// Tells the time, in whole seconds.
pub type Clock = Arc<dyn Fn() -> UnixTime + Send + Sync>;

/// The clock of the system. A system set to a time before 1970 reads as 1970.
pub fn system() -> Clock {
    Arc::new(|| {
        #[expect(
            clippy::disallowed_methods,
            reason = "the one place that asks the system for the time"
        )]
        let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        UnixTime::from_seconds(0).plus(since_epoch.unwrap_or_default())
    })
}
