//! An answer of the identity provider, and what its status says where only one is good.

use std::time::Duration;

use serde::de::DeserializeOwned;

use crate::{
    keycloak::answer::Refusal,
    model::{Cause, Failure, Reason},
};

use super::trouble::Trouble;

/// What a realm that insists on TLS says to plain HTTP, with 403 (observed).
const NEEDS_TLS: &str = "HTTPS required";

/// An answer, read to its end.
pub(super) struct Page {
    pub(super) status: u16,
    /// The media type, in lower case, without parameters.
    pub(super) media_type: String,
    pub(super) retry_after: Option<Duration>,
    pub(super) body: Vec<u8>,
}

impl Page {
    /// This page, if its status is 200 and it is JSON by its own word, as APIcast wants it.
    pub(super) fn json(self) -> Result<Self, Trouble> {
        match (self.status, self.media_type.as_str()) {
            (200, "application/json" | "application/jwk-set+json") => Ok(self),
            (200, _) => Err(Cause::NotJson.into()),
            _ => Err(self.trouble()),
        }
    }

    /// The body as what it should be. The parser's own error can quote the body, so it ends here.
    pub(super) fn parse<T: DeserializeOwned>(&self) -> Result<T, Cause> {
        serde_json::from_slice(&self.body).map_err(|_| Cause::NotJson)
    }

    /// The words of a refusal; nothing if the body has none, as the page of a proxy in between has none.
    pub(super) fn refusal(&self) -> Option<Refusal> {
        self.parse().ok()
    }

    /// Whether the realm wants TLS.
    pub(super) fn insists_on_tls(&self) -> bool {
        let said = self.refusal().unwrap_or_default();
        self.status == 403 && said.error_description == NEEDS_TLS
    }

    /// Why this is not what was asked for, whatever was asked for.
    pub(super) fn trouble(&self) -> Trouble {
        match self.status {
            429 => Trouble::NoAnswer(Failure {
                reason: Reason::RateLimited,
                retry_after: self.retry_after,
            }),
            300..=399 => Cause::Redirected.into(),
            404 => Cause::NotFound.into(),
            _ if self.insists_on_tls() => Cause::HttpsRequired.into(),
            401 | 403 if self.refusal().is_some() => Cause::Refused.into(),
            500..=599 => Trouble::Broken(Cause::ServerError, self.retry_after),
            _ => Cause::UnexpectedStatus.into(),
        }
    }
}
