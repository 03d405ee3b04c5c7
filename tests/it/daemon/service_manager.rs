//! What systemd hears.

use std::{io::ErrorKind, net::TcpListener, os::unix::net::UnixDatagram};

use rustix::process::Signal;
use serde_json::json;

use super::{home::Home, rig::Daemon, start_and_stop::with_one_token};
use crate::servers::eventually;

/// The end of the socket that systemd would hold.
pub(crate) struct Manager {
    socket: UnixDatagram,
    /// Where it is, as `NOTIFY_SOCKET` says it.
    pub(crate) path: String,
}

impl Manager {
    pub(crate) fn at(home: &Home) -> Self {
        let path = home.path("notify");
        let socket = UnixDatagram::bind(&path).unwrap();
        socket.set_nonblocking(true).unwrap();
        Self {
            socket,
            path: path.to_str().unwrap().to_owned(),
        }
    }

    async fn start(&self, home: &Home) -> Daemon {
        let environment = [
            ("NOTIFY_SOCKET", self.path.as_str()),
            ("WATCHDOG_USEC", "400000"),
        ];
        home.start_with(&environment).await
    }

    /// What was said and not heard yet, if anything.
    pub(crate) fn hears(&self) -> Option<String> {
        let mut message = [0; 4096];
        match self.socket.recv(&mut message) {
            Ok(length) => Some(String::from_utf8(message[..length].to_vec()).unwrap()),
            Err(error) if error.kind() == ErrorKind::WouldBlock => None,
            Err(error) => panic!("{error}"),
        }
    }

    /// The next message that is no sign of life.
    pub(crate) async fn hears_news(&self) -> String {
        eventually("news for the service manager", async || {
            self.hears().filter(|said| said.trim() != "WATCHDOG=1")
        })
        .await
    }
}

#[tokio::test]
async fn systemd_hears_ready_after_the_first_round_then_signs_of_life_and_the_stop() {
    let (home, _) = with_one_token();
    let manager = Manager::at(&home);
    let daemon = manager.start(&home).await;

    let ready = manager.hears_news().await;
    assert!(ready.lines().any(|line| line == "READY=1"), "{ready}");
    for _ in 0..3 {
        eventually("a sign of life", async || {
            manager.hears().filter(|said| said.trim() == "WATCHDOG=1")
        })
        .await;
    }
    daemon.signal(Signal::TERM);
    assert_eq!(manager.hears_news().await.trim(), "STOPPING=1");
    assert_eq!(daemon.exit().await.code, Some(0));
}

#[tokio::test]
async fn systemd_hears_of_a_reload_when_it_began_and_that_it_ended() {
    let (home, _) = with_one_token();
    let manager = Manager::at(&home);
    let daemon = manager.start(&home).await;
    manager.hears_news().await;

    daemon.signal(Signal::HUP);

    let reloading = manager.hears_news().await;
    let lines: Vec<&str> = reloading.lines().collect();
    assert!(lines.contains(&"RELOADING=1"), "{reloading}");
    let moment = lines
        .iter()
        .find_map(|line| line.strip_prefix("MONOTONIC_USEC="));
    assert!(moment.unwrap().parse::<u64>().unwrap() > 0, "{reloading}");
    assert_eq!(manager.hears_news().await.trim(), "READY=1");
}

#[tokio::test]
async fn systemd_does_not_hear_ready_before_every_target_was_tried() {
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
    let manager = Manager::at(&home);
    let daemon = manager.start(&home).await;
    daemon.wait_for(&super::page::up("prod"), 1.0).await;
    daemon.signal(Signal::TERM);
    assert_eq!(
        manager.hears_news().await.trim(),
        "STOPPING=1",
        "the first news"
    );
}
