//! `deploy/systemd/kcwatch.service`: what systemd's own tools say about it, and what becomes of it when it is started by hand as
//! systemd would.

use std::{
    path::Path,
    process::{Command, Output},
};

use rustix::process::Signal;
use tempfile::TempDir;

use super::unit_file::{CONFIGURATION, UNIT, setting, settings};
use crate::{
    config::text_of,
    daemon::{
        home::{Home, program},
        page::up,
        rig::{Daemon, launch_program},
        service_manager::Manager,
        tokens::{DAY, now, secret},
    },
    servers::eventually,
};

/// Lets `systemd-analyze` look at the unit, with a program that is there. The page of the manual comes with the package.
fn analyze(arguments: &[&str]) -> Output {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("kcwatch.service");
    let program = program();
    let unit = text_of(UNIT).replace("/usr/bin/kcwatch", program.to_str().unwrap());
    std::fs::write(&file, unit).unwrap();
    let output = Command::new("systemd-analyze")
        .args(arguments)
        .arg(&file)
        .env("SYSTEMD_COLORS", "0")
        .output();
    output.expect("systemd-analyze is there: run scripts/setup, as `make test` does")
}

/// Puts program, configuration and a token to where the unit looks for them, below a home.
pub(super) fn install(home: &Home) {
    let place = home.path("usr/bin/kcwatch");
    std::fs::create_dir_all(place.parent().unwrap()).unwrap();
    std::os::unix::fs::symlink(program(), place).unwrap();
    home.write("etc/kcwatch/kcwatch.yaml", text_of(CONFIGURATION));
}

/// Starts what was installed below a home, with what systemd would tell it. Places that only root can write are moved there by
/// the environment; the configuration stays as it is.
pub(super) async fn start(home: &Home, manager: &Manager) -> Daemon {
    home.write(
        "etc/kcwatch/secrets/prod.json",
        secret("a", now() + 20 * DAY).to_string(),
    );
    let below = |path: &str| {
        home.path(path.trim_start_matches('/'))
            .display()
            .to_string()
    };
    let state = below(&format!("/var/lib/{}", setting("StateDirectory")));
    std::fs::create_dir_all(&state).unwrap();
    let watchdog: u64 = setting("WatchdogSec").parse().unwrap();
    let environment = [
        ("NOTIFY_SOCKET", manager.path.clone()),
        ("WATCHDOG_USEC", (watchdog * 1_000_000).to_string()),
        ("STATE_DIRECTORY", state.clone()),
        ("CONFIGURATION_DIRECTORY", below("/etc/kcwatch")),
        (
            "CREDENTIALS_DIRECTORY",
            below("/run/credentials/kcwatch.service"),
        ),
        ("KCWATCH_CONFIG", below("/etc/kcwatch/kcwatch.yaml")),
        ("KCWATCH__STATE_FILE", format!("{state}/state.json")),
        ("KCWATCH__LISTEN", "127.0.0.1:0".to_owned()),
        (
            "KCWATCH__STORES__LOCAL__FILES__DIRECTORY",
            below("/etc/kcwatch/secrets"),
        ),
    ];
    let environment = environment
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let command = setting("ExecStart");
    let mut words = command.split(' ');
    let program = below(words.next().unwrap());
    let arguments: Vec<&str> = words.collect();
    let mut daemon = launch_program(
        Path::new(&program),
        &arguments,
        &environment,
        &home.path(""),
    );
    daemon.listens().await;
    daemon
}

#[test]
fn systemd_understands_every_line() {
    let output = analyze(&["verify", "--man=no"]);
    // It ends well with misspelt keys, too, and only complains.
    let complaints = String::from_utf8(output.stderr).unwrap();
    assert_eq!(complaints, "");
    assert!(output.status.success());
}

#[test]
fn its_exposure_is_at_most_one_and_a_half() {
    let output = analyze(&["security", "--offline=true", "--threshold=15"]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    let documented = "`systemd-analyze security`: 1.2";
    assert!(said.contains("level for kcwatch.service: 1.2"), "{said}");
    assert!(text_of("docs/deployment.md").contains(documented));
}

#[test]
fn it_needs_no_user_to_be_made() {
    assert_eq!(setting("DynamicUser"), "yes");
    let settings = settings();
    assert!(!settings.contains_key("User") && !settings.contains_key("Group"));
}

#[test]
fn each_credential_has_a_name_that_is_there_only_if_somebody_put_it_there() {
    let credentials = settings()["LoadCredential"].clone();
    for credential in &credentials {
        let (name, source) = credential.split_once(':').unwrap();
        // With an absolute path, the unit would not start without the file.
        assert_eq!(source, format!("kcwatch.{name}"));
    }
    let names = ["role_id", "secret_id", "web.pem", "web-key.pem"];
    for name in names {
        assert!(
            credentials.contains(&format!("{name}:kcwatch.{name}")),
            "{name}"
        );
    }
}

#[tokio::test]
async fn started_by_hand_it_is_ready_lives_reloads_and_stops() {
    let home = Home::new();
    install(&home);
    let manager = Manager::at(&home);
    let daemon = start(&home, &manager).await;

    let ready = manager.hears_news().await;
    assert!(ready.lines().any(|line| line == "READY=1"), "{ready}");
    assert_eq!(daemon.metric(&up("prod")).await, Some(1.0));
    reload(&daemon);
    let reloading = manager.hears_news().await;
    assert!(reloading.contains("RELOADING=1"), "{reloading}");
    assert_eq!(manager.hears_news().await.trim(), "READY=1");

    daemon.signal(Signal::TERM);
    assert_eq!(manager.hears_news().await.trim(), "STOPPING=1");
    assert_eq!(daemon.exit().await.code, Some(0));
    let kept = home.path("var/lib/kcwatch/state.json");
    assert!(kept.is_file(), "no state was kept");
}

/// As `ExecReload` says.
fn reload(daemon: &Daemon) {
    let done = Command::new("sh")
        .args(["-c", &setting("ExecReload")])
        .env("MAINPID", daemon.id().to_string())
        .status();
    assert!(done.expect("sh starts").success());
}

#[tokio::test]
async fn its_watchdog_hears_of_it_from_the_start() {
    let home = Home::new();
    install(&home);
    let manager = Manager::at(&home);
    let _daemon = start(&home, &manager).await;
    eventually("a sign of life", async || {
        manager.hears().filter(|said| said.trim() == "WATCHDOG=1")
    })
    .await;
}

#[tokio::test]
async fn a_configuration_that_is_refused_is_not_tried_again() {
    let home = Home::new();
    home.write("kcwatch.yaml", "targets: []\nsurprise: 1\n");
    let ended = home.launch(&["serve"], &[]).exit().await;
    let code = ended.code.unwrap().to_string();
    assert_eq!(setting("RestartPreventExitStatus"), code);
}
