//! A configuration, put together in words.

use std::{fmt, path::Path};

use serde_json::{Value, json};

use super::home::Home;
use crate::servers::{Approle, OpenBao};

/// How long after one read of a target the next begins, in these tests.
pub(crate) const INTERVAL: std::time::Duration = std::time::Duration::from_secs(2);

/// The issuer of the tokens of these tests.
pub(crate) const ISSUER: &str = "https://sso.example.com/auth/realms/prod";

/// A configuration.
#[derive(Clone, Debug)]
pub(crate) struct Settings(Value);

impl Settings {
    /// A free port, JSON logs, short intervals; nothing to watch yet, and files are not watched.
    pub(crate) fn new() -> Self {
        Self(json!({
            "listen": "127.0.0.1:0",
            "log": {"format": "json", "level": "info"},
            "poll": {"interval": "2s", "timeout": "1900ms"},
            "reload": {"watch": null, "http": false},
            "stores": {},
            "identity_providers": {"sso": {"issuer": ISSUER}},
            "targets": [],
        }))
    }

    /// With a value at a JSON pointer.
    pub(crate) fn with(mut self, pointer: &str, value: impl Into<Value>) -> Self {
        let (table, key) = pointer.rsplit_once('/').unwrap();
        self.0.pointer_mut(table).unwrap()[key] = value.into();
        self
    }

    /// With a store of files in this directory.
    pub(crate) fn files(self, name: &str, directory: &Path) -> Self {
        self.with(
            &format!("/stores/{name}"),
            json!({"files": {"directory": directory}}),
        )
    }

    /// With a Vault at this address.
    pub(crate) fn vault(self, name: &str, address: &str, auth: &Value) -> Self {
        self.with(
            &format!("/stores/{name}"),
            json!({"vault": {"address": address, "auth": auth}}),
        )
    }

    /// With a server, read as root through a token file.
    pub(crate) fn with_root(self, name: &str, bao: &OpenBao, home: &Home) -> Self {
        let file = home.write(&format!("{name}.token"), bao.root_token());
        self.vault(name, &bao.address(), &json!({"token": {"file": file}}))
    }

    /// With a server, read through an `AppRole`.
    pub(crate) fn with_approle(
        self,
        name: &str,
        bao: &OpenBao,
        role: &Approle,
        home: &Home,
    ) -> Self {
        let auth = json!({"approle": {
            "mount": role.mount,
            "role_id_file": home.write(&format!("{name}.role_id"), &role.role_id),
            "secret_id_file": home.write(&format!("{name}.secret_id"), &role.secret_id),
        }});
        self.vault(name, &bao.address(), &auth)
    }

    /// With a target of tier prod, whose identity provider the secret itself names.
    pub(crate) fn target(self, name: &str, store: &str, path: &str) -> Self {
        self.add(name, &json!({"secret": {"store": store, "path": path}}))
    }

    /// With a target of tier prod that belongs to [`ISSUER`].
    pub(crate) fn target_of_sso(self, name: &str, store: &str, path: &str) -> Self {
        let token = json!({"identity_provider": "sso", "secret": {"store": store, "path": path}});
        self.add(name, &token)
    }

    fn add(self, name: &str, token: &Value) -> Self {
        self.watching(json!({"name": name, "tier": "prod", "initial_access_token": token}))
    }

    /// With a target as it is written.
    pub(crate) fn watching(mut self, target: Value) -> Self {
        self.0["targets"].as_array_mut().unwrap().push(target);
        self
    }

    /// A JSON pointer to every value that is no table and no list.
    pub(crate) fn leaves(&self) -> Vec<String> {
        fn walk(value: &Value, at: &str, leaves: &mut Vec<String>) {
            match value {
                Value::Object(fields) => {
                    for (name, field) in fields {
                        walk(field, &format!("{at}/{name}"), leaves);
                    }
                }
                Value::Array(items) => {
                    for (index, item) in items.iter().enumerate() {
                        walk(item, &format!("{at}/{index}"), leaves);
                    }
                }
                _ => leaves.push(at.to_owned()),
            }
        }
        let mut leaves = Vec::new();
        walk(&self.0, "", &mut leaves);
        leaves
    }

    /// Without any targets.
    pub(crate) fn without_targets(self) -> Self {
        self.with("/targets", json!([]))
    }
}

impl fmt::Display for Settings {
    /// JSON, which is YAML.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#}", self.0)
    }
}
