//! What a look asks, what it leaves behind, and that it changes nothing. `docs/security.md` quotes it.

use serde_json::{Value, json};

use super::{faults::Deed, scene::Scene};
use crate::servers::on_both;

/// Everything that a look could change.
#[derive(Debug, PartialEq)]
struct State {
    clients: Value,
    accounts: Value,
    components: Value,
    scopes: Value,
    sessions: Value,
    admin_events: usize,
}

impl State {
    async fn of(scene: &Scene<'_>) -> Self {
        let ask = async |path: &str| sorted(scene.realm.call("GET", path, None).await);
        Self {
            clients: ask("/clients").await,
            accounts: ask("/users?max=1000").await,
            components: ask("/components").await,
            scopes: ask("/client-scopes").await,
            sessions: ask("/client-session-stats").await,
            admin_events: scene.realm.admin_events().await,
        }
    }
}

/// With every list in one order: the server gives sets in any.
fn sorted(value: Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut items: Vec<Value> = items.into_iter().map(sorted).collect();
            items.sort_by_key(Value::to_string);
            Value::Array(items)
        }
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, value)| (name, sorted(value)))
            .collect(),
        other => other,
    }
}

/// A look by the command, which ends with this code: what was asked, and which events it left, sorted. Nothing has changed.
async fn look(scene: &Scene<'_>, code: i32) -> (Vec<String>, Vec<String>) {
    scene.realm.call("DELETE", "/events", None).await;
    let before = State::of(scene).await;
    drop(scene.front.seen());
    let ended = scene.home.run(&["check"]);
    assert_eq!(ended.code, Some(code), "{ended:?}");
    let mut events = scene.realm.events().await;
    events.sort();
    assert_eq!(State::of(scene).await, before, "a look changed something");
    let realm = format!("/realms/{}/", scene.realm.name);
    let seen = scene.front.seen();
    // One as a rule; a request that comes before the one before it has given its connection back makes another.
    assert!((1..=2).contains(&seen.connections), "{seen:?}");
    let asked = seen.requests.into_iter();
    let asked = asked.map(|request| match request.split_once(' ') {
        Some((method, path)) => {
            let (_, path) = path.split_once(&realm).unwrap();
            format!("{method} {path}")
        }
        None => request,
    });
    (asked.collect(), events)
}

/// Saves the events of these types; none: those that are saved by default.
async fn save(scene: &Scene<'_>, types: &[&str]) {
    let config =
        json!({"eventsEnabled": true, "enabledEventTypes": types, "adminEventsEnabled": true});
    scene
        .realm
        .call("PUT", "/events/config", Some(config))
        .await;
}

const TO_THE_TOKEN: [&str; 3] = [
    "GET .well-known/openid-configuration",
    "GET protocol/openid-connect/certs",
    "POST protocol/openid-connect/token",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_look_is_five_requests_and_one_login_and_changes_nothing() {
    on_both(async |keycloak| {
        let scene = Scene::new(keycloak, json!({})).await;
        scene.home.configure(&scene.settings());
        let all = scene.realm.call("GET", "/events/config", None).await;
        assert!(
            all["enabledEventTypes"]
                .to_string()
                .contains("CLIENT_INFO_ERROR")
        );

        let (asked, events) = look(&scene, 0).await;
        let clients = [scene.zync.client_id.as_str(), &scene.application.0];
        let reads = clients.map(|id| format!("GET clients-registrations/default/{id}"));
        let expected: Vec<String> = TO_THE_TOKEN
            .map(str::to_owned)
            .into_iter()
            .chain(reads)
            .collect();
        assert_eq!(asked, expected);
        assert_eq!(
            events,
            ["CLIENT_INFO", "CLIENT_INFO", "CLIENT_LOGIN"],
            "all types saved"
        );

        save(&scene, &[]).await;
        let (_, events) = look(&scene, 0).await;
        assert_eq!(events, ["CLIENT_LOGIN"], "those that are saved by default");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_look_that_finds_a_broken_link_asks_no_further() {
    on_both(async |keycloak| {
        let scene = Scene::new(keycloak, json!({})).await;
        scene.home.configure(&scene.settings());

        scene.befall(Deed::DeleteApplication).await;
        let (asked, events) = look(&scene, 2).await;
        assert_eq!(asked.len(), 5);
        assert_eq!(events, ["CLIENT_INFO", "CLIENT_INFO_ERROR", "CLIENT_LOGIN"]);

        scene.befall(Deed::Take("manage-clients")).await;
        let (asked, events) = look(&scene, 2).await;
        assert_eq!(asked.len(), 4);
        assert_eq!(events, ["CLIENT_INFO_ERROR", "CLIENT_LOGIN"]);
        save(&scene, &[]).await;
        let (_, events) = look(&scene, 2).await;
        assert_eq!(events, ["CLIENT_LOGIN"], "those that are saved by default");

        scene.befall(Deed::NewSecret).await;
        let (asked, events) = look(&scene, 2).await;
        assert_eq!(asked, TO_THE_TOKEN);
        assert_eq!(
            events,
            ["CLIENT_LOGIN_ERROR"],
            "those that are saved by default"
        );
    })
    .await;
}
