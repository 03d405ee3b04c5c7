//! What changes while connections are open.

use rustls::pki_types::{CertificateDer, pem::PemObject as _};

use super::scene::{PASSWORD, Scene, basic, get, hash, tls_with};
use crate::http::client::Client;

#[tokio::test]
async fn a_new_certificate_is_shown_to_new_clients_and_drops_nobody() {
    let scene = Scene::open(|folder| folder.tls(&[])).await;
    let mut kept = scene.caller().call(scene.address()).await.unwrap();
    assert_eq!(get(&mut kept, "/metrics", "").await.unwrap().status, 200);
    let next = scene.folder.authority.server("127.0.0.1");

    scene.follow(&tls_with(&next, &[]));

    assert_eq!(get(&mut kept, "/metrics", "").await.unwrap().status, 200);
    let stream = scene.caller().stream(scene.address()).await.unwrap();
    let shown = stream.get_ref().1.peer_certificates().unwrap()[0].clone();
    let expected = CertificateDer::from_pem_file(&next.certificate).unwrap();
    assert_eq!(shown, expected);
    assert_eq!(get(&mut kept, "/metrics", "").await.unwrap().status, 200);
}

#[tokio::test]
async fn tls_that_is_switched_on_is_for_new_clients() {
    let scene = Scene::open(|_| String::new()).await;
    let mut kept = Client::connect(scene.address()).await;
    assert_eq!(get(&mut kept, "/metrics", "").await.unwrap().status, 200);
    scene.follow(&scene.folder.tls(&[]));
    assert_eq!(get(&mut kept, "/metrics", "").await.unwrap().status, 200);
    assert_eq!(scene.ask("/metrics").await.unwrap().status, 200);
    let mut plain = Client::connect(scene.address()).await;
    assert_eq!(get(&mut plain, "/metrics", "").await.unwrap().status, 400);
}

#[tokio::test]
async fn who_may_ask_is_asked_anew_with_the_next_request() {
    let file = |password: &str| format!("basic_auth_users: {{a: '{}'}}", hash(password));
    let scene = Scene::open(|_| file(PASSWORD)).await;
    let mut kept = Client::connect(scene.address()).await;
    let words = basic("a", PASSWORD);
    assert_eq!(
        get(&mut kept, "/metrics", &words).await.unwrap().status,
        200
    );
    scene.follow(&file("changed"));
    assert_eq!(
        get(&mut kept, "/metrics", &words).await.unwrap().status,
        401
    );
    let words = basic("a", "changed");
    assert_eq!(
        get(&mut kept, "/metrics", &words).await.unwrap().status,
        200
    );
}
