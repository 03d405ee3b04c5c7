//! `kcwatch rules`: the alert rules for this installation.

use std::{path::PathBuf, process::ExitCode};

use clap::ValueEnum;

use super::{BAD_CONFIG, complain, configuration, say};
use crate::rules::{self, rules};

/// Print the alert rules for this installation.
#[derive(Debug, clap::Args)]
pub(super) struct Rules {
    /// A rule file of Prometheus, an object of its operator, or that in a file of app-interface
    #[arg(short, long, value_enum, default_value_t = Format::Plain)]
    format: Format,
    /// Compare with the thresholds that kcwatch exports, or with numbers written into the rules
    #[arg(long, value_enum, default_value_t = Thresholds::Metrics)]
    thresholds: Thresholds,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Plain,
    PrometheusRule,
    AppInterface,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Thresholds {
    Metrics,
    Literal,
}

impl Rules {
    pub(super) fn run(&self, files: &[PathBuf]) -> ExitCode {
        let config = match configuration(files) {
            Ok(config) => config,
            Err(code) => return code,
        };
        let format = match self.format {
            Format::Plain => rules::Format::Plain,
            Format::PrometheusRule => rules::Format::PrometheusRule,
            Format::AppInterface => rules::Format::AppInterface,
        };
        let thresholds = match self.thresholds {
            Thresholds::Metrics => rules::Thresholds::Metrics,
            Thresholds::Literal => rules::Thresholds::Literal,
        };
        match rules(&config, format, thresholds) {
            Ok(text) => {
                say(&text.trim_end());
                ExitCode::SUCCESS
            }
            Err(missing) => {
                complain(&missing);
                ExitCode::from(BAD_CONFIG)
            }
        }
    }
}
