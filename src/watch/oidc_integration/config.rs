//! What the user may say about an OpenID Connect integration.

mod applications;
mod certificate;
mod credentials;

use std::{ops::RangeInclusive, path::PathBuf, sync::Arc, time::Duration};

use schemars::JsonSchema;
use serde::Deserialize;
use url::Url;

use crate::{
    config::{
        address,
        duration::{Span, within},
        problems::Key,
        report::Report,
        targets::Known,
        text,
        tiers::Tier,
    },
    keycloak::settings::{IdentityProvider, Trust},
    model::{Digest, SecretPath, StoreName, Threshold},
};

use applications::RawApplication;
use certificate::RawCertificate;
use credentials::RawCredentials;

/// How long after one look the next begins, unless the user says so: each is a login and some requests.
pub(crate) const INTERVAL: Duration = Duration::from_secs(300);

/// How far the two clocks may be from each other, at least and at most.
const OFFSETS: RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_secs(3_600);

/// An integration to watch, as checked.
#[derive(Clone, Debug, PartialEq)]
pub struct OidcIntegration {
    /// The identity provider: the issuer in the configuration of the 3scale product, without credentials.
    pub identity_provider: Arc<IdentityProvider>,
    /// How clients are synchronized with it.
    pub api: Api,
    /// The service account that Zync uses.
    pub credentials: Credentials,
    /// The bundle that Zync trusts, if it is not that of the identity provider.
    pub ca_file: Option<PathBuf>,
    /// Whether the identity provider may be spoken to without TLS.
    pub allow_http: bool,
    /// Clients that must be there.
    pub applications: Vec<Application>,
    /// From when on the remaining life of a certificate is an alert, and of which severity what is broken is.
    pub thresholds: Arc<[Threshold]>,
    /// How far the clock of the identity provider may be from ours.
    pub clock_offset: Duration,
}

/// How clients are synchronized: the "OpenID Connect Issuer Type" of 3scale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Api {
    /// "Red Hat Single Sign-On": Keycloak's own client registration.
    Keycloak,
    /// "REST API": `{endpoint}/clients/{id}`.
    Rest {
        /// Where it lies.
        endpoint: Url,
    },
}

/// The service account, and where its credentials lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// The store.
    pub store: StoreName,
    /// Where the secret lies in it.
    pub path: SecretPath,
    /// In which form.
    pub form: Form,
}

/// In which form credentials lie in a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// Id and secret apart.
    Apart {
        /// The id of the client.
        client_id: ClientId,
        /// The JSON pointer to its secret.
        client_secret: String,
    },
    /// As Zync is given them: `https://ID:SECRET@host/…`, percent-encoded where it must be.
    Url {
        /// The JSON pointer to the URL.
        pointer: String,
    },
}

/// The id of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientId {
    /// From the configuration.
    Is(String),
    /// At this JSON pointer of the secret.
    At(String),
}

/// A client that must be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// Its id.
    pub client_id: String,
    /// A redirect URL that it must have.
    pub redirect_url: Option<String>,
    /// The flows that it must have, and no other; `None`: whichever.
    pub flows: Option<Vec<Flow>>,
}

/// An authorization flow, by the name of the switch that 3scale has for it.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Flow {
    /// Authorization Code Flow.
    Standard,
    /// Implicit Flow.
    Implicit,
    /// Service Accounts Flow (client credentials).
    ServiceAccounts,
    /// Direct Access Grant Flow (resource owner password credentials).
    DirectAccess,
}

impl OidcIntegration {
    /// Whether both are the same integration; what is expected of it may differ.
    pub fn reads_the_same_as(&self, other: &Self) -> bool {
        self.digest() == other.digest()
    }

    /// What is read, as a digest.
    pub fn digest(&self) -> Digest {
        let endpoint = match &self.api {
            Api::Keycloak => "",
            Api::Rest { endpoint } => endpoint.as_str(),
        };
        Digest::of(&[
            "oidc_integration",
            &self.identity_provider.issuer,
            endpoint,
            self.credentials.store.as_str(),
            self.credentials.path.as_str(),
        ])
    }

    /// What is trusted.
    pub fn trust(&self) -> Trust {
        let ca_file = self.ca_file.as_ref();
        Trust {
            ca_file: ca_file.or(self.identity_provider.ca_file.as_ref()).cloned(),
            allow_http: self.allow_http,
        }
    }
}

