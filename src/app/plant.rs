//! The stores, built from the configuration and kept logged in.

use std::sync::Arc;

use tokio::task::JoinSet;

use crate::{
    clock::Clock,
    config::{self, Config},
    model::StoreName,
    poll::{Job, Score},
    store::{SetupError, Store, Stores},
    watch::Target,
};

/// A store that cannot be built from its settings.
#[derive(Debug, thiserror::Error)]
#[error("stores.{name}: {error}")]
pub struct CannotBuild {
    name: StoreName,
    error: SetupError,
}

/// The stores in use, each kept logged in by a task of its own; dropping the plant ends those.
pub struct Plant {
    stores: Stores,
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
            settings: Vec::new(),
            keepers: JoinSet::new(),
        }
    }

    /// The stores of `config`. Those that `before` has with the same settings are taken over, login and all.
    ///
    /// # Errors
    ///
    /// If a store's certificates cannot be used; `before` is as it was then.
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
        for store in next.stores.values().map(Arc::clone) {
            next.keepers.spawn(async move { store.keep_login().await });
        }
        Ok(next)
    }

    /// What the conductor is to do with these stores.
    pub fn score(&self, config: &Config) -> Score {
        let job = |target: &Arc<Target>| {
            let look = target.eye(&self.stores)?;
            Some(Job {
                target: Arc::clone(target),
                look,
            })
        };
        Score {
            jobs: config.targets.iter().filter_map(job).collect(),
            stores: self
                .stores
                .iter()
                .map(|(name, store)| (name.clone(), store.status()))
                .collect(),
            concurrency: config.poll.concurrency,
        }
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
    Store::build(name.clone(), settings, *timeout, Arc::clone(clock)).map_err(|error| CannotBuild {
        name: name.clone(),
        error,
    })
}
