//! What the queries are asked of: a real Prometheus that scrapes a real kcwatch, or a page of what the demonstration lacks.

use std::{
    path::Path,
    sync::atomic::{AtomicU32, Ordering},
};

use kcwatch::clock;
use serde_json::Value;
use tempfile::TempDir;

use super::{
    board::{Query, items},
    made_up,
};
use crate::daemon::demo::start_demo;
use crate::servers::{Fake, Process, Prometheus, Reply, eventually, free_port};

/// What is scraped; ended on drop.
enum Scraped {
    Demo(#[expect(dead_code, reason = "held until the scene ends")] Process),
    MadeUp(#[expect(dead_code, reason = "held until the scene ends")] Fake),
}

/// Stand-ins for the alerts, which would take a quarter of an hour: one of each severity.
const ALERTS: &str = r"
groups:
  - name: stand-ins
    rules:
      - alert: InitialAccessTokenCheckFailed
        expr: max by (job, target, check) (kcwatch_iat_check == 0)
        labels: { severity: high }
      - alert: InitialAccessTokenClientsLow
        expr: max by (job, target) (kcwatch_iat_clients_remaining) < 20
        labels: { severity: medium, level: notice }
      - alert: InitialAccessTokenNeverExpires
        expr: max by (job, target) (kcwatch_iat_expiration_timestamp_seconds) == +Inf
        labels: { severity: info }
";

/// Prometheus, what it scrapes, and where their files are.
pub(super) struct Scene {
    prometheus: Prometheus,
    _scraped: Scraped,
    _folder: TempDir,
}

impl Scene {
    /// One kcwatch by two names: it stands for two replicas.
    pub(super) async fn demo() -> Self {
        let folder = TempDir::new().expect("a directory can be made");
        let port = free_port();
        let demo = start_demo(folder.path(), &format!("127.0.0.1:{port}"));
        let addresses = [format!("127.0.0.1:{port}"), format!("localhost:{port}")];
        let scene = Self::scraping(Scraped::Demo(demo), folder, &addresses);
        scene
            .sees(&[
                "count(up == 1) == 2",
                "count(kcwatch_iat_clients_remaining) == 4",
                "count(count by (severity) (ALERTS{alertstate=\"firing\"})) == 3",
                "increase(kcwatch_target_failures_total[1m]) > 0",
                "increase(kcwatch_store_login_failures_total[1m]) > 0",
                "increase(kcwatch_identity_provider_failures_total[1m]) > 0",
            ])
            .await;
        scene
    }

    /// The page of [`made_up`].
    pub(super) async fn made_up() -> Self {
        let folder = TempDir::new().expect("a directory can be made");
        let (now, scrapes) = (clock::system()().as_sample(), AtomicU32::new(0));
        let page = Fake::start(move |_| {
            let scrapes = scrapes.fetch_add(1, Ordering::Relaxed);
            Reply::whole(
                "200 OK\r\nContent-Type: text/plain; version=0.0.4",
                &made_up::page(now, scrapes),
            )
        })
        .await;
        let address = page.address().trim_start_matches("http://").to_owned();
        let scene = Self::scraping(Scraped::MadeUp(page), folder, &[address]);
        let renewed = "changes(kcwatch_iat_issued_timestamp_seconds[1m]) > 0";
        scene.sees(&["up == 1", renewed]).await;
        scene
    }

    fn scraping(scraped: Scraped, folder: TempDir, addresses: &[String]) -> Self {
        let configuration = configuration(folder.path(), addresses);
        Self {
            prometheus: Prometheus::start(folder.path(), &configuration),
            _scraped: scraped,
            _folder: folder,
        }
    }

    /// Waits until each of these queries finds something.
    async fn sees(&self, queries: &[&str]) {
        for query in queries {
            eventually(query, async || {
                let count = self.prometheus.count(query).await;
                count.filter(|count| *count > 0)
            })
            .await;
        }
    }

    /// What a query finds for one choice of targets, as Grafana asks it.
    pub(super) async fn found(&self, query: &Query, targets: &str) -> Vec<Value> {
        let text = substituted(&query.text, targets);
        let answer = if query.instant {
            self.prometheus.ask("query", &[("query", &text)]).await
        } else {
            self.over_time(&text).await
        };
        let answer = answer.expect("Prometheus answers");
        let place = format!("{} {}", query.place, query.letter);
        assert_eq!(answer["status"], "success", "{place}: {answer}");
        assert_eq!(answer.get("warnings"), None, "{place}: {answer}");
        items(&answer["data"]["result"]).cloned().collect()
    }

    async fn over_time(&self, query: &str) -> Option<Value> {
        let now = self.prometheus.ask("query", &[("query", "time()")]).await?;
        let now = now.pointer("/data/result/1")?.as_str()?.to_owned();
        let start = (now.parse::<f64>().ok()? - 30.0).to_string();
        let parameters = [
            ("query", query),
            ("start", &start),
            ("end", &now),
            ("step", "5"),
        ];
        self.prometheus.ask("query_range", &parameters).await
    }

    /// The names of all targets.
    pub(super) async fn targets(&self) -> Vec<String> {
        let all = [("query", "count by (target) (kcwatch_target_info)")];
        let answer = self
            .prometheus
            .ask("query", &all)
            .await
            .expect("Prometheus answers");
        let name = |found: &Value| found["metric"]["target"].as_str().map(str::to_owned);
        items(&answer["data"]["result"]).filter_map(name).collect()
    }
}

fn configuration(folder: &Path, addresses: &[String]) -> String {
    let rules = folder.join("rules.yml");
    std::fs::write(&rules, ALERTS).expect("it can be written");
    let rules = rules.display();
    let addresses = addresses.join(", ");
    format!(
        "global: {{scrape_interval: 1s, evaluation_interval: 1s}}\n\
         rule_files: [{rules}]\n\
         scrape_configs: [{{job_name: kcwatch, static_configs: [{{targets: [{addresses}]}}]}}]\n"
    )
}

/// The query as Grafana sends it.
fn substituted(query: &str, targets: &str) -> String {
    query
        .replace("$__rate_interval", "1m")
        .replace("$job", "kcwatch")
        .replace("$tier", "(prod|stage)")
        .replace("$target", targets)
}
