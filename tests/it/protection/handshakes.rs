//! What the listener does with clients that do not speak TLS as it does: closed politely, counted, others unaffected.

use std::{
    io::Write as _,
    process::{Command, Stdio},
};

use kcwatch::{http::Limits, model::Refusal};
use rustls::HandshakeKind;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::scene::{Caller, Folder, NEWER, OLDER, Scene, get, impatient};
use crate::{
    http::{
        client::Client,
        rig::{TEXT, healthy},
    },
    servers::Authority,
};

fn plain(folder: &Folder) -> String {
    folder.tls(&[])
}

fn with_clients(kind: &str) -> impl FnOnce(&Folder) -> String {
    move |folder| {
        let lines = folder.clients(kind);
        folder.tls(&lines.each_ref().map(String::as_str))
    }
}

/// What `openssl s_client` says with these arguments, asked for the page.
fn openssl(address: &str, arguments: &[&str]) -> String {
    let mut child = Command::new("openssl")
        .args(["s_client", "-connect", address, "-ign_eof"])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("openssl is installed");
    let request = b"GET /healthz HTTP/1.1\r\nHost: kcwatch\r\nConnection: close\r\n\r\n";
    // Whoever was refused has gone.
    drop(child.stdin.take().unwrap().write_all(request));
    let output = child.wait_with_output().unwrap();
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

async fn openssl_aside(scene: &Scene, arguments: &'static [&'static str]) -> String {
    let address = scene.address().to_string();
    tokio::task::spawn_blocking(move || openssl(&address, arguments))
        .await
        .unwrap()
}

#[tokio::test]
async fn the_page_is_had_in_both_versions_of_tls_and_over_one_connection_again_and_again() {
    let scene = Scene::open(plain).await;
    for versions in [&OLDER, &NEWER] {
        let caller = scene.caller().speaking(versions);
        let mut client = caller.call(scene.address()).await.unwrap();
        for _ in 0..3 {
            let heard = get(&mut client, "/metrics", "").await.unwrap();
            assert_eq!((heard.status, heard.text().as_str()), (200, TEXT));
        }
    }
    assert_eq!(scene.guard.refused(), [0; Refusal::COUNT]);
}

#[tokio::test]
async fn a_page_larger_than_every_buffer_comes_whole() {
    let scene = Scene::open(plain).await;
    scene.rig.grow();
    let heard = scene.ask("/metrics").await.unwrap();
    assert_eq!(heard.body.len(), crate::http::rig::BIG);
}

#[tokio::test]
async fn who_does_not_read_the_page_is_cut_off_as_without_tls() {
    let limits = Limits {
        response_timeout: std::time::Duration::from_millis(200),
        max_connections: 1,
        ..Limits::default()
    };
    let scene = Scene::with(plain, limits, healthy()).await;
    scene.rig.grow();
    let mut client = scene.caller().call(scene.address()).await.unwrap();
    let request = "GET /metrics HTTP/1.1\r\nHost: kcwatch\r\n\r\n";
    client.say(request).await.unwrap();
    client.head().await.unwrap();
    let other = scene.ask("/healthz").await.unwrap();
    assert_eq!(other.status, 200, "its place is free again");
    assert!(client.rest().await.len() < crate::http::rig::BIG);
}

#[tokio::test]
async fn http_1_1_is_what_is_agreed_on() {
    let scene = Scene::open(plain).await;
    let said = openssl_aside(&scene, &["-alpn", "h2,http/1.1"]).await;
    assert!(said.contains("ALPN protocol: http/1.1"), "{said}");
    assert!(said.contains("HTTP/1.1 200 OK"), "{said}");
}

#[tokio::test]
async fn an_old_protocol_is_refused_with_its_alert() {
    let scene = Scene::open(plain).await;
    let arguments = &["-tls1_1", "-cipher", "DEFAULT:@SECLEVEL=0"];
    let said = openssl_aside(&scene, arguments).await;
    assert!(said.contains("alert handshake failure"), "{said}");
    scene.only_refused(Refusal::TlsVersion).await;
    assert_eq!(scene.ask("/metrics").await.unwrap().status, 200);
}

#[tokio::test]
async fn a_version_below_the_least_is_refused() {
    let scene = Scene::open(|folder| folder.tls(&["min_version: TLS13"])).await;
    let old = scene.caller().speaking(&OLDER);
    assert!(old.call(scene.address()).await.is_err());
    scene.only_refused(Refusal::TlsVersion).await;
    assert_eq!(scene.ask("/metrics").await.unwrap().status, 200);
}

