//! Who stands at the door: what is asked of clients now, and how often somebody was not let in.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use http::{HeaderMap, Request, StatusCode, header};
use tokio::sync::watch;

use crate::model::Refusal;
use crate::web_config::{Answer, Credentials, Users, WebConfig};

/// Answered to everybody: who asks whether we live has no password, and learns nothing else.
const OPEN: [&str; 5] = ["/-/healthy", "/-/ready", "/healthz", "/livez", "/readyz"];

/// What is asked of clients, and how often somebody was not let in. Clones share both.
#[derive(Clone, Debug)]
pub struct Guard {
    in_force: watch::Receiver<Arc<WebConfig>>,
    tally: Arc<Tally>,
}

#[derive(Debug, Default)]
struct Tally {
    refused: [AtomicU64; Refusal::COUNT],
    unauthenticated: AtomicU64,
}

/// Whether a request is answered.
pub(super) enum Admission {
    /// It is.
    Granted,
    /// It is not.
    Denied,
    /// That depends on what these users say to it.
    Asked(Arc<Users>, Credentials),
}

impl Guard {
    /// One who asks what the latest of these says.
    pub fn new(in_force: watch::Receiver<Arc<WebConfig>>) -> Self {
        Self {
            in_force,
            tally: Arc::default(),
        }
    }

    /// How often a connection was not taken, in the order of [`Refusal::ALL`].
    pub fn refused(&self) -> [u64; Refusal::COUNT] {
        let count = |count: &AtomicU64| count.load(Ordering::Relaxed);
        self.tally.refused.each_ref().map(count)
    }

    /// How many requests were not answered because nobody was found to have sent them.
    pub fn unauthenticated(&self) -> u64 {
        self.tally.unauthenticated.load(Ordering::Relaxed)
    }

    /// What is asked now.
    pub(super) fn in_force(&self) -> Arc<WebConfig> {
        Arc::clone(&self.in_force.borrow())
    }

    /// Notes that a connection was not taken.
    pub(super) fn note_refusal(&self, refusal: Refusal) {
        if let Some(count) = self.tally.refused.get(refusal.index()) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Whether the request is answered. Costs next to nothing for who is known.
    pub(super) fn admission<B>(&self, request: &Request<B>) -> Admission {
        let config = self.in_force.borrow();
        let Some(users) = config.users() else {
            return Admission::Granted;
        };
        if OPEN.contains(&request.uri().path()) {
            return Admission::Granted;
        }
        let Some(words) = request.headers().get(header::AUTHORIZATION) else {
            return Admission::Denied;
        };
        if users.know(words) {
            return Admission::Granted;
        }
        match users.credentials(words) {
            Some(credentials) => Admission::Asked(Arc::clone(users), credentials),
            None => Admission::Denied,
        }
    }

    /// Adds the headers that are configured to those that a response has.
    pub(super) fn dress(&self, headers: &mut HeaderMap) {
        for (name, value) in self.in_force.borrow().headers() {
            headers.entry(name).or_insert_with(|| value.clone());
        }
    }

    /// The status for who is not let in.
    pub(super) fn turn_away(&self, answer: Answer) -> StatusCode {
        self.tally.unauthenticated.fetch_add(1, Ordering::Relaxed);
        match answer {
            Answer::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Answer::Welcome | Answer::Wrong => StatusCode::UNAUTHORIZED,
        }
    }
}

impl Default for Guard {
    /// One who asks nothing.
    fn default() -> Self {
        Self::new(watch::channel(Arc::default()).1)
    }
}
