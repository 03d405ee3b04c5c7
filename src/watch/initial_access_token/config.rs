//! What the user may say about an Initial Access Token.

mod clients;
mod incumbent;
mod rehearsal;

use std::{sync::Arc, time::Duration};

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    config::{place, problems::Key, report::Report, targets::Known, text::pointer, tiers::Tier},
    keycloak::settings::{IdentityProvider, Trust},
    model::{Digest, SecretPath, StoreName, Threshold},
    watch::Question,
};

use clients::RawClients;
use incumbent::RawIncumbentMetric;
use rehearsal::RawRehearsal;

pub use clients::{Clients, CountFrom, Read, Registrations};
pub use incumbent::IncumbentMetric;
pub(crate) use incumbent::Taken;
pub use rehearsal::Rehearse;

/// One Initial Access Token to watch, as checked.
#[derive(Clone, Debug, PartialEq)]
pub struct InitialAccessToken {
    /// The identity provider it belongs to; without one, the secret's own `url` says which.
    pub identity_provider: Option<Arc<IdentityProvider>>,
    /// The store that holds the secret.
    pub store: StoreName,
    /// Where the secret lies in it.
    pub path: SecretPath,
    /// Where in the secret the tokens stand, if the user says so; otherwise the known shapes are tried.
    pub pointers: Option<Pointers>,
    /// The lifetime that is asked for when a token is ordered.
    pub lifetime: Duration,
    /// From when on its remaining life is an alert: one entry a level, mildest first.
    pub thresholds: Arc<[Threshold]>,
    /// How many clients it may register, and how it is learnt how many are left.
    pub clients: Arc<Clients>,
    /// Whether and how often a registration is rehearsed.
    pub rehearsal: Option<Rehearse>,
    /// Whether its expiry is told under the incumbent's name, too, and with which labels.
    pub incumbent_metric: Option<Arc<IncumbentMetric>>,
}

impl InitialAccessToken {
    /// Whether both are the same tokens; what is expected of them may differ.
    pub fn reads_the_same_as(&self, other: &Self) -> bool {
        (&self.store, &self.path, &self.pointers) == (&other.store, &other.path, &other.pointers)
    }

    /// What is read, as a digest.
    pub fn digest(&self) -> Digest {
        let pointers = self.pointers.as_ref();
        let pointer = pointers.map_or("", |pointers| &pointers.token);
        let previous = pointers.and_then(|pointers| pointers.previous.as_deref());
        let issuer = self
            .identity_provider
            .as_ref()
            .map_or("", |provider| &provider.issuer);
        Digest::of(&[
            "initial_access_token",
            self.store.as_str(),
            self.path.as_str(),
            pointer,
            previous.unwrap_or_default(),
            issuer,
        ])
    }

    /// The identity provider whose list is asked for registrations left; `None` if nobody may read it, or it is not wanted.
    pub fn listed_by(&self) -> Option<&Arc<IdentityProvider>> {
        let provider = self.identity_provider.as_ref()?;
        let is_wanted = matches!(self.clients.from, CountFrom::Auto | CountFrom::Keycloak);
        (is_wanted && provider.admin.is_some()).then_some(provider)
    }

    /// How long after one reading of that list the next begins.
    pub fn list_interval(&self) -> Option<Duration> {
        let admin = self.listed_by()?.admin.as_ref()?;
        Some(admin.interval)
    }

    /// What is trusted in a rehearsal.
    pub fn trust(&self) -> Option<Trust> {
        let provider = self.identity_provider.as_ref();
        Some(Trust {
            ca_file: provider.and_then(|provider| provider.ca_file.clone()),
            allow_http: self.rehearsal?.allow_http,
        })
    }

    /// The store that is asked this.
    pub fn store_of(&self, question: Question) -> &StoreName {
        match question {
            Question::Target | Question::Rehearsal => &self.store,
            Question::Registrations => self
                .counted_registrations()
                .map_or(&self.store, |counted| &counted.store),
        }
    }

    /// Where registered clients are counted, if they are.
    pub fn counted_registrations(&self) -> Option<&Registrations> {
        let is_wanted = matches!(
            self.clients.from,
            CountFrom::Auto | CountFrom::Registrations
        );
        self.clients.registrations.as_ref().filter(|_| is_wanted)
    }
}

/// JSON pointers (RFC 6901) into a secret of another shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pointers {
    /// Where the current token stands.
    pub token: String,
    /// Where the previous token stands, if the secret keeps it.
    pub previous: Option<String>,
}

