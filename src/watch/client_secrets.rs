//! Client secrets that expire: those of a realm's clients, under Keycloak's rotation policy, or one that lies in a store.
//!
//! [`look`] reads when they end, and nothing else; [`fold`] remembers it; [`needs`] says what somebody should see to, which is what
//! [`series`] and [`words`] tell Prometheus and people.

pub mod config;
pub mod fold;
pub mod look;
pub mod needs;
#[cfg(test)]
mod samples;
pub mod series;
pub mod words;
