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

    /// What to do when the clients of a realm cannot be read.
    pub const fn advice_on_clients(self) -> &'static str {
        match self {
            Self::Denied => {
                "the service account may not see the clients: give it the role view-clients of realm-management; query-clients is not enough"
            }
            Self::BadResponse => {
                "the answer was not what Keycloak gives, or the list changed while it was read twice: check the address, and that the account has view-clients for all clients"
            }
            Self::TooLarge => {
                "the realm has more clients than are read: name up to ten with clients.ids, which are asked for one by one"
            }
            Self::NotFound => {
                "the identity provider knows no such realm, or nothing lies where the account's secret should: check issuer, admin.address and admin.client_secret"
            }
            Self::FieldMissing => {
                "the secret of the service account is not in its field: check admin.client_secret"
            }
            other => other.advice_on_provider(),
        }
    }

    /// What to do when the answer to a dynamic registration cannot be read from its store.
    pub const fn advice_on_registration(self) -> &'static str {
        match self {
            Self::Deleted => {
                "the latest version of this secret is deleted: undelete it, or write the client's registration again"
            }
            Self::FieldMissing => {
                "the secret lacks client_id or client_secret_expires_at: write the whole answer to the registration"
            }
            Self::ShapeUnknown => {
                "the secret is not the answer to a registration: client_secret_expires_at has to be a number of seconds, 0 for never"
            }
            other => other.advice(),
        }
    }

    /// What to do when nothing can be said about the chain: the credentials cannot be read, or the identity provider failed once.
    pub const fn advice_on_integration(self) -> &'static str {
        match self {
            Self::Unreachable => {
                "no connection, to the store of the credentials or to the identity provider: check their addresses, name resolution and the network policy"
            }
            Self::Timeout => {
                "no answer in time, from the store of the credentials or from the identity provider: check their load, or raise poll.timeout"
            }
            Self::ServerError => {
                "the store of the credentials or the identity provider failed by itself: see their logs"
            }
            Self::RateLimited => {
                "the store of the credentials or the identity provider asks to slow down: raise the interval of the target"
            }
            Self::FieldMissing => {
                "the secret has no credentials where the configuration says: write them, or correct the keys under credentials"
            }
            Self::ShapeUnknown => {
                "what lies at credentials.url is no URL of the form https://ID:SECRET@host/…: write it as Zync is given it"
            }
            other => other.advice(),
        }
    }
}
