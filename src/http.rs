//! Listener and routes.

mod site;

pub use site::Site;
