//! The loop that drives everything.

use crate::model::StoreStatus;
use std::{collections::BTreeMap, sync::Arc, time::Duration};

use tokio::{
    sync::{mpsc, watch},
    task::{JoinError, JoinSet},
    time::{Instant, MissedTickBehavior, sleep_until},
};
use tokio_util::sync::CancellationToken;

use super::{
    Job,
    press::Press,
    roster::{Roster, Ticket},
};
use crate::{
    clock::Clock,
    http::Site,
    model::StoreName,
    snapshot::{Attempt, Snapshot, TargetState},
    watch::News,
};

/// How often the conductor shows that it lives.
const BEAT: Duration = Duration::from_secs(5);
/// How long a missing sign of life is tolerated.
const DEAD_AFTER: Duration = Duration::from_secs(30);
/// How many beats lie between two readings of the process' own figures.
const BEATS_A_MEASURE: u32 = 3;

/// What the conductor can be told.
pub enum Command {
    /// A new configuration is in force.
    Follow(Score),
    /// A new configuration was refused; the one before stays in force.
    NoteRefusedReload,
}

/// What is to be done: the targets, and the stores they read from.
pub struct Score {
    /// One a target, in the order of the names.
    pub jobs: Vec<Job>,
    /// What each store says about our access to it.
    pub stores: Vec<(StoreName, watch::Receiver<StoreStatus>)>,
    /// How many looks run at the same time, for each store.
    pub concurrency: usize,
}

/// Shows whether the conductor lives.
#[derive(Clone)]
pub struct Pulse(watch::Receiver<Instant>);

impl Pulse {
    /// Whether the conductor showed a sign of life lately.
    pub fn is_beating(&self) -> bool {
        self.0.borrow().elapsed() < DEAD_AFTER
    }
}

/// Decides who is looked at when, takes in what was seen, publishes.
pub struct Conductor {
    clock: Clock,
    roster: Roster,
    looks: JoinSet<(Ticket, Attempt)>,
    slow_looks: Channel<Ticket>,
    store_watchers: JoinSet<()>,
    store_news: Channel<(StoreName, StoreStatus)>,
    snapshot: Snapshot,
    press: Press,
    sites: watch::Sender<Site>,
    pulse: watch::Sender<Instant>,
}

/// Both ends of a channel whose writers are tasks of ours; each has at most one message under way.
struct Channel<T> {
    sender: mpsc::UnboundedSender<T>,
    receiver: mpsc::UnboundedReceiver<T>,
}

impl<T> Channel<T> {
    fn new() -> Self {
        let (sender, receiver) = mpsc::unbounded_channel();
        Self { sender, receiver }
    }
}

impl Conductor {
    /// A conductor that will follow `score`. A first page is there at once: it says that nothing is known yet.
    pub fn new(score: Score, clock: Clock) -> Self {
        let mut press = Press::new();
        let snapshot = Snapshot::new(&[], clock());
        let site = press.print(&snapshot, clock());
        let mut conductor = Self {
            clock,
            roster: Roster::empty(),
            looks: JoinSet::new(),
            slow_looks: Channel::new(),
            store_watchers: JoinSet::new(),
            store_news: Channel::new(),
            snapshot,
            press,
            sites: watch::Sender::new(site),
            pulse: watch::Sender::new(Instant::now()),
        };
        conductor.follow(score);
        conductor.print();
        conductor
    }

    /// Where what is published can be had.
    pub fn sites(&self) -> watch::Receiver<Site> {
        self.sites.subscribe()
    }

    /// Where it can be seen whether the conductor lives.
    pub fn pulse(&self) -> Pulse {
        Pulse(self.pulse.subscribe())
    }

    /// Conducts until told to stop; looks that are still under way are dropped then.
    pub async fn run(mut self, mut commands: mpsc::Receiver<Command>, stop: CancellationToken) {
        let mut beats: u32 = 0;
        let mut beat = tokio::time::interval(BEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            self.begin_looks();
            self.print_if_due();
            let wake = self
                .roster
                .next_due()
                .into_iter()
                .chain(self.press.due())
                .min();
            tokio::select! {
                () = stop.cancelled() => return,
                Some(ended) = self.looks.join_next() => self.take_in(ended),
                Some(ticket) = self.slow_looks.receiver.recv() => self.roster.turned_slow(ticket),
                Some((name, status)) = self.store_news.receiver.recv() => self.take_in_store(name, status),
                Some(command) = commands.recv() => self.obey(command),
                _ = beat.tick() => {
                    beats = beats.wrapping_add(1);
                    self.live(beats);
                }
                () = wait_until(wake) => {}
            }
        }
    }

