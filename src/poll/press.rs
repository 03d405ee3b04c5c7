//! When a page is printed, and the printing.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use bytes::Bytes;
use tokio::time::Instant;

use crate::{
    http::{Front, Site, Visit, Visited},
    model::{Guide, UnixTime},
    page::{Document, Page, Process},
    snapshot::Snapshot,
    status::{self, Moment},
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
    guide: Arc<Guide>,
    /// Whether something waits to be printed.
    changed: bool,
    not_before: Instant,
}

impl Press {
    pub(super) fn new() -> Self {
        Self {
            page: Page::default(),
            process: Process::measure(),
            guide: Arc::default(),
            changed: true,
            not_before: Instant::now(),
        }
    }

    /// From now on readers are led there.
    pub(super) fn follow(&mut self, guide: Arc<Guide>) {
        self.guide = guide;
        self.changed = true;
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
        self.site(snapshot, now)
    }

    fn site(&self, snapshot: &Snapshot, now: UnixTime) -> Site {
        let (state, json) = (snapshot.clone(), OnceLock::new());
        let json = move || {
            json.get_or_init(|| Bytes::from(status::status(&state, now).to_json()))
                .clone()
        };
        let pages = pages(snapshot.clone(), Arc::clone(&self.guide), now);
        let first = Visit {
            path: "/",
            query: "",
            is_alive: true,
        };
        let front = Arc::clone(&pages);
        Site {
            metrics: self.page.clone(),
            status: Arc::new(json),
            front: Front::new(move || front(&first).page),
            pages,
            style: status::STYLE,
            ready: snapshot.all_tried(),
        }
    }
}

/// Makes pages for people of this state, each when it is asked for.
fn pages(
    snapshot: Snapshot,
    guide: Arc<Guide>,
    now: UnixTime,
) -> Arc<dyn Fn(&Visit<'_>) -> Visited + Send + Sync> {
    Arc::new(move |visit| {
        let moment = Moment {
            snapshot: &snapshot,
            guide: &guide,
            now,
            is_beating: visit.is_alive,
        };
        let reading = status::read(&moment, visit.path, visit.query);
        Visited {
            page: Page::from(Document::new(vec![Bytes::from(reading.html)])),
            is_found: reading.is_found,
            refreshes: reading.refreshes,
        }
    })
}
