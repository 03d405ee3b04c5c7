//! Planted secrets must be nowhere in what comes out, whatever happens.

use kcwatch::model::UnixTime;
use kcwatch::watch::oidc_integration::{fold::Facts, words};
use serde_json::json;

use super::scene::{Found, Rig, TOKEN, account, ok, realm};
use crate::stores::canary::{listening, nothing_is_given_away, planted};

/// Everything that can be said about a look.
async fn all_that_is_said(rig: &Rig) -> String {
    let visitor = rig.visitor();
    let seen = rig.look_again(&visitor, None).await;
    let now = UnixTime::from_seconds(0);
    let of_look = seen.as_ref().map_err(|failure| failure.reason);
    let facts = Facts::default().after(&rig.wanted, of_look, now);
    let kept = serde_json::to_string(&facts).expect("it can be written");
    let report = words::report(&rig.wanted, &facts, now);
    let report = serde_json::to_string(&report).expect("it can be written");
    let summary = words::summary(&rig.wanted, &facts, now);
    let news = words::news(&Facts::default(), &facts);
    format!("{visitor:?} {seen:?} {facts:?} {kept} {report} {summary} {news:?}")
}

#[tokio::test]
async fn neither_the_account_nor_its_token_nor_an_answer_is_given_away() {
    let token = |text: String| ok(&json!({"access_token": text}));
    let refusal = || -> Found {
        let said = json!({"error": planted("error"), "error_description": planted("description")});
        ("401 Unauthorized".to_owned(), said.to_string())
    };
    let (captured, guard) = listening();
    let mut said = String::new();
    for case in 0..5 {
        let server = realm(move |realm, path| match (case, path) {
            (1, TOKEN) => Some(refusal()),
            (2, TOKEN) => Some(token(planted("opaque-token"))),
            (3, TOKEN) => {
                let mut claims = realm.claims();
                claims["azp"] = json!([{"secret": planted("claim")}]);
                Some(token(realm.token(&claims)))
            }
            (4, _) if path.ends_with("/zync") => {
                let mut client = account();
                client["secret"] = json!(planted("client-secret"));
                client["standardFlowEnabled"] = json!(planted("flow"));
                Some(ok(&client))
            }
            _ => None,
        })
        .await;
        let mut rig = Rig::realm(&server);
        rig.keep(&json!({"secret": planted("secret")}));
        said += &all_that_is_said(&rig).await;
        let issuer = rig.wanted.identity_provider.issuer.to_string();
        let secret = planted("in-a-url");
        rig.keep_url(&issuer.replace("http://", &format!("http://zync:{secret}@")));
        said += &all_that_is_said(&rig).await;
        rig.keep_url(&format!("http://zync:{secret}@[::1"));
        said += &all_that_is_said(&rig).await;
    }
    drop(guard);
    nothing_is_given_away(&captured, &said, "hyper_util");
    assert!(!said.contains("eyJ") && !captured.text().contains("eyJ"));
    assert!(!said.contains("canary"), "{said}");
}
