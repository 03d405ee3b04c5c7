//! Initial Access Tokens: when each expires, and whether it is the right one.
//!
//! [`look`] reads the secret and decodes it, [`fold`] remembers, [`series`] and [`words`] tell Prometheus and people.
//! [`registrations`] looks for the clients that were registered, [`counted`] remembers them.

pub mod config;
pub mod counted;
pub mod fold;
pub mod look;
pub mod registrations;
pub mod series;
mod shape;
pub mod words;
