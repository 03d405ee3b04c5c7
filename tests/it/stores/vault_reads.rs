//! What lies at a path of a real server, and what is said about it.

use kcwatch::{config::KvVersion, model::Reason};
use serde_json::json;

use super::rig::{Rig, read, status, text};
use crate::servers::{OpenBao, unique};

#[tokio::test]
async fn a_secret_of_version_2_is_read_with_its_version_and_time() {
    let bao = OpenBao::shared().await;
    let mount = bao.enable_kv(&unique("kv"), 2).await;
    bao.write(&mount, "team/sso", json!({"url": "one"})).await;
    bao.write(&mount, "team/sso", json!({"url": "two"})).await;
    let store = Rig::as_root(bao).store();

    let secret = read(&store, &format!("{mount}/team/sso")).await.unwrap();

    assert_eq!(secret.content.public_text("/url"), Some("two"));
    assert_eq!(secret.version, Some(2));
    let age = kcwatch::clock::system()().seconds_since(secret.written.unwrap());
    assert!((0..60).contains(&age), "{age}");
}

#[tokio::test]
async fn a_secret_of_version_1_has_no_version_and_no_time() {
    let bao = OpenBao::shared().await;
    let mount = bao.enable_kv(&unique("kv"), 1).await;
    bao.write_v1(&format!("{mount}/sso"), json!({"url": "one"}))
        .await;
    let store = Rig::as_root(bao).store();

    let secret = read(&store, &format!("{mount}/sso")).await.unwrap();

    assert_eq!(secret.content.public_text("/url"), Some("one"));
    assert_eq!((secret.version, secret.written), (None, None));
}

#[tokio::test]
async fn a_stated_version_is_believed_and_costs_no_question() {
    let bao = OpenBao::shared().await;
    let mount = bao.enable_kv(&unique("kv"), 2).await;
    bao.write(&mount, "sso", json!({"url": "one"})).await;
    let path = format!("{mount}/sso");

    let right = Rig::as_root(bao).stating(&mount, KvVersion::V2).store();
    assert_eq!(text(&right, &path, "/url").await, Ok("one".to_owned()));
    let wrong = Rig::as_root(bao).stating(&mount, KvVersion::V1).store();
    assert_eq!(text(&wrong, &path, "/url").await, Err(Reason::NotFound));
}

#[tokio::test]
async fn a_mount_may_have_several_segments() {
    let bao = OpenBao::shared().await;
    for version in [1, 2] {
        let mount = format!("{}/deep/kv", unique("team"));
        bao.enable_kv(&mount, version).await;
        let content = json!({"url": "one"});
        match version {
            1 => bao.write_v1(&format!("{mount}/a/b"), content).await,
            _ => bao.write(&mount, "a/b", content).await,
        }
        let store = Rig::as_root(bao).store();
        let found = text(&store, &format!("{mount}/a/b"), "/url").await;
        assert_eq!(found, Ok("one".to_owned()), "version {version}");
    }
}

#[tokio::test]
async fn deleted_destroyed_missing_and_empty_are_told_apart() {
    let bao = OpenBao::shared().await;
    let mount = bao.enable_kv(&unique("kv"), 2).await;
    for name in ["deleted", "destroyed", "restored"] {
        bao.write(&mount, name, json!({"url": "one"})).await;
    }
    bao.write(&mount, "null", json!(null)).await;
    bao.write(&mount, "empty", json!({})).await;
    let versions = Some(json!({"versions": [1]}));
    bao.call("DELETE", &format!("{mount}/data/deleted"), None)
        .await;
    bao.call("DELETE", &format!("{mount}/data/restored"), None)
        .await;
    bao.call(
        "PUT",
        &format!("{mount}/destroy/destroyed"),
        versions.clone(),
    )
    .await;
    let store = Rig::as_root(bao).store();
    let found = async |name: &str| text(&store, &format!("{mount}/{name}"), "/url").await;

    assert_eq!(found("deleted").await, Err(Reason::Deleted));
    assert_eq!(found("destroyed").await, Err(Reason::Deleted));
    assert_eq!(found("missing").await, Err(Reason::NotFound));
    assert_eq!(found("null").await, Ok("no text there".to_owned()));
    assert_eq!(found("empty").await, Ok("no text there".to_owned()));
    assert_eq!(found("restored").await, Err(Reason::Deleted));
    bao.call("PUT", &format!("{mount}/undelete/restored"), versions)
        .await;
    assert_eq!(found("restored").await, Ok("one".to_owned()));
    assert_eq!(
        status(&store).up,
        Some(true),
        "none of it is the store's fault"
    );
}

