//! Planted secrets must be nowhere in what comes out, whatever happens.

use std::cell::RefCell;

use kcwatch::model::Failure;

use super::rig::{Rig, rehearse_with, rehearser};
use crate::{
    servers::{Account, Fake, Reply, on_both},
    stores::canary::{listening, nothing_is_given_away, planted},
};

/// Reads the list and rehearses, and says everything that can be said about it.
async fn all_that_is_said(rig: &Rig, token: &str, issuer: &str) -> String {
    let (realm, rehearser) = (rig.realm(), rehearser());
    let (first, again) = (
        realm.initial_access_tokens().await,
        realm.initial_access_tokens().await,
    );
    let said = rehearse_with(&rehearser, token, issuer).await;
    let advice = |failure: &Failure| failure.reason.advice();
    let failures = (
        first.as_ref().err().map(advice),
        said.as_ref().err().map(advice),
    );
    format!("{first:?} {again:?} {said:?} {failures:?} {realm:?} {rehearser:?}")
}

#[tokio::test]
async fn a_real_server_gives_nothing_away() {
    let scenes = RefCell::new(Vec::new());
    on_both(async |keycloak| {
        let realm = keycloak.common_realm().await;
        let account = realm
            .account_with(&planted("secret"), &["view-clients"])
            .await;
        let issued = realm.issue(5, 3_600).await;
        let scene = (Rig::new(&realm, &account), issued.token, realm.issuer());
        scenes.borrow_mut().push(scene);
    })
    .await;

    let (captured, guard) = listening();
    let mut said = String::new();
    for (rig, token, issuer) in scenes.take() {
        let well = all_that_is_said(&rig, &token, &issuer).await;
        assert!(well.contains("Ok(Works)"), "{well}");
        rig.write("client-secret", &planted("wrong"));
        said += &well;
        said += &all_that_is_said(&rig, &planted("rubbish"), &issuer).await;
    }
    drop(guard);

    nothing_is_given_away(&captured, &said, "hyper_util");
    // How each token of Keycloak begins.
    assert!(!said.contains("eyJ") && !captured.text().contains("eyJ"));
}

/// Answers that quote secrets in every place where one can be.
fn telling_answers() -> Vec<(String, String)> {
    let secret = planted("content");
    let heads = [
        "200 OK".to_owned(),
        "201 Created".to_owned(),
        "400 Bad Request".to_owned(),
        "401 Unauthorized".to_owned(),
        "403 Forbidden".to_owned(),
        format!("302 Found\r\nLocation: http://{secret}.invalid/"),
        format!("429 Slow\r\nRetry-After: {secret}"),
        format!("500 {secret}"),
        format!("200 {secret}\r\nBad Header {secret}: x"),
    ];
    let bodies = [
        secret.clone(),
        format!("<html>{secret}</html>"),
        format!(r#"{{"error":"{secret}","error_description":"{secret}"}}"#),
        format!(r#"{{"access_token":"{secret}","token_type":"Bearer","expires_in":300}}"#),
        format!(r#"{{"access_token":"{secret}","token_type":"{secret}"}}"#),
        format!(r#"{{"access_token":"{secret}\n","token_type":"Bearer","expires_in":"{secret}"}}"#),
        format!(r#"{{"clientId":"x","secret":"{secret}","registrationAccessToken":"{secret}"}}"#),
        format!(r#"[{{"id":{{"x":"{secret}"}},"token":"{secret}","count":"{secret}"}}]"#),
    ];
    let all = heads
        .iter()
        .flat_map(|head| bodies.iter().map(move |body| (head, body)));
    all.map(|(head, body)| (head.clone(), body.clone()))
        .collect()
}

#[tokio::test]
async fn answers_that_quote_secrets_give_nothing_away() {
    let (captured, guard) = listening();
    let mut said = String::new();
    let login = planted("access");
    let login = format!(r#"{{"access_token":"{login}","token_type":"Bearer","expires_in":300}}"#);
    for (head, body) in telling_answers() {
        for is_login_fine in [true, false] {
            let (login, head, body) = (login.clone(), head.clone(), body.clone());
            let fake = Fake::start(move |request| {
                if is_login_fine && request.contains("openid-connect") {
                    return Reply::ok(&login);
                }
                Reply::whole(&head, &body)
            })
            .await;
            let account = Account::new("kcwatch", &planted("secret"));
            let rig = Rig::at(fake.address(), "a", &account);
            let issuer = format!("{}/realms/a", fake.address());
            said += &all_that_is_said(&rig, &planted("token"), &issuer).await;
        }
    }
    drop(guard);
    nothing_is_given_away(&captured, &said, "hyper_util");
}
