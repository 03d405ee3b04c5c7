//! How the daemon begins and ends.

use std::net::TcpListener;

use rustix::process::Signal;
use serde_json::json;
use tokio::time::Instant;

use super::{
    home::Home,
    settings::Settings,
    tokens::{DAY, now, secret},
};
use crate::servers::{OpenBao, eventually, free_port, unique};

/// A home with one good token in a file.
pub(super) fn with_one_token() -> (Home, Settings) {
    let home = Home::new();
    home.write(
        "secrets/prod.json",
        secret("a", now() + 20 * DAY).to_string(),
    );
    let settings = Settings::new()
        .files("mounted", &home.path("secrets"))
        .target_of_sso("prod", "mounted", "prod");
    home.configure(&settings);
    (home, settings)
}

#[tokio::test]
async fn a_bad_configuration_is_told_whole_and_nothing_is_bound() {
    let (home, settings) = with_one_token();
    let port = free_port();
    // Whoever else has the port, it stays theirs: had kcwatch tried to bind it, it would say so.
    let _held = TcpListener::bind(("127.0.0.1", port)).unwrap();
    let bad = settings
        .with("/listen", format!("127.0.0.1:{port}"))
        .with("/poll/timeout", "5s")
        .with("/targets/0/tier", "prd")
        .with("/surprise", 1);
    home.configure(&bad);

    let ended = home.launch(&["serve"], &[]).exit().await;

    assert_eq!(ended.code, Some(78));
    for key in ["poll.timeout", "targets[0].tier", "surprise"] {
        assert!(ended.stderr.contains(key), "{key}: {}", ended.stderr);
    }
    assert!(!ended.said().contains("in use"), "{}", ended.said());
}

#[tokio::test]
async fn a_missing_file_is_a_bad_configuration() {
    let home = Home::new();
    let ended = home.run(&[]);
    assert_eq!(ended.code, Some(78));
    let file = home.config();
    assert!(
        ended.stderr.contains(file.to_str().unwrap()),
        "{}",
        ended.stderr
    );
}

#[tokio::test]
async fn a_port_that_is_taken_is_told_and_ends_it() {
    let (home, settings) = with_one_token();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    home.configure(&settings.with("/listen", address.as_str()));

    let ended = home.launch(&["serve"], &[]).exit().await;

    assert_eq!(ended.code, Some(69));
    let complaint = format!("{address} is already in use: another exporter");
    let lines = ended
        .stderr
        .lines()
        .filter(|line| line.contains(&complaint));
    assert_eq!(lines.count(), 1, "{}", ended.stderr);
}

#[tokio::test]
async fn a_port_that_is_taken_is_told_though_nothing_is_logged() {
    let (home, settings) = with_one_token();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let silent = settings.with("/listen", address.as_str());
    home.configure(&silent.with("/log/level", "off"));

    let ended = home.launch(&["serve"], &[]).exit().await;

    assert_eq!(ended.code, Some(69));
    let complaint = format!("kcwatch: {address} is already in use");
    assert!(ended.stderr.starts_with(&complaint), "{}", ended.stderr);
    assert_eq!(ended.stderr.lines().count(), 1, "{}", ended.stderr);
}

#[tokio::test]
async fn sigterm_and_sigint_end_it_well() {
    for signal in [Signal::TERM, Signal::INT] {
        let (home, _) = with_one_token();
        let daemon = home.start().await;
        daemon.ready().await;
        let asked = Instant::now();
        daemon.signal(signal);
        let ended = daemon.exit().await;
        assert_eq!(ended.code, Some(0), "{signal:?}: {}", ended.stderr);
        assert!(asked.elapsed().as_secs() < 8, "longer than the grace");
        assert!(
            ended.stderr.contains("\"message\":\"stopped\""),
            "{}",
            ended.stderr
        );
    }
}

