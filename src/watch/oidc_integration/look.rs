//! Ask the world: each link of the chain, in order, up to the first that is broken. Secrets end here.

mod account;
mod clients;

use crate::{
    jwt::{self, KeySet, Verified},
    keycloak::{Account, Document, Granted, Kept, Registered, Trouble, Visit, Visitor},
    model::{Cause, Failure, Step, UnixTime},
    store::Store,
};

use super::{
    chain::{Broken, Chain, Keys},
    config::{Api, Application, OidcIntegration},
    fold::Facts,
};

/// The client whose roles administer a realm, and the one that has them in the realm `master`.
const ADMINISTRATION: [&str; 2] = ["realm-management", "master-realm"];

/// What one look brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Which links hold, and the first that does not.
    pub chain: Chain,
    /// The earliest end among the certificates that were presented, refused ones included.
    pub certificate_end: Option<UnixTime>,
    /// How many seconds the clock of the identity provider is ahead of ours, to a second or two.
    pub clock_offset: Option<i64>,
    /// The keys that sign.
    pub keys: Option<Keys>,
}

/// Where a walk stopped.
struct Stop {
    step: Step,
    trouble: Trouble,
    application: Option<String>,
}

/// A walk along the chain.
struct Walk<'a> {
    wanted: &'a OidcIntegration,
    account: &'a Account,
    visit: &'a Visit,
    seen: Seen,
}

/// Tries the chain. Trouble that may pass by itself breaks a link only if something else is known about it, or nothing yet:
/// otherwise this look has failed, and the next one, which comes sooner, decides.
///
/// # Errors
///
/// Why nothing can be said about it.
pub async fn look(
    wanted: &OidcIntegration,
    known: Option<&Facts>,
    store: &Store,
    visitor: &Visitor,
) -> Result<Seen, Failure> {
    let account = account::read(&wanted.credentials, store).await?;
    let (seen, stop) = match visitor.begin().await {
        Ok(visit) => Walk::along(wanted, &account, &visit).await,
        Err(trouble) => (Seen::default(), Err(at(Step::Tls)(trouble))),
    };
    match stop {
        Ok(()) => Ok(seen),
        Err(stop) => stop.judged(seen, known.is_some_and(Facts::may_wait)),
    }
}

fn at(step: Step) -> impl Fn(Trouble) -> Stop {
    move |trouble| Stop {
        step,
        trouble,
        application: None,
    }
}

impl Stop {
    fn judged(self, mut seen: Seen, may_wait: bool) -> Result<Seen, Failure> {
        let cause = match (self.trouble.failure(), self.trouble.cause()) {
            (Some(failure), None) => return Err(failure),
            (Some(failure), Some(_)) if may_wait => return Err(failure),
            (_, cause) => cause.unwrap_or(Cause::BadResponse),
        };
        seen.chain.broken = Some(Broken {
            step: self.step,
            cause,
            application: self.application,
        });
        Ok(seen)
    }
}

impl<'a> Walk<'a> {
    async fn along(
        wanted: &'a OidcIntegration,
        account: &'a Account,
        visit: &'a Visit,
    ) -> (Seen, Result<(), Stop>) {
        let mut walk = Self {
            wanted,
            account,
            visit,
            seen: Seen::default(),
        };
        let outcome = walk.whole().await;
        let mut seen = walk.seen;
        seen.certificate_end = visit.certificate_end();
        seen.clock_offset = visit.clock_offset().or(seen.clock_offset);
        (seen, outcome)
    }

    async fn whole(&mut self) -> Result<(), Stop> {
        let document = self.discovery().await?;
        let keys = self.keys(&document).await?;
        let granted = self.grant(&document).await?;
        let verified = self.token(&document, &keys, &granted)?;
        self.clients(&granted, &verified).await
    }

    fn hold(&mut self, step: Step) {
        self.seen.chain.held.push(step);
    }

