//! How we log in, and what comes of it when we cannot.

use std::time::Duration;

use kcwatch::{
    config::Auth,
    model::{Expiry, Reason},
};
use serde_json::json;

use super::rig::{Rig, read, status, text};
use crate::servers::{OpenBao, TokenReviewer, eventually, unique};

/// A secret of version 2, and a policy that lets it be read, as `deploy/vault` has it.
pub(super) async fn secret_and_policy(bao: &OpenBao) -> (String, String) {
    let mount = bao.enable_kv(&unique("kv"), 2).await;
    bao.write(&mount, "team/sso", json!({"url": "one"})).await;
    let rules = format!(
        "path \"{mount}/data/team/sso\" {{ capabilities = [\"read\"] }}\n\
         path \"auth/token/lookup-self\" {{ capabilities = [\"read\"] }}\n\
         path \"auth/token/renew-self\" {{ capabilities = [\"update\"] }}\n"
    );
    let policy = bao.policy(&unique("policy"), &rules).await;
    (format!("{mount}/team/sso"), policy)
}

#[tokio::test]
async fn an_approle_logs_in_and_the_status_says_so() {
    let bao = OpenBao::shared().await;
    let (path, policy) = secret_and_policy(bao).await;
    let approle = bao
        .approle(
            json!({"token_policies": [policy], "token_no_default_policy": true, "token_ttl": "1h"}),
        )
        .await;
    let store = Rig::with_approle(&bao.address(), &approle).store();
    let before = status(&store);
    assert_eq!(
        (before.up, before.logins, before.login_failures),
        (None, Some(0), Some(0))
    );

    assert_eq!(text(&store, &path, "/url").await, Ok("one".to_owned()));

    let after = status(&store);
    assert_eq!(
        (after.up, after.logins, after.login_failures),
        (Some(true), Some(1), Some(0))
    );
    let Some(Expiry::At(expiry)) = after.token_expiry else {
        panic!("{after:?}");
    };
    let left = expiry.seconds_since(kcwatch::clock::system()());
    assert!((3_590..=3_600).contains(&left), "{left}");
}

#[tokio::test]
async fn many_reads_at_once_log_in_once() {
    let bao = OpenBao::shared().await;
    let (path, policy) = secret_and_policy(bao).await;
    let approle = bao.approle(json!({"token_policies": [policy]})).await;
    let store = Rig::with_approle(&bao.address(), &approle).store();

    let mut reads = tokio::task::JoinSet::new();
    for _ in 0..40 {
        let (store, path) = (store.clone(), path.clone());
        reads.spawn(async move { read(&store, &path).await.map(drop) });
    }
    while let Some(outcome) = reads.join_next().await {
        assert_eq!(outcome.unwrap(), Ok(()));
    }
    assert_eq!(status(&store).logins, Some(1));
}

#[tokio::test]
async fn a_service_account_of_kubernetes_logs_in() {
    let bao = OpenBao::shared().await;
    let (path, policy) = secret_and_policy(bao).await;
    let reviewer = TokenReviewer::start().await;
    let mount = unique("kubernetes");
    reviewer.enable_at(bao, &mount).await;
    let role = json!({
        "bound_service_account_names": "kcwatch", "bound_service_account_namespaces": "monitoring",
        "token_policies": [policy],
    });
    bao.call("POST", &format!("auth/{mount}/role/kcwatch"), Some(role))
        .await;
    let rig = Rig::with_token(&bao.address(), "unused");
    let jwt_file = rig.write("jwt", &reviewer.service_account());
    let role = "kcwatch".to_owned();
    let rig = rig.logging_in(Auth::Kubernetes {
        mount,
        role,
        jwt_file,
    });
    assert_eq!(
        text(&rig.store(), &path, "/url").await,
        Ok("one".to_owned())
    );
}

#[tokio::test]
async fn a_jwt_logs_in_and_is_read_anew_each_time() {
    let bao = OpenBao::shared().await;
    let (path, policy) = secret_and_policy(bao).await;
    let issuer = JwtIssuer::new();
    let mount = issuer.enable_at(bao, &policy).await;
    let rig = Rig::with_token(&bao.address(), "unused");
    let jwt_file = rig.write("jwt", &issuer.jwt("somebody-else"));
    let role = "kcwatch".to_owned();
    let rig = rig.logging_in(Auth::Jwt {
        mount,
        role,
        jwt_file,
    });
    let store = rig.store();
    assert_eq!(
        text(&store, &path, "/url").await,
        Err(Reason::Unauthenticated)
    );

    rig.write("jwt", &format!("{}\n", issuer.jwt("kcwatch")));
    eventually("the new JWT is taken", async || {
        read(&store, &path).await.ok()
    })
    .await;
}

/// Somebody whose JWTs the server accepts.
struct JwtIssuer(rcgen::KeyPair);

impl JwtIssuer {
    fn new() -> Self {
        Self(rcgen::KeyPair::generate().expect("a key can be made"))
    }

    async fn enable_at(&self, bao: &OpenBao, policy: &str) -> String {
        let mount = bao.enable_auth(&unique("jwt"), "jwt").await;
        let keys = json!({"jwt_validation_pubkeys": [self.0.public_key_pem()]});
        bao.call("POST", &format!("auth/{mount}/config"), Some(keys))
            .await;
        let role = json!({
            "role_type": "jwt", "bound_audiences": "vault", "user_claim": "sub", "bound_subject": "kcwatch",
            "token_policies": [policy],
        });
        bao.call("POST", &format!("auth/{mount}/role/kcwatch"), Some(role))
            .await;
        mount
    }

