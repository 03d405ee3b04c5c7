//! The life of our token: refused, revoked, expired, renewed, replaced, given back.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicUsize, Ordering},
};

use kcwatch::{
    model::{Expiry, Reason},
    store::Store,
};
use serde_json::json;

use super::{
    logins::secret_and_policy,
    rig::{Rig, TIMEOUT, status, text},
};
use crate::servers::{Approle, Fake, OpenBao, Reply, eventually, unique};

#[tokio::test]
async fn a_policy_denial_is_no_reason_to_log_in_anew() {
    let bao = OpenBao::shared().await;
    let (path, policy) = secret_and_policy(bao).await;
    let approle = bao.approle(json!({"token_policies": [policy]})).await;
    let store = Rig::with_approle(&bao.address(), &approle).store();
    let forbidden = path.replace("team/sso", "other/sso");

    assert_eq!(text(&store, &path, "/url").await, Ok("one".to_owned()));
    for _ in 0..3 {
        assert_eq!(text(&store, &forbidden, "/url").await, Err(Reason::Denied));
    }

    let told = status(&store);
    assert_eq!((told.up, told.logins), (Some(true), Some(1)));
}

#[tokio::test]
async fn without_the_right_to_ask_about_the_token_a_denial_costs_one_login_and_no_more() {
    let bao = OpenBao::shared().await;
    let (path, _) = secret_and_policy(bao).await;
    let rules = format!(
        "path \"{}\" {{ capabilities = [\"read\"] }}",
        path.replacen('/', "/data/", 1)
    );
    let policy = bao.policy(&unique("policy"), &rules).await;
    let bare = json!({"token_policies": [policy], "token_no_default_policy": true});
    let approle = bao.approle(bare).await;
    let store = Rig::with_approle(&bao.address(), &approle).store();
    assert_eq!(text(&store, &path, "/url").await, Ok("one".to_owned()));
    for _ in 0..5 {
        let forbidden = path.replace("team/sso", "other/sso");
        assert_eq!(text(&store, &forbidden, "/url").await, Err(Reason::Denied));
    }
    assert_eq!(status(&store).logins, Some(2));
}

#[tokio::test]
async fn a_revoked_token_is_replaced_within_the_read() {
    let bao = OpenBao::shared().await;
    let (path, policy) = secret_and_policy(bao).await;
    let approle = bao.approle(json!({"token_policies": [policy]})).await;
    let store = Rig::with_approle(&bao.address(), &approle).store();
    assert_eq!(text(&store, &path, "/url").await, Ok("one".to_owned()));

    bao.revoke_logins(&approle.mount).await;

    assert_eq!(text(&store, &path, "/url").await, Ok("one".to_owned()));
    assert_eq!(status(&store).logins, Some(2));
}

