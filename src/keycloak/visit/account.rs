//! The credentials of the service account that Zync uses, in the forms in which they lie in secrets.

use std::fmt;

use percent_encoding::percent_decode_str;
use reqwest::Url;
use url::form_urlencoded::Serializer;

use crate::{model::Reason, secret::SecretText};

/// A service account: the id of a client, and its secret.
pub struct Account {
    client_id: String,
    client_secret: SecretText,
    /// Where it is to be used, if its form says so.
    address: Option<Url>,
}

impl Account {
    /// Of an id and a secret that stand apart.
    ///
    /// # Errors
    ///
    /// [`Reason::FieldMissing`] if one of them is empty.
    pub fn new(client_id: String, client_secret: SecretText) -> Result<Self, Reason> {
        if client_id.is_empty() || client_secret.is_empty() {
            return Err(Reason::FieldMissing);
        }
        Ok(Self {
            client_id,
            client_secret,
            address: None,
        })
    }

    /// Of the form that Zync is given, `https://ID:SECRET@host/…`, percent-encoded where it must be.
    ///
    /// # Errors
    ///
    /// [`Reason::ShapeUnknown`] if it is no such URL.
    pub fn from_url(text: &SecretText) -> Result<Self, Reason> {
        #[expect(
            clippy::disallowed_methods,
            reason = "an address with credentials, which are taken out of it"
        )]
        let mut url = Url::parse(text.reveal()).map_err(|_may_quote_it| Reason::ShapeUnknown)?;
        let decoded = |text: &str| {
            let text = percent_decode_str(text).decode_utf8();
            text.map(std::borrow::Cow::into_owned)
                .map_err(|_| Reason::ShapeUnknown)
        };
        let client_id = decoded(url.username())?;
        let secret = SecretText::new(decoded(url.password().unwrap_or_default())?);
        if client_id.is_empty() || secret.is_empty() {
            return Err(Reason::ShapeUnknown);
        }
        // What has a user name has a host, and so can be without.
        let bare = url.set_username("").and_then(|()| url.set_password(None));
        bare.map_err(|()| Reason::ShapeUnknown)?;
        Ok(Self {
            client_id,
            client_secret: secret,
            address: Some(url),
        })
    }

    /// The id of the client.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// Whether it may be used at this address: its form says no other one.
    pub fn is_for(&self, address: &str) -> bool {
        let meant = self.address.as_ref();
        meant.is_none_or(|meant| Url::parse(address).is_ok_and(|address| address == *meant))
    }

    /// The body of a login, with id and secret in it, as Zync sends it (RFC 6749, 2.3.1 and 4.4.2).
    pub(super) fn form(&self) -> Vec<u8> {
        #[expect(
            clippy::disallowed_methods,
            reason = "the credentials of Zync, on their way to the server that they are for"
        )]
        let secret = self.client_secret.reveal();
        let form = Serializer::new(String::new())
            .append_pair("grant_type", "client_credentials")
            .append_pair("client_id", &self.client_id)
            .append_pair("client_secret", secret)
            .finish();
        form.into_bytes()
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(url: &str) -> Result<Account, Reason> {
        Account::from_url(&SecretText::new(url.to_owned()))
    }

    #[test]
    fn an_address_with_credentials_is_taken_apart() {
        let account = of("https://zync:a%2Fb%25@sso.example.com/auth/realms/r").unwrap();
        assert_eq!(account.client_id(), "zync");
        let form = String::from_utf8(account.form()).unwrap();
        assert!(form.ends_with("&client_secret=a%2Fb%25"), "{form}");
        assert!(account.is_for("https://sso.example.com/auth/realms/r"));
        for other in [
            "https://sso.example.com/auth/realms/r/",
            "https://sso.example.com/auth/realms/s",
            "https://sso.example.com:8443/auth/realms/r",
            "http://sso.example.com/auth/realms/r",
        ] {
            assert!(!account.is_for(other), "{other}");
        }
        assert!(!format!("{account:?}").contains("a/b"));
    }

    #[test]
    fn what_lacks_id_or_secret_is_no_such_address() {
        for text in [
            "",
            "https://sso.example.com/realms/r",
            "https://zync@sso.example.com/realms/r",
            "https://:s@sso.example.com/realms/r",
            "https://zync:%FF@sso.example.com/realms/r",
            "zync:s",
            "data:zync:s@a",
        ] {
            assert_eq!(of(text).err(), Some(Reason::ShapeUnknown), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_an_address_or_none(text in "\\PC{0,60}|https://[a-z%0-9]{0,6}:[^@/]{0,9}@[a-z.]{1,9}/[a-z/]{0,9}") {
            drop(of(&text));
        }
    }
}
