//! Who we are to a realm: the id of a client, and its secret, read anew each time.

use std::{path::PathBuf, sync::Arc};

use url::form_urlencoded::Serializer;

use crate::{
    keycloak::{
        link::SetupError,
        settings::{Admin, ClientSecret},
    },
    model::{Failure, Reason, SecretPath},
    secret::SecretText,
    store::{Store, regular},
};

/// No client secret is larger, in bytes.
const MOST_BYTES: usize = 64 * 1024;

/// The client, and where its secret lies.
pub(super) struct Credentials {
    client_id: String,
    source: Source,
}

enum Source {
    File(PathBuf),
    Stored {
        store: Arc<Store>,
        path: SecretPath,
        /// JSON pointer of one segment.
        pointer: String,
    },
}

impl Credentials {
    /// Reads nothing yet.
    ///
    /// # Errors
    ///
    /// [`SetupError::NoStore`] if the secret lies in a store and there is none.
    pub(super) fn new(admin: &Admin, store: Option<Arc<Store>>) -> Result<Self, SetupError> {
        let source = match &admin.client_secret {
            ClientSecret::File(path) => Source::File(path.clone()),
            ClientSecret::Stored {
                store: name,
                path,
                field,
            } => Source::Stored {
                store: store.ok_or_else(|| SetupError::NoStore {
                    store: name.clone(),
                })?,
                path: path.clone(),
                pointer: pointer(field),
            },
        };
        Ok(Self {
            client_id: admin.client_id.clone(),
            source,
        })
    }

    /// The body of a login (RFC 6749, 4.4.2, and 2.3.1 for where the secret stands).
    ///
    /// # Errors
    ///
    /// Why the secret cannot be read; [`Reason::FieldMissing`] if it is not in its field;
    /// [`Reason::Unauthenticated`] if it is empty or no line of text: nothing that a server could accept.
    pub(super) async fn form(&self) -> Result<Vec<u8>, Failure> {
        let secret = self.source.read().await?;
        #[expect(
            clippy::disallowed_methods,
            reason = "our own credentials, on their way to the server"
        )]
        let secret = secret.reveal();
        if secret.is_empty() || secret.chars().any(char::is_control) {
            return Err(Reason::Unauthenticated.into());
        }
        let form = Serializer::new(String::new())
            .append_pair("grant_type", "client_credentials")
            .append_pair("client_id", &self.client_id)
            .append_pair("client_secret", secret)
            .finish();
        Ok(form.into_bytes())
    }
}

impl Source {
    async fn read(&self) -> Result<SecretText, Failure> {
        match self {
            Self::File(path) => {
                let bytes = regular::read_aside(path.clone(), MOST_BYTES).await?;
                let text = String::from_utf8(bytes).map_err(|_| Reason::Unauthenticated)?;
                Ok(SecretText::new(text.trim().to_owned()))
            }
            Self::Stored {
                store,
                path,
                pointer,
            } => {
                let content = store.read(path).await?.content;
                let text = content.text(pointer).filter(|text| !text.is_empty());
                text.ok_or_else(|| Reason::FieldMissing.into())
            }
        }
    }
}

/// The JSON pointer (RFC 6901) to a field of an object.
fn pointer(field: &str) -> String {
    format!("/{}", field.replace('~', "~0").replace('/', "~1"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_leads_to_a_field_whatever_its_name() {
        let content = serde_json::json!({"a/b~1c": "found"});
        assert_eq!(content.pointer(&pointer("a/b~1c")).unwrap(), "found");
    }
}
