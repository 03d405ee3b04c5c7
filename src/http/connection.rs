//! One connection, from the first byte to the last.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep_until};
use tokio_util::either::Either;
use tracing::debug;

use super::activity::Activity;
use super::doorkeeper::House;
use super::handshake::{Encrypted, shake_hands};
use super::limits::Limits;
use super::service::Service;
use super::wire::Wire;

/// What a client speaks through. One type for both, so that hyper is in the program once.
type Stream = Either<TcpStream, Encrypted>;

/// Agrees with a new client on TLS, if that is asked for now, and answers its requests.
pub(super) async fn welcome(stream: TcpStream, house: Arc<House>, activity: Arc<Activity>) {
    let config = house.guard.in_force();
    let Some(tls) = config.tls().map(Arc::clone) else {
        return attend(Either::Left(stream), house, activity).await;
    };
    drop(config);
    if let Some(stream) = shake_hands(stream, tls, &house).await {
        attend(Either::Right(stream), house, activity).await;
    }
}

/// Answers the requests of one connection until its peer leaves, takes too long, or is asked to go.
async fn attend(stream: Stream, house: Arc<House>, activity: Arc<Activity>) {
    let wire = Wire::new(stream, Arc::clone(&activity));
    let service = Service::new(Arc::clone(&house), Arc::clone(&activity));
    let mut connection =
        pin!(protocol(&house.limits).serve_connection(TokioIo::new(wire), service));
    let mut patience = Patience::new(house, activity);
    poll_fn(|context| match connection.as_mut().poll(context) {
        Poll::Ready(Ok(())) => Poll::Ready(()),
        Poll::Ready(Err(error)) => {
            debug!(%error, "a connection ended early");
            Poll::Ready(())
        }
        Poll::Pending => patience.poll_end(context),
    })
    .await;
}

/// Hyper's own timer for heads is off: it runs between requests too, where waiting is right, and is set anew with an
/// allocation for each request.
fn protocol(limits: &Limits) -> http1::Builder {
    let mut protocol = http1::Builder::new();
    protocol
        .header_read_timeout(None)
        .max_buf_size(limits.max_header_bytes.max(SMALLEST_BUFFER));
    protocol
}

/// The smallest buffer hyper agrees to.
const SMALLEST_BUFFER: usize = 8192;

/// What a connection is in the middle of. Two values are equal only if nothing was completed between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Nothing has come since that many requests were answered.
    Waiting(u64),
    /// Part of a head has come since then.
    Hearing(u64),
    /// That request is being answered.
    Answering(u64),
}

/// How long the connection may go on like this.
struct Patience {
    house: Arc<House>,
    activity: Arc<Activity>,
    phase: Phase,
    since: Instant,
    alarm: Pin<Box<Sleep>>,
}

impl Patience {
    fn new(house: Arc<House>, activity: Arc<Activity>) -> Self {
        let since = Instant::now();
        let alarm = Box::pin(sleep_until(since + house.limits.idle_timeout));
        Self {
            house,
            activity,
            phase: Phase::Waiting(0),
            since,
            alarm,
        }
    }

    /// Ready when the connection must end though its peer is still there. Called whenever hyper waits.
    fn poll_end(&mut self, context: &mut Context<'_>) -> Poll<()> {
        self.look();
        if self.is_waiting() && self.house.wants_it_gone() {
            return Poll::Ready(());
        }
        let end = self.since + self.allowance();
        // An alarm that rings too early is set anew then; one that would ring too late is set anew now. So a request
        // that is answered as soon as it comes costs no change of the timer.
        if self.alarm.deadline() > end {
            self.alarm.as_mut().reset(end);
        }
        while self.alarm.as_mut().poll(context).is_ready() {
            if Instant::now() >= end {
                debug!(phase = ?self.phase, "a connection took too long");
                return Poll::Ready(());
            }
            self.alarm.as_mut().reset(end);
        }
        Poll::Pending
    }

    /// Sees what the connection is in the middle of, and since when.
    fn look(&mut self) {
        let phase = self.current();
        if phase == self.phase {
            return;
        }
        self.phase = phase;
        self.since = Instant::now();
        if self.is_waiting() {
            self.activity.rest(self.house.age());
        }
    }

    fn current(&self) -> Phase {
        let requests = self.activity.requests();
        if self.activity.answering() {
            Phase::Answering(requests)
        } else if self.activity.hearing() {
            Phase::Hearing(requests)
        } else {
            Phase::Waiting(requests)
        }
    }

    fn is_waiting(&self) -> bool {
        !matches!(self.phase, Phase::Answering(_))
    }

    fn allowance(&self) -> std::time::Duration {
        let limits = &self.house.limits;
        match self.phase {
            Phase::Waiting(_) => limits.idle_timeout,
            Phase::Hearing(_) => limits.header_timeout,
            Phase::Answering(_) => limits.response_timeout,
        }
    }
}
