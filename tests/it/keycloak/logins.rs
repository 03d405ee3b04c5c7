//! How the account of a realm logs in, and how often.

use std::time::Duration;

use futures_util::future::join_all;
use kcwatch::{
    keycloak::SetupError,
    model::{Reason, TokenList},
};
use serde_json::json;

use super::rig::{Rig, list};
use crate::servers::{Account, Realm, eventually, on_both};

/// How often somebody logged in to a realm.
async fn logins(realm: &Realm<'_>) -> usize {
    let events = realm.events().await;
    events
        .iter()
        .filter(|event| *event == "CLIENT_LOGIN")
        .count()
}

#[tokio::test]
async fn twenty_readings_take_one_login() {
    on_both(async |keycloak| {
        let realm = keycloak.realm(json!({})).await;
        let account = realm.account(&["view-clients"]).await;
        let rig = Rig::new(&realm, &account);
        let watched = rig.realm();
        for outcome in join_all((0..16).map(|_| list(&watched))).await {
            assert_eq!(outcome, Ok(TokenList::default()));
        }
        for _ in 0..4 {
            assert_eq!(list(&watched).await, Ok(TokenList::default()));
        }
        assert_eq!(logins(&realm).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_login_is_over_when_its_token_is() {
    on_both(async |keycloak| {
        let realm = keycloak.realm(json!({"accessTokenLifespan": 5})).await;
        let account = realm.account(&["view-clients"]).await;
        let rig = Rig::new(&realm, &account);
        let watched = rig.realm();
        assert_eq!(list(&watched).await, Ok(TokenList::default()));
        eventually("another login", async || {
            assert_eq!(list(&watched).await, Ok(TokenList::default()));
            (logins(&realm).await > 1).then_some(())
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn a_token_that_died_before_its_time_is_replaced() {
    on_both(async |keycloak| {
        let realm = keycloak.realm(json!({})).await;
        let account = realm.account(&["view-clients"]).await;
        let rig = Rig::new(&realm, &account);
        let watched = rig.realm();
        assert_eq!(list(&watched).await, Ok(TokenList::default()));
        // Tokens from before are void (the administrator's "push not-before").
        let now = kcwatch::clock::system()().seconds();
        tokio::time::sleep(Duration::from_millis(1_100)).await;
        realm
            .call("PUT", "", Some(json!({"notBefore": now + 1})))
            .await;
        assert_eq!(list(&watched).await, Ok(TokenList::default()));
        assert_eq!(logins(&realm).await, 2);
    })
    .await;
}

#[tokio::test]
async fn credentials_that_are_not_accepted_are_our_fault() {
    on_both(async |keycloak| {
        let realm = keycloak.common_realm().await;
        let account = realm.account(&["view-clients"]).await;
        let rig = Rig::new(&realm, &account);
        let watched = rig.realm();
        for (what, secret) in [("wrong", "wrong"), ("empty", "\n"), ("a form", "a&b=c\nd")] {
            rig.write("client-secret", secret);
            let outcome = list(&watched).await;
            assert_eq!(outcome, Err(Reason::Unauthenticated), "{what}");
        }
        rig.write("client-secret", &account.secret);
        assert!(list(&watched).await.is_ok());

        let stranger = Account::new("stranger", &account.secret);
        let strange = Rig::new(&realm, &stranger).list().await;
        assert_eq!(strange, Err(Reason::Unauthenticated));
        for change in [
            json!({"serviceAccountsEnabled": false}),
            json!({"enabled": false}),
        ] {
            realm.change(&account, change).await;
            assert_eq!(rig.list().await, Err(Reason::Unauthenticated));
        }
    })
    .await;
}

#[tokio::test]
async fn the_secret_is_read_anew_at_each_login_from_a_file_or_a_store() {
    on_both(async |keycloak| {
        let realm = keycloak.common_realm().await;
        let account = realm.account(&["view-clients"]).await;
        let mut rig = Rig::new(&realm, &account);
        let file = rig.write("other", &account.secret);
        rig.admin.client_secret = kcwatch::keycloak::settings::ClientSecret::File(file.clone());
        let watched = rig.realm();
        std::fs::remove_file(&file).expect("it was there");
        assert_eq!(list(&watched).await, Err(Reason::NotFound));
        rig.write("other", &account.secret);
        assert!(list(&watched).await.is_ok());

        let content = json!({"client/secret": account.secret}).to_string();
        let store = rig.with_stored_secret("client/secret", &content);
        let watched = rig.try_realm(Some(store)).expect("the settings are fine");
        assert!(list(&watched).await.is_ok());
        for field in ["client", "client~1secret", ""] {
            let store = rig.with_stored_secret(field, &content);
            let watched = rig.try_realm(Some(store)).expect("the settings are fine");
            assert_eq!(list(&watched).await, Err(Reason::FieldMissing), "{field}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_secret_in_a_store_needs_the_store() {
    let mut rig = Rig::at("http://127.0.0.1:1", "a", &Account::new("kcwatch", "s"));
    rig.with_stored_secret("x", "{}");
    let outcome = rig.try_realm(None);
    assert!(matches!(outcome, Err(SetupError::NoStore { .. })));
}
