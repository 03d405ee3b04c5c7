//! What the user may say about client secrets.

mod selection;

use std::{ops::RangeInclusive, sync::Arc, time::Duration};

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    config::{
        duration::{Span, within},
        place,
        problems::Key,
        report::Report,
        targets::Known,
        tiers::Tier,
    },
    keycloak::settings::IdentityProvider,
    model::{Digest, Level, SecretPath, StoreName, Threshold},
};

use selection::RawSelection;

pub use selection::{Pattern, Selection};

/// How short and how long a period of a rotation policy, and the time before an end, may be.
const PERIODS: RangeInclusive<Duration> =
    Duration::from_secs(1)..=Duration::from_secs(36_500 * 86_400);

/// How long after one reading the next begins, unless the user says so: a realm may have thousands of clients.
pub(crate) const INTERVAL: Duration = Duration::from_secs(900);

/// Client secrets to watch, as checked.
#[derive(Clone, Debug, PartialEq)]
pub struct ClientSecrets {
    /// Where their times are read.
    pub source: Source,
    /// The rotation policy that is expected, if one is.
    pub rotation: Option<Rotation>,
    /// From when on the remaining life of a secret in use is an alert: one entry a level, mildest first.
    pub thresholds: Arc<[Threshold]>,
    /// From when on the remaining life of a rotated secret is an alert.
    pub rotated: Threshold,
}

/// Where times of client secrets are read.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// From the clients of a realm, by its service account.
    Realm {
        /// The realm; it has an account.
        identity_provider: Arc<IdentityProvider>,
        /// Which of its clients.
        clients: Selection,
    },
    /// From a secret that holds the answer to a dynamic registration (RFC 7591, 3.2.1).
    Stored {
        /// The identity provider that the client belongs to, where the user says so.
        identity_provider: Option<Arc<IdentityProvider>>,
        /// The store.
        store: StoreName,
        /// Where the secret lies in it.
        path: SecretPath,
    },
}

/// The rotation policy that clients should be under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// How long before the expiry a registration update replaces the secret: `remaining-rotation-period` of the executor.
    pub remaining: Duration,
}

impl ClientSecrets {
    /// Whether both are the same secrets; what is expected of them may differ.
    pub fn reads_the_same_as(&self, other: &Self) -> bool {
        self.digest() == other.digest()
    }

    /// What is read, as a digest.
    pub fn digest(&self) -> Digest {
        match &self.source {
            Source::Realm {
                identity_provider,
                clients,
            } => {
                let mut parts = vec!["client_secrets", "realm", &identity_provider.issuer];
                parts.push(clients.pattern.as_ref().map_or("", Pattern::as_str));
                let attribute = clients.attribute.as_ref();
                let (name, value) = attribute.map_or(("", ""), |(name, value)| (name, value));
                parts.extend([name, value]);
                parts.extend(clients.ids.iter().map(String::as_str));
                Digest::of(&parts)
            }
            Source::Stored { store, path, .. } => {
                Digest::of(&["client_secrets", "stored", store.as_str(), path.as_str()])
            }
        }
    }
}

/// Client secrets to watch: those of a realm's clients, or one that lies in a store.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "ClientSecrets")]
#[serde(deny_unknown_fields)]
pub(crate) struct RawClientSecrets {
    /// The realm whose clients are read; it must have `admin`. With `secret` it only says whose client that is, and may be `null`.
    #[serde(default)]
    identity_provider: Option<String>,
    /// Which clients of the realm are watched; `null`: every one that has a secret.
    #[serde(default)]
    clients: Option<RawSelection>,
    /// A secret that holds the answer to a dynamic registration, with `client_id` and `client_secret_expires_at`, in place of the
    /// clients of a realm; `null`: the clients of the realm are read.
    #[serde(default)]
    secret: Option<RawPlace>,
    /// The rotation policy that the clients should be under, so that those without an expiry are told; `null`: none is expected.
    #[serde(default)]
    rotation: Option<RawRotation>,
    /// From when on the end of a secret that was rotated out, and still works, is an alert.
    #[serde(default)]
    rotated: Option<RawRotated>,
}

/// Where a secret lies.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "ClientSecretPlace")]
#[serde(deny_unknown_fields)]
struct RawPlace {
    /// The store that holds it.
    #[schemars(required)]
    store: Option<String>,
    /// Its path in the store, as `vault kv get` takes it: with the mount, without `data/`.
    #[schemars(required)]
    path: Option<String>,
}

