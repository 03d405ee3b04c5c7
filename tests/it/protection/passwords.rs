//! Who may ask, by name and password.

use std::sync::Arc;

use kcwatch::http::{Doors, Limits};
use tokio::{sync::mpsc, task::JoinSet};

use super::scene::{Folder, PASSWORD, Scene, WRONG, basic, get, hash};
use crate::http::{client::Client, rig::TEXT};

fn users(_: &Folder) -> String {
    format!(
        "basic_auth_users:\n  prometheus: {}\n  other: {}\n",
        hash(PASSWORD),
        hash("another one")
    )
}

/// What plain HTTP says, which is enough where TLS makes no difference.
async fn status(scene: &Scene, path: &str, headers: &str) -> u16 {
    let mut client = Client::connect(scene.address()).await;
    get(&mut client, path, headers).await.unwrap().status
}

#[tokio::test]
async fn the_page_is_for_those_with_the_right_name_and_password() {
    let scene = Scene::open(users).await;
    for (user, password, expected) in [
        ("prometheus", PASSWORD, 200),
        ("other", "another one", 200),
        ("prometheus", WRONG, 401),
        ("prometheus", "", 401),
        ("other", PASSWORD, 401),
        ("nobody", PASSWORD, 401),
        ("", "", 401),
    ] {
        for path in ["/metrics", "/", "/api/v1/status", "/nothing"] {
            let expected = if path == "/nothing" && expected == 200 {
                404
            } else {
                expected
            };
            let found = status(&scene, path, &basic(user, password)).await;
            assert_eq!(found, expected, "{user} asks for {path}");
        }
    }
    for path in ["/metrics", "/", "/api/v1/status", "/nothing"] {
        assert_eq!(status(&scene, path, "").await, 401, "{path}");
        let bearer = "Authorization: Bearer abc\r\n";
        assert_eq!(status(&scene, path, bearer).await, 401, "{path}");
    }
    assert_eq!(scene.guard.unauthenticated(), 5 * 4 + 2 * 4);
}

#[tokio::test]
async fn who_is_known_is_answered_in_one_step_again_and_again() {
    let scene = Scene::open(users).await;
    let mut client = Client::connect(scene.address()).await;
    let words = basic("prometheus", PASSWORD);
    for _ in 0..5 {
        let heard = get(&mut client, "/metrics", &words).await.unwrap();
        assert_eq!((heard.status, heard.text().as_str()), (200, TEXT));
    }
}

#[tokio::test]
async fn who_is_refused_is_told_how_to_ask_and_keeps_the_connection() {
    let scene = Scene::open(users).await;
    let mut client = Client::connect(scene.address()).await;
    let heard = get(&mut client, "/metrics", "").await.unwrap();
    assert_eq!(
        heard.header("www-authenticate"),
        "Basic realm=\"kcwatch\", charset=\"UTF-8\""
    );
    assert_eq!(heard.header("cache-control"), "no-store");
    assert!(!heard.text().contains("kcwatch_"));
    let words = basic("prometheus", PASSWORD);
    assert_eq!(
        get(&mut client, "/metrics", &words).await.unwrap().status,
        200
    );
}

#[tokio::test]
async fn health_is_told_to_everybody_and_nothing_else_is() {
    let scene = Scene::open(users).await;
    for path in ["/-/healthy", "/-/ready", "/healthz", "/livez", "/readyz"] {
        assert_eq!(status(&scene, path, "").await, 200, "{path}");
        let wrong = basic("prometheus", WRONG);
        assert_eq!(status(&scene, path, &wrong).await, 200, "{path}");
    }
    for path in [
        "/healthz/",
        "/-/healthy/x",
        "//healthz",
        "/-/reload",
        "/metrics?/healthz",
    ] {
        assert_eq!(status(&scene, path, "").await, 401, "{path}");
    }
}

#[tokio::test]
async fn a_reload_needs_a_password_too() {
    let (door, mut asked) = mpsc::channel(1);
    let doors = Doors {
        healthy: Arc::new(|| true),
        reload: Some(door),
    };
    let scene = Scene::with(users, Limits::default(), doors).await;
    let mut client = Client::connect(scene.address()).await;
    assert_eq!(client.ask("POST", "/-/reload").await.status, 401);
    assert!(asked.try_recv().is_err(), "nobody was asked");
}

#[tokio::test]
async fn the_body_of_who_is_refused_is_bounded_as_well() {
    let scene = Scene::open(users).await;
    let limit = Limits::default().max_body_bytes;
    for (length, expected) in [(limit, 401), (limit + 1, 413)] {
        let mut client = Client::connect(scene.address()).await;
        let head =
            format!("POST /-/reload HTTP/1.1\r\nHost: k\r\nContent-Length: {length}\r\n\r\n");
        client.say(head).await.unwrap();
        let body = vec![b'x'; usize::try_from(length).unwrap()];
        drop(client.say(body).await);
        assert_eq!(client.hear().await.status, expected);
    }
}

#[tokio::test]
async fn a_flood_of_wrong_passwords_keeps_nobody_out_who_is_known() {
    let scene = Scene::open(users).await;
    let words = basic("prometheus", PASSWORD);
    assert_eq!(status(&scene, "/metrics", &words).await, 200);
    let address = scene.address();
    let mut flood = JoinSet::new();
    for number in 0..100 {
        flood.spawn(async move {
            let mut client = Client::connect(address).await;
            let wrong = basic("prometheus", &format!("{WRONG} {number}"));
            get(&mut client, "/metrics", &wrong).await.unwrap().status
        });
    }
    for _ in 0..20 {
        assert_eq!(status(&scene, "/metrics", &words).await, 200);
    }
    let statuses = flood.join_all().await;
    assert!(
        statuses.iter().all(|status| [401, 503].contains(status)),
        "{statuses:?}"
    );
    assert!(statuses.contains(&401));
    assert_eq!(scene.guard.unauthenticated(), 100);
}
