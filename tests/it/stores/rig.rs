//! A store as the daemon would build it, and the files it reads.

use kcwatch::model::StoreStatus;
use std::{
    collections::BTreeMap,
    ops::Deref,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use kcwatch::{
    clock,
    config::{self, Auth, KvVersion},
    model::{Failure, Reason, SecretPath, StoreName},
    store::{Secret, SetupError, Store},
};
use tempfile::TempDir;

use crate::servers::{Approle, OpenBao};

/// How long one read may take here.
pub(super) const TIMEOUT: Duration = Duration::from_secs(5);

/// Settings of a store and the files they name.
pub(super) struct Rig {
    files: Arc<TempDir>,
    pub(super) settings: config::Vault,
    pub(super) timeout: Duration,
}

impl Rig {
    /// With a token in a token file.
    pub(super) fn with_token(address: &str, token: &str) -> Self {
        let rig = Self::bare(address);
        let file = rig.write("token", token);
        rig.logging_in(Auth::Token { file })
    }

    /// With the root token of a server.
    pub(super) fn as_root(server: &OpenBao) -> Self {
        Self::with_token(&server.address(), server.root_token())
    }

    /// With the two ids of an `AppRole`.
    pub(super) fn with_approle(address: &str, approle: &Approle) -> Self {
        let rig = Self::bare(address);
        let auth = Auth::Approle {
            mount: approle.mount.clone(),
            role_id_file: rig.write("role_id", &approle.role_id),
            secret_id_file: rig.write("secret_id", &approle.secret_id),
        };
        rig.logging_in(auth)
    }

    fn bare(address: &str) -> Self {
        let files = Arc::new(TempDir::new().expect("a directory can be made"));
        let settings = config::Vault {
            address: address.parse().expect("an address"),
            namespace: None,
            ca_file: None,
            client_certificate: None,
            auth: Auth::Token {
                file: files.path().join("token"),
            },
            mounts: BTreeMap::new(),
            max_response_bytes: 1024 * 1024,
        };
        Self {
            files,
            settings,
            timeout: TIMEOUT,
        }
    }

    /// With another way to log in.
    pub(super) fn logging_in(mut self, auth: Auth) -> Self {
        self.settings.auth = auth;
        self
    }

    /// With the version of an engine stated.
    pub(super) fn stating(mut self, mount: &str, version: KvVersion) -> Self {
        self.settings.mounts.insert(mount.to_owned(), version);
        self
    }

    /// Writes one of the files, and gives its path back.
    pub(super) fn write(&self, name: &str, content: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, content).expect("it can be written");
        path
    }

    /// The path of one of the files.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        let directory: &Path = self.files.path();
        directory.join(name)
    }

    /// The store.
    pub(super) fn store(&self) -> Opened {
        Opened {
            store: Arc::new(self.try_store().expect("the settings are fine")),
            _files: self.files.clone(),
        }
    }

    /// The store, or why there can be none.
    pub(super) fn try_store(&self) -> Result<Store, SetupError> {
        let name = StoreName::new("devshift").expect("a name");
        let settings = config::Store::Vault(Box::new(self.settings.clone()));
        Store::build(name, &settings, self.timeout, clock::system())
    }
}

/// A store, whose files live as long as it does.
#[derive(Clone)]
pub(super) struct Opened {
    store: Arc<Store>,
    _files: Arc<TempDir>,
}

impl Deref for Opened {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.store
    }
}

/// Reads a secret.
pub(super) async fn read(store: &Store, path: &str) -> Result<Secret, Failure> {
    let path = SecretPath::new(path).expect("a path");
    store.read(&path).await
}

/// The public text at a pointer of a secret, or why it cannot be read.
pub(super) async fn text(store: &Store, path: &str, pointer: &str) -> Result<String, Reason> {
    match read(store, path).await {
        Ok(secret) => Ok(secret
            .content
            .public_text(pointer)
            .unwrap_or("no text there")
            .to_owned()),
        Err(failure) => Err(failure.reason),
    }
}

/// What the store says about our access now.
pub(super) fn status(store: &Store) -> StoreStatus {
    store.status().borrow().clone()
}
