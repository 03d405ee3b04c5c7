//! One configured thing to watch, and the eyes that look at it.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Duration};

use async_trait::async_trait;
use tokio::time::Instant;

use super::{Facts, Question, Seen, Watch, initial_access_token as iat};
use crate::{
    keycloak::{Realm, Rehearser},
    model::{Failure, Reason, TargetName, TierName},
    store::{Store, Stores},
    watch::initial_access_token::config::InitialAccessToken,
};

/// One thing to watch.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// Its unique name.
    pub name: TargetName,
    /// The tier it belongs to.
    pub tier: TierName,
    /// How long after one read the next begins.
    pub interval: Duration,
    /// How long one read may take.
    pub timeout: Duration,
    /// What is watched, by kind.
    pub watch: Watch,
}

/// One way of asking the world.
#[async_trait]
pub trait Look: Send + Sync {
    /// Asks once; `known` is what is known about the target so far, `None` where many are asked about at once. The caller bounds
    /// the time.
    ///
    /// # Errors
    ///
    /// Why there is nothing to see.
    async fn look(&self, known: Option<Facts>) -> Result<Seen, Failure>;
}

/// Those who rehearse registrations, by what they trust: the file with the certificate authorities, and whether TLS may be missing.
pub type Rehearsers = BTreeMap<(Option<PathBuf>, bool), Arc<Rehearser>>;

/// How many times the timeout of one read counting may take, as it may be many reads. New ones are begun in half of that.
const READS: u32 = 6;

impl Target {
    /// The way to ask about this target, if what it needs is there.
    pub fn eye(
        self: &Arc<Self>,
        question: Question,
        stores: &Stores,
        rehearsers: &Rehearsers,
    ) -> Option<Arc<dyn Look>> {
        let Watch::InitialAccessToken(wanted) = &self.watch;
        let store = match question {
            Question::Target | Question::Rehearsal => &wanted.store,
            Question::Registrations => &wanted.counted_registrations()?.store,
        };
        let eye = Eye {
            target: Arc::clone(self),
            question,
            store: Arc::clone(stores.get(store)?),
            rehearser: wanted
                .trust()
                .and_then(|trust| rehearsers.get(&trust).cloned()),
        };
        Some(Arc::new(eye))
    }

    /// How long asking this may take.
    pub fn timeout_of(&self, question: Question) -> Duration {
        match question {
            Question::Target => self.timeout,
            // The secret is read first; and a client that was registered against all precautions has to be deleted.
            Question::Rehearsal => self.timeout * 3,
            Question::Registrations => self.timeout * READS,
        }
    }
}

struct Eye {
    target: Arc<Target>,
    question: Question,
    store: Arc<Store>,
    rehearser: Option<Arc<Rehearser>>,
}

#[async_trait]
impl Look for Eye {
    async fn look(&self, known: Option<Facts>) -> Result<Seen, Failure> {
        let Watch::InitialAccessToken(wanted) = &self.target.watch;
        match self.question {
            Question::Target => {
                let seen = iat::look::look(wanted, &self.store).await?;
                Ok(Seen::InitialAccessToken(Box::new(seen)))
            }
            Question::Registrations => self.count(wanted, known).await,
            Question::Rehearsal => {
                let rehearser = self.rehearser.as_ref().ok_or(Reason::Internal)?;
                let answered = iat::rehearsal::rehearse(wanted, &self.store, rehearser).await?;
                Ok(Seen::Rehearsal(answered))
            }
        }
    }
}

impl Eye {
    async fn count(
        &self,
        wanted: &InitialAccessToken,
        known: Option<Facts>,
    ) -> Result<Seen, Failure> {
        let registrations = wanted.counted_registrations().ok_or(Reason::Internal)?;
        let until = Instant::now() + self.target.timeout_of(self.question) / 2;
        let facts = known.map(|Facts::InitialAccessToken(facts)| facts);
        let counted = facts.as_ref().and_then(|facts| facts.counted.as_deref());
        let issuer = facts
            .as_ref()
            .and_then(|facts| facts.expected_issuer.as_deref());
        let tally =
            iat::registrations::look(registrations, counted, issuer, &self.store, until).await?;
        Ok(Seen::Registrations(Box::new(tally)))
    }
}

/// Reads the list of one realm, for all targets whose tokens are in it.
pub struct ListLook(pub Arc<Realm>);

#[async_trait]
impl Look for ListLook {
    async fn look(&self, _known: Option<Facts>) -> Result<Seen, Failure> {
        self.0.initial_access_tokens().await.map(Seen::TokenList)
    }
}