#[tokio::test]
async fn a_version_above_the_greatest_is_refused() {
    let scene = Scene::open(|folder| folder.tls(&["max_version: TLS12"])).await;
    let new = scene.caller().speaking(&NEWER);
    assert!(new.call(scene.address()).await.is_err());
    scene.only_refused(Refusal::TlsVersion).await;
    assert_eq!(scene.ask("/metrics").await.unwrap().status, 200);
}

#[tokio::test]
async fn only_the_ciphers_and_curves_that_are_named_are_taken() {
    let lines = &[
        "max_version: TLS12",
        "cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256]",
        "curve_preferences: [CurveP384]",
    ];
    let scene = Scene::open(|folder| folder.tls(lines)).await;
    let good = openssl_aside(&scene, &["-groups", "P-256:P-384"]).await;
    assert!(good.contains("ECDHE-ECDSA-AES128-GCM-SHA256"), "{good}");
    assert!(
        good.contains("secp384r1") || good.contains("P-384"),
        "{good}"
    );
    let others = &["-cipher", "ECDHE-ECDSA-AES256-GCM-SHA384"];
    let said = openssl_aside(&scene, others).await;
    assert!(said.contains("handshake failure"), "{said}");
    scene.only_refused(Refusal::Other).await;
}

#[tokio::test]
async fn plain_http_is_told_what_is_spoken_here() {
    let scene = Scene::open(plain).await;
    let mut client = Client::connect(scene.address()).await;
    client
        .say("GET /metrics HTTP/1.1\r\nHost: kcwatch\r\n\r\n")
        .await
        .unwrap();
    let heard = client.hear().await;
    assert_eq!(heard.status, 400);
    assert_eq!(
        heard.text(),
        "this port speaks TLS: ask with https, not http.\n"
    );
    assert!(client.rest().await.is_empty(), "the connection is closed");
    scene.only_refused(Refusal::PlainHttp).await;
    assert_eq!(scene.ask("/metrics").await.unwrap().status, 200);
}

#[tokio::test]
async fn a_client_without_a_certificate_is_refused_where_one_is_required() {
    let scene = Scene::open(with_clients("RequireAndVerifyClientCert")).await;
    let said = openssl_aside(&scene, &[]).await;
    assert!(said.contains("certificate required"), "{said}");
    scene.only_refused(Refusal::NoClientCertificate).await;
    let known = scene.folder.authority.client("prometheus");
    let caller = scene.caller().showing(&known);
    for path in ["/metrics", "/healthz"] {
        let heard = caller.ask(scene.address(), path, "").await.unwrap();
        assert_eq!(heard.status, 200);
    }
}

/// A resumed session is not verified anew: whoever was let in once would be let in after the certificate has ended.
#[tokio::test]
async fn whoever_must_show_a_certificate_shows_it_each_time() {
    for versions in [&NEWER, &OLDER] {
        let scene = Scene::open(plain).await;
        let caller = scene.caller().speaking(versions);
        let kind = caller.second_handshake(scene.address()).await;
        assert_eq!(kind, Some(HandshakeKind::Resumed), "others may resume");

        let scene = Scene::open(with_clients("RequireAndVerifyClientCert")).await;
        let known = scene.folder.authority.client("prometheus");
        let caller = scene.caller().showing(&known).speaking(versions);
        let kind = caller.second_handshake(scene.address()).await;
        assert_eq!(kind, Some(HandshakeKind::Full), "{versions:?}");
    }
}

#[tokio::test]
async fn the_certificate_of_another_authority_is_refused() {
    let strangers = Authority::new();
    for kind in ["RequireAndVerifyClientCert", "VerifyClientCertIfGiven"] {
        let scene = Scene::open(with_clients(kind)).await;
        let stranger = strangers.client("prometheus");
        let caller = scene.caller().showing(&stranger);
        assert!(caller.ask(scene.address(), "/metrics", "").await.is_none());
        scene.only_refused(Refusal::BadClientCertificate).await;
    }
}

#[tokio::test]
async fn a_certificate_that_has_expired_or_is_for_servers_is_refused() {
    let scene = Scene::open(with_clients("RequireAndVerifyClientCert")).await;
    let authority = &scene.folder.authority;
    for (number, identity) in [
        authority.expired_client("prometheus"),
        authority.server("prometheus"),
    ]
    .iter()
    .enumerate()
    {
        let caller = scene.caller().showing(identity);
        assert!(caller.ask(scene.address(), "/metrics", "").await.is_none());
        crate::servers::eventually("it is counted", async || {
            let counted = scene.refused(Refusal::BadClientCertificate);
            (usize::try_from(counted).unwrap() > number).then_some(())
        })
        .await;
    }
}

