//! The listener: hands out what is finished.
//!
//! In: the current [`Site`], a request. Out: a response. Nothing is computed, read or asked here, so a scrape cannot
//! fail and costs next to nothing. Nobody can hold the listener open: every wait for a client is bounded.
//!
//! A connection's way: [`Listener`] binds, the doorkeeper admits it and makes room when the house is full, `handshake`
//! agrees on TLS if that is asked for, `connection` drives it through hyper and ends it when its client is too slow,
//! `service` answers the scrape and the first page for people at once and passes the rest on to `routes`. What clients have
//! to show is the business of [`Guard`], from one request to the next: what changes drops nothing that is open.

mod activity;
mod bounds;
mod connection;
mod doorkeeper;
mod encoding;
mod guard;
mod handshake;
mod limits;
mod listener;
mod people;
mod reload;
mod reply;
mod routes;
mod service;
mod site;
mod turned_away;
mod wire;

pub use guard::Guard;
pub use limits::Limits;
pub use listener::{BindError, Listener};
pub use reload::ReloadRequest;
pub use routes::Doors;
pub use site::{Front, Site, Visit, Visited};
