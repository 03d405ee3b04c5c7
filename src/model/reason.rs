//! Why something could not be read: a closed list of words.

use std::{fmt, time::Duration};

use serde::{Deserialize, Serialize};

/// Why a read failed. Its [label](Self::label) is the value of the label `reason`, and so part of
/// the contract with everybody's alerts.
///
/// Foreign errors (of reqwest, vaultrs, serde …) are turned into one of these at the door and dropped:
/// their `Debug` form can hold a whole response, secrets included.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// No connection: refused, reset, or the name does not resolve.
    Unreachable,
    /// No answer in time.
    Timeout,
    /// The TLS handshake failed: unknown authority, wrong name, expired, or not TLS at all.
    Tls,
    /// Our own login was refused, or our token is dead and could not be replaced.
    Unauthenticated,
    /// Logged in, but not allowed to read this.
    Denied,
    /// Nothing lies there.
    NotFound,
    /// Something lay there; its latest version is deleted or destroyed.
    Deleted,
    /// The server is sealed.
    Sealed,
    /// The server asks us to slow down.
    RateLimited,
    /// The server failed by itself (5xx).
    ServerError,
    /// An answer that is not what the protocol promises: HTML, truncated, a redirect.
    BadResponse,
    /// The answer, the file or the token is larger than we are willing to read.
    TooLarge,
    /// The secret lacks the field that should hold the token, or the field is empty.
    FieldMissing,
    /// The secret is an object, but of no shape we know; or no object.
    ShapeUnknown,
    /// The field holds something that is no JWT.
    NotAToken,
    /// A JWT, but not an Initial Access Token.
    WrongTokenType,
    /// A fault of kcwatch itself.
    Internal,
}

impl Reason {
    /// How many reasons there are.
    pub const COUNT: usize = 17;

    /// Every reason, in the order of the documentation.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Unreachable,
        Self::Timeout,
        Self::Tls,
        Self::Unauthenticated,
        Self::Denied,
        Self::NotFound,
        Self::Deleted,
        Self::Sealed,
        Self::RateLimited,
        Self::ServerError,
        Self::BadResponse,
        Self::TooLarge,
        Self::FieldMissing,
        Self::ShapeUnknown,
        Self::NotAToken,
        Self::WrongTokenType,
        Self::Internal,
    ];

    /// The word of this reason, as in the label `reason`.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Timeout => "timeout",
            Self::Tls => "tls",
            Self::Unauthenticated => "unauthenticated",
            Self::Denied => "denied",
            Self::NotFound => "not_found",
            Self::Deleted => "deleted",
            Self::Sealed => "sealed",
            Self::RateLimited => "rate_limited",
            Self::ServerError => "server_error",
            Self::BadResponse => "bad_response",
            Self::TooLarge => "too_large",
            Self::FieldMissing => "field_missing",
            Self::ShapeUnknown => "shape_unknown",
            Self::NotAToken => "not_a_token",
            Self::WrongTokenType => "wrong_token_type",
            Self::Internal => "internal",
        }
    }

    /// Position in [`Self::ALL`], for counters kept one a reason.
    #[expect(
        clippy::as_conversions,
        reason = "the discriminant of a field-less enum is its position"
    )]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// What happened and what to do about it: one sentence for the person on call.
    pub const fn advice(self) -> &'static str {
        match self {
            Self::Unreachable => {
                "no connection to the store: check its address, name resolution and the network policy"
            }
            Self::Timeout => {
                "the store did not answer in time: check its load, or raise poll.timeout"
            }
            Self::Tls => {
                "the TLS handshake failed: check ca_file, the host name and the certificate's dates"
            }
            Self::Unauthenticated => {
                "our own login was refused: check the credentials in the files under auth and the role"
            }
            Self::Denied => "logged in but not allowed to read this path: check the policy",
            Self::NotFound => {
                "nothing lies at this path: check secret.path, and whether somebody moved it"
            }
            Self::Deleted => {
                "the latest version of this secret is deleted: undelete it or write a new token"
            }
            Self::Sealed => "the server is sealed: whoever runs it has to unseal it",
            Self::RateLimited => {
                "the server asks to slow down: raise poll.interval, or ask for a larger quota"
            }
            Self::ServerError => "the server failed by itself: see its own log",
            Self::BadResponse => {
                "the answer was not what the protocol promises: check the address, a proxy may be answering"
            }
            Self::TooLarge => "more was there than is read: this is hardly the right secret",
            Self::FieldMissing => {
                "the secret has no token in the expected field, or it is empty: write it, or set secret.token"
            }
            Self::ShapeUnknown => {
                "the secret has a shape that is not known: name the field with secret.token"
            }
            Self::NotAToken => "the field does not hold a JWT: paste the token again, whole",
            Self::WrongTokenType => {
                "the field holds another kind of JWT than an Initial Access Token: paste the right one"
            }
            Self::Internal => "a fault of kcwatch itself: please report it, with the log",
        }
    }

    /// Whether the store answered well and it is what lies there that cannot be used.
    pub const fn is_about_the_secret(self) -> bool {
        matches!(
            self,
            Self::NotFound
                | Self::Deleted
                | Self::TooLarge
                | Self::FieldMissing
                | Self::ShapeUnknown
                | Self::NotAToken
                | Self::WrongTokenType
        )
    }

    /// Whether the fault lies with the whole store, so that every read from it would fail alike.
    pub const fn is_about_the_store(self) -> bool {
        matches!(
            self,
            Self::Unreachable
                | Self::Timeout
                | Self::Tls
                | Self::Unauthenticated
                | Self::Sealed
                | Self::ServerError
        )
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

/// A failed read: the word for it, and how long the server asked us to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Why.
    pub reason: Reason,
    /// The server's `Retry-After`, if it sent one.
    pub retry_after: Option<Duration>,
}

impl From<Reason> for Failure {
    fn from(reason: Reason) -> Self {
        Self {
            reason,
            retry_after: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_stands_at_its_index() {
        for (position, reason) in Reason::ALL.into_iter().enumerate() {
            assert_eq!(reason.index(), position, "{reason}");
        }
    }
}
