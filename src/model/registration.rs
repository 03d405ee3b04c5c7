//! What an identity provider says about a token: in its list of tokens, and when it is asked to register a client.

use serde::{Deserialize, Serialize};

/// A token as the list of Initial Access Tokens shows it (Keycloak's `ClientInitialAccessPresentation`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedToken {
    /// How many clients it was issued for (`count`).
    pub limit: i64,
    /// How many more it can register (`remainingCount`). Below zero after parallel use, before Keycloak 26.
    pub left: i64,
}

/// What the identity provider answered to a registration that cannot succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rehearsal {
    /// A real one would work now: the token was taken, one of the locks held.
    Works,
    /// The token's registrations are used up.
    UsedUp,
    /// It does not know the token: used up and purged, expired and purged, or deleted.
    NotFound,
    /// It does not take the token: expired, of another issuer or host, its signing key gone, or damaged.
    Refused,
    /// The token is of another kind.
    WrongType,
    /// The token was taken, but a policy refuses the registration.
    RefusedByPolicy,
    /// Both locks failed and a client was registered. It was deleted at once, or not.
    Registered {
        /// Whether the client is gone again.
        deleted: bool,
    },
}

impl Rehearsal {
    /// Every answer, in the order of the documentation; of [`Rehearsal::Registered`] one.
    pub const ALL: [Self; 7] = [
        Self::Works,
        Self::UsedUp,
        Self::NotFound,
        Self::Refused,
        Self::WrongType,
        Self::RefusedByPolicy,
        Self::Registered { deleted: true },
    ];

    /// The value of the label `answer`.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Works => "works",
            Self::UsedUp => "used_up",
            Self::NotFound => "not_found",
            Self::Refused => "refused",
            Self::WrongType => "wrong_type",
            Self::RefusedByPolicy => "refused_by_policy",
            Self::Registered { .. } => "registered",
        }
    }

    /// Whether a registration would work. A client that was registered against all precautions shows that it would.
    pub const fn is_possible(self) -> bool {
        matches!(self, Self::Works | Self::Registered { .. })
    }
}
