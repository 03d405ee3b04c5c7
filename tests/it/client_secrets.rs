//! Client secrets that expire: read from real servers, from stores, and from what no real server can be made to be.

// Says to clippy that all of this is tests, functions that tests share included.
#![cfg(test)]

mod canary;
mod denied;
mod fakes;
mod life;
mod selection;
mod stored;

use kcwatch::{
    keycloak::ClientQuery,
    model::{ClientList, Reason},
};
use serde_json::{Value, json};

use crate::{
    daemon::{home::Home, settings::Settings},
    keycloak::rig::Rig,
    servers::{Account, Realm},
};

/// What a realm says about all of its clients, or why nothing.
async fn all(rig: &Rig) -> Result<ClientList, Reason> {
    asked(rig, ClientQuery::default()).await
}

/// What a realm says about these clients, or why nothing.
async fn asked(rig: &Rig, query: ClientQuery<'_>) -> Result<ClientList, Reason> {
    let outcome = rig.realm().clients(query).await;
    outcome.map_err(|failure| failure.reason)
}

/// The ids of the clients.
fn ids(list: &ClientList) -> Vec<&str> {
    list.iter().map(|client| &*client.id).collect()
}

/// A configuration that watches clients of a realm by an account of it.
fn settings(home: &Home, realm: &Realm<'_>, account: &Account, watched: Value) -> Settings {
    let issuer = realm.issuer();
    settings_at(home, &issuer, account, watched)
}

/// The same of any issuer.
fn settings_at(home: &Home, issuer: &str, account: &Account, watched: Value) -> Settings {
    let file = home.write("client-secret", &account.secret);
    let admin = json!({
        "client_id": account.client_id, "client_secret": {"file": file}, "allow_http": true,
    });
    let provider = json!({"issuer": issuer, "admin": admin});
    let mut watched = watched;
    watched["identity_provider"] = json!("own");
    let target = json!({
        "name": "clients", "tier": "prod", "interval": "2s", "client_secrets": watched,
    });
    Settings::new()
        .with("/identity_providers/own", provider)
        .watching(target)
}

/// The name of a series of a client.
fn series(metric: &str, client: &str, slot: &str) -> String {
    let slot = match slot {
        "" => String::new(),
        slot => format!(",slot=\"{slot}\""),
    };
    format!(
        "kcwatch_client_secret_{metric}_timestamp_seconds{{target=\"clients\",client=\"{client}\"{slot}}}"
    )
}
