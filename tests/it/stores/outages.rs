//! Servers that cannot serve, and how they are found again.

use kcwatch::model::Reason;
use serde_json::json;

use super::rig::{Rig, read, status, text};
use crate::servers::{OpenBao, eventually, free_port};

/// A server that can be sealed and restarted, and a secret on it.
async fn durable() -> OpenBao {
    let bao = OpenBao::durable().await;
    bao.enable_kv("kv", 2).await;
    bao.write("kv", "sso", json!({"url": "one"})).await;
    bao
}

#[tokio::test]
async fn a_sealed_server_is_told_as_sealed_and_found_again_at_the_next_read() {
    let bao = durable().await;
    let approle = bao.approle(json!({"token_policies": ["default"]})).await;
    let store = Rig::as_root(&bao).store();
    assert_eq!(text(&store, "kv/sso", "/url").await, Ok("one".to_owned()));

    bao.seal().await;
    assert_eq!(text(&store, "kv/sso", "/url").await, Err(Reason::Sealed));
    let told = status(&store);
    assert_eq!((told.up, told.reason), (Some(false), Some(Reason::Sealed)));
    let newcomer = Rig::with_approle(&bao.address(), &approle).store();
    assert_eq!(text(&newcomer, "kv/sso", "/url").await, Err(Reason::Sealed));

    bao.unseal().await;
    assert_eq!(text(&store, "kv/sso", "/url").await, Ok("one".to_owned()));
    assert_eq!(status(&store).up, Some(true));
}

#[tokio::test]
async fn a_server_that_nobody_initialised_is_told_as_sealed() {
    let bao = OpenBao::uninitialised().await;
    let store = Rig::with_token(&bao.address(), "t").store();
    assert_eq!(text(&store, "kv/sso", "/url").await, Err(Reason::Sealed));
}

#[tokio::test]
async fn a_login_that_failed_is_tried_again_without_any_read() {
    let bao = durable().await;
    let approle = bao.approle(json!({"token_policies": ["default"]})).await;
    bao.seal().await;
    let store = Rig::with_approle(&bao.address(), &approle).store();
    let kept = store.clone();
    let keeper = tokio::spawn(async move { kept.keep_login().await });
    eventually("the login failed", async || {
        (status(&store).up == Some(false)).then_some(())
    })
    .await;
    bao.unseal().await;
    eventually("the login worked", async || {
        (status(&store).up == Some(true)).then_some(())
    })
    .await;
    keeper.abort();
    let told = status(&store);
    assert_eq!((told.logins, told.reason), (Some(1), None));
    assert!(told.login_failures >= Some(1));
}

#[tokio::test]
async fn a_killed_server_is_unreachable_until_it_is_started_again() {
    let mut bao = durable().await;
    let store = Rig::as_root(&bao).store();
    assert_eq!(text(&store, "kv/sso", "/url").await, Ok("one".to_owned()));
    bao.kill();
    assert_eq!(
        text(&store, "kv/sso", "/url").await,
        Err(Reason::Unreachable)
    );
    assert_eq!(status(&store).up, Some(false));
    bao.restart().await;
    assert_eq!(text(&store, "kv/sso", "/url").await, Ok("one".to_owned()));
    assert_eq!(
        status(&store).logins,
        Some(1),
        "the token outlived the server"
    );
}

#[tokio::test]
async fn a_server_that_forgot_our_token_gets_a_new_login_within_the_read() {
    let bao = durable().await;
    let rules = "path \"kv/data/*\" { capabilities = [\"read\"] }";
    let policy = bao.policy("reader", rules).await;
    let approle = bao.approle(json!({"token_policies": [policy]})).await;
    let store = Rig::with_approle(&bao.address(), &approle).store();
    assert_eq!(text(&store, "kv/sso", "/url").await, Ok("one".to_owned()));
    bao.seal().await;
    assert_eq!(text(&store, "kv/sso", "/url").await, Err(Reason::Sealed));
    bao.unseal().await;
    bao.revoke_logins(&approle.mount).await;
    assert_eq!(text(&store, "kv/sso", "/url").await, Ok("one".to_owned()));
}

#[tokio::test]
async fn nobody_there_is_unreachable_and_a_failed_login_is_remembered() {
    let address = format!("http://127.0.0.1:{}", free_port());
    let store = Rig::with_token(&address, "t").store();
    for _ in 0..20 {
        assert_eq!(
            text(&store, "kv/sso", "/url").await,
            Err(Reason::Unreachable)
        );
    }
    let told = status(&store);
    assert_eq!((told.up, told.login_failures), (Some(false), Some(1)));
}

#[tokio::test]
async fn a_name_that_does_not_resolve_is_unreachable() {
    let store = Rig::with_token("http://no-such-host.invalid:8200", "t").store();
    assert_eq!(
        text(&store, "kv/sso", "/url").await,
        Err(Reason::Unreachable)
    );
}

#[tokio::test]
async fn a_quota_is_told_with_the_time_to_wait() {
    let bao = OpenBao::dev().await;
    bao.enable_kv("kv", 1).await;
    bao.write_v1("kv/sso", json!({"url": "one"})).await;
    let headers = json!({"enable_rate_limit_response_headers": true});
    bao.call("POST", "sys/quotas/config", Some(headers)).await;
    let quota = json!({"path": "kv", "rate": 1, "interval": "60s"});
    bao.call("POST", "sys/quotas/rate-limit/narrow", Some(quota))
        .await;
    let store = Rig::as_root(&bao).store();

    let limited = eventually("the quota is used up", async || {
        read(&store, "kv/sso").await.err()
    })
    .await;

    assert_eq!(limited.reason, Reason::RateLimited);
    let wait = limited.retry_after.unwrap().as_secs();
    assert!((1..=60).contains(&wait), "{wait}");
    assert_eq!(status(&store).up, Some(true), "the server is well");
}
