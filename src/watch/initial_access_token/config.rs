//! What the user may say about an Initial Access Token.

use std::{sync::Arc, time::Duration};

use crate::model::{ProviderName, SecretPath, StoreName, Threshold};

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
    pub thresholds: Vec<Threshold>,
}

/// An identity provider: a realm of Keycloak.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityProvider {
    /// Its name in the configuration.
    pub name: ProviderName,
    /// Its issuer, exactly as the claim `iss` of its tokens spells it.
    pub issuer: String,
}

/// JSON pointers (RFC 6901) into a secret of another shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pointers {
    /// Where the current token stands.
    pub token: String,
    /// Where the previous token stands, if the secret keeps it.
    pub previous: Option<String>,
}
