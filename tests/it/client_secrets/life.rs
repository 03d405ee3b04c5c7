//! The life of a client secret under a rotation policy, from its making to the 401 that follows its end.

use serde_json::{Value, json};

use super::{series, settings};
use crate::{
    daemon::{home::Home, rig::Daemon},
    servers::{Account, Keycloak, Realm, eventually, on_both},
};

/// In seconds: of a secret, of one that was rotated out, and before the end in which an update replaces it.
const PERIODS: [u32; 3] = [30, 15, 5];

#[tokio::test]
async fn a_secret_runs_out_and_everybody_is_told_and_nothing_is_changed() {
    on_both(watched_life).await;
}

async fn watched_life(keycloak: &Keycloak) {
    let realm = keycloak.realm(json!({})).await;
    let account = realm.account(&["view-clients"]).await;
    let old = realm.account(&[]).await;
    realm.rotate_secrets(PERIODS).await;
    let new = realm.regenerate(&old).await;

    let home = Home::new();
    let watched = json!({"clients": {"ids": [new.client_id]}, "rotation": {"remaining": "5s"}});
    home.configure(&settings(&home, &realm, &account, watched));
    let before = Before::of(&realm, &new).await;
    let daemon = home.start().await;
    for (metric, slot, attribute, less) in [
        ("expiration", "current", "expiration.time", 0),
        ("expiration", "rotated", "rotated.expiration.time", 0),
        ("created", "", "creation.time", 0),
        ("rotation_opens", "", "expiration.time", 5),
    ] {
        let series = series(metric, &new.client_id, slot);
        let expected = before.time(attribute) - less;
        daemon.wait_for(&series, to_sample(expected)).await;
    }
    assert_eq!(
        before.time("expiration.time") - before.time("creation.time"),
        30
    );

    // For a while both work, then only the new one, then none.
    eventually(
        "the rotated secret has ended and the new one has not",
        async || {
            let (old, new) = (
                realm.try_log_in(&old).await.0,
                realm.try_log_in(&new).await.0,
            );
            assert!(
                (old, new) != (200, 401),
                "the rotated one has outlived the new one"
            );
            ((old, new) == (401, 200)).then_some(())
        },
    )
    .await;
    let refusal = eventually("the new secret has ended", async || {
        let (status, answer) = realm.try_log_in(&new).await;
        (status != 200).then_some((status, answer))
    })
    .await;
    assert_eq!(refusal.0, 401, "{refusal:?}");
    assert_eq!(refusal.1["error"], "unauthorized_client");

    people_are_told(&home, &daemon).await;

    // One login of ours by the daemon, and one by the command.
    assert_eq!(realm.logins(&account).await, 2);
    assert_eq!(Before::of(&realm, &new).await, before);
}

/// That the one client has expired.
async fn people_are_told(home: &Home, daemon: &Daemon) {
    let check = home.run(&["check"]);
    assert_eq!(check.code, Some(2), "{check:?}");
    assert!(check.stdout.contains("1 client; 1 expired"), "{check:?}");
    // The page is as old as the latest look.
    eventually("the status says it", async || {
        let answer = daemon.get("/api/v1/status").await.text;
        let status: Value = serde_json::from_str(&answer).unwrap();
        let target = &status["targets"][0];
        assert_eq!(target["standing"], "urgent", "{target}");
        let what = &target["facts"]["client_secrets"]["clients"][0]["what"][0];
        (what == "expired").then_some(())
    })
    .await;
}

/// What reading could have changed.
#[derive(Debug, PartialEq)]
struct Before {
    client: Value,
    clients: Vec<String>,
    admin_events: usize,
}

impl Before {
    async fn of(realm: &Realm<'_>, account: &Account) -> Self {
        Self {
            client: in_order(realm.client(account).await),
            clients: realm.clients().await,
            admin_events: realm.admin_events().await,
        }
    }

    /// A time among the attributes.
    fn time(&self, attribute: &str) -> i64 {
        let value = &self.client["attributes"][format!("client.secret.{attribute}")];
        let text = value
            .as_str()
            .unwrap_or_else(|| panic!("no {attribute}: {}", self.client));
        text.parse().unwrap()
    }
}

/// Lists in an order of ours: in that of the server, which is another one each time, they are no lists but sets.
fn in_order(mut client: Value) -> Value {
    for list in client
        .as_object_mut()
        .unwrap()
        .values_mut()
        .filter_map(Value::as_array_mut)
    {
        list.sort_by_key(Value::to_string);
    }
    client
}

fn to_sample(seconds: i64) -> f64 {
    f64::from(u32::try_from(seconds).unwrap())
}

#[tokio::test]
async fn a_client_is_under_the_policy_after_it_was_updated_once() {
    on_both(async |keycloak| {
        let realm = keycloak.realm(json!({})).await;
        let account = realm.account(&["view-clients"]).await;
        let client = realm.account(&[]).await;
        let marked = json!({"attributes": {"3scale": "true"}});
        realm.change(&client, marked).await;
        realm.rotate_secrets([3_000, 1_000, 100]).await;

        let home = Home::new();
        let watched =
            json!({"clients": {"ids": [client.client_id]}, "rotation": {"remaining": "10d"}});
        home.configure(&settings(&home, &realm, &account, watched));
        let daemon = home.start().await;
        let count = |what: &str| format!("kcwatch_client_secrets{what}{{target=\"clients\"}}");
        daemon.wait_for(&count("_unmanaged"), 1.0).await;
        let end = series("expiration", &client.client_id, "current");
        assert_eq!(daemon.metric(&end).await, Some(f64::INFINITY));
        assert_eq!(daemon.metric(&count("_replaceable")).await, Some(0.0));

        realm
            .change(&client, json!({"description": "updated"}))
            .await;
        daemon.wait_for(&count("_unmanaged"), 0.0).await;
        assert_eq!(daemon.metric(&count("_replaceable")).await, Some(1.0));
        assert!(daemon.metric(&end).await.unwrap().is_finite());
        daemon.says("another expiry").await;
    })
    .await;
}
