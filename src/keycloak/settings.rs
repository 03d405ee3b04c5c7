//! What is known about an identity provider beforehand; the section `identity_providers` of the configuration, checked.

use std::{path::PathBuf, sync::Arc, time::Duration};

use url::Url;

use crate::model::{ProviderName, SecretPath, StoreName};

/// An identity provider: a realm of Keycloak.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityProvider {
    /// Its name in the configuration.
    pub name: ProviderName,
    /// Its issuer, exactly as the claim `iss` of its tokens spells it.
    pub issuer: Arc<str>,
    /// PEM file with the only certificate authorities that are trusted; `None`: those of the system.
    pub ca_file: Option<PathBuf>,
    /// The account that may read its list of Initial Access Tokens, if there is one.
    pub admin: Option<Admin>,
}

/// A service account of the realm with the role `view-clients` of the client `realm-management`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admin {
    /// The id of its client.
    pub client_id: String,
    /// Where its secret is read, anew at each login.
    pub client_secret: ClientSecret,
    /// Where the realm is administered: the address before `/admin/realms/NAME` and `/realms/NAME`, without a slash at the
    /// end. Usually what stands before `/realms/` in the issuer.
    pub address: Url,
    /// The name of the realm, the last segment of the issuer, as it is written there (percent-encoded).
    pub realm: String,
    /// How long after one reading of the list the next begins.
    pub interval: Duration,
}

/// Who is trusted to be an identity provider.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Trust {
    /// PEM file with the only certificate authorities that are trusted; `None`: those of the system.
    pub ca_file: Option<PathBuf>,
    /// Whether TLS may be missing.
    pub allow_http: bool,
}

/// Where the secret of a service account is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientSecret {
    /// In a file of its own.
    File(PathBuf),
    /// In a field of a secret of a store.
    Stored {
        /// The store.
        store: StoreName,
        /// The secret.
        path: SecretPath,
        /// The field of the secret that holds it.
        field: String,
    },
}
