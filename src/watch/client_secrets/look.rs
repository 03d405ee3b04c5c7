//! Ask the world: the clients of a realm, or one secret of a store. Secrets end here.

mod stored;

use std::sync::Arc;

use crate::{
    keycloak::{ClientQuery, Realm},
    model::{ClientList, Failure, Reason},
    store::Store,
};

use super::config::{ClientSecrets, Selection, Source};

/// Who is asked.
pub enum Asked {
    /// A realm.
    Realm(Arc<Realm>),
    /// A store.
    Store(Arc<Store>),
}

/// What one look brought: times, never a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The clients with a secret that were selected.
    pub clients: ClientList,
}

/// Reads the times.
///
/// # Errors
///
/// Why there is nothing to see: what [`Realm::clients`] may fail for, or the store's reason, or what is wrong with the secret there.
pub async fn look(wanted: &ClientSecrets, asked: &Asked) -> Result<Seen, Failure> {
    let clients = match (&wanted.source, asked) {
        (Source::Realm { clients, .. }, Asked::Realm(realm)) => selected(clients, realm).await?,
        (Source::Stored { path, .. }, Asked::Store(store)) => {
            let secret = store.read(path).await?;
            ClientList::of(vec![stored::client(&secret.content)?], 0)
        }
        _ => return Err(Reason::Internal.into()),
    };
    Ok(Seen { clients })
}

async fn selected(selection: &Selection, realm: &Realm) -> Result<ClientList, Failure> {
    let attribute = selection.attribute.as_ref();
    let query = ClientQuery {
        ids: &selection.ids,
        attribute: attribute.map(|(name, value)| (name.as_str(), value.as_str())),
    };
    let list = realm.clients(query).await?;
    Ok(match &selection.pattern {
        Some(pattern) => list.filtered(|id| pattern.fits(id)),
        None => list,
    })
}
