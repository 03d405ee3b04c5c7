//! Killed at any moment and started again, it counts what one counts that was never killed.

use std::{fs, path::PathBuf, time::Duration};

use kcwatch::model::Digest;
use rustix::process::Signal;
use serde_json::{Value, json};

use super::super::{
    home::Home,
    rig::Daemon,
    settings::{ISSUER, Settings},
    tokens::{DAY, now, secret, signed},
};
use crate::servers::eventually;

const ROUNDS: u32 = 50;

/// The series of the number.
fn left(target: &str) -> String {
    format!("kcwatch_iat_clients_remaining{{target=\"{target}\"}}")
}

/// Clients in a folder, and two daemons that count them: one is killed again and again.
struct Scene {
    secrets: Home,
    killed: Home,
    spared: Home,
    clients: u32,
}

impl Scene {
    fn set() -> Self {
        let scene = Self {
            secrets: Home::new(),
            killed: Home::new(),
            spared: Home::new(),
            clients: 0,
        };
        scene.secrets.write("older/before.json", "{}");
        for home in [&scene.killed, &scene.spared] {
            home.configure(&scene.settings(home));
        }
        scene
    }

    fn settings(&self, home: &Home) -> Settings {
        let target = |name: &str, read: &str| {
            let counted = json!({
                "store": "mounted", "folders": ["clients", "older"], "read": read, "interval": "1s",
            });
            json!({"name": name, "tier": "prod", "initial_access_token": {
                "secret": {"store": "mounted", "path": "token"},
                "clients": {"from": "registrations", "limit": 1_000, "registrations": counted},
            }})
        };
        Settings::new()
            .files("mounted", &self.secrets.path(""))
            .with("/poll", json!({"interval": "1s", "timeout": "900ms"}))
            .with("/state_file", json!(home.path("state.json")))
            .with(
                "/targets",
                json!([target("names", "names"), target("secrets", "secrets")]),
            )
    }

    /// Another client is registered; gives its name.
    fn register(&mut self) -> String {
        self.clients += 1;
        let name = format!("client-{}", self.clients);
        let token = signed(&json!({
            "typ": "RegistrationAccessToken", "iss": ISSUER, "iat": now(), "jti": name, "exp": 0,
        }));
        let client: Value =
            json!({"client_id": name, "issuer": ISSUER, "registration_access_token": token});
        let path = self.path(&name);
        self.secrets
            .write(path.to_str().unwrap(), client.to_string());
        name
    }

    fn path(&self, name: &str) -> PathBuf {
        self.secrets.path(&format!("clients/{name}.json"))
    }

    /// Whether the killed one has written that it counted this client.
    fn is_on_disk(&self, name: &str) -> bool {
        let state = fs::read_to_string(self.killed.path("state.json")).unwrap_or_default();
        let digest = Digest::of(&["clients", name]).to_string();
        // Once for each target.
        state.matches(&digest).count() >= 2
    }
}

/// A moment that nobody chose.
async fn any_moment(most: Duration) {
    tokio::time::sleep(most.mul_f64(fastrand::f64())).await;
}

/// Waits until both say the same of both targets, and that it is this.
async fn agree(one: &Daemon, other: &Daemon, used: u32) {
    for target in ["names", "secrets"] {
        let expected = f64::from(1_000 - used);
        one.wait_for(&left(target), expected).await;
        other.wait_for(&left(target), expected).await;
    }
}

#[tokio::test]
async fn killed_fifty_times_it_counts_what_one_counts_that_never_was() {
    let mut scene = Scene::set();
    scene.register();
    let spared = scene.spared.start().await;
    let mut killed = scene.killed.start().await;
    // What was there before anything was counted is undated; a token that comes now is not about it.
    for daemon in [&spared, &killed] {
        for target in ["names", "secrets"] {
            let up =
                format!("kcwatch_iat_source_up{{target=\"{target}\",source=\"registrations\"}}");
            daemon.wait_for(&up, 1.0).await;
        }
    }
    let counted_before = now();
    eventually("a second passes", async || {
        (now() > counted_before + 1).then_some(())
    })
    .await;
    scene
        .secrets
        .write("token.json", secret("iat", now() + 30 * DAY).to_string());
    agree(&spared, &killed, 0).await;

    let mut gone = 0;
    for round in 0..ROUNDS {
        let name = scene.register();
        any_moment(Duration::from_millis(500)).await;
        killed.signal(Signal::KILL);
        if round % 10 == 9 && scene.is_on_disk(&name) {
            // A deleted client gives nothing back, to neither of them.
            agree_of(&spared, scene.clients - 1).await;
            fs::remove_file(scene.path(&name)).unwrap();
            gone += 1;
        }
        killed = scene.killed.start().await;
    }
    agree(&spared, &killed, scene.clients - 1).await;
    assert!(scene.clients > ROUNDS && gone <= 5, "{gone}");
}

/// Waits until one that was not killed has counted so many.
async fn agree_of(spared: &Daemon, used: u32) {
    agree(spared, spared, used).await;
}
