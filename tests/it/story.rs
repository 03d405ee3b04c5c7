//! The whole chain, in seconds instead of days: a token in a real OpenBao, kcwatch, a real Prometheus with the rules that are
//! shipped, a real Alertmanager with the configuration that is shipped, and what people are told in the end.

// Says to clippy that all of this is tests, functions that tests share included.
#![cfg(test)]

mod chain;
mod clients;
mod life;
mod outages;
mod replicas;
mod rules;
mod targets;
