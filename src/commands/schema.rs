//! `kcwatch schema`: the JSON Schema of the configuration file.

use std::process::ExitCode;

use super::say;
use crate::config;

/// Prints the schema, as `config/kcwatch.schema.json` holds it.
pub(super) fn schema() -> ExitCode {
    say(&format_args!("{:#}", config::schema()));
    ExitCode::SUCCESS
}
