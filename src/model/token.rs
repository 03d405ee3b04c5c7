//! What a token says about itself.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Expiry, UnixTime};

/// The claims of a JWT that matter here. **Nothing in it is verified**: fit for dates and warnings, never for deciding who
/// may do what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// `jti`; for an Initial Access Token the id of its row in Keycloak's list.
    pub id: Option<String>,
    /// `iss`.
    pub issuer: Option<Arc<str>>,
    /// The claim `typ`, not the header of the same name.
    pub token_type: TokenType,
    /// `iat`: when the token was issued.
    pub issued: Option<UnixTime>,
    /// `exp`; missing, `null` or 0 mean never, as Keycloak reads them (`JsonWebToken.isExpired`).
    pub expiry: Expiry,
}

/// What kind of token Keycloak says it is, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenType {
    /// `InitialAccessToken` (Keycloak's `ClientRegistrationTokenUtils`).
    InitialAccess,
    /// Another one, or none is named.
    Other,
}
