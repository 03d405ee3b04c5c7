//! Everything that crosses stages or needs a real server: one binary, a module a topic.

mod architecture;
mod config;
mod daemon;
mod dependencies;
mod http;
mod servers;
mod stores;
