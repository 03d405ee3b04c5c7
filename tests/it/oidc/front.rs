//! What stands before Keycloak: a TLS endpoint that shows the certificate we choose, and hands everything on.
//!
//! It speaks TLS to Keycloak as well, so that Keycloak knows that it is asked over TLS, and names itself by the address of the
//! front, as it does behind any proxy that keeps the name.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, copy, split},
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};
use tokio_rustls::{
    TlsAcceptor, TlsConnector,
    rustls::{
        ClientConfig, RootCertStore, ServerConfig,
        crypto::aws_lc_rs,
        pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject as _},
    },
};

use crate::servers::{AUTHORITY, Identity, eventually, free_port};

/// How the front behaves.
#[derive(Clone)]
pub(super) enum Way {
    /// Shows these certificates, one after the other, with the key of the first.
    Shows(Vec<Identity>),
    /// Speaks no TLS: hands on what it is given to the plain HTTP of Keycloak.
    Plain,
    /// Takes connections and says nothing.
    Silent,
    /// Is not there.
    Closed,
}

/// The front of one server. Closed on drop.
pub(super) struct Front {
    port: u16,
    server: Server,
    seen: Arc<Mutex<Seen>>,
    /// Guards the swap of what listens.
    open: Mutex<Option<JoinHandle<()>>>,
}

/// Where Keycloak listens.
#[derive(Clone, Copy)]
pub(super) struct Server {
    pub(super) plain: u16,
    pub(super) tls: u16,
}

/// What passed through.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    /// Method and path of each request.
    pub(super) requests: Vec<String>,
    /// How many connections were made.
    pub(super) connections: usize,
}

impl Front {
    /// One that shows this certificate.
    pub(super) async fn new(server: Server, identity: Identity) -> Self {
        let front = Self {
            port: free_port(),
            server,
            seen: Arc::default(),
            open: Mutex::default(),
        };
        front.behave(Way::Shows(vec![identity])).await;
        front
    }

    /// `https://127.0.0.1:PORT`.
    pub(super) fn address(&self) -> String {
        format!("https://127.0.0.1:{}", self.port)
    }

    /// Hangs up on everybody, and behaves like this from now on.
    pub(super) async fn behave(&self, way: Way) {
        let open = self.open.lock().unwrap().take();
        if let Some(open) = open {
            open.abort();
            // Only then is the port free again.
            drop(open.await);
        }
        if matches!(way, Way::Closed) {
            return;
        }
        let listener = eventually("the port is free again", async || {
            TcpListener::bind((Ipv4Addr::LOCALHOST, self.port))
                .await
                .ok()
        })
        .await;
        let (server, seen) = (self.server, Arc::clone(&self.seen));
        let open = tokio::spawn(serve(listener, server, way, seen));
        *self.open.lock().unwrap() = Some(open);
    }

    /// What passed through since it was asked before.
    pub(super) fn seen(&self) -> Seen {
        std::mem::take(&mut *self.seen.lock().unwrap())
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        if let Some(open) = self.open.get_mut().unwrap().take() {
            open.abort();
        }
    }
}

async fn serve(listener: TcpListener, server: Server, way: Way, seen: Arc<Mutex<Seen>>) {
    // Ends with this task, all connections included.
    let mut connections = JoinSet::new();
    let acceptor = match &way {
        Way::Shows(identities) => Some(acceptor(identities)),
        Way::Plain | Way::Silent | Way::Closed => None,
    };
    while let Ok((stream, _)) = listener.accept().await {
        seen.lock().unwrap().connections += 1;
        let (way, acceptor, seen) = (way.clone(), acceptor.clone(), Arc::clone(&seen));
        connections.spawn(async move {
            match (way, acceptor) {
                (Way::Plain, _) => {
                    if let Ok(keycloak) = TcpStream::connect(loopback(server.plain)).await {
                        exchange(stream, keycloak, &seen).await;
                    }
                }
                (_, Some(acceptor)) => {
                    // Whoever does not trust the certificate hangs up here.
                    if let Ok(client) = acceptor.accept(stream).await {
                        exchange(client, to_keycloak(server.tls).await, &seen).await;
                    }
                }
                (_, None) => std::future::pending().await,
            }
        });
    }
}

/// Hands on in both directions until one side hangs up, and notes requests.
async fn exchange(
    client: impl AsyncRead + AsyncWrite + Unpin,
    keycloak: impl AsyncRead + AsyncWrite + Unpin,
    seen: &Mutex<Seen>,
) {
    let (mut from_client, mut to_client) = split(client);
    let (mut from_keycloak, mut to_keycloak) = split(keycloak);
    let there = async {
        let mut bytes = vec![0; 64 * 1024];
        while let Ok(count @ 1..) = from_client.read(&mut bytes).await {
            note(&bytes[..count], seen);
            if to_keycloak.write_all(&bytes[..count]).await.is_err() {
                break;
            }
            drop(to_keycloak.flush().await);
        }
    };
    tokio::select! {
        () = there => {}
        _ = copy(&mut from_keycloak, &mut to_client) => {}
    }
}

/// Notes the request that begins in what was read, if one does: clients of HTTP/1.1 send a head at once.
fn note(bytes: &[u8], seen: &Mutex<Seen>) {
    let text = String::from_utf8_lossy(bytes);
    let line = text.lines().next().unwrap_or_default();
    if let Some(request) = line.strip_suffix(" HTTP/1.1") {
        seen.lock().unwrap().requests.push(request.to_owned());
    }
}

fn acceptor(identities: &[Identity]) -> TlsAcceptor {
    let shown = identities.iter().flat_map(|identity| {
        let certificates = CertificateDer::pem_file_iter(&identity.certificate).unwrap();
        certificates.map(Result::unwrap)
    });
    let key = PrivateKeyDer::from_pem_file(&identities[0].key).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(shown.collect(), key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

async fn to_keycloak(port: u16) -> tokio_rustls::client::TlsStream<TcpStream> {
    let mut trusted = RootCertStore::empty();
    let authority = CertificateDer::from_pem_file(AUTHORITY.file()).unwrap();
    trusted.add(authority).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(trusted)
        .with_no_client_auth();
    let stream = TcpStream::connect(loopback(port)).await.unwrap();
    let name = ServerName::try_from("127.0.0.1").unwrap();
    let connector = TlsConnector::from(Arc::new(config));
    connector.connect(name, stream).await.unwrap()
}

fn loopback(port: u16) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, port).into()
}
