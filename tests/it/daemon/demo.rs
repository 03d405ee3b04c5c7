//! The demonstration: the real daemon on samples of its own.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
};

use rustix::process::Signal;

use super::{
    home::Home,
    page::{check, expiry, state, up},
    rig::{Daemon, launch},
};
use crate::servers::{Process, eventually};

/// Starts `kcwatch demo` on this address.
pub(crate) fn start_demo(folder: &Path, listen: &str) -> Process {
    // What it leaves behind when it is killed lies in our folder.
    let arguments = [
        format!("TMPDIR={}", folder.display()),
        env!("CARGO_BIN_EXE_kcwatch").to_owned(),
        "demo".to_owned(),
        format!("--listen={listen}"),
    ];
    Process::start(Path::new("env"), &arguments, &folder.join("demo.log"))
}

/// Starts it, and waits until it said where to look.
async fn started(home: &Home, arguments: &[&str]) -> Daemon {
    let mut daemon = launch(&[&["demo"], arguments].concat(), &[], &home.path(""));
    let address = eventually("it says where to look", async || {
        let said = daemon.stdout();
        let rest = said.split("curl -s http://").nth(1)?;
        Some(rest.split('/').next().unwrap().to_owned())
    })
    .await;
    daemon.at(&address);
    daemon
}

/// The directory of its samples, from its own words.
fn samples(daemon: &Daemon) -> PathBuf {
    let said = daemon.stdout();
    let first = said.lines().next().unwrap();
    first.rsplit(' ').next().unwrap().into()
}

/// How many registrations of a target are left, if it is this source that says so.
async fn left(daemon: &Daemon, target: &str, source: &str) -> Option<f64> {
    let source = format!("kcwatch_iat_clients_source{{target=\"{target}\",source=\"{source}\"}}");
    daemon.wait_for(&source, 1.0).await;
    let remaining = format!("kcwatch_iat_clients_remaining{{target=\"{target}\"}}");
    daemon.metric(&remaining).await
}

#[tokio::test]
async fn the_demonstration_shows_what_it_promises_and_cleans_up_after_itself() {
    let home = Home::new();
    let daemon = started(&home, &["--listen", "127.0.0.1:0"]).await;
    let directory = samples(&daemon);
    assert!(directory.join("prod.json").is_file(), "{directory:?}");
    daemon.ready().await;
    let series = daemon.series().await;
    for name in ["prod", "stage", "stage-forever", "prod-with-a-stage-token"] {
        assert_eq!(series.get(&up(name)), Some(1.0), "{name}");
        assert!(series.get(&expiry(name)).is_some(), "{name}");
    }
    assert_eq!(series.get(&expiry("stage-forever")), Some(f64::INFINITY));
    assert_eq!(
        series.get(&check("prod-with-a-stage-token", "issuer")),
        Some(0.0)
    );
    assert_eq!(
        series.get(&state("prod-wrong-kind-of-token", "unreadable")),
        Some(1.0)
    );
    assert_eq!(
        series.get(&state("prod-behind-a-dead-vault", "unknown")),
        Some(1.0)
    );
    assert_eq!(left(&daemon, "prod", "registrations").await, Some(13.0));
    assert_eq!(left(&daemon, "stage", "field").await, Some(42.0));
    let list = "kcwatch_iat_source_up{target=\"stage\",source=\"keycloak\"}";
    daemon.wait_for(list, 0.0).await;
    let of_clients = "{target=\"realm-clients\"}";
    for (metric, value) in [("", 6.0), ("_replaceable", 1.0), ("_unmanaged", 2.0)] {
        let metric = format!("kcwatch_client_secrets{metric}{of_clients}");
        assert_eq!(daemon.metric(&metric).await, Some(value), "{metric}");
    }
    for (target, holds) in [("3scale", 1.0), ("3scale-with-a-lost-application", 0.0)] {
        let step = format!("kcwatch_oidc_check{{target=\"{target}\",step=\"applications\"}}");
        assert_eq!(daemon.metric(&step).await, Some(holds), "{target}");
    }
    daemon.signal(Signal::INT);
    let ended = daemon.exit().await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(!directory.exists(), "{directory:?} was left behind");
}

#[tokio::test]
async fn the_demonstration_takes_another_port_where_its_own_is_in_use() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let home = Home::new();
    let daemon = started(&home, &["--listen", &address]).await;
    assert_ne!(daemon.address(), address);
    let complaint = format!("{address} is in use, so another port is taken");
    assert!(daemon.stderr().contains(&complaint), "{}", daemon.stderr());
    daemon.ready().await;
    daemon.signal(Signal::TERM);
    assert_eq!(daemon.exit().await.code, Some(0));
}

#[tokio::test]
async fn the_demonstration_shows_a_change_of_its_files() {
    let home = Home::new();
    let daemon = started(&home, &["--listen", "127.0.0.1:0"]).await;
    let directory = samples(&daemon);
    daemon.wait_for(&up("prod"), 1.0).await;
    std::fs::remove_file(directory.join("prod.json")).unwrap();
    daemon.wait_for(&up("prod"), 0.0).await;
    assert!(
        daemon.metric(&expiry("prod")).await.is_some(),
        "still known"
    );
    daemon.signal(Signal::INT);
    assert_eq!(daemon.exit().await.code, Some(0));
}

#[tokio::test]
async fn the_demonstration_shows_that_a_deleted_client_gives_no_registration_back() {
    let home = Home::new();
    let daemon = started(&home, &["--listen", "127.0.0.1:0"]).await;
    assert_eq!(left(&daemon, "prod", "registrations").await, Some(13.0));
    let clients = samples(&daemon).join("clients/prod");
    let first = std::fs::read_dir(&clients).unwrap().next().unwrap();
    std::fs::remove_file(first.unwrap().path()).unwrap();
    let learnt = "kcwatch_iat_clients_timestamp_seconds{target=\"prod\"}";
    let before = daemon.metric(learnt).await;
    eventually("it is counted again", async || {
        let now = daemon.metric(learnt).await;
        (now > before).then_some(())
    })
    .await;
    assert_eq!(left(&daemon, "prod", "registrations").await, Some(13.0));
    daemon.signal(Signal::INT);
    assert_eq!(daemon.exit().await.code, Some(0));
}
