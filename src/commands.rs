//! The command line: one file a command.

mod check;
mod check_config;
mod completions;
mod decode;
mod demo;
mod look;
mod man;
mod request;
mod rules;
mod schema;
mod serve;
mod table;

use std::{
    fmt::Display,
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use clap::{CommandFactory, Parser, Subcommand};

use crate::{
    app::telemetry,
    config::{self, Config, Log, Problems},
};

/// A bad configuration (`EX_CONFIG` of sysexits).
const BAD_CONFIG: u8 = 78;
/// The address cannot be listened on (`EX_UNAVAILABLE`): another process has the port, or the address is not up.
const NO_ADDRESS: u8 = 69;
/// Arguments that cannot be understood (`EX_USAGE`); clap's own 2 would read as "urgent" to a monitoring plugin's caller.
const BAD_USAGE: u8 = 64;

/// What `--version` says after the name.
const VERSION: &str = concat!(
    env!("CARGO_PKG_VERSION"),
    " (revision ",
    env!("KCWATCH_BUILD_REVISION"),
    ", rustc ",
    env!("KCWATCH_BUILD_RUST_VERSION"),
    ")"
);

/// Watches what fails silently around Keycloak, and tells Prometheus before it does.
#[derive(Debug, Parser)]
#[command(name = "kcwatch", version = VERSION, max_term_width = 80)]
struct Arguments {
    #[arg(
        short,
        long,
        global = true,
        value_name = "FILE",
        env = "KCWATCH_CONFIG",
        hide_env = true,
        help = "Configuration, or KCWATCH_CONFIG",
        default_value = "/etc/kcwatch/kcwatch.yaml"
    )]
    config: Vec<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Watch, and answer on /metrics until told to stop (the default)
    Serve,
    /// Look at every target once, or ask a kcwatch that runs
    Check(check::Check),
    /// Say what is wrong with the configuration; exit 0 if nothing
    CheckConfig,
    /// Show the claims of a JWT on standard input, never the token
    Decode(decode::Decode),
    /// The whole product on samples made on the spot
    Demo(demo::Demo),
    /// Print the ticket that asks for another token, filled in
    Request(request::Request),
    /// Print the alert rules for this installation
    Rules(rules::Rules),
    /// Print the JSON Schema of the configuration file
    Schema,
    /// Print completions for a shell
    Completions(completions::Completions),
    /// Print the manual page
    Man,
}

/// Does what the arguments of this process ask for.
pub fn run() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return refuse_usage(&error),
    };
    let files = &arguments.config;
    match arguments.command.unwrap_or(Command::Serve) {
        Command::Serve => serve::serve(files),
        Command::Check(check) => check.run(files),
        Command::CheckConfig => check_config::check_config(files),
        Command::Decode(decode) => decode.run(),
        Command::Demo(demo) => demo.run(),
        Command::Request(request) => request.run(files),
        Command::Rules(rules) => rules.run(files),
        Command::Schema => schema::schema(),
        Command::Completions(completions) => completions.run(Arguments::command()),
        Command::Man => man::man(Arguments::command()),
    }
}

/// Help and version are errors to clap, too; those go to standard output and are none.
fn refuse_usage(error: &clap::Error) -> ExitCode {
    if error.print().is_err() {
        return ExitCode::FAILURE;
    }
    if error.use_stderr() {
        ExitCode::from(BAD_USAGE)
    } else {
        ExitCode::SUCCESS
    }
}

/// The configuration of these files and the environment, or the exit code after its mistakes were told.
fn configuration(files: &[PathBuf]) -> Result<Config, ExitCode> {
    config::load_here(files).map_err(|problems| refuse_config(&problems))
}

/// Tells every mistake.
fn refuse_config(problems: &Problems) -> ExitCode {
    complain(problems);
    ExitCode::from(BAD_CONFIG)
}

/// The runtime that everything runs on. More threads than these would only cost memory: a scrape hands out what is there.
fn runtime() -> io::Result<tokio::runtime::Runtime> {
    const MOST_THREADS: usize = 4;
    /// For files: as many as one store reads at a time by default.
    const MOST_FILE_THREADS: usize = 16;
    let threads = std::thread::available_parallelism()
        .map_or(1, usize::from)
        .min(MOST_THREADS);
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads)
        .max_blocking_threads(MOST_FILE_THREADS)
        .enable_all()
        .build()
}

/// Logs nothing, where everything there is to say is said on the terminal.
fn quiet(config: &Config) {
    telemetry::init(&Log {
        level: "off".to_owned(),
        ..config.log.clone()
    });
}

/// `1 target`, `2 targets`.
fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// Writes to standard output, in colour where that is a terminal. Nobody is left to tell when that is closed.
fn say(text: &dyn Display) {
    drop(writeln!(anstream::stdout(), "{text}"));
}

/// Writes to standard error.
fn complain(text: &dyn Display) {
    drop(writeln!(anstream::stderr(), "{text}"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Arguments::command().debug_assert();
        assert!(VERSION.starts_with(crate::build::VERSION));
    }
}
