//! Pages for people: their headers, and who makes them.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};

use super::encoding::admits_gzip;
use super::reply::Pieces;
use super::routes::{Backend, aside};
use super::site::Visit;

/// Where the first page is.
pub(super) const FRONT: &str = "/";

/// What the browser may load for a page and do with it: our stylesheet, and the icon that stands in the page itself; its one form leads
/// back to us.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);

/// How many seconds after it was shown a page is asked for again.
const REFRESH: HeaderValue = HeaderValue::from_static("30");

/// The headers of a page.
pub(super) fn label(headers: &mut HeaderMap, gzip: bool, refreshes: bool) {
    const HEADERS: [(header::HeaderName, HeaderValue); 5] = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        ),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
        (
            header::REFERRER_POLICY,
            HeaderValue::from_static("no-referrer"),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    headers.extend(HEADERS);
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if gzip {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    if refreshes {
        headers.insert(header::REFRESH, REFRESH);
    }
}

/// Any page for people. Most requests for the first one never come here: they are answered at once.
pub(super) async fn people(
    State(backend): State<Arc<Backend>>,
    uri: Uri,
    asked: HeaderMap,
) -> Result<Response, StatusCode> {
    let gzip = admits_gzip(&asked);
    let site = backend.site();
    let is_alive = (backend.doors.healthy)();
    let (visited, document) = aside(move || {
        let query = uri.query().unwrap_or_default();
        let visit = Visit {
            path: uri.path(),
            query,
            is_alive,
        };
        let visited = if uri.path() == FRONT && query.is_empty() && is_alive {
            site.front.visited()
        } else {
            (site.pages)(&visit)
        };
        let document = if gzip {
            visited.page.gzip()
        } else {
            visited.page.text().clone()
        };
        (visited, document)
    })
    .await?;
    let mut response = Response::new(Body::new(Pieces::of(&document)));
    if !visited.is_found {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    label(response.headers_mut(), gzip, visited.refreshes);
    Ok(response)
}

/// The stylesheet. Its address changes with the version, so browsers may keep it for a while.
pub(super) async fn style(State(backend): State<Arc<Backend>>) -> impl IntoResponse {
    let style = backend.site().style;
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "max-age=300"),
    ];
    (headers, style)
}
