//! What is watched: one folder a kind, and here the closed list of kinds.
//!
//! Every kind has the same files: `config.rs` (what the user may say about it), `look.rs` (ask the world; the only I/O),
//! `fold.rs` (previous, seen, now → what is known), `series.rs` (→ samples), `words.rs` (→ what a person reads). Whoever adds
//! a kind adds its folder and one variant or arm in each place below; the compiler names them all.

pub mod client_secrets;
mod facts;
pub mod initial_access_token;
pub mod oidc_integration;
#[cfg(test)]
pub(crate) mod samples;
mod target;

use schemars::JsonSchema;
use serde::Serialize;

pub use facts::Facts;
pub use target::{ListLook, Look, Means, Realms, Rehearsers, Target, Visitors};

use std::{sync::Arc, time::Duration};

use crate::{
    keycloak::settings::Trust,
    model::{Digest, Letter, MetricInfo, ProviderName, Reason, Request, StoreName, TokenList},
    watch::{
        client_secrets::config::{ClientSecrets, Source},
        initial_access_token::{self as iat, config::InitialAccessToken},
        oidc_integration::config::OidcIntegration,
    },
};

/// What a target watches, by kind, as the configuration says it.
#[derive(Clone, Debug, PartialEq)]
pub enum Watch {
    /// An Initial Access Token in a store.
    InitialAccessToken(InitialAccessToken),
    /// Client secrets that expire.
    ClientSecrets(Arc<ClientSecrets>),
    /// The OpenID Connect integration of 3scale.
    OidcIntegration(Arc<OidcIntegration>),
}

/// Who is asked; questions to one never wait for those to another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Party {
    /// A store.
    Store(StoreName),
    /// An identity provider.
    IdentityProvider(ProviderName),
}

/// What a look asks. Whatever is asked beside the target itself has its own pace, and never decides whether the target is up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Question {
    /// The target itself.
    Target,
    /// How many clients were registered.
    Registrations,
    /// Whether a registration would work.
    Rehearsal,
}

/// What one look brought.
#[derive(Clone, Debug, PartialEq)]
pub enum Seen {
    /// Claims of an Initial Access Token.
    InitialAccessToken(Box<iat::look::Seen>),
    /// Times of client secrets.
    ClientSecrets(Box<client_secrets::look::Seen>),
    /// An OpenID Connect integration.
    OidcIntegration(Box<oidc_integration::look::Seen>),
    /// Clients in a store.
    Registrations(Box<iat::counted::Tally>),
    /// The answer to a rehearsal.
    Rehearsal(iat::rehearsed::Answered),
    /// The list of an identity provider, which says something about many targets.
    TokenList(TokenList),
}

/// What is known, in fields, by kind.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Report {
    /// About an Initial Access Token.
    InitialAccessToken(iat::words::Report),
    /// About client secrets.
    ClientSecrets(client_secrets::words::Report),
    /// About an OpenID Connect integration.
    OidcIntegration(oidc_integration::words::Report),
}

impl From<iat::words::Report> for Report {
    fn from(report: iat::words::Report) -> Self {
        Self::InitialAccessToken(report)
    }
}

impl From<client_secrets::words::Report> for Report {
    fn from(report: client_secrets::words::Report) -> Self {
        Self::ClientSecrets(report)
    }
}

impl From<oidc_integration::words::Report> for Report {
    fn from(report: oidc_integration::words::Report) -> Self {
        Self::OidcIntegration(report)
    }
}

/// Something that changed and is worth a line in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// What happened, without the name of the target.
    pub text: String,
    /// Whether somebody should look at it.
    pub is_bad: bool,
}

/// The metrics of all kinds.
pub fn metrics() -> impl Iterator<Item = MetricInfo> {
    iat::series::METRICS
        .into_iter()
        .chain(client_secrets::series::METRICS)
        .chain(oidc_integration::series::METRICS)
}

