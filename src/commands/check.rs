//! `kcwatch check`: one look at every target.

use std::{
    collections::BTreeSet,
    io::{IsTerminal, Write},
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
};

use futures_util::{StreamExt, stream};

use super::{BAD_USAGE, complain, configuration, runtime, say, table::Table};
use crate::{
    app::{self, Plant},
    clock::{self, Clock},
    config::Config,
    model::Standing,
    poll::Job,
    snapshot::Snapshot,
    state_file::StateFile,
    status::{Status, status},
};

/// Look at every target once.
#[derive(Debug, clap::Args)]
pub(super) struct Check {
    /// Only these targets
    #[arg(value_name = "TARGET")]
    targets: Vec<String>,
    /// Lines for people, or everything as JSON
    #[arg(short, long, value_enum, default_value_t = Output::Table)]
    output: Output,
}

#[derive(Clone, Copy, Debug, PartialEq, clap::ValueEnum)]
enum Output {
    Table,
    Json,
}

impl Check {
    pub(super) fn run(&self, files: &[PathBuf]) -> ExitCode {
        let config = configuration(files).and_then(|config| self.narrowed(config));
        let config = match config {
            Ok(config) => config,
            Err(code) => return code,
        };
        crate::app::telemetry::init(&crate::config::Log {
            level: "off".to_owned(),
            ..config.log.clone()
        });
        let looked = runtime()
            .map_err(|error| error.to_string())
            .and_then(|runtime| runtime.block_on(look(&config)));
        match looked {
            Ok(status) => {
                match self.output {
                    Output::Table => say(&Table(&status)),
                    Output::Json => say(&status.to_json().trim_end()),
                }
                ExitCode::from(exit_code(status.standing()))
            }
            Err(problem) => {
                complain(&problem);
                ExitCode::from(exit_code(Standing::Unknown))
            }
        }
    }

    /// The configuration with the named targets only.
    fn narrowed(&self, mut config: Config) -> Result<Config, ExitCode> {
        let known: BTreeSet<&str> = config
            .targets
            .iter()
            .map(|target| target.name.as_str())
            .collect();
        let unknown: Vec<&str> = self
            .targets
            .iter()
            .map(String::as_str)
            .filter(|name| !known.contains(name))
            .collect();
        if !unknown.is_empty() {
            let known: Vec<&str> = known.into_iter().collect();
            complain(&format_args!(
                "no target named {}; there are: {}",
                unknown.join(", "),
                known.join(", ")
            ));
            return Err(ExitCode::from(BAD_USAGE));
        }
        if !self.targets.is_empty() {
            config
                .targets
                .retain(|target| self.targets.iter().any(|name| name == target.name.as_str()));
        }
        Ok(config)
    }
}

/// As monitoring plugins do.
const fn exit_code(standing: Standing) -> u8 {
    match standing {
        Standing::Ok => 0,
        Standing::Notice => 1,
        Standing::Urgent => 2,
        Standing::Unknown => 3,
    }
}

/// Looks at every target once.
///
/// # Errors
///
/// If a store's certificates cannot be used.
pub(super) async fn look(config: &Config) -> Result<Status, String> {
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
    Ok(status(&snapshot, Arc::clone(&clock)()))
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
