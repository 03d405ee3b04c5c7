//! A token's life, from its minting to the one after it, told by each source side by side.

use serde_json::{Value, json};

use super::{
    super::{home::Home, rig::Daemon, settings::Settings, tokens::now},
    client_secret, table,
};
use crate::servers::{Account, Issued, Keycloak, OpenBao, Realm, eventually, on_both};

/// What the tables of every step must be, on both versions.
const EXPECTED: &str = include_str!("life.txt");

/// One target a source, all of the same token.
const TARGETS: [&str; 6] = ["auto", "exact", "field", "names-1", "names-2", "secrets-1"];

/// A daemon that watches one token by every source.
struct Scene<'a> {
    realm: &'a Realm<'a>,
    account: &'a Account,
    home: Home,
    bao: OpenBao,
    clients: u32,
}

impl Scene<'_> {
    fn settings(&self) -> Settings {
        let issuer = self.realm.issuer();
        let account = self.account;
        let secret = self.home.write("client_secret", &account.secret);
        let provider = json!({"issuer": issuer, "admin": {
            "client_id": account.client_id, "client_secret": {"file": secret},
            "interval": "1s", "allow_http": true,
        }});
        let clients = |mount: &str, read: &str| json!({"store": "bao", "folders": [format!("{mount}/clients")], "read": read, "interval": "1s"});
        let sources = [
            json!({"from": "auto", "limit": 25, "registrations": clients("kv1", "names"), "field": "/left"}),
            json!({"from": "keycloak"}),
            json!({"from": "field", "limit": 25, "field": "/left"}),
            json!({"from": "registrations", "limit": 25, "registrations": clients("kv1", "names")}),
            json!({"from": "registrations", "limit": 25, "registrations": clients("kv2", "names")}),
            json!({"from": "registrations", "limit": 25, "registrations": clients("kv1", "secrets")}),
        ];
        let targets = TARGETS.iter().zip(sources).map(|(name, source)| {
            json!({"name": name, "tier": "prod", "initial_access_token": {
                "identity_provider": "sso", "secret": {"store": "bao", "path": "kv2/token"}, "clients": source,
                "rehearsal": {"enabled": true, "every": "1s", "allow_http": true},
            }})
        });
        let targets: Vec<Value> = targets.collect();
        Settings::new()
            .with_root("bao", &self.bao, &self.home)
            .with("/log/level", "trace")
            .with("/poll", json!({"interval": "1s", "timeout": "900ms"}))
            .with("/state_file", json!(self.home.path("state.json")))
            .with("/identity_providers/sso", provider)
            .with("/targets", targets)
    }

    /// Puts a token where it is watched, and beside it how many registrations it has left.
    async fn deliver(&self, issued: &Issued, left: u32) {
        let secret =
            json!({"url": self.realm.issuer(), "initial-access-token": issued.token, "left": left});
        self.bao.write("kv2", "token", secret).await;
    }

    /// Registers so many clients and files what each leaves.
    async fn register(&mut self, issued: &Issued, count: u32) {
        for _ in 0..count {
            let (status, answer) = self.realm.register(&issued.token).await;
            assert_eq!(status, 201, "{answer}");
            self.file(&client_secret(&answer, &self.realm.issuer()))
                .await;
        }
    }

    async fn file(&mut self, secret: &Value) {
        let name = format!("clients/cluster-{}", self.clients);
        self.bao
            .write_v1(&format!("kv1/{name}"), secret.clone())
            .await;
        self.bao.write("kv2", &name, secret.clone()).await;
        self.clients += 1;
    }

    /// How many the server itself says are left; `None` if it does not list the token.
    async fn left(&self, issued: &Issued) -> Option<i64> {
        let rows = self.realm.tokens().await;
        let row = rows.iter().find(|row| row["id"] == issued.id.as_str());
        row.and_then(|row| row["remainingCount"].as_i64())
    }
}

/// Waits until the clock shows a later second than any that was seen before.
async fn a_second_passes() {
    let before = now();
    let passed = async || (now() > before + 1).then_some(());
    eventually("a second passes", passed).await;
}

