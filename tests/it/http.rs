//! The listener, asked through real sockets.

#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

mod answers;
pub(crate) mod client;
mod crowd;
mod encoding;
mod limits;
mod reload;
pub(crate) mod rig;
mod stop;
