//! Who is looked at next: every question's seat, the lanes, and the agenda.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap},
    time::Duration,
};

use tokio::time::Instant;

use super::{
    Job,
    job::{About, LaneName, SLOW},
    lane::{Lane, Place},
    schedule,
    seat::Seat,
};
use crate::{snapshot::Attempt, watch::Question};

/// The pause before an answer that was only a part is asked for again.
const PAUSE: Duration = Duration::from_secs(1);

/// A look that was begun: of which roster, and whose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ticket {
    generation: u64,
    seat: usize,
}

/// When a question is asked for the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum First {
    /// Now.
    AtOnce,
    /// At its own place in the interval: what is known is not asked again at once.
    InTurn,
    /// After so long, but within an interval.
    After(Duration),
}

/// Who is looked at next.
pub(super) struct Roster {
    generation: u64,
    seats: Vec<Seat>,
    /// Where those sit who can be called.
    directory: BTreeMap<About, usize>,
    lanes: BTreeMap<LaneName, Lane>,
    agenda: BinaryHeap<Reverse<(Instant, usize)>>,
}

impl Roster {
    /// Nobody.
    pub(super) fn empty() -> Self {
        Self {
            generation: 0,
            seats: Vec::new(),
            directory: BTreeMap::new(),
            lanes: BTreeMap::new(),
            agenda: BinaryHeap::new(),
        }
    }

    /// The roster that follows this one; `first` says when each question is asked for the first time.
    pub(super) fn followed_by(
        &self,
        jobs: Vec<Job>,
        concurrency: usize,
        first: impl Fn(&About) -> First,
    ) -> Self {
        let now = Instant::now();
        let mut next = Self {
            generation: self.generation.wrapping_add(1),
            ..Self::empty()
        };
        let places = places(&jobs);
        for (job, place) in jobs.into_iter().zip(places) {
            let due = now + place;
            let next_due = match first(&job.about) {
                First::AtOnce => now,
                First::InTurn => due,
                First::After(span) => now + span.min(job.interval),
            };
            next.lanes
                .entry(job.lane.clone())
                .or_insert_with(|| Lane::new(concurrency));
            let number = next.seats.len();
            if job.about.question() != Some(Question::Target) {
                next.directory.insert(job.about.clone(), number);
            }
            next.seats.push(Seat {
                job,
                due,
                next: None,
                begun: None,
                called: false,
                failures: 0,
                place: Place::None,
                known_to_be_slow: false,
            });
            next.put_down(number, next_due);
        }
        next
    }

    /// When the next look is due.
    pub(super) fn next_due(&self) -> Option<Instant> {
        self.agenda.peek().map(|Reverse((due, _))| *due)
    }

    /// About what the look of a ticket is; `None` if that is of an older roster.
    pub(super) fn about(&self, ticket: Ticket) -> Option<&About> {
        let seat = self.seats.get(ticket.seat)?;
        (ticket.generation == self.generation).then_some(&seat.job.about)
    }

    /// The looks to begin now; each must be [finished](Self::finish) later.
    pub(super) fn begin(&mut self, now: Instant) -> Vec<(Ticket, Job)> {
        self.queue_those_due(now);
        let mut begun = Vec::new();
        for lane in self.lanes.values_mut() {
            while let Some((number, place)) = lane.next() {
                let Some(seat) = self.seats.get_mut(number) else {
                    continue;
                };
                seat.place = place;
                seat.begun = Some(now);
                let ticket = Ticket {
                    generation: self.generation,
                    seat: number,
                };
                begun.push((ticket, seat.job.clone()));
            }
        }
        begun
    }

    /// This look turned out slow: whoever waits in its lane may begin.
    pub(super) fn turned_slow(&mut self, ticket: Ticket) {
        if ticket.generation == self.generation {
            self.release(ticket.seat, Place::Quick);
        }
    }

