//! From the start of the process to the first page with fresh data.

use std::time::Duration;

use tokio::time::Instant;

use crate::Problem;
use crate::bao::{self, Bao};
use crate::daemon::Daemon;
use crate::fleet::{self, Fleet};
use crate::plan::Plan;
use crate::spread::Spread;
use crate::table::{Budget, Line};

const TARGETS: usize = 2;
const SEEN: &str = "kcwatch_target_last_success_timestamp_seconds";

/// The time beyond what the server itself takes to answer.
pub(crate) async fn lines(plan: &Plan) -> Result<Vec<Line>, Problem> {
    let bao = Bao::holding(plan, TARGETS).await?;
    let mut beyond = Vec::new();
    for _round in 0..plan.rounds() * 4 {
        let own = answer(&bao).await?;
        beyond.push((first_page(plan, &bao).await? - own) * 1000.0);
    }
    let budget = Budget::AtMost(25.0, "ms");
    Ok(vec![Line::alone(
        "start to first page, 2 targets, beyond the server's own time",
        Spread::of(beyond),
        budget,
    )])
}

/// How long the server takes for what has to be asked one after the other: where the engine is, and a secret in it.
async fn answer(bao: &Bao) -> Result<f64, Problem> {
    let start = Instant::now();
    bao.read("sys/internal/ui/mounts/secret/iat").await?;
    bao.read(&format!("secret/data/iat/{}", fleet::name(0)))
        .await?;
    Ok(start.elapsed().as_secs_f64())
}

async fn first_page(plan: &Plan, bao: &Bao) -> Result<f64, Problem> {
    let store = bao::store(&bao.address, &bao.token_file());
    let fleet = Fleet {
        targets: TARGETS,
        store: &store,
        path: ("secret/iat/", ""),
        interval: "60s",
    };
    let mut daemon = Daemon::start(plan, &fleet.configuration())?;
    // One time since 1970 is less, two are more.
    daemon
        .until_sum(SEEN, 2.5e9, Duration::from_millis(1))
        .await?;
    Ok(daemon.started.elapsed().as_secs_f64())
}
