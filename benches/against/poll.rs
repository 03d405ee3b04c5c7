//! Secrets read a second, beside wrk with the same requests to the same server.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::Problem;
use crate::bao::{self, Bao};
use crate::daemon::Daemon;
use crate::fleet::Fleet;
use crate::plan::Plan;
use crate::table::Line;
use crate::wrk::Load;

const TARGETS: u16 = 10_000;
const POLLS: &str = "kcwatch_target_polls_total";
const BUDGET: f64 = 0.8;

/// The first round, and what goes on when every target is due again as soon as it was read.
pub(crate) async fn lines(plan: &Plan) -> Result<Vec<Line>, Problem> {
    let bao = Bao::holding(plan, usize::from(TARGETS)).await?;
    let script = bao.script(usize::from(TARGETS))?;
    let load = Load {
        time: plan.load(),
        header: None,
        script: Some(&script),
    };
    let (mut first, mut steady) = (Vec::new(), Vec::new());
    for _round in 0..plan.rounds() {
        let before = load.rate(&bao.address)?;
        let (ours, ours_later) = rates(plan, &bao).await?;
        first.push((ours, before));
        steady.push((ours_later, load.rate(&bao.address)?));
    }
    Ok(vec![
        Line::compared(
            "reads, 10,000 targets, first round",
            "wrk",
            "/s",
            &first,
            BUDGET,
        ),
        Line::compared(
            "reads, 10,000 targets, without pause",
            "wrk",
            "/s",
            &steady,
            BUDGET,
        ),
    ])
}

async fn rates(plan: &Plan, bao: &Bao) -> Result<(f64, f64), Problem> {
    let store = bao::store(&bao.address, &bao.token_file());
    let fleet = Fleet {
        targets: usize::from(TARGETS),
        store: &store,
        path: ("secret/iat/", ""),
        interval: "1s",
    };
    let mut daemon = Daemon::start(plan, &fleet.configuration())?;
    daemon.until_alive().await?;
    let start = Instant::now();
    daemon.until_ready().await?;
    let first = f64::from(TARGETS) / start.elapsed().as_secs_f64();
    Ok((first, steady(&daemon, plan.load()).await?))
}

/// The rate over some time, by the daemon's own count.
async fn steady(daemon: &Daemon, time: Duration) -> Result<f64, Problem> {
    let before = daemon.sum(POLLS).await?;
    let start = Instant::now();
    sleep(time).await;
    let polls = daemon.sum(POLLS).await? - before;
    Ok(polls / start.elapsed().as_secs_f64())
}
