//! The claim `iss` of a token → where a registration with it is sent.

use reqwest::Url;

use crate::model::Reason;

/// The client that every realm has, because Keycloak makes it with the realm.
const EVERYWHERE: &str = "realm-management";

/// The one that the realm `master` has instead.
const IN_MASTER: &str = "master-realm";

/// A realm, as the tokens that it issues name it.
#[derive(Debug)]
pub(super) struct Issuer {
    url: Url,
}

impl Issuer {
    /// Understands the claim.
    ///
    /// # Errors
    ///
    /// [`Reason::Tls`] for plain HTTP, unless it is allowed; [`Reason::WrongTokenType`] for what is no address of a realm of
    /// Keycloak (`…/realms/NAME`, without user name, query and fragment): such a token is no Initial Access Token, or was
    /// tampered with, and is sent nowhere.
    pub(super) fn parse(claim: &str, allow_http: bool) -> Result<Self, Reason> {
        let url = Url::parse(claim).map_err(|_| Reason::WrongTokenType)?;
        let is_bare = url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        let issuer = Self { url };
        match issuer.url.scheme() {
            _ if !is_bare || issuer.realm().is_none() => Err(Reason::WrongTokenType),
            "https" => Ok(issuer),
            "http" if allow_http => Ok(issuer),
            "http" => Err(Reason::Tls),
            _ => Err(Reason::WrongTokenType),
        }
    }

    /// Whether it is spoken to without TLS.
    pub(super) fn is_plain(&self) -> bool {
        self.url.scheme() == "http"
    }

    /// A client id that is taken for certain.
    pub(super) fn taken_client_id(&self) -> &'static str {
        if self.realm() == Some("master") {
            IN_MASTER
        } else {
            EVERYWHERE
        }
    }

    /// Where clients are registered (Keycloak's `ClientRegistrationService`, provider `default`).
    pub(super) fn registrations(&self) -> Url {
        self.below(&["clients-registrations", "default"])
    }

    /// Where one of them lies.
    pub(super) fn registration(&self, client_id: &str) -> Url {
        self.below(&["clients-registrations", "default", client_id])
    }

    fn below(&self, segments: &[&str]) -> Url {
        let mut url = self.url.clone();
        // An address with a realm in its path has a path.
        if let Ok(mut path) = url.path_segments_mut() {
            path.extend(segments);
        }
        url
    }

    /// The last segment of the path, if the one before is `realms`.
    fn realm(&self) -> Option<&str> {
        let mut segments = self.url.path_segments()?.rev();
        let realm = segments.next().filter(|name| !name.is_empty())?;
        (segments.next() == Some("realms")).then_some(realm)
    }
}

#[cfg(test)]
mod tests {
    use proptest::{prop_assert_eq, proptest};

    use super::*;

    #[test]
    fn a_registration_goes_to_the_realm_that_issued_the_token() {
        let issuer = Issuer::parse("https://sso.example.com:8443/auth/realms/a%20b", false);
        let issuer = issuer.unwrap();
        assert_eq!(
            issuer.registrations().as_str(),
            "https://sso.example.com:8443/auth/realms/a%20b/clients-registrations/default"
        );
        assert_eq!(
            issuer.registration("a/b?c#d").as_str(),
            "https://sso.example.com:8443/auth/realms/a%20b/clients-registrations/default/a%2Fb%3Fc%23d"
        );
        assert_eq!(issuer.taken_client_id(), "realm-management");
        assert!(!issuer.is_plain());
    }

    #[test]
    fn the_master_realm_has_another_client() {
        let issuer = Issuer::parse("https://sso.example.com/realms/master", false).unwrap();
        assert_eq!(issuer.taken_client_id(), "master-realm");
    }

    #[test]
    fn plain_http_must_be_allowed() {
        let claim = "http://127.0.0.1:8080/realms/a";
        assert_eq!(Issuer::parse(claim, false).unwrap_err(), Reason::Tls);
        assert!(Issuer::parse(claim, true).unwrap().is_plain());
    }

    #[test]
    fn what_is_no_realm_is_sent_nothing() {
        let odd = [
            "",
            "sso",
            "/realms/a",
            "https://",
            "https://sso.example.com",
            "https://sso.example.com/realms/",
            "https://sso.example.com/realms/a/",
            "https://sso.example.com/realms/a/b",
            "https://sso.example.com/realms/..",
            "https://sso.example.com/a",
            "https://who@sso.example.com/realms/a",
            "https://who:what@sso.example.com/realms/a",
            "https://:what@sso.example.com/realms/a",
            "https://sso.example.com/realms/a?b",
            "https://sso.example.com/realms/a#b",
            "ftp://sso.example.com/realms/a",
            "file:///realms/a",
            "data:/realms/a",
        ];
        for claim in odd {
            let outcome = Issuer::parse(claim, true).map(|_| ());
            assert_eq!(outcome, Err(Reason::WrongTokenType), "{claim}");
        }
    }

    proptest! {
        #[test]
        fn no_client_id_leads_out_of_the_realm(id in "[^/]{1,8}|[%./\\\\?#:@]{1,8}") {
            let issuer = Issuer::parse("https://sso.example.com/realms/a", false).unwrap();
            let url = issuer.registration(&id);
            prop_assert_eq!(url.origin().ascii_serialization(), "https://sso.example.com");
            prop_assert_eq!(url.path().starts_with("/realms/a/clients-registrations/default"), true);
        }

        #[test]
        fn any_claim_is_a_realm_or_none(claim: String) {
            drop(Issuer::parse(&claim, true));
        }
    }
}
