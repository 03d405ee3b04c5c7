//! A real Prometheus scrapes the daemon.

use serde_json::{Value, json};

use super::{
    home::Home,
    page::expiry,
    settings::Settings,
    start_and_stop::with_one_token,
    tokens::{DAY, now, older, signed},
};
use crate::servers::{OpenBao, Prometheus, unique};

/// Starts one that scrapes this address.
pub(super) fn scraping(address: &str, home: &Home) -> Prometheus {
    let folder = home.path("prometheus");
    std::fs::create_dir(&folder).expect("a directory can be made");
    Prometheus::scraping(&folder, address)
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
    let prometheus = scraping(daemon.address(), &home);

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
