//! Stores against real servers, and against what real servers cannot be made to do.

#![expect(
    clippy::expect_used,
    reason = "a test that cannot set its scene has failed"
)]

pub(crate) mod canary;
mod encryption;
mod fakes;
mod files;
mod listing;
mod logins;
mod logs;
mod outages;
mod policies;
mod registrations;
mod rig;
mod token_life;
mod vault_reads;
