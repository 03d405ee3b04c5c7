//! Each link broken by itself, and nothing but that link named.

use kcwatch::{
    model::{Cause, Reason, Step},
    watch::oidc_integration::{config::Flow, fold::Facts, look::Seen},
};
use serde_json::{Value, json};

use super::scene::{
    CLIENTS, DISCOVERY, Found, KEYS, Realm, Rig, SECRET, TOKEN, account, application, ok, realm,
};
use crate::servers::{Fake, Reply};

/// Where the chain is broken if this is found at a path.
async fn fault(
    at: &'static str,
    found: impl Fn(&Realm) -> Found + Send + Sync + 'static,
) -> (Step, Cause) {
    let server = realm(move |realm, path| (path == at).then(|| found(realm))).await;
    let seen = Rig::realm(&server).look().await.expect("it can be judged");
    assert!(seen.chain.held.is_sorted(), "{seen:?}");
    seen.chain.fault().expect("a broken link")
}

fn status(head: &str) -> Found {
    (head.to_owned(), "{}".to_owned())
}

fn with(mut of: Value, changes: &Value) -> Value {
    let changes = changes.as_object().expect("an object").clone();
    of.as_object_mut().expect("an object").extend(changes);
    of
}

#[tokio::test]
async fn a_whole_chain_holds_by_one_login_and_a_request_a_page() {
    let server = realm(|_, _| None).await;
    let seen = Rig::realm(&server).look().await.expect("it can be judged");
    let without_tls = Step::ALL.into_iter().filter(|step| *step != Step::Tls);
    assert_eq!(seen.chain.held, without_tls.collect::<Vec<_>>());
    assert_eq!(seen.chain.broken, None);
    assert_eq!(seen.keys.map(|keys| keys.count), Some(1));
    assert_eq!(seen.certificate_end, None);
    assert!(
        seen.clock_offset.is_some_and(|offset| offset.abs() <= 1),
        "{seen:?}"
    );
    let asked = server.requests();
    let asked: Vec<&str> = asked
        .iter()
        .filter_map(|request| request.split_whitespace().nth(1))
        .collect();
    let paths = [
        DISCOVERY,
        KEYS,
        TOKEN,
        &format!("{CLIENTS}zync"),
        &format!("{CLIENTS}shop"),
    ];
    assert_eq!(asked, paths.map(|path| format!("/realms/a{path}")));
}

#[tokio::test]
async fn the_discovery_document_must_be_one() {
    use Cause::{
        EndpointMissing, NoAlgorithms, NotFound, NotJson, OtherIssuer, Redirected, UnexpectedStatus,
    };
    type Find = fn(&Realm) -> Found;
    let cases: [(Find, Cause); 9] = [
        (
            |realm| {
                ok(&with(
                    realm.discovery(),
                    &json!({"issuer": "https://elsewhere"}),
                ))
            },
            OtherIssuer,
        ),
        (
            |realm| {
                ok(&with(
                    realm.discovery(),
                    &json!({"issuer": format!("{}/", realm.issuer)}),
                ))
            },
            OtherIssuer,
        ),
        (
            |realm| ok(&with(realm.discovery(), &json!({"jwks_uri": null}))),
            EndpointMissing,
        ),
        (
            |realm| {
                ok(&with(
                    realm.discovery(),
                    &json!({"id_token_signing_alg_values_supported": []}),
                ))
            },
            NoAlgorithms,
        ),
        (
            |_| {
                (
                    "200 OK\r\nContent-Type: text/html".to_owned(),
                    "<html>".to_owned(),
                )
            },
            NotJson,
        ),
        (
            |realm| ("200 OK".to_owned(), realm.discovery().to_string()),
            NotJson,
        ),
        (|_| status("302 Found\r\nLocation: /elsewhere"), Redirected),
        (|_| status("404 Not Found"), NotFound),
        (|_| status("204 No Content"), UnexpectedStatus),
    ];
    for (find, cause) in cases {
        assert_eq!(fault(DISCOVERY, find).await, (Step::Discovery, cause));
    }
}

#[tokio::test]
async fn the_key_set_must_have_a_key_that_signs() {
    let keys =
        |changes: Value| move |realm: &Realm| ok(&json!({"keys": [with(realm.key(), &changes)]}));
    let broken = |cause| (Step::Keys, cause);
    let empty = fault(KEYS, |_| ok(&json!({"keys": []}))).await;
    assert_eq!(empty, broken(Cause::NoKeys));
    let twice = fault(KEYS, |realm| {
        ok(&json!({"keys": [realm.key(), realm.key()]}))
    })
    .await;
    assert_eq!(twice, broken(Cause::DuplicateKid));
    let encrypts = fault(KEYS, keys(json!({"use": "enc", "alg": "RSA-OAEP"}))).await;
    assert_eq!(encrypts, broken(Cause::NoSigningKey));
    let strange = fault(KEYS, keys(json!({"kty": "OKP"}))).await;
    assert_eq!(strange, broken(Cause::UnsupportedKeys));
    let html = fault(KEYS, |_| {
        (
            "200 OK\r\nContent-Type: text/html".to_owned(),
            String::new(),
        )
    })
    .await;
    assert_eq!(html, broken(Cause::NotJson));
    let other = fault(KEYS, keys(json!({"kid": "two"}))).await;
    assert_eq!(other, (Step::Token, Cause::KidUnknown));
}

