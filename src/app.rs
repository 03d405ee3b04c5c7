//! The composition root: builds the parts, runs them, and brings them to an orderly end.
//!
//! Order of a start: the configuration is read before anything is bound; the listener is bound before anything is asked; then
//! all parts run until a signal comes or the first of them ends. A part that ends early is a fault, and ends the process with
//! a failure so that its supervisor starts it anew.

mod keeper;
mod plant;
mod protection;
mod providers;
mod reload;
mod service_manager;
mod signals;
pub mod telemetry;

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::mpsc,
    task::{JoinError, JoinSet},
};
use tokio_util::sync::CancellationToken;

pub use keeper::remembered;
pub use plant::{CannotBuild, Plant};
pub use reload::Source;

use protection::Protection;

use crate::{
    clock::Clock,
    config::{Config, Problems},
    http::{BindError, Doors, Limits, Listener},
    poll::Conductor,
    state_file::StateFile,
};

/// How long the parts may take to end after they were told to.
const GRACE: Duration = Duration::from_secs(8);

/// Why the daemon ended otherwise than it was told to.
#[derive(Debug, thiserror::Error)]
pub enum Stopped {
    /// The listener could not be bound.
    #[error("{0}")]
    CannotListen(#[from] BindError),
    /// A store could not be built from its settings.
    #[error("{0}")]
    CannotBuild(#[from] CannotBuild),
    /// The file that protects the listener has mistakes.
    #[error("{0}")]
    BadWebConfig(#[from] Problems),
    /// Signals cannot be received.
    #[error("signals cannot be received: {0}")]
    NoSignals(#[from] std::io::Error),
    /// A part ended by itself.
    #[error(
        "the part `{0}` ended by itself, which is a fault of kcwatch: please report it, with the log"
    )]
    PartEnded(&'static str),
    /// A part did not end in time.
    #[error("not everything ended within {} s of being told to", GRACE.as_secs())]
    Stuck,
}

/// The daemon, with its listener bound and nothing running yet.
pub struct App {
    listener: Listener,
    config: Config,
    source: Source,
    clock: Clock,
    plant: Plant,
    protection: Protection,
}

impl App {
    /// Binds the listener and builds the parts.
    ///
    /// # Errors
    ///
    /// If the file that protects the listener has mistakes, the address is taken, or a store's certificates cannot be used.
    pub async fn build(config: Config, source: Source, clock: Clock) -> Result<Self, Stopped> {
        let protection = Protection::load(config.web_config_file.clone(), clock())?;
        let listener = Listener::bind(config.listen, Limits::default()).await?;
        let plant = Plant::build(&config, &Plant::empty(), &clock)?;
        Ok(Self {
            listener,
            config,
            source,
            clock,
            plant,
            protection,
        })
    }

    /// Where the listener is bound.
    pub fn local_addr(&self) -> std::net::SocketAddr {
        self.listener.local_addr()
    }

    /// Runs until `stop`, or until SIGTERM or SIGINT.
    ///
    /// # Errors
    ///
    /// If a part ends by itself, or does not end when told to.
    pub async fn run(self, stop: CancellationToken) -> Result<(), Stopped> {
        let state_file = self.config.state_file.clone().map(StateFile::new);
        let kept = keeper::recall(state_file.as_ref(), (self.clock)()).await;
        let score = self.plant.score(&self.config);
        let guard = self.protection.guard();
        let conductor = Conductor::new(score, kept.as_ref(), Arc::clone(&self.clock))
            .telling_protection(self.protection.told_by(guard.clone()));
        let snapshots = conductor.snapshots();
        let (sites, pulse) = (conductor.sites(), conductor.pulse());
        let (commands, orders) = mpsc::channel(4);
        let (reload_door, requests) = mpsc::channel(1);
        let hangups = signals::hangups()?;
        let doors = Doors {
            healthy: {
                let pulse = pulse.clone();
                Arc::new(move || pulse.is_beating())
            },
            reload: self.config.reload.http.then_some(reload_door),
        };
        let keepers_clock = Arc::clone(&self.clock);
        let reloader = reload::Reloader {
            source: self.source,
            config: self.config,
            plant: self.plant,
            protection: self.protection,
            clock: self.clock,
            commands,
            hangups,
            requests,
        };
        let mut parts = JoinSet::new();
        parts.spawn(named("signals", signals::stop_when_asked(stop.clone())?));
        parts.spawn(named("conductor", conductor.run(orders, stop.clone())));
        parts.spawn(named(
            "listener",
            self.listener
                .guarded_by(guard)
                .serve(sites.clone(), doors, stop.clone()),
        ));
        parts.spawn(named(
            "keeper",
            keeper::keep(state_file, snapshots, keepers_clock, stop.clone()),
        ));
        parts.spawn(named("reloader", reloader.run(stop.clone())));
        parts.spawn(named(
            "service manager",
            service_manager::keep_informed(sites, pulse, stop.clone()),
        ));
        supervise(parts, stop).await
    }
}

async fn named(name: &'static str, part: impl Future<Output = ()>) -> &'static str {
    part.await;
    name
}

/// The first part to end before it was told to is news; a normal stop is not an error.
async fn supervise(
    mut parts: JoinSet<&'static str>,
    stop: CancellationToken,
) -> Result<(), Stopped> {
    let early = tokio::select! {
        () = stop.cancelled() => None,
        ended = parts.join_next() => ended.filter(|_| !stop.is_cancelled()),
    };
    stop.cancel();
    let drained =
        tokio::time::timeout(GRACE, async { while parts.join_next().await.is_some() {} }).await;
    match early {
        Some(ended) => Err(Stopped::PartEnded(ended.unwrap_or_else(name_of_panic))),
        None => drained.map_err(|_| Stopped::Stuck),
    }
}

/// The panic itself is on standard error, by Rust's own hook.
fn name_of_panic(_panic: JoinError) -> &'static str {
    "one that panicked"
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use super::*;

    /// Supervises this part beside one that ends when it is told to.
    async fn supervised(
        part: impl Future<Output = ()> + Send + 'static,
        stop: &CancellationToken,
    ) -> Result<(), Stopped> {
        let mut parts = JoinSet::new();
        parts.spawn(named("watched", part));
        parts.spawn(named("obedient", stop.clone().cancelled_owned()));
        supervise(parts, stop.clone()).await
    }

    #[tokio::test]
    async fn a_part_that_ends_by_itself_ends_the_others_and_is_a_failure() {
        let stop = CancellationToken::new();
        let ended = supervised(ready(()), &stop).await;
        assert!(matches!(ended, Err(Stopped::PartEnded("watched"))));
        assert!(stop.is_cancelled());
    }

    #[tokio::test]
    async fn a_part_that_panics_is_a_failure() {
        let stop = CancellationToken::new();
        let ended = supervised(async { panic!("as a test wants") }, &stop).await;
        assert!(matches!(ended, Err(Stopped::PartEnded(_))));
    }

    #[tokio::test(start_paused = true)]
    async fn a_stop_is_no_failure_unless_a_part_does_not_end() {
        let stop = CancellationToken::new();
        stop.cancel();
        let obeyed = supervised(stop.clone().cancelled_owned(), &stop).await;
        assert!(obeyed.is_ok());
        let ended = supervised(pending(), &stop).await;
        assert!(matches!(ended, Err(Stopped::Stuck)));
    }
}
