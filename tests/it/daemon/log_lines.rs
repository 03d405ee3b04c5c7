//! What the daemon writes to its log.

use rustix::process::Signal;
use serde_json::json;

use super::{
    home::Home,
    page::up,
    settings::Settings,
    start_and_stop::with_one_token,
    tokens::{DAY, now, secret},
};
use crate::servers::{eventually, free_port};

#[tokio::test]
async fn every_line_is_json_with_time_level_and_message_and_standard_output_stays_empty() {
    let (home, settings) = with_one_token();
    home.configure(&settings.with("/log/level", "trace"));
    let daemon = home.start().await;
    daemon.wait_for(&up("prod"), 1.0).await;
    home.write("secrets/prod.json", "{}");
    daemon.wait_for(&up("prod"), 0.0).await;
    home.write("kcwatch.yaml", "surprise: 1\nanother: \"two\nlines\"");
    daemon.signal(Signal::HUP);
    daemon
        .wait_for("kcwatch_config_last_reload_successful", 0.0)
        .await;
    daemon.signal(Signal::TERM);
    let ended = daemon.exit().await;
    assert_eq!(ended.stdout, "");
    for line in ended.stderr.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        for key in ["timestamp", "level", "message", "target"] {
            assert!(line[key].is_string(), "{key}: {line}");
        }
    }
}

#[tokio::test]
async fn text_logs_are_plain_where_nobody_watches() {
    let (home, settings) = with_one_token();
    home.configure(&settings.with("/log/format", "text"));
    let daemon = home.start().await;
    daemon.says("target `prod`: the token was read").await;
    let text = daemon.stderr();
    assert!(!text.contains('\x1b'), "{text}");
    assert!(text.lines().all(|line| line.contains(" INFO ")), "{text}");
}

#[tokio::test]
async fn a_fault_that_lasts_is_one_line_for_the_store_and_one_for_the_target() {
    let home = Home::new();
    let nobody = format!("http://127.0.0.1:{}", free_port());
    let auth = json!({"token": {"file": home.write("token", "t")}});
    let settings = Settings::new().vault("dead", &nobody, &auth);
    home.configure(&settings.target("prod", "dead", "kv/prod"));
    let daemon = home.start().await;
    let failed = super::page::failures("prod", "unreachable");
    eventually("four failures", async || {
        (daemon.metric(&failed).await >= Some(4.0)).then_some(())
    })
    .await;
    let warnings = daemon.log();
    let warnings = warnings.iter().filter(|line| line["level"] == "WARN");
    let warnings: Vec<_> = warnings.map(|line| line["message"].to_string()).collect();
    assert_eq!(warnings.len(), 2, "{warnings:#?}");
    assert!(warnings.iter().any(|said| said.contains("store `dead`")));
    assert!(warnings.iter().any(|said| said.contains("target `prod`")));
}

#[tokio::test]
async fn a_good_token_that_stays_is_one_line() {
    let (home, _) = with_one_token();
    let daemon = home.start().await;
    let polls = "kcwatch_target_polls_total{target=\"prod\"}";
    eventually("three reads", async || {
        (daemon.metric(polls).await >= Some(3.0)).then_some(())
    })
    .await;
    assert_eq!(daemon.messages("prod").len(), 1, "{}", daemon.stderr());
}

#[tokio::test]
async fn a_start_says_what_is_watched_by_which_version_and_where() {
    let (home, settings) = with_one_token();
    home.write(
        "secrets/stage.json",
        secret("b", now() + 80 * DAY).to_string(),
    );
    home.configure(&settings.target_of_sso("stage", "mounted", "stage"));
    let daemon = home.start().await;
    let log = daemon.log();
    assert_eq!(log[0]["version"], env!("CARGO_PKG_VERSION"));
    let first = log[0]["message"].as_str().unwrap();
    assert!(first.ends_with("watches 2 targets in 1 store"), "{first}");
    let listening = format!("listening on http://{}", daemon.address());
    assert_eq!(daemon.messages(&listening).len(), 1);
}