/// An integration to watch.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "OidcIntegration")]
#[serde(deny_unknown_fields)]
pub(crate) struct RawOidcIntegration {
    /// The identity provider. Its issuer is what stands in the field OpenID Connect Issuer of the 3scale product, without the
    /// credentials.
    #[schemars(required)]
    identity_provider: Option<String>,
    /// How 3scale synchronizes clients: the field OpenID Connect Issuer Type.
    #[serde(default)]
    api: RawApi,
    /// Where the REST API lies, with `api: rest` only: an http or https URL that does not end in `/`; `null`: at the issuer.
    #[serde(default)]
    endpoint: Option<String>,
    /// Where the credentials lie that Zync uses.
    #[schemars(required)]
    credentials: Option<RawCredentials>,
    /// A PEM file with the only certificate authorities that Zync trusts, the one that its `SSL_CERT_FILE` names; `null`: as the
    /// identity provider says.
    #[serde(default)]
    ca_file: Option<String>,
    /// Whether the credentials may be sent without TLS, to an address that begins with `http://`: for development only.
    #[serde(default)]
    allow_http: bool,
    /// Clients of applications that must be there.
    #[serde(default)]
    applications: Vec<RawApplication>,
    /// From when on the remaining life of the identity provider's certificate is an alert.
    #[serde(default)]
    certificate: Option<RawCertificate>,
    /// How far the clock of the identity provider may be from ours, 1s to 1h: APIcast allows no difference.
    #[serde(default = "five_seconds")]
    clock_offset: Span,
}

/// How 3scale synchronizes clients.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum RawApi {
    /// "Red Hat Single Sign-On".
    #[default]
    Keycloak,
    /// "REST API".
    Rest,
}

const fn five_seconds() -> Span {
    Span::seconds(5)
}

/// Checks what a target says about an integration; `tier` is the tier of the target, as far as it could be read.
pub(crate) fn check(
    raw: RawOidcIntegration,
    at: &Key,
    (tier, known): (Option<&Tier>, &Known),
    report: &mut Report,
) -> Option<OidcIntegration> {
    let provider = provider(raw.identity_provider, at, known, report);
    let issuer = provider.map(|provider| &*provider.issuer);
    let api = api((raw.api, raw.endpoint), issuer, at, report);
    let credentials = credentials::check(raw.credentials, at, known, report);
    let ca_file = text::optional(raw.ca_file, &at.key("ca_file"), report);
    let applications = applications::check(raw.applications, &at.key("applications"), report);
    let thresholds = certificate::check(
        &raw.certificate.unwrap_or_default(),
        tier,
        &at.key("certificate"),
        report,
    );
    let offset_key = at.key("clock_offset");
    let clock_offset = within(&OFFSETS, raw.clock_offset.0, &offset_key, report);
    let endpoint = match &api {
        Some(Api::Rest { endpoint }) => Some(endpoint.as_str()),
        _ => None,
    };
    check_scheme(
        endpoint.into_iter().chain(issuer),
        raw.allow_http,
        at,
        report,
    );
    Some(OidcIntegration {
        identity_provider: Arc::clone(provider?),
        api: api?,
        credentials: credentials?,
        ca_file: ca_file.map(PathBuf::from),
        allow_http: raw.allow_http,
        applications: applications?,
        thresholds: thresholds?,
        clock_offset: clock_offset?,
    })
}

fn provider<'a>(
    name: Option<String>,
    at: &Key,
    known: &'a Known,
    report: &mut Report,
) -> Option<&'a Arc<IdentityProvider>> {
    let at = at.key("identity_provider");
    let name = report.required(&at, name, "the name of an identity provider")?;
    known
        .identity_providers
        .find(&name, &at, "identity provider", report)
}

/// How clients are synchronized, and where.
fn api(
    (raw, endpoint): (RawApi, Option<String>),
    issuer: Option<&str>,
    at: &Key,
    report: &mut Report,
) -> Option<Api> {
    let [api_key, endpoint_key] = ["api", "endpoint"].map(|name| at.key(name));
    report.as_written(&endpoint_key, ())?;
    let endpoint = match (raw, endpoint) {
        (RawApi::Keycloak, None) => return Some(Api::Keycloak),
        (RawApi::Keycloak, Some(_)) => {
            // Whoever misspelt `api` is told so, and not that the endpoint is needless.
            report.as_written(&api_key, ())?;
            report.refuse(&endpoint_key, "has no effect unless api is rest");
            return None;
        }
        (RawApi::Rest, Some(text)) => report.accept(&endpoint_key, address::base(&text))?,
        (RawApi::Rest, None) => Url::parse(issuer?).ok()?,
    };
    Some(Api::Rest { endpoint })
}

fn check_scheme<'a>(
    mut spoken: impl Iterator<Item = &'a str>,
    allowed: bool,
    at: &Key,
    report: &mut Report,
) {
    let is_http = |address: &str| {
        address
            .split(':')
            .next()
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case("http"))
    };
    if !allowed && spoken.any(is_http) {
        let text = "must be true where the issuer or the endpoint begins with http://: the credentials would be sent in clear";
        report.refuse(&at.key("allow_http"), text);
    }
}
