//! Processor time of one thread: what else runs on the machine is not in it.

use std::thread;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use tokio::runtime::Builder;

use crate::Problem;

/// Does the work, networking included, on one thread of its own.
pub(crate) fn on_one_thread<T: Send>(
    work: impl AsyncFnOnce() -> Result<T, Problem> + Send,
) -> Result<T, Problem> {
    let alone = || {
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| error.to_string())?;
        let done = runtime.block_on(work());
        done.map_err(|problem| problem.to_string())
    };
    let ended = thread::scope(|scope| scope.spawn(alone).join());
    Ok(ended.map_err(|_| "a measurement panicked")??)
}

/// The processor time that this thread has used so far, in seconds.
pub(crate) fn used() -> Result<f64, Problem> {
    let used = Duration::try_from(clock_gettime(ClockId::ThreadCPUTime))?;
    Ok(used.as_secs_f64())
}