#[tokio::test]
async fn a_secret_without_content_is_no_object() {
    let bao = OpenBao::shared().await;
    let mount = bao.enable_kv(&unique("kv"), 2).await;
    bao.write(&mount, "null", json!(null)).await;
    let store = Rig::as_root(bao).store();
    let secret = read(&store, &format!("{mount}/null")).await.unwrap();
    assert!(!secret.content.is_object());
}

#[tokio::test]
async fn what_is_mounted_nowhere_is_not_found_for_the_mighty_and_denied_for_others() {
    let bao = OpenBao::shared().await;
    let store = Rig::as_root(bao).store();
    let found = text(&store, "nowhere/at/all", "/url").await;
    assert!(
        matches!(found, Err(Reason::NotFound | Reason::Denied)),
        "{found:?}"
    );

    let token = bao.token(json!({"policies": ["default"]})).await;
    let store = Rig::with_token(&bao.address(), &token).store();
    assert_eq!(
        text(&store, "nowhere/at/all", "/url").await,
        Err(Reason::Denied)
    );
}

#[tokio::test]
async fn an_engine_that_changes_its_version_is_asked_again() {
    let bao = OpenBao::shared().await;
    let mount = bao.enable_kv(&unique("kv"), 1).await;
    bao.write_v1(&format!("{mount}/sso"), json!({"url": "one"}))
        .await;
    let store = Rig::as_root(bao).store();
    let path = format!("{mount}/sso");
    assert_eq!(text(&store, &path, "/url").await, Ok("one".to_owned()));

    bao.disable(&mount).await;
    bao.enable_kv(&mount, 2).await;
    bao.write(&mount, "sso", json!({"url": "two"})).await;

    assert_eq!(text(&store, &path, "/url").await, Ok("two".to_owned()));
}

#[tokio::test]
async fn engines_that_make_credentials_are_not_read() {
    let bao = OpenBao::shared().await;
    let mount = unique("transit");
    let kind = json!({"type": "transit"});
    bao.call("POST", &format!("sys/mounts/{mount}"), Some(kind))
        .await;
    let store = Rig::as_root(bao).store();
    let found = text(&store, &format!("{mount}/keys/x"), "/url").await;
    assert_eq!(found, Err(Reason::NotFound));
}

#[tokio::test]
async fn a_namespace_is_sent_with_every_call() {
    let bao = OpenBao::shared().await;
    let namespace = unique("team");
    bao.call(
        "POST",
        &format!("sys/namespaces/{namespace}"),
        Some(json!({})),
    )
    .await;
    let kv = Some(json!({"type": "kv"}));
    bao.call("POST", &format!("@{namespace}/sys/mounts/kv"), kv)
        .await;
    bao.write_v1(&format!("@{namespace}/kv/sso"), json!({"url": "theirs"}))
        .await;

    let mut rig = Rig::as_root(bao);
    rig.settings.namespace = Some(namespace);
    assert_eq!(
        text(&rig.store(), "kv/sso", "/url").await,
        Ok("theirs".to_owned())
    );
    rig.settings.namespace = Some("no-such-namespace".to_owned());
    let found = text(&rig.store(), "kv/sso", "/url").await;
    assert!(
        matches!(found, Err(Reason::Unauthenticated | Reason::NotFound)),
        "{found:?}"
    );
}

#[tokio::test]
async fn a_namespace_that_is_no_header_is_refused_before_anything_is_sent() {
    let mut rig = Rig::with_token("http://127.0.0.1:9", "t");
    rig.settings.namespace = Some("te\nam".to_owned());
    let refused = rig.try_store().unwrap_err().to_string();
    assert_eq!(refused, "namespace must not contain control characters");
}

#[tokio::test]
async fn names_with_blanks_and_signs_are_read_as_they_are() {
    let bao = OpenBao::shared().await;
    let mount = bao.enable_kv(&unique("kv"), 1).await;
    bao.write_v1(&format!("{mount}/a%20b%3Fc%23d%25e"), json!({"url": "odd"}))
        .await;
    let store = Rig::as_root(bao).store();
    let found = text(&store, &format!("{mount}/a b?c#d%e"), "/url").await;
    assert_eq!(found, Ok("odd".to_owned()));
}

#[tokio::test]
async fn an_answer_beyond_the_bound_is_too_large() {
    let bao = OpenBao::shared().await;
    let mount = bao.enable_kv(&unique("kv"), 2).await;
    bao.write(&mount, "sso", json!({"url": "x".repeat(100_000)}))
        .await;
    let mut rig = Rig::as_root(bao);
    rig.settings.max_response_bytes = 64 * 1024;
    let found = text(&rig.store(), &format!("{mount}/sso"), "/url").await;
    assert_eq!(found, Err(Reason::TooLarge));
}
