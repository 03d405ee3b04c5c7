//! Scrapes a second, beside nginx with the same bytes as a static file.

use crate::Problem;
use crate::daemon::Daemon;
use crate::nginx::Nginx;
use crate::plan::Plan;
use crate::table::Line;
use crate::wrk::Load;

const GZIP: &str = "Accept-Encoding: gzip";

/// Two targets plain; many targets plain and compressed.
pub(crate) async fn lines(plan: &Plan) -> Result<Vec<Line>, Problem> {
    let nginx = Nginx::start().await?;
    let (few, _secrets) = Daemon::with_files(plan, 2, "60s").await?;
    let mut lines = vec![line(plan, &nginx, &few, ("2 targets", None, 1.0)).await?];
    drop(few);
    let (many, _secrets) = Daemon::with_files(plan, 10_000, "60s").await?;
    lines.push(line(plan, &nginx, &many, ("10,000 targets", None, 0.8)).await?);
    if nginx.gzip {
        lines.push(
            line(
                plan,
                &nginx,
                &many,
                ("10,000 targets, gzip", Some(GZIP), 0.8),
            )
            .await?,
        );
    } else {
        crate::tell("no gzip row: this nginx lacks gzip_static; nginx-light of Debian has it");
    }
    Ok(lines)
}

async fn line(
    plan: &Plan,
    nginx: &Nginx,
    daemon: &Daemon,
    (what, header, least): (&str, Option<&str>, f64),
) -> Result<Line, Problem> {
    let (page, compressed) = (daemon.page("identity").await?, daemon.page("gzip").await?);
    nginx.publish(&page, &compressed)?;
    let sent = header.map_or(&page, |_gzip| &compressed).len();
    let load = Load {
        time: plan.load(),
        header,
        script: None,
    };
    let ours = format!("{}/metrics", daemon.url);
    let mut pairs = Vec::new();
    for _round in 0..plan.rounds() {
        let theirs = load.rate(&nginx.url)?;
        pairs.push((load.rate(&ours)?, theirs));
    }
    let what = format!("scrapes, {what} ({} KiB)", sent.div_ceil(1024));
    Ok(Line::compared(&what, "nginx", "/s", &pairs, least))
}
