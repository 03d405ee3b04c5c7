//! The page of `/metrics` as a whole.

use std::{
    io::Write as _,
    net::TcpListener,
    process::{Command, Stdio},
};

use rustix::process::Signal;
use serde_json::json;

use super::{
    home::Home,
    page::{Series, disorder, expiry, up},
    settings::Settings,
    tokens::{DAY, claims, newer, now, older, secret, signed, token},
};
use crate::servers::{OpenBao, free_port, unique};

const YEAR_2024: i64 = 1_704_067_200;
const YEAR_2044: i64 = 2_335_219_200;

/// Holds the page against `promtool` and against what `promtool` does not look at.
pub(super) fn assert_sound(page: &str) {
    assert_eq!(disorder(page), Vec::<String>::new(), "{page}");
    // Panics at a series that stands there twice.
    drop(Series::of(page));
    let mut promtool = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("promtool is installed, with prometheus");
    promtool
        .stdin
        .take()
        .unwrap()
        .write_all(page.as_bytes())
        .unwrap();
    let output = promtool.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && said.is_empty(), "{said}\n{page}");
}

/// The page with everything made the same that differs from run to run.
fn settled(page: &str) -> String {
    let settle = |line: &str| {
        let Some((series, _value)) = line.rsplit_once(' ').filter(|_| !line.starts_with('#'))
        else {
            return line.to_owned();
        };
        let varies = [
            "kcwatch_config_last_reload_success_timestamp_seconds",
            "kcwatch_target_last_",
            "kcwatch_target_poll_duration_seconds",
            "process_",
        ];
        if series.starts_with("kcwatch_build_info") {
            "kcwatch_build_info{…} 1".to_owned()
        } else if varies.iter().any(|name| series.starts_with(name)) {
            format!("{series} …")
        } else {
            line.to_owned()
        }
    };
    page.lines().map(settle).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn the_whole_page_of_a_fixed_configuration_is_this() {
    let home = Home::new();
    let mut current = claims("new", YEAR_2044);
    current["iat"] = json!(YEAR_2024);
    let secret = newer(&signed(&current), Some(&token("old", YEAR_2024)));
    home.write("secrets/prod.json", secret.to_string());
    let settings = Settings::new()
        .with("/poll/interval", "1h")
        .files("mounted", &home.path("secrets"))
        .target_of_sso("prod", "mounted", "prod")
        .target("absent", "mounted", "elsewhere/absent");
    home.configure(&settings);
    let daemon = home.start().await;
    daemon.ready().await;
    // The store's own news may be a page behind those of its targets.
    daemon
        .wait_for("kcwatch_store_up{store=\"mounted\"}", 1.0)
        .await;
    let heard = daemon.get("/metrics").await;
    assert_eq!(
        heard.content_type,
        "text/plain; version=0.0.4; charset=utf-8"
    );
    insta::assert_snapshot!("page", settled(&heard.text));
}

#[tokio::test]
async fn the_page_is_sound_before_anything_is_known() {
    let home = Home::new();
    // Accepts connections and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", silent.local_addr().unwrap());
    let auth = json!({"token": {"file": home.write("token", "t")}});
    let settings = Settings::new()
        .with("/poll/interval", "1h")
        .with("/poll/timeout", "30m")
        .vault("silent", &address, &auth)
        .target_of_sso("slow", "silent", "kv/slow");
    home.configure(&settings);
    let daemon = home.start().await;
    let page = daemon.page().await;
    assert_sound(&page);
    let series = Series::of(&page);
    assert_eq!(
        series.get(&up("slow")),
        Some(0.0),
        "never a false all-clear"
    );
    assert!(series.with(&["kcwatch_iat_expiration"]).is_empty());
    assert!(series.with(&["kcwatch_target_last_"]).is_empty());
    let failures = series.with(&["kcwatch_target_failures_total"]);
    assert_eq!(failures.len(), kcwatch::model::Reason::COUNT, "all zeroed");
    assert!(failures.values().all(|count| *count == 0.0));
}

#[tokio::test]
async fn the_page_is_sound_in_every_state_and_with_the_strangest_names() {
    let (bao, home) = (OpenBao::shared().await, Home::new());
    let kv = bao.enable_kv(&unique("kv"), 2).await;
    let mut forever = claims("forever", 0);
    forever["iat"] = json!(now());
    let strange = "söme \"näme\" \\ with {every}=thing, 名前";
    home.write(
        "secrets/good.json",
        secret("good", now() + 20 * DAY).to_string(),
    );
    home.write(
        "secrets/twin.json",
        secret("good", now() + 20 * DAY).to_string(),
    );
    home.write(
        "secrets/ended.json",
        secret("ended", now() - DAY).to_string(),
    );
    home.write("secrets/forever.json", older(&signed(&forever)).to_string());
    home.write("secrets/number.json", "7");
    bao.write(&kv, "vault", secret(&unique("jti"), now() + DAY))
        .await;
    let nobody = format!("http://127.0.0.1:{}", free_port());
    let auth = json!({"token": {"file": home.write("token", "t")}});
    let settings = Settings::new()
        .files("mounted", &home.path("secrets"))
        .with_root("bao", bao, &home)
        .vault("dead", &nobody, &auth)
        .target_of_sso("good", "mounted", "good")
        .target_of_sso("twin", "mounted", "twin")
        .target("ended", "mounted", "ended")
        .target("forever", "mounted", "forever")
        .target("number", "mounted", "number")
        .target("absent", "mounted", "absent")
        .target("vault", "bao", &format!("{kv}/vault"))
        .target("denied-or-dead", "dead", "kv/dead")
        .target(strange, "mounted", "good");
    home.configure(&settings);
    let daemon = home.start().await;
    daemon.ready().await;
    let page = daemon.page().await;
    assert_sound(&page);
    assert!(
        page.contains(r#"target="söme \"näme\" \\ with {every}=thing, 名前""#),
        "{page}"
    );

    home.write("kcwatch.yaml", "surprise: 1");
    daemon.signal(Signal::HUP);
    daemon
        .wait_for("kcwatch_config_last_reload_successful", 0.0)
        .await;
    assert_sound(&daemon.page().await);
}

#[tokio::test]
async fn a_thousand_targets_make_a_sound_page() {
    let home = Home::new();
    home.write(
        "secrets/good.json",
        secret("good", now() + 20 * DAY).to_string(),
    );
    let mut settings = Settings::new()
        .with("/poll/interval", "1h")
        .files("mounted", &home.path("secrets"));
    for number in 0..1_000 {
        settings = settings.target_of_sso(&format!("target-{number}"), "mounted", "good");
    }
    home.configure(&settings);
    let daemon = home.start().await;
    daemon.ready().await;
    let page = daemon.page().await;
    assert_sound(&page);
    assert_eq!(Series::of(&page).with(&["kcwatch_target_up"]).len(), 1_000);
}

#[tokio::test]
async fn scrapes_ask_no_store() {
    let home = Home::new();
    home.write(
        "secrets/prod.json",
        secret("a", now() + 20 * DAY).to_string(),
    );
    let settings = Settings::new()
        .with("/poll/interval", "1h")
        .files("mounted", &home.path("secrets"))
        .target_of_sso("prod", "mounted", "prod");
    home.configure(&settings);
    let daemon = home.start().await;
    daemon.wait_for(&up("prod"), 1.0).await;
    std::fs::remove_dir_all(home.path("secrets")).unwrap();
    for _ in 0..20 {
        let series = daemon.series().await;
        assert_eq!(
            series.get("kcwatch_target_polls_total{target=\"prod\"}"),
            Some(1.0)
        );
        assert!(series.get(&expiry("prod")).is_some());
    }
}
