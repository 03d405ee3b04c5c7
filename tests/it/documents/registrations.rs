//! `docs/registrations-left.md` ⇄ the sources, answers and states there are; the same words as in `docs/metrics.md`.

use std::collections::BTreeSet;

use kcwatch::{
    model::Rehearsal,
    watch::initial_access_token::{checks::Check, clients::Source, state::State},
};

use super::metrics::block_of;

const DOCUMENT: &str = include_str!("../../../docs/registrations-left.md");

/// Where the precedence of the states is decided, with the table in its documentation.
const JUDGE: &str = include_str!("../../../src/watch/initial_access_token/state.rs");

/// The first table below a heading, one list of cells a row; the row of names is left out.
fn table(heading: &str) -> Vec<Vec<&'static str>> {
    let (_, rest) = DOCUMENT
        .split_once(&format!("\n{heading}\n"))
        .unwrap_or_else(|| panic!("there is no {heading}"));
    rows(rest.lines())
}

/// The first table in these lines.
fn rows<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<Vec<&'a str>> {
    let table = lines
        .skip_while(|line| !line.starts_with('|'))
        .take_while(|line| line.starts_with('|'));
    let cells = table.map(|row| row.trim_matches('|').split('|').map(str::trim).collect());
    cells.skip(2).collect()
}

/// A cell of each row.
fn column<'a>(table: &[Vec<&'a str>], number: usize) -> Vec<&'a str> {
    table.iter().map(|row| row[number]).collect()
}

/// What stands in backquotes.
fn quoted(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

/// The quoted word that begins each row of the table in a block of `docs/metrics.md`.
fn words_of(metric: &str) -> Vec<&'static str> {
    let table = rows(block_of(metric).lines());
    let first = column(&table, 0).into_iter();
    first.filter_map(|cell| quoted(cell).next()).collect()
}

fn in_quotes<const N: usize>(labels: [&str; N]) -> Vec<String> {
    labels.map(|label| format!("`{label}`")).into()
}

#[test]
fn every_source_is_explained_best_first() {
    let labels = Source::ALL.map(Source::label);
    assert_eq!(column(&table("## The sources"), 0), in_quotes(labels));
    for label in labels.into_iter().chain(["none"]) {
        assert!(DOCUMENT.contains(&format!("\n### `{label}`\n")), "{label}");
    }
    let known: Vec<_> = labels.into_iter().chain(["unknown"]).collect();
    assert_eq!(words_of("kcwatch_iat_clients_source"), known);
}

#[test]
fn every_answer_to_a_rehearsal_is_explained() {
    let answers = table("## Rehearsals");
    let labels = Rehearsal::ALL.map(Rehearsal::label);
    assert_eq!(column(&answers, 0), in_quotes(labels));
    let possible = Rehearsal::ALL.map(|answer| u8::from(answer.is_possible()).to_string());
    assert_eq!(column(&answers, 2), possible);
    assert_eq!(words_of("kcwatch_iat_rehearsal_answer"), labels);
}

#[test]
fn the_precedence_of_the_states_is_that_of_the_code() {
    let documented = table("## The state");
    let documented: Vec<&str> = column(&documented, 1)
        .into_iter()
        .flat_map(quoted)
        .collect();
    let in_code = rows(JUDGE.lines().map(|line| line.trim_start_matches("//! ")));
    assert_eq!(documented, column(&in_code, 1));
    let labels = State::ALL.map(State::label);
    let words: BTreeSet<&str> = documented.into_iter().collect();
    assert_eq!(words, labels.into());
    assert_eq!(words_of("kcwatch_iat_state"), labels);
}

#[test]
fn every_check_is_documented() {
    assert_eq!(words_of("kcwatch_iat_check"), Check::ALL.map(Check::label));
}
