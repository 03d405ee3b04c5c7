//! The program as its users run it: a process of its own, real servers, and everything it says read back.

// Says to clippy that all of this is tests, functions that tests share included.
#![cfg(test)]

mod bad_secrets;
pub(crate) mod canaries;
mod commands;
pub(crate) mod demo;
pub(crate) mod home;
mod incumbent;
mod log_lines;
mod metrics;
mod outages;
pub(crate) mod page;
mod prometheus;
mod registrations;
mod reload;
pub(crate) mod rig;
mod rotation;
pub(crate) mod secrecy;
mod service;
pub(crate) mod service_manager;
pub(crate) mod settings;
mod start_and_stop;
pub(crate) mod tokens;
