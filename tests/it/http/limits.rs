//! Clients that send too much, too slowly, or something else altogether.

use std::time::Duration;

use kcwatch::http::Limits;
use tokio::time::{interval, sleep};

use super::rig::{Rig, TEXT};

const SHORT: Duration = Duration::from_millis(100);

#[tokio::test]
async fn a_head_that_does_not_arrive_ends_the_connection() {
    let rig = Rig::with(Limits {
        header_timeout: SHORT,
        ..Limits::default()
    })
    .await;
    for start in [
        "G",
        "GET /metrics HTTP/1.1\r\n",
        "GET /metrics HTTP/1.1\r\nHost: kcwatch\r\nX-Slow: ",
    ] {
        let mut client = rig.client().await;
        client.say(start).await.expect("sent");
        assert!(client.rest().await.is_empty(), "{start}");
    }
    let mut second = rig.idle_client().await;
    second.say("GET /met").await.expect("sent");
    assert!(
        second.rest().await.is_empty(),
        "a later request is no exception"
    );
}

#[tokio::test]
async fn a_head_that_trickles_in_buys_no_time() {
    let rig = Rig::with(Limits {
        header_timeout: SHORT,
        ..Limits::default()
    })
    .await;
    let mut client = rig.client().await;
    client
        .say("GET /metrics HTTP/1.1\r\nX-Slow: ")
        .await
        .expect("sent");
    let mut drip = interval(SHORT / 10);
    while client.say("x").await.is_ok() {
        drip.tick().await;
    }
}

#[tokio::test]
async fn between_requests_only_the_idle_time_counts() {
    let rig = Rig::with(Limits {
        header_timeout: SHORT,
        ..Limits::default()
    })
    .await;
    let mut client = rig.idle_client().await;
    sleep(SHORT * 5).await;
    assert_eq!(client.ask("GET", "/metrics").await.text(), TEXT);
}

#[tokio::test]
async fn an_idle_connection_ends() {
    let rig = Rig::with(Limits {
        idle_timeout: SHORT,
        ..Limits::default()
    })
    .await;
    assert!(
        rig.client().await.rest().await.is_empty(),
        "one that never spoke"
    );
    assert!(
        rig.idle_client().await.rest().await.is_empty(),
        "one that did"
    );
}

#[tokio::test]
async fn a_client_that_stops_reading_loses_its_connection() {
    let limits = Limits {
        response_timeout: SHORT,
        max_connections: 1,
        ..Limits::default()
    };
    let rig = Rig::with(limits).await;
    rig.grow();
    let (mut stuck, _head) = rig.busy_client().await;
    assert_eq!(
        rig.ask("GET", "/healthz").await.status,
        200,
        "its place is free again"
    );
    assert!(stuck.rest().await.len() < super::rig::BIG);
}

#[tokio::test]
async fn a_body_too_large_is_refused_unread() {
    let rig = Rig::open().await;
    for path in ["/-/reload", "/metrics", "/"] {
        let mut client = rig.client().await;
        client
            .say(format!(
                "POST {path} HTTP/1.1\r\nHost: kcwatch\r\nContent-Length: 65537\r\n\r\n"
            ))
            .await
            .expect("sent");
        assert_eq!(client.hear().await.status, 413, "{path}");
        assert!(client.rest().await.is_empty());
    }
}

#[tokio::test]
async fn a_body_of_unknown_length_is_read_no_further_than_the_limit() {
    let rig = Rig::with(Limits {
        max_body_bytes: 10,
        ..Limits::default()
    })
    .await;
    let start = "POST /-/reload HTTP/1.1\r\nHost: kcwatch\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (chunks, status) in [
        ("5\r\n12345\r\n0\r\n\r\n", 403),
        ("5\r\n12345\r\n6\r\n678901\r\n", 413),
        ("zz\r\n", 400),
    ] {
        let mut client = rig.client().await;
        client.say(format!("{start}{chunks}")).await.expect("sent");
        assert_eq!(client.hear().await.status, status, "{chunks:?}");
    }
}

#[tokio::test]
async fn a_body_that_does_not_arrive_is_not_waited_for() {
    let rig = Rig::with(Limits {
        header_timeout: SHORT,
        ..Limits::default()
    })
    .await;
    let mut client = rig.client().await;
    client
        .say("POST /-/reload HTTP/1.1\r\nHost: kcwatch\r\nContent-Length: 5\r\n\r\n123")
        .await
        .expect("sent");
    assert_eq!(client.hear().await.status, 408);
    assert!(client.rest().await.is_empty());
}

#[tokio::test]
async fn a_scrape_with_a_body_is_answered_and_the_connection_goes_on() {
    let rig = Rig::open().await;
    let mut client = rig.client().await;
    client
        .say("GET /metrics HTTP/1.1\r\nHost: kcwatch\r\nContent-Length: 5\r\n\r\n12345")
        .await
        .expect("sent");
    assert_eq!(client.hear().await.text(), TEXT);
    assert_eq!(client.ask("GET", "/healthz").await.status, 200);
}

#[tokio::test]
async fn a_head_too_large_is_refused() {
    let rig = Rig::open().await;
    let long = "x".repeat(2 * Limits::default().max_header_bytes);
    let many = "X-Many: x\r\n".repeat(101);
    for excess in [format!("X-Long: {long}\r\n"), many] {
        let mut client = rig.client().await;
        client
            .say(format!(
                "GET /metrics HTTP/1.1\r\nHost: kcwatch\r\n{excess}\r\n"
            ))
            .await
            .expect("sent");
        assert_eq!(client.hear().await.status, 431);
        assert!(client.rest().await.is_empty());
    }
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_turn_until_the_first_that_is_none() {
    let rig = Rig::open().await;
    let mut client = rig.client().await;
    let good = "GET /metrics HTTP/1.1\r\nHost: kcwatch\r\n\r\nGET /healthz HTTP/1.1\r\nHost: kcwatch\r\n\r\n";
    client
        .say(format!("{good}\u{1}\u{2}garbage\r\n\r\n"))
        .await
        .expect("sent");
    assert_eq!(client.hear().await.text(), TEXT);
    assert_eq!(client.hear().await.text(), "ok\n");
    assert_eq!(client.hear().await.status, 400);
    assert!(client.rest().await.is_empty());
}

#[tokio::test]
async fn what_is_not_http_is_refused() {
    let rig = Rig::open().await;
    let hello: &[u8] = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03";
    let http2: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    for words in [
        hello,
        http2,
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"GET /metrics\r\n\r\n",
        b"\xff\xfe\0\0\r\n\r\n",
    ] {
        let mut client = rig.client().await;
        client.say(words).await.expect("sent");
        let answer = client.rest().await;
        let answer = String::from_utf8_lossy(&answer);
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 4"),
            "{words:?}: {answer}"
        );
    }
    assert_eq!(rig.ask("GET", "/metrics").await.text(), TEXT);
}
