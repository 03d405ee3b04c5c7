//! Section `log`.

use schemars::JsonSchema;
use serde::Deserialize;
use tracing_subscriber::filter::{LevelFilter, Targets};

use super::{
    problems::Key,
    report::Report,
    settings::{Log, LogFormat},
};

/// How logs are written, to standard error. A change needs a restart.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "Log")]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawLog {
    /// `json`, one object a line, or `text` for people.
    format: LogFormat,
    /// What is logged: `error`, `warn`, `info`, `debug`, `trace` or `off`, also for single modules, as in
    /// `info,kcwatch::store=debug`.
    level: String,
}

impl Default for RawLog {
    fn default() -> Self {
        Self {
            format: LogFormat::Json,
            level: "info".to_owned(),
        }
    }
}

pub(super) fn check(raw: &RawLog, at: &Key, report: &mut Report) -> Log {
    if !is_filter(&raw.level) {
        report.refuse(
            &at.key("level"),
            "must be a level (off, error, warn, info, debug, trace) or a list such as info,kcwatch=debug",
        );
    }
    Log {
        format: raw.format,
        level: raw.level.clone(),
    }
}

/// A bare word is a level here. `Targets` would take `wran` for a module of this name, and be silent; spans it does not know.
fn is_filter(text: &str) -> bool {
    !text.contains('[')
        && text.split(',').map(str::trim).all(is_directive)
        && text.parse::<Targets>().is_ok()
}

fn is_directive(text: &str) -> bool {
    !text.is_empty() && (text.contains('=') || text.parse::<LevelFilter>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_level_is_no_filter() {
        for good in ["info", "off", "INFO", "info,kcwatch=debug"] {
            assert!(is_filter(good), "{good}");
        }
        for bad in [
            "",
            " ",
            "wran",
            "info,debg",
            "kcwatch=loud",
            "info,,",
            "kcwatch[=1",
        ] {
            assert!(!is_filter(bad), "{bad}");
        }
    }
}
