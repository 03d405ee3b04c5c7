//! Accounts that may not read the clients, and realms that are not there.

use kcwatch::{keycloak::ClientQuery, model::Reason};
use serde_json::json;

use super::{all, asked, settings};
use crate::{
    daemon::home::Home,
    keycloak::rig::Rig,
    servers::{Account, on_both},
};

#[tokio::test]
async fn an_account_that_may_only_query_is_denied_rather_than_told_of_no_clients() {
    on_both(async |keycloak| {
        let realm = keycloak.common_realm().await;
        let account = realm.account(&["query-clients"]).await;
        let rig = Rig::new(&realm, &account);
        assert_eq!(all(&rig).await, Err(Reason::Denied));
        let own = [account.client_id.clone()];
        let one = ClientQuery {
            ids: &own,
            attribute: None,
        };
        let marked = ClientQuery {
            ids: &[],
            attribute: Some(("3scale", "true")),
        };
        for query in [one, marked] {
            assert_eq!(asked(&rig, query).await, Err(Reason::Denied), "{query:?}");
        }
        realm.give(&account, "view-clients").await;
        assert_eq!(asked(&rig, one).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn each_fault_of_an_account_has_its_word() {
    on_both(async |keycloak| {
        let realm = keycloak.common_realm().await;
        let none = realm.account(&[]).await;
        assert_eq!(all(&Rig::new(&realm, &none)).await, Err(Reason::Denied));

        let account = realm.account(&["view-clients"]).await;
        let address = keycloak.address();
        let elsewhere = Rig::at(&address, "nowhere", &account);
        assert_eq!(all(&elsewhere).await, Err(Reason::NotFound));
        let wrong = Account::new(&account.client_id, "wrong");
        let wrong = Rig::new(&realm, &wrong);
        assert_eq!(all(&wrong).await, Err(Reason::Unauthenticated));

        let rig = Rig::new(&realm, &account);
        assert!(all(&rig).await.is_ok());
        realm.change(&account, json!({"enabled": false})).await;
        assert_eq!(all(&rig).await, Err(Reason::Unauthenticated));
    })
    .await;
}

#[tokio::test]
async fn the_log_and_the_command_say_what_a_realm_needs() {
    on_both(async |keycloak| {
        let realm = keycloak.common_realm().await;
        let account = realm.account(&["query-clients"]).await;
        let home = Home::new();
        home.configure(&settings(&home, &realm, &account, json!({})));
        let daemon = home.start().await;
        daemon.says("give it the role view-clients").await;
        let check = home.run(&["check"]);
        assert_eq!(check.code, Some(3), "{check:?}");
        assert!(check.stdout.contains("view-clients"), "{check:?}");
        let count = "kcwatch_client_secrets{target=\"clients\"}";
        assert_eq!(daemon.metric(count).await, None);
    })
    .await;
}
