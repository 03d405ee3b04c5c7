//! What is watched: one folder a kind, and here the closed list of kinds.
//!
//! Every kind has the same files: `config.rs` (what the user may say about it), `look.rs` (ask the world; the only I/O),
//! `fold.rs` (previous, seen, now → what is known), `series.rs` (→ samples), `words.rs` (→ what a person reads). Whoever adds
//! a kind adds its folder and one variant or arm in each place below; the compiler names them all.

mod facts;
pub mod initial_access_token;
#[cfg(test)]
pub(crate) mod samples;
mod target;

use serde::Serialize;

pub use facts::Facts;
pub use target::{ListLook, Look, Rehearsers, Target};

use std::{path::PathBuf, time::Duration};

use crate::{
    model::{Digest, MetricInfo, ProviderName, StoreName, TokenList},
    watch::initial_access_token::{self as iat, config::InitialAccessToken},
};

/// What a target watches, by kind, as the configuration says it.
#[derive(Clone, Debug, PartialEq)]
pub enum Watch {
    /// An Initial Access Token in a store.
    InitialAccessToken(InitialAccessToken),
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
    /// Clients in a store.
    Registrations(Box<iat::counted::Tally>),
    /// The answer to a rehearsal.
    Rehearsal(iat::rehearsed::Answered),
    /// The list of an identity provider, which says something about many targets.
    TokenList(TokenList),
}

/// What is known, in fields, by kind.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Report {
    /// About an Initial Access Token.
    InitialAccessToken(iat::words::Report),
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
    iat::series::METRICS.into_iter()
}

impl Watch {
    /// The word for the kind: the label `kind`, and the key in the configuration.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::InitialAccessToken(_) => "initial_access_token",
        }
    }

    /// The store that is asked; targets of different stores never wait for each other.
    pub const fn store(&self) -> &StoreName {
        match self {
            Self::InitialAccessToken(wanted) => &wanted.store,
        }
    }

    /// Whether both read the same thing, so that what is known about one is known about the other, whatever is expected of it.
    pub fn reads_the_same_as(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::InitialAccessToken(one), Self::InitialAccessToken(other)) => {
                one.reads_the_same_as(other)
            }
        }
    }

    /// What is trusted in a rehearsal, if there are any: the file with the certificate authorities, and whether TLS may be missing.
    pub fn rehearsal_trust(&self) -> Option<(Option<PathBuf>, bool)> {
        match self {
            Self::InitialAccessToken(wanted) => wanted.trust(),
        }
    }

    /// What is read, as a digest: facts about one are of no use for the other if this differs.
    pub fn digest(&self) -> Digest {
        match self {
            Self::InitialAccessToken(wanted) => wanted.digest(),
        }
    }

    /// Where in the store, for people.
    pub fn path(&self) -> &str {
        match self {
            Self::InitialAccessToken(wanted) => wanted.path.as_str(),
        }
    }

    /// The store that is asked this.
    pub fn store_of(&self, question: Question) -> &StoreName {
        match self {
            Self::InitialAccessToken(wanted) => match question {
                Question::Target | Question::Rehearsal => &wanted.store,
                Question::Registrations => wanted
                    .counted_registrations()
                    .map_or(&wanted.store, |counted| &counted.store),
            },
        }
    }

    /// What is asked beside the target itself, and how long after one answer the next question follows.
    pub fn questions(&self) -> impl Iterator<Item = (Question, Duration)> {
        match self {
            Self::InitialAccessToken(wanted) => {
                let counted = wanted.counted_registrations();
                let counted = counted.map(|counted| (Question::Registrations, counted.interval));
                let rehearsed = wanted.rehearsal;
                let rehearsed = rehearsed.map(|rehearsed| (Question::Rehearsal, rehearsed.every));
                counted.into_iter().chain(rehearsed)
            }
        }
    }

    /// The identity provider whose list says something about the target.
    pub fn listed_by(&self) -> Option<&ProviderName> {
        match self {
            Self::InitialAccessToken(wanted) => wanted.listed_by().map(|provider| &provider.name),
        }
    }
}
