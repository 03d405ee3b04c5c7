//! Initial Access Tokens: when each expires, and whether it is the right one.
//!
//! [`look`] reads the secret and decodes it, [`fold`] remembers, [`series`] and [`words`] tell Prometheus and people.

pub mod config;
pub mod fold;
pub mod look;
pub mod series;
mod shape;
pub mod words;
