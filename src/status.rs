//! Render: a [`Snapshot`](crate::snapshot::Snapshot) → JSON for programs and people.

mod json;

pub use json::{Status, TargetStatus, status};
