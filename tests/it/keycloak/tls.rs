//! Whom we trust, against a Keycloak that speaks TLS and ends.

use kcwatch::{
    clock,
    keycloak::{Rehearser, SetupError},
    model::{Reason, Rehearsal},
};
use serde_json::json;

use super::rig::{Rig, TIMEOUT, list, rehearse_with, trust};
use crate::servers::{Account, Authority, Keycloak};

#[tokio::test]
async fn a_server_is_trusted_for_its_authority_alone_until_it_is_down() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let mut keycloak = Keycloak::with_tls(&authority.server("127.0.0.1")).await;
    // Else it names itself by the address it is asked at, and the token was issued at another.
    let frontend = json!({"frontendUrl": keycloak.tls_address()});
    let realm = keycloak.realm(json!({"attributes": frontend})).await;
    let account = realm.account(&["view-clients"]).await;
    let issued = realm.issue(5, 3_600).await;
    let claim = format!("{}/realms/{}", keycloak.tls_address(), realm.name);

    let mut rig = Rig::at(&keycloak.tls_address(), &realm.name, &account);
    let file = rig.write("ca.pem", &stranger.pem());
    rig.provider.ca_file = Some(file.clone());
    let watched = rig.realm();
    let rehearser = Rehearser::new(&trust(Some(&file), false), TIMEOUT, clock::system());
    let rehearser = rehearser.expect("a certificate");
    let said = rehearse_with(&rehearser, &issued.token, &claim).await;
    assert_eq!(said, Err(Reason::Tls.into()));
    assert_eq!(list(&watched).await, Err(Reason::Tls));
    rig.write("ca.pem", "half of a new file");
    assert_eq!(list(&watched).await, Err(Reason::Tls));

    rig.write("ca.pem", &authority.pem());
    let said = rehearse_with(&rehearser, &issued.token, &claim).await;
    assert_eq!(said, Ok(Rehearsal::Works));
    let found = list(&watched).await.expect("a list");
    assert_eq!(found.get(&issued.id).map(|token| token.left), Some(5));

    keycloak.kill();
    assert_eq!(list(&watched).await, Err(Reason::Unreachable));
    let said = rehearse_with(&rehearser, &issued.token, &claim).await;
    assert_eq!(said, Err(Reason::Unreachable.into()));
    rig.provider.ca_file = None;
    assert_eq!(rig.list().await, Err(Reason::Unreachable));
}

#[tokio::test]
async fn certificate_files_that_cannot_be_used_are_told_with_their_names() {
    let account = Account::new("kcwatch", "s");
    let mut rig = Rig::at("https://127.0.0.1:1", "a", &account);
    let file = rig.write("ca.pem", "no certificate");
    let rehearser = Rehearser::new(&trust(Some(&file), true), TIMEOUT, clock::system());
    let problem = rehearser.expect_err("no certificate").to_string();
    assert_eq!(
        problem,
        format!("{} holds no certificate in PEM form", file.display())
    );

    rig.provider.ca_file = Some("/nonexistent/ca.pem".into());
    let problem = rig.try_realm(None).expect_err("no file");
    assert!(matches!(problem, SetupError::Unreadable { .. }));
    assert_eq!(
        problem.to_string(),
        "cannot read /nonexistent/ca.pem: entity not found"
    );
}
