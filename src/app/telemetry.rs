//! Logs, to standard error: JSON for machines or text for people.

use std::io::IsTerminal;

use tracing_subscriber::{
    Layer,
    filter::{LevelFilter, Targets},
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

use crate::config::{Log, LogFormat};

/// Always added to the filter: these crates log failures by themselves, three or four lines each, of which we tell one.
const QUIET: [&str; 2] = ["vaultrs", "rustify"];

/// Begins to log. Called once; a second call changes nothing.
pub fn init(log: &Log) {
    let layer = match log.format {
        LogFormat::Json => tracing_subscriber::fmt::layer()
            .json()
            .flatten_event(true)
            .with_writer(std::io::stderr)
            .boxed(),
        LogFormat::Text => tracing_subscriber::fmt::layer()
            .with_target(false)
            .with_ansi(std::io::stderr().is_terminal())
            .with_writer(std::io::stderr)
            .boxed(),
    };
    let begun = tracing_subscriber::registry()
        .with(layer.with_filter(filter(&log.level)))
        .try_init();
    if begun.is_err() {
        tracing::debug!("logging had begun already");
    }
}

/// The configured filter, with the noise taken out. It was checked when the configuration was.
fn filter(level: &str) -> Targets {
    let configured: Targets = level.parse().unwrap_or_default();
    configured.with_targets(QUIET.map(|module| (module, LevelFilter::OFF)))
}