/// An Initial Access Token to watch.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "InitialAccessToken")]
#[serde(deny_unknown_fields)]
pub(crate) struct RawInitialAccessToken {
    /// The identity provider it belongs to; `null`: the secret's own field `url` says which.
    #[serde(default)]
    identity_provider: Option<String>,
    /// Where the secret with the token lies.
    #[schemars(required)]
    secret: Option<RawSecret>,
    /// How many clients the token may register, and how it is learnt how many are left.
    #[serde(default)]
    clients: Option<RawClients>,
    /// Whether a registration is rehearsed: one that cannot succeed, which tells whether the identity provider would take
    /// the token now, uses nothing up and leaves nothing behind.
    #[serde(default)]
    rehearsal: Option<RawRehearsal>,
    /// Whether the expiry is told as `rhidp_sso_client_inital_access_token_expiration`, too, for dashboards that ask for that
    /// name; `null`: it is not.
    #[serde(default)]
    incumbent_metric: Option<RawIncumbentMetric>,
}

/// Where the secret with the token lies, and where in it.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "Secret")]
#[serde(deny_unknown_fields)]
struct RawSecret {
    /// The store that holds it.
    #[schemars(required)]
    store: Option<String>,
    /// Its path in the store, as `vault kv get` takes it: with the mount, without `data/`.
    #[schemars(required)]
    path: Option<String>,
    /// A JSON pointer (RFC 6901) to the current token, such as `/token`; `null`: the known shapes are tried.
    #[serde(default)]
    #[schemars(regex(pattern = "^(/([^~/]|~[01])*)+$"))]
    token: Option<String>,
    /// A JSON pointer to the previous token, together with `token` only; `null`: the secret does not keep it.
    #[serde(default)]
    #[schemars(regex(pattern = "^(/([^~/]|~[01])*)+$"))]
    previous: Option<String>,
}

/// Checks what a target says about its token; `tier` is the tier of the target, as far as it could be read, and `taken` is
/// what targets before it have for themselves.
pub(crate) fn check(
    raw: RawInitialAccessToken,
    at: &Key,
    taken: &mut Taken,
    (tier, known): (Option<&Tier>, &Known),
    report: &mut Report,
) -> Option<InitialAccessToken> {
    let provider = provider(raw.identity_provider, at, known, report);
    let rehearsal_key = at.key("rehearsal");
    let rehearsal = raw
        .rehearsal
        .and_then(|raw| rehearsal::check(&raw, provider, &rehearsal_key, report));
    let around = (provider, tier, known);
    let clients = clients::check(raw.clients, &at.key("clients"), around, report);
    let incumbent_key = at.key("incumbent_metric");
    let incumbent = raw
        .incumbent_metric
        .and_then(|raw| incumbent::check(raw, &incumbent_key, report));
    let secret = at.key("secret");
    let raw = report.required(&secret, raw.secret, "a table with store and path")?;
    let place = place::secret((raw.store, raw.path), &secret, &known.stores, report);
    let pointers = pointers(raw.token, raw.previous, &secret, report);
    let (store, path) = place?;
    let incumbent_metric =
        incumbent.and_then(|labels| taken.take(labels, &path, &incumbent_key, report));
    Some(InitialAccessToken {
        identity_provider: provider.known().cloned(),
        store,
        path,
        pointers,
        lifetime: tier?.lifetime,
        thresholds: tier?.thresholds.clone(),
        clients: shared(clients?, tier?),
        rehearsal,
        incumbent_metric,
    })
}

/// Most targets say nothing about their clients; these share what their tier says.
fn shared(clients: Clients, tier: &Tier) -> Arc<Clients> {
    if *tier.clients == clients {
        Arc::clone(&tier.clients)
    } else {
        Arc::new(clients)
    }
}

/// The identity provider that a target names.
#[derive(Clone, Copy)]
enum Provider<'a> {
    /// It names none.
    Unnamed,
    /// What it names is refused itself, or does not exist.
    Refused,
    /// This one.
    Known(&'a Arc<IdentityProvider>),
}

impl<'a> Provider<'a> {
    fn known(self) -> Option<&'a Arc<IdentityProvider>> {
        match self {
            Self::Known(provider) => Some(provider),
            Self::Unnamed | Self::Refused => None,
        }
    }
}

fn provider<'a>(
    name: Option<String>,
    at: &Key,
    known: &'a Known,
    report: &mut Report,
) -> Provider<'a> {
    let at = at.key("identity_provider");
    let Some(name) = name else {
        let unnamed = report.as_written(&at, Provider::Unnamed);
        return unnamed.unwrap_or(Provider::Refused);
    };
    let providers = &known.identity_providers;
    let found = providers.find(&name, &at, "identity provider", report);
    found.map_or(Provider::Refused, Provider::Known)
}

fn pointers(
    token: Option<String>,
    previous: Option<String>,
    at: &Key,
    report: &mut Report,
) -> Option<Pointers> {
    let (token_key, previous_key) = (at.key("token"), at.key("previous"));
    if previous.is_some() && token.is_none() && !report.is_removed(&token_key) {
        report.refuse(
            &previous_key,
            "must stand together with token only, found it alone",
        );
    }
    if token.is_some() && token == previous {
        report.refuse(&previous_key, "must differ from token");
    }
    let token = token.and_then(|text| report.accept(&token_key, pointer(text)));
    let previous = previous.and_then(|text| report.accept(&previous_key, pointer(text)));
    token.map(|token| Pointers { token, previous })
}
