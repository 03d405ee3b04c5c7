//! What the daemon would build out of its configuration, and the files it reads.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use kcwatch::{
    clock, config,
    keycloak::{
        Realm, Rehearser, SetupError,
        settings::{Admin, ClientSecret, IdentityProvider, Trust},
    },
    model::{Failure, ProviderName, Reason, Rehearsal, SecretPath, StoreName, TokenList},
    secret::SecretText,
    store::Store,
};
use tempfile::TempDir;

use crate::servers::{self, Account};

/// How long one question may take here. Keycloak is slow when it is new, and when the machine has other tests to run.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(30);

/// What is trusted: only the authorities in this file, or those of the system, and perhaps plain HTTP.
pub(crate) fn trust(ca_file: Option<&Path>, allow_http: bool) -> Trust {
    Trust {
        ca_file: ca_file.map(Path::to_owned),
        allow_http,
    }
}

/// Settings of an identity provider, and the files they name.
pub(crate) struct Rig {
    files: TempDir,
    pub(crate) provider: IdentityProvider,
    pub(crate) admin: Admin,
    pub(crate) timeout: Duration,
}

impl Rig {
    /// As an account of a realm, with its secret in a file.
    pub(crate) fn new(realm: &servers::Realm<'_>, account: &Account) -> Self {
        let issuer = realm.issuer();
        let (address, _) = issuer.split_once("/realms/").expect("an issuer");
        Self::at(address, &realm.name, account)
    }

    /// As this account of this realm of a server.
    pub(crate) fn at(address: &str, realm: &str, account: &Account) -> Self {
        let files = TempDir::new().expect("a directory can be made");
        let file = files.path().join("client-secret");
        std::fs::write(&file, format!("{}\n", account.secret)).expect("it can be written");
        let admin = Admin {
            client_id: account.client_id.clone(),
            client_secret: ClientSecret::File(file),
            address: address.parse().expect("an address"),
            realm: realm.to_owned(),
            interval: Duration::from_secs(60),
        };
        let provider = IdentityProvider {
            name: ProviderName::new("sso").expect("a name"),
            issuer: format!("{address}/realms/{realm}").into(),
            ca_file: None,
            admin: Some(admin.clone()),
        };
        Self {
            files,
            provider,
            admin,
            timeout: TIMEOUT,
        }
    }

    /// Writes one of the files, and gives its path back.
    pub(crate) fn write(&self, name: &str, content: &str) -> PathBuf {
        let path = self.files.path().join(name);
        std::fs::write(&path, content).expect("it can be written");
        path
    }

    /// With the secret in a field of a secret of a directory, `team/sso`, which holds this JSON.
    pub(crate) fn with_stored_secret(&mut self, field: &str, content: &str) -> Arc<Store> {
        let directory = self.files.path().join("store");
        std::fs::create_dir_all(directory.join("team")).expect("a directory can be made");
        std::fs::write(directory.join("team/sso.json"), content).expect("it can be written");
        let name = StoreName::new("mounted").expect("a name");
        self.admin.client_secret = ClientSecret::Stored {
            store: name.clone(),
            path: SecretPath::new("team/sso").expect("a path"),
            field: field.to_owned(),
        };
        let settings = config::Store::Files(config::Files { directory });
        let store = Store::build(name, &settings, self.timeout, clock::system());
        Arc::new(store.expect("nothing to fail"))
    }

    /// The realm.
    pub(crate) fn realm(&self) -> Realm {
        self.try_realm(None).expect("the settings are fine")
    }

    /// The realm, or why there can be none.
    pub(crate) fn try_realm(&self, store: Option<Arc<Store>>) -> Result<Realm, SetupError> {
        let (provider, admin) = (&self.provider, &self.admin);
        Realm::new(provider, admin, store, self.timeout, clock::system())
    }

    /// What a realm built now says.
    pub(crate) async fn list(&self) -> Result<TokenList, Reason> {
        list(&self.realm()).await
    }
}

/// What a realm says, or why not.
pub(crate) async fn list(realm: &Realm) -> Result<TokenList, Reason> {
    let outcome = realm.initial_access_tokens().await;
    outcome.map_err(|failure| failure.reason)
}

/// One that takes plain HTTP.
pub(crate) fn rehearser() -> Rehearser {
    Rehearser::new(&trust(None, true), TIMEOUT, clock::system()).expect("nothing to fail")
}

/// What a rehearsal with this token says, or why not.
pub(crate) async fn rehearse(token: &str, issuer: &str) -> Result<Rehearsal, Reason> {
    let outcome = rehearse_with(&rehearser(), token, issuer).await;
    outcome.map_err(|failure| failure.reason)
}

/// The same with this rehearser.
pub(crate) async fn rehearse_with(
    rehearser: &Rehearser,
    token: &str,
    issuer: &str,
) -> Result<Rehearsal, Failure> {
    let token = SecretText::new(token.to_owned());
    rehearser.rehearse(&token, issuer).await
}
