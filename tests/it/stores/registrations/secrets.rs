//! Counting by secrets.

use kcwatch::watch::initial_access_token::{config::Read, counted::Used};
use serde_json::{Value, json};

use super::{
    Engine, ISSUER, Watch, client, merged, of_first_generation, of_later_generations,
    registration_token,
};
use crate::stores::rig::Rig;

const OTHER: &str = "https://sso.example.com/realms/stage";

#[tokio::test]
async fn every_generation_of_secrets_is_counted_from_the_moment_of_registration() {
    for version in [1, 2] {
        let engine = Engine::new(version).await;
        for (path, content) in [
            ("a/first-before", of_first_generation("1", ISSUER, -1)),
            ("a/first-at", of_first_generation("2", ISSUER, 0)),
            ("a/second-after", of_later_generations("3", ISSUER, 1)),
            ("a/third-before", of_later_generations("4", ISSUER, -86_400)),
            ("b/third-after", of_later_generations("5", ISSUER, 60)),
            ("b/of-stage", of_later_generations("6", OTHER, 60)),
            ("b/copy-of-third", of_later_generations("5", ISSUER, 60)),
        ] {
            engine.write(path, content).await;
        }
        let store = Rig::as_root(engine.bao).store();
        let folders = ["a", "b"].map(|name| engine.folder(name));
        let mut watch = Watch::new(&store, Read::Secrets, &folders);
        assert_eq!(watch.look().await, Ok(Used::Known(3)), "version {version}");
        assert_eq!((watch.known().unclear(), watch.known().unread()), (0, 0));

        engine.delete("b/third-after").await;
        engine.delete("b/copy-of-third").await;
        assert_eq!(
            watch.look().await,
            Ok(Used::Known(3)),
            "nothing is given back"
        );
        let again = of_later_generations("7", ISSUER, 120);
        engine.write("b/third-after", again).await;
        assert_eq!(
            watch.look().await,
            Ok(Used::Known(4)),
            "the same name again"
        );
    }
}

#[tokio::test]
async fn the_issuer_of_the_token_or_the_one_beside_it_has_to_be_ours() {
    let engine = Engine::new(1).await;
    let with = |id: &str, token: &str, beside: Value| {
        let content = client(id, token, 60);
        merged(content, &json!({"issuer": beside}))
    };
    for (path, content) in [
        ("a/both", with("1", ISSUER, json!(format!("{ISSUER}/")))),
        ("a/token", with("2", ISSUER, json!(OTHER))),
        ("a/beside", with("3", OTHER, json!(ISSUER))),
        ("a/neither", with("4", OTHER, json!(OTHER))),
        ("a/no-text", with("5", OTHER, json!(7))),
    ] {
        engine.write(path, content).await;
    }
    let store = Rig::as_root(engine.bao).store();
    let mut watch = Watch::new(&store, Read::Secrets, &[engine.folder("a")]);
    assert_eq!(watch.look().await, Ok(Used::Known(3)));
}

#[tokio::test]
async fn a_secret_that_tells_nothing_is_unclear_and_counts_by_its_date_alone() {
    let strange = [
        json!({"x": 1}),
        json!({"registration_access_token": ""}),
        json!({"registration_access_token": {"a": 1}}),
        json!({"registration_access_token": "<script>alert(1)</script>"}),
        json!({"registration_access_token": "a.b.c"}),
        json!({"client_id": "x".repeat(4_000), "issuer": "<b>"}),
        json!({"registration_access_token": signed(&json!({"jti": "1", "iss": ISSUER}))}),
        json!({"registration_access_token": signed(&json!({"iat": super::EFFECTIVE, "iss": ISSUER}))}),
        json!({"registration_access_token":
            signed(&json!({"jti": "1", "iat": super::EFFECTIVE, "typ": "InitialAccessToken"}))}),
        json!({"registration_access_token": registration_token("1", ISSUER, 1_000_000_000_000)}),
    ];
    for version in [1, 2] {
        let engine = Engine::new(version).await;
        for (number, content) in strange.iter().enumerate() {
            let name = format!("a/{number}");
            engine.write(&name, content.clone()).await;
        }
        // Beside one that does: without any, nothing is known.
        let before = registration_token("0", ISSUER, -10);
        engine
            .write("a/client", json!({"registration_access_token": before}))
            .await;
        let mut expected = u64::try_from(strange.len()).unwrap();
        if version == 2 {
            // Only this version holds something that is no object.
            engine.write("a/null", Value::Null).await;
            expected += 1;
        }
        let store = Rig::as_root(engine.bao).store();
        let mut watch = Watch::new(&store, Read::Secrets, &[engine.folder("a")]);
        // Version 2 tells when they were written, and that is long after our token took effect.
        let counted = if version == 2 { expected } else { 0 };
        assert_eq!(
            watch.look().await,
            Ok(Used::Known(counted)),
            "version {version}"
        );
        assert_eq!(watch.known().unclear(), expected, "version {version}");
        engine.write("a/later", json!({"x": 1})).await;
        assert_eq!(
            watch.look().await,
            Ok(Used::Known(counted + 1)),
            "version {version}"
        );
    }
}

fn signed(claims: &Value) -> String {
    kcwatch::jwt::sign_sample(claims, b"a key of ours").expect("it can be signed")
}

#[tokio::test]
async fn a_name_with_a_space_or_a_sign_is_read_too() {
    let engine = Engine::new(1).await;
    engine
        .write("a/odd%20name%3F%23%25", client("1", ISSUER, 60))
        .await;
    let store = Rig::as_root(engine.bao).store();
    let mut watch = Watch::new(&store, Read::Secrets, &[engine.folder("a")]);
    assert_eq!(watch.look().await, Ok(Used::Known(1)));
}

#[tokio::test]
async fn deleted_secrets_of_version_2_count_by_their_date_and_are_no_failure() {
    let engine = Engine::new(2).await;
    for name in ["kept", "deleted"] {
        let path = format!("a/{name}");
        engine.write(&path, client(name, ISSUER, 60)).await;
    }
    let deleted = format!("{}/data/a/deleted", engine.mount);
    engine.bao.call("DELETE", &deleted, None).await;
    let store = Rig::as_root(engine.bao).store();
    let mut watch = Watch::new(&store, Read::Secrets, &[engine.folder("a")]);
    assert_eq!(watch.look().await, Ok(Used::Known(2)));
    assert_eq!(watch.known().unclear(), 0);
}
