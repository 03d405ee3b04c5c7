//! `kcwatch schema`: the JSON Schema of the configuration file.

use std::process::ExitCode;

use super::say;

/// The schema as it is shipped. What it is made of stays out of the program, and a test compares it with the types.
const SHIPPED: &str = include_str!("../../config/kcwatch.schema.json");

/// Prints the schema.
pub(super) fn schema() -> ExitCode {
    say(&SHIPPED.trim_end());
    ExitCode::SUCCESS
}
