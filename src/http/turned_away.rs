//! What is answered to a request that nobody was found to have sent.

use axum::Router;
use axum::extract::Extension;
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};

use super::bounds::bounded;
use super::limits::Limits;
use super::routes::harden;

/// Answers every request with the status that lies in it, its body bounded as elsewhere.
pub(super) fn router(limits: Limits) -> Router {
    Router::new()
        .fallback(refuse)
        .layer(from_fn_with_state(limits, bounded))
        .layer(map_response(harden))
}

async fn refuse(Extension(status): Extension<StatusCode>) -> Response {
    let (name, value, text) = if status == StatusCode::UNAUTHORIZED {
        let realm = HeaderValue::from_static("Basic realm=\"kcwatch\", charset=\"UTF-8\"");
        let text = "name and password are needed, by the scheme Basic\n";
        (header::WWW_AUTHENTICATE, realm, text)
    } else {
        let soon = HeaderValue::from_static("1");
        let text = "too many passwords are being compared; try again\n";
        (header::RETRY_AFTER, soon, text)
    };
    (status, [(name, value)], text).into_response()
}
