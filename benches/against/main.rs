//! Measures the release binary beside its yardsticks, in one run and in turns, and prints a table for `docs/performance.md`.
//!
//! `cargo bench --bench against -- [--quick] [ROW…]`; the rows are files of this folder. It needs nginx, wrk and OpenBao,
//! and a machine that does nothing else.

mod bao;
mod clients;
mod cpu;
mod cycle;
mod daemon;
mod fleet;
mod idle;
mod list;
mod machine;
mod memory;
mod names;
mod nginx;
mod plan;
mod poll;
mod process;
mod protected;
mod scrape;
mod size;
mod spread;
mod start;
mod status;
mod table;
mod tools;
mod wrk;

use std::process::ExitCode;

use clap::Parser as _;

use crate::plan::{Plan, Row};
use crate::table::Line;

/// Whatever kept a measurement from being made, as a sentence for whoever runs it.
type Problem = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> ExitCode {
    let plan = Plan::parse();
    match measured(&plan).await {
        Ok(lines) => {
            say(&table::document(&machine::describe(), &lines));
            ExitCode::from(u8::from(lines.iter().any(Line::missed)))
        }
        Err(problem) => {
            tell(&format!("not measured: {problem}"));
            ExitCode::FAILURE
        }
    }
}

async fn measured(plan: &Plan) -> Result<Vec<Line>, Problem> {
    let mut lines = Vec::new();
    for row in plan.rows() {
        tell(&format!("measuring {}", row.name()));
        lines.extend(measure(row, plan).await?);
    }
    Ok(lines)
}

async fn measure(row: Row, plan: &Plan) -> Result<Vec<Line>, Problem> {
    match row {
        Row::Cycle => cycle::lines(plan),
        Row::Scrape => scrape::lines(plan).await,
        Row::Protected => protected::lines(plan).await,
        Row::Poll => poll::lines(plan).await,
        Row::Start => start::lines(plan).await,
        Row::Memory => memory::lines(plan).await,
        Row::Idle => idle::lines(plan).await,
        Row::Names => names::lines(plan).await,
        Row::List => list::lines(plan).await,
        Row::Clients => clients::lines(plan).await,
        Row::Status => status::lines(plan).await,
        Row::Size => size::lines(plan),
    }
}

#[expect(clippy::print_stdout, reason = "the table is what this program is for")]
fn say(text: &str) {
    println!("{text}");
}

#[expect(clippy::print_stderr, reason = "progress, beside the table")]
fn tell(text: &str) {
    eprintln!("{text}");
}
