//! kcwatch watches Keycloak Initial Access Tokens.

pub mod config;
pub mod http;
pub mod model;
pub mod page;
pub mod secret;
pub mod store;
pub mod watch;
