//! What the user may say about an Initial Access Token.

use std::{sync::Arc, time::Duration};

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    config::{Store, problems::Key, report::Report, targets::Known, tiers::Tier},
    keycloak::settings::IdentityProvider,
    model::{ClientsThreshold, SecretPath, StoreName, Threshold},
};

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
}

/// How many clients a token may register, and how it is learnt how many are left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clients {
    /// How many clients a token is ordered for.
    pub limit: u32,
    /// Who is asked.
    pub from: CountFrom,
    /// Where registered clients are counted, if they can be.
    pub registrations: Option<Registrations>,
    /// JSON pointer to a number that whoever issues the token writes beside it.
    pub field: Option<String>,
    /// From when on few left are an alert: one entry a level, mildest first.
    pub thresholds: Vec<ClientsThreshold>,
}

impl Default for Clients {
    fn default() -> Self {
        Self {
            limit: 100,
            from: CountFrom::Auto,
            registrations: None,
            field: None,
            thresholds: Vec::new(),
        }
    }
}

/// Who is asked how many registrations are left.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum CountFrom {
    /// The best that can be asked: `keycloak`, else `registrations`, else `field`.
    #[default]
    Auto,
    /// The identity provider's own list.
    Keycloak,
    /// The clients that were registered, as they lie in a store.
    Registrations,
    /// A number beside the token.
    Field,
    /// Nobody.
    None,
}

/// Where registered clients are counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registrations {
    /// The store that holds a secret for each client.
    pub store: StoreName,
    /// The folders they lie in; at least one.
    pub folders: Vec<SecretPath>,
    /// What is read of them.
    pub read: Read,
    /// Only names that end so are counted; `None`: all.
    pub ending: Option<String>,
    /// How long after one count the next begins.
    pub interval: Duration,
}

/// What is read of the clients in a store.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Read {
    /// Their names; needs the capability `list` and nothing else.
    #[default]
    Names,
    /// Each secret once, for the moment of its registration.
    Secrets,
}

/// How a registration is rehearsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rehearse {
    /// How long after one the next begins.
    pub every: Duration,
    /// Whether the token may be sent without TLS.
    pub allow_http: bool,
}

impl InitialAccessToken {
    /// Whether both are the same tokens; what is expected of them may differ.
    pub fn reads_the_same_as(&self, other: &Self) -> bool {
        (&self.store, &self.path, &self.pointers) == (&other.store, &other.path, &other.pointers)
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

/// Checks what a target says about its token; `tier` is the tier of the target, as far as it could be read.
pub(crate) fn check(
    raw: RawInitialAccessToken,
    at: &Key,
    (tier, known): (Option<&Tier>, &Known),
    report: &mut Report,
) -> Option<InitialAccessToken> {
    let provider_key = at.key("identity_provider");
    let provider = raw.identity_provider.map(|name| {
        let providers = &known.identity_providers;
        providers.find(&name, &provider_key, "identity provider", report)
    });
    let secret = at.key("secret");
    let raw = report.required(&secret, raw.secret, "a table with store and path")?;
    let place = place(raw.store, raw.path, &secret, known, report);
    let pointers = pointers(raw.token, raw.previous, &secret, report);
    let (store, path) = place?;
    Some(InitialAccessToken {
        identity_provider: provider.flatten().cloned(),
        store,
        path,
        pointers,
        lifetime: tier?.lifetime,
        thresholds: tier?.thresholds.clone(),
        clients: Arc::default(),
        rehearsal: None,
    })
}

fn place(
    store: Option<String>,
    path: Option<String>,
    at: &Key,
    known: &Known,
    report: &mut Report,
) -> Option<(StoreName, SecretPath)> {
    let (store_key, path_key) = (at.key("store"), at.key("path"));
    let name = report.required(&store_key, store, "the name of a store");
    let store = name
        .as_deref()
        .and_then(|name| known.stores.find(name, &store_key, "store", report));
    let path = report
        .required(&path_key, path, "where the secret lies in its store")
        .and_then(|text| report.accept(&path_key, SecretPath::new(&text)));
    if let (Some(Store::Vault(_)), Some(path)) = (store, &path)
        && !path.as_str().contains('/')
    {
        report.refuse(
            &path_key,
            "must name the mount and what lies in it, such as secret/sso",
        );
    }
    Some((StoreName::new(&name?).ok()?, path?))
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

/// A JSON pointer to something within a document: the empty pointer means the whole, and that is no token.
fn pointer(text: String) -> Result<String, &'static str> {
    let escapes = text.split('~').skip(1);
    if text.starts_with('/') && escapes.into_iter().all(|rest| rest.starts_with(['0', '1'])) {
        Ok(text)
    } else {
        Err("must be a JSON pointer (RFC 6901), which begins with /, such as /token")
    }
}
