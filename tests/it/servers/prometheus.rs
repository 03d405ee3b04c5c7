//! A real Prometheus.

use std::path::Path;

use serde_json::{Value, json};

use super::{Process, Version, eventually, free_port, get, tools};

/// A running Prometheus; ended on drop.
pub(crate) struct Prometheus {
    address: String,
    pub(crate) process: Process,
}

impl Prometheus {
    /// Starts it with this configuration; what it writes lies in the folder.
    pub(crate) fn start(folder: &Path, configuration: &str) -> Self {
        let program = tools::unpacked("prometheus");
        Self::run(&program, free_port(), folder, configuration)
    }

    /// Starts it to scrape this address as the job `kcwatch`.
    pub(crate) fn scraping(folder: &Path, address: &str) -> Self {
        let configuration = json!({
            "global": {"scrape_interval": "1s", "scrape_timeout": "1s"},
            "scrape_configs": [{
                "job_name": "kcwatch",
                "static_configs": [{"targets": [address]}],
            }],
        });
        Self::start(folder, &configuration.to_string())
    }

    /// A configuration that scrapes all these addresses as the job `kcwatch`, with rules of which Alertmanager is told.
    pub(crate) fn watching(addresses: &[&str], alertmanager: &str) -> String {
        let of = |addresses: &[&str]| -> Value { json!([{"targets": addresses}]) };
        json!({
            "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
            "rule_files": ["rules.yaml"],
            "alerting": {"alertmanagers": [{"static_configs": of(&[alertmanager])}]},
            "scrape_configs": [{"job_name": "kcwatch", "static_configs": of(addresses)}],
        })
        .to_string()
    }

    /// Starts that of the machine or a current one, with this configuration, beside which these rules lie as `rules.yaml`:
    /// from the first scrape on, so that nobody is told that nothing was seen before it.
    pub(crate) async fn with_rules(
        version: Version,
        folder: &Path,
        configuration: &str,
        rules: &str,
    ) -> Self {
        Self::with_rules_at(free_port(), version, folder, (configuration, rules)).await
    }

    /// The same, on this port.
    pub(crate) async fn with_rules_at(
        port: u16,
        version: Version,
        folder: &Path,
        (configuration, rules): (&str, &str),
    ) -> Self {
        let program = match version {
            Version::Old => tools::unpacked("prometheus"),
            Version::Current => {
                tools::version_of("prometheus", "current").join("usr/bin/prometheus")
            }
        };
        let rules_file = folder.join("rules.yaml");
        std::fs::write(&rules_file, "groups: []").expect("it can be written");
        let server = Self::run(&program, port, folder, configuration);
        eventually("Prometheus has scraped", async || {
            server.process.must_run("Prometheus");
            server.count("up == 1").await.filter(|count| *count > 0)
        })
        .await;
        std::fs::write(&rules_file, rules).expect("it can be written");
        server.reload().await;
        server
    }

    /// Makes it read its files again.
    async fn reload(&self) {
        let url = format!("http://{}/-/reload", self.address);
        let client = reqwest::Client::new();
        let answer = client.post(url).send().await.expect("it answers");
        assert!(answer.status().is_success(), "{:?}", answer.text().await);
    }

    fn run(program: &Path, port: u16, folder: &Path, configuration: &str) -> Self {
        let config = folder.join("prometheus.yml");
        std::fs::write(&config, configuration).expect("it can be written");
        let address = format!("127.0.0.1:{port}");
        let arguments = [
            format!("--config.file={}", config.display()),
            format!("--storage.tsdb.path={}", folder.join("data").display()),
            format!("--web.listen-address={address}"),
            "--web.enable-lifecycle".to_owned(),
            // A minute by default, which is longer than some tests.
            "--rules.alert.resend-delay=1s".to_owned(),
        ];
        let log = folder.join("prometheus.log");
        let process = Process::start(program, &arguments, &log);
        Self { address, process }
    }

    /// What it answers to a question of its API, such as `query`; `None` while it is not there.
    pub(crate) async fn ask(&self, what: &str, parameters: &[(&str, &str)]) -> Option<Value> {
        let url = format!("http://{}/api/v1/{what}", self.address);
        let url = url::Url::parse_with_params(&url, parameters).expect("a URL");
        let answer = reqwest::get(url).await.ok()?.bytes().await.ok()?;
        serde_json::from_slice(&answer).ok()
    }

    /// How many series a query gives; `None` if it is not answered.
    pub(crate) async fn count(&self, query: &str) -> Option<usize> {
        let answer = self.ask("query", &[("query", query)]).await?;
        let result = answer.pointer("/data/result")?;
        Some(result.as_array()?.len())
    }

    /// The results of a query, once there are any.
    pub(crate) async fn answers(&self, query: &str) -> Vec<Value> {
        eventually(&format!("Prometheus answers {query}"), async || {
            let answer = self.ask("query", &[("query", query)]).await?;
            let found = answer.pointer("/data/result")?.as_array()?.clone();
            (!found.is_empty()).then_some(found)
        })
        .await
    }

    /// How often it has evaluated its rules.
    pub(crate) async fn evaluations(&self) -> f64 {
        let page = get(&format!("http://{}/metrics", self.address)).await;
        let page = page.expect("it has metrics");
        let counts = page
            .lines()
            .filter(|line| line.starts_with("prometheus_rule_group_iterations_total{"))
            .filter_map(|line| line.rsplit_once(' ')?.1.parse::<f64>().ok());
        counts.sum()
    }
}