#[tokio::test]
async fn the_account_must_get_a_token_that_apicast_takes() {
    let refused = |_: &Realm| {
        let said =
            json!({"error": "unauthorized_client", "error_description": "Invalid client secret"});
        (
            "401 Unauthorized\r\nContent-Type: application/json".to_owned(),
            said.to_string(),
        )
    };
    assert_eq!(
        fault(TOKEN, refused).await,
        (Step::Grant, Cause::SecretRefused)
    );
    for (claim, value, cause) in [
        ("exp", json!(1), Cause::Exp),
        ("iss", json!("https://elsewhere"), Cause::Iss),
        ("sub", json!(null), Cause::Sub),
    ] {
        let found = move |realm: &Realm| {
            let claims = with(realm.claims(), &json!({ claim: value }));
            ok(&json!({"access_token": realm.token(&claims)}))
        };
        assert_eq!(fault(TOKEN, found).await, (Step::Token, cause), "{claim}");
    }
}

#[tokio::test]
async fn the_account_must_be_allowed_to_manage_clients() {
    const OWN: &str = "/clients-registrations/default/zync";
    let forbidden = |_: &Realm| {
        (
            "403 Forbidden".to_owned(),
            json!({"error": "insufficient_scope"}).to_string(),
        )
    };
    assert_eq!(
        fault(OWN, forbidden).await,
        (Step::Role, Cause::RoleMissing)
    );
    let views = |realm: &Realm| {
        let roles = json!({"resource_access": {"realm-management": {"roles": ["view-clients"]}}});
        ok(&json!({"access_token": realm.token(&with(realm.claims(), &roles))}))
    };
    assert_eq!(fault(TOKEN, views).await, (Step::Role, Cause::RoleMissing));
    let missing = |_: &Realm| {
        (
            "404 Not Found".to_owned(),
            json!({"error": "invalid_request"}).to_string(),
        )
    };
    assert_eq!(fault(OWN, missing).await, (Step::Role, Cause::NotFound));
    let flow = |_: &Realm| ok(&with(account(), &json!({"standardFlowEnabled": true})));
    assert_eq!(
        fault(OWN, flow).await,
        (Step::Client, Cause::StandardFlowOn)
    );
    let html = |_: &Realm| ("200 OK".to_owned(), "<html>".to_owned());
    assert_eq!(fault(OWN, html).await, (Step::Client, Cause::Unreadable));
}

#[tokio::test]
async fn applications_must_be_there_as_3scale_has_them() {
    let server = realm(|_, path| {
        let id = path.strip_prefix(CLIENTS)?;
        let changes = match id {
            "off" => json!({"enabled": false}),
            "moved" => json!({"redirectUris": ["https://elsewhere.example.com/"]}),
            "direct" => json!({"directAccessGrantsEnabled": true}),
            _ => return None,
        };
        Some(ok(&with(application(), &changes)))
    })
    .await;
    let mut rig = Rig::realm(&server);
    for (id, flows, cause) in [
        ("gone", None, Some(Cause::ApplicationMissing)),
        ("off", None, Some(Cause::ApplicationDisabled)),
        ("moved", None, Some(Cause::RedirectMissing)),
        ("direct", None, None),
        (
            "direct",
            Some(vec![Flow::Standard]),
            Some(Cause::OtherFlows),
        ),
        (
            "direct",
            Some(vec![Flow::DirectAccess, Flow::Standard]),
            None,
        ),
        ("a/../b?c#d%", None, Some(Cause::ApplicationMissing)),
    ] {
        let mut second = rig.wanted.applications[0].clone();
        second.client_id = id.to_owned();
        second.flows = flows;
        rig.wanted.applications.truncate(1);
        rig.wanted.applications.push(second);
        let seen = rig.look().await.expect("it can be judged");
        let broken = seen.chain.broken.as_ref();
        assert_eq!(broken.map(|broken| broken.cause), cause, "{id}");
        if let Some(broken) = broken {
            assert_eq!(
                (broken.step, broken.application.as_deref()),
                (Step::Applications, Some(id))
            );
        }
    }
}

