//! `kcwatch check-config`: what is wrong with the configuration.

use std::{path::PathBuf, process::ExitCode};

use super::{configuration, counted, say};

/// Reads the configuration and says what it found. Nothing is bound and nothing is asked.
pub(super) fn check_config(files: &[PathBuf]) -> ExitCode {
    match configuration(files) {
        Ok(config) => {
            let (targets, stores) = (
                counted(config.targets.len(), "target"),
                counted(config.stores.len(), "store"),
            );
            say(&format_args!("ok: {targets} in {stores}"));
            ExitCode::SUCCESS
        }
        Err(code) => code,
    }
}
