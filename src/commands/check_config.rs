//! `kcwatch check-config`: what is wrong with the configuration.

use std::{path::PathBuf, process::ExitCode};

use super::{configuration, say};

/// Reads the configuration and says what it found. Nothing is bound and nothing is asked.
pub(super) fn check_config(files: &[PathBuf]) -> ExitCode {
    match configuration(files) {
        Ok(config) => {
            say(&format_args!(
                "ok: {} targets in {} stores",
                config.targets.len(),
                config.stores.len()
            ));
            ExitCode::SUCCESS
        }
        Err(code) => code,
    }
}
