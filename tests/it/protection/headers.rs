//! The headers that the file adds.

use super::scene::{Scene, get};
use crate::http::client::Client;

const FILE: &str = "
http_server_config:
  http2: false
  headers:
    Content-Security-Policy: default-src 'self'
    X-Frame-Options: deny
    X-Content-Type-Options: nosniff
    X-XSS-Protection: 1; mode=block
    Strict-Transport-Security: max-age=31536000
";

#[tokio::test]
async fn every_response_has_the_headers_of_the_file_unless_it_has_its_own() {
    let scene = Scene::open(|_| FILE.to_owned()).await;
    let mut client = Client::connect(scene.address()).await;
    for path in ["/metrics", "/healthz", "/nothing", "/"] {
        let heard = get(&mut client, path, "").await.unwrap();
        for (name, value) in [
            ("x-frame-options", "deny"),
            ("x-content-type-options", "nosniff"),
            ("x-xss-protection", "1; mode=block"),
            ("strict-transport-security", "max-age=31536000"),
        ] {
            assert_eq!(heard.header(name), value, "{path}");
        }
        let policy = heard.header("content-security-policy");
        if path == "/" {
            assert!(
                policy.contains("default-src 'none'"),
                "the page's own is stricter: {policy}"
            );
        } else {
            assert_eq!(policy, "default-src 'self'", "{path}");
        }
    }
}

#[tokio::test]
async fn who_is_refused_gets_them_as_well() {
    let users = format!(
        "{FILE}basic_auth_users: {{a: '{}'}}\n",
        super::scene::hash("b")
    );
    let scene = Scene::open(|_| users).await;
    let mut client = Client::connect(scene.address()).await;
    let heard = get(&mut client, "/metrics", "").await.unwrap();
    assert_eq!(
        (heard.status, heard.header("x-frame-options")),
        (401, "deny")
    );
}
