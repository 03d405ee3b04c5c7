//! The identity providers, built from the configuration: whose lists are read, and where registrations are rehearsed.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use crate::{
    clock::Clock,
    config::Config,
    keycloak::{
        Realm, Rehearser, SetupError, Visitor,
        settings::{Admin, ClientSecret, IdentityProvider, Trust},
    },
    model::ProviderName,
    poll::{About, Job, LaneName},
    store::{Store, Stores},
    watch::{ListLook, Means, Realms, Rehearsers, Visitors, Watch},
};

/// An identity provider that cannot be asked with its settings.
#[derive(Debug, thiserror::Error)]
pub enum CannotAsk {
    /// With its account.
    #[error("identity_providers.{name}: {error}")]
    Account {
        /// Its name.
        name: ProviderName,
        /// What is wrong.
        error: SetupError,
    },
    /// For a rehearsal.
    #[error("rehearsal: {0}")]
    Rehearsal(SetupError),
    /// As Zync and APIcast do.
    #[error("oidc_integration: {0}")]
    Visit(SetupError),
}

/// The identity providers in use.
#[derive(Default)]
pub(super) struct Providers {
    accounts: BTreeMap<ProviderName, Account>,
    realms: Realms,
    rehearsers: Rehearsers,
    visitors: Visitors,
    timeout: Duration,
}

/// What a realm that is asked by an account of ours is built from, and how often its list is read.
struct Account {
    settings: Arc<IdentityProvider>,
    store: Option<Arc<Store>>,
    /// `None`: its list is not read.
    list_interval: Option<Duration>,
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
        let accounts = materials.accounts(config);
        Ok(Self {
            realms: materials.realms(&accounts)?,
            rehearsers: materials.rehearsers(config)?,
            visitors: materials.visitors(config)?,
            accounts,
            timeout,
        })
    }

    /// One job for each list, however many targets share it.
    pub(super) fn jobs(&self) -> impl Iterator<Item = Job> {
        self.accounts.iter().filter_map(|(name, account)| {
            Some(Job {
                about: About::List(name.clone()),
                look: Arc::new(ListLook(Arc::clone(self.realms.get(name)?))),
                interval: account.list_interval?,
                // It bounds itself, login included.
                timeout: self.timeout * 2,
                lane: LaneName::List(name.clone()),
            })
        })
    }

    /// What there is to look with, together with these stores.
    pub(super) fn means<'a>(&'a self, stores: &'a Stores) -> Means<'a> {
        Means {
            stores,
            rehearsers: &self.rehearsers,
            visitors: &self.visitors,
            realms: &self.realms,
        }
    }
}

impl Materials<'_> {
    /// Those that targets need.
    fn accounts(&self, config: &Config) -> BTreeMap<ProviderName, Account> {
        let watched = || config.targets.iter().map(|target| &target.watch);
        let used: BTreeSet<_> = watched().filter_map(Watch::administered_by).collect();
        let listed: BTreeSet<_> = watched().filter_map(Watch::listed_by).collect();
        let providers = config.identity_providers.iter();
        let accounts = providers.filter(|settings| used.contains(&settings.name));
        let account = |settings: &Arc<IdentityProvider>| {
            let admin = settings.admin.as_ref()?;
            let is_listed = listed.contains(&settings.name);
            let account = Account {
                settings: Arc::clone(settings),
                store: self.store(admin),
                list_interval: is_listed.then_some(admin.interval),
            };
            Some((settings.name.clone(), account))
        };
        accounts.filter_map(account).collect()
    }

    /// Where the secret of an account lies, if it lies in a store.
    fn store(&self, admin: &Admin) -> Option<Arc<Store>> {
        match &admin.client_secret {
            ClientSecret::File(_) => None,
            ClientSecret::Stored { store, .. } => self.stores.get(store).cloned(),
        }
    }

    fn realms(&self, accounts: &BTreeMap<ProviderName, Account>) -> Result<Realms, CannotAsk> {
        let mut realms = Realms::new();
        for (name, account) in accounts {
            let before = self.before.accounts.get(name).filter(|before| {
                let is_the_same = before.settings == account.settings;
                is_the_same && same(before.store.as_ref(), account.store.as_ref())
            });
            let stays = before.filter(|_| self.before.timeout == self.timeout);
            let realm = match stays.and_then(|_| self.before.realms.get(name)) {
                Some(realm) => Arc::clone(realm),
                None => Arc::new(self.realm(account)?),
            };
            realms.insert(name.clone(), realm);
        }
        Ok(realms)
    }

    fn realm(&self, account: &Account) -> Result<Realm, CannotAsk> {
        let (settings, store) = (&account.settings, account.store.clone());
        let clock = Arc::clone(self.clock);
        let realm = match &settings.admin {
            Some(admin) => Realm::new(settings, admin, store, self.timeout, clock),
            None => Err(SetupError::Address),
        };
        realm.map_err(|error| CannotAsk::Account {
            name: settings.name.clone(),
            error,
        })
    }

    fn rehearsers(&self, config: &Config) -> Result<Rehearsers, CannotAsk> {
        let before = &self.before.rehearsers;
        self.of_each_trust(config, Watch::rehearsal_trust, before, |trust, clock| {
            Rehearser::new(trust, self.timeout, clock).map_err(CannotAsk::Rehearsal)
        })
    }

    fn visitors(&self, config: &Config) -> Result<Visitors, CannotAsk> {
        let before = &self.before.visitors;
        self.of_each_trust(config, Watch::visit_trust, before, |trust, clock| {
            Visitor::new(trust, self.timeout, clock).map_err(CannotAsk::Visit)
        })
    }

    /// One for everything that targets trust; those from before stay.
    fn of_each_trust<T>(
        &self,
        config: &Config,
        trust: impl Fn(&Watch) -> Option<Trust>,
        before: &BTreeMap<Trust, Arc<T>>,
        build: impl Fn(&Trust, Clock) -> Result<T, CannotAsk>,
    ) -> Result<BTreeMap<Trust, Arc<T>>, CannotAsk> {
        let targets = config.targets.iter();
        let trusts: BTreeSet<Trust> = targets.filter_map(|target| trust(&target.watch)).collect();
        let one = |trust: Trust| {
            let stays = before.get(&trust);
            let one = match stays.filter(|_| self.before.timeout == self.timeout) {
                Some(one) => Arc::clone(one),
                None => Arc::new(build(&trust, Arc::clone(self.clock))?),
            };
            Ok((trust, one))
        };
        trusts.into_iter().map(one).collect()
    }
}

fn same(one: Option<&Arc<Store>>, other: Option<&Arc<Store>>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => Arc::ptr_eq(one, other),
        (None, None) => true,
        _ => false,
    }
}
