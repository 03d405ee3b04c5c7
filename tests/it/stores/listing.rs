//! What lies in a folder, of real servers and of those that cannot be made to say it.

use std::{
    os::unix::fs::{PermissionsExt, symlink},
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use futures_util::{StreamExt, stream};
use kcwatch::{
    config::KvVersion,
    model::{Reason, SecretPath},
    store::{ListedName, Listing, Store},
};
use serde_json::json;

use super::{
    files::Mounted,
    rig::{Rig, status},
};
use crate::servers::{Fake, OpenBao, Reply, unique};

const PLAIN: &str = r#"{"data": {"keys": ["a", "sub/"]}}"#;

async fn list(store: &Store, folder: &str) -> Result<Listing, Reason> {
    let folder = SecretPath::new(folder).expect("a path");
    let listing = store.list(&folder).await;
    listing.map_err(|failure| failure.reason)
}

/// The names in a folder and the number of its folders, or why it cannot be listed.
async fn names(store: &Store, folder: &str) -> Result<(Vec<String>, usize), Reason> {
    let listing = list(store, folder).await?;
    let names = listing.names.into_iter().map(|listed| listed.name);
    Ok((names.collect(), listing.folders))
}

fn a_and_a_folder() -> (Vec<String>, usize) {
    (vec!["a".to_owned()], 1)
}

#[tokio::test]
async fn names_and_folders_of_version_1_are_listed_without_dates() {
    let bao = OpenBao::shared().await;
    let mount = bao.enable_kv(&unique("kv"), 1).await;
    for path in ["team/a", "team/sub/b", "top"] {
        bao.write_v1(&format!("{mount}/{path}"), json!({"x": 1}))
            .await;
    }
    let store = Rig::as_root(bao).store();
    let listing = list(&store, &format!("{mount}/team")).await.unwrap();
    assert_eq!(
        (listing.names, listing.folders),
        (vec![ListedName::new("a")], 1)
    );
    assert_eq!(
        names(&store, &mount).await,
        Ok((vec!["top".to_owned()], 1)),
        "a whole mount is a folder, too"
    );
    for nothing in ["team/a", "missing"] {
        assert_eq!(
            names(&store, &format!("{mount}/{nothing}")).await,
            Err(Reason::NotFound)
        );
    }
    assert_eq!(
        status(&store).up,
        Some(true),
        "none of it is the store's fault"
    );
}

#[tokio::test]
async fn names_of_version_2_are_listed_with_each_version_and_its_date() {
    let bao = OpenBao::shared().await;
    let mount = bao.enable_kv(&unique("kv"), 2).await;
    for name in ["one", "two", "two", "sub/three"] {
        bao.write(&mount, &format!("team/{name}"), json!({"x": 1}))
            .await;
    }
    let only_metadata = Some(json!({"max_versions": 3}));
    bao.call(
        "POST",
        &format!("{mount}/metadata/team/none"),
        only_metadata,
    )
    .await;
    let store = Rig::as_root(bao).store();
    let listing = list(&store, &format!("{mount}/team")).await.unwrap();

    assert_eq!(listing.folders, 1);
    let now = kcwatch::clock::system()();
    let dates = listing.names.iter().flat_map(|listed| {
        let earlier = listed.earlier.iter().map(|(_, at)| *at);
        earlier.chain(listed.written)
    });
    assert!(
        dates
            .map(|at| now.seconds_since(at))
            .all(|age| (0..60).contains(&age))
    );
    let versions: Vec<_> = listing
        .names
        .iter()
        .map(|listed| (listed.name.as_str(), listed.version, listed.earlier.len()))
        .collect();
    assert_eq!(versions, [("one", Some(1), 0), ("two", Some(2), 1)]);
    assert_eq!(
        names(&store, &mount).await,
        Ok((vec![], 1)),
        "nothing but a folder"
    );
    assert_eq!(
        names(&store, &format!("{mount}/missing")).await,
        Err(Reason::NotFound)
    );
}

#[tokio::test]
async fn deleting_destroying_and_describing_a_secret_do_not_change_when_it_was_written() {
    let bao = OpenBao::shared().await;
    let mount = bao.enable_kv(&unique("kv"), 2).await;
    for name in ["deleted", "destroyed", "described", "left-alone"] {
        bao.write(&mount, &format!("team/{name}"), json!({"x": 1}))
            .await;
    }
    let store = Rig::as_root(bao).store();
    let folder = format!("{mount}/team");
    let before = list(&store, &folder).await.unwrap();
    let deleted = format!("{mount}/data/team/deleted");
    bao.call("DELETE", &deleted, None).await;
    let versions = Some(json!({"versions": [1]}));
    let destroyed = format!("{mount}/destroy/team/destroyed");
    bao.call("PUT", &destroyed, versions).await;
    let words = Some(json!({"custom_metadata": {"owner": "somebody"}}));
    let described = format!("{mount}/metadata/team/described");
    bao.call("POST", &described, words).await;
    assert_eq!(list(&store, &folder).await, Ok(before));

    // Another version was written when it was written, whatever became of those before.
    bao.write(&mount, "team/deleted", json!({"x": 2})).await;
    let listing = list(&store, &folder).await.unwrap();
    let again = listing.names.iter().find(|listed| listed.name == "deleted");
    let again = again.unwrap();
    assert_eq!((again.version, again.earlier.len()), (Some(2), 1));
}

#[tokio::test]
async fn ten_thousand_names_come_with_their_dates() {
    let bao = OpenBao::shared().await;
    let mount = bao.enable_kv(&unique("kv"), 2).await;
    let client = reqwest::Client::builder()
        .tls_certs_only([])
        .no_proxy()
        .build()
        .expect("a client");
    let write = async |number: usize| {
        let name = format!("a1b2c3d4-acme-oidc-{number:05}-sso.example.com");
        let url = format!("{}/v1/{mount}/data/team/{name}", bao.address());
        let request = client.post(url).header("X-Vault-Token", bao.root_token());
        let answer = request.body(r#"{"data": {"x": 1}}"#).send().await;
        assert!(answer.expect("an answer").status().is_success());
    };
    let writing = stream::iter((0..10_000).map(write)).buffer_unordered(32);
    writing.for_each(async |()| ()).await;
    let mut rig = Rig::as_root(bao);
    rig.timeout = Duration::from_secs(60);
    let listing = list(&rig.store(), &format!("{mount}/team")).await.unwrap();
    assert_eq!(listing.names.len(), 10_000);
    assert!(listing.names.iter().all(|listed| listed.written.is_some()));
}

#[tokio::test]
async fn a_folder_that_we_may_not_list_is_denied_and_our_token_kept() {
    let bao = OpenBao::shared().await;
    for version in [1, 2] {
        let mount = bao.enable_kv(&unique("kv"), version).await;
        let rules = format!("path \"{mount}/other\" {{ capabilities = [\"read\"] }}");
        let policy = bao.policy(&unique("policy"), &rules).await;
        let approle = bao.approle(json!({"token_policies": [policy]})).await;
        let store = Rig::with_approle(&bao.address(), &approle).store();
        for _ in 0..2 {
            assert_eq!(
                names(&store, &format!("{mount}/team")).await,
                Err(Reason::Denied),
                "version {version}"
            );
        }
        assert_eq!(status(&store).logins, Some(1), "version {version}");
    }
}

#[tokio::test]
async fn a_dead_token_is_replaced_before_a_list_is_given_up() {
    let bao = OpenBao::shared().await;
    let mount = bao.enable_kv(&unique("kv"), 2).await;
    bao.write(&mount, "team/a", json!({"x": 1})).await;
    let rules = format!("path \"{mount}/+/team/*\" {{ capabilities = [\"list\"] }}");
    let policy = bao.policy(&unique("policy"), &rules).await;
    let approle = bao.approle(json!({"token_policies": [policy]})).await;
    let store = Rig::with_approle(&bao.address(), &approle).store();
    let folder = format!("{mount}/team");
    assert_eq!(list(&store, &folder).await.unwrap().names.len(), 1);
    bao.revoke_logins(&approle.mount).await;
    let listing = list(&store, &folder).await.unwrap();
    assert!(listing.names[0].written.is_some(), "details, too");
    assert_eq!(status(&store).logins, Some(2));
}

#[tokio::test]
async fn an_engine_that_changes_its_version_is_listed_all_the_same() {
    let bao = OpenBao::shared().await;
    let mount = bao.enable_kv(&unique("kv"), 1).await;
    bao.write_v1(&format!("{mount}/team/a"), json!({"x": 1}))
        .await;
    let store = Rig::as_root(bao).store();
    let folder = format!("{mount}/team");
    assert_eq!(names(&store, &folder).await, Ok((vec!["a".to_owned()], 0)));
    bao.disable(&mount).await;
    bao.enable_kv(&mount, 2).await;
    bao.write(&mount, "team/b", json!({"x": 1})).await;
    assert_eq!(names(&store, &folder).await, Ok((vec!["b".to_owned()], 0)));
}

fn rig(fake: &Fake, version: KvVersion) -> Rig {
    Rig::with_token(fake.address(), "the-token").stating("kv", version)
}

/// A server that answers lists as told, and everything else as a sound one would.
async fn server(answer: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Fake {
    Fake::start(move |request| {
        if request.starts_with("LIST") {
            answer(request)
        } else {
            Reply::ok(r#"{"data": {"ttl": 0, "type": "service"}}"#)
        }
    })
    .await
}

fn lists(fake: &Fake) -> Vec<String> {
    let requests = fake.requests();
    let lists = requests.iter().filter(|head| head.starts_with("LIST"));
    lists
        .filter_map(|head| head.split(' ').nth(1).map(str::to_owned))
        .collect()
}

#[tokio::test]
async fn a_server_without_a_detailed_list_is_asked_for_it_once() {
    let unknown =
        r#"{"data": null, "warnings": ["Invalid path for a versioned K/V secrets engine."]}"#;
    for (head, body) in [
        ("404 Not Found", unknown),
        ("404 Not Found", r#"{"errors": []}"#),
        (
            "405 Method Not Allowed",
            r#"{"errors": ["1 error occurred:\n\t* unsupported operation\n\n"]}"#,
        ),
        ("403 Forbidden", r#"{"errors": ["permission denied"]}"#),
        ("200 OK", r#"{"data": {"keys": ["a", "sub/"]}}"#),
        (
            "200 OK",
            r#"{"data": {"keys": ["a"], "key_info": {"a": {"current_version": 1}}}}"#,
        ),
    ] {
        let fake = server(move |request| {
            if request.contains("detailed") {
                Reply::whole(head, body)
            } else {
                Reply::ok(PLAIN)
            }
        })
        .await;
        let store = rig(&fake, KvVersion::V2).store();
        for _ in 0..2 {
            assert_eq!(
                names(&store, "kv/team").await,
                Ok(a_and_a_folder()),
                "{body}"
            );
        }
        assert_eq!(
            lists(&fake),
            [
                "/v1/kv/detailed-metadata/team",
                "/v1/kv/metadata/team",
                "/v1/kv/metadata/team"
            ],
            "{body}"
        );
    }
}

#[tokio::test]
async fn a_server_that_fails_is_not_taken_for_one_without_a_detailed_list() {
    for (head, reason) in [
        ("503 Service Unavailable", Reason::ServerError),
        ("429 Too Many Requests", Reason::RateLimited),
    ] {
        let fake = server(move |_| Reply::whole(head, "{}")).await;
        let store = rig(&fake, KvVersion::V2).store();
        for _ in 0..2 {
            assert_eq!(names(&store, "kv/team").await, Err(reason));
        }
        assert_eq!(
            lists(&fake),
            [
                "/v1/kv/detailed-metadata/team",
                "/v1/kv/detailed-metadata/team"
            ]
        );
    }
}

#[tokio::test]
async fn a_list_without_keys_or_with_keys_of_another_kind_is_a_bad_response() {
    for body in [
        "{}",
        r#"{"data": null}"#,
        r#"{"data": {}}"#,
        r#"{"data": {"keys": null}}"#,
        r#"{"data": {"keys": "a"}}"#,
        r#"{"data": {"keys": [1, 2]}}"#,
        r#"{"data": {"keys": {"a": 1}}}"#,
        "<html>please sign in</html>",
        "",
    ] {
        let fake = server(move |_| Reply::ok(body)).await;
        for version in [KvVersion::V1, KvVersion::V2] {
            let store = rig(&fake, version).store();
            assert_eq!(
                names(&store, "kv/team").await,
                Err(Reason::BadResponse),
                "{body}"
            );
        }
    }
}

#[tokio::test]
async fn a_list_may_be_larger_than_a_secret_but_has_a_bound() {
    let keys: Vec<String> = (0..100_000)
        .map(|number| format!("client-{number:012}"))
        .collect();
    let large = json!({"data": {"keys": keys}}).to_string();
    assert!(large.len() > 2 * 1024 * 1024);
    let fake = server(move |_| Reply::ok(&large)).await;
    let found = names(&rig(&fake, KvVersion::V1).store(), "kv/team").await;
    assert_eq!(found.map(|(names, _)| names.len()), Ok(100_000));

    let fake = server(|_| Reply::Endless).await;
    let mut rig = rig(&fake, KvVersion::V1);
    rig.timeout = Duration::from_secs(60);
    assert_eq!(names(&rig.store(), "kv/team").await, Err(Reason::TooLarge));
}

#[tokio::test]
async fn details_beyond_the_bound_give_way_to_names() {
    let fake = server(|request| {
        if request.contains("detailed") {
            Reply::Endless
        } else {
            Reply::ok(PLAIN)
        }
    })
    .await;
    let mut rig = rig(&fake, KvVersion::V2);
    rig.timeout = Duration::from_secs(60);
    assert_eq!(names(&rig.store(), "kv/team").await, Ok(a_and_a_folder()));
}

#[tokio::test]
async fn a_list_that_does_not_come_is_a_timeout() {
    let fake = server(|_| Reply::Silence).await;
    let mut rig = rig(&fake, KvVersion::V2);
    rig.timeout = Duration::from_millis(300);
    let store = rig.store();
    assert_eq!(names(&store, "kv/team").await, Err(Reason::Timeout));
    assert_eq!(status(&store).reason, Some(Reason::Timeout));
    assert_eq!(lists(&fake).len(), 1);
}

#[tokio::test]
async fn a_list_on_a_connection_that_breaks_is_tried_once_more() {
    let lists_so_far = AtomicUsize::new(0);
    let fake = server(move |_| match lists_so_far.fetch_add(1, Ordering::SeqCst) {
        0 => Reply::Last(Vec::new()),
        _ => Reply::ok(PLAIN),
    })
    .await;
    let store = rig(&fake, KvVersion::V1).store();
    assert_eq!(names(&store, "kv/team").await, Ok(a_and_a_folder()));
    assert_eq!(lists(&fake).len(), 2);
}

#[tokio::test]
async fn of_a_directory_json_files_and_mounted_secrets_are_listed() {
    let mounted = Mounted::new();
    mounted.write("team/a.json", "{}");
    mounted.write("team/..data/b.json", "{}");
    mounted.write("team/.hidden.json", "{}");
    mounted.write("team/README", "no secret");
    mounted.write("team/.json", "{}");
    mounted.write("team/c/client_id", "c");
    mounted.write("team/a/client_id", "shadowed by a.json, and the same name");
    mounted.write("team/sub/d.json", "{}");
    std::fs::create_dir(mounted.path("team/empty")).unwrap();
    symlink("..data/b.json", mounted.path("team/b.json")).unwrap();
    symlink("nowhere", mounted.path("team/dangling.json")).unwrap();
    let found = names(&mounted.store, "team").await;
    let expected = ["a", "b", "c"].map(str::to_owned).to_vec();
    assert_eq!(found, Ok((expected, 2)));
    let listing = list(&mounted.store, "team").await.unwrap();
    assert!(listing.names.iter().all(|listed| listed.written.is_none()));
}

#[tokio::test]
async fn a_directory_that_is_missing_empty_or_forbidden_is_told_as_such() {
    let mounted = Mounted::new();
    std::fs::create_dir(mounted.path("empty")).unwrap();
    mounted.write("file.json", "{}");
    for folder in ["missing", "empty", "file.json"] {
        let found = names(&mounted.store, folder).await;
        assert_eq!(found, Err(Reason::NotFound), "{folder}");
    }
    mounted.write("forbidden/a.json", "{}");
    let forbidden = mounted.path("forbidden");
    std::fs::set_permissions(&forbidden, PermissionsExt::from_mode(0o000)).unwrap();
    // Whoever runs as root may read everything.
    let expected = match std::fs::read_dir(&forbidden) {
        Ok(_) => Ok((vec!["a".to_owned()], 0)),
        Err(_) => Err(Reason::Denied),
    };
    assert_eq!(names(&mounted.store, "forbidden").await, expected);
    std::fs::set_permissions(&forbidden, PermissionsExt::from_mode(0o700)).unwrap();

    let gone = Mounted::new();
    std::fs::remove_dir(gone.path("")).unwrap();
    assert_eq!(names(&gone.store, "team").await, Err(Reason::Unreachable));
    assert_eq!(gone.store.status().borrow().up, Some(false));
}