/// Waits until the table of a step is what it must be.
async fn reaches(daemon: &Daemon, step: &str) {
    let expected = EXPECTED.split("\n# ").find_map(|section| {
        let (title, table) = section.trim_start_matches("# ").split_once('\n')?;
        (title == step).then_some(table.trim())
    });
    let expected = expected.unwrap_or_else(|| panic!("no table of the step `{step}`"));
    let mut seen = String::new();
    let reached = async {
        loop {
            seen = table(&daemon.series().await, &TARGETS);
            if seen.trim() == expected {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
    };
    let waited = tokio::time::timeout(std::time::Duration::from_secs(60), reached).await;
    assert!(
        waited.is_ok(),
        "# {step}\n{seen}\n--- instead of\n{expected}"
    );
}

async fn walk(keycloak: &Keycloak) {
    let realm = keycloak.realm(json!({})).await;
    let account = realm.account(&["view-clients"]).await;
    let bao = OpenBao::dev().await;
    bao.enable_kv("kv1", 1).await;
    bao.enable_kv("kv2", 2).await;
    let home = Home::new();
    let mut scene = Scene {
        realm: &realm,
        account: &account,
        home,
        bao,
        clients: 0,
    };
    // Somebody was there before: an empty folder cannot be told from a missing one.
    let older = json!({"client_id": "older", "issuer": realm.issuer()});
    scene.file(&older).await;
    scene.home.configure(&scene.settings());
    let daemon = scene.home.start().await;
    reaches(&daemon, "no token yet").await;

    // What happens in the second in which a token takes effect counts as its own.
    a_second_passes().await;
    let issued = realm.issue(25, 3_600).await;
    scene.deliver(&issued, 25).await;
    reaches(&daemon, "minted with 25").await;
    assert_eq!(scene.left(&issued).await, Some(25));

    scene.register(&issued, 2).await;
    scene.deliver(&issued, 23).await;
    reaches(&daemon, "two clients registered").await;
    assert_eq!(scene.left(&issued).await, Some(23));

    scene.register(&issued, 23).await;
    scene.deliver(&issued, 0).await;
    reaches(&daemon, "used up").await;
    assert_eq!(scene.left(&issued).await, Some(0));

    realm.delete(&issued).await;
    reaches(&daemon, "its row is gone").await;
    assert_eq!(scene.left(&issued).await, None);

    let brief = realm.issue(9, 4).await;
    scene.deliver(&brief, 9).await;
    reaches(&daemon, "replaced by one that expired").await;

    let next = realm.issue(30, 3_600).await;
    scene.deliver(&next, 30).await;
    reaches(&daemon, "replaced by a good one").await;
    assert_eq!(scene.left(&next).await, Some(30), "no rehearsal took any");

    realm.delete(&next).await;
    reaches(&daemon, "deleted while many were left").await;
    nothing_came_out(&scene, daemon, &[&issued, &brief, &next]).await;
}

/// Searches all that came out for what must not.
async fn nothing_came_out(scene: &Scene<'_>, daemon: Daemon, tokens: &[&Issued]) {
    let state = scene.home.path("state.json");
    let mut said = daemon.page().await + &daemon.get("/api/v1/status").await.text;
    daemon.signal(rustix::process::Signal::TERM);
    let ended = daemon.exit().await;
    assert_eq!(ended.code, Some(0));
    said += &ended.said();
    said += &std::fs::read_to_string(&state).unwrap();
    assert!(said.contains("TRACE"), "it was to say all it can");
    assert!(
        said.contains(&tokens[2].id),
        "the state file knows tokens by their ids"
    );
    for issued in tokens {
        let secrets = issued.token.split('.').skip(1);
        for secret in secrets {
            assert!(!said.contains(secret), "a token came out");
        }
    }
    assert!(
        !said.contains(&scene.account.secret),
        "the client's secret came out"
    );
    assert!(
        !said.contains("eyJ"),
        "something that begins like a token came out"
    );
}

#[tokio::test]
async fn each_source_tells_the_same_life_of_a_token() {
    on_both(async |keycloak| walk(keycloak).await).await;
}
