//! The links of an OpenID Connect integration, in their order.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A link of the chain that 3scale's Zync and APIcast rely on; the order is that of the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// The name resolves and the server takes a connection.
    Connection,
    /// Its certificate is good in the eyes of the bundle that Zync trusts.
    Tls,
    /// The discovery document is there and names the configured issuer.
    Discovery,
    /// The key set is there and has a key that signs.
    Keys,
    /// The service account gets an access token.
    Grant,
    /// APIcast would take that token.
    Token,
    /// The account may manage clients.
    Role,
    /// The client of the account has the settings that the guide of 3scale asks for.
    Client,
    /// The clients of applications are there, as 3scale has them.
    Applications,
}

impl Step {
    /// Every link, in the order of the chain.
    pub const ALL: [Self; 9] = [
        Self::Connection,
        Self::Tls,
        Self::Discovery,
        Self::Keys,
        Self::Grant,
        Self::Token,
        Self::Role,
        Self::Client,
        Self::Applications,
    ];

    /// The value of the label `step`.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Connection => "connection",
            Self::Tls => "tls",
            Self::Discovery => "discovery",
            Self::Keys => "keys",
            Self::Grant => "grant",
            Self::Token => "token",
            Self::Role => "role",
            Self::Client => "client",
            Self::Applications => "applications",
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn steps_stand_in_their_order_and_have_different_labels() {
        assert!(Step::ALL.is_sorted());
        let labels: BTreeSet<&str> = Step::ALL.map(Step::label).into_iter().collect();
        assert_eq!(labels.len(), Step::ALL.len());
    }
}
