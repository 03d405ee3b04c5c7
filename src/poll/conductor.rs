//! The loop that drives everything.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{mpsc, watch},
    task::{JoinError, JoinSet},
    time::{Instant, MissedTickBehavior, sleep_until},
};
use tokio_util::sync::CancellationToken;

use super::{
    About,
    channel::Channel,
    press::Press,
    pulse::Pulse,
    roster::{Roster, Ticket},
    score::{Command, Score},
    tell, turns,
};
use crate::{
    clock::Clock,
    http::Site,
    model::{ProviderName, StoreName, StoreStatus},
    snapshot::{Attempt, Kept, Protection, Snapshot, TargetState},
    watch::Question,
};

/// How often the conductor shows that it lives.
const BEAT: Duration = Duration::from_secs(5);
/// How many beats lie between two readings of the process' own figures.
const BEATS_A_MEASURE: u32 = 3;

/// Decides who is looked at when, takes in what was seen, publishes.
pub struct Conductor {
    clock: Clock,
    roster: Roster,
    looks: JoinSet<(Ticket, Attempt)>,
    slow_looks: Channel<Ticket>,
    store_watchers: JoinSet<()>,
    store_news: Channel<(StoreName, StoreStatus)>,
    snapshot: Snapshot,
    protection: ProtectionAsked,
    press: Press,
    sites: watch::Sender<Site>,
    snapshots: watch::Sender<Snapshot>,
    pulse: watch::Sender<Instant>,
}

/// How the listener is protected at the moment.
type ProtectionAsked = Box<dyn Fn() -> Option<Protection> + Send>;

impl Conductor {
    /// A conductor that will follow `score`. A first page is there at once: it says that nothing is known yet.
    pub fn new(score: Score, kept: Option<&Kept>, clock: Clock) -> Self {
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
            snapshots: watch::Sender::new(snapshot.clone()),
            snapshot,
            protection: Box::new(|| None),
            press,
            sites: watch::Sender::new(site),
            pulse: watch::Sender::new(Instant::now()),
        };
        conductor.follow(score);
        if let Some(kept) = kept {
            let now = (conductor.clock)();
            conductor.snapshot = conductor.snapshot.clone().restored(kept, now);
        }
        conductor.print();
        conductor
    }

    /// The same, which tells with each page how the listener is protected.
    #[must_use]
    pub fn telling_protection(
        mut self,
        protection: impl Fn() -> Option<Protection> + Send + 'static,
    ) -> Self {
        self.protection = Box::new(protection);
        self.print();
        self
    }

    /// Where the whole state can be had, as of the latest page.
    pub fn snapshots(&self) -> watch::Receiver<Snapshot> {
        self.snapshots.subscribe()
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
            // It is asked for with each page.
            Command::NoteProtection => {}
        }
        self.press.note_change();
    }

    /// Begins anew under `score`. What is known about targets that read the same stays known; all but those that stay as they
    /// are are due at once.
    fn follow(&mut self, score: Score) {
        self.looks = JoinSet::new();
        let (targets, now) = (score.targets, (self.clock)());
        let first = turns::first(&self.snapshot, &targets, now);
        let roster = self
            .roster
            .followed_by(score.jobs, score.concurrency, first);
        self.snapshot = self.snapshot.with_targets(&targets, (self.clock)());
        self.roster = roster;
        self.press.follow(score.guide);
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
            if !job.about.may_be_asked(&self.snapshot) {
                self.roster.put_off(ticket);
                continue;
            }
            let known = job.about.known(&self.snapshot);
            let slow_looks = self.slow_looks.sender.clone();
            // Nobody listens any more only when the whole conductor is gone.
            let slow = move || {
                slow_looks.send(ticket).ok();
            };
            self.looks
                .spawn(async move { (ticket, job.attempt_telling(known, slow).await) });
        }
    }

    /// A look cannot fail to end: it neither panics nor is it aborted while its roster is in force.
    fn take_in(&mut self, ended: Result<(Ticket, Attempt), JoinError>) {
        let Ok((ticket, attempt)) = ended else {
            return;
        };
        let was_ready = self.snapshot.all_tried();
        let Some(about) = self.roster.about(ticket).cloned() else {
            return;
        };
        let more = match &about {
            About::Target { position, .. } => self.take_in_target(&about, *position, &attempt),
            About::List(name) => self.take_in_list(&about, name, &attempt),
        };
        self.roster.finish(ticket, &attempt, more);
        self.press.note_change();
        if !was_ready && self.snapshot.all_tried() {
            self.print();
        }
    }

    /// Says whether the answer was only a part.
    fn take_in_target(&mut self, about: &About, position: usize, attempt: &Attempt) -> bool {
        let before = self.snapshot.target(position).map(Arc::clone);
        let more = about.fold(&mut self.snapshot, attempt, (self.clock)());
        let after = self.snapshot.target(position).map(Arc::clone);
        if let (Some(before), Some(after)) = (before, after) {
            tell::change(&before, &after);
            if before.polls != after.polls {
                self.follow_up(position, &before, &after);
            }
        }
        more
    }

    /// Another token, or the first one, makes what else was asked about the target old.
    fn follow_up(&mut self, position: usize, before: &TargetState, after: &TargetState) {
        let is_another = before.facts.identity() != after.facts.identity();
        for question in [Question::Registrations, Question::Rehearsal] {
            let about = About::Target { position, question };
            if is_another {
                self.roster.call(&about);
            } else if after.is_up() {
                self.roster.call_first(&about);
            }
        }
        if !is_another {
            return;
        }
        if let Some(name) = after.target.watch.listed_by()
            && after.facts.awaits_list()
        {
            self.roster.call(&About::List(name.clone()));
        }
    }

    fn take_in_list(&mut self, about: &About, name: &ProviderName, attempt: &Attempt) -> bool {
        let before = self.snapshot.clone();
        let more = about.fold(&mut self.snapshot, attempt, (self.clock)());
        tell::change_of_list(
            name,
            before.providers().get(name),
            self.snapshot.providers().get(name),
        );
        for (before, after) in before.targets().zip(self.snapshot.targets()) {
            if !Arc::ptr_eq(before, after) {
                tell::change(before, after);
            }
        }
        // A token that was found after the list was asked for may be in the next one.
        let awaits = |state: &Arc<TargetState>| {
            state.target.watch.listed_by() == Some(name) && state.facts.awaits_list()
        };
        if self.snapshot.targets().any(awaits) {
            self.roster.call(about);
        } else {
            self.roster.call_off(about);
        }
        more
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
        self.snapshot.fold_protection((self.protection)());
        let site = self.press.print(&self.snapshot, (self.clock)());
        self.snapshots.send_replace(self.snapshot.clone());
        self.sites.send_replace(site);
    }
}

async fn wait_until(instant: Option<Instant>) {
    match instant {
        Some(instant) => sleep_until(instant).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests;
