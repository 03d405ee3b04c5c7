//! One configured thing to watch, and the eyes that look at it.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use tokio::time::Instant;

use super::{
    Facts, Question, Seen, Watch,
    client_secrets::{
        self,
        config::{ClientSecrets, Source},
        look::Asked,
    },
    initial_access_token::{self as iat, config::InitialAccessToken},
    oidc_integration::{self, config::OidcIntegration},
};
use crate::{
    keycloak::{Realm, Rehearser, Visitor, settings::Trust},
    model::{Failure, ProviderName, Reason, TargetName, TierName},
    store::{Store, Stores},
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

/// Those who rehearse registrations, by what they trust.
pub type Rehearsers = BTreeMap<Trust, Arc<Rehearser>>;

/// Those who visit identity providers as Zync and APIcast do, by what they trust.
pub type Visitors = BTreeMap<Trust, Arc<Visitor>>;

/// The realms that are asked by an account of ours.
pub type Realms = BTreeMap<ProviderName, Arc<Realm>>;

/// What there is to look with.
#[derive(Clone, Copy)]
pub struct Means<'a> {
    /// Where secrets are read.
    pub stores: &'a Stores,
    /// Who rehearses registrations.
    pub rehearsers: &'a Rehearsers,
    /// Who visits identity providers.
    pub visitors: &'a Visitors,
    /// The realms that are asked by an account of ours.
    pub realms: &'a Realms,
}

/// How many times the timeout of one request a look may take that is many. Counting begins new reads in half of that.
const REQUESTS: u32 = 6;

/// The same for the clients of a realm. Ten thousand are 42 requests, and may have to be read twice; most take a small part of what one
/// request may, and a server that is slower than that is better left alone.
const PAGES: u32 = 30;

impl Target {
    /// The way to ask about this target, if what it needs is there.
    pub fn eye(self: &Arc<Self>, question: Question, means: Means<'_>) -> Option<Arc<dyn Look>> {
        match &self.watch {
            Watch::InitialAccessToken(wanted) => Some(Arc::new(TokenEye {
                store: Arc::clone(means.stores.get(wanted.store_of(question))?),
                rehearser: wanted
                    .trust()
                    .and_then(|trust| means.rehearsers.get(&trust).cloned()),
                question,
                target: Arc::clone(self),
            })),
            Watch::ClientSecrets(wanted) => Some(Arc::new(SecretsEye {
                asked: match &wanted.source {
                    Source::Realm {
                        identity_provider, ..
                    } => Asked::Realm(Arc::clone(means.realms.get(&identity_provider.name)?)),
                    Source::Stored { store, .. } => {
                        Asked::Store(Arc::clone(means.stores.get(store)?))
                    }
                },
                wanted: Arc::clone(wanted),
            })),
            Watch::OidcIntegration(wanted) => Some(Arc::new(IntegrationEye {
                store: Arc::clone(means.stores.get(&wanted.credentials.store)?),
                visitor: Arc::clone(means.visitors.get(&wanted.trust())?),
                wanted: Arc::clone(wanted),
            })),
        }
    }

    /// How long asking this may take.
    pub fn timeout_of(&self, question: Question) -> Duration {
        match (question, &self.watch) {
            (Question::Target, Watch::InitialAccessToken(_)) => self.timeout,
            (Question::Target, Watch::ClientSecrets(wanted)) if wanted.is_of_a_realm() => {
                self.timeout * PAGES
            }
            // The secret is read first; and a client that was registered against all precautions has to be deleted.
            (Question::Rehearsal, _) => self.timeout * 3,
            (Question::Target | Question::Registrations, _) => self.timeout * REQUESTS,
        }
    }
}

struct TokenEye {
    target: Arc<Target>,
    question: Question,
    store: Arc<Store>,
    rehearser: Option<Arc<Rehearser>>,
}

struct SecretsEye {
    wanted: Arc<ClientSecrets>,
    asked: Asked,
}

struct IntegrationEye {
    wanted: Arc<OidcIntegration>,
    store: Arc<Store>,
    visitor: Arc<Visitor>,
}

#[async_trait]
impl Look for SecretsEye {
    async fn look(&self, _known: Option<Facts>) -> Result<Seen, Failure> {
        let seen = client_secrets::look::look(&self.wanted, &self.asked).await?;
        Ok(Seen::ClientSecrets(Box::new(seen)))
    }
}

#[async_trait]
impl Look for IntegrationEye {
    async fn look(&self, known: Option<Facts>) -> Result<Seen, Failure> {
        let known = match &known {
            Some(Facts::OidcIntegration(facts)) => Some(&**facts),
            _ => None,
        };
        let (wanted, store, visitor) = (&self.wanted, &self.store, &self.visitor);
        let seen = oidc_integration::look::look(wanted, known, store, visitor).await?;
        Ok(Seen::OidcIntegration(Box::new(seen)))
    }
}

#[async_trait]
impl Look for TokenEye {
    async fn look(&self, known: Option<Facts>) -> Result<Seen, Failure> {
        let Watch::InitialAccessToken(wanted) = &self.target.watch else {
            return Err(Reason::Internal.into());
        };
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

impl TokenEye {
    async fn count(
        &self,
        wanted: &InitialAccessToken,
        known: Option<Facts>,
    ) -> Result<Seen, Failure> {
        let registrations = wanted.counted_registrations().ok_or(Reason::Internal)?;
        let until = Instant::now() + self.target.timeout_of(self.question) / 2;
        let facts = match known {
            Some(Facts::InitialAccessToken(facts)) => Some(facts),
            _ => None,
        };
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
