//! What is watched: one folder a kind, and here the closed list of kinds.
//!
//! Every kind has the same files: `config.rs` (what the user may say about it), `look.rs` (ask the world; the only I/O),
//! `fold.rs` (previous, seen, now → what is known), `series.rs` (→ samples), `words.rs` (→ what a person reads). Whoever adds
//! a kind adds its folder and one variant or arm in each place below; the compiler names them all.

pub mod initial_access_token;
#[cfg(test)]
pub(crate) mod samples;
mod target;

use serde::Serialize;

pub use target::{Look, Target};

use crate::{
    model::{
        Failure, Fingerprint, MetricInfo, Reason, Samples, Standing, StoreName, TargetName,
        UnixTime,
    },
    store::Store,
    watch::initial_access_token::{self as iat, config::InitialAccessToken},
};

/// What a target watches, by kind, as the configuration says it.
#[derive(Clone, Debug, PartialEq)]
pub enum Watch {
    /// An Initial Access Token in a store.
    InitialAccessToken(InitialAccessToken),
}

/// What one look brought, by kind.
#[derive(Clone, Debug, PartialEq)]
pub enum Seen {
    /// Claims of an Initial Access Token.
    InitialAccessToken(Box<iat::look::Seen>),
}

/// What is known, by kind.
#[derive(Clone, Debug, PartialEq)]
pub enum Facts {
    /// About an Initial Access Token.
    InitialAccessToken(Box<iat::fold::Facts>),
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

    /// Where in the store, for people.
    pub fn path(&self) -> &str {
        match self {
            Self::InitialAccessToken(wanted) => wanted.path.as_str(),
        }
    }

    /// Asks once.
    ///
    /// # Errors
    ///
    /// Why there is nothing to see.
    async fn look(&self, store: &Store) -> Result<Seen, Failure> {
        match self {
            Self::InitialAccessToken(wanted) => {
                let seen = iat::look::look(wanted, store).await?;
                Ok(Seen::InitialAccessToken(Box::new(seen)))
            }
        }
    }
}

impl Facts {
    /// What is known before the first look: nothing.
    pub fn nothing(watch: &Watch) -> Self {
        match watch {
            Watch::InitialAccessToken(_) => Self::InitialAccessToken(Box::default()),
        }
    }

    /// What is known after one more look.
    #[must_use]
    pub fn after(&self, watch: &Watch, seen: Result<&Seen, Reason>, now: UnixTime) -> Self {
        match (self, watch) {
            (Self::InitialAccessToken(facts), Watch::InitialAccessToken(wanted)) => {
                let seen = seen.map(|Seen::InitialAccessToken(seen)| seen.as_ref());
                Self::InitialAccessToken(Box::new(facts.after(wanted, seen, now)))
            }
        }
    }

    /// What must not be found at two targets of one kind; `None` if there is no such thing, or while it is unknown.
    pub fn identity(&self) -> Option<Fingerprint> {
        match self {
            Self::InitialAccessToken(facts) => facts.identity(),
        }
    }

    /// The same, told whether its identity is found at no other target.
    #[must_use]
    pub fn with_unique(self, unique: bool) -> Self {
        match self {
            Self::InitialAccessToken(facts) => {
                Self::InitialAccessToken(Box::new(facts.with_unique(unique)))
            }
        }
    }

    /// The host name of the identity provider, by which people know it.
    pub fn provider_host(&self, watch: &Watch) -> Option<String> {
        match (self, watch) {
            (Self::InitialAccessToken(facts), Watch::InitialAccessToken(wanted)) => {
                iat::words::provider_host(wanted, facts)
            }
        }
    }

    /// The samples of one target.
    pub fn series(&self, name: &TargetName, watch: &Watch, out: &mut impl Samples) {
        match (self, watch) {
            (Self::InitialAccessToken(facts), Watch::InitialAccessToken(wanted)) => {
                iat::series::series(name, wanted, facts, out);
            }
        }
    }

    /// How the target stands, as far as its facts tell.
    pub fn standing(&self, watch: &Watch, now: UnixTime) -> Standing {
        match (self, watch) {
            (Self::InitialAccessToken(facts), Watch::InitialAccessToken(wanted)) => {
                iat::words::standing(wanted, facts, now)
            }
        }
    }

    /// One line for people.
    pub fn summary(&self, now: UnixTime) -> String {
        match self {
            Self::InitialAccessToken(facts) => iat::words::summary(facts, now),
        }
    }

    /// What to do, most pressing first.
    pub fn advice(&self, watch: &Watch, now: UnixTime) -> Vec<&'static str> {
        match (self, watch) {
            (Self::InitialAccessToken(facts), Watch::InitialAccessToken(wanted)) => {
                iat::words::advice(wanted, facts, now)
            }
        }
    }

    /// What is known, in fields.
    pub fn report(&self, watch: &Watch, now: UnixTime) -> Report {
        match (self, watch) {
            (Self::InitialAccessToken(facts), Watch::InitialAccessToken(wanted)) => {
                Report::InitialAccessToken(iat::words::report(wanted, facts, now))
            }
        }
    }

    /// What changed since `before` and is worth a line in the log.
    pub fn news_since(&self, before: &Self) -> Option<News> {
        match (self, before) {
            (Self::InitialAccessToken(after), Self::InitialAccessToken(before)) => {
                iat::words::news(before, after)
            }
        }
    }
}
