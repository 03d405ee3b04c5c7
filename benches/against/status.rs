//! The status page beside the page of metrics of the same server, and how long a page of many targets takes.

use reqwest::Client;
use tokio::time::Instant;

use crate::Problem;
use crate::daemon::Daemon;
use crate::plan::Plan;
use crate::spread::Spread;
use crate::table::{Budget, Line};
use crate::wrk::Load;

/// The first page, which is made once a snapshot, and pages that are made for each who asks.
pub(crate) async fn lines(plan: &Plan) -> Result<Vec<Line>, Problem> {
    let (some, _secrets) = Daemon::with_files(plan, 100, "60s").await?;
    let mut lines = vec![finished(plan, &some)?];
    drop(some);
    let (many, _secrets) = Daemon::with_files(plan, 10_000, "60s").await?;
    for (what, query) in [
        ("the first page", ""),
        ("page 50", "?page=50"),
        ("a search", "?q=target-077"),
    ] {
        let what = format!("status page of 10,000 targets, {what}");
        let figures = answered(plan, &format!("{}/{query}", many.url)).await?;
        lines.push(Line::alone(&what, figures, Budget::AtMost(100.0, "ms")));
    }
    Ok(lines)
}

fn finished(plan: &Plan, daemon: &Daemon) -> Result<Line, Problem> {
    let load = Load {
        time: plan.load(),
        header: Some("Accept-Encoding: gzip"),
        script: None,
    };
    let mut pairs = Vec::new();
    for _round in 0..plan.rounds() {
        let scrapes = load.rate(&format!("{}/metrics", daemon.url))?;
        pairs.push((load.rate(&format!("{}/", daemon.url))?, scrapes));
    }
    let what = "status page of 100 targets, gzip";
    Ok(Line::compared(what, "its /metrics", "/s", &pairs, 0.8))
}

/// How long one answer takes, in milliseconds; each after another snapshot, or nearly so.
async fn answered(plan: &Plan, url: &str) -> Result<Spread, Problem> {
    let client = Client::new();
    let mut figures = Vec::new();
    for _round in 0..plan.rounds() * 2 {
        let started = Instant::now();
        let answer = client.get(url).send().await?.error_for_status()?;
        answer.bytes().await?;
        figures.push(started.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(Spread::of(figures))
}