    fn issuer(&self) -> &'a str {
        &self.wanted.identity_provider.issuer
    }

    /// Three links in one request: what fails while the connection is made is a matter of the first two.
    async fn discovery(&mut self) -> Result<Document, Stop> {
        let address = match &self.wanted.api {
            Api::Keycloak => self.issuer(),
            Api::Rest { endpoint } => endpoint.as_str(),
        };
        let found = self.visit.discover(address, self.issuer()).await;
        let failed_at = match found.as_ref().err() {
            Some(Trouble::NotConnected(cause)) if cause.is_about_tls() => Step::Tls,
            Some(Trouble::NotConnected(_)) => Step::Connection,
            _ => Step::Discovery,
        };
        let is_plain = address.starts_with("http:");
        let before = [Step::Connection, Step::Tls].into_iter();
        for step in before.filter(|step| *step < failed_at && !(is_plain && *step == Step::Tls)) {
            self.hold(step);
        }
        let document = found.map_err(at(failed_at))?;
        if !self.account.is_for(address) {
            return Err(at(Step::Discovery)(Cause::OtherIssuer.into()));
        }
        self.hold(Step::Discovery);
        Ok(document)
    }

    async fn keys(&mut self, document: &Document) -> Result<KeySet, Stop> {
        let listed = self.visit.key_set(document).await.map_err(at(Step::Keys))?;
        let keys = KeySet::parse(&listed).map_err(|cause| at(Step::Keys)(cause.into()))?;
        self.seen.keys = Some(Keys {
            count: u64::try_from(keys.signing()).unwrap_or(u64::MAX),
            digest: keys.digest(),
        });
        self.hold(Step::Keys);
        Ok(keys)
    }

    async fn grant(&mut self, document: &Document) -> Result<Granted, Stop> {
        let granted = self.visit.grant(document, self.account).await;
        let granted = granted.map_err(at(Step::Grant))?;
        self.hold(Step::Grant);
        // Keycloak tells no date, but signs with its clock. Others may hand out one token many times.
        if self.wanted.api == Api::Keycloak {
            let issued = jwt::issued_unverified(&granted.token);
            self.seen.clock_offset = issued.map(|issued| issued.seconds_since(granted.at));
        }
        Ok(granted)
    }

    fn token(
        &mut self,
        document: &Document,
        keys: &KeySet,
        granted: &Granted,
    ) -> Result<Verified, Stop> {
        let issuer = jwt::Issuer {
            name: self.issuer(),
            algorithms: &document.algorithms,
            keys,
        };
        let verified = jwt::verify_as_apicast(&granted.token, &issuer, self.visit.now());
        let verified = verified.map_err(|cause| at(Step::Token)(cause.into()))?;
        self.hold(Step::Token);
        Ok(verified)
    }

    async fn clients(&mut self, granted: &Granted, verified: &Verified) -> Result<(), Stop> {
        let is_readable = match &self.wanted.api {
            Api::Keycloak => self.own_client(granted, verified).await.map(|()| true)?,
            Api::Rest { .. } => self.own_record(granted).await?,
        };
        if !is_readable || self.wanted.applications.is_empty() {
            return Ok(());
        }
        for application in &self.wanted.applications {
            let outcome = match &self.wanted.api {
                Api::Keycloak => self.application(application, granted).await,
                Api::Rest { .. } => self.record(application, granted).await,
            };
            outcome.map_err(|trouble| Stop {
                application: Some(application.client_id.clone()),
                ..at(Step::Applications)(trouble)
            })?;
        }
        self.hold(Step::Applications);
        Ok(())
    }

    /// The read shows that the account may read; that it may write, too, the token says, if it says anything about roles.
    async fn own_client(&mut self, granted: &Granted, verified: &Verified) -> Result<(), Stop> {
        let id = self.account.client_id();
        let found = self
            .visit
            .registered(self.issuer(), id, &granted.token)
            .await;
        let settings = match found.map_err(at(Step::Role))? {
            Registered::Is(settings) => settings,
            Registered::Forbidden => return Err(at(Step::Role)(Cause::RoleMissing.into())),
            Registered::Missing => return Err(at(Step::Role)(Cause::NotFound.into())),
        };
        let is_master = self.issuer().ends_with("/realms/master");
        let [administration, of_master] = ADMINISTRATION;
        let administration = if is_master { of_master } else { administration };
        if verified.has_role(administration, "manage-clients") == Some(false) {
            return Err(at(Step::Role)(Cause::RoleMissing.into()));
        }
        self.hold(Step::Role);
        if let Some(cause) = clients::flaw_of_account(&settings) {
            return Err(at(Step::Client)(cause.into()));
        }
        self.hold(Step::Client);
        Ok(())
    }

    async fn application(
        &self,
        application: &Application,
        granted: &Granted,
    ) -> Result<(), Trouble> {
        let id = &application.client_id;
        let found = self.visit.registered(self.issuer(), id, &granted.token);
        let flaw = match found.await? {
            Registered::Is(settings) => clients::flaw_of_application(application, &settings),
            Registered::Missing => Some(Cause::ApplicationMissing),
            Registered::Forbidden => Some(Cause::Refused),
        };
        flaw.map_or(Ok(()), |cause| Err(cause.into()))
    }

    /// Says whether clients can be read there at all; where they cannot, nothing more can be said.
    async fn own_record(&mut self, granted: &Granted) -> Result<bool, Stop> {
        let found = self.kept(self.account.client_id(), granted).await;
        let is_readable = found.map_err(at(Step::Role))? != Kept::Unreadable;
        if is_readable {
            self.hold(Step::Role);
        }
        Ok(is_readable)
    }

    async fn record(&self, application: &Application, granted: &Granted) -> Result<(), Trouble> {
        match self.kept(&application.client_id, granted).await? {
            Kept::Is => Ok(()),
            Kept::Missing => Err(Cause::ApplicationMissing.into()),
            Kept::Unreadable => Err(Cause::UnexpectedStatus.into()),
        }
    }

    async fn kept(&self, client_id: &str, granted: &Granted) -> Result<Kept, Trouble> {
        match &self.wanted.api {
            Api::Rest { endpoint } => self.visit.kept(endpoint, client_id, &granted.token).await,
            Api::Keycloak => Ok(Kept::Unreadable),
        }
    }
}
