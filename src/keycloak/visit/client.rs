//! The settings of a client, as the registration endpoint shows them (Keycloak's `ClientRepresentation`). The answer holds the
//! client's secret on many servers; nothing but these fields is taken out of it.

use serde::Deserialize;

/// The settings of a client; `None` for what the answer does not say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ClientSettings {
    /// Whether it is switched on.
    pub enabled: Option<bool>,
    /// Whether it has no secret.
    pub public_client: Option<bool>,
    /// Whether it can only check tokens.
    pub bearer_only: Option<bool>,
    /// Authorization Code Flow.
    pub standard_flow_enabled: Option<bool>,
    /// Implicit Flow.
    pub implicit_flow_enabled: Option<bool>,
    /// Service Accounts Flow.
    pub service_accounts_enabled: Option<bool>,
    /// Direct Access Grant Flow.
    pub direct_access_grants_enabled: Option<bool>,
    /// Its redirect URLs.
    pub redirect_uris: Option<Vec<String>>,
}

/// What the identity provider says about a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Registered {
    /// It is there, with these settings.
    Is(ClientSettings),
    /// It is not there.
    Missing,
    /// The account may not read it.
    Forbidden,
}

/// What a REST adapter says about a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It is there.
    Is,
    /// It is not there.
    Missing,
    /// Clients cannot be read there at all.
    Unreadable,
}
