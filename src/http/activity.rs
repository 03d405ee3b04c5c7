//! What one connection is doing, as its own task and the doorkeeper see it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// Not waiting: a request is being answered.
const BUSY: u64 = u64::MAX;
/// Pushed out by the doorkeeper; it answers no more requests.
const CLAIMED: u64 = u64::MAX - 1;

/// What one connection is doing.
///
/// The socket, the service and the response note their part of it as they go. Only `rest` is of interest to another task:
/// the doorkeeper may claim a connection that waits, and never one that answers, so every change of it is one exchange.
#[derive(Debug)]
pub(super) struct Activity {
    /// Since when the connection waits for a request, in nanoseconds of the listener's life; or one of the words above.
    rest: AtomicU64,
    /// How many requests it has heard.
    requests: AtomicU64,
    /// Whether bytes arrived since the last request, so that the head of the next one is under way.
    heard: AtomicBool,
    /// Whether a response is being made or its body not yet handed to hyper.
    open: AtomicBool,
    /// Whether the socket took no more bytes when it was last asked.
    stalled: AtomicBool,
}

impl Activity {
    /// A new connection, which waits for its first request. `age` is the listener's.
    pub(super) fn new(age: Duration) -> Self {
        Self {
            rest: AtomicU64::new(nanoseconds(age)),
            requests: AtomicU64::new(0),
            heard: AtomicBool::new(false),
            open: AtomicBool::new(false),
            stalled: AtomicBool::new(false),
        }
    }

    /// A request begins. False if the connection was claimed, and must end instead.
    pub(super) fn begin(&self) -> bool {
        self.heard.store(false, Ordering::Relaxed);
        self.open.store(true, Ordering::Relaxed);
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.rest.swap(BUSY, Ordering::SeqCst) != CLAIMED
    }

    /// The body of the response is with hyper, or was dropped.
    pub(super) fn close(&self) {
        self.open.store(false, Ordering::Relaxed);
    }

    /// The response is out, and the connection waits for the next request. `age` is the listener's.
    pub(super) fn rest(&self, age: Duration) {
        // Nobody else touches the word while it says busy, so looking and writing need not be one step.
        if self.rest.load(Ordering::SeqCst) == BUSY {
            self.rest.store(nanoseconds(age), Ordering::SeqCst);
        }
    }

    /// The socket gave bytes.
    pub(super) fn hear(&self) {
        self.heard.store(true, Ordering::Relaxed);
    }

    /// The socket took bytes, or took none.
    pub(super) fn stall(&self, stalled: bool) {
        self.stalled.store(stalled, Ordering::Relaxed);
    }

    /// How many requests were heard.
    pub(super) fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// Whether part of a request's head has arrived.
    pub(super) fn hearing(&self) -> bool {
        self.heard.load(Ordering::Relaxed)
    }

    /// Whether a response is made or sent.
    pub(super) fn answering(&self) -> bool {
        self.open.load(Ordering::Relaxed) || self.stalled.load(Ordering::Relaxed)
    }

    /// Since when it waits for a request, in nanoseconds of the listener's life; `None` if it does not.
    pub(super) fn waiting_since(&self) -> Option<u64> {
        match self.rest.load(Ordering::SeqCst) {
            BUSY | CLAIMED => None,
            since => Some(since),
        }
    }

    /// Takes the connection out of service if it still waits since then.
    pub(super) fn claim(&self, since: u64) -> bool {
        self.rest
            .compare_exchange(since, CLAIMED, Ordering::SeqCst, Ordering::SeqCst)
            .is_ok()
    }
}

fn nanoseconds(age: Duration) -> u64 {
    u64::try_from(age.as_nanos()).unwrap_or(CLAIMED - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_waiting_connection_can_be_claimed() {
        let activity = Activity::new(Duration::from_nanos(7));
        assert_eq!(activity.waiting_since(), Some(7));
        assert!(activity.begin());
        assert_eq!(activity.waiting_since(), None);
        assert!(!activity.claim(7));
        activity.rest(Duration::from_nanos(9));
        assert!(!activity.claim(7), "it was busy in between");
        assert!(activity.claim(9));
    }

    #[test]
    fn a_claimed_connection_answers_nothing() {
        let activity = Activity::new(Duration::ZERO);
        assert!(activity.claim(0));
        assert!(!activity.begin());
    }

    #[test]
    fn a_response_is_under_way_until_made_and_taken() {
        let activity = Activity::new(Duration::ZERO);
        assert!(activity.begin() && activity.answering());
        activity.stall(true);
        activity.close();
        assert!(activity.answering(), "the socket has not taken it");
        activity.stall(false);
        assert!(!activity.answering());
    }
}
