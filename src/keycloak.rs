//! What is asked of an identity provider, Keycloak or Red Hat SSO.
//!
//! In: settings, and a token. Out: what the answer means, or the [`Failure`](crate::model::Failure) that says why there is none.
//! Foreign errors end here, and so do secrets.

pub mod settings;
