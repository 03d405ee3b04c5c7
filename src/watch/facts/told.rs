//! What is told of the facts, to Prometheus and to people: each kind says it in its own words.

use super::{Facts, client_secrets, initial_access_token, oidc_integration};
use crate::{
    model::{
        Filling, NoRequest, Part, Particulars, Portrait, Samples, Standing, TargetName, UnixTime,
    },
    watch::{News, Report, Target, Watch},
};

impl Watch {
    /// The kind, as people call it.
    pub const fn title(&self) -> &'static str {
        match self {
            Self::InitialAccessToken(_) => "Initial Access Token",
            Self::ClientSecrets(_) => "Client secrets",
            Self::OidcIntegration(_) => "OpenID Connect integration",
        }
    }
}

impl Facts {
    /// The host name of the identity provider, by which people know it.
    pub fn provider_host(&self, watch: &Watch) -> Option<String> {
        of_kind!(
            self,
            watch,
            |wanted, facts, kind| kind::words::provider_host(wanted, facts),
            None
        )
    }

    /// The samples of one target.
    pub fn series(&self, name: &TargetName, watch: &Watch, out: &mut impl Samples) {
        of_kind!(
            self,
            watch,
            |wanted, facts, kind| kind::series::series(name, wanted, facts, out),
            ()
        );
    }

    /// How the target stands, as far as its facts tell.
    pub fn standing(&self, watch: &Watch, now: UnixTime) -> Standing {
        of_kind!(
            self,
            watch,
            |wanted, facts, kind| kind::words::standing(wanted, facts, now),
            Standing::Unknown
        )
    }

    /// One line for people.
    pub fn summary(&self, watch: &Watch, now: UnixTime) -> String {
        of_kind!(
            self,
            watch,
            |wanted, facts, kind| kind::words::summary(wanted, facts, now),
            String::new()
        )
    }

    /// What to do, most pressing first.
    pub fn advice(&self, watch: &Watch, now: UnixTime) -> Vec<&'static str> {
        of_kind!(
            self,
            watch,
            |wanted, facts, kind| kind::words::advice(wanted, facts, now),
            Vec::new()
        )
    }

    /// What is filled into the request that people send.
    ///
    /// # Errors
    ///
    /// If there is nothing to ask for.
    pub fn request(&self, target: &Target, now: UnixTime) -> Result<Filling, NoRequest> {
        let who = (&target.name, &target.tier);
        of_kind!(
            self,
            &target.watch,
            |wanted, facts, kind| kind::words::request(who, wanted, facts, now),
            Err(NoRequest::NeverRead)
        )
    }

    /// What is known, in fields.
    pub fn report(&self, watch: &Watch, now: UnixTime) -> Option<Report> {
        of_kind!(
            self,
            watch,
            |wanted, facts, kind| Some(kind::words::report(wanted, facts, now).into()),
            None
        )
    }

    /// When what is watched ends next; `None` if that is not known, or never.
    pub fn end(&self, watch: &Watch, now: UnixTime) -> Option<UnixTime> {
        of_kind!(
            self,
            watch,
            |wanted, facts, kind| kind::words::next_end(wanted, facts, now),
            None
        )
    }

    /// What a page shows of it among others.
    pub fn portrait(&self, watch: &Watch, now: UnixTime) -> Portrait {
        of_kind!(
            self,
            watch,
            |wanted, facts, kind| kind::words::portrait(wanted, facts, now),
            Portrait::default()
        )
    }

    /// What a page of its own shows of it beside that.
    pub fn particulars(&self, watch: &Watch, part: Part, now: UnixTime) -> Particulars {
        of_kind!(
            self,
            watch,
            |wanted, facts, kind| kind::words::particulars(wanted, facts, part, now),
            Particulars::default()
        )
    }

    /// What changed since `before` and is worth a line in the log.
    pub fn news_since(&self, before: &Self) -> Option<News> {
        match (self, before) {
            (Self::InitialAccessToken(after), Self::InitialAccessToken(before)) => {
                initial_access_token::words::news(before, after)
            }
            (Self::ClientSecrets(after), Self::ClientSecrets(before)) => {
                client_secrets::words::news(before, after)
            }
            (Self::OidcIntegration(after), Self::OidcIntegration(before)) => {
                oidc_integration::words::news(before, after)
            }
            _ => None,
        }
    }
}
