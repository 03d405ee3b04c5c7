//! Planted secrets must be nowhere in what comes out of a store, whatever happens in it.

use std::sync::{
    Mutex,
    atomic::{AtomicUsize, Ordering},
};

use kcwatch::config::{Auth, KvVersion};
use serde_json::json;
use tracing::subscriber::DefaultGuard;

use super::{
    logs::Captured,
    rig::{Opened, Rig, read},
};
use crate::servers::{Approle, Fake, OpenBao, Reply, unique};

/// Part of every planted value.
pub(crate) const CANARY: &str = "kaNarieNvogel";

/// Some libraries log through the `log` crate. This logger serves the whole process, and keeps what gives
/// something away.
struct Watchman;

static SEEN: AtomicUsize = AtomicUsize::new(0);
static GIVEN_AWAY: Mutex<Vec<String>> = Mutex::new(Vec::new());

impl log::Log for Watchman {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        SEEN.fetch_add(1, Ordering::Relaxed);
        let line = format!("{} {}", record.target(), record.args());
        if line.contains(CANARY) {
            GIVEN_AWAY.lock().expect("no panic").push(line);
        }
    }

    fn flush(&self) {}
}

/// Fails the test if a planted value came out anywhere.
pub(crate) fn nothing_is_given_away(captured: &Captured, said: &str, expected: &str) {
    let logs = captured.text();
    assert!(logs.contains(expected), "nothing was captured: {logs}");
    assert!(
        SEEN.load(Ordering::Relaxed) > 0,
        "no library logged anything"
    );
    assert!(
        !said.contains(CANARY) && !logs.contains(CANARY),
        "{said}\n{logs}"
    );
    let given_away = GIVEN_AWAY.lock().expect("no panic").clone();
    assert_eq!(given_away, Vec::<String>::new());
}

/// Captures everything from now on, of both ways to log.
pub(crate) fn listening() -> (Captured, DefaultGuard) {
    // Another test may have been first.
    drop(log::set_logger(&Watchman));
    log::set_max_level(log::LevelFilter::Trace);
    Captured::start()
}

pub(crate) fn planted(what: &str) -> String {
    format!("{what}-{CANARY}")
}

/// Reads, and says everything that can be said about it.
async fn all_that_is_said(store: &Opened, path: &str) -> String {
    let outcome = read(store, path).await;
    let store: &kcwatch::store::Store = store;
    let status = store.status().borrow().clone();
    let failure = outcome
        .as_ref()
        .err()
        .map(|failure| failure.reason.advice());
    format!("{outcome:?} {store:?} {status:?} {failure:?}")
}

#[tokio::test]
async fn a_real_server_gives_nothing_away() {
    let bao = OpenBao::shared().await;
    let mount = bao.enable_kv(&unique("kv"), 2).await;
    let token = json!({"url": planted("url"), "initial-access-token": planted("content")});
    bao.write(&mount, "sso", token).await;
    let rules = format!("path \"{mount}/data/sso\" {{ capabilities = [\"read\"] }}");
    let policy = bao.policy(&unique("policy"), &rules).await;
    let role_id = planted(&unique("role"));
    let approle = bao.approle(json!({"token_policies": [policy]})).await;
    let role = format!("auth/{}/role/kcwatch", approle.mount);
    bao.call(
        "POST",
        &format!("{role}/role-id"),
        Some(json!({"role_id": role_id})),
    )
    .await;
    let secret_id = planted(&unique("secret"));
    let custom = Some(json!({"secret_id": secret_id}));
    bao.call("POST", &format!("{role}/custom-secret-id"), custom)
        .await;
    let approle = Approle {
        role_id,
        secret_id,
        ..approle
    };

    let (captured, guard) = listening();
    let rig = Rig::with_approle(&bao.address(), &approle);
    let store = rig.store();
    let mut said = all_that_is_said(&store, &format!("{mount}/sso")).await;
    assert!(
        said.starts_with("Ok(Secret { content: [REDACTED]"),
        "{said}"
    );
    said += &all_that_is_said(&store, &format!("{mount}/other")).await;
    said += &all_that_is_said(&store, "nowhere/at/all").await;
    rig.write("secret_id", &planted("wrong"));
    said += &all_that_is_said(&rig.store(), &format!("{mount}/sso")).await;
    store.log_out().await;
    drop(guard);

    nothing_is_given_away(&captured, &said, "logged in to store `devshift`");
    nothing_is_given_away(&captured, &said, "cannot log in to store `devshift`");
}

