//! What must outlive the process: recalled at the start, written while we run.

use std::time::Duration;

use tokio::{sync::watch, task::spawn_blocking, time::Instant};
use tokio_util::sync::CancellationToken;

use crate::{
    clock::Clock,
    model::UnixTime,
    snapshot::{Kept, Snapshot},
    state_file::{Loaded, StateFile},
};

/// How often times are written that move with each look. What must not be lost is written at once.
const PERIOD: Duration = Duration::from_secs(60);

/// How far back the clock may have gone without a word.
const TOLERANCE: Duration = Duration::from_secs(60);

/// What the process before left, for who will go on writing; what is wrong with it is logged.
pub(super) async fn recall(file: Option<&StateFile>, now: UnixTime) -> Option<Kept> {
    let Some(file) = file.cloned() else {
        tracing::info!(
            "no state_file is configured: a restart forgets which clients were counted, and what was known about targets that cannot be read"
        );
        return None;
    };
    let name = file.to_string();
    let loaded = spawn_blocking(move || file.read::<Kept>()).await.ok()?;
    taken(loaded, &name, now)
}

/// What the daemon left, for who only looks; `None` also if there is no file.
pub fn remembered(file: &StateFile) -> Option<Kept> {
    match file.look() {
        Loaded::Content(kept) => Some(kept),
        _ => None,
    }
}

fn taken(loaded: Loaded<Kept>, name: &str, now: UnixTime) -> Option<Kept> {
    if let Some(complaint) = loaded.complaint() {
        tracing::warn!(
            state_file = name,
            "{complaint}; kcwatch goes on without what it held"
        );
    }
    let Loaded::Content(kept) = loaded else {
        return None;
    };
    if kept.at > now.plus(TOLERANCE) {
        tracing::warn!(
            state_file = name,
            "the state file was written at {}, which is in the future: the clock of this machine went back; what is in the file is used nevertheless",
            kept.at
        );
    }
    Some(kept)
}

/// Writes what must outlive the process: at once when something changed that must not be lost, else once a minute; and at the end.
pub(super) async fn keep(
    file: Option<StateFile>,
    mut snapshots: watch::Receiver<Snapshot>,
    clock: Clock,
    stop: CancellationToken,
) {
    let Some(file) = file else {
        return stop.cancelled().await;
    };
    let mut writer = Writer {
        file,
        clock,
        written: None,
        failing: false,
    };
    while stop
        .run_until_cancelled(snapshots.changed())
        .await
        .is_some_and(|changed| changed.is_ok())
    {
        let snapshot = snapshots.borrow_and_update().clone();
        if writer.is_due(&snapshot) {
            writer.write(snapshot).await;
        }
    }
    let last = snapshots.borrow().clone();
    writer.write(last).await;
    // It ends together with the others.
    stop.cancelled().await;
}

struct Writer {
    file: StateFile,
    clock: Clock,
    /// The edition that was written last, and when.
    written: Option<(u64, Instant)>,
    failing: bool,
}

impl Writer {
    fn is_due(&self, snapshot: &Snapshot) -> bool {
        self.written
            .is_none_or(|(edition, at)| edition != snapshot.edition() || at.elapsed() >= PERIOD)
    }

    async fn write(&mut self, snapshot: Snapshot) {
        let (file, edition, now) = (self.file.clone(), snapshot.edition(), (self.clock)());
        let outcome = spawn_blocking(move || file.write(&snapshot.kept(now))).await;
        // What could not be written is tried again with the next minute, or the next change.
        self.written = Some((edition, Instant::now()));
        match &outcome {
            Ok(Ok(())) if self.failing => {
                tracing::info!(state_file = %self.file, "the state file can be written again");
            }
            Ok(Err(error)) if !self.failing => tracing::error!(state_file = %self.file, "{error}"),
            _ => {}
        }
        self.failing = !matches!(outcome, Ok(Ok(())));
    }
}
