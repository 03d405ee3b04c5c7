//! A real Prometheus scrapes the daemon.

use std::path::Path;

use serde_json::{Value, json};

use super::{
    home::Home,
    page::expiry,
    settings::Settings,
    start_and_stop::with_one_token,
    tokens::{DAY, now, older, signed},
};
use crate::servers::{OpenBao, Process, eventually, free_port, unique};

/// A running Prometheus; ended on drop.
pub(super) struct Prometheus {
    port: u16,
    _process: Process,
}

impl Prometheus {
    /// Starts it on this address to scrape.
    pub(super) fn scraping(address: &str, home: &Home) -> Self {
        let scrape = json!({
            "global": {"scrape_interval": "1s", "scrape_timeout": "1s"},
            "scrape_configs": [{
                "job_name": "kcwatch",
                "static_configs": [{"targets": [address]}],
            }],
        });
        let config = home.write("prometheus.yml", scrape.to_string());
        let port = free_port();
        let arguments = [
            format!("--config.file={}", config.display()),
            format!("--storage.tsdb.path={}", home.path("tsdb").display()),
            format!("--web.listen-address=127.0.0.1:{port}"),
        ];
        let log = home.path("prometheus.log");
        let process = Process::start(Path::new("prometheus"), &arguments, &log);
        Self {
            port,
            _process: process,
        }
    }

    /// The results of a query, once there are any.
    pub(super) async fn answers(&self, query: &str) -> Vec<Value> {
        eventually(&format!("Prometheus answers {query}"), async || {
            let found = self.try_ask(query).await.ok()?;
            let found = found.pointer("/data/result")?.as_array()?.clone();
            (!found.is_empty()).then_some(found)
        })
        .await
    }

    async fn try_ask(&self, query: &str) -> Result<Value, reqwest::Error> {
        let client = reqwest::Client::builder()
            .tls_certs_only([])
            .no_proxy()
            .build()?;
        let mut url = format!("http://127.0.0.1:{}/api/v1/query", self.port)
            .parse::<reqwest::Url>()
            .unwrap();
        url.query_pairs_mut().append_pair("query", query);
        let text = client.get(url).send().await?.text().await?;
        Ok(serde_json::from_str(&text).unwrap_or_default())
    }
}

/// The value of the only result.
pub(super) fn value(results: &[Value]) -> &str {
    assert_eq!(results.len(), 1, "{results:?}");
    results[0]["value"][1].as_str().unwrap()
}

#[tokio::test]
async fn prometheus_sees_when_both_tokens_expire() {
    let bao = OpenBao::shared().await;
    let kv = bao.enable_kv(&unique("kv"), 2).await;
    let (home, settings) = with_one_token();
    let end = now() + 80 * DAY;
    let mut stage = super::tokens::claims(&unique("jti"), end);
    stage["iss"] = json!("https://sso.stage.example.com/auth/realms/stage");
    bao.write(&kv, "stage", older(&signed(&stage))).await;
    let mut forever = super::tokens::claims(&unique("jti"), 0);
    forever["iat"] = json!(now());
    bao.write(&kv, "forever", older(&signed(&forever))).await;
    let settings: Settings = settings
        .with_root("bao", bao, &home)
        .target("stage", "bao", &format!("{kv}/stage"))
        .target("forever", "bao", &format!("{kv}/forever"));
    home.configure(&settings);
    let daemon = home.start().await;
    daemon.ready().await;
    let prometheus = Prometheus::scraping(daemon.address(), &home);

    assert_eq!(
        value(&prometheus.answers("up{job=\"kcwatch\"} == 1").await),
        "1"
    );
    assert_eq!(
        value(&prometheus.answers(&expiry("stage")).await),
        end.to_string()
    );
    assert_eq!(value(&prometheus.answers(&expiry("forever")).await), "+Inf");
    let days = format!("floor(({} - time()) / 86400)", expiry("prod"));
    assert_eq!(value(&prometheus.answers(&days).await), "19");
    let joined = "kcwatch_target_up * on (target) group_left (store) kcwatch_target_info";
    assert_eq!(
        prometheus.answers(joined).await.len(),
        3,
        "info joins on target"
    );
}

#[tokio::test]
async fn what_prometheus_asks_for_is_compressed_and_says_the_same() {
    use std::io::Read as _;

    let (home, settings) = with_one_token();
    home.configure(&settings.with("/poll/interval", "1h"));
    let daemon = home.start().await;
    daemon.ready().await;
    // The last that changes: from here on pages are alike.
    daemon
        .wait_for("kcwatch_store_up{store=\"mounted\"}", 1.0)
        .await;
    let client = reqwest::Client::builder()
        .tls_certs_only([])
        .build()
        .unwrap();
    let response = client
        .get(format!("http://{}/metrics", daemon.address()))
        // What Prometheus sends.
        .header("Accept-Encoding", "gzip")
        .header("Accept", "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1")
        .send()
        .await
        .unwrap();
    assert_eq!(response.headers()["content-encoding"], "gzip");
    assert_eq!(
        response.headers()["content-type"],
        "text/plain; version=0.0.4; charset=utf-8"
    );
    let packed = response.bytes().await.unwrap();
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(&packed[..])
        .read_to_string(&mut text)
        .unwrap();
    let without_process = |page: &str| {
        let lines = page.lines().filter(|line| !line.contains("process_"));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(
        without_process(&text),
        without_process(&daemon.page().await)
    );
}
