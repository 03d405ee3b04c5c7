//! A rehearsal consumes nothing and leaves no trace, however many there are.

use futures_util::{StreamExt, stream};
use kcwatch::model::Rehearsal;
use serde_json::{Value, json};

use super::rig::{rehearse_with, rehearser};
use crate::servers::{Realm, on_both};

/// All that a registration would change.
async fn state(realm: &Realm<'_>) -> Value {
    json!({
        "tokens": realm.tokens().await,
        "clients": realm.clients().await,
        "events": realm.events().await,
        "admin events": realm.admin_events().await,
    })
}

#[tokio::test]
async fn after_five_hundred_rehearsals_all_is_as_it_was() {
    on_both(async |keycloak| {
        let realm = keycloak.realm(json!({})).await;
        let issued = realm.issue(10, 3_600).await;
        assert_eq!(realm.register(&issued.token).await.0, 201);
        let before = state(&realm).await;
        assert_eq!(before["tokens"][0]["remainingCount"], 9);
        assert_eq!(
            before["events"],
            json!(["CLIENT_REGISTER"]),
            "events are stored"
        );

        let (rehearser, claim) = (rehearser(), realm.issuer());
        let answers: Vec<_> = stream::iter(0..500)
            .map(|_| rehearse_with(&rehearser, &issued.token, &claim))
            .buffer_unordered(16)
            .collect()
            .await;
        assert_eq!(answers.len(), 500);
        for answer in answers {
            assert_eq!(answer, Ok(Rehearsal::Works));
        }

        assert_eq!(state(&realm).await, before);
        assert_eq!(realm.register(&issued.token).await.0, 201, "and it is true");
    })
    .await;
}
