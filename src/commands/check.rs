//! `kcwatch check`: one look at every target.

use std::{path::PathBuf, process::ExitCode};

use super::{
    complain, configuration,
    look::{look, only},
    quiet, runtime, say,
    table::Table,
};
use crate::{model::Standing, status::status};

/// Look at every target once.
#[derive(Debug, clap::Args)]
pub(super) struct Check {
    /// Only these targets
    #[arg(value_name = "TARGET")]
    targets: Vec<String>,
    /// Lines for people, or everything as JSON
    #[arg(short, long, value_enum, default_value_t = Output::Table)]
    output: Output,
}

#[derive(Clone, Copy, Debug, PartialEq, clap::ValueEnum)]
enum Output {
    Table,
    Json,
}

impl Check {
    pub(super) fn run(&self, files: &[PathBuf]) -> ExitCode {
        let config = configuration(files).and_then(|config| only(config, &self.targets));
        let config = match config {
            Ok(config) => config,
            Err(code) => return code,
        };
        quiet(&config);
        let looked = runtime()
            .map_err(|error| error.to_string())
            .and_then(|runtime| runtime.block_on(look(&config)));
        match looked {
            Ok((snapshot, now)) => {
                let status = status(&snapshot, now);
                match self.output {
                    Output::Table => say(&Table(&status)),
                    Output::Json => say(&status.to_json().trim_end()),
                }
                ExitCode::from(exit_code(status.standing()))
            }
            Err(problem) => {
                complain(&problem);
                ExitCode::from(exit_code(Standing::Unknown))
            }
        }
    }
}

/// As monitoring plugins do.
const fn exit_code(standing: Standing) -> u8 {
    match standing {
        Standing::Ok => 0,
        Standing::Notice => 1,
        Standing::Urgent => 2,
        Standing::Unknown => 3,
    }
}
