//! What there is to ask.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use tokio::sync::watch;
use tokio::task::spawn_blocking;

use super::bounds::bounded;
use super::encoding::admits_gzip;
use super::limits::Limits;
use super::people::{people, style};
use super::reload::{ReloadRequest, reload};
use super::reply::Pieces;
use super::site::Site;
use crate::page::{Document, Page};

/// Where the page is.
pub(super) const METRICS: &str = "/metrics";

/// How long a page may be to be compressed between two requests of a connection, in bytes: about a millisecond.
const SMALL: u64 = 64 * 1024;

const ROUTES: &str = "\
nothing is here; there are
  GET  /
  GET  /targets/NAME
  GET  /metrics
  GET  /api/v1/status
  GET  /-/healthy
  GET  /-/ready
  POST /-/reload
";

/// The doors from a route into the daemon.
#[derive(Clone)]
pub struct Doors {
    /// Whether the daemon is alive: its scheduler ticks.
    pub healthy: Arc<dyn Fn() -> bool + Send + Sync>,
    /// Takes the request to read the configuration again; `None` if that is not offered over HTTP.
    pub reload: Option<tokio::sync::mpsc::Sender<ReloadRequest>>,
}

/// Where the routes get their answers.
pub(super) struct Backend {
    sites: watch::Receiver<Site>,
    /// The doors into the daemon.
    pub(super) doors: Doors,
}

impl Backend {
    /// Answers from the latest of these sites.
    pub(super) fn new(sites: watch::Receiver<Site>, doors: Doors) -> Self {
        Self { sites, doors }
    }

    /// The latest site.
    pub(super) fn site(&self) -> Site {
        self.sites.borrow().clone()
    }

    /// The page, unless it takes long to make.
    pub(super) fn page_at_once(&self, gzip: bool) -> Option<Document> {
        let page = self.sites.borrow().metrics.clone();
        at_once(&page, gzip)
    }

    /// The first page for people, unless it takes long to make or the daemon is not alive: it would not say so.
    pub(super) fn front_at_once(&self, gzip: bool) -> Option<Document> {
        let made = self.sites.borrow().front.page_if_made().cloned()?;
        (self.doors.healthy)().then(|| at_once(&made, gzip))?
    }

    /// The page, made on a thread that may take its time.
    async fn page(&self, gzip: bool) -> Result<Document, StatusCode> {
        if let Some(page) = self.page_at_once(gzip) {
            return Ok(page);
        }
        let page = self.sites.borrow().metrics.clone();
        aside(move || page.gzip()).await
    }
}

/// A page as it is, or compressed if that was done already or is done soon.
fn at_once(page: &Page, gzip: bool) -> Option<Document> {
    if !gzip {
        return Some(page.text().clone());
    }
    page.gzip_if_made()
        .or_else(|| (page.text().length() <= SMALL).then(|| page.gzip()))
}

/// Runs what may take a while where it keeps no other connection waiting.
pub(super) async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, StatusCode> {
    spawn_blocking(work)
        .await
        .map_err(|_panicked| StatusCode::INTERNAL_SERVER_ERROR)
}

/// The headers of the page.
pub(super) fn label(headers: &mut HeaderMap, gzip: bool) {
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(Page::CONTENT_TYPE),
    );
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    if gzip {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
}

/// All routes.
pub(super) fn router(backend: Arc<Backend>, limits: Limits) -> Router {
    Router::new()
        .route(METRICS, get(metrics))
        .route("/", get(people))
        .route("/targets/{*name}", get(people))
        .route("/style.css", get(style))
        .route("/api/v1/status", get(status))
        .route("/-/healthy", get(healthy))
        .route("/healthz", get(healthy))
        .route("/livez", get(healthy))
        .route("/-/ready", get(ready))
        .route("/readyz", get(ready))
        .route("/-/reload", post(reload))
        .fallback(|| async { (StatusCode::NOT_FOUND, ROUTES) })
        .method_not_allowed_fallback(|| async {
            (
                StatusCode::METHOD_NOT_ALLOWED,
                "not with this method; see Allow\n",
            )
        })
        .layer(from_fn_with_state(limits, bounded))
        .layer(map_response(harden))
        .with_state(backend)
}

/// Browsers take nothing for what it does not say it is, and nobody keeps what is true only now.
pub(super) async fn harden(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

async fn metrics(
    State(backend): State<Arc<Backend>>,
    asked: HeaderMap,
) -> Result<Response, StatusCode> {
    let gzip = admits_gzip(&asked);
    let document = backend.page(gzip).await?;
    let mut response = Response::new(axum::body::Body::new(Pieces::of(&document)));
    label(response.headers_mut(), gzip);
    Ok(response)
}

async fn status(State(backend): State<Arc<Backend>>) -> Result<impl IntoResponse, StatusCode> {
    let make = Arc::clone(&backend.sites.borrow().status);
    let json = aside(move || make()).await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], json))
}

async fn healthy(State(backend): State<Arc<Backend>>) -> impl IntoResponse {
    verdict((backend.doors.healthy)(), "the scheduler does not tick\n")
}

async fn ready(State(backend): State<Arc<Backend>>) -> impl IntoResponse {
    verdict(
        backend.sites.borrow().ready,
        "not every target was tried yet\n",
    )
}

fn verdict(good: bool, otherwise: &'static str) -> impl IntoResponse {
    if good {
        (StatusCode::OK, "ok\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, otherwise)
    }
}
