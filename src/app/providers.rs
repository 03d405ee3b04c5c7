//! The identity providers, built from the configuration: whose lists are read, and where registrations are rehearsed.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use crate::{
    clock::Clock,
    config::Config,
    keycloak::{
        Realm, Rehearser, SetupError,
        settings::{Admin, ClientSecret, IdentityProvider},
    },
    model::ProviderName,
    poll::{About, Job, LaneName},
    store::{Store, Stores},
    watch::{ListLook, Rehearsers},
};

/// An identity provider that cannot be asked with its settings.
#[derive(Debug, thiserror::Error)]
pub enum CannotAsk {
    /// For its list.
    #[error("identity_providers.{name}: {error}")]
    List {
        /// Its name.
        name: ProviderName,
        /// What is wrong.
        error: SetupError,
    },
    /// For a rehearsal.
    #[error("rehearsal: {0}")]
    Rehearsal(SetupError),
}

/// The identity providers in use.
#[derive(Default)]
pub(super) struct Providers {
    lists: BTreeMap<ProviderName, List>,
    rehearsers: Rehearsers,
    timeout: Duration,
}

/// A list that is read.
struct List {
    settings: Arc<IdentityProvider>,
    store: Option<Arc<Store>>,
    realm: Arc<Realm>,
    interval: Duration,
}

/// What new parts are made of.
struct Materials<'a> {
    stores: &'a Stores,
    before: &'a Providers,
    clock: &'a Clock,
    timeout: Duration,
}

impl Providers {
    /// Those of `config` that a target asks. Those that `before` has with the same settings are taken over, login and all.
    ///
    /// # Errors
    ///
    /// If certificates or an address cannot be used.
    pub(super) fn build(
        config: &Config,
        stores: &Stores,
        before: &Self,
        clock: &Clock,
    ) -> Result<Self, CannotAsk> {
        let timeout = config.poll.timeout;
        let materials = Materials {
            stores,
            before,
            clock,
            timeout,
        };
        Ok(Self {
            lists: materials.lists(config)?,
            rehearsers: materials.rehearsers(config)?,
            timeout,
        })
    }

    /// One job for each list, however many targets share it.
    pub(super) fn jobs(&self) -> impl Iterator<Item = Job> {
        self.lists.iter().map(|(name, list)| Job {
            about: About::List(name.clone()),
            look: Arc::new(ListLook(Arc::clone(&list.realm))),
            interval: list.interval,
            // It bounds itself, login included.
            timeout: self.timeout * 2,
            lane: LaneName::List(name.clone()),
        })
    }

    /// Those who rehearse registrations.
    pub(super) fn rehearsers(&self) -> &Rehearsers {
        &self.rehearsers
    }
}

impl Materials<'_> {
    fn lists(&self, config: &Config) -> Result<BTreeMap<ProviderName, List>, CannotAsk> {
        let targets = config.targets.iter();
        let asked: BTreeSet<_> = targets
            .filter_map(|target| target.watch.listed_by())
            .collect();
        let mut lists = BTreeMap::new();
        for settings in &config.identity_providers {
            if let Some(admin) = &settings.admin
                && asked.contains(&settings.name)
            {
                lists.insert(settings.name.clone(), self.list(settings, admin)?);
            }
        }
        Ok(lists)
    }

    fn list(&self, settings: &Arc<IdentityProvider>, admin: &Admin) -> Result<List, CannotAsk> {
        let store = match &admin.client_secret {
            ClientSecret::File(_) => None,
            ClientSecret::Stored { store, .. } => self.stores.get(store).cloned(),
        };
        let stays = self.before.lists.get(&settings.name).filter(|list| {
            let is_the_same = list.settings == *settings && self.before.timeout == self.timeout;
            is_the_same && same(list.store.as_ref(), store.as_ref())
        });
        let realm = match stays {
            Some(list) => Arc::clone(&list.realm),
            None => Arc::new(self.realm(settings, admin, store.clone())?),
        };
        Ok(List {
            settings: Arc::clone(settings),
            store,
            realm,
            interval: admin.interval,
        })
    }

    fn realm(
        &self,
        settings: &IdentityProvider,
        admin: &Admin,
        store: Option<Arc<Store>>,
    ) -> Result<Realm, CannotAsk> {
        let realm = Realm::new(settings, admin, store, self.timeout, Arc::clone(self.clock));
        realm.map_err(|error| CannotAsk::List {
            name: settings.name.clone(),
            error,
        })
    }

    fn rehearsers(&self, config: &Config) -> Result<Rehearsers, CannotAsk> {
        let targets = config.targets.iter();
        let trusts: BTreeSet<_> = targets
            .filter_map(|target| target.watch.rehearsal_trust())
            .collect();
        let rehearser = |trust| self.rehearser(&trust).map(|rehearser| (trust, rehearser));
        trusts.into_iter().map(rehearser).collect()
    }

    fn rehearser(&self, trust: &(Option<PathBuf>, bool)) -> Result<Arc<Rehearser>, CannotAsk> {
        let stays = self.before.rehearsers.get(trust);
        if let Some(rehearser) = stays.filter(|_| self.before.timeout == self.timeout) {
            return Ok(Arc::clone(rehearser));
        }
        let (ca_file, allow_http) = trust;
        let clock = Arc::clone(self.clock);
        Rehearser::new(ca_file.as_deref(), *allow_http, self.timeout, clock)
            .map(Arc::new)
            .map_err(CannotAsk::Rehearsal)
    }
}

fn same(one: Option<&Arc<Store>>, other: Option<&Arc<Store>>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => Arc::ptr_eq(one, other),
        (None, None) => true,
        _ => false,
    }
}
