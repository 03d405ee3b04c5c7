//! Initial Access Tokens: when each expires, whether it is the right one, how many clients it can still register, and whether it would
//! do so now.
//!
//! Four things are asked, each at its own pace: [`look`] reads the secret and decodes it, [`registrations`] counts the clients
//! in a store, [`rehearsal`] tries a registration that cannot succeed, and the list of the identity provider is read once for
//! all its targets. [`fold`] remembers what they said ([`listed`], [`counted`], [`rehearsed`]) and draws the conclusions
//! ([`clients`], [`state`], [`checks`]); [`series`] and [`words`] tell Prometheus and people.

pub mod answers;
pub mod checks;
pub mod clients;
pub mod config;
pub mod counted;
pub mod fold;
mod kept;
pub mod listed;
pub mod look;
pub mod registrations;
pub mod rehearsal;
pub mod rehearsed;
pub mod series;
mod shape;
pub mod sighting;
pub mod state;
pub mod words;
