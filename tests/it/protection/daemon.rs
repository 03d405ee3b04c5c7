//! The whole daemon behind a file: refused at the start, followed while it runs, told on its page.

use std::net::SocketAddr;

use rustix::process::Signal;
use serde_json::json;

use super::scene::{Caller, Folder, PASSWORD, basic, hash, tls_with};
use crate::{
    daemon::{
        home::Home,
        page::Series,
        rig::Daemon,
        settings::Settings,
        tokens::{DAY, now, secret},
    },
    servers::eventually,
};

const SUCCESSFUL: &str = "kcwatch_web_config_last_reload_successful";
const REFUSED: &str = "the new web configuration was refused, the one before stays in force";

/// A home with one token in a file, and a configuration that names the file in the folder.
pub(super) fn home(folder: &Folder) -> (Home, Settings) {
    let home = Home::new();
    let token = secret("a", now() + 20 * DAY);
    home.write("secrets/prod.json", token.to_string());
    let settings = Settings::new()
        .files("mounted", &home.path("secrets"))
        .target_of_sso("prod", "mounted", "prod")
        .with("/reload/watch", "1s")
        .with("/web_config_file", json!(folder.path("web.yaml")));
    home.configure(&settings);
    (home, settings)
}

/// The page, asked for over TLS as the user `prometheus`.
pub(super) async fn series(daemon: &Daemon, caller: &Caller) -> Series {
    let address: SocketAddr = daemon.address().parse().unwrap();
    let words = basic("prometheus", PASSWORD);
    let heard = caller.ask(address, "/metrics", &words).await.unwrap();
    assert_eq!(heard.status, 200);
    Series::of(&heard.text())
}

