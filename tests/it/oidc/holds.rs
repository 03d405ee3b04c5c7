//! The whole chain holds, and what is told of it beside: the certificate, the clock, and when the keys changed.

use kcwatch::model::UnixTime;
use serde_json::{Value, json};

use super::{
    faults::Deed,
    rig::{STEPS, Watching, canaries, says},
    scene::{Scene, TARGET},
};
use crate::{
    daemon::{page::Series, tokens::now},
    servers::{CERTIFICATE_ENDS, OpenBao, eventually, on_both, unique},
};

/// The links of the chain where no TLS is spoken.
const WITHOUT_TLS: [&str; 8] = [
    "connection",
    "discovery",
    "keys",
    "grant",
    "token",
    "role",
    "client",
    "applications",
];

/// The series of a metric that has no label but the target.
fn of(metric: &str, target: &str) -> String {
    format!("kcwatch_oidc_{metric}{{target=\"{target}\"}}")
}

/// The two targets of a scene, with the credentials apart in OpenBao, and as Zync takes them in a file; Keycloak's own TLS.
async fn two_targets(scene: &Scene<'_>) -> crate::daemon::settings::Settings {
    let bao = OpenBao::shared().await;
    let mount = bao.enable_kv(&unique("kv"), 2).await;
    bao.write(&mount, "zync", scene.apart()).await;
    let address = scene.keycloak.tls_address();
    let issuer = format!("{address}/realms/{}", scene.realm.name);
    scene.write_secret(&scene.as_url(&issuer));
    let target = |name: &str, credentials: &Value| {
        let integration = json!({"identity_provider": "sso", "credentials": credentials});
        json!({"name": name, "tier": "prod", "interval": "2s", "oidc_integration": integration})
    };
    let apart = json!({
        "store": "bao", "path": format!("{mount}/zync"),
        "client_id": scene.zync.client_id, "client_secret": "/client_secret",
    });
    let as_url = json!({"store": "mounted", "path": "zync", "url": "/oidc_issuer_endpoint"});
    scene
        .settings()
        .with_root("bao", bao, &scene.home)
        .with("/identity_providers/sso/issuer", issuer)
        .with(
            "/targets",
            json!([target("apart", &apart), target("as-url", &as_url)]),
        )
}

/// What is told of a target whose chain holds, at the own TLS of a server that tests share.
fn is_told_in_full(series: &Series, target: &str) {
    let value = |metric: &str| series.get(&of(metric, target));
    assert_eq!(value("signing_keys"), Some(1.0), "{target}");
    #[expect(
        clippy::cast_precision_loss,
        clippy::as_conversions,
        reason = "a second of this century"
    )]
    let ends = CERTIFICATE_ENDS as f64;
    assert_eq!(
        value("certificate_expiration_timestamp_seconds"),
        Some(ends),
        "{target}"
    );
    // A clock is told in whole seconds.
    let offset = value("clock_offset_seconds").unwrap();
    assert!(offset.abs() <= 2.0, "{target}: {offset}");
    assert_eq!(value("clock_offset_limit_seconds"), Some(5.0), "{target}");
    assert_eq!(value("keys_changed_timestamp_seconds"), None, "{target}");
    let label = format!("target=\"{target}\"");
    let thresholds = series.with(&["kcwatch_oidc_certificate_expiry_threshold_seconds{", &label]);
    let days: Vec<f64> = thresholds
        .values()
        .map(|seconds| seconds / 86_400.0)
        .collect();
    assert_eq!(days, [0.0, 21.0, 7.0], "{target}: expired, notice, urgent");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_whole_chain_holds_with_credentials_in_both_forms() {
    on_both(async |keycloak| {
        let scene = Scene::new(keycloak, json!({})).await;
        scene.home.configure(&two_targets(&scene).await);
        let daemon = scene.home.start().await;
        for target in ["apart", "as-url"] {
            says(&daemon, target, (&STEPS[..8], None), "at first").await;
            is_told_in_full(&daemon.series().await, target);
        }
        let ended = scene.home.run(&["check"]);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        assert!(ended.stdout.contains("2 targets: 2 ok"), "{ended:?}");
        let ended = scene.home.run(&["request", "apart"]);
        assert_ne!(
            ended.code,
            Some(0),
            "there is nothing to ask for: {ended:?}"
        );
        assert_eq!(ended.stdout, "", "{ended:?}");
    })
    .await;
}

