//! Initial Access Tokens: when each expires, and whether it is the right one.

pub mod config;
