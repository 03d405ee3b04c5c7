//! The stores and identity providers, built from the configuration; the stores kept logged in.

use std::{iter, sync::Arc};

use tokio::task::JoinSet;

use crate::{
    clock::Clock,
    config::{self, Config},
    model::{Guide, StoreName},
    poll::{Job, Score},
    store::{SetupError, Store, Stores},
    watch::{Question, Target},
};

use super::providers::{CannotAsk, Providers};

/// What cannot be built from its settings.
#[derive(Debug, thiserror::Error)]
pub enum CannotBuild {
    /// A store.
    #[error("stores.{name}: {error}")]
    Store {
        /// Its name.
        name: StoreName,
        /// What is wrong.
        error: SetupError,
    },
    /// What is asked of identity providers.
    #[error("{0}")]
    Providers(#[from] CannotAsk),
}

/// The stores and identity providers in use, each store kept logged in by a task of its own; dropping the plant ends those.
pub struct Plant {
    stores: Stores,
    providers: Providers,
    settings: Vec<(StoreName, Settings)>,
    keepers: JoinSet<()>,
}

/// What a store was built from: with the same, it can stay.
type Settings = (config::Store, std::time::Duration);

impl Plant {
    /// No stores.
    pub fn empty() -> Self {
        Self {
            stores: Stores::new(),
            providers: Providers::default(),
            settings: Vec::new(),
            keepers: JoinSet::new(),
        }
    }

    /// The stores of `config`. Those that `before` has with the same settings are taken over, login and all.
    ///
    /// # Errors
    ///
    /// If certificates cannot be used; `before` is as it was then.
    pub fn build(config: &Config, before: &Self, clock: &Clock) -> Result<Self, CannotBuild> {
        let mut next = Self::empty();
        for (name, settings) in &config.stores {
            let settings = (settings.clone(), config.poll.timeout);
            let store = match before.same(name, &settings) {
                Some(store) => store,
                None => Arc::new(built(name, &settings, clock)?),
            };
            next.stores.insert(name.clone(), store);
            next.settings.push((name.clone(), settings));
        }
        next.providers = Providers::build(config, &next.stores, &before.providers, clock)?;
        for store in next.stores.values().map(Arc::clone) {
            next.keepers.spawn(async move { store.keep_login().await });
        }
        Ok(next)
    }

    /// What the conductor is to do with these stores.
    pub fn score(&self, config: &Config) -> Score {
        let targets = config.targets.iter().enumerate();
        let jobs = targets.flat_map(|(position, target)| self.jobs(position, target));
        Score {
            jobs: jobs.chain(self.providers.jobs()).collect(),
            targets: config.targets.clone(),
            stores: self
                .stores
                .iter()
                .map(|(name, store)| (name.clone(), store.status()))
                .collect(),
            concurrency: config.poll.concurrency,
            guide: Arc::new(Guide {
                runbooks: config.alerts.runbooks.clone(),
                request: Some(config.request.clone()),
            }),
        }
    }

    /// What is asked about one target.
    fn jobs(&self, position: usize, target: &Arc<Target>) -> Vec<Job> {
        let itself = (Question::Target, target.interval);
        let questions = iter::once(itself).chain(target.watch.questions());
        let job = |(question, interval)| {
            let look = target.eye(question, self.providers.means(&self.stores))?;
            Some(Job::of_target(position, target, question, interval, look))
        };
        questions.filter_map(job).collect()
    }

    /// Ends the logins of those stores that `next` does not go on using.
    pub async fn retire(mut self, next: &Self) {
        self.keepers.shutdown().await;
        let mut leaving = JoinSet::new();
        for (name, store) in self.stores {
            if !next
                .stores
                .get(&name)
                .is_some_and(|kept| Arc::ptr_eq(kept, &store))
            {
                leaving.spawn(async move { store.log_out().await });
            }
        }
        while leaving.join_next().await.is_some() {}
    }

    fn same(&self, name: &StoreName, settings: &Settings) -> Option<Arc<Store>> {
        self.settings
            .iter()
            .any(|(known, before)| known == name && before == settings)
            .then(|| self.stores.get(name).cloned())?
    }
}

fn built(
    name: &StoreName,
    (settings, timeout): &Settings,
    clock: &Clock,
) -> Result<Store, CannotBuild> {
    Store::build(name.clone(), settings, *timeout, Arc::clone(clock)).map_err(|error| {
        CannotBuild::Store {
            name: name.clone(),
            error,
        }
    })
}