#[tokio::test]
async fn a_stop_during_the_first_read_of_a_silent_server_ends_well() {
    // Accepts connections and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let home = Home::new();
    let address = format!("http://{}", silent.local_addr().unwrap());
    let auth = json!({"token": {"file": home.write("token", "t")}});
    home.configure(
        &Settings::new()
            .with("/poll/interval", "1h")
            .with("/poll/timeout", "30m")
            .vault("silent", &address, &auth)
            .target("prod", "silent", "kv/prod"),
    );
    let daemon = home.start().await;
    daemon.signal(Signal::TERM);
    assert_eq!(daemon.exit().await.code, Some(0));
}

#[tokio::test]
async fn the_token_of_our_own_login_is_revoked_at_the_end() {
    let bao = OpenBao::dev().await;
    let kv = bao.enable_kv(&unique("kv"), 2).await;
    bao.write(&kv, "prod", secret("a", now() + 20 * DAY)).await;
    let rules = format!("path \"{kv}/data/*\" {{ capabilities = [\"read\"] }}");
    let policy = bao.policy(&unique("reader"), &rules).await;
    let role = bao.approle(json!({"token_policies": [policy]})).await;
    let home = Home::new();
    home.configure(
        &Settings::new()
            .with_approle("bao", &bao, &role, &home)
            .target_of_sso("prod", "bao", &format!("{kv}/prod")),
    );
    let before = bao.count_tokens().await;
    let daemon = home.start().await;
    daemon
        .wait_for("kcwatch_target_up{target=\"prod\"}", 1.0)
        .await;
    assert_eq!(bao.count_tokens().await, before + 1, "it logged in once");

    daemon.signal(Signal::TERM);
    assert_eq!(daemon.exit().await.code, Some(0));

    assert_eq!(bao.count_tokens().await, before, "no login is left behind");
}

#[tokio::test]
async fn it_is_ready_with_a_dead_store_because_it_has_to_report_it() {
    let home = Home::new();
    let nobody = format!("http://127.0.0.1:{}", free_port());
    let auth = json!({"token": {"file": home.write("token", "t")}});
    home.configure(
        &Settings::new()
            .vault("dead", &nobody, &auth)
            .target("prod", "dead", "kv/prod"),
    );
    let daemon = home.start().await;
    daemon.ready().await;
    for (path, answer) in [
        ("/-/ready", "ok\n"),
        ("/readyz", "ok\n"),
        ("/-/healthy", "ok\n"),
        ("/healthz", "ok\n"),
        ("/livez", "ok\n"),
    ] {
        let heard = daemon.get(path).await;
        assert_eq!((heard.status, heard.text.as_str()), (200, answer), "{path}");
    }
    let series = daemon.series().await;
    assert_eq!(series.get("kcwatch_target_up{target=\"prod\"}"), Some(0.0));
    assert_eq!(
        series.get("kcwatch_iat_state{target=\"prod\",state=\"unknown\"}"),
        Some(1.0)
    );
    assert!(series.with(&["kcwatch_iat_expiration"]).is_empty());
}

#[tokio::test]
async fn it_is_not_ready_before_every_target_was_tried_but_it_answers() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let (home, settings) = with_one_token();
    let auth = json!({"token": {"file": home.write("token", "t")}});
    let address = format!("http://{}", silent.local_addr().unwrap());
    home.configure(
        &settings
            .with("/poll/interval", "1h")
            .with("/poll/timeout", "30m")
            .vault("silent", &address, &auth)
            .target("slow", "silent", "kv/slow"),
    );
    let daemon = home.start().await;
    daemon
        .wait_for("kcwatch_target_up{target=\"prod\"}", 1.0)
        .await;
    let heard = daemon.get("/-/ready").await;
    assert_eq!(
        (heard.status, heard.text.as_str()),
        (503, "not every target was tried yet\n")
    );
    assert_eq!(daemon.get("/-/healthy").await.status, 200);
}

#[tokio::test]
async fn the_first_page_is_there_as_soon_as_it_listens() {
    let (home, _) = with_one_token();
    let daemon = home.start().await;
    let series = daemon.series().await;
    let info = series.with(&["kcwatch_target_info{", "target=\"prod\""]);
    assert_eq!(info.len(), 1, "{series:?}");
    eventually("a success", async || {
        let series = daemon.series().await;
        series.get("kcwatch_target_last_success_timestamp_seconds{target=\"prod\"}")
    })
    .await;
}
