//! No request may bring more than a little, or take long to bring it.

use axum::body::{Body, HttpBody as _};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use tokio::time::timeout;

use super::limits::Limits;

/// Reads and drops the body of a request, which no route has a use for, before the route is asked.
pub(super) async fn bounded(
    State(limits): State<Limits>,
    request: Request,
    next: Next,
) -> Response {
    let (head, body) = request.into_parts();
    if body.size_hint().lower() > limits.max_body_bytes {
        return refuse(StatusCode::PAYLOAD_TOO_LARGE);
    }
    match timeout(limits.header_timeout, swallow(body, limits.max_body_bytes)).await {
        Ok(Ok(())) => next.run(Request::from_parts(head, Body::empty())).await,
        Ok(Err(status)) => refuse(status),
        Err(_elapsed) => refuse(StatusCode::REQUEST_TIMEOUT),
    }
}

async fn swallow(body: Body, limit: u64) -> Result<(), StatusCode> {
    let mut body = Limited::new(body, usize::try_from(limit).unwrap_or(usize::MAX));
    while let Some(frame) = body.frame().await {
        if let Err(error) = frame {
            return Err(if error.is::<LengthLimitError>() {
                StatusCode::PAYLOAD_TOO_LARGE
            } else {
                StatusCode::BAD_REQUEST
            });
        }
    }
    Ok(())
}

/// What is left of the body stays unread, so the connection is of no more use.
fn refuse(status: StatusCode) -> Response {
    (
        status,
        [(header::CONNECTION, "close")],
        "the body of the request was not taken\n",
    )
        .into_response()
}
