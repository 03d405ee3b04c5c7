//! What the server says to a registration that cannot succeed, for every fate of a token.

use kcwatch::model::{Reason, Rehearsal};
use serde_json::json;

use super::rig::rehearse;
use crate::servers::{eventually, on_both};

#[tokio::test]
async fn a_token_with_registrations_left_works_until_they_are_used_up() {
    on_both(async |keycloak| {
        let realm = keycloak.common_realm().await;
        let issued = realm.issue(1, 3_600).await;
        let claim = realm.issuer();
        assert_eq!(rehearse(&issued.token, &claim).await, Ok(Rehearsal::Works));
        assert_eq!(realm.register(&issued.token).await.0, 201);
        assert_eq!(rehearse(&issued.token, &claim).await, Ok(Rehearsal::UsedUp));
        realm.delete(&issued).await;
        assert_eq!(
            rehearse(&issued.token, &claim).await,
            Ok(Rehearsal::NotFound)
        );
    })
    .await;
}

#[tokio::test]
async fn a_token_that_never_expires_works_and_one_that_expired_is_refused() {
    on_both(async |keycloak| {
        let realm = keycloak.common_realm().await;
        let (forever, brief) = (realm.issue(5, 0).await, realm.issue(5, 1).await);
        let issuer = realm.issuer();
        assert_eq!(
            rehearse(&forever.token, &issuer).await,
            Ok(Rehearsal::Works)
        );
        eventually("the token expires", async || {
            let said = rehearse(&brief.token, &issuer).await;
            (said == Ok(Rehearsal::Refused)).then_some(())
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn a_token_is_refused_where_it_was_not_issued() {
    on_both(async |keycloak| {
        let (realm, other) = (keycloak.common_realm().await, keycloak.master());
        let issued = realm.issue(5, 3_600).await;
        let said = rehearse(&issued.token, &other.issuer()).await;
        assert_eq!(said, Ok(Rehearsal::Refused), "another realm");
        let elsewhere = format!("{}/realms/{}", keycloak.address_at("localhost"), realm.name);
        let said = rehearse(&issued.token, &elsewhere).await;
        assert_eq!(said, Ok(Rehearsal::Refused), "another host name");
        let nowhere = format!("{}/realms/nowhere", keycloak.address());
        let said = rehearse(&issued.token, &nowhere).await;
        assert_eq!(said, Err(Reason::NotFound), "no realm");
    })
    .await;
}

#[tokio::test]
async fn a_damaged_token_is_refused() {
    on_both(async |keycloak| {
        let realm = keycloak.common_realm().await;
        let issued = realm.issue(5, 3_600).await;
        let (claims, _) = issued.token.rsplit_once('.').expect("a JWT");
        for damaged in [
            format!("{claims}.AAAA"),
            "a.b.c".to_owned(),
            "rubbish".to_owned(),
        ] {
            let said = rehearse(&damaged, &realm.issuer()).await;
            assert_eq!(said, Ok(Rehearsal::Refused), "{damaged}");
        }
    })
    .await;
}

#[tokio::test]
async fn in_the_realm_master_another_client_is_taken() {
    on_both(async |keycloak| {
        let master = keycloak.master();
        let issued = master.issue(1, 3_600).await;
        let said = rehearse(&issued.token, &master.issuer()).await;
        assert_eq!(said, Ok(Rehearsal::Works));
        master.delete(&issued).await;
    })
    .await;
}

#[tokio::test]
async fn a_policy_that_refuses_is_told_from_a_token_that_is_refused() {
    on_both(async |keycloak| {
        let realm = keycloak.realm(json!({})).await;
        let issued = realm.issue(5, 3_600).await;
        realm.limit_clients(1).await;
        let said = rehearse(&issued.token, &realm.issuer()).await;
        assert_eq!(said, Ok(Rehearsal::RefusedByPolicy));
        assert_eq!(realm.register(&issued.token).await.0, 403, "it is true");
    })
    .await;
}

#[tokio::test]
async fn a_realm_that_insists_on_tls_says_so() {
    on_both(async |keycloak| {
        let realm = keycloak.realm(json!({})).await;
        let issued = realm.issue(5, 3_600).await;
        realm
            .call("PUT", "", Some(json!({"sslRequired": "all"})))
            .await;
        let said = rehearse(&issued.token, &realm.issuer()).await;
        assert_eq!(said, Err(Reason::Tls));
    })
    .await;
}

/// Whoever decodes a token knows its type, and does not rehearse with another. The server is asked here what it would say.
#[tokio::test]
async fn tokens_of_other_types_are_never_taken_for_one_that_works() {
    on_both(async |keycloak| {
        let realm = keycloak.common_realm().await;
        let issued = realm.issue(5, 3_600).await;
        let (_, client) = realm.register(&issued.token).await;
        let registration = client["registrationAccessToken"].as_str().expect("a token");
        let said = rehearse(registration, &realm.issuer()).await;
        assert_eq!(said, Ok(Rehearsal::RefusedByPolicy));

        let account = realm.account(&["view-clients"]).await;
        let said = rehearse(&realm.access_token(&account).await, &realm.issuer()).await;
        assert_eq!(
            said,
            Ok(Rehearsal::RefusedByPolicy),
            "a service account without role"
        );
        assert_eq!(
            realm
                .clients()
                .await
                .iter()
                .filter(|id| *id == "realm-management")
                .count(),
            1
        );
    })
    .await;
}
