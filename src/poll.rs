//! The conductor: who is looked at when, one look at a time per target, and what is published.
//!
//! In: [`Job`]s (a question and a way to ask it). Out: a [`Site`](crate::http::Site) on a watch channel whenever something changed. Between
//! them the only mutable state of the program, one [`Snapshot`](crate::snapshot::Snapshot).
//!
//! - Every target has a place in its interval, spread evenly in the order of the names (`poll/schedule.rs`); a failing one is
//!   tried again sooner, with jitter, but never later than an interval.
//! - Every store has a lane of its own (`poll/lane.rs`), so that stores never wait for each other. A look that takes longer than a
//!   second gives its place in the lane away, so that within a store slow targets do not hold up the others either.
//! - Pages are published when something changed, as often as they are cheap (`poll/press.rs`).

mod channel;
mod conductor;
mod job;
mod lane;
mod press;
mod pulse;
mod roster;
mod schedule;
mod score;
mod seat;
mod tell;
mod turns;

pub use conductor::Conductor;
pub use job::{About, Job, LaneName};
pub use pulse::Pulse;
pub use score::{Command, Score};