    /// This look ended, with a part of the answer if there is `more`; the next one is put on the agenda.
    pub(super) fn finish(&mut self, ticket: Ticket, attempt: &Attempt, more: bool) {
        self.release(ticket.seat, Place::Quick);
        self.release(ticket.seat, Place::Slow);
        let Some(seat) = self.seats.get_mut(ticket.seat) else {
            return;
        };
        seat.known_to_be_slow = attempt.took >= SLOW;
        let in_turn = seat.in_turn();
        let (now, interval) = (Instant::now(), seat.job.interval);
        let called = std::mem::take(&mut seat.called);
        seat.failures = match attempt.outcome {
            Ok(_) => 0,
            Err(_) => seat.failures.saturating_add(1),
        };
        let due = match &attempt.outcome {
            // Whatever failed was about a token that is no longer there.
            Err(failure) if called && failure.retry_after.is_none() => seat.out_of_turn(now),
            Err(failure) => {
                now + schedule::back_off(interval, seat.failures, *failure, fastrand::f64())
            }
            Ok(_) if more => now + PAUSE,
            Ok(_) if called => seat.out_of_turn(now),
            Ok(_) => in_turn,
        };
        self.put_down(ticket.seat, due);
    }

    /// There is no use in this look: it is put off to its next turn.
    pub(super) fn put_off(&mut self, ticket: Ticket) {
        self.release(ticket.seat, Place::Quick);
        self.release(ticket.seat, Place::Slow);
        if let Some(seat) = self.seats.get_mut(ticket.seat) {
            seat.begun = None;
            let due = seat.in_turn();
            self.put_down(ticket.seat, due);
        }
    }

    /// Asks this soon, unless it was asked before.
    pub(super) fn call_first(&mut self, about: &About) {
        let number = self.directory.get(about);
        let seat = number.and_then(|number| self.seats.get(*number));
        if seat.is_some_and(|seat| seat.begun.is_none()) {
            self.call(about);
        }
    }

    /// Asks this, which is not a target itself, out of turn, soon.
    pub(super) fn call(&mut self, about: &About) {
        let number = self.directory.get(about).copied();
        let Some((number, seat)) =
            number.and_then(|number| Some((number, self.seats.get_mut(number)?)))
        else {
            return;
        };
        let soon = seat.out_of_turn(Instant::now());
        match seat.next {
            Some(next) if next <= soon => {}
            Some(_) => self.put_down(number, soon),
            None => seat.called = true,
        }
    }

    /// Does not ask this out of turn after all, if it is being asked right now.
    pub(super) fn call_off(&mut self, about: &About) {
        let number = self.directory.get(about);
        if let Some(seat) = number.and_then(|number| self.seats.get_mut(*number)) {
            seat.called = false;
        }
    }

    fn queue_those_due(&mut self, now: Instant) {
        while let Some(Reverse((due, number))) = self.agenda.peek().copied()
            && due <= now
        {
            self.agenda.pop();
            // An entry that was overtaken by an earlier one is void.
            if let Some(seat) = self.seats.get_mut(number)
                && seat.next == Some(due)
                && let Some(lane) = self.lanes.get_mut(&seat.job.lane)
            {
                seat.next = None;
                lane.enqueue(number, seat.known_to_be_slow);
            }
        }
    }

    fn put_down(&mut self, number: usize, due: Instant) {
        if let Some(seat) = self.seats.get_mut(number) {
            seat.next = Some(due);
            self.agenda.push(Reverse((due, number)));
        }
    }

    /// Frees the place of a look, if it is of this sort.
    fn release(&mut self, number: usize, place: Place) {
        let Some(seat) = self.seats.get_mut(number) else {
            return;
        };
        if seat.place == place
            && let Some(lane) = self.lanes.get_mut(&seat.job.lane)
        {
            seat.place = Place::None;
            lane.release(place);
        }
    }
}

/// Each job's place in its interval, spread among those of its sort.
fn places(jobs: &[Job]) -> Vec<Duration> {
    let sort = |job: &Job| job.about.question();
    let mut counts: BTreeMap<Option<Question>, usize> = BTreeMap::new();
    for job in jobs {
        *counts.entry(sort(job)).or_default() += 1;
    }
    let mut seen: BTreeMap<Option<Question>, usize> = BTreeMap::new();
    let place = |job: &Job| {
        let position = seen.entry(sort(job)).or_default();
        let count = counts.get(&sort(job)).copied().unwrap_or(1);
        let place = schedule::place(*position, count, job.interval);
        *position += 1;
        place
    };
    jobs.iter().map(place).collect()
}