/// A new key with which the realm signs from now on; gives those with which it signed before.
async fn rotate_keys(scene: &Scene<'_>) -> Vec<String> {
    let path = "/components?type=org.keycloak.keys.KeyProvider";
    let before = scene.realm.call("GET", path, None).await;
    let signing = before.as_array().unwrap().iter();
    let signing = signing.filter(|key| key["providerId"] == "rsa-generated");
    let signing = signing.map(|key| key["id"].as_str().unwrap().to_owned());
    let key = json!({
        "name": unique("key"), "providerId": "rsa-generated",
        "providerType": "org.keycloak.keys.KeyProvider",
        "config": {"priority": ["200"], "algorithm": ["RS256"], "keySize": ["2048"]},
    });
    scene.realm.call("POST", "/components", Some(key)).await;
    signing.collect()
}

/// Waits until there are so many signing keys; gives when they changed.
async fn keys(watching: &Watching<'_>, count: f64) -> Option<f64> {
    let daemon = &watching.daemon;
    let number = of("signing_keys", TARGET);
    daemon.wait_for(&number, count).await;
    daemon
        .metric(&of("keys_changed_timestamp_seconds", TARGET))
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_that_are_rotated_break_nothing_but_their_change_is_told_and_remembered() {
    on_both(async |keycloak| {
        let scene = Scene::new(keycloak, json!({})).await;
        let watching = Watching::start(&scene, &scene.settings()).await;
        assert_eq!(keys(&watching, 1.0).await, None);
        #[expect(
            clippy::cast_precision_loss,
            clippy::as_conversions,
            reason = "a second of this century"
        )]
        let begin = now() as f64;

        let old = rotate_keys(&scene).await;
        let added = keys(&watching, 2.0).await.unwrap();
        assert!(added >= begin, "{added} {begin}");
        says(
            &watching.daemon,
            TARGET,
            (&STEPS, None),
            "signed with the new key",
        )
        .await;

        for key in old {
            let path = format!("/components/{key}");
            scene.realm.call("DELETE", &path, None).await;
        }
        let deleted = keys(&watching, 1.0).await.unwrap();
        assert!(deleted > added, "{deleted} {added}");
        says(
            &watching.daemon,
            TARGET,
            (&STEPS, None),
            "without the old key",
        )
        .await;

        let changed = format!("{deleted:.0}").parse().unwrap();
        let changed = UnixTime::from_seconds(changed).to_string();
        eventually("it is on the disk", async || {
            let state = std::fs::read_to_string(scene.home.path("state.json")).ok()?;
            state.contains(&changed).then_some(())
        })
        .await;
        watching.gives_nothing_away(&canaries(&scene)).await;
        let again = scene.home.start().await;
        let changed = of("keys_changed_timestamp_seconds", TARGET);
        again.wait_for(&changed, deleted).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn plain_http_is_spoken_only_where_that_is_allowed_and_the_realm_may_still_refuse() {
    on_both(async |keycloak| {
        let scene = Scene::new(keycloak, json!({})).await;
        let settings = scene
            .settings()
            .with("/identity_providers/sso/issuer", scene.realm.issuer());
        scene.home.configure(&settings);
        let refused = scene.home.run(&["check-config"]);
        assert_eq!(refused.code, Some(78), "{refused:?}");
        let settings = settings.with("/targets/0/oidc_integration/allow_http", true);
        let mut watching = Watching::of(&scene, &settings, &WITHOUT_TLS).await;

        let of_all = |required: &str| Deed::Realm(json!({"sslRequired": required}));
        scene.befall(of_all("all")).await;
        watching
            .breaks("discovery", "https_required", "TLS for all")
            .await;
        scene.befall(of_all("external")).await;
        watching.holds("TLS for strangers").await;
        watching.gives_nothing_away(&canaries(&scene)).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn credentials_for_another_address_are_not_sent() {
    on_both(async |keycloak| {
        let scene = Scene::new(keycloak, json!({})).await;
        let form = json!({"store": "mounted", "path": "zync", "url": "/oidc_issuer_endpoint"});
        let settings = scene
            .settings()
            .with("/targets/0/oidc_integration/credentials", form);
        scene.write_secret(&scene.as_url(&scene.issuer()));
        let mut watching = Watching::start(&scene, &settings).await;
        drop(scene.front.seen());

        scene.write_secret(&scene.as_url("https://sso.example.com/realms/a"));
        watching
            .breaks("discovery", "other_issuer", "another host")
            .await;
        drop(scene.front.seen());
        watching.breaks("discovery", "other_issuer", "still").await;
        let asked = scene.front.seen().requests;
        assert!(!asked.is_empty() && asked.iter().all(|asked| asked.starts_with("GET ")));
        watching.gives_nothing_away(&canaries(&scene)).await;
    })
    .await;
}