    fn jwt(&self, subject: &str) -> String {
        let now = kcwatch::clock::system()().seconds();
        let claims = json!({"sub": subject, "aud": "vault", "iat": now, "exp": now + 3_600});
        let header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::ES256);
        let key = jsonwebtoken::EncodingKey::from_ec_der(&self.0.serialize_der());
        jsonwebtoken::encode(&header, &claims, &key).expect("it can be encoded")
    }
}

#[tokio::test]
async fn refused_credentials_are_told_and_new_ones_are_taken_at_once() {
    let bao = OpenBao::shared().await;
    let (path, policy) = secret_and_policy(bao).await;
    let approle = bao.approle(json!({"token_policies": [policy]})).await;
    let rig = Rig::with_approle(&bao.address(), &approle);
    rig.write("secret_id", "00000000-0000-0000-0000-000000000000");
    let store = rig.store();
    assert_eq!(
        text(&store, &path, "/url").await,
        Err(Reason::Unauthenticated)
    );
    let told = status(&store);
    assert_eq!(
        (told.up, told.reason),
        (Some(false), Some(Reason::Unauthenticated))
    );

    rig.write("secret_id", &approle.secret_id);

    eventually("the new secret id is taken", async || {
        read(&store, &path).await.ok()
    })
    .await;
    assert_eq!(
        status(&store).login_failures,
        Some(1),
        "the failure was remembered, not repeated"
    );
}

#[tokio::test]
async fn credentials_that_cannot_work_are_never_sent() {
    let server = wiremock::MockServer::start().await;
    for content in ["", " \n", "two\nlines", "t\u{7}"] {
        let store = Rig::with_token(&server.uri(), content).store();
        let found = text(&store, "kv/sso", "/url").await;
        assert_eq!(found, Err(Reason::Unauthenticated), "{content:?}");
    }
    let rig = Rig::with_token(&server.uri(), "t");
    std::fs::remove_file(rig.path("token")).unwrap();
    assert_eq!(
        text(&rig.store(), "kv/sso", "/url").await,
        Err(Reason::Unauthenticated)
    );
    assert_eq!(server.received_requests().await.unwrap().len(), 0);
}

#[tokio::test]
async fn a_token_file_may_end_in_a_newline() {
    let bao = OpenBao::shared().await;
    let (path, _) = secret_and_policy(bao).await;
    let store = Rig::with_token(&bao.address(), &format!("{}\n", bao.root_token())).store();
    assert_eq!(text(&store, &path, "/url").await, Ok("one".to_owned()));
    assert_eq!(status(&store).token_expiry, Some(Expiry::Never));
}

#[tokio::test]
async fn a_new_token_in_the_file_is_taken_and_an_empty_file_does_no_harm() {
    let bao = OpenBao::shared().await;
    let (path, policy) = secret_and_policy(bao).await;
    let new = async || bao.token(json!({"policies": [policy], "ttl": "1h"})).await;
    let (first, second) = (new().await, new().await);
    let rig = Rig::with_token(&bao.address(), &first);
    let store = rig.store();
    assert_eq!(text(&store, &path, "/url").await, Ok("one".to_owned()));

    rig.write("token", "");
    let emptied = tokio::time::Instant::now();
    while emptied.elapsed() < Duration::from_millis(1_500) {
        assert_eq!(text(&store, &path, "/url").await, Ok("one".to_owned()));
    }

    rig.write("token", &second);
    eventually("the new token is taken", async || {
        read(&store, &path).await.ok()?;
        (status(&store).logins == Some(2)).then_some(())
    })
    .await;
    bao.revoke(&first).await;
    assert_eq!(text(&store, &path, "/url").await, Ok("one".to_owned()));
}

#[tokio::test]
async fn a_refused_token_is_read_again_from_its_file() {
    let bao = OpenBao::shared().await;
    let (path, policy) = secret_and_policy(bao).await;
    let new = async || bao.token(json!({"policies": [policy], "ttl": "1h"})).await;
    let (first, second) = (new().await, new().await);
    let rig = Rig::with_token(&bao.address(), &first);
    let store = rig.store();
    assert_eq!(text(&store, &path, "/url").await, Ok("one".to_owned()));
    bao.revoke(&first).await;
    rig.write("token", &second);
    assert_eq!(
        text(&store, &path, "/url").await,
        Ok("one".to_owned()),
        "at the very next read"
    );
}

#[tokio::test]
async fn a_token_of_counted_uses_is_refused() {
    let bao = OpenBao::shared().await;
    let (path, policy) = secret_and_policy(bao).await;
    let token = bao
        .token(json!({"policies": [policy], "num_uses": 5}))
        .await;
    let store = Rig::with_token(&bao.address(), &token).store();
    assert_eq!(
        text(&store, &path, "/url").await,
        Err(Reason::Unauthenticated)
    );
}

#[tokio::test]
async fn a_batch_token_works() {
    let bao = OpenBao::shared().await;
    let (path, policy) = secret_and_policy(bao).await;
    let batch = json!({"token_policies": [policy], "token_type": "batch", "token_ttl": "1h"});
    let approle = bao.approle(batch).await;
    let store = Rig::with_approle(&bao.address(), &approle).store();
    assert_eq!(text(&store, &path, "/url").await, Ok("one".to_owned()));
}
