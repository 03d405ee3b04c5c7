//! Counting by names.

use kcwatch::{
    clock,
    model::{Reason, SecretPath, UnixTime},
    watch::initial_access_token::{config::Read, counted::Used},
};
use serde_json::json;

use super::{Engine, Watch};
use crate::stores::rig::Rig;

/// When the latest version of a name was written.
async fn written(watch: &Watch<'_>, folder: &str, name: &str) -> UnixTime {
    let folder = SecretPath::new(folder).expect("a path");
    let listing = watch.store.list(&folder).await.expect("it is there");
    let listed = listing.names.iter().find(|listed| listed.name == name);
    listed
        .and_then(|listed| listed.written)
        .expect("it is dated")
}

fn seconds_after(instant: UnixTime, seconds: i64) -> UnixTime {
    UnixTime::from_seconds(instant.seconds() + seconds)
}

#[tokio::test]
async fn a_late_start_on_version_1_tells_nothing_until_the_next_token() {
    let engine = Engine::new(1).await;
    let folder = engine.folder("clients");
    engine.write("clients/old", json!({"x": 1})).await;
    let store = Rig::as_root(engine.bao).store();
    let mut watch = Watch::new(&store, Read::Names, &[folder]);
    assert_eq!(watch.look().await, Ok(Used::Undated(1)));
    engine.write("clients/new", json!({"x": 1})).await;
    assert_eq!(watch.look().await, Ok(Used::Undated(1)));

    watch.effective = UnixTime::from_seconds(watch.now + 1);
    engine.write("clients/newer", json!({"x": 1})).await;
    assert_eq!(watch.look().await, Ok(Used::Known(1)));
    engine.delete("clients/newer").await;
    assert_eq!(
        watch.look().await,
        Ok(Used::Known(1)),
        "nothing is given back"
    );
    engine.write("clients/newer", json!({"x": 1})).await;
    assert_eq!(
        watch.look().await,
        Ok(Used::Known(2)),
        "the same name again"
    );
    assert_eq!(
        watch.known().counted_at(),
        Some(UnixTime::from_seconds(watch.now))
    );
}

#[tokio::test]
async fn a_late_start_on_version_2_counts_at_once() {
    let engine = Engine::new(2).await;
    let folder = engine.folder("clients");
    for name in ["one", "two"] {
        engine
            .write(&format!("clients/{name}"), json!({"x": 1}))
            .await;
    }
    let store = Rig::as_root(engine.bao).store();
    let mut watch = Watch::new(&store, Read::Names, std::slice::from_ref(&folder));
    watch.now = clock::system()().seconds() + 10;
    let last = written(&watch, &folder, "two").await;
    watch.effective = seconds_after(last, -3_600);
    assert_eq!(watch.look().await, Ok(Used::Known(2)));
    assert_eq!(watch.known().used(seconds_after(last, 1)), Used::Known(0));

    engine.delete("clients/one").await;
    assert_eq!(
        watch.look().await,
        Ok(Used::Known(2)),
        "nothing is given back"
    );
    engine.write("clients/two", json!({"x": 1})).await;
    assert_eq!(
        watch.look().await,
        Ok(Used::Known(3)),
        "the same name again"
    );
    let deleted = format!("{}/data/clients/two", engine.mount);
    engine.bao.call("DELETE", &deleted, None).await;
    assert_eq!(
        watch.look().await,
        Ok(Used::Known(3)),
        "no more than deleted"
    );
    for _ in 0..2 {
        engine.write("clients/two", json!({"x": 1})).await;
    }
    assert_eq!(
        watch.look().await,
        Ok(Used::Known(5)),
        "twice between two looks"
    );
}

#[tokio::test]
async fn a_registration_in_the_second_the_token_took_effect_belongs_to_it() {
    let engine = Engine::new(2).await;
    let folder = engine.folder("clients");
    engine.write("clients/one", json!({"x": 1})).await;
    let store = Rig::as_root(engine.bao).store();
    let mut watch = Watch::new(&store, Read::Names, std::slice::from_ref(&folder));
    watch.now = clock::system()().seconds() + 10;
    watch.effective = written(&watch, &folder, "one").await;
    assert_eq!(watch.look().await, Ok(Used::Known(1)));
}

#[tokio::test]
async fn several_folders_are_one_count_and_only_names_that_end_so_matter() {
    for version in [1, 2] {
        let engine = Engine::new(version).await;
        for path in [
            "a/one-sso.example.com",
            "a/two-sso.stage.example.com",
            "b/one-sso.example.com",
        ] {
            engine.write(path, json!({"x": 1})).await;
        }
        let store = Rig::as_root(engine.bao).store();
        let folders = ["a", "b", "a"].map(|name| engine.folder(name));
        let mut watch = Watch::new(&store, Read::Names, &folders);
        watch.wanted.ending = Some("-sso.example.com".to_owned());
        let expected = match version {
            1 => Used::Undated(2),
            _ => Used::Known(2),
        };
        watch.effective = UnixTime::from_seconds(0);
        assert_eq!(watch.look().await, Ok(expected), "version {version}");
        watch.wanted.ending = Some("-sso.exmaple.com".to_owned());
        let misspelt = watch.look().await;
        assert_eq!(misspelt, Err(Reason::NotFound), "nothing is no zero");
    }
}

#[tokio::test]
async fn a_folder_that_cannot_be_listed_fails_the_look_and_changes_nothing() {
    let engine = Engine::new(2).await;
    for path in ["a/one", "b/one", "above/b/one"] {
        engine.write(path, json!({"x": 1})).await;
    }
    let rules = ["a", "b", "above"].map(|folder| {
        format!(
            "path \"{}/+/{folder}/*\" {{ capabilities = [\"list\"] }}",
            engine.mount
        )
    });
    let policy = engine
        .bao
        .policy(&crate::servers::unique("p"), &rules.join("\n"))
        .await;
    let token = engine.bao.token(json!({"policies": [policy]})).await;
    let store = Rig::with_token(&engine.bao.address(), &token).store();
    let with = async |folder: &str| {
        let folders = ["a", folder].map(|name| engine.folder(name));
        Watch::new(&store, Read::Names, &folders).look().await
    };
    assert_eq!(with("secret").await, Err(Reason::Denied));
    assert_eq!(with("b/missing").await, Err(Reason::NotFound));
    assert_eq!(with("above").await, Err(Reason::ShapeUnknown));

    let folders = ["a", "b"].map(|name| engine.folder(name));
    let mut watch = Watch::new(&store, Read::Names, &folders);
    watch.effective = UnixTime::from_seconds(0);
    assert_eq!(watch.look().await, Ok(Used::Known(2)));
    engine.delete("b/one").await;
    assert_eq!(
        watch.look().await,
        Err(Reason::NotFound),
        "the folder is gone"
    );
    assert_eq!(watch.known().used(watch.effective), Used::Known(2));
}
