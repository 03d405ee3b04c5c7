//! From a request to its response.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::Body as RouteBody;
use http::{HeaderMap, Method, Request, Response};
use http_body::Body as _;
use hyper::body::Incoming;
use tower::Service as _;

use super::activity::Activity;
use super::doorkeeper::House;
use super::encoding::admits_gzip;
use super::guard::Admission;
use super::people::{self, FRONT};
use super::reply::Reply;
use super::routes::{METRICS, label};
use crate::page::Document;
use crate::web_config::Answer;

/// Answers the requests of one connection.
///
/// The scrape is what this program is for: it is answered here, in one step, without a router and without waiting. So is the first
/// page for people, once it is made.
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

    /// What is finished: the page of metrics, and the first page for people.
    fn finished(&self, request: &Request<Incoming>) -> Option<Response<Reply>> {
        let may_be = (request.method() == Method::GET || request.method() == Method::HEAD)
            && request.body().is_end_stream();
        if !may_be {
            return None;
        }
        let (uri, backend) = (request.uri(), &self.house.backend);
        match uri.path() {
            METRICS => {
                let gzip = admits_gzip(request.headers());
                let document = backend.page_at_once(gzip)?;
                Some(self.document(&document, |headers| label(headers, gzip)))
            }
            FRONT if uri.query().is_none() => {
                let gzip = admits_gzip(request.headers());
                let document = backend.front_at_once(gzip)?;
                Some(self.document(&document, |headers| people::label(headers, gzip, true)))
            }
            _ => None,
        }
    }

    fn document(&self, document: &Document, label: impl FnOnce(&mut HeaderMap)) -> Response<Reply> {
        let body = Reply::document(document, Arc::clone(&self.activity));
        let mut response = Response::new(body);
        label(response.headers_mut());
        self.house.guard.dress(response.headers_mut());
        response
    }

    fn routed(&self, request: Request<Incoming>, admission: Admission) -> Routed {
        let (house, activity) = (Arc::clone(&self.house), Arc::clone(&self.activity));
        Box::pin(async move {
            let answer = match admission {
                Admission::Granted => Answer::Welcome,
                Admission::Denied => Answer::Wrong,
                Admission::Asked(users, credentials) => users.ask(credentials).await,
            };
            let mut response = answered(&house, answer, request.map(RouteBody::new)).await;
            house.guard.dress(response.headers_mut());
            response.map(|body| Reply::route(body, activity))
        })
    }
}

async fn answered(
    house: &House,
    answer: Answer,
    mut request: Request<RouteBody>,
) -> Response<RouteBody> {
    let mut router = match answer {
        Answer::Welcome => house.router.clone(),
        Answer::Wrong | Answer::Busy => {
            request
                .extensions_mut()
                .insert(house.guard.turn_away(answer));
            house.turned_away.clone()
        }
    };
    let Ok(response) = router.call(request).await;
    response
}

impl hyper::service::Service<Request<Incoming>> for Service {
    type Response = Response<Reply>;
    type Error = PushedOut;
    type Future = Pending;

    fn call(&self, request: Request<Incoming>) -> Pending {
        if !self.activity.begin() {
            return Pending::AtOnce(Some(Err(PushedOut)));
        }
        let admission = self.house.guard.admission(&request);
        let granted = matches!(admission, Admission::Granted);
        match granted.then(|| self.finished(&request)).flatten() {
            Some(response) => Pending::AtOnce(Some(Ok(response))),
            None => Pending::Routed(self.routed(request, admission)),
        }
    }
}

type Routed = Pin<Box<dyn Future<Output = Response<Reply>> + Send>>;

/// The response to come.
pub(super) enum Pending {
    /// Is there already; `None` once taken.
    AtOnce(Option<Result<Response<Reply>, PushedOut>>),
    /// Made by the router.
    Routed(Routed),
}

impl Future for Pending {
    type Output = Result<Response<Reply>, PushedOut>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.get_mut() {
            Self::AtOnce(response) => response.take().map_or(Poll::Pending, Poll::Ready),
            Self::Routed(future) => future.as_mut().poll(context).map(Ok),
        }
    }
}