#[tokio::test]
async fn where_a_certificate_may_be_shown_nobody_must() {
    for kind in ["VerifyClientCertIfGiven", "RequestClientCert"] {
        let scene = Scene::open(with_clients(kind)).await;
        assert_eq!(scene.ask("/metrics").await.unwrap().status, 200, "{kind}");
        let known = scene.folder.authority.client("prometheus");
        let caller = scene.caller().showing(&known);
        let heard = caller.ask(scene.address(), "/metrics", "").await;
        assert_eq!(heard.unwrap().status, 200, "{kind}");
    }
}

#[tokio::test]
async fn where_any_certificate_will_do_one_must_be_shown() {
    let scene = Scene::open(|folder| folder.tls(&["client_auth_type: RequireAnyClientCert"])).await;
    let strangers = Authority::new();
    let stranger = strangers.client("anybody");
    for versions in [&OLDER, &NEWER] {
        let caller = scene.caller().showing(&stranger).speaking(versions);
        let heard = caller.ask(scene.address(), "/metrics", "").await;
        assert_eq!(heard.unwrap().status, 200);
    }
    assert!(scene.ask("/metrics").await.is_none());
    scene.only_refused(Refusal::NoClientCertificate).await;
}

#[tokio::test]
async fn only_the_names_that_are_allowed_are_let_in() {
    for (allowed, shown, is_in) in [
        ("[prometheus.example.com]", "prometheus.example.com", true),
        ("[other, 127.0.0.7]", "127.0.0.7", true),
        ("['2001:db8::7']", "2001:db8::7", true),
        (
            "[prometheus.example.com]",
            "x.prometheus.example.com",
            false,
        ),
        ("[127.0.0.7]", "127.0.0.8", false),
    ] {
        let names = format!("client_allowed_sans: {allowed}");
        let scene = Scene::open(|folder| {
            let [kind, file] = folder.clients("RequireAndVerifyClientCert");
            folder.tls(&[&kind, &file, &names])
        })
        .await;
        let identity = scene.folder.authority.client(shown);
        let caller = scene.caller().showing(&identity);
        let heard = caller.ask(scene.address(), "/metrics", "").await;
        assert_eq!(heard.is_some(), is_in, "{shown} with {allowed}");
        if !is_in {
            scene.only_refused(Refusal::BadClientCertificate).await;
        }
    }
}

#[tokio::test]
async fn a_client_that_does_not_trust_us_is_counted_as_that() {
    let scene = Scene::open(plain).await;
    let caller = Caller::trusting(&Authority::new());
    assert!(caller.call(scene.address()).await.is_err());
    scene.only_refused(Refusal::CertificateRefused).await;
}

#[tokio::test]
async fn a_handshake_takes_no_longer_than_a_head_may() {
    let scene = Scene::with(plain, impatient(), healthy()).await;
    let mut slow = TcpStream::connect(scene.address()).await.unwrap();
    slow.write_all(&[0x16, 0x03, 0x01, 0x02]).await.unwrap();
    let mut rest = Vec::new();
    drop(slow.read_to_end(&mut rest).await);
    scene.only_refused(Refusal::Timeout).await;
}

#[tokio::test]
async fn what_is_no_tls_is_refused_and_who_leaves_without_a_word_is_not_counted() {
    let scene = Scene::open(plain).await;
    for _ in 0..3 {
        drop(TcpStream::connect(scene.address()).await.unwrap());
    }
    let mut noise = TcpStream::connect(scene.address()).await.unwrap();
    noise.write_all(&[0, 1, 2, 3]).await.unwrap();
    let mut rest = Vec::new();
    drop(noise.read_to_end(&mut rest).await);
    scene.only_refused(Refusal::Other).await;
}

#[tokio::test]
async fn who_is_silent_in_a_full_house_leaves_for_who_speaks() {
    let limits = Limits {
        max_connections: 2,
        ..Limits::default()
    };
    let scene = Scene::with(plain, limits, healthy()).await;
    let mut silent = Vec::new();
    for _ in 0..4 {
        silent.push(TcpStream::connect(scene.address()).await.unwrap());
    }
    assert_eq!(scene.ask("/metrics").await.unwrap().status, 200);
}
