//! The credentials that Zync uses, read anew at each look.

use crate::{
    keycloak::Account,
    model::{Failure, Reason},
    store::Store,
    watch::oidc_integration::config::{ClientId, Credentials, Form},
};

/// Reads them.
///
/// # Errors
///
/// The store's reason, [`Reason::FieldMissing`] if they are not where they should be, [`Reason::ShapeUnknown`] if they are no URL
/// with credentials though they should be.
pub(super) async fn read(wanted: &Credentials, store: &Store) -> Result<Account, Failure> {
    let content = store.read(&wanted.path).await?.content;
    let account = match &wanted.form {
        Form::Url { pointer } => {
            let url = content.text(pointer).filter(|url| !url.is_empty());
            Account::from_url(&url.ok_or(Reason::FieldMissing)?)
        }
        Form::Apart {
            client_id,
            client_secret,
        } => {
            let id = match client_id {
                ClientId::Is(id) => Some(id.as_str()),
                ClientId::At(pointer) => content.public_text(pointer),
            };
            let secret = content.text(client_secret).ok_or(Reason::FieldMissing)?;
            Account::new(id.unwrap_or_default().to_owned(), secret)
        }
    };
    Ok(account?)
}