#[tokio::test]
async fn credentials_go_nowhere_but_to_the_configured_issuer() {
    let server = realm(|_, _| None).await;
    let mut rig = Rig::realm(&server);
    let port = server.address().rsplit_once(':').expect("a port").1;
    let secret = "canary-of-the-account%2F%25%3F";
    rig.keep_url(&format!("http://zync:{secret}@127.0.0.1:{port}/realms/a"));
    assert_eq!(rig.fault().await, None);
    let logins = |server: &Fake| {
        server
            .requests()
            .iter()
            .filter(|request| request.starts_with("POST"))
            .count()
    };
    assert_eq!(logins(&server), 1);
    for elsewhere in [
        format!("127.0.0.1:{port}/realms/b"),
        format!("127.0.0.1:{port}/realms/a/"),
        "sso.example.com/realms/a".to_owned(),
    ] {
        rig.keep_url(&format!("http://zync:{secret}@{elsewhere}"));
        assert_eq!(
            rig.fault().await,
            Some((Step::Discovery, Cause::OtherIssuer))
        );
    }
    assert_eq!(logins(&server), 1);
    rig.keep_url(server.address());
    assert_eq!(rig.look().await, Err(Reason::ShapeUnknown.into()));
    rig.keep(&json!({"secret": SECRET}));
    assert_eq!(rig.look().await, Err(Reason::FieldMissing.into()));
}

/// What is known after a look.
fn known(facts: &Facts, rig: &Rig, seen: &Result<Seen, kcwatch::model::Failure>) -> Facts {
    let seen = seen.as_ref().map_err(|failure| failure.reason);
    facts.after(&rig.wanted, seen, kcwatch::model::UnixTime::from_seconds(0))
}

#[tokio::test]
async fn what_may_pass_breaks_a_link_only_when_it_lasts() {
    let fails = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let switch = fails.clone();
    let server = realm(move |_, path| {
        let is_down = path == KEYS && switch.load(std::sync::atomic::Ordering::SeqCst);
        is_down.then(|| status("503 Service Unavailable\r\nRetry-After: 7"))
    })
    .await;
    let rig = Rig::realm(&server);
    let visitor = rig.visitor();
    let mut facts = Facts::default();
    let mut said = Vec::new();
    for is_down in [true, false, true, true, true, false] {
        fails.store(is_down, std::sync::atomic::Ordering::SeqCst);
        let seen = rig.look_again(&visitor, Some(&facts)).await;
        facts = known(&facts, &rig, &seen);
        said.push(match seen {
            Ok(seen) => seen
                .chain
                .fault()
                .map_or("holds", |(_, cause)| cause.label()),
            Err(failure) => {
                assert_eq!(failure.retry_after.map(|wait| wait.as_secs()), Some(7));
                assert_eq!(failure.reason, Reason::ServerError);
                "waits"
            }
        });
    }
    // Nothing known: broken. Then once a failure of the look, and broken for as long as it lasts.
    assert_eq!(
        said,
        [
            "server_error",
            "holds",
            "waits",
            "server_error",
            "server_error",
            "holds"
        ]
    );
    assert_eq!(facts.failures, 0);
}

#[tokio::test]
async fn a_server_that_asks_to_slow_down_is_not_judged() {
    for at in [DISCOVERY, TOKEN, "/clients-registrations/default/shop"] {
        let server = realm(move |_, path| {
            (path == at).then(|| status("429 Too Many Requests\r\nRetry-After: 9"))
        })
        .await;
        let failure = Rig::realm(&server).look().await.expect_err("no judgement");
        assert_eq!(failure.reason, Reason::RateLimited, "{at}");
        assert_eq!(failure.retry_after.map(|wait| wait.as_secs()), Some(9));
    }
}

#[tokio::test]
async fn answers_without_end_and_none_at_all_are_bounded() {
    let endless = Fake::start(|_| Reply::Endless).await;
    let said = Rig::realm(&endless).fault().await;
    // It says no media type either, but what it says is read first.
    assert_eq!(said, Some((Step::Discovery, Cause::TooLarge)));
    assert!(endless.sent() < 64 * 1024 * 1024);
    let silent = Fake::start(|_| Reply::Silence).await;
    let mut rig = Rig::realm(&silent);
    rig.timeout = std::time::Duration::from_millis(200);
    assert_eq!(rig.fault().await, Some((Step::Discovery, Cause::Timeout)));
    let garbage = Fake::start(|_| Reply::Last(b"SSH-2.0-OpenSSH\r\n".to_vec())).await;
    let said = Rig::realm(&garbage).fault().await;
    assert_eq!(said, Some((Step::Discovery, Cause::BadResponse)));
    let nobody = Rig::of("http://127.0.0.1:1/realms/a");
    assert_eq!(
        nobody.fault().await,
        Some((Step::Connection, Cause::Unreachable))
    );
}
