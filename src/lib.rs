//! kcwatch watches what fails silently around Keycloak: Initial Access Tokens, client secrets that expire, and the OpenID Connect
//! integration of 3scale. It reads them where they lie (Vault, OpenBao, files, a realm), and tells Prometheus and people in time.
//!
//! This page is a tour of the house, in the order data flows. Each module says at its top what comes in, what goes out and what
//! it must not know; `tests/it/architecture.rs` holds who may use whom.
//!
//! ```text
//!  token in a store ────► decode ─┐
//!  clients in a store ──► decode ─┤
//!  rehearsal ─────────────────────┤
//!  list of a realm ───────────────┼─► fold(previous, seen, now) ──► Snapshot ──► render ──► Page ──► HTTP
//!  clients of a realm ────────────┤                                    └──► state file
//!  chain of an integration ───────┘
//!  └────────────────── driven by poll ───────────────────────┘  └─ the whole state ─┘  └─ one watch channel ─┘
//! ```
//!
//! # The line
//!
//! 1. [`store`] reads a secret: from [a server](store::vault) that speaks Vault's API, or from [a directory](store::files). What an
//!    answer means (that a server is `sealed`, say) is decided in `store/vault/failure.rs`; foreign errors end there and in
//!    `outgoing/failure.rs`, as a [`Reason`](model::Reason).
//! 2. [`jwt`] decodes a token, unverified and saying so, or verifies one as `APIcast` does; [`keycloak`] asks an identity provider.
//!    Secrets end here: nothing to the right has a place for one.
//! 3. [`watch`] knows what is watched, one folder a kind. In [`watch::initial_access_token`], `look` asks the world, `fold`
//!    remembers, `series` declares the metrics (the text of `# HELP` of `kcwatch_iat_expiration_timestamp_seconds` stands there),
//!    `words` says it to people; so do [`watch::client_secrets`] and [`watch::oidc_integration`].
//! 4. [`snapshot`] is the whole state of the program, failure counters included.
//! 5. [`poll`] conducts: when each target is looked at and how a failing one backs off (`poll/schedule.rs`), that no target
//!    delays another (`poll/lane.rs`), when a page is printed (`poll/press.rs`).
//! 6. [`page`] makes the snapshot a finished page of text, and its compressed copy; [`status`] makes it JSON, and pages for people.
//! 7. [`http`] hands out what is finished, and nobody can hold it open. Whom it asks for a certificate or a password stands in
//!    [`web_config`].
//!
//! # Around the line
//!
//! - [`config`]: files and environment → a checked [`Config`](config::Config), or every mistake at once.
//! - [`web_config`]: the file that protects the listener, in the format of Prometheus' exporters → what clients must show.
//! - [`rules`]: configuration → alert rules for Prometheus; the daemon has nothing to do with them.
//! - [`model`]: the words every stage shares: names, instants, reasons, levels, metrics.
//! - [`secret`]: values that must never be shown; a token prints as `[REDACTED]`, and `reveal` is banned outside a few doors.
//! - [`state_file`]: one small file that outlives the process, whole or not at all; what it means is not its business.
//! - [`service`]: a kcwatch that runs somewhere, asked over HTTP what it knows; the daemon has nothing to do with it.
//! - `outgoing`: what all connections that we make have in common, to stores and to identity providers.
//! - [`clock`]: the one place that asks what time it is.
//! - [`app`]: the composition root: builds the parts, supervises, reloads, drains; the only module that sees all.
//! - [`commands`]: the command line, one file a command. [`build`]: version and revision.

pub mod app;
pub mod build;
pub mod clock;
pub mod commands;
pub mod config;
pub mod http;
pub mod jwt;
pub mod keycloak;
pub mod model;
mod outgoing;
pub mod page;
pub mod poll;
pub mod rules;
pub mod secret;
pub mod service;
pub mod snapshot;
pub mod state_file;
pub mod status;
pub mod store;
pub mod watch;
pub mod web_config;
