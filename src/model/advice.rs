//! What to do about a [`Reason`] where something else than the secret of a target was asked.

use super::Reason;

impl Reason {
    /// What to do when clients in a store cannot be counted.
    pub const fn advice_on_counting(self) -> &'static str {
        match self {
            Self::Denied => {
                "logged in but not allowed to list a folder, or to read what lies in it: check the policy against clients.registrations"
            }
            Self::NotFound => {
                "a folder of clients.registrations is empty or gone, which looks the same: check folders"
            }
            Self::ShapeUnknown => {
                "a folder of clients.registrations holds nothing but folders: name those instead"
            }
            Self::TooLarge => {
                "a folder of clients.registrations holds more than is counted: name a smaller one"
            }
            other => other.advice(),
        }
    }

    /// What to do when an identity provider gives no answer.
    pub const fn advice_on_provider(self) -> &'static str {
        match self {
            Self::Unreachable => {
                "no connection to the identity provider: check its address, name resolution and the network policy"
            }
            Self::Timeout => {
                "the identity provider did not answer in time: check its load, or raise poll.timeout"
            }
            Self::Tls => {
                "the identity provider cannot be trusted: check ca_file, the host name and the certificate's dates; without TLS allow_http has to be set"
            }
            Self::Unauthenticated => {
                "the login of the service account was refused: check client_id and client_secret, and that the account is enabled"
            }
            Self::Denied => {
                "the service account may not read the list: give it the role view-clients of realm-management"
            }
            Self::NotFound => {
                "the identity provider knows no such realm or page: check issuer and admin.address"
            }
            Self::RateLimited => "the identity provider asks to slow down: raise the interval",
            Self::ServerError => "the identity provider failed by itself: see its own log",
            Self::BadResponse => {
                "the answer was not what Keycloak gives: check the address, a proxy may be answering"
            }
            Self::TooLarge => "the list is larger than what is read: have unused tokens deleted",
            Self::FieldMissing => {
                "a field is missing: check client_secret, and that the token names its issuer"
            }
            other => other.advice(),
        }
    }
}
