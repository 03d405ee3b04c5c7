//! Who is let in, and who has to leave.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, Id, JoinError, JoinSet};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;
use tracing::{debug, error, warn};

use super::activity::Activity;
use super::connection::welcome;
use super::guard::Guard;
use super::limits::Limits;
use super::routes::Backend;
use super::turned_away;

/// How long to wait after a connection could not be accepted: most reasons do not pass at once.
const PAUSE: Duration = Duration::from_millis(100);

/// What all connections share.
pub(super) struct House {
    /// What a client may ask.
    pub(super) limits: Limits,
    /// Where answers come from.
    pub(super) backend: Arc<Backend>,
    /// Answers all that is not answered at once.
    pub(super) router: Router,
    /// Answers who is not let in.
    pub(super) turned_away: Router,
    /// Decides who is.
    pub(super) guard: Guard,
    opened: Instant,
    /// The listener stops: whoever has its answer leaves.
    closing: AtomicBool,
    /// Somebody stands at the door and all are busy: the first who has its answer leaves.
    full: AtomicBool,
}

impl House {
    /// A house with nobody in it.
    pub(super) fn new(limits: Limits, backend: Arc<Backend>, router: Router, guard: Guard) -> Self {
        Self {
            limits,
            backend,
            router,
            turned_away: turned_away::router(limits),
            guard,
            opened: Instant::now(),
            closing: AtomicBool::new(false),
            full: AtomicBool::new(false),
        }
    }

    /// How long it has been open.
    pub(super) fn age(&self) -> Duration {
        self.opened.elapsed()
    }

    /// Whether a connection that waits for its next request must leave instead.
    pub(super) fn wants_it_gone(&self) -> bool {
        self.closing.load(Ordering::SeqCst)
            || (self.full.load(Ordering::SeqCst) && self.full.swap(false, Ordering::SeqCst))
    }
}

/// Admits connections, keeps their number within the limit, and sees them out at the end.
pub(super) struct Doorkeeper {
    house: Arc<House>,
    tasks: JoinSet<()>,
    guests: BTreeMap<Id, Guest>,
    /// Whether the last attempt to accept failed, so that a streak is told once.
    failing: bool,
}

struct Guest {
    task: AbortHandle,
    activity: Arc<Activity>,
}

impl Doorkeeper {
    /// A doorkeeper of that house.
    pub(super) fn new(house: Arc<House>) -> Self {
        Self {
            house,
            tasks: JoinSet::new(),
            guests: BTreeMap::new(),
            failing: false,
        }
    }

    /// Admits connections until `stop`, then waits for those that are being answered, as long as the limits allow.
    pub(super) async fn keep(mut self, socket: TcpListener, stop: CancellationToken) {
        stop.run_until_cancelled(self.admit_all(&socket)).await;
        // Closed first, so that new clients are refused and not left to wait.
        drop(socket);
        self.see_out().await;
    }

    async fn admit_all(&mut self, socket: &TcpListener) {
        loop {
            tokio::select! {
                Some(left) = self.tasks.join_next_with_id() => self.note_departure(left),
                arrived = socket.accept() => match arrived {
                    Ok((stream, _)) => self.admit(stream).await,
                    Err(error) => self.endure(&error).await,
                },
            }
        }
    }

    async fn admit(&mut self, stream: TcpStream) {
        self.failing = false;
        if let Err(error) = stream.set_nodelay(true) {
            debug!(%error, "a connection was gone before it was admitted");
            return;
        }
        self.make_room().await;
        let activity = Arc::new(Activity::new(self.house.age()));
        let house = Arc::clone(&self.house);
        let task = self
            .tasks
            .spawn(welcome(stream, house, Arc::clone(&activity)));
        self.guests.insert(task.id(), Guest { task, activity });
    }

    /// Waits until there is room for one more.
    async fn make_room(&mut self) {
        while self.tasks.len() >= self.house.limits.max_connections.max(1) {
            self.push_one_out();
            self.await_departure().await;
        }
        self.house.full.store(false, Ordering::SeqCst);
    }

    /// Ends the connection that has waited longest for a request; if none waits, the next one to do so will leave.
    fn push_one_out(&self) {
        // Said before looking, so that a connection cannot come to rest unseen in between.
        self.house.full.store(true, Ordering::SeqCst);
        if self.push_out_longest() {
            self.house.full.store(false, Ordering::SeqCst);
        }
    }

    fn push_out_longest(&self) -> bool {
        let waiting = |guest: &Guest| guest.activity.waiting_since();
        let longest = self
            .guests
            .values()
            .filter_map(|guest| waiting(guest).map(|since| (since, guest)))
            .min_by_key(|(since, _)| *since);
        longest.is_some_and(|(since, guest)| guest.leave(since))
    }

    /// Goes on after an error of the socket. Without free file descriptors it makes room, so that one who waits for
    /// nothing does not keep out one who asks.
    async fn endure(&mut self, error: &io::Error) {
        if is_the_peers(error) {
            return;
        }
        if !self.failing {
            warn!(%error, "connections cannot be accepted: {error}; trying on");
        }
        self.failing = true;
        if lacks_files(error) && self.push_out_longest() {
            self.await_departure().await;
        } else {
            sleep(PAUSE).await;
        }
    }

    async fn await_departure(&mut self) {
        if let Some(left) = self.tasks.join_next_with_id().await {
            self.note_departure(left);
        }
    }

    fn note_departure(&mut self, left: Result<(Id, ()), JoinError>) {
        let id = match left {
            Ok((id, ())) => id,
            Err(ended) => {
                if ended.is_panic() {
                    error!(
                        "answering a request failed by a mistake in this program; its connection was closed"
                    );
                }
                ended.id()
            }
        };
        self.guests.remove(&id);
    }

    async fn see_out(mut self) {
        self.house.closing.store(true, Ordering::SeqCst);
        for guest in self.guests.values() {
            if let Some(since) = guest.activity.waiting_since() {
                guest.leave(since);
            }
        }
        let drained = timeout(self.house.limits.drain, async {
            while self.tasks.join_next().await.is_some() {}
        });
        if drained.await.is_err() {
            warn!(
                connections = self.tasks.len(),
                "cut off {} responses under way",
                self.tasks.len()
            );
        }
        self.tasks.shutdown().await;
    }
}

impl Guest {
    /// Ends the connection if it has waited since then.
    fn leave(&self, since: u64) -> bool {
        let leaves = self.activity.claim(since);
        if leaves {
            self.task.abort();
        }
        leaves
    }
}

/// Whether only this one connection failed, because its peer was gone before it was accepted.
fn is_the_peers(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
    )
}

/// Whether this process (EMFILE) or the machine (ENFILE) has no file descriptor left; the standard library has no word
/// for either.
fn lacks_files(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(23 | 24))
}
