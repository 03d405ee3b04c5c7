//! Alertmanager with the configuration that is shipped, in the oldest version it is written for or in a current one.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;
use tempfile::TempDir;

use super::{Process, Sink, eventually, free_port, get, tools};

const SHIPPED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/alerts/alertmanager");

/// What the shipped configuration waits, and what a test waits instead.
const TIMES: [(&str, &str); 2] = [
    ("group_wait: 30s", "group_wait: 1s"),
    ("group_interval: 5m", "group_interval: 2s"),
];

/// Which Alertmanager.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Version {
    /// 0.25, which Debian 12 has.
    Old,
    /// A current one.
    Current,
}

/// A running Alertmanager that tells a sink; ended on drop.
pub(crate) struct Alertmanager {
    port: u16,
    pub(crate) process: Process,
    _directory: TempDir,
}

impl Version {
    pub(crate) const BOTH: [Self; 2] = [Self::Old, Self::Current];

    fn folder(self) -> &'static str {
        match self {
            Self::Old => "old",
            Self::Current => "current",
        }
    }
}

/// The program that checks, routes and renders as this version of Alertmanager does.
pub(crate) fn amtool(version: Version) -> PathBuf {
    tools::version_of("alertmanager", version.folder()).join("usr/bin/amtool")
}

impl Alertmanager {
    /// Starts it on the shipped configuration, in which only addresses, credentials and times are others.
    pub(crate) async fn start(version: Version, sink: &Sink) -> Self {
        Self::start_at(
            free_port(),
            "https://alertmanager.example.com",
            version,
            sink,
        )
        .await
    }

    /// The same, on this port, where people reach it by this URL.
    pub(crate) async fn start_at(port: u16, url: &str, version: Version, sink: &Sink) -> Self {
        let directory = TempDir::new().expect("a directory can be made");
        let config = install(directory.path(), sink);
        let home = tools::version_of("alertmanager", version.folder());
        let program = home.join("usr/bin/prometheus-alertmanager");
        let arguments = [
            // The folder in which scripts/setup made it look for its own files.
            format!("--chdir={}", home.display()),
            program.display().to_string(),
            format!("--config.file={}", config.display()),
            format!("--storage.path={}", directory.path().join("data").display()),
            format!("--web.listen-address=127.0.0.1:{port}"),
            format!("--web.external-url={url}"),
            "--web.route-prefix=/".to_owned(),
            // Alone, and without looking for others.
            "--cluster.listen-address=".to_owned(),
        ];
        let log = directory.path().join("log");
        let server = Self {
            port,
            process: Process::start(Path::new("env"), &arguments, &log),
            _directory: directory,
        };
        eventually("Alertmanager is ready", async || {
            server.process.must_run("Alertmanager");
            get(&server.url("/-/ready")).await.ok()
        })
        .await;
        server
    }

    /// `127.0.0.1:PORT`.
    pub(crate) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address())
    }

    /// Tells it of alerts, as Prometheus does.
    pub(crate) async fn tell(&self, alerts: &Value) {
        let client = reqwest::Client::builder()
            .tls_certs_only([])
            .no_proxy()
            .build()
            .expect("a client");
        let sent = client
            .post(self.url("/api/v2/alerts"))
            .header("Content-Type", "application/json")
            .body(alerts.to_string())
            .send()
            .await
            .expect("it answers");
        assert_eq!(sent.status(), 200, "{:?}", sent.text().await);
    }

    /// The alerts that it has, suppressed ones included.
    pub(crate) async fn alerts(&self) -> Vec<Value> {
        let text = get(&self.url("/api/v2/alerts")).await.expect("it answers");
        serde_json::from_str(&text).expect("a list")
    }
}

/// Writes configuration, template and credentials into a directory.
fn install(directory: &Path, sink: &Sink) -> PathBuf {
    let mut text = shipped("alertmanager.yaml");
    let secrets = format!("{}/", directory.display());
    let replaced = [
        ("/etc/alertmanager/secrets/", secrets.as_str()),
        ("https://alerts.example.com/kcwatch", &sink.url("webhook")),
    ];
    for (here, there) in replaced.into_iter().chain(TIMES) {
        assert!(text.contains(here), "the configuration has no {here}");
        text = text.replace(here, there);
    }
    let text = format!(
        "global: {{pagerduty_url: '{}'}}\n{text}",
        sink.url("pagerduty")
    );
    let files = [
        ("slack-url", sink.url("slack")),
        ("slack-quiet-url", sink.url("slack-quiet")),
        ("pagerduty-key", "0".repeat(32)),
        ("webhook-token", "token-of-the-tests".to_owned()),
        ("kcwatch.tmpl", shipped("kcwatch.tmpl")),
        ("alertmanager.yaml", text),
    ];
    for (name, content) in files {
        fs::write(directory.join(name), content).expect("it can be written");
    }
    directory.join("alertmanager.yaml")
}

fn shipped(name: &str) -> String {
    fs::read_to_string(Path::new(SHIPPED).join(name)).expect("it is shipped")
}
