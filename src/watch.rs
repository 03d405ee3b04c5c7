//! What is watched: one folder a kind, and here the closed list of kinds.

pub mod initial_access_token;

use crate::watch::initial_access_token::config::InitialAccessToken;

/// What a target watches, by kind, as the configuration says it.
#[derive(Clone, Debug, PartialEq)]
pub enum Watch {
    /// An Initial Access Token in a store.
    InitialAccessToken(InitialAccessToken),
}
