//! Daemons in the states that pages are looked at in.

use serde_json::{Value, json};

use crate::{
    daemon::{
        home::Home,
        rig::Daemon,
        settings::Settings,
        tokens::{DAY, now, older, secret, signed},
    },
    servers::free_port,
};

/// A bit more than what is said, so that a test may take its time before another span is said.
const MORE: i64 = 5_400;

/// A daemon in some state; both go together.
pub(super) struct Scene {
    pub(super) daemon: Daemon,
    _home: Home,
}

impl Scene {
    /// Where a page is.
    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.daemon.address())
    }

    async fn of(home: Home, settings: &Settings) -> Self {
        home.configure(settings);
        let daemon = home.start().await;
        daemon.ready().await;
        Self {
            daemon,
            _home: home,
        }
    }
}

/// Settings with a store of files, and readers led to runbooks and to a form.
pub(super) fn settings(home: &Home) -> Settings {
    Settings::new()
        .with("/poll/interval", "1m")
        .with("/poll/timeout", "5s")
        .with(
            "/alerts",
            json!({"runbooks": "https://runbooks.example.com/kcwatch"}),
        )
        .with(
            "/request",
            json!({
                "form": "https://tickets.example.com/new",
                "secret_link": "https://vault.example.com/ui/vault/secrets/{mount}/show/{secret}",
            }),
        )
        .with("/identity_providers/stage", json!({"issuer": STAGE}))
        .files("devshift", &home.path("secrets"))
}

const STAGE: &str = "https://sso.stage.example.com/auth/realms/stage";
const PROD_PATH: &str = "app-sre/creds/rhidp/sso.example.com";
const STAGE_PATH: &str = "app-sre/creds/rhidp/sso.stage.example.com";

/// A target with a token of prod, whose number of registrations left stands beside it.
pub(super) fn token(name: &str, path: &str) -> Value {
    json!({"name": name, "tier": "prod", "initial_access_token": {
        "identity_provider": "sso", "secret": {"store": "devshift", "path": path}, "clients": {"field": "/remaining"},
    }})
}

fn stage(name: &str, path: &str) -> Value {
    json!({"name": name, "tier": "stage", "initial_access_token": {
        "identity_provider": "stage", "secret": {"store": "devshift", "path": path}, "clients": {"field": "/remaining"},
    }})
}

/// A secret with a token that has so many days to live, and so many registrations.
pub(super) fn living(days: i64, left: i64) -> Value {
    let mut secret = secret(&format!("t{days}-{left}"), now() + days * DAY + MORE);
    secret["remaining"] = left.into();
    secret
}

fn living_on_stage(days: i64, left: i64) -> Value {
    let end = now() + days * DAY + MORE;
    let claims = json!({
        "exp": end, "iat": end - 90 * DAY, "jti": format!("s{days}-{left}"),
        "iss": STAGE, "aud": STAGE, "typ": "InitialAccessToken",
    });
    let mut secret = older(&signed(&claims));
    secret["url"] = STAGE.into();
    secret["remaining"] = left.into();
    secret
}

/// Writes the secrets of `prod` and `stage`, and one of a client.
fn write_three(home: &Home, prod: &Value) {
    home.write(&format!("secrets/{PROD_PATH}.json"), prod.to_string());
    let stage = living_on_stage(61, 88);
    home.write(&format!("secrets/{STAGE_PATH}.json"), stage.to_string());
    let client = json!({
        "client_id": "console-sso.example.com", "client_secret": "s", "client_secret_expires_at": now() + 55 * DAY + MORE,
    });
    home.write("secrets/app-sre/creds/console.json", client.to_string());
}

fn three(home: &Home) -> Settings {
    settings(home)
        .watching(token("prod", PROD_PATH))
        .watching(stage("stage", STAGE_PATH))
        .watching(json!({"name": "console", "tier": "prod", "client_secrets": {
            "secret": {"store": "devshift", "path": "app-sre/creds/console"}, "identity_provider": "sso",
        }}))
}

/// Every target is well.
pub(super) async fn well() -> Scene {
    let home = Home::new();
    write_three(&home, &living(23, 71));
    let settings = three(&home);
    Scene::of(home, &settings).await
}

/// One target needs somebody now.
pub(super) async fn urgent() -> Scene {
    let home = Home::new();
    write_three(&home, &living(2, 14));
    let settings = three(&home);
    Scene::of(home, &settings).await
}

/// Nothing can be read any more: what was read before is remembered, and the server in the place of the store does not answer.
pub(super) async fn blind() -> Scene {
    let home = Home::new();
    write_three(&home, &living(9, 52));
    let state = home.path("state.json");
    let settings = three(&home).with("/state_file", state.to_str().unwrap());
    home.configure(&settings);
    let daemon = home.start().await;
    daemon.ready().await;
    daemon.signal(rustix::process::Signal::TERM);
    assert_eq!(daemon.exit().await.code, Some(0));
    let token = home.write("token", "of nobody");
    let nowhere = format!("http://127.0.0.1:{}", free_port());
    let settings = settings.vault("devshift", &nowhere, &json!({"token": {"file": token}}));
    Scene::of(home, &settings).await
}

/// Many targets in all states.
pub(super) async fn many(count: usize) -> Scene {
    let home = Home::new();
    let mut settings = settings(&home);
    for number in 0..count {
        let name = format!("cluster-{number:05}");
        let days = match number {
            7 | 31 => 1,
            12 => -1,
            number if number % 9 == 4 => 8,
            number => 11 + i64::try_from(number % 19).unwrap(),
        };
        let path = format!("clusters/{name}");
        if number % 50 != 20 {
            let left = 21 + i64::try_from(number % 79).unwrap();
            let secret = if number % 3 == 2 && days > 10 {
                living_on_stage(days + 20, left)
            } else {
                living(days, left)
            };
            home.write(&format!("secrets/{path}.json"), secret.to_string());
        }
        settings = settings.watching(if number % 3 == 2 && days > 10 {
            stage(&name, &path)
        } else {
            token(&name, &path)
        });
    }
    Scene::of(home, &settings).await
}
