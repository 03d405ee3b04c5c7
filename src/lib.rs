//! kcwatch watches Keycloak Initial Access Tokens.

pub mod app;
pub mod build;
pub mod clock;
pub mod commands;
pub mod config;
pub mod http;
pub mod jwt;
pub mod model;
pub mod page;
pub mod poll;
pub mod secret;
pub mod snapshot;
pub mod status;
pub mod store;
pub mod watch;
