//! What is asked of Keycloak, against the current version and the base of Red Hat SSO 7.6, and against what neither can be
//! made to do.

#![expect(
    clippy::expect_used,
    reason = "a test that cannot set its scene has failed"
)]

mod canary;
mod careless;
mod fakes;
mod faults;
mod lists;
mod logins;
mod registrations;
mod rehearsals;
pub(crate) mod rig;
mod sessions;
mod tls;
mod visits;