async fn until(daemon: &Daemon, caller: &Caller, name: &str, value: f64) {
    eventually(&format!("{name} {value}"), async || {
        (series(daemon, caller).await.get(name) == Some(value)).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_file_with_mistakes_is_told_whole_at_the_start_and_by_check_config() {
    let folder = Folder::new();
    folder.write(
        "web.yaml",
        "surprise: 1\nbasic_auth_users: {alice: plain}\n",
    );
    let (home, _) = home(&folder);
    let started = home.launch(&["serve"], &[]).exit().await;
    let checked = home.run(&["check-config"]);
    for ended in [&started, &checked] {
        assert_eq!(ended.code, Some(78), "{ended:?}");
        let said = ended.said();
        let file = folder.path("web.yaml").display().to_string();
        for key in [
            "surprise: unknown key",
            "basic_auth_users.alice: must be a hash",
        ] {
            assert!(said.contains(&format!("{file}: {key}")), "{said}");
        }
        assert!(!said.contains("plain"), "{said}");
    }
}

#[tokio::test]
async fn what_is_only_doubtful_is_a_warning() {
    let folder = Folder::new();
    let expired = folder.authority.expired_server("127.0.0.1");
    folder.write("web.yaml", &tls_with(&expired, &[]));
    let (home, _) = home(&folder);
    let checked = home.run(&["check-config"]);
    assert_eq!(checked.code, Some(0), "{checked:?}");
    assert!(checked.stderr.contains("warning: ") && checked.stderr.contains("expired at"));
    let daemon = home.start().await;
    daemon.says("expired at 2002-01-01T00:00:00Z").await;
    daemon.says("listening on https://").await;
}

#[tokio::test]
async fn a_bad_file_leaves_the_one_before_in_force_and_a_good_one_follows() {
    let folder = Folder::new();
    let users = format!("basic_auth_users: {{prometheus: '{}'}}\n", hash(PASSWORD));
    let good = folder.tls(&[]) + &users;
    folder.write("web.yaml", &good);
    let (home, _) = home(&folder);
    let daemon = home.start().await;
    let caller = Caller::trusting(&folder.authority);
    let page = series(&daemon, &caller).await;
    assert_eq!(page.get(SUCCESSFUL), Some(1.0));
    assert!(page.get("kcwatch_web_certificate_expiry_timestamp_seconds") > Some(0.0));
    assert_eq!(
        page.with(&["kcwatch_http_connections_refused_total"]).len(),
        7
    );
    let loaded = "kcwatch_web_config_last_reload_success_timestamp_seconds";
    let before = page.get(loaded).unwrap();

    folder.write("web.yaml", "basic_auth_users: {prometheus: plain}\n");
    until(&daemon, &caller, SUCCESSFUL, 0.0).await;
    daemon.says(REFUSED).await;
    assert_eq!(series(&daemon, &caller).await.get(loaded), Some(before));
    assert_eq!(
        series(&daemon, &caller)
            .await
            .get("kcwatch_config_last_reload_successful"),
        Some(1.0),
        "the rest of the configuration is well"
    );
    let address: SocketAddr = daemon.address().parse().unwrap();
    let words = basic("prometheus", PASSWORD);
    let front = caller.ask(address, "/", &words).await.unwrap().text();
    assert!(front.contains("The latest web configuration was refused"));

    folder.write("web.yaml", &good);
    until(&daemon, &caller, SUCCESSFUL, 1.0).await;
    assert!(!daemon.said().contains("plain"), "no hash is repeated");
}

#[tokio::test]
async fn a_certificate_that_is_replaced_is_noticed_though_the_file_stays() {
    let folder = Folder::new();
    let users = format!("basic_auth_users: {{prometheus: '{}'}}\n", hash(PASSWORD));
    let ending = folder.authority.server_until("127.0.0.1", (2035, 1, 1));
    let later = folder.authority.server_until("127.0.0.1", (2036, 1, 1));
    std::fs::copy(&ending.certificate, folder.path("tls.crt")).unwrap();
    std::fs::copy(&ending.key, folder.path("tls.key")).unwrap();
    let tls = "tls_server_config: {cert_file: tls.crt, key_file: tls.key}\n";
    folder.write("web.yaml", &format!("{tls}{users}"));
    let (home, _) = home(&folder);
    let daemon = home.start().await;
    let caller = Caller::trusting(&folder.authority);
    let end = "kcwatch_web_certificate_expiry_timestamp_seconds";
    assert_eq!(
        series(&daemon, &caller).await.get(end),
        Some(2_051_222_400.0)
    );
    // One after the other, as a careless writer does: between the two they do not fit, and the old ones stay.
    std::fs::copy(&later.certificate, folder.path("tls.crt")).unwrap();
    daemon.says("does not belong to the certificate").await;
    assert_eq!(
        series(&daemon, &caller).await.get(end),
        Some(2_051_222_400.0)
    );
    std::fs::copy(&later.key, folder.path("tls.key")).unwrap();
    until(&daemon, &caller, end, 2_082_758_400.0).await;
}

#[tokio::test]
async fn a_mistake_elsewhere_keeps_no_certificate_from_being_renewed() {
    let folder = Folder::new();
    folder.write("web.yaml", &folder.tls(&[]));
    let (home, settings) = home(&folder);
    let daemon = home.start().await;
    home.configure(&settings.with("/surprise", 1));
    daemon.says("the new configuration was refused").await;
    let next = folder.authority.server_until("127.0.0.1", (2035, 1, 1));
    folder.write("web.yaml", &tls_with(&next, &[]));
    let caller = Caller::trusting(&folder.authority);
    let end = "kcwatch_web_certificate_expiry_timestamp_seconds";
    until(&daemon, &caller, end, 2_051_222_400.0).await;
}

#[tokio::test]
async fn whoever_asks_for_a_reload_hears_what_is_wrong_with_either_file() {
    let folder = Folder::new();
    folder.write("web.yaml", "");
    let (home, settings) = home(&folder);
    let settings = settings
        .with("/reload/http", true)
        .with("/reload/watch", json!(null));
    home.configure(&settings);
    let daemon = home.start().await;
    assert_eq!(daemon.ask("POST", "/-/reload").await.status, 200);
    folder.write("web.yaml", "surprise: 1");
    for _ in 0..2 {
        let answer = daemon.ask("POST", "/-/reload").await;
        assert_eq!(answer.status, 500);
        assert!(
            answer.text.contains("web.yaml: surprise"),
            "{}",
            answer.text
        );
    }
    home.configure(&settings.with("/astonishment", 1));
    let text = daemon.ask("POST", "/-/reload").await.text;
    assert!(
        text.contains("astonishment") && text.contains("web.yaml: surprise"),
        "{text}"
    );
}

#[tokio::test]
async fn the_file_itself_can_be_named_and_taken_away_while_it_runs() {
    let folder = Folder::new();
    folder.write(
        "web.yaml",
        &format!("basic_auth_users: {{a: '{}'}}", hash("b")),
    );
    let (home, settings) = home(&folder);
    let without = settings.clone().with("/web_config_file", json!(null));
    home.configure(&without);
    let daemon = home.start().await;
    let page = daemon.series().await;
    assert!(page.with(&["kcwatch_web_"]).is_empty() && page.with(&["kcwatch_http_"]).is_empty());
    home.configure(&settings);
    daemon.signal(Signal::HUP);
    eventually("a password is asked for", async || {
        (daemon.get("/metrics").await.status == 401).then_some(())
    })
    .await;
    assert_eq!(daemon.get("/-/healthy").await.status, 200);
    home.configure(&without);
    daemon.signal(Signal::HUP);
    eventually("nothing is asked for", async || {
        (daemon.get("/metrics").await.status == 200).then_some(())
    })
    .await;
    daemon.says("the listener is no longer protected").await;
}

#[tokio::test]
async fn a_variable_names_the_file_too() {
    let folder = Folder::new();
    let file = folder.write("web.yaml", "surprise: 1");
    let (home, settings) = home(&folder);
    home.configure(&settings.with("/web_config_file", json!(null)));
    let variable = ("KCWATCH__WEB_CONFIG_FILE", file.to_str().unwrap());
    let ended = home.launch(&["check-config"], &[variable]).exit().await;
    assert_eq!(ended.code, Some(78), "{ended:?}");
}
