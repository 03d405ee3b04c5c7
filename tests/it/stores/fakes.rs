//! Answers that no sound server gives: what a proxy, a broken network or an attacker may send.

use std::time::Duration;

use kcwatch::{config::KvVersion, model::Reason};

use super::rig::{Opened, Rig, read, status, text};
use crate::servers::{Fake, Reply};

/// What a sound server says about a token without an end.
const LIVES: &str = r#"{"data": {"ttl": 0, "type": "service"}}"#;

/// A server that knows our token, and answers reads as told.
async fn server(answer: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Fake {
    Fake::start(move |request| {
        if request.contains("lookup-self") {
            Reply::ok(LIVES)
        } else {
            answer(request)
        }
    })
    .await
}

fn rig(fake: &Fake) -> Rig {
    Rig::with_token(fake.address(), "the-token").stating("kv", KvVersion::V1)
}

async fn found(store: &Opened) -> Result<String, Reason> {
    text(store, "kv/sso", "/url").await
}

async fn answered(head: &'static str, body: &'static str) -> Result<String, Reason> {
    let fake = server(move |_| Reply::whole(head, body)).await;
    found(&rig(&fake).store()).await
}

#[tokio::test]
async fn what_is_no_answer_of_the_protocol_is_a_bad_response() {
    for (head, body) in [
        (
            "200 OK\r\nContent-Type: text/html",
            "<html>please sign in</html>",
        ),
        ("200 OK", ""),
        ("204 No Content", ""),
        ("200 OK", "{}x"),
        ("200 OK", "[]"),
        ("403 Forbidden", "<html>blocked</html>"),
        ("404 Not Found", "<html>no such page</html>"),
        ("405 Method Not Allowed", ""),
        ("302 Found", ""),
    ] {
        assert_eq!(
            answered(head, body).await,
            Err(Reason::BadResponse),
            "{head} {body}"
        );
    }
}

#[tokio::test]
async fn a_failing_server_is_told_as_such() {
    for head in [
        "500 Internal Server Error",
        "502 Bad Gateway",
        "503 Service Unavailable",
    ] {
        assert_eq!(
            answered(head, "oh no").await,
            Err(Reason::ServerError),
            "{head}"
        );
    }
}

#[tokio::test]
async fn a_request_to_slow_down_is_told_with_its_time() {
    let fake = server(|_| Reply::whole("429 Too Many Requests\r\nRetry-After: 17", "")).await;
    let failure = read(&rig(&fake).store(), "kv/sso").await.unwrap_err();
    assert_eq!(failure.reason, Reason::RateLimited);
    assert_eq!(failure.retry_after, Some(Duration::from_secs(17)));
}

#[tokio::test]
async fn garbage_and_truncation_are_bad_responses() {
    let garbage = server(|_| Reply::Last(b"SSH-2.0-OpenSSH_9.2p1\r\n".to_vec())).await;
    assert_eq!(
        found(&rig(&garbage).store()).await,
        Err(Reason::BadResponse)
    );
    let cut = b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{\"data\": {\"url\": \"on";
    let cut = server(|_| Reply::Last(cut.to_vec())).await;
    assert_eq!(found(&rig(&cut).store()).await, Err(Reason::BadResponse));
}

#[tokio::test]
async fn an_endless_answer_is_cut_off_at_the_bound() {
    let fake = server(|_| Reply::Endless).await;
    assert_eq!(found(&rig(&fake).store()).await, Err(Reason::TooLarge));
    // Beyond the mebibyte that we read, only what the system's own buffers hold was ever sent.
    assert!(
        fake.sent() < 16 * 1024 * 1024,
        "{} bytes were sent",
        fake.sent()
    );
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_a_timeout_and_takes_no_longer() {
    let fake = server(|_| Reply::Silence).await;
    let mut rig = rig(&fake);
    rig.timeout = Duration::from_millis(300);
    let store = rig.store();
    let begun = tokio::time::Instant::now();
    assert_eq!(found(&store).await, Err(Reason::Timeout));
    assert!(
        begun.elapsed() < Duration::from_secs(2),
        "{:?}",
        begun.elapsed()
    );
    let told = status(&store);
    assert_eq!((told.up, told.reason), (Some(false), Some(Reason::Timeout)));
}

#[tokio::test]
async fn a_login_that_hangs_is_a_timeout_for_all_who_wait_for_it() {
    let fake = Fake::start(|_| Reply::Silence).await;
    let mut rig = rig(&fake);
    rig.timeout = Duration::from_millis(300);
    let store = rig.store();
    let (one, other) = tokio::join!(found(&store), found(&store));
    assert_eq!((one, other), (Err(Reason::Timeout), Err(Reason::Timeout)));
    assert_eq!(fake.requests().len(), 1);
}

#[tokio::test]
async fn a_redirect_to_another_host_is_refused_and_nothing_is_sent_there() {
    let other = Fake::start(|_| Reply::ok(r#"{"data": {"url": "stolen"}}"#)).await;
    for status in ["301", "302", "303", "307", "308"] {
        let head = format!(
            "{status} Elsewhere\r\nLocation: {}/v1/kv/sso",
            other.address()
        );
        let fake = server(move |_| Reply::whole(&head, "")).await;
        assert_eq!(
            found(&rig(&fake).store()).await,
            Err(Reason::BadResponse),
            "{status}"
        );
    }
    assert_eq!(other.requests(), Vec::<String>::new());
}

#[tokio::test]
async fn a_redirected_login_takes_no_credential_along() {
    let other = Fake::start(|_| Reply::ok(LIVES)).await;
    let head = format!("307 Elsewhere\r\nLocation: {}/v1/x", other.address());
    let fake = Fake::start(move |_| Reply::whole(&head, "")).await;
    assert_eq!(found(&rig(&fake).store()).await, Err(Reason::BadResponse));
    assert_eq!(other.requests(), Vec::<String>::new());
}

#[tokio::test]
async fn a_redirect_within_the_server_is_followed_but_not_for_ever() {
    let fake = server(|request| {
        if request.starts_with("GET /v1/kv/sso ") {
            Reply::whole("307 Here\r\nLocation: /v1/kv/moved", "")
        } else {
            Reply::ok(r#"{"data": {"url": "moved"}}"#)
        }
    })
    .await;
    assert_eq!(found(&rig(&fake).store()).await, Ok("moved".to_owned()));
    assert!(
        fake.requests()
            .iter()
            .all(|request| !request.to_lowercase().contains("referer:"))
    );

    let fake = server(|_| Reply::whole("307 Here\r\nLocation: /v1/kv/sso", "")).await;
    assert_eq!(found(&rig(&fake).store()).await, Err(Reason::BadResponse));
    assert!(fake.requests().len() < 10);
}

#[tokio::test]
async fn a_connection_that_breaks_is_tried_once_more_and_only_once() {
    let reads = std::sync::atomic::AtomicUsize::new(0);
    let fake = server(
        move |_| match reads.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
            1 => Reply::ok(r#"{"data": {"url": "one"}}"#),
            _ => Reply::Last(Vec::new()),
        },
    )
    .await;
    let store = rig(&fake).store();
    assert_eq!(found(&store).await, Ok("one".to_owned()));
    assert_eq!(found(&store).await, Err(Reason::Unreachable));
    assert_eq!(
        fake.requests().len(),
        1 + 2 + 2,
        "one login, and two attempts a read"
    );
}

#[tokio::test]
async fn the_token_travels_in_its_header_and_nowhere_else() {
    let fake = server(|_| Reply::ok(r#"{"data": {"url": "one"}}"#)).await;
    assert_eq!(found(&rig(&fake).store()).await, Ok("one".to_owned()));
    for request in fake.requests() {
        assert!(
            request.contains("x-vault-token: the-token\r\n"),
            "{request}"
        );
        assert_eq!(request.matches("the-token").count(), 1, "{request}");
    }
}

#[tokio::test]
async fn a_token_that_lives_for_no_time_at_all_does_not_make_us_busy() {
    let login = r#"{"auth": {"client_token": "t", "lease_duration": 1, "renewable": true}}"#;
    let fake = Fake::start(move |_| Reply::ok(login)).await;
    let approle = crate::servers::Approle {
        mount: "approle".to_owned(),
        role_id: "r".to_owned(),
        secret_id: "s".to_owned(),
    };
    let store = Rig::with_approle(fake.address(), &approle).store();
    let busy = tokio::time::timeout(Duration::from_secs(3), store.keep_login()).await;
    assert!(busy.is_err(), "it never ends");
    assert!(
        fake.requests().len() <= 12,
        "{} requests in three seconds",
        fake.requests().len()
    );
}

#[tokio::test]
async fn a_farewell_during_a_login_gives_the_token_back() {
    let fake = Fake::start(|request| {
        if request.contains("/login") {
            std::thread::sleep(Duration::from_millis(200));
            Reply::ok(r#"{"auth": {"client_token": "late", "lease_duration": 3600}}"#)
        } else {
            Reply::ok("{}")
        }
    })
    .await;
    let approle = crate::servers::Approle {
        mount: "approle".to_owned(),
        role_id: "r".to_owned(),
        secret_id: "s".to_owned(),
    };
    let store = Rig::with_approle(fake.address(), &approle).store();
    let farewell = async {
        crate::servers::eventually("the login is under way", async || {
            (!fake.requests().is_empty()).then_some(())
        })
        .await;
        store.log_out().await;
    };
    let (found, ()) = tokio::join!(found(&store), farewell);
    assert_eq!(found, Err(Reason::Unauthenticated));
    let last = fake.requests().pop().unwrap();
    assert!(
        last.starts_with("POST /v1/auth/token/revoke-self "),
        "{last}"
    );
    assert!(last.contains("x-vault-token: late"), "{last}");
}
