//! A changed configuration: noticed, checked, put in force or refused.
//!
//! A bad one never replaces the one in force. What a reload cannot change (where to listen, how to log) is said.

use std::{path::PathBuf, time::Duration};

use tokio::{signal::unix::Signal, sync::mpsc, sync::oneshot};
use tokio_util::sync::CancellationToken;

use super::{Plant, protection::Protection, service_manager};
use crate::{
    clock::Clock,
    config::{self, Config, Problems},
    http::ReloadRequest,
    poll::Command,
};

/// Where the configuration comes from.
#[derive(Clone, Debug)]
pub enum Source {
    /// These files and the environment; later files are laid over earlier ones.
    Files {
        /// Where they lie.
        paths: Vec<PathBuf>,
        /// What they held when the configuration in force was made of them.
        loaded: Vec<config::Source>,
    },
    /// It was made on the spot and stays as it is.
    Fixed,
}

/// What the files hold, or what is wrong with them: compared by content, because a mounted `ConfigMap` changes by swapping
/// links.
type Content = Result<Vec<config::Source>, Problems>;

impl Source {
    /// The configuration of these files and of the environment of this process, and where it came from.
    ///
    /// # Errors
    ///
    /// Every mistake there is.
    pub fn load(paths: &[PathBuf]) -> Result<(Config, Self), Problems> {
        let loaded = config::read_files(paths)?;
        let config = config::load_sources(&loaded, &config::process_environment())?;
        let paths = paths.to_vec();
        Ok((config, Self::Files { paths, loaded }))
    }

    /// What the files held when the configuration in force was made of them.
    fn in_force(&self) -> Option<Content> {
        match self {
            Self::Files { loaded, .. } => Some(Ok(loaded.clone())),
            Self::Fixed => None,
        }
    }

    /// What the files hold now; `None` if there are none to read again.
    async fn content(&self) -> Option<Content> {
        let Self::Files { paths, .. } = self else {
            return None;
        };
        let paths = paths.clone();
        tokio::task::spawn_blocking(move || config::read_files(&paths))
            .await
            .ok()
    }
}

/// Puts changed configurations in force.
pub(super) struct Reloader {
    pub(super) source: Source,
    pub(super) config: Config,
    pub(super) plant: Plant,
    pub(super) protection: Protection,
    pub(super) clock: Clock,
    pub(super) commands: mpsc::Sender<Command>,
    pub(super) hangups: Signal,
    pub(super) requests: mpsc::Receiver<ReloadRequest>,
}

/// Why the configuration is read again.
enum Cause {
    Signal,
    Change,
    /// Only what protects the listener has changed.
    Protection,
    Request(oneshot::Sender<Result<(), String>>),
}

impl Reloader {
    /// Reloads whenever there is cause, until `stop`; then ends every login.
    pub(super) async fn run(mut self, stop: CancellationToken) {
        let mut seen = self.source.in_force();
        while let Some(cause) = stop.run_until_cancelled(self.cause(seen.as_ref())).await {
            if matches!(cause, Cause::Protection) {
                // What is wrong was logged.
                drop(self.protect().await);
            } else {
                seen = self.source.content().await;
                self.reload(cause, seen.as_ref()).await;
            }
        }
        self.plant.retire(&Plant::empty()).await;
    }

    async fn cause(&mut self, seen: Option<&Content>) -> Cause {
        tokio::select! {
            Some(()) = self.hangups.recv() => Cause::Signal,
            Some(request) = self.requests.recv() => Cause::Request(request.outcome),
            () = changed(&self.source, self.config.reload.watch, seen) => Cause::Change,
            () = self.protection.changed(self.config.reload.watch) => Cause::Protection,
        }
    }

    async fn reload(&mut self, cause: Cause, content: Option<&Content>) {
        service_manager::tell_reloading();
        let outcome = self.try_reload(content).await;
        match &outcome {
            Ok(()) => tracing::info!(
                targets = self.config.targets.len(),
                "the configuration was loaded"
            ),
            Err(problems) => {
                tracing::error!(
                    "the new configuration was refused, the one before stays in force:\n{problems}"
                );
                self.tell(Command::NoteRefusedReload).await;
            }
        }
        let protected = self.protect().await;
        service_manager::tell_ready_again();
        if let Cause::Request(answer) = cause {
            // Whoever asked may be gone by now.
            drop(answer.send(both(outcome, protected)));
        }
    }

    async fn try_reload(&mut self, content: Option<&Content>) -> Result<(), String> {
        let Some(content) = content else {
            return Ok(());
        };
        let config = loaded(content).map_err(|problems| problems.to_string())?;
        let plant =
            Plant::build(&config, &self.plant, &self.clock).map_err(|error| error.to_string())?;
        say_what_needs_a_restart(&self.config, &config);
        self.tell(Command::Follow(plant.score(&config))).await;
        let before = std::mem::replace(&mut self.plant, plant);
        before.retire(&self.plant).await;
        self.config = config;
        Ok(())
    }

    /// Puts in force what protects the listener now.
    async fn protect(&mut self) -> Result<(), String> {
        let path = self.config.web_config_file.as_deref();
        let outcome = self.protection.follow(path, (self.clock)()).await;
        self.tell(Command::NoteProtection).await;
        outcome
    }

    async fn tell(&self, command: Command) {
        if self.commands.send(command).await.is_err() {
            tracing::debug!("the conductor has stopped already");
        }
    }
}

fn both(one: Result<(), String>, other: Result<(), String>) -> Result<(), String> {
    match (one, other) {
        (Err(one), Err(other)) => Err(format!("{one}\n{other}")),
        (one, other) => one.and(other),
    }
}

/// Ends when the files differ from what was last seen; never where they are not watched.
async fn changed(source: &Source, every: Option<Duration>, seen: Option<&Content>) {
    let Some(every) = every else {
        return std::future::pending().await;
    };
    loop {
        tokio::time::sleep(every).await;
        if source.content().await.as_ref() != seen {
            return;
        }
    }
}

fn loaded(content: &Content) -> Result<Config, Problems> {
    let sources = content.as_ref().map_err(Clone::clone)?;
    config::load_sources(sources, &config::process_environment())
}

fn say_what_needs_a_restart(before: &Config, after: &Config) {
    for (key, differs) in [
        ("listen", before.listen != after.listen),
        ("log", before.log != after.log),
        ("state_file", before.state_file != after.state_file),
        ("reload.http", before.reload.http != after.reload.http),
    ] {
        if differs {
            tracing::warn!(
                key,
                "`{key}` has changed: that takes effect with the next start"
            );
        }
    }
}
