//! One look at every target, for commands that end after it.

use std::{
    collections::BTreeSet,
    io::{IsTerminal, Write},
    process::ExitCode,
};

use futures_util::{StreamExt, stream};

use super::{BAD_USAGE, complain};
use crate::{
    app::{self, Plant},
    clock::{self, Clock},
    config::Config,
    model::UnixTime,
    poll::Job,
    snapshot::Snapshot,
    state_file::StateFile,
};

/// The configuration with these targets only, with all if none is named, or the exit code after it was told which there are not.
pub(super) fn only(mut config: Config, targets: &[String]) -> Result<Config, ExitCode> {
    let known = config.targets.iter().map(|target| target.name.as_str());
    refuse_unknown(targets, &known.collect())?;
    if !targets.is_empty() {
        config
            .targets
            .retain(|target| targets.iter().any(|name| name == target.name.as_str()));
    }
    Ok(config)
}

/// Tells which of these targets there are not, and which there are.
pub(super) fn refuse_unknown(targets: &[String], known: &BTreeSet<&str>) -> Result<(), ExitCode> {
    let asked = targets.iter().map(String::as_str);
    let unknown: Vec<&str> = asked.filter(|name| !known.contains(name)).collect();
    if unknown.is_empty() {
        return Ok(());
    }
    let known: Vec<&str> = known.iter().copied().collect();
    complain(&format_args!(
        "no target named {}; there are: {}",
        unknown.join(", "),
        known.join(", ")
    ));
    Err(ExitCode::from(BAD_USAGE))
}

/// Looks at every target once: what is known then, and when that was.
///
/// # Errors
///
/// If a store's certificates cannot be used.
pub(super) async fn look(config: &Config) -> Result<(Snapshot, UnixTime), String> {
    let clock: Clock = clock::system();
    let plant = Plant::build(config, &Plant::empty(), &clock).map_err(|error| error.to_string())?;
    let mut snapshot = Snapshot::new(&config.targets, clock());
    let file = config.state_file.as_ref().map(StateFile::new);
    if let Some(kept) = file.as_ref().and_then(app::remembered) {
        snapshot = snapshot.restored(&kept, clock());
    }
    let score = plant.score(config);
    // What is asked beside a target depends on what lies there.
    let (first, then): (Vec<Job>, Vec<Job>) = score.jobs.into_iter().partition(Job::is_independent);
    let mut progress = Progress::new(first.len().saturating_add(then.len()));
    for jobs in [first, then] {
        ask(
            jobs,
            score.concurrency,
            &mut snapshot,
            &clock,
            &mut progress,
        )
        .await;
    }
    for (name, access) in score.stores {
        snapshot.fold_store(name, access.borrow().clone());
    }
    plant.retire(&Plant::empty()).await;
    Ok((snapshot, clock()))
}

/// Asks each question once; one whose answer comes in parts, until it is whole.
async fn ask(
    jobs: Vec<Job>,
    concurrency: usize,
    snapshot: &mut Snapshot,
    clock: &Clock,
    progress: &mut Progress,
) {
    let mut waiting = jobs;
    while !waiting.is_empty() {
        let mut looks = Vec::new();
        for job in waiting.drain(..) {
            if job.about.may_be_asked(snapshot) {
                let known = job.about.known(snapshot);
                looks.push(async move { (job.attempt(known).await, job) });
            } else {
                progress.one_more();
            }
        }
        let mut looks = stream::iter(looks).buffer_unordered(concurrency);
        while let Some((attempt, job)) = looks.next().await {
            if job.about.fold(snapshot, &attempt, clock()) {
                waiting.push(job);
            } else {
                progress.one_more();
            }
        }
    }
}

/// Shown on a terminal only, on a line that wipes itself.
struct Progress {
    done: usize,
    of: usize,
}

impl Progress {
    const fn new(of: usize) -> Self {
        Self { done: 0, of }
    }

    fn one_more(&mut self) {
        self.done = self.done.saturating_add(1);
        let mut terminal = std::io::stderr();
        if terminal.is_terminal() {
            let (done, of) = (self.done, self.of);
            let end = if done == of { "\r\x1b[K" } else { "" };
            // Nobody is left to tell when the terminal is gone.
            drop(
                write!(terminal, "\r\x1b[K{done} of {of} questions answered{end}")
                    .and_then(|()| terminal.flush()),
            );
        }
    }
}
