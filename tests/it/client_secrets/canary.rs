//! Secrets stand in clear in what a server up to 26.7 answers; none of them may come out.

use kcwatch::keycloak::ClientQuery;
use serde_json::json;

use super::settings;
use crate::{
    daemon::home::Home,
    keycloak::rig::Rig,
    servers::{Account, Fake, Reply, eventually, on_both},
    stores::canary::{listening, nothing_is_given_away, planted},
};

/// Reads the clients in each way, and says everything that can be said about it.
async fn all_that_is_said(rig: &Rig) -> String {
    let realm = rig.realm();
    let (ids, attribute) = (["app".to_owned()], Some(("3scale", "true")));
    let all = realm.clients(ClientQuery::default()).await;
    let one = ClientQuery {
        ids: &ids,
        attribute,
    };
    let one = realm.clients(one).await;
    let advice = all
        .as_ref()
        .err()
        .map(|failure| failure.reason.advice_on_clients());
    format!("{all:?} {one:?} {advice:?} {realm:?}")
}

#[tokio::test]
async fn a_real_server_gives_nothing_away() {
    on_both(async |keycloak| {
        let realm = keycloak.realm(json!({})).await;
        let account = realm
            .account_with(&planted("account"), &["view-clients"])
            .await;
        let client = realm.account_with(&planted("in-use"), &[]).await;
        realm.rotate_secrets([3_000, 1_000, 100]).await;
        let new = realm.regenerate(&client).await;
        let shown = realm.client(&client).await.to_string();
        // The old server shows the secret in use only where it is asked for by itself.
        assert!(shown.contains(&planted("in-use")), "{shown}");
        assert_eq!(shown.contains(&new.secret), !keycloak.is_old(), "{shown}");

        let (captured, guard) = listening();
        let said = all_that_is_said(&Rig::new(&realm, &account)).await;
        drop(guard);
        assert!(said.contains(&client.client_id), "{said}");
        nothing_is_given_away(&captured, &said, "hyper_util");
        assert!(!said.contains(&new.secret) && !captured.text().contains(&new.secret));

        let home = Home::new();
        let state = home.path("state.json");
        let settings = settings(
            &home,
            &realm,
            &account,
            json!({"rotation": {"remaining": "10d"}}),
        );
        let settings = settings.with("/log/level", "trace");
        home.configure(&settings.with("/state_file", state.to_str().unwrap()));
        let daemon = home.start().await;
        daemon.ready().await;
        let mut out = vec![
            daemon.page().await,
            daemon.get("/api/v1/status").await.text,
            home.run(&["check", "--output", "json"]).said(),
            home.run(&["request", "clients"]).said(),
        ];
        let kept = eventually("the state file is written", async || {
            let text = std::fs::read_to_string(&state).ok()?;
            text.contains(&client.client_id).then_some(text)
        });
        out.push(kept.await);
        out.push(daemon.said());
        assert!(out[0].contains(&client.client_id));
        for text in out {
            for secret in ["kaNarieNvogel", &new.secret] {
                assert!(!text.contains(secret), "{secret}: {text}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn answers_that_quote_secrets_give_nothing_away() {
    let (captured, guard) = listening();
    let mut said = String::new();
    let secret = planted("content");
    let attributes = json!({
        "client.secret.rotated": secret, "client.secret.expiration.time": secret, "3scale": secret, secret.clone(): secret,
    });
    for body in [
        json!([{"clientId": "app", "secret": secret, "attributes": attributes}]).to_string(),
        json!([{"clientId": {"x": secret}, "enabled": secret, "attributes": secret}]).to_string(),
        json!([{"clientId": "app", "registrationAccessToken": secret, "publicClient": [secret]}, secret]).to_string(),
        format!(r#"[{{"clientId":"app","secret":"{secret}","attributes":{{"3scale":"{secret}"#),
        format!("<html>{secret}</html>"),
        json!({"error": secret}).to_string(),
    ] {
        for head in ["200 OK", "401 Unauthorized", "403 Forbidden", "500 Oh"] {
            let body = body.clone();
            let login = json!({"access_token": secret, "token_type": "Bearer", "expires_in": 300});
            let fake = Fake::start(move |request| match request {
                login_request if login_request.contains("openid-connect") => {
                    Reply::ok(&login.to_string())
                }
                _ => Reply::whole(head, &body),
            })
            .await;
            let account = Account::new("kcwatch", &planted("account"));
            said += &all_that_is_said(&Rig::at(fake.address(), "a", &account)).await;
        }
    }
    drop(guard);
    nothing_is_given_away(&captured, &said, "hyper_util");
}
