//! The OpenID Connect integration of 3scale on real servers: both versions of Keycloak, behind TLS with an authority of the
//! tests, and the daemon as its users run it. Each link is broken by itself, and must be the one that is named.

// Says to clippy that all of this is tests, functions that tests share included.
#![cfg(test)]

mod breaks;
mod faults;
mod front;
mod holds;
mod rest;
mod rig;
mod rows;
mod scene;
mod traces;
