//! A changed configuration, put in force or refused while the daemon runs.

use rustix::process::Signal;
use serde_json::json;

use super::{
    home::Home,
    page::{check, expiry, up},
    rig::Daemon,
    settings::Settings,
    start_and_stop::with_one_token,
    tokens::{DAY, now, secret},
};
use crate::servers::{OpenBao, eventually, unique};

const SUCCESSFUL: &str = "kcwatch_config_last_reload_successful";
const LOADED: &str = "the configuration was loaded";
const REFUSED: &str = "the new configuration was refused";

/// A home with one token more, at `stage`.
fn with_two_tokens() -> (Home, Settings) {
    let (home, settings) = with_one_token();
    home.write(
        "secrets/stage.json",
        secret("b", now() + 80 * DAY).to_string(),
    );
    let settings = settings.target_of_sso("stage", "mounted", "stage");
    home.configure(&settings);
    (home, settings)
}

/// The settings with the targets of others.
fn only(settings: &Settings, names: &[&str]) -> Settings {
    let none = settings.clone().without_targets();
    names.iter().fold(none, |settings, name| {
        settings.target_of_sso(name, "mounted", name)
    })
}

/// Waits until the log has this many messages with these words, and makes sure that it has no more.
async fn said_times(daemon: &Daemon, words: &str, times: usize) {
    eventually(&format!("{times} times: {words}"), async || {
        (daemon.messages(words).len() >= times).then_some(())
    })
    .await;
    assert_eq!(daemon.messages(words).len(), times, "{}", daemon.stderr());
}

#[tokio::test]
async fn sighup_puts_changed_targets_in_force() {
    let (home, settings) = with_two_tokens();
    home.configure(&only(&settings, &["prod"]));
    let daemon = home.start().await;
    daemon.wait_for(&up("prod"), 1.0).await;

    home.configure(&only(&settings, &["stage"]));
    daemon.signal(Signal::HUP);

    daemon.wait_for(&up("stage"), 1.0).await;
    let series = daemon.series().await;
    assert!(series.with(&["target=\"prod\""]).is_empty(), "{series:?}");
}

#[tokio::test]
async fn what_stays_keeps_its_series_on_every_page_through_a_reload() {
    let (home, settings) = with_two_tokens();
    // Read once and then not for an hour: whatever is there later was not read again.
    let settings = settings.with("/poll/interval", "1h");
    home.configure(&only(&settings, &["prod"]));
    let daemon = home.start().await;
    daemon.wait_for(&up("prod"), 1.0).await;
    let known = daemon.metric(&expiry("prod")).await.unwrap();
    let polls = "kcwatch_target_polls_total{target=\"prod\"}";

    home.configure(&only(&settings, &["prod", "stage"]));
    daemon.signal(Signal::HUP);

    eventually("the new target is read", async || {
        let series = daemon.series().await;
        assert_eq!(series.get(&expiry("prod")), Some(known), "no gap");
        assert_eq!(series.get(&up("prod")), Some(1.0), "no dip");
        assert_eq!(series.get(polls), Some(1.0), "no read");
        series.get(&expiry("stage"))
    })
    .await;
}

