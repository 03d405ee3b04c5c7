//! When a page is printed, and the printing.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use bytes::Bytes;
use tokio::time::Instant;

use crate::{
    http::Site,
    model::UnixTime,
    page::{Page, Process},
    snapshot::Snapshot,
    status,
};

/// The shortest time between two pages.
const SHORTEST_GAP: Duration = Duration::from_millis(10);
/// The longest a change waits to be seen.
const LONGEST_GAP: Duration = Duration::from_secs(1);
/// A page may be printed again after this many times the time that printing took: at most a fiftieth of a core.
const REST: u32 = 50;

/// Prints pages: at once when it was idle, otherwise as often as they are cheap.
#[derive(Debug)]
pub(super) struct Press {
    page: Page,
    process: Process,
    /// Whether something waits to be printed.
    changed: bool,
    not_before: Instant,
}

impl Press {
    pub(super) fn new() -> Self {
        Self {
            page: Page::default(),
            process: Process::measure(),
            changed: true,
            not_before: Instant::now(),
        }
    }

    /// Something changed.
    pub(super) fn note_change(&mut self) {
        self.changed = true;
    }

    /// Takes the process' figures anew.
    pub(super) fn measure_process(&mut self) {
        self.process = Process::measure();
        self.changed = true;
    }

    /// When to print next; `None` while there is nothing to print.
    pub(super) fn due(&self) -> Option<Instant> {
        self.changed.then_some(self.not_before)
    }

    /// Prints.
    pub(super) fn print(&mut self, snapshot: &Snapshot, now: UnixTime) -> Site {
        let started = Instant::now();
        self.page = Page::render(snapshot, &self.process, &self.page);
        self.changed = false;
        let gap = started
            .elapsed()
            .saturating_mul(REST)
            .clamp(SHORTEST_GAP, LONGEST_GAP);
        self.not_before = Instant::now() + gap;
        let (state, json) = (snapshot.clone(), OnceLock::new());
        let json = move || {
            json.get_or_init(|| Bytes::from(status::status(&state, now).to_json()))
                .clone()
        };
        Site {
            metrics: self.page.clone(),
            status: Arc::new(json),
            ready: snapshot.all_tried(),
        }
    }
}
