//! `kcwatch man`: the manual page, made of what the command line itself knows and of what nobody but people know.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::Command;
use clap_mangen::Man;

use super::{complain, say};

/// What the command line does not know: exit status, files, environment, signals, and where more is.
const END: &str = include_str!("man/end.roff");

/// Without a date: the version says which page it is.
const TITLE: &str = concat!(
    "\n.TH KCWATCH 1 \"\" \"kcwatch ",
    env!("CARGO_PKG_VERSION"),
    "\" \"User Commands\"\n"
);

/// How an apostrophe is written.
const PROLOGUE: [&str; 2] = [r".ie \n(.g .ds Aq \(aq", ".el .ds Aq '"];

/// Prints the page for this command line.
pub(super) fn man(command: Command) -> ExitCode {
    match page(command) {
        Ok(page) => {
            say(&page.trim_end());
            ExitCode::SUCCESS
        }
        Err(error) => {
            complain(&format_args!("the page cannot be made: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn page(command: Command) -> io::Result<String> {
    let subcommands: Vec<Command> = command.get_subcommands().cloned().collect();
    let man = Man::new(command.disable_help_subcommand(true));
    let mut page = Vec::new();
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    writeln!(page, ".SH COMMANDS")?;
    for subcommand in subcommands {
        describe(subcommand, &mut page)?;
    }
    let page = String::from_utf8(page).map_err(io::Error::other)?;
    Ok(PROLOGUE.join("\n") + TITLE + &neat(&page) + END)
}

/// What a command does and takes. The options that all have stand above, once.
fn describe(command: Command, page: &mut Vec<u8>) -> io::Result<()> {
    writeln!(page, ".SS \"kcwatch {}\"", command.get_name())?;
    if let Some(about) = command.get_about() {
        writeln!(page, "{about}")?;
    }
    if command.get_arguments().next().is_some() {
        Man::new(command.disable_help_flag(true)).render_options_section(page)?;
    }
    Ok(())
}

/// Without what each part of a page begins with and the whole page has at its top, and without the headings of options that stand in
/// the section of their command.
fn neat(page: &str) -> String {
    let (before, commands) = page.split_once(".SH COMMANDS\n").unwrap_or((page, ""));
    let commands = commands.replace(".SH OPTIONS\n", "");
    let page = format!("{before}.SH COMMANDS\n{commands}");
    let page = page.replace(".br\n\n.br\n", ".sp\n");
    let lines = page
        .lines()
        .filter(|line| !PROLOGUE.contains(line))
        .map(|line| line.to_owned() + "\n");
    lines.collect()
}
