//! The list of Initial Access Tokens: what it says, and to whom.

use kcwatch::model::{ListedToken, Listing, Reason};

use super::rig::{Rig, list};
use crate::servers::on_both;

#[tokio::test]
async fn the_list_says_what_the_server_says_joined_by_the_id_in_the_token() {
    on_both(async |keycloak| {
        let realm = keycloak.common_realm().await;
        let account = realm.account(&["view-clients"]).await;
        let rig = Rig::new(&realm, &account);
        let (used, fresh) = (realm.issue(3, 3_600).await, realm.issue(7, 0).await);
        for _ in 0..3 {
            assert_eq!(realm.register(&used.token).await.0, 201);
        }
        let list = rig.list().await.expect("a list");
        let found = |limit, left| Listing::Found(ListedToken { limit, left });
        assert_eq!(list.look_up(&used.id), found(3, 0));
        assert_eq!(list.look_up(&fresh.id), found(7, 7));
        assert_eq!(list.look_up("another"), Listing::Absent);

        realm.delete(&used).await;
        let list = rig.list().await.expect("a list");
        assert_eq!(list.look_up(&used.id), Listing::Absent);
        assert_eq!(list.look_up(&fresh.id), found(7, 7));
    })
    .await;
}

/// Before Keycloak 26, parallel registrations get more out of a token than it was issued for (keycloak/keycloak#27294).
#[tokio::test]
async fn a_count_below_zero_is_told_as_it_is() {
    on_both(async |keycloak| {
        let realm = keycloak.common_realm().await;
        let account = realm.account(&["view-clients"]).await;
        let issued = realm.issue(1, 3_600).await;
        let all = (0..12).map(|_| realm.register(&issued.token));
        let answers = futures_util::future::join_all(all).await;
        let registered = answers.iter().filter(|(status, _)| *status == 201).count();

        let list = Rig::new(&realm, &account).list().await.expect("a list");
        let left = 1 - i64::try_from(registered).expect("a dozen");
        let said = ListedToken { limit: 1, left };
        assert_eq!(list.get(&issued.id), Some(said));
        assert!(
            keycloak.is_old() || left == 0,
            "{registered} were registered"
        );
    })
    .await;
}

#[tokio::test]
async fn an_account_without_the_role_is_denied_and_one_that_is_given_it_is_not() {
    on_both(async |keycloak| {
        let realm = keycloak.common_realm().await;
        let account = realm.account(&["query-clients"]).await;
        let rig = Rig::new(&realm, &account);
        let watched = rig.realm();
        assert_eq!(list(&watched).await, Err(Reason::Denied));

        realm.give(&account, "view-clients").await;
        assert!(list(&watched).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn a_realm_that_is_not_there_is_not_found() {
    on_both(async |keycloak| {
        let realm = keycloak.common_realm().await;
        let account = realm.account(&[]).await;
        let rig = Rig::at(&keycloak.address(), "nowhere", &account);
        assert_eq!(rig.list().await, Err(Reason::NotFound));
    })
    .await;
}

#[tokio::test]
async fn an_address_below_which_no_keycloak_lies_does_not_pass_for_one() {
    on_both(async |keycloak| {
        let realm = keycloak.common_realm().await;
        let account = realm.account(&["view-clients"]).await;
        let address = format!("{}/elsewhere", keycloak.address());
        let outcome = Rig::at(&address, &realm.name, &account).list().await;
        assert_eq!(outcome, Err(Reason::NotFound));
    })
    .await;
}
