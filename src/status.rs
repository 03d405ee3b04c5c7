//! Render: a [`Snapshot`](crate::snapshot::Snapshot) → JSON for programs, and pages for people. The door to the crate `askama`.
//!
//! Both show the same state. What is said of a target comes from its kind, in words and figures ([`crate::model::Portrait`]); here it is
//! put in order, and the templates below `status/html` only place it. Nothing of this is computed when nobody asks.

mod alarms;
mod asked;
mod bar;
mod blindness;
mod card;
mod choices;
mod figures;
mod json;
mod overview;
mod pages;
mod parts;
mod reading;
mod target_page;

pub use json::{Status, TargetStatus, schema, status};
pub use reading::{Moment, Reading, STYLE, read};