#[tokio::test]
async fn an_expired_token_is_replaced_within_the_read() {
    let bao = OpenBao::shared().await;
    let (path, policy) = secret_and_policy(bao).await;
    let approle = bao
        .approle(json!({"token_policies": [policy], "token_ttl": "1s"}))
        .await;
    let store = Rig::with_approle(&bao.address(), &approle).store();
    eventually("the third token is in use", async || {
        assert_eq!(text(&store, &path, "/url").await, Ok("one".to_owned()));
        (status(&store).logins >= Some(3)).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_short_lived_token_is_renewed_and_then_replaced_without_a_failure() {
    let bao = OpenBao::shared().await;
    let (path, policy) = secret_and_policy(bao).await;
    let brief = json!({"token_policies": [policy], "token_ttl": "4s", "token_max_ttl": "8s"});
    let approle = bao.approle(brief).await;
    let store = Rig::with_approle(&bao.address(), &approle).store();
    let kept = store.clone();
    let keeper = tokio::spawn(async move { kept.keep_login().await });

    let mut expiries = BTreeSet::new();
    eventually("the third login has come", async || {
        assert_eq!(text(&store, &path, "/url").await, Ok("one".to_owned()));
        let told = status(&store);
        if let (Some(1), Some(Expiry::At(expiry))) = (told.logins, told.token_expiry) {
            expiries.insert(expiry);
        }
        (told.logins >= Some(3)).then_some(())
    })
    .await;

    keeper.abort();
    assert!(
        expiries.len() >= 2,
        "the first token was renewed: {expiries:?}"
    );
    assert_eq!(status(&store).login_failures, Some(0));
}

#[tokio::test]
async fn the_login_is_kept_without_any_read() {
    let bao = OpenBao::shared().await;
    let batch = json!({"token_type": "batch", "token_ttl": "3s"});
    let approle = bao.approle(batch).await;
    let store = Rig::with_approle(&bao.address(), &approle).store();
    let kept = store.clone();
    let keeper = tokio::spawn(async move { kept.keep_login().await });
    eventually("the third login has come", async || {
        (status(&store).logins >= Some(3)).then_some(())
    })
    .await;
    keeper.abort();
    assert_eq!(status(&store).up, Some(true));
}

#[tokio::test]
async fn logging_out_revokes_our_token_and_leaves_no_lease() {
    let bao = OpenBao::dev().await;
    let (path, policy) = secret_and_policy(&bao).await;
    let approle = bao.approle(json!({"token_policies": [policy]})).await;
    let before = bao.count_tokens().await;
    let store = Rig::with_approle(&bao.address(), &approle).store();
    assert_eq!(text(&store, &path, "/url").await, Ok("one".to_owned()));
    assert_eq!(bao.count_tokens().await, before + 1);

    store.log_out().await;

    assert_eq!(bao.count_tokens().await, before);
    assert_eq!(status(&store).token_expiry, None);
    assert_eq!(
        text(&store, &path, "/url").await,
        Err(Reason::Unauthenticated)
    );
    assert_eq!(
        bao.count_tokens().await,
        before,
        "no login after the farewell"
    );
}

#[tokio::test]
async fn logging_out_leaves_the_token_of_a_token_file_alone() {
    let bao = OpenBao::shared().await;
    let (path, policy) = secret_and_policy(bao).await;
    let token = bao.token(json!({"policies": [policy]})).await;
    let rig = Rig::with_token(&bao.address(), &token);
    let store = rig.store();
    assert_eq!(text(&store, &path, "/url").await, Ok("one".to_owned()));
    store.log_out().await;
    assert_eq!(
        text(&rig.store(), &path, "/url").await,
        Ok("one".to_owned())
    );
}

#[tokio::test]
async fn logging_out_of_a_dead_server_takes_no_longer_than_two_seconds() {
    let mut bao = OpenBao::dev().await;
    let (path, policy) = secret_and_policy(&bao).await;
    let approle = bao.approle(json!({"token_policies": [policy]})).await;
    let store = Rig::with_approle(&bao.address(), &approle).store();
    assert_eq!(text(&store, &path, "/url").await, Ok("one".to_owned()));
    bao.kill();
    let farewell = tokio::time::timeout(TIMEOUT, store.log_out()).await;
    assert!(farewell.is_ok());
}

/// The instants at which the token is seen to end, until there are three.
async fn three_expiries(store: &Store) {
    let mut expiries = BTreeSet::new();
    eventually("the token is renewed twice", async || {
        if let Some(Expiry::At(expiry)) = status(store).token_expiry {
            expiries.insert(expiry);
        }
        (expiries.len() >= 3).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_token_out_of_a_file_is_renewed_for_as_long_as_the_server_lets_us() {
    let bao = OpenBao::shared().await;
    let (path, policy) = secret_and_policy(bao).await;
    let token = bao
        .token(json!({"policies": [policy], "period": "3s"}))
        .await;
    let store = Rig::with_token(&bao.address(), &token).store();
    let kept = store.clone();
    let keeper = tokio::spawn(async move { kept.keep_login().await });
    three_expiries(&store).await;
    assert_eq!(text(&store, &path, "/url").await, Ok("one".to_owned()));
    keeper.abort();
    assert_eq!(status(&store).logins, Some(1));
}

#[tokio::test]
async fn the_end_of_a_token_out_of_a_file_is_told_without_any_read_and_mended_by_a_new_one() {
    let bao = OpenBao::shared().await;
    let (path, policy) = secret_and_policy(bao).await;
    let fleeting = json!({"policies": [policy], "ttl": "2s", "renewable": false});
    let rig = Rig::with_token(&bao.address(), &bao.token(fleeting).await);
    let store = rig.store();
    let kept = store.clone();
    let keeper = tokio::spawn(async move { kept.keep_login().await });
    let is_up = async |up: bool| (status(&store).up == Some(up)).then_some(());
    eventually("the token works", async || is_up(true).await).await;
    eventually("the token is dead", async || is_up(false).await).await;
    assert_eq!(status(&store).reason, Some(Reason::Unauthenticated));

    let lasting = bao.token(json!({"policies": [policy], "ttl": "1h"})).await;
    rig.write("token", &lasting);
    eventually("the new token works", async || is_up(true).await).await;
    keeper.abort();
    assert_eq!(text(&store, &path, "/url").await, Ok("one".to_owned()));
}

#[tokio::test]
async fn a_renewal_that_fails_for_a_while_is_tried_again_and_costs_no_login() {
    let renewals = AtomicUsize::new(0);
    let auth = r#"{"auth": {"client_token": "t", "lease_duration": 6, "renewable": true}}"#;
    let fake = Fake::start(move |request| {
        if request.contains("renew-self") && renewals.fetch_add(1, Ordering::SeqCst) == 0 {
            Reply::whole("500 Internal Server Error", "")
        } else {
            Reply::ok(auth)
        }
    })
    .await;
    let (role_id, secret_id) = ("r".to_owned(), "s".to_owned());
    let mount = "approle".to_owned();
    let approle = Approle {
        mount,
        role_id,
        secret_id,
    };
    let store = Rig::with_approle(fake.address(), &approle).store();
    let kept = store.clone();
    let keeper = tokio::spawn(async move { kept.keep_login().await });
    let mut was_down = false;
    eventually("the renewal worked at last", async || {
        let told = status(&store);
        was_down |= told.reason == Some(Reason::ServerError);
        let renewals = fake
            .requests()
            .iter()
            .filter(|head| head.contains("renew-self"))
            .count();
        (renewals >= 2 && told.up == Some(true)).then_some(())
    })
    .await;
    keeper.abort();
    assert!(was_down, "the failure was told");
    assert_eq!(status(&store).logins, Some(1));
}
