//! Every route, and what is answered where there is none.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use kcwatch::http::{Doors, Limits};
use kcwatch::page::{Document, Page};

use super::rig::{Rig, STATUS, TEXT, healthy, site};

#[tokio::test]
async fn the_page_comes_as_prometheus_wants_it() {
    let rig = Rig::open().await;
    let heard = rig.ask("GET", "/metrics").await;
    assert_eq!((heard.status, heard.text().as_str()), (200, TEXT));
    assert_eq!(heard.header("content-type"), Page::CONTENT_TYPE);
    assert_eq!(heard.header("content-length"), TEXT.len().to_string());
    assert_eq!(heard.header("vary"), "accept-encoding");
    assert_eq!(heard.header("content-encoding"), "");
}

#[tokio::test]
async fn a_query_changes_nothing() {
    let rig = Rig::open().await;
    assert_eq!(
        rig.ask("GET", "/metrics?target[]=prod&x=%00").await.text(),
        TEXT
    );
}

#[tokio::test]
async fn the_next_page_is_served_as_soon_as_it_is_published() {
    let rig = Rig::open().await;
    let mut client = rig.idle_client().await;
    rig.sites
        .send_replace(site(Document::new(vec!["a 1\n".into(), "b 2\n".into()])));
    assert_eq!(client.ask("GET", "/metrics").await.text(), "a 1\nb 2\n");
    rig.sites.send_replace(site(Document::default()));
    let empty = client.ask("GET", "/metrics").await;
    assert_eq!((empty.status, empty.header("content-length")), (200, "0"));
}

#[tokio::test]
async fn head_says_what_get_would_and_sends_no_body() {
    let rig = Rig::open().await;
    for path in ["/metrics", "/", "/api/v1/status", "/-/healthy"] {
        let mut client = rig.client().await;
        let head = client.ask("HEAD", path).await;
        let get = client.ask("GET", path).await;
        assert_eq!(head.status, 200, "{path}");
        assert_eq!(
            head.header("content-length"),
            get.body.len().to_string(),
            "{path}"
        );
        assert_eq!(
            head.header("content-type"),
            get.header("content-type"),
            "{path}"
        );
    }
}

/// The policy of every page for people.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

#[tokio::test]
async fn pages_for_people_refresh_themselves_and_may_load_nothing_but_our_style() {
    let rig = Rig::open().await;
    // The first answer makes the page, the second one finds it made.
    for path in ["/", "/", "/?tier=prod", "/targets/prod%2F1?x"] {
        let heard = rig.ask("GET", path).await;
        assert_eq!(heard.status, 200, "{path}");
        assert_eq!(heard.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(heard.header("content-security-policy"), POLICY, "{path}");
        assert_eq!(heard.header("x-content-type-options"), "nosniff");
        assert_eq!(heard.header("cache-control"), "no-store");
        assert_eq!(heard.header("referrer-policy"), "no-referrer");
        assert_eq!(heard.header("vary"), "accept-encoding");
        assert_eq!(heard.header("refresh"), "30", "{path}");
        let asked = match path.split_once('?') {
            Some((path, query)) => format!("path: {path:?}, query: {query:?}, is_alive: true"),
            None => "the first page".to_owned(),
        };
        assert!(heard.text().contains(&asked), "{}", heard.text());
    }
    let paused = rig.ask("GET", "/?refresh=off").await;
    assert_eq!(paused.header("refresh"), "");
    let style = rig.ask("GET", "/style.css?v=1").await;
    assert_eq!(style.header("content-type"), "text/css; charset=utf-8");
    assert_eq!(style.header("cache-control"), "max-age=300");
}

#[tokio::test]
async fn a_page_of_what_does_not_exist_is_a_page_all_the_same() {
    let rig = Rig::open().await;
    let heard = rig.ask("GET", "/targets/nobody").await;
    assert_eq!(heard.status, 404);
    assert_eq!(heard.header("content-security-policy"), POLICY);
    assert!(heard.text().contains("/targets/nobody"), "{}", heard.text());
}

#[tokio::test]
async fn a_page_of_a_daemon_that_is_not_alive_is_told_so() {
    let alive = Arc::new(AtomicBool::new(true));
    let says = Arc::clone(&alive);
    let doors = Doors {
        healthy: Arc::new(move || says.load(Ordering::Relaxed)),
        reload: None,
    };
    let rig = Rig::with_doors(Limits::default(), doors).await;
    assert_eq!(rig.ask("GET", "/").await.text(), "the first page");
    alive.store(false, Ordering::Relaxed);
    let heard = rig.ask("GET", "/").await.text();
    assert!(heard.contains("is_alive: false"), "{heard}");
}

#[tokio::test]
async fn the_status_is_json() {
    let rig = Rig::open().await;
    let heard = rig.ask("GET", "/api/v1/status").await;
    assert_eq!((heard.status, heard.text().as_str()), (200, STATUS));
    assert_eq!(heard.header("content-type"), "application/json");
    assert_eq!(heard.header("cache-control"), "no-store");
}

#[tokio::test]
async fn health_follows_the_daemon_and_readiness_the_site() {
    let sick = Doors {
        healthy: Arc::new(|| false),
        reload: None,
    };
    for (doors, alive) in [(healthy(), 200), (sick, 503)] {
        let rig = Rig::with_doors(Limits::default(), doors).await;
        for path in ["/-/healthy", "/healthz", "/livez"] {
            assert_eq!(rig.ask("GET", path).await.status, alive, "{path}");
        }
    }
    let rig = Rig::open().await;
    for (ready, status) in [(true, 200), (false, 503)] {
        rig.sites.send_modify(|site| site.ready = ready);
        for path in ["/-/ready", "/readyz"] {
            assert_eq!(rig.ask("GET", path).await.status, status, "{path}");
        }
    }
}

#[tokio::test]
async fn an_unknown_path_is_answered_with_the_known_ones() {
    let rig = Rig::open().await;
    for path in [
        "/metric",
        "/metrics/",
        "//metrics",
        "/-/",
        "/%2e%2e/etc/passwd",
        "/api/v1/",
    ] {
        let heard = rig.ask("GET", path).await;
        assert_eq!(heard.status, 404, "{path}");
        assert!(heard.text().contains("/metrics"));
        assert!(heard.header("content-type").starts_with("text/plain"));
    }
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_one() {
    let rig = Rig::open().await;
    let rows = [
        ("POST", "/metrics", "GET,HEAD"),
        ("DELETE", "/", "GET,HEAD"),
        ("OPTIONS", "/metrics", "GET,HEAD"),
        ("BREW", "/-/healthy", "GET,HEAD"),
        ("GET", "/-/reload", "POST"),
    ];
    for (method, path, allowed) in rows {
        let heard = rig.ask(method, path).await;
        assert_eq!(
            (heard.status, heard.header("allow")),
            (405, allowed),
            "{method} {path}"
        );
    }
}

#[tokio::test]
async fn a_mistake_in_one_answer_ends_that_connection_only() {
    let broken = Doors {
        healthy: Arc::new(|| panic!("a mistake made for a test")),
        reload: None,
    };
    let rig = Rig::with_doors(Limits::default(), broken).await;
    let mut unlucky = rig.client().await;
    unlucky
        .say("GET /-/healthy HTTP/1.1\r\nHost: kcwatch\r\n\r\n")
        .await
        .expect("sent");
    assert!(unlucky.rest().await.is_empty());
    assert_eq!(rig.ask("GET", "/metrics").await.text(), TEXT);
}
