//! What it costs to have it running.

use tokio::time::{Instant, sleep};

use crate::Problem;
use crate::daemon::Daemon;
use crate::plan::Plan;
use crate::spread::Spread;
use crate::table::{Budget, Line};

/// The share of a core that two targets take at the usual interval.
pub(crate) async fn lines(plan: &Plan) -> Result<Vec<Line>, Problem> {
    let (daemon, _secrets) = Daemon::with_files(plan, 2, "60s").await?;
    let before = daemon.seconds_used()?;
    let start = Instant::now();
    sleep(plan.idle()).await;
    let used = daemon.seconds_used()? - before;
    let percent = 100.0 * used / start.elapsed().as_secs_f64();
    let budget = Budget::AtMost(0.1, "% of a core");
    Ok(vec![Line::alone(
        "idle, 2 targets, 60 s",
        Spread::of([percent]),
        budget,
    )])
}
