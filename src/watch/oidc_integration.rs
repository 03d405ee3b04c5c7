//! The OpenID Connect integration that 3scale's Zync and APIcast rely on: a chain in which each link is a check.

pub mod chain;
pub mod config;
pub mod fold;
pub mod look;
pub mod series;
pub mod words;

/// An integration for unit tests.
#[cfg(test)]
fn sample() -> config::OidcIntegration {
    use crate::{
        model::{SecretPath, StoreName},
        watch::samples::identity_provider,
    };
    config::OidcIntegration {
        identity_provider: identity_provider("https://sso.example.com/realms/prod").into(),
        api: config::Api::Keycloak,
        credentials: config::Credentials {
            store: StoreName::new("devshift").unwrap(),
            path: SecretPath::new("app-sre/3scale/zync").unwrap(),
            form: config::Form::Url {
                pointer: "/url".to_owned(),
            },
        },
        ca_file: None,
        allow_http: false,
        applications: Vec::new(),
        thresholds: std::sync::Arc::default(),
        clock_offset: std::time::Duration::from_secs(5),
    }
}
