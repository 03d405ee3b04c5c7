//! A listener on a free port, and what it hands out.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use kcwatch::http::{Doors, Front, Guard, Limits, Listener, Site, Visit, Visited};
use kcwatch::page::{Document, Page};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::client::{Client, Heard};

pub(crate) const TEXT: &str =
    "# TYPE kcwatch_target_up gauge\nkcwatch_target_up{target=\"prod\"} 1\n";
pub(crate) const STATUS: &str = r#"{"targets":[]}"#;

/// More than the buffers of both operating systems' ends hold.
pub(crate) const BIG: usize = 32 << 20;

/// A running listener.
pub(crate) struct Rig {
    pub(crate) address: SocketAddr,
    pub(crate) sites: watch::Sender<Site>,
    pub(crate) stop: CancellationToken,
    pub(crate) served: JoinHandle<()>,
}

impl Rig {
    pub(crate) async fn open() -> Self {
        Self::with(Limits::default()).await
    }

    pub(crate) async fn with(limits: Limits) -> Self {
        Self::with_doors(limits, healthy()).await
    }

    pub(crate) async fn with_doors(limits: Limits, doors: Doors) -> Self {
        Self::guarded(limits, doors, Guard::default()).await
    }

    pub(crate) async fn guarded(limits: Limits, doors: Doors, guard: Guard) -> Self {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let listener = Listener::bind(any, limits).await.expect("a free port");
        let listener = listener.guarded_by(guard);
        let address = listener.local_addr();
        let (sites, latest) = watch::channel(site(Document::new(vec![TEXT.into()])));
        let stop = CancellationToken::new();
        let served = tokio::spawn(listener.serve(latest, doors, stop.clone()));
        Self {
            address,
            sites,
            stop,
            served,
        }
    }

    /// Asks over a connection of its own.
    pub(crate) async fn ask(&self, method: &str, path: &str) -> Heard {
        self.client().await.ask(method, path).await
    }

    pub(crate) async fn client(&self) -> Client {
        Client::connect(self.address).await
    }

    /// A client that was answered once and lies idle since.
    pub(crate) async fn idle_client(&self) -> Client {
        let mut client = self.client().await;
        assert_eq!(client.ask("GET", "/healthz").await.status, 200);
        client
    }

    /// A client that asked for the big page, and has heard no more than the head of the response.
    pub(crate) async fn busy_client(&self) -> (Client, Heard) {
        let mut client = self.client().await;
        client
            .say("GET /metrics HTTP/1.1\r\nHost: kcwatch\r\n\r\n")
            .await
            .expect("sent");
        let head = client.head().await.expect("a response");
        assert_eq!(head.header("content-length"), BIG.to_string());
        (client, head)
    }

    /// From now on the page is so big that a client who does not read it keeps its connection busy.
    pub(crate) fn grow(&self) {
        let piece = Bytes::from(vec![b'#'; 64 * 1024]);
        self.sites
            .send_replace(site(Document::new(vec![piece; BIG / (64 * 1024)])));
    }
}

pub(crate) fn site(page: Document) -> Site {
    Site {
        metrics: Page::from(page),
        status: Arc::new(|| Bytes::from_static(STATUS.as_bytes())),
        front: Front::new(|| html("the first page")),
        pages: Arc::new(visited),
        style: "main { color: green }",
        ready: true,
    }
}

/// A page that says what was asked for.
fn visited(visit: &Visit<'_>) -> Visited {
    Visited {
        page: html(&format!("{visit:?}")),
        is_found: visit.path != "/targets/nobody",
        refreshes: visit.query != "refresh=off",
    }
}

fn html(text: &str) -> Page {
    Page::from(Document::new(vec![Bytes::from(text.to_owned())]))
}

pub(crate) fn healthy() -> Doors {
    Doors {
        healthy: Arc::new(|| true),
        reload: None,
    }
}
