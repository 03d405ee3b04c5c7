//! Certificates, good ones and each kind of bad one, judged by the bundle that Zync trusts.

use std::{path::Path, sync::Arc};

use kcwatch::model::{Cause, Step, UnixTime};
use rustls::{
    ServerConfig,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    sign::{CertifiedKey, SingleCertAndKey},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    task::JoinHandle,
};
use tokio_rustls::TlsAcceptor;

use super::scene::Rig;
use crate::servers::{Authority, Identity};

/// A server that speaks TLS and has no pages. Ended on drop.
struct Server {
    port: u16,
    accepting: JoinHandle<()>,
}

impl Server {
    /// Presents these certificates, in this order, and has this key.
    async fn start(chain: &str, key: &Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let acceptor = acceptor(chain, key);
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    // Whoever does not trust it hangs up.
                    let Ok(mut stream) = acceptor.accept(stream).await else {
                        return;
                    };
                    let mut request = [0; 4096];
                    while stream.read(&mut request).await.is_ok_and(|count| count > 0) {
                        let nothing = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
                        stream.write_all(nothing).await.unwrap_or_default();
                    }
                });
            }
        });
        Self { port, accepting }
    }

    async fn of(identity: &Identity) -> Self {
        Self::start(&pem(identity), &identity.key).await
    }

    fn issuer(&self) -> String {
        format!("https://127.0.0.1:{}/realms/a", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

fn acceptor(chain: &str, key: &Path) -> TlsAcceptor {
    let chain = CertificateDer::pem_slice_iter(chain.as_bytes());
    let chain = chain.map(|each| each.expect("a certificate")).collect();
    let key = PrivateKeyDer::from_pem_file(key).expect("a key");
    let provider = aws_lc_rs::default_provider();
    let key = provider
        .key_provider
        .load_private_key(key)
        .expect("a usable key");
    // Not looked at here: some of these belong to another certificate than the first.
    let resolver = SingleCertAndKey::from(CertifiedKey::new(chain, key));
    let config = ServerConfig::builder_with_provider(Arc::new(provider))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(resolver));
    TlsAcceptor::from(Arc::new(config))
}

fn pem(identity: &Identity) -> String {
    std::fs::read_to_string(&identity.certificate).expect("a certificate")
}

/// What is said about a server by one who trusts this file, and the earliest end among what it presents.
async fn said(server: &Server, file: &Path) -> ((Step, Cause), Option<UnixTime>) {
    let rig = Rig::of(&server.issuer()).trusting(file);
    let seen = rig.look().await.expect("it can be judged");
    let fault = seen.chain.fault().expect("there are no pages");
    let before = [Step::Connection, Step::Tls].into_iter();
    let before: Vec<Step> = before.filter(|step| *step < fault.0).collect();
    assert_eq!(seen.chain.held, before);
    (fault, seen.certificate_end)
}

#[tokio::test]
async fn each_flaw_of_a_certificate_has_its_cause() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let file = authority.file();
    let here = "127.0.0.1";
    let cases = [
        (authority.server(here), (Step::Discovery, Cause::NotFound)),
        (
            authority.server("sso.example.com"),
            (Step::Tls, Cause::WrongName),
        ),
        (stranger.server(here), (Step::Tls, Cause::UnknownAuthority)),
        (
            authority.expired_server(here),
            (Step::Tls, Cause::CertificateExpired),
        ),
        (
            authority.future_server(here),
            (Step::Tls, Cause::CertificateNotYetValid),
        ),
        (
            authority.client(here),
            (Step::Tls, Cause::CertificateInvalid),
        ),
    ];
    for (identity, expected) in cases {
        let (fault, end) = said(&Server::of(&identity).await, &file).await;
        assert_eq!(fault, expected);
        assert!(end.is_some(), "{fault:?}");
    }
    let expired = Server::of(&authority.expired_server(here)).await;
    let end = said(&expired, &file).await.1;
    assert_eq!(
        end.map(|end| end.to_string()).as_deref(),
        Some("2002-01-01T00:00:00Z")
    );
}

#[tokio::test]
async fn the_first_certificate_must_be_the_servers_own_and_the_rest_may_stand_as_they_like() {
    let (authority, other) = (Authority::new(), Authority::new());
    let file = authority.file();
    let identity = authority.server("127.0.0.1");
    let (own, root, foreign) = (pem(&identity), authority.pem(), other.pem());
    for (chain, expected) in [
        (format!("{own}{root}"), (Step::Discovery, Cause::NotFound)),
        (
            format!("{own}{foreign}{root}"),
            (Step::Discovery, Cause::NotFound),
        ),
        (format!("{root}{own}"), (Step::Tls, Cause::WrongOrder)),
        (
            format!("{foreign}{root}{own}"),
            (Step::Tls, Cause::WrongOrder),
        ),
        (root.clone(), (Step::Tls, Cause::CertificateInvalid)),
    ] {
        let server = Server::start(&chain, &identity.key).await;
        assert_eq!(said(&server, &file).await.0, expected);
    }
}

#[tokio::test]
async fn the_earliest_end_of_all_that_is_presented_counts() {
    let authority = Authority::new();
    let identity = authority.server("127.0.0.1");
    let old = authority.expired_server("127.0.0.1");
    let chain = format!("{}{}", pem(&identity), pem(&old));
    let server = Server::start(&chain, &identity.key).await;
    let (fault, end) = said(&server, &authority.file()).await;
    assert_eq!(fault, (Step::Discovery, Cause::NotFound));
    assert_eq!(
        end.map(|end| end.to_string()).as_deref(),
        Some("2002-01-01T00:00:00Z")
    );
}

#[tokio::test]
async fn the_bundle_is_read_anew_at_each_visit() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let server = Server::of(&authority.server("127.0.0.1")).await;
    let file = stranger.file();
    let rig = Rig::of(&server.issuer()).trusting(&file);
    let visitor = rig.visitor();
    let mut said = Vec::new();
    for content in [
        authority.pem(),
        stranger.pem(),
        "half a file".to_owned(),
        authority.pem(),
    ] {
        std::fs::write(&file, content).expect("it can be written");
        let seen = rig
            .look_again(&visitor, None)
            .await
            .expect("it can be judged");
        said.push(seen.chain.fault().expect("there are no pages").1);
    }
    let expected = [
        Cause::NotFound,
        Cause::UnknownAuthority,
        Cause::BundleUnusable,
        Cause::NotFound,
    ];
    assert_eq!(said, expected);
}

#[tokio::test]
async fn plain_http_and_silence_where_tls_should_be_are_told_apart() {
    let authority = Authority::new();
    let at = |port: u16| {
        Rig::of(&format!("https://127.0.0.1:{port}/realms/a")).trusting(&authority.file())
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let plain = listener.local_addr().expect("an address").port();
    let answering = tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let said = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
            stream.write_all(said).await.unwrap_or_default();
            let _rest = stream.read(&mut [0; 4096]).await;
        }
    });
    assert_eq!(at(plain).fault().await, Some((Step::Tls, Cause::NoTls)));
    answering.abort();

    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let mut rig = at(silent.local_addr().expect("an address").port());
    rig.timeout = std::time::Duration::from_millis(300);
    let timeout = Some((Step::Connection, Cause::Timeout));
    assert_eq!(rig.fault().await, timeout);
    let nobody = at(crate::servers::free_port());
    let unreachable = Some((Step::Connection, Cause::Unreachable));
    assert_eq!(nobody.fault().await, unreachable);
}
