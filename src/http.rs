//! The listener: hands out what is finished.
//!
//! In: the current [`Site`], a request. Out: a response. Nothing is computed, read or asked here, so a scrape cannot
//! fail and costs next to nothing. Nobody can hold the listener open: every wait for a client is bounded.
//!
//! A connection's way: [`Listener`] binds, the doorkeeper admits it and makes room when the house is full, `connection`
//! drives it through hyper and ends it when its client is too slow, `service` answers the scrape at once and passes the
//! rest on to `routes`.

mod activity;
mod bounds;
mod connection;
mod doorkeeper;
mod encoding;
mod landing;
mod limits;
mod listener;
mod reload;
mod reply;
mod routes;
mod service;
mod site;
mod wire;

pub use limits::Limits;
pub use listener::{BindError, Listener};
pub use reload::ReloadRequest;
pub use routes::Doors;
pub use site::Site;
