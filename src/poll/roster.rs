//! Who is looked at next: every target's seat, the lanes of the stores, and the agenda.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap},
};

use tokio::time::Instant;

use super::{
    Job,
    job::SLOW,
    lane::{Lane, Place},
    schedule,
};
use crate::{model::StoreName, snapshot::Attempt};

/// A look that was begun: of which roster, and whose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ticket {
    generation: u64,
    pub(super) position: usize,
}

/// A target's place in the run of things.
struct Seat {
    job: Job,
    /// The target's own moment in its interval: the latest one, or the next.
    due: Instant,
    place: Place,
    known_to_be_slow: bool,
}

/// Who is looked at next.
pub(super) struct Roster {
    generation: u64,
    seats: Vec<Seat>,
    lanes: BTreeMap<StoreName, Lane>,
    agenda: BinaryHeap<Reverse<(Instant, usize)>>,
}

impl Roster {
    /// Nobody.
    pub(super) fn empty() -> Self {
        Self {
            generation: 0,
            seats: Vec::new(),
            lanes: BTreeMap::new(),
            agenda: BinaryHeap::new(),
        }
    }

    /// The roster that follows this one. Those of whom `stays` is true wait for their place in the interval, the others are due
    /// at once.
    pub(super) fn followed_by(
        &self,
        jobs: Vec<Job>,
        concurrency: usize,
        stays: impl Fn(usize) -> bool,
    ) -> Self {
        let (now, count) = (Instant::now(), jobs.len());
        let mut next = Self {
            generation: self.generation.wrapping_add(1),
            ..Self::empty()
        };
        for (position, job) in jobs.into_iter().enumerate() {
            let due = now + schedule::place(position, count, job.target.interval);
            next.agenda
                .push(Reverse((if stays(position) { due } else { now }, position)));
            next.lanes
                .entry(job.target.watch.store().clone())
                .or_insert_with(|| Lane::new(concurrency));
            next.seats.push(Seat {
                job,
                due,
                place: Place::None,
                known_to_be_slow: false,
            });
        }
        next
    }

    /// When the next look is due.
    pub(super) fn next_due(&self) -> Option<Instant> {
        self.agenda.peek().map(|Reverse((due, _))| *due)
    }

    /// The looks to begin now; each must be [finished](Self::finish) later.
    pub(super) fn begin(&mut self, now: Instant) -> Vec<(Ticket, Job)> {
        while let Some(Reverse((due, position))) = self.agenda.peek().copied()
            && due <= now
        {
            self.agenda.pop();
            if let Some(seat) = self.seats.get(position)
                && let Some(lane) = self.lanes.get_mut(seat.job.target.watch.store())
            {
                lane.enqueue(position, seat.known_to_be_slow);
            }
        }
        let mut begun = Vec::new();
        for lane in self.lanes.values_mut() {
            while let Some((position, place)) = lane.next() {
                let Some(seat) = self.seats.get_mut(position) else {
                    continue;
                };
                seat.place = place;
                begun.push((
                    Ticket {
                        generation: self.generation,
                        position,
                    },
                    seat.job.clone(),
                ));
            }
        }
        begun
    }

    /// This look turned out slow: whoever waits in its lane may begin.
    pub(super) fn turned_slow(&mut self, ticket: Ticket) {
        if ticket.generation == self.generation {
            self.release(ticket.position, Place::Quick);
        }
    }

    /// This look ended as the `failures`-th failure in a row, or well; the next one is put on the agenda.
    pub(super) fn finish(&mut self, position: usize, attempt: &Attempt, failures: u32) {
        self.release(position, Place::Quick);
        self.release(position, Place::Slow);
        let Some(seat) = self.seats.get_mut(position) else {
            return;
        };
        seat.known_to_be_slow = attempt.took >= SLOW;
        let (now, interval) = (Instant::now(), seat.job.target.interval);
        while seat.due <= now {
            seat.due += interval;
        }
        let next = match &attempt.outcome {
            Ok(_) => seat.due,
            Err(failure) => now + schedule::back_off(interval, failures, *failure, fastrand::f64()),
        };
        self.agenda.push(Reverse((next, position)));
    }

    /// Frees the place of a look, if it is of this sort.
    fn release(&mut self, position: usize, place: Place) {
        let Some(seat) = self.seats.get_mut(position) else {
            return;
        };
        if seat.place == place
            && let Some(lane) = self.lanes.get_mut(seat.job.target.watch.store())
        {
            seat.place = Place::None;
            lane.release(place);
        }
    }
}
