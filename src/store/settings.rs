//! What a store is built from; the section `stores` of the configuration, checked.

use std::{collections::BTreeMap, path::PathBuf};

use url::Url;

/// One place where secrets are read.
#[derive(Clone, Debug, PartialEq)]
pub enum Store {
    /// A Vault or OpenBao server.
    Vault(Box<Vault>),
    /// A directory of JSON files, one a secret.
    Files(Files),
}

/// A directory of JSON files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files {
    /// Where the files lie; a secret's path is relative to it.
    pub directory: PathBuf,
}

/// A Vault or OpenBao server, and how we log in there.
#[derive(Clone, Debug, PartialEq)]
pub struct Vault {
    /// Scheme, host and port; no path, query or user-info.
    pub address: Url,
    /// The namespace sent with each request; no control characters.
    pub namespace: Option<String>,
    /// PEM file with the only certificate authorities that are trusted; `None`: those of the system.
    pub ca_file: Option<PathBuf>,
    /// The certificate we show to the server.
    pub client_certificate: Option<ClientCertificate>,
    /// How we log in.
    pub auth: Auth,
    /// KV engines whose version is stated instead of being asked for: mount path → 1 or 2.
    pub mounts: BTreeMap<String, KvVersion>,
    /// The largest response body that is read, in bytes.
    pub max_response_bytes: usize,
}

/// The version of a KV secrets engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KvVersion {
    /// Without versions of its secrets.
    V1,
    /// With versions of its secrets.
    V2,
}

/// A client certificate and its key, both PEM files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientCertificate {
    /// The certificate, with its chain.
    pub certificate_file: PathBuf,
    /// Its private key (PKCS#8).
    pub key_file: PathBuf,
}

/// How we log in. Credentials are named by file and read anew at each login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Auth {
    /// A token that somebody else keeps alive.
    Token {
        /// The file that holds it.
        file: PathBuf,
    },
    /// `AppRole`.
    Approle {
        /// Where the auth method is mounted.
        mount: String,
        /// The file that holds the role id.
        role_id_file: PathBuf,
        /// The file that holds the secret id.
        secret_id_file: PathBuf,
    },
    /// A Kubernetes service account.
    Kubernetes {
        /// Where the auth method is mounted.
        mount: String,
        /// The role to log in as.
        role: String,
        /// The file that holds the service account's token.
        jwt_file: PathBuf,
    },
    /// A JWT of an issuer that the server trusts.
    Jwt {
        /// Where the auth method is mounted.
        mount: String,
        /// The role to log in as.
        role: String,
        /// The file that holds the JWT.
        jwt_file: PathBuf,
    },
}
