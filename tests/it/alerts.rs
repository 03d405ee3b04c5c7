//! Alerts, their runbooks and their documents hold together: none without the other, and what a runbook says can be done.

// Says to clippy that all of this is tests, functions that tests share included.
#![cfg(test)]

mod commands;
mod followed;
mod pages;
mod queries;
mod rules;
mod ties;
