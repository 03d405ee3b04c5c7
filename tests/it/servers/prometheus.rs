//! A real Prometheus, and the demonstration of kcwatch for it to scrape.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{Process, free_port, unpacked};

/// A running Prometheus; ended on drop.
pub(crate) struct Prometheus {
    address: String,
    _process: Process,
}

impl Prometheus {
    /// Starts it with this configuration; what it writes lies in the folder.
    pub(crate) fn start(folder: &Path, configuration: &str) -> Self {
        let config = folder.join("prometheus.yml");
        std::fs::write(&config, configuration).expect("it can be written");
        let address = format!("127.0.0.1:{}", free_port());
        let arguments = [
            format!("--config.file={}", config.display()),
            format!("--storage.tsdb.path={}", folder.join("data").display()),
            format!("--web.listen-address={address}"),
        ];
        let log = folder.join("prometheus.log");
        let process = Process::start(&unpacked("prometheus"), &arguments, &log);
        Self {
            address,
            _process: process,
        }
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
}

/// Starts `kcwatch demo` on this address.
pub(crate) fn start_demo(folder: &Path, listen: &str) -> Process {
    // What it leaves behind when it is killed lies in our folder.
    let arguments = [
        format!("TMPDIR={}", folder.display()),
        env!("CARGO_BIN_EXE_kcwatch").to_owned(),
        "demo".to_owned(),
        format!("--listen={listen}"),
    ];
    Process::start(&PathBuf::from("env"), &arguments, &folder.join("demo.log"))
}
