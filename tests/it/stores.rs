//! Stores against real servers, and against what real servers cannot be made to do.

mod encryption;
mod logins;
mod outages;
mod rig;
mod vault_reads;