    fn live(&mut self, beats: u32) {
        self.pulse.send_replace(Instant::now());
        if beats.is_multiple_of(BEATS_A_MEASURE) {
            self.press.measure_process();
        }
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Follow(score) => self.follow(score),
            Command::NoteRefusedReload => self.snapshot.fold_refused_reload(),
        }
        self.press.note_change();
    }

    /// Begins anew under `score`. What is known about targets that read the same stays known; all but those that stay as they
    /// are are due at once.
    fn follow(&mut self, score: Score) {
        self.looks = JoinSet::new();
        let targets: Vec<_> = score
            .jobs
            .iter()
            .map(|job| Arc::clone(&job.target))
            .collect();
        let tried = self
            .snapshot
            .targets()
            .filter(|state| state.last_attempt.is_some());
        let tried: BTreeMap<_, _> = tried
            .map(|state| (state.target.name.clone(), Arc::clone(&state.target)))
            .collect();
        let stays = |position: usize| {
            targets.get(position).is_some_and(|target| {
                let before = tried.get(&target.name);
                before.is_some_and(|before| before.watch == target.watch)
            })
        };
        self.snapshot = self.snapshot.with_targets(&targets, (self.clock)());
        self.roster = self
            .roster
            .followed_by(score.jobs, score.concurrency, stays);
        self.watch_stores(score.stores);
    }

    fn watch_stores(&mut self, stores: Vec<(StoreName, watch::Receiver<StoreStatus>)>) {
        self.store_watchers = JoinSet::new();
        for (name, mut status) in stores {
            let first = status.borrow_and_update().clone();
            self.snapshot.fold_store(name.clone(), first);
            let news = self.store_news.sender.clone();
            self.store_watchers.spawn(async move {
                while status.changed().await.is_ok() {
                    let next = status.borrow_and_update().clone();
                    if news.send((name.clone(), next)).is_err() {
                        return;
                    }
                }
            });
        }
    }

    fn begin_looks(&mut self) {
        for (ticket, job) in self.roster.begin(Instant::now()) {
            let slow_looks = self.slow_looks.sender.clone();
            // Nobody listens any more only when the whole conductor is gone.
            let slow = move || {
                slow_looks.send(ticket).ok();
            };
            self.looks
                .spawn(async move { (ticket, job.attempt_telling(slow).await) });
        }
    }

    /// A look cannot fail to end: it neither panics nor is it aborted while its roster is in force.
    fn take_in(&mut self, ended: Result<(Ticket, Attempt), JoinError>) {
        let Ok((Ticket { position, .. }, attempt)) = ended else {
            return;
        };
        let Some(before) = self.snapshot.target(position).map(Arc::clone) else {
            return;
        };
        let was_ready = self.snapshot.all_tried();
        self.snapshot.fold(position, &attempt, (self.clock)());
        let Some(after) = self.snapshot.target(position) else {
            return;
        };
        tell_change(&before, after);
        self.roster
            .finish(position, &attempt, after.failures_in_a_row);
        self.press.note_change();
        if !was_ready && self.snapshot.all_tried() {
            self.print();
        }
    }

    fn take_in_store(&mut self, name: StoreName, status: StoreStatus) {
        if self.snapshot.stores().contains_key(&name) {
            self.snapshot.fold_store(name, status);
            self.press.note_change();
        }
    }

    fn print_if_due(&mut self) {
        if self.press.due().is_some_and(|due| due <= Instant::now()) {
            self.print();
        }
    }

    fn print(&mut self) {
        let site = self.press.print(&self.snapshot, (self.clock)());
        self.sites.send_replace(site);
    }
}

async fn wait_until(instant: Option<Instant>) {
    match instant {
        Some(instant) => sleep_until(instant).await,
        None => std::future::pending().await,
    }
}

/// One line for each change of what is known, none while it stays the same.
fn tell_change(before: &TargetState, after: &TargetState) {
    let name = &after.target.name;
    match (before.outcome == after.outcome, after.failed()) {
        (false, Some(reason)) => tracing::warn!(
            target.name = %name, reason = reason.label(),
            "target `{name}` cannot be read ({reason}): {}", reason.advice()
        ),
        (false, None) if before.outcome.is_some() => {
            tracing::info!(target.name = %name, "target `{name}` can be read again");
        }
        _ => {}
    }
    match after.facts.news_since(&before.facts) {
        Some(News { text, is_bad: true }) => {
            tracing::warn!(target.name = %name, "target `{name}`: {text}");
        }
        Some(News { text, .. }) => tracing::info!(target.name = %name, "target `{name}`: {text}"),
        None => {}
    }
}

#[cfg(test)]
mod tests;
