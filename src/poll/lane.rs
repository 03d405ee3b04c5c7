//! Who may look now, among the targets of one store.

use std::collections::VecDeque;

/// The looks of one store: as many at a time as the configuration says, and beside them as many that are known to be slow.
/// Whoever turns out slow on the way leaves its place to the next, so slow targets never hold up the others.
#[derive(Debug)]
pub(super) struct Lane {
    quick: Track,
    slow: Track,
}

/// What a running look occupies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// One of the ordinary places.
    Quick,
    /// One of the places for those known to be slow.
    Slow,
    /// None any more: it turned out slow on the way.
    None,
}

#[derive(Debug)]
struct Track {
    free: usize,
    waiting: VecDeque<usize>,
}

impl Lane {
    pub(super) fn new(concurrency: usize) -> Self {
        let track = || Track {
            free: concurrency,
            waiting: VecDeque::new(),
        };
        Self {
            quick: track(),
            slow: track(),
        }
    }

    /// The target at `position` wants to look.
    pub(super) fn enqueue(&mut self, position: usize, known_to_be_slow: bool) {
        let track = if known_to_be_slow {
            &mut self.slow
        } else {
            &mut self.quick
        };
        track.waiting.push_back(position);
    }

    /// Who may look now, and in which place.
    pub(super) fn next(&mut self) -> Option<(usize, Place)> {
        let quick = self.quick.next().map(|position| (position, Place::Quick));
        quick.or_else(|| self.slow.next().map(|position| (position, Place::Slow)))
    }

    /// A place is free again.
    pub(super) fn release(&mut self, place: Place) {
        match place {
            Place::Quick => self.quick.free += 1,
            Place::Slow => self.slow.free += 1,
            Place::None => {}
        }
    }
}

impl Track {
    fn next(&mut self) -> Option<usize> {
        if self.free == 0 {
            return None;
        }
        let position = self.waiting.pop_front()?;
        self.free -= 1;
        Some(position)
    }
}
