//! The file that protects the listener: read at the start, watched, put in force or refused.
//!
//! It is apart from the configuration: a certificate that was renewed counts even while somebody's mistake keeps the rest from
//! being loaded.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use tokio::{sync::watch, task::spawn_blocking, time::sleep};

use crate::{
    config::Problems,
    http::Guard,
    model::{Fingerprint, UnixTime},
    snapshot::{self, Reload},
    web_config::{Papers, WebConfig},
};

/// What protects the listener now, and what the file looked like.
pub(super) struct Protection {
    path: Option<PathBuf>,
    seen: Option<Fingerprint>,
    in_force: watch::Sender<Arc<WebConfig>>,
    /// `None` without a file.
    reload: watch::Sender<Option<Reload>>,
}

impl Protection {
    /// What the file says; nothing without one.
    ///
    /// # Errors
    ///
    /// Every mistake there is.
    pub(super) fn load(path: Option<PathBuf>, now: UnixTime) -> Result<Self, Problems> {
        let papers = path.as_deref().map(Papers::read);
        let config = papers.as_ref().map(|papers| WebConfig::of(papers, now));
        let config = config.transpose()?;
        config.iter().for_each(warn);
        let loaded = Reload {
            successful: true,
            last_success: now,
        };
        Ok(Self {
            path,
            seen: papers.as_ref().map(Papers::fingerprint),
            reload: watch::Sender::new(config.is_some().then_some(loaded)),
            in_force: watch::Sender::new(Arc::new(config.unwrap_or_default())),
        })
    }

    /// Who asks clients what is in force.
    pub(super) fn guard(&self) -> Guard {
        Guard::new(self.in_force.subscribe())
    }

    /// What the page says of it.
    pub(super) fn told_by(
        &self,
        guard: Guard,
    ) -> impl Fn() -> Option<snapshot::Protection> + Send + 'static {
        let (reload, in_force) = (self.reload.subscribe(), self.in_force.subscribe());
        move || {
            let reload = (*reload.borrow())?;
            Some(snapshot::Protection {
                reload,
                certificate_end: in_force.borrow().certificate_end(),
                refused: guard.refused(),
                unauthenticated: guard.unauthenticated(),
            })
        }
    }

    /// Ends when the file, or one that it names, differs from what was last seen; never where files are not watched.
    pub(super) async fn changed(&self, every: Option<Duration>) {
        let (Some(every), Some(path)) = (every, &self.path) else {
            return std::future::pending().await;
        };
        loop {
            sleep(every).await;
            let papers = read(path).await;
            if papers.is_some_and(|papers| Some(papers.fingerprint()) != self.seen) {
                return;
            }
        }
    }

    /// Puts in force what the file at `path` says now; what did not change stays as it is.
    ///
    /// # Errors
    ///
    /// Every mistake there is, as text; what was in force stays.
    pub(super) async fn follow(
        &mut self,
        path: Option<&Path>,
        now: UnixTime,
    ) -> Result<(), String> {
        self.path = path.map(Path::to_owned);
        let Some(path) = path else {
            self.seen = None;
            if self.reload.send_replace(None).is_some() {
                tracing::warn!("the listener is no longer protected: whoever reaches it may ask");
            }
            self.in_force.send_replace(Arc::default());
            return Ok(());
        };
        let Some(papers) = read(path).await else {
            return Ok(());
        };
        let unchanged = self.seen == Some(papers.fingerprint());
        self.seen = Some(papers.fingerprint());
        if unchanged && self.reload.borrow().is_some_and(|reload| reload.successful) {
            self.note(true, now);
            return Ok(());
        }
        let outcome = WebConfig::of(&papers, now);
        self.note(outcome.is_ok(), now);
        self.enforce(outcome)
    }

    fn enforce(&self, outcome: Result<WebConfig, Problems>) -> Result<(), String> {
        match outcome {
            Ok(config) => {
                tracing::info!("the web configuration was loaded");
                warn(&config);
                self.in_force.send_replace(Arc::new(config));
                Ok(())
            }
            Err(problems) => {
                tracing::error!(
                    "the new web configuration was refused, the one before stays in force:\n{problems}"
                );
                Err(problems.to_string())
            }
        }
    }

    fn note(&self, successful: bool, now: UnixTime) {
        self.reload.send_modify(|reload| {
            let before = reload.map_or(now, |reload| reload.last_success);
            *reload = Some(Reload {
                successful,
                last_success: if successful { now } else { before },
            });
        });
    }
}

/// What the papers hold now; `None` if nobody could look.
async fn read(path: &Path) -> Option<Papers> {
    let path = path.to_owned();
    spawn_blocking(move || Papers::read(&path)).await.ok()
}

fn warn(config: &WebConfig) {
    for warning in config.warnings() {
        tracing::warn!("{warning}");
    }
}
