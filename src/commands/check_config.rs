//! `kcwatch check-config`: what is wrong with the configuration.

use std::{path::PathBuf, process::ExitCode};

use super::{complain, configuration, counted, refuse_config, say};
use crate::{clock, config::Config, web_config::WebConfig};

/// Reads the configuration, and the file that protects the listener, and says what it found. Nothing is bound and nothing is
/// asked.
pub(super) fn check_config(files: &[PathBuf]) -> ExitCode {
    match configuration(files).and_then(|config| protected(&config).map(|()| config)) {
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

fn protected(config: &Config) -> Result<(), ExitCode> {
    let Some(path) = &config.web_config_file else {
        return Ok(());
    };
    let loaded = WebConfig::load(path, clock::system()());
    let web_config = loaded.map_err(|problems| refuse_config(&problems))?;
    for warning in web_config.warnings() {
        complain(&format_args!("warning: {warning}"));
    }
    Ok(())
}
