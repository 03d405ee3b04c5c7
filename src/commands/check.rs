//! `kcwatch check`: one look at every target, or what a running kcwatch says of them.

mod elsewhere;

use std::{path::PathBuf, process::ExitCode};

use elsewhere::Elsewhere;

use super::{
    complain, configuration,
    look::{look, only, refuse_unknown},
    quiet, runtime, say,
    table::{Row, Table},
};
use crate::{model::Standing, status::status};

/// Look at every target once.
#[derive(Debug, clap::Args)]
pub(super) struct Check {
    /// Only these targets
    #[arg(value_name = "TARGET")]
    targets: Vec<String>,
    /// Lines for people (table), or everything (json)
    #[arg(short, long, value_enum, hide_possible_values = true, default_value_t = Output::Table)]
    output: Output,
    /// What fails: notice, urgent, unknown or never
    #[arg(long, value_name = "WHAT", value_enum, hide_possible_values = true, default_value_t = FailOn::Notice)]
    fail_on: FailOn,
    #[command(flatten)]
    elsewhere: Elsewhere,
}

#[derive(Clone, Copy, Debug, PartialEq, clap::ValueEnum)]
enum Output {
    Table,
    Json,
}

/// What cannot be seen is never well, but for `never`.
#[derive(Clone, Copy, Debug, PartialEq, clap::ValueEnum)]
enum FailOn {
    Notice,
    Urgent,
    Unknown,
    Never,
}

/// What there is to print, and the exit code of it.
struct Outcome {
    said: String,
    code: u8,
}

impl Check {
    pub(super) fn run(&self, files: &[PathBuf]) -> ExitCode {
        let outcome = match self.elsewhere.service() {
            Some(service) => service.and_then(|service| self.ask(&service)),
            None => self.look(files),
        };
        match outcome {
            Ok(Outcome { said, code }) => {
                say(&said.trim_end());
                ExitCode::from(code)
            }
            Err(code) => code,
        }
    }

    fn look(&self, files: &[PathBuf]) -> Result<Outcome, ExitCode> {
        let config = configuration(files).and_then(|config| only(config, &self.targets))?;
        quiet(&config);
        let looked = runtime()
            .map_err(|error| error.to_string())
            .and_then(|runtime| runtime.block_on(look(&config)));
        let (snapshot, now) = looked.map_err(|problem| nothing_known(&problem))?;
        let status = status(&snapshot, now);
        let rows: Vec<Row<'_>> = status.targets().iter().map(Row::from).collect();
        Ok(self.outcome(&rows, || status.to_json()))
    }

    fn ask(&self, service: &crate::service::Service) -> Result<Outcome, ExitCode> {
        let told = runtime()
            .map_err(|error| error.to_string())
            .and_then(|runtime| {
                let told = runtime.block_on(service.ask());
                told.map_err(|trouble| trouble.to_string())
            });
        let mut told = told.map_err(|problem| nothing_known(&problem))?;
        if !self.targets.is_empty() {
            let names = told.targets().iter().map(|target| target.name.as_str());
            refuse_unknown(&self.targets, &names.collect())?;
            told = told.only(&self.targets);
        }
        let rows: Vec<Row<'_>> = told.targets().iter().map(Row::from).collect();
        Ok(self.outcome(&rows, || told.to_json()))
    }

    fn outcome(&self, rows: &[Row<'_>], json: impl FnOnce() -> String) -> Outcome {
        Outcome {
            code: self.fail_on.code(rows),
            said: match self.output {
                Output::Table => Table(rows).to_string(),
                Output::Json => json(),
            },
        }
    }
}

impl FailOn {
    /// The exit code of the worst that counts.
    fn code(self, rows: &[Row<'_>]) -> u8 {
        let counted = rows.iter().filter_map(|row| self.counted(row));
        let worst = if rows.is_empty() && self != Self::Never {
            Some(Standing::Unknown)
        } else {
            counted.max()
        };
        exit_code(worst.unwrap_or(Standing::Ok))
    }

    fn counted(self, row: &Row<'_>) -> Option<Standing> {
        let is_unread = row.standing == Standing::Unknown || row.reason.is_some();
        match self {
            Self::Notice => Some(row.standing),
            Self::Urgent => (row.standing >= Standing::Unknown).then_some(row.standing),
            Self::Unknown => is_unread.then_some(Standing::Unknown),
            Self::Never => None,
        }
    }
}

/// Says why, and that nothing may be claimed.
fn nothing_known(problem: &str) -> ExitCode {
    complain(&problem);
    ExitCode::from(exit_code(Standing::Unknown))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn row(standing: Standing, reason: Option<&'static str>) -> Row<'static> {
        Row {
            name: "a",
            tier: "prod",
            standing,
            reason,
            summary: "s",
            advice: Vec::new(),
        }
    }

    #[test]
    fn what_counts_decides_the_code_and_what_is_unseen_always_counts() {
        let (well, notice) = (row(Standing::Ok, None), || row(Standing::Notice, None));
        let urgent = |reason| row(Standing::Urgent, reason);
        let unknown = || row(Standing::Unknown, Some("timeout"));
        for (rows, notice_code, urgent_code, unknown_code) in [
            (vec![well], 0, 0, 0),
            (vec![notice()], 1, 0, 0),
            (vec![notice(), urgent(None)], 2, 2, 0),
            (vec![notice(), unknown()], 3, 3, 3),
            (vec![urgent(None), unknown()], 2, 2, 3),
            (vec![urgent(Some("sealed"))], 2, 2, 3),
            (vec![], 3, 3, 3),
        ] {
            let codes = [
                FailOn::Notice,
                FailOn::Urgent,
                FailOn::Unknown,
                FailOn::Never,
            ];
            let codes = codes.map(|fail_on| fail_on.code(&rows));
            assert_eq!(codes, [notice_code, urgent_code, unknown_code, 0]);
        }
    }
}