/// Answers that quote secrets in every place where one can be.
fn telling_answers() -> Vec<(String, String)> {
    let secret = planted("content");
    [
        ("200 OK", format!(r#"{{"data": {{"token": "{secret}"}}}}"#)),
        ("200 OK", format!(r#"{{"data": "{secret}"}}"#)),
        ("200 OK", format!(r#"{{"data": {{"token": "{secret}""#)),
        ("200 OK", format!("<html>{secret}</html>")),
        ("400 Bad Request", format!(r#"{{"errors": ["{secret}"]}}"#)),
        ("403 Forbidden", format!(r#"{{"errors": ["{secret}"]}}"#)),
        ("404 Not Found", format!(r#"{{"errors": ["{secret}"]}}"#)),
        (
            "404 Not Found",
            format!(r#"{{"data": {{"data": "{secret}"}}, "warnings": ["{secret}"]}}"#),
        ),
        ("500 Oh", secret.clone()),
        (
            "503 Oh",
            format!(r#"{{"errors": ["Vault is sealed {secret}"]}}"#),
        ),
    ]
    .into_iter()
    .map(|(head, body)| (head.to_owned(), body))
    .chain([(
        format!("302 Found\r\nLocation: http://{secret}.invalid/"),
        secret.clone(),
    )])
    .chain([(format!("429 Slow\r\nRetry-After: {secret}"), secret.clone())])
    .chain([(
        format!("200 {secret}\r\nBad Header {secret}: x"),
        secret.clone(),
    )])
    .collect()
}

#[tokio::test]
async fn answers_that_quote_secrets_give_nothing_away() {
    let (captured, guard) = listening();
    let mut said = String::new();
    for (head, body) in telling_answers() {
        for version in [KvVersion::V1, KvVersion::V2] {
            let (head, body) = (head.clone(), body.clone());
            let fake = Fake::start(move |request| {
                if request.contains("lookup-self") {
                    return Reply::ok(r#"{"data": {"ttl": 7200, "renewable": true}}"#);
                }
                Reply::whole(&head, &body)
            })
            .await;
            let rig = Rig::with_token(fake.address(), &planted("token")).stating("kv", version);
            said += &all_that_is_said(&rig.store(), "kv/sso").await;
        }
    }
    drop(guard);
    nothing_is_given_away(&captured, &said, "logged in");
}

#[tokio::test]
async fn logins_whose_answers_quote_secrets_give_nothing_away() {
    let (captured, guard) = listening();
    let mut said = String::new();
    let token = planted("token");
    let wrong = [
        format!(r#"{{"auth": {{"client_token": "{token}", "lease_duration": "{token}"}}}}"#),
        format!(r#"{{"auth": {{"client_token": "{token}\n", "lease_duration": 1}}}}"#),
        format!(r#"{{"auth": "{token}"}}"#),
        format!(r#"{{"auth": {{"client_token": "{token}", "lease_duration": 3600}}}}"#),
    ];
    for answer in wrong
        .map(|body| ("200 OK".to_owned(), body))
        .into_iter()
        .chain(telling_answers())
    {
        let fake = Fake::start(move |_| Reply::whole(&answer.0, &answer.1)).await;
        let rig = Rig::with_token(fake.address(), &token);
        let jwt_file = rig.write("jwt", &planted("jwt"));
        let auths = [
            Auth::Jwt {
                mount: "jwt".into(),
                role: "r".into(),
                jwt_file: jwt_file.clone(),
            },
            Auth::Kubernetes {
                mount: "k".into(),
                role: "r".into(),
                jwt_file: jwt_file.clone(),
            },
            Auth::Token { file: jwt_file },
        ];
        let mut rig = rig;
        for auth in auths {
            rig = rig.logging_in(auth);
            let store = rig.store();
            said += &all_that_is_said(&store, "kv/sso").await;
            store.log_out().await;
        }
    }
    drop(guard);
    nothing_is_given_away(&captured, &said, "cannot log in");
}