#[tokio::test]
async fn a_changed_file_is_noticed() {
    let (home, settings) = with_two_tokens();
    let settings = settings.with("/reload/watch", "1s");
    home.configure(&only(&settings, &["prod"]));
    let daemon = home.start().await;
    home.configure(&only(&settings, &["prod", "stage"]));
    daemon.wait_for(&up("stage"), 1.0).await;
    said_times(&daemon, LOADED, 1).await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_that_kubernetes_swaps_by_its_links_is_noticed() {
    use std::os::unix::fs::symlink;

    let (home, settings) = with_two_tokens();
    let settings = settings.with("/reload/watch", "1s");
    home.write("..one/kcwatch.yaml", only(&settings, &["prod"]).to_string());
    home.write(
        "..two/kcwatch.yaml",
        only(&settings, &["prod", "stage"]).to_string(),
    );
    symlink("..one", home.path("..data")).unwrap();
    std::fs::remove_file(home.config()).unwrap();
    symlink("..data/kcwatch.yaml", home.config()).unwrap();
    let daemon = home.start().await;
    daemon.wait_for(&up("prod"), 1.0).await;

    // As the kubelet does: a new link beside the old one, renamed over it.
    symlink("..two", home.path("..data_tmp")).unwrap();
    std::fs::rename(home.path("..data_tmp"), home.path("..data")).unwrap();

    daemon.wait_for(&up("stage"), 1.0).await;
}

#[tokio::test]
async fn a_bad_configuration_never_replaces_the_one_in_force_and_is_told_once() {
    let (home, settings) = with_one_token();
    let settings = settings.with("/reload/watch", "1s");
    home.configure(&settings);
    let daemon = home.start().await;
    daemon.wait_for(&up("prod"), 1.0).await;
    assert_eq!(daemon.metric(SUCCESSFUL).await, Some(1.0));
    let since = "kcwatch_config_last_reload_success_timestamp_seconds";
    let loaded = daemon.metric(since).await;

    let bad = settings
        .clone()
        .with("/poll/timeout", "1h")
        .with("/targets/0/tier", "prd");
    home.configure(&bad);
    daemon.wait_for(SUCCESSFUL, 0.0).await;
    let polls = "kcwatch_target_polls_total{target=\"prod\"}";
    let before = daemon.metric(polls).await.unwrap();
    eventually("the old configuration is at work", async || {
        (daemon.metric(polls).await >= Some(before + 2.0)).then_some(())
    })
    .await;

    let told = daemon.messages(REFUSED);
    assert_eq!(told.len(), 1, "{told:?}");
    for key in ["poll.timeout", "targets[0].tier"] {
        assert!(told[0].contains(key), "{key}: {told:?}");
    }
    let series = daemon.series().await;
    assert_eq!(series.get(&up("prod")), Some(1.0));
    assert_eq!(series.get(since), loaded, "that was not a success");

    home.configure(&settings);
    daemon.wait_for(SUCCESSFUL, 1.0).await;
}

#[tokio::test]
async fn a_file_that_goes_missing_is_a_refused_configuration() {
    let (home, settings) = with_one_token();
    home.configure(&settings.with("/reload/watch", "1s"));
    let daemon = home.start().await;
    std::fs::remove_file(home.config()).unwrap();
    daemon.wait_for(SUCCESSFUL, 0.0).await;
    assert_eq!(daemon.messages(REFUSED).len(), 1);
}

#[tokio::test]
async fn a_store_that_cannot_be_built_is_a_refused_configuration() {
    let (home, settings) = with_one_token();
    let daemon = home.start().await;
    daemon.wait_for(&up("prod"), 1.0).await;
    let auth = json!({"token": {"file": home.path("token")}});
    let bad = settings
        .vault("tls", "https://127.0.0.1:1", &auth)
        .with("/stores/tls/vault/ca_file", "/nowhere/ca.pem");
    home.configure(&bad);
    daemon.signal(Signal::HUP);
    daemon.wait_for(SUCCESSFUL, 0.0).await;
    let told = daemon.messages(REFUSED);
    assert!(
        told[0].contains("stores.tls: cannot read /nowhere/ca.pem"),
        "{told:?}"
    );
    assert_eq!(daemon.metric(&up("prod")).await, Some(1.0));
}

#[tokio::test]
async fn reloading_over_http_is_refused_unless_it_is_enabled() {
    let (home, _) = with_one_token();
    let daemon = home.start().await;
    let answer = daemon.ask("POST", "/-/reload").await;
    assert_eq!(answer.status, 403, "{answer:?}");
    assert!(answer.text.contains("reload.http"), "{answer:?}");
}

#[tokio::test]
async fn reloading_over_http_answers_with_what_came_of_it() {
    let (home, settings) = with_two_tokens();
    let settings = settings.with("/reload/http", true);
    home.configure(&only(&settings, &["prod"]));
    let daemon = home.start().await;

    home.configure(
        &settings
            .clone()
            .with("/targets/0/tier", "prd")
            .with("/surprise", 1),
    );
    let refused = daemon.ask("POST", "/-/reload").await;
    assert_eq!(refused.status, 500, "{refused:?}");
    for key in ["targets[0].tier", "surprise"] {
        assert!(refused.text.contains(key), "{key}: {refused:?}");
    }

    home.configure(&settings);
    let loaded = daemon.ask("POST", "/-/reload").await;
    assert_eq!((loaded.status, loaded.text.as_str()), (200, "reloaded\n"));
    daemon.wait_for(&up("stage"), 1.0).await;
    assert_eq!(daemon.metric(SUCCESSFUL).await, Some(1.0));
}

#[tokio::test]
async fn a_reload_logs_in_anew_only_where_the_store_was_changed() {
    let bao = OpenBao::shared().await;
    let kv = bao.enable_kv(&unique("kv"), 2).await;
    bao.write(&kv, "prod", secret(&unique("jti"), now() + 20 * DAY))
        .await;
    let rules = format!("path \"{kv}/data/*\" {{ capabilities = [\"read\"] }}");
    let policy = bao.policy(&unique("reader"), &rules).await;
    let role = bao.approle(json!({"token_policies": [policy]})).await;
    let home = Home::new();
    let settings = Settings::new().with_approle("bao", bao, &role, &home);
    let path = format!("{kv}/prod");
    home.configure(&settings.clone().target_of_sso("one", "bao", &path));
    let daemon = home.start().await;
    daemon.wait_for(&up("one"), 1.0).await;
    let logins = "kcwatch_store_logins_total{store=\"bao\"}";
    assert_eq!(daemon.metric(logins).await, Some(1.0));

    home.configure(&settings.clone().target_of_sso("two", "bao", &path));
    daemon.signal(Signal::HUP);
    daemon.wait_for(&up("two"), 1.0).await;
    assert_eq!(
        daemon.messages("logged in to store").len(),
        1,
        "{}",
        daemon.stderr()
    );
    assert_eq!(daemon.metric(logins).await, Some(1.0));

    let changed = settings.with("/stores/bao/vault/max_response_bytes", 4096);
    home.configure(&changed.target_of_sso("three", "bao", &path));
    daemon.signal(Signal::HUP);
    daemon.wait_for(&up("three"), 1.0).await;
    assert_eq!(
        daemon.messages("logged in to store").len(),
        2,
        "{}",
        daemon.stderr()
    );
}

#[tokio::test]
async fn what_needs_a_restart_is_said() {
    let (home, settings) = with_one_token();
    let daemon = home.start().await;
    home.configure(
        &settings
            .with("/log/level", "warn")
            .with("/reload/http", true),
    );
    daemon.signal(Signal::HUP);
    daemon.says(LOADED).await;
    let told = daemon.messages("takes effect with the next start");
    assert_eq!(told.len(), 2, "{told:?}");
}

#[tokio::test]
async fn the_target_that_is_left_of_two_twins_is_unique_again() {
    let (home, settings) = with_one_token();
    let settings = settings
        .without_targets()
        .target_of_sso("one", "mounted", "prod");
    home.configure(&settings.clone().target_of_sso("two", "mounted", "prod"));
    let daemon = home.start().await;
    daemon.wait_for(&check("one", "unique"), 0.0).await;
    daemon.wait_for(&check("two", "unique"), 0.0).await;
    home.configure(&settings);
    daemon.signal(Signal::HUP);
    daemon.wait_for(&check("one", "unique"), 1.0).await;
}

#[tokio::test]
async fn a_changed_threshold_does_not_forget_an_expiry_that_cannot_be_read_now() {
    let (home, settings) = with_one_token();
    home.configure(&settings);
    let daemon = home.start().await;
    daemon.wait_for(&up("prod"), 1.0).await;
    let known = daemon.metric(&expiry("prod")).await;
    std::fs::rename(home.path("secrets"), home.path("away")).unwrap();
    daemon.wait_for(&up("prod"), 0.0).await;

    home.configure(&settings.with("/tiers", json!({"prod": {"lifetime": "31d"}})));
    daemon.signal(Signal::HUP);

    let lifetime = "kcwatch_iat_requested_lifetime_seconds{target=\"prod\"}";
    daemon.wait_for(lifetime, 31.0 * 86_400.0).await;
    let series = daemon.series().await;
    assert_eq!(series.get(&expiry("prod")), known);
    assert_eq!(series.get(&up("prod")), Some(0.0));
}

#[tokio::test]
async fn a_changed_expectation_is_compared_with_the_token_at_once() {
    let (home, settings) = with_one_token();
    home.configure(&settings.clone().with("/poll/interval", "1h"));
    let daemon = home.start().await;
    daemon.wait_for(&check("prod", "issuer"), 1.0).await;
    let other = json!({"sso": {"issuer": "https://another.example.com/realms/prod"}});
    home.configure(
        &settings
            .with("/poll/interval", "1h")
            .with("/identity_providers", other),
    );
    daemon.signal(Signal::HUP);
    daemon.wait_for(&check("prod", "issuer"), 0.0).await;
}
