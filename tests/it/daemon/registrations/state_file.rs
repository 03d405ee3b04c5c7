//! What outlives the process: what was known is known again, and a file that is of no use stops nobody.

use std::fs;

use rustix::process::Signal;
use serde_json::{Value, json};

use super::super::{
    home::Home,
    page::{expiry, up},
    settings::Settings,
    tokens::{DAY, now, secret},
};
use crate::servers::eventually;

fn settings(home: &Home) -> Settings {
    Settings::new()
        .files("mounted", &home.path("secrets"))
        .target_of_sso("prod", "mounted", "prod")
        .target_of_sso("stage", "mounted", "stage")
        .with("/state_file", json!(home.path("state.json")))
}

fn home() -> Home {
    let home = Home::new();
    for name in ["prod", "stage"] {
        let end = now() + 20 * DAY;
        home.write(
            &format!("secrets/{name}.json"),
            secret(name, end).to_string(),
        );
    }
    home.configure(&settings(&home));
    home
}

fn state(home: &Home) -> Option<Value> {
    serde_json::from_slice(&fs::read(home.path("state.json")).ok()?).ok()
}

#[tokio::test]
async fn a_restart_in_the_middle_of_an_outage_still_knows_the_expiry() {
    let home = home();
    let daemon = home.start().await;
    daemon.wait_for(&up("prod"), 1.0).await;
    let known = daemon.metric(&expiry("prod")).await.unwrap();
    daemon.signal(Signal::TERM);
    assert_eq!(daemon.exit().await.code, Some(0));
    fs::remove_dir_all(home.path("secrets")).unwrap();

    let again = home.start().await;
    again.ready().await;
    let series = again.series().await;
    assert_eq!(series.get(&up("prod")), Some(0.0));
    assert_eq!(series.get(&expiry("prod")), Some(known));
    let success = "kcwatch_target_last_success_timestamp_seconds{target=\"prod\"}";
    assert!(series.get(success).is_some(), "its age shows");
    assert_eq!(
        series.get("kcwatch_iat_rotations_total{target=\"prod\"}"),
        Some(0.0)
    );
}

#[tokio::test]
async fn a_target_that_left_the_configuration_is_forgotten() {
    let home = home();
    let daemon = home.start().await;
    let targets = |home: &Home| {
        Some(
            state(home)?["targets"]
                .as_object()?
                .keys()
                .cloned()
                .collect::<Vec<_>>(),
        )
    };
    eventually("both are kept", async || {
        (targets(&home)? == ["prod", "stage"]).then_some(())
    })
    .await;
    let fewer = Settings::new()
        .files("mounted", &home.path("secrets"))
        .target_of_sso("stage", "mounted", "stage")
        .with("/state_file", json!(home.path("state.json")));
    home.configure(&fewer);
    daemon.signal(Signal::HUP);
    eventually("one is kept", async || {
        (targets(&home)? == ["stage"]).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_file_of_no_use_is_said_once_and_stops_nobody() {
    let later = json!({"kcwatch_state": 999, "targets": {}}).to_string();
    for (content, said) in [
        ("", "damaged-1"),
        ("{\"kcwatch_state\":1,\"targets\":{\"prod\":", "damaged-1"),
        ("[]", "damaged-1"),
        (later.as_str(), "version-999-1"),
    ] {
        let home = home();
        home.write("state.json", content);
        let daemon = home.start().await;
        daemon.wait_for(&up("prod"), 1.0).await;
        let told = daemon.messages("state file");
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains(said), "{told:?}");
        let aside = home.path(&format!("state.json.{said}"));
        assert_eq!(fs::read_to_string(aside).unwrap(), content);
        eventually("it writes anew", async || {
            state(&home)?.pointer("/targets/prod").map(drop)
        })
        .await;
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_written_is_said_once_and_stops_nobody() {
    let home = home();
    let missing = home.path("missing/state.json");
    home.configure(&settings(&home).with("/state_file", json!(missing)));
    let daemon = home.start().await;
    daemon.wait_for(&up("prod"), 1.0).await;
    daemon.says("state file").await;
    let stage = secret("another", now() + 9 * DAY);
    home.write("secrets/stage.json", stage.to_string());
    daemon
        .wait_for("kcwatch_iat_rotations_total{target=\"stage\"}", 1.0)
        .await;
    assert_eq!(
        daemon.messages("state file").len(),
        1,
        "{:?}",
        daemon.messages("state file")
    );
    fs::create_dir(home.path("missing")).unwrap();
    home.write(
        "secrets/stage.json",
        secret("a third", now() + 9 * DAY).to_string(),
    );
    daemon.says("the state file can be written again").await;
}

#[tokio::test]
async fn a_clock_that_went_back_is_said_and_what_is_known_stays() {
    let home = home();
    let daemon = home.start().await;
    daemon.wait_for(&up("prod"), 1.0).await;
    daemon.signal(Signal::TERM);
    daemon.exit().await;
    let mut kept = state(&home).unwrap();
    kept["at"] = json!("2099-01-01T00:00:00Z");
    home.write("state.json", kept.to_string());
    fs::remove_dir_all(home.path("secrets")).unwrap();
    let again = home.start().await;
    again.says("the clock of this machine went back").await;
    assert!(again.metric(&expiry("prod")).await.is_some());
}

#[tokio::test]
async fn without_a_state_file_it_says_what_a_restart_forgets() {
    let home = home();
    home.configure(&settings(&home).with("/state_file", json!(null)));
    let daemon = home.start().await;
    daemon.says("no state_file is configured").await;
}
