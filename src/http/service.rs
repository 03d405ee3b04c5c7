//! From a request to its response.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::Body as RouteBody;
use http::{Method, Request, Response};
use http_body::Body as _;
use hyper::body::Incoming;
use tower::Service as _;

use super::activity::Activity;
use super::doorkeeper::House;
use super::encoding::admits_gzip;
use super::reply::Reply;
use super::routes::{METRICS, label};
use crate::page::Document;

/// Answers the requests of one connection.
///
/// The scrape is what this program is for: it is answered here, in one step, without a router and without waiting.
pub(super) struct Service {
    house: Arc<House>,
    activity: Arc<Activity>,
}

/// The doorkeeper took the connection out of service while its next request was on the way. A client sees what it always
/// may see of an idle connection: that it is closed.
#[derive(Debug, thiserror::Error)]
#[error("pushed out by another connection")]
pub(super) struct PushedOut;

impl Service {
    /// A service for the connection whose doings are noted in `activity`.
    pub(super) fn new(house: Arc<House>, activity: Arc<Activity>) -> Self {
        Self { house, activity }
    }

    fn scrape(&self, request: &Request<Incoming>) -> Option<Response<Reply>> {
        let asked = request.uri().path() == METRICS
            && (request.method() == Method::GET || request.method() == Method::HEAD)
            && request.body().is_end_stream();
        if !asked {
            return None;
        }
        let gzip = admits_gzip(request.headers());
        let document = self.house.backend.page_at_once(gzip)?;
        Some(self.page(&document, gzip))
    }

    fn page(&self, document: &Document, gzip: bool) -> Response<Reply> {
        let body = Reply::document(document, Arc::clone(&self.activity));
        let mut response = Response::new(body);
        label(response.headers_mut(), gzip);
        response
    }

    fn routed(&self, request: Request<Incoming>) -> Routed {
        let activity = Arc::clone(&self.activity);
        let mut router = self.house.router.clone();
        Box::pin(async move {
            let Ok(response) = router.call(request.map(RouteBody::new)).await;
            response.map(|body| Reply::route(body, activity))
        })
    }
}

impl hyper::service::Service<Request<Incoming>> for Service {
    type Response = Response<Reply>;
    type Error = PushedOut;
    type Future = Answer;

    fn call(&self, request: Request<Incoming>) -> Answer {
        if !self.activity.begin() {
            return Answer::AtOnce(Some(Err(PushedOut)));
        }
        match self.scrape(&request) {
            Some(response) => Answer::AtOnce(Some(Ok(response))),
            None => Answer::Routed(self.routed(request)),
        }
    }
}

type Routed = Pin<Box<dyn Future<Output = Response<Reply>> + Send>>;

/// The response to come.
pub(super) enum Answer {
    /// Is there already; `None` once taken.
    AtOnce(Option<Result<Response<Reply>, PushedOut>>),
    /// Made by the router.
    Routed(Routed),
}

impl Future for Answer {
    type Output = Result<Response<Reply>, PushedOut>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.get_mut() {
            Self::AtOnce(response) => response.take().map_or(Poll::Pending, Poll::Ready),
            Self::Routed(future) => future.as_mut().poll(context).map(Ok),
        }
    }
}