impl Watch {
    /// The word for the kind: the label `kind`, and the key in the configuration.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::InitialAccessToken(_) => "initial_access_token",
            Self::ClientSecrets(_) => "client_secrets",
            Self::OidcIntegration(_) => "oidc_integration",
        }
    }

    /// Where in a store lies what is watched, or the credentials that it takes; `None` if it lies in none.
    fn place(&self) -> Option<(&StoreName, &str)> {
        match self {
            Self::InitialAccessToken(wanted) => Some((&wanted.store, wanted.path.as_str())),
            Self::ClientSecrets(wanted) => match &wanted.source {
                Source::Realm { .. } => None,
                Source::Stored { store, path, .. } => Some((store, path.as_str())),
            },
            Self::OidcIntegration(wanted) => {
                let credentials = &wanted.credentials;
                Some((&credentials.store, credentials.path.as_str()))
            }
        }
    }

    /// The store that is read; `None` if there is none.
    pub fn store(&self) -> Option<&StoreName> {
        Some(self.place()?.0)
    }

    /// Where in that store, for people; empty if there is none.
    pub fn path(&self) -> &str {
        self.place().map_or("", |(_, path)| path)
    }

    /// Whether both read the same thing, so that what is known about one is known about the other, whatever is expected of it.
    pub fn reads_the_same_as(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::InitialAccessToken(one), Self::InitialAccessToken(other)) => {
                one.reads_the_same_as(other)
            }
            (Self::ClientSecrets(one), Self::ClientSecrets(other)) => one.reads_the_same_as(other),
            (Self::OidcIntegration(one), Self::OidcIntegration(other)) => {
                one.reads_the_same_as(other)
            }
            _ => false,
        }
    }

    /// The letter that asks for what such a target needs.
    pub const fn letter<'a>(&self, request: &'a Request) -> &'a Letter {
        match self {
            Self::InitialAccessToken(_) => &request.token,
            Self::ClientSecrets(_) => &request.client_secrets,
            Self::OidcIntegration(_) => &request.oidc_integration,
        }
    }

    /// What it is about, in a sentence.
    pub const fn subject(&self) -> &'static str {
        match self {
            Self::InitialAccessToken(_) => "its token",
            Self::ClientSecrets(_) => "its clients",
            Self::OidcIntegration(_) => "the integration",
        }
    }

    /// What is done with what comes after the letter; `link` leads to where the secret lies, or is empty.
    pub fn once_answered(&self, link: &str) -> String {
        let place = self.place();
        let place = place.map(|(store, path)| format!("{path} in the store {store}{link}"));
        match (self, place) {
            (Self::InitialAccessToken(_), place) => {
                format!("Write the new token to {}", place.unwrap_or_default())
            }
            (Self::ClientSecrets(_), None) => {
                "Give each new secret to whoever logs in with it".to_owned()
            }
            (Self::ClientSecrets(_), Some(place)) => format!(
                "Give the new secret to whoever logs in with it, and write it and its client_secret_expires_at to {place}"
            ),
            (Self::OidcIntegration(_), _) => "Wait until it is said to be mended".to_owned(),
        }
    }

    /// What is trusted in a rehearsal, if there are any.
    pub fn rehearsal_trust(&self) -> Option<Trust> {
        match self {
            Self::InitialAccessToken(wanted) => wanted.trust(),
            Self::ClientSecrets(_) | Self::OidcIntegration(_) => None,
        }
    }

    /// What is trusted in a visit to the identity provider, if it is visited as Zync and APIcast do.
    pub fn visit_trust(&self) -> Option<Trust> {
        match self {
            Self::OidcIntegration(wanted) => Some(wanted.trust()),
            Self::InitialAccessToken(_) | Self::ClientSecrets(_) => None,
        }
    }

    /// What to do when a look at the target failed for this reason.
    pub fn advice_on(&self, reason: Reason) -> &'static str {
        match self {
            Self::ClientSecrets(wanted) => client_secrets::words::advice_on(wanted, reason),
            Self::OidcIntegration(_) => reason.advice_on_integration(),
            Self::InitialAccessToken(_) => reason.advice(),
        }
    }

    /// What is read, as a digest: facts about one are of no use for the other if this differs.
    pub fn digest(&self) -> Digest {
        match self {
            Self::InitialAccessToken(wanted) => wanted.digest(),
            Self::ClientSecrets(wanted) => wanted.digest(),
            Self::OidcIntegration(wanted) => wanted.digest(),
        }
    }

    /// Who is asked this.
    pub fn party(&self, question: Question) -> Party {
        match self {
            Self::InitialAccessToken(wanted) => Party::Store(wanted.store_of(question).clone()),
            Self::ClientSecrets(wanted) => match &wanted.source {
                Source::Realm {
                    identity_provider, ..
                } => Party::IdentityProvider(identity_provider.name.clone()),
                Source::Stored { store, .. } => Party::Store(store.clone()),
            },
            Self::OidcIntegration(wanted) => {
                Party::IdentityProvider(wanted.identity_provider.name.clone())
            }
        }
    }

    /// What is asked beside the target itself, and how long after one answer the next question follows.
    pub fn questions(&self) -> impl Iterator<Item = (Question, Duration)> {
        let token = match self {
            Self::InitialAccessToken(wanted) => Some(wanted),
            Self::ClientSecrets(_) | Self::OidcIntegration(_) => None,
        };
        let counted = token.and_then(InitialAccessToken::counted_registrations);
        let counted = counted.map(|counted| (Question::Registrations, counted.interval));
        let rehearsed = token.and_then(|wanted| wanted.rehearsal);
        let rehearsed = rehearsed.map(|rehearsed| (Question::Rehearsal, rehearsed.every));
        counted.into_iter().chain(rehearsed)
    }

    /// The identity provider whose list says something about the target.
    pub fn listed_by(&self) -> Option<&ProviderName> {
        match self {
            Self::InitialAccessToken(wanted) => wanted.listed_by().map(|provider| &provider.name),
            Self::ClientSecrets(_) | Self::OidcIntegration(_) => None,
        }
    }

    /// The identity provider that is asked with its own account, for its list or for its clients.
    pub fn administered_by(&self) -> Option<&ProviderName> {
        match self {
            Self::ClientSecrets(wanted) => match &wanted.source {
                Source::Realm {
                    identity_provider, ..
                } => Some(&identity_provider.name),
                Source::Stored { .. } => None,
            },
            Self::InitialAccessToken(_) | Self::OidcIntegration(_) => self.listed_by(),
        }
    }
}
