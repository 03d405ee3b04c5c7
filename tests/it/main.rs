//! Everything that crosses stages or needs a real server: one binary, a module a topic.

mod alertmanager;
mod alerts;
mod architecture;
mod client_secrets;
mod command_line;
mod config;
mod daemon;
mod dashboards;
mod dependencies;
mod deploy;
mod documents;
mod http;
mod keycloak;
mod oidc;
mod protection;
mod readme;
mod real_tokens;
mod rules;
mod servers;
mod stack;
mod state_file;
mod status;
mod stores;
mod story;
mod yaml;
