//! A listener behind a file, certificates for both sides, and clients that speak TLS.

use std::{io, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use kcwatch::{
    clock,
    http::{Doors, Guard, Limits},
    model::Refusal,
    web_config::WebConfig,
};
use rustls::{
    ClientConfig, HandshakeKind, RootCertStore, SupportedProtocolVersion,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject as _},
    version::{TLS12, TLS13},
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::watch,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

use crate::{
    http::{
        client::{Client, Heard},
        rig::{Rig, healthy},
    },
    servers::{Authority, Identity, eventually},
};

/// The password of the user `prometheus`, and one that nobody has.
pub(super) const PASSWORD: &str = "correct horse battery";
pub(super) const WRONG: &str = "wrong horse battery";

/// TLS 1.2 alone, and TLS 1.3 alone.
pub(super) static OLDER: [&SupportedProtocolVersion; 1] = [&TLS12];
pub(super) static NEWER: [&SupportedProtocolVersion; 1] = [&TLS13];

/// A hash that costs as little as any can.
pub(super) fn hash(password: &str) -> String {
    bcrypt::hash(password, 4).unwrap()
}

/// The header for a user.
pub(super) fn basic(user: &str, password: &str) -> String {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let words = STANDARD.encode(format!("{user}:{password}"));
    format!("Authorization: Basic {words}\r\n")
}

/// A folder with the file, and who issued the certificates in it.
pub(super) struct Folder {
    place: TempDir,
    pub(super) authority: Authority,
    pub(super) server: Identity,
}

impl Folder {
    pub(super) fn new() -> Self {
        let authority = Authority::new();
        Self {
            place: TempDir::new().unwrap(),
            server: authority.server("127.0.0.1"),
            authority,
        }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    pub(super) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// `tls_server_config` with the certificate of the server, and these lines more.
    pub(super) fn tls(&self, lines: &[&str]) -> String {
        tls_with(&self.server, lines)
    }

    /// The lines that ask clients for a certificate of our authority.
    pub(super) fn clients(&self, kind: &str) -> [String; 2] {
        let file = self.authority.file();
        [
            format!("client_auth_type: {kind}"),
            format!("client_ca_file: {}", file.display()),
        ]
    }

    /// What the text says when it lies in this folder.
    pub(super) fn load(&self, text: &str) -> Result<WebConfig, String> {
        let path = self.write("web.yaml", text);
        WebConfig::load(&path, clock::system()()).map_err(|problems| problems.to_string())
    }
}

/// `tls_server_config` with the certificate of somebody.
pub(super) fn tls_with(server: &Identity, lines: &[&str]) -> String {
    let mut text = format!(
        "tls_server_config:\n  cert_file: {}\n  key_file: {}\n",
        server.certificate.display(),
        server.key.display()
    );
    for line in lines {
        text.extend(["  ", line, "\n"]);
    }
    text
}

/// A running listener behind a file.
pub(super) struct Scene {
    pub(super) folder: Folder,
    pub(super) rig: Rig,
    pub(super) guard: Guard,
    in_force: watch::Sender<Arc<WebConfig>>,
}

impl Scene {
    /// Behind the file that `text` makes for this folder.
    pub(super) async fn open(text: impl FnOnce(&Folder) -> String) -> Self {
        Self::with(text, Limits::default(), healthy()).await
    }

    pub(super) async fn with(
        text: impl FnOnce(&Folder) -> String,
        limits: Limits,
        doors: Doors,
    ) -> Self {
        let folder = Folder::new();
        let config = folder.load(&text(&folder)).unwrap();
        let in_force = watch::Sender::new(Arc::new(config));
        let guard = Guard::new(in_force.subscribe());
        let rig = Rig::guarded(limits, doors, guard.clone()).await;
        Self {
            folder,
            rig,
            guard,
            in_force,
        }
    }

    /// From now on this is in force.
    pub(super) fn follow(&self, text: &str) {
        let config = self.folder.load(text).unwrap();
        self.in_force.send_replace(Arc::new(config));
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.rig.address
    }

    /// Who trusts our authority.
    pub(super) fn caller(&self) -> Caller {
        Caller::trusting(&self.folder.authority)
    }

    /// Asks over a new connection with TLS and no certificate.
    pub(super) async fn ask(&self, path: &str) -> Option<Heard> {
        self.caller().ask(self.address(), path, "").await
    }

    /// How often a connection was refused for this reason.
    pub(super) fn refused(&self, refusal: Refusal) -> u64 {
        self.guard.refused()[refusal.index()]
    }

    /// Waits until a connection was refused, and makes sure that it was for this reason.
    pub(super) async fn only_refused(&self, refusal: Refusal) {
        eventually("a connection was refused", async || {
            (self.guard.refused() != [0; Refusal::COUNT]).then_some(())
        })
        .await;
        let mut expected = [0; Refusal::COUNT];
        expected[refusal.index()] = 1;
        assert_eq!(self.guard.refused(), expected, "{refusal:?}");
    }
}

/// A client that speaks TLS.
pub(super) struct Caller {
    roots: RootCertStore,
    identity: Option<Identity>,
    versions: &'static [&'static SupportedProtocolVersion],
}

impl Caller {
    pub(super) fn trusting(authority: &Authority) -> Self {
        let mut roots = RootCertStore::empty();
        let pem = authority.pem();
        roots
            .add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap())
            .unwrap();
        Self {
            roots,
            identity: None,
            versions: rustls::ALL_VERSIONS,
        }
    }

    pub(super) fn showing(self, identity: &Identity) -> Self {
        Self {
            identity: Some(identity.clone()),
            ..self
        }
    }

    pub(super) fn speaking(self, versions: &'static [&'static SupportedProtocolVersion]) -> Self {
        Self { versions, ..self }
    }

    fn config(&self) -> ClientConfig {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(self.versions)
            .unwrap()
            .with_root_certificates(self.roots.clone());
        match &self.identity {
            None => builder.with_no_client_auth(),
            Some(identity) => {
                let chain = CertificateDer::pem_file_iter(&identity.certificate).unwrap();
                let key = PrivateKeyDer::from_pem_file(&identity.key).unwrap();
                let chain = chain.map(Result::unwrap).collect();
                builder.with_client_auth_cert(chain, key).unwrap()
            }
        }
    }

    /// A connection, if its own side is content with the other.
    pub(super) async fn call(
        &self,
        address: SocketAddr,
    ) -> io::Result<Client<TlsStream<TcpStream>>> {
        self.stream(address).await.map(Client::over)
    }

    pub(super) async fn stream(&self, address: SocketAddr) -> io::Result<TlsStream<TcpStream>> {
        connected(Arc::new(self.config()), address).await
    }

    /// How the second of two connections began, if the client remembers what it was given at the first.
    pub(super) async fn second_handshake(&self, address: SocketAddr) -> Option<HandshakeKind> {
        let config = Arc::new(self.config());
        let mut kind = None;
        for _ in 0..2 {
            let mut stream = connected(Arc::clone(&config), address).await.unwrap();
            let request = b"GET /healthz HTTP/1.1\r\nHost: kcwatch\r\nConnection: close\r\n\r\n";
            stream.write_all(request).await.unwrap();
            // What a session can be resumed with comes before the answer.
            stream.read_to_end(&mut Vec::new()).await.unwrap();
            kind = stream.get_ref().1.handshake_kind();
        }
        kind
    }

    /// Asks over a new connection; `None` if it was not taken.
    pub(super) async fn ask(
        &self,
        address: SocketAddr,
        path: &str,
        headers: &str,
    ) -> Option<Heard> {
        let mut client = self.call(address).await.ok()?;
        get(&mut client, path, headers).await
    }
}

async fn connected(
    config: Arc<ClientConfig>,
    address: SocketAddr,
) -> io::Result<TlsStream<TcpStream>> {
    let stream = TcpStream::connect(address).await?;
    let name = ServerName::try_from("127.0.0.1").unwrap();
    TlsConnector::from(config).connect(name, stream).await
}

/// Asks over an open connection; `None` if it ended instead.
pub(super) async fn get<S>(client: &mut Client<S>, path: &str, headers: &str) -> Option<Heard>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    let request = format!("GET {path} HTTP/1.1\r\nHost: kcwatch\r\n{headers}\r\n");
    client.say(request).await.ok()?;
    let mut heard = client.head().await?;
    heard.body = client.body(&heard).await;
    Some(heard)
}

/// Limits under which whoever is slow is soon found out.
pub(super) fn impatient() -> Limits {
    Limits {
        header_timeout: Duration::from_millis(200),
        ..Limits::default()
    }
}
