//! Answers that no real server can be made to give, and what is asked.

use std::{sync::Arc, time::Duration};

use kcwatch::{
    clock,
    keycloak::Rehearser,
    model::{Failure, ListedToken, Listing, Reason, TokenList},
};

use super::{
    fakes::{ISSUED, LIST, LOGIN, MIB, REGISTRATIONS, always, listing, requests, rig},
    rig::{rehearse, rehearse_with, trust},
};
use crate::servers::Reply;

/// What is wrong with an answer, however it is reached: the answer, and the word for it.
fn faults() -> Vec<(Reply, Reason)> {
    let html = "<html>welcome</html>";
    let error = r#"{"error":"oh"}"#;
    let whole = "HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n[{\"id\"";
    vec![
        (Reply::ok(html), Reason::BadResponse),
        (Reply::ok(""), Reason::BadResponse),
        (
            Reply::ok(r#"{"access_token":7,"token_type":"Bearer"}"#),
            Reason::BadResponse,
        ),
        (Reply::whole("204 No Content", ""), Reason::BadResponse),
        (
            Reply::whole("302 Found\r\nLocation: /login", ""),
            Reason::BadResponse,
        ),
        (Reply::whole("403 Forbidden", html), Reason::BadResponse),
        (Reply::whole("404 Not Found", html), Reason::BadResponse),
        (Reply::whole("404 Not Found", error), Reason::NotFound),
        (Reply::whole("429 Slow", html), Reason::RateLimited),
        (Reply::whole("500 Oh", error), Reason::ServerError),
        (Reply::whole("503 Oh", html), Reason::ServerError),
        (Reply::Last(whole.into()), Reason::BadResponse),
        (
            Reply::Last(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec()),
            Reason::BadResponse,
        ),
        (Reply::Last(Vec::new()), Reason::Unreachable),
        (Reply::Endless, Reason::TooLarge),
    ]
}

#[tokio::test]
async fn each_fault_of_a_login_has_its_word() {
    for (at, (reply, reason)) in faults().into_iter().enumerate() {
        let fake = always(reply).await;
        assert_eq!(rig(&fake).list().await, Err(reason), "fault {at}");
        assert!(requests(&fake, LIST) == 0, "fault {at}");
        assert!(fake.sent() < 8 * MIB, "read {}", fake.sent());
    }
}

#[tokio::test]
async fn each_fault_of_a_list_has_its_word() {
    for (at, (reply, reason)) in faults().into_iter().enumerate() {
        let reply = Arc::new(reply);
        let fake = listing(move || match &*reply {
            Reply::Bytes(bytes) => Reply::Bytes(bytes.clone()),
            Reply::Last(bytes) => Reply::Last(bytes.clone()),
            _ => Reply::Endless,
        })
        .await;
        assert_eq!(rig(&fake).list().await, Err(reason), "fault {at}");
        assert!(fake.sent() < 24 * MIB, "read {}", fake.sent());
    }
}

#[tokio::test]
async fn each_fault_of_a_rehearsal_has_its_word_and_nothing_is_sent_twice() {
    for (at, (reply, reason)) in faults().into_iter().enumerate() {
        let fake = always(reply).await;
        let issuer = format!("{}/realms/a", fake.address());
        assert_eq!(rehearse(ISSUED, &issuer).await, Err(reason), "fault {at}");
        assert_eq!(fake.requests().len(), 1, "fault {at}");
        assert_eq!(requests(&fake, REGISTRATIONS), 1, "fault {at}");
        assert!(fake.sent() < 8 * MIB, "read {}", fake.sent());
    }
}

#[tokio::test]
async fn a_rehearsal_is_what_it_should_be() {
    let fake = always(Reply::ok("")).await;
    let issuer = format!("{}/realms/a", fake.address());
    assert_eq!(rehearse(ISSUED, &issuer).await, Err(Reason::BadResponse));
    let request = fake.requests().remove(0);
    assert!(
        request.contains("\r\nauthorization: Bearer the.initial.access-token\r\n"),
        "{request}"
    );
    assert!(
        request.contains("\r\ncontent-type: application/json\r\n"),
        "{request}"
    );
    assert!(
        request
            .ends_with(r#"{"clientId":"realm-management","redirectUris":["http://not a uri/#x"]}"#),
        "{request}"
    );
}

#[tokio::test]
async fn a_login_is_what_it_should_be() {
    let fake = listing(|| Reply::ok("[]")).await;
    assert_eq!(rig(&fake).list().await, Ok(TokenList::default()));
    let requests = fake.requests();
    let (login, asked) = (&requests[0], &requests[1]);
    assert!(login.starts_with(&format!("POST {LOGIN} ")), "{login}");
    assert!(
        login.ends_with(
            "grant_type=client_credentials&client_id=kcwatch&client_secret=s%25%26%3D%2B%C3%BC"
        ),
        "{login}"
    );
    assert!(asked.starts_with(LIST), "{asked}");
    assert!(
        asked.contains("\r\naccept: application/json\r\n"),
        "{asked}"
    );
    assert!(
        asked.contains("\r\nauthorization: Bearer access\r\n"),
        "{asked}"
    );
}

#[tokio::test]
async fn a_server_that_asks_for_patience_is_heard() {
    let slow = || Reply::whole("429 Slow\r\nRetry-After: 7", "");
    let expected = Failure {
        reason: Reason::RateLimited,
        retry_after: Some(Duration::from_secs(7)),
    };
    let fake = listing(slow).await;
    let rig = rig(&fake);
    assert_eq!(rig.realm().initial_access_tokens().await, Err(expected));
    let fake = always(slow()).await;
    let issuer = format!("{}/realms/a", fake.address());
    let rehearser = super::rig::rehearser();
    assert_eq!(
        rehearse_with(&rehearser, ISSUED, &issuer).await,
        Err(expected)
    );
}

#[tokio::test]
async fn silence_is_a_timeout() {
    let patience = Duration::from_millis(200);
    let silent = always(Reply::Silence).await;
    let half = listing(|| Reply::Silence).await;
    for fake in [&silent, &half] {
        let mut rig = rig(fake);
        rig.timeout = patience;
        assert_eq!(rig.list().await, Err(Reason::Timeout));
    }
    let rehearser = Rehearser::new(&trust(None, true), patience, clock::system());
    let issuer = format!("{}/realms/a", silent.address());
    let said = rehearse_with(&rehearser.expect("nothing to fail"), ISSUED, &issuer).await;
    assert_eq!(said, Err(Reason::Timeout.into()));
}

#[tokio::test]
async fn no_redirect_is_followed() {
    let thief = always(Reply::ok("[]")).await;
    for status in [301, 302, 303, 307, 308] {
        let answer = || format!("{status} Over there\r\nLocation: {}/", thief.address());
        let (all, some) = (answer(), answer());
        let login = always(Reply::whole(&all, "")).await;
        let elsewhere = listing(move || Reply::whole(&some, "")).await;
        for fake in [&login, &elsewhere] {
            assert_eq!(rig(fake).list().await, Err(Reason::BadResponse));
        }
        let issuer = format!("{}/realms/a", login.address());
        assert_eq!(rehearse(ISSUED, &issuer).await, Err(Reason::BadResponse));
    }
    assert_eq!(thief.requests(), Vec::<String>::new());
}

fn many(rows: i64) -> String {
    let rows = (0..rows).map(|at| {
        format!(r#"{{"id":"00000000-0000-0000-0000-{at:012}","timestamp":1763800000,"expiration":31536000,"count":{at},"remainingCount":1}}"#)
    });
    format!("[{}]", rows.collect::<Vec<_>>().join(","))
}

#[tokio::test]
async fn a_long_list_is_read_and_one_beyond_all_reason_is_not() {
    let fake = listing(|| Reply::ok(&many(50_000))).await;
    let long = rig(&fake).list().await.expect("a list");
    let last = ListedToken {
        limit: 49_999,
        left: 1,
    };
    assert_eq!(long.len(), 50_000);
    assert_eq!(long.get("00000000-0000-0000-0000-000000049999"), Some(last));
    let fake = listing(|| Reply::ok(&many(100_000))).await;
    assert_eq!(rig(&fake).list().await, Err(Reason::TooLarge));
}

#[tokio::test]
async fn a_garbled_row_does_not_spoil_the_list() {
    let fake = listing(|| {
        Reply::ok(r#"[{"id":"x","count":"9"},{"id":"y","count":9,"remainingCount":-2}]"#)
    })
    .await;
    let list = rig(&fake).list().await.expect("a list");
    assert_eq!(list.look_up("x"), Listing::Garbled);
    assert_eq!(list.get("y"), Some(ListedToken { limit: 9, left: -2 }));
}