/// The rotation policy that the clients should be under.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "Rotation")]
#[serde(deny_unknown_fields)]
struct RawRotation {
    /// `remaining-rotation-period` of the policy's executor, 1s to 36500d: how long before the expiry an update by the
    /// registration API replaces the secret.
    #[schemars(required)]
    remaining: Option<Span>,
}

/// Alerts about secrets that were rotated out.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "RotatedSecrets")]
#[serde(deny_unknown_fields, default)]
struct RawRotated {
    /// The remaining life, 1s to 36500d, below which there is an alert, of the severity of the tier's `expiry.notice`.
    before: Span,
}

impl Default for RawRotated {
    fn default() -> Self {
        Self {
            before: Span::seconds(86_400),
        }
    }
}

/// Checks what a target says about client secrets; `tier` is the tier of the target, as far as it could be read.
pub(crate) fn check(
    raw: RawClientSecrets,
    at: &Key,
    (tier, known): (Option<&Tier>, &Known),
    report: &mut Report,
) -> Option<ClientSecrets> {
    let remaining_key = at.key("rotation").key("remaining");
    let what = "a span such as 10d, as the policy says";
    let rotation = raw.rotation.map(|raw| {
        let remaining = report.required(&remaining_key, raw.remaining, what)?;
        within(&PERIODS, remaining.0, &remaining_key, report)
    });
    let before_key = at.key("rotated").key("before");
    let before = report.as_written(&at.key("rotated"), raw.rotated.unwrap_or_default().before.0);
    let before = before.and_then(|span| within(&PERIODS, span, &before_key, report));
    let expects = rotation.is_some();
    let source = match raw.secret {
        Some(secret) => {
            let others = (raw.clients.is_some(), expects);
            stored((raw.identity_provider, secret), others, at, known, report)
        }
        None => realm((raw.identity_provider, raw.clients), at, known, report),
    };
    let rotation = match rotation {
        Some(remaining) => Some(Rotation {
            remaining: remaining?,
        }),
        None => None,
    };
    Some(ClientSecrets {
        source: source?,
        rotation,
        thresholds: tier?.thresholds.clone(),
        rotated: rotated(before?, tier?)?,
    })
}

fn rotated(before: Duration, tier: &Tier) -> Option<Threshold> {
    let mut thresholds = tier.thresholds.iter();
    let notice = thresholds.find(|threshold| threshold.level == Level::Notice)?;
    Some(Threshold { before, ..*notice })
}

fn realm(
    (name, clients): (Option<String>, Option<RawSelection>),
    at: &Key,
    known: &Known,
    report: &mut Report,
) -> Option<Source> {
    let [provider_key, clients_key, secret_key] =
        ["identity_provider", "clients", "secret"].map(|name| at.key(name));
    let clients = selection::check(clients.unwrap_or_default(), &clients_key, report);
    report.as_written(&secret_key, ())?;
    let what = "the identity provider whose clients are read, unless secret is given";
    let name = report.required(&provider_key, name, what)?;
    let provider = provider(&name, &provider_key, known, report)?;
    if provider.admin.is_none() {
        let section = Key::default().key("identity_providers");
        let section = section.key(provider.name.as_str());
        let text = format!("needs {section}.admin, the account that reads the clients");
        report.refuse(&provider_key, text);
        return None;
    }
    report.as_written(&clients_key, ())?;
    Some(Source::Realm {
        identity_provider: provider,
        clients: clients?,
    })
}

fn stored(
    (name, secret): (Option<String>, RawPlace),
    (selects, expects): (bool, bool),
    at: &Key,
    known: &Known,
    report: &mut Report,
) -> Option<Source> {
    let provider_key = at.key("identity_provider");
    for (name, is_given) in [("clients", selects), ("rotation", expects)] {
        if is_given {
            let text = "has no effect beside secret, which holds one client";
            report.refuse(&at.key(name), text);
        }
    }
    let provider = name.map(|name| provider(&name, &provider_key, known, report));
    report.as_written(&provider_key, ())?;
    let place = (secret.store, secret.path);
    let (store, path) = place::secret(place, &at.key("secret"), &known.stores, report)?;
    Some(Source::Stored {
        identity_provider: match provider {
            Some(provider) => Some(provider?),
            None => None,
        },
        store,
        path,
    })
}

fn provider(
    name: &str,
    at: &Key,
    known: &Known,
    report: &mut Report,
) -> Option<Arc<IdentityProvider>> {
    let providers = &known.identity_providers;
    let found = providers.find(name, at, "identity provider", report);
    found.cloned()
}
