//! Resident memory.

use std::time::Duration;

use crate::Problem;
use crate::daemon::Daemon;
use crate::plan::Plan;
use crate::spread::Spread;
use crate::table::{Budget, Line};

const POLLS: &str = "kcwatch_target_polls_total";

/// How often each target was read before its memory counts.
const ROUNDS: u16 = 5;

/// After some rounds and some scrapes, with few and with many targets.
pub(crate) async fn lines(plan: &Plan) -> Result<Vec<Line>, Problem> {
    Ok(vec![
        line(plan, "memory, 2 targets", 2, 12.0).await?,
        line(plan, "memory, 10,000 targets", 10_000, 64.0).await?,
    ])
}

async fn line(plan: &Plan, what: &str, targets: u16, most: f64) -> Result<Line, Problem> {
    let (mut daemon, _secrets) = Daemon::with_files(plan, usize::from(targets), "2s").await?;
    let polls = f64::from(targets) * f64::from(ROUNDS);
    daemon
        .until_sum(POLLS, polls, Duration::from_millis(500))
        .await?;
    daemon.page("gzip").await?;
    let figure = Spread::of([daemon.resident()?]);
    Ok(Line::alone(what, figure, Budget::AtMost(most, "MiB")))
}
