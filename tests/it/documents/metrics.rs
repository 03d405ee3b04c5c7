//! `docs/metrics.md` ⇄ the metrics there are: no metric without a block, no block without a metric, the same words in both.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    process::Command,
};

use kcwatch::{
    clock,
    model::{MetricKind, Reason},
    page::{Page, Process, catalog},
    snapshot::Snapshot,
};
use tempfile::TempDir;

use crate::servers::unpacked;

const DOCUMENT: &str = include_str!("../../../docs/metrics.md");

/// What a metric is: its help, its type, its labels.
type Facts = (String, String, Vec<String>);

#[test]
fn every_metric_is_documented_word_for_word_and_no_other() {
    let mut there = of_catalog();
    there.extend(of_process());
    let documented = documented();
    let names = |of: &BTreeMap<String, Facts>| of.keys().cloned().collect::<BTreeSet<_>>();
    let (there_names, documented_names) = (names(&there), names(&documented));
    let missing: Vec<_> = there_names.difference(&documented_names).collect();
    assert!(missing.is_empty(), "not in docs/metrics.md: {missing:?}");
    let gone: Vec<_> = documented_names.difference(&there_names).collect();
    assert!(gone.is_empty(), "only in docs/metrics.md: {gone:?}");
    for (name, facts) in there {
        assert_eq!(documented[&name], facts, "{name}");
    }
}

#[test]
fn every_reason_is_documented_and_no_other() {
    let block = block_of("kcwatch_target_failures_total");
    let documented: Vec<&str> = block
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .filter_map(|line| line.split_once("` | ").map(|(word, _)| word))
        .filter(|word| *word != "reason")
        .collect();
    assert_eq!(documented, Reason::ALL.map(Reason::label));
}

#[test]
fn every_query_is_valid_and_asks_for_metrics_that_exist() {
    let queries = queries();
    assert!(queries.len() > 20, "{queries:#?}");
    let known = documented();
    let mut rules = String::from("groups:\n- name: documents\n  rules:\n");
    for (position, query) in queries.iter().enumerate() {
        for name in metrics_in(query) {
            assert!(known.contains_key(name), "{name} in {query}");
        }
        writeln!(rules, "  - record: query:{position}\n    expr: {query:?}").expect("to a text");
    }
    let folder = TempDir::new().expect("a directory can be made");
    let file = folder.path().join("rules.yaml");
    std::fs::write(&file, &rules).expect("it can be written");
    let checked = Command::new(unpacked("promtool"))
        .args(["check", "rules"])
        .arg(&file)
        .output()
        .expect("promtool runs");
    let said = String::from_utf8_lossy(&checked.stderr);
    assert!(checked.status.success(), "{said}\n{rules}");
}

/// The metrics of the catalogue.
fn of_catalog() -> BTreeMap<String, Facts> {
    catalog()
        .into_iter()
        .map(|metric| {
            let kind = match metric.kind {
                MetricKind::Gauge => "gauge",
                MetricKind::Counter => "counter",
            };
            let labels = metric.labels.iter().map(ToString::to_string).collect();
            let facts = (metric.help.to_owned(), kind.to_owned(), labels);
            (metric.name.to_owned(), facts)
        })
        .collect()
}

/// The metrics that the library has of this process, as they stand on a page.
fn of_process() -> BTreeMap<String, Facts> {
    let nothing = Snapshot::new(&[], clock::system()());
    let page = Page::render(&nothing, &Process::measure(), &Page::default());
    let text: Vec<u8> = page.text().pieces().iter().flatten().copied().collect();
    let text = String::from_utf8(text).expect("a page is text");
    let said = |what: &str| -> BTreeMap<String, String> {
        text.lines()
            .filter_map(|line| line.strip_prefix(what)?.split_once(' '))
            .filter(|(name, _)| name.starts_with("process_"))
            .map(|(name, said)| (name.to_owned(), said.to_owned()))
            .collect()
    };
    let mut kinds = said("# TYPE ");
    said("# HELP ")
        .into_iter()
        .map(|(name, help)| {
            let kind = kinds.remove(&name).expect("it has a type");
            (name, (help, kind, Vec::new()))
        })
        .collect()
}

/// What the document says: a block begins with a heading of the third level.
fn documented() -> BTreeMap<String, Facts> {
    let blocks: Vec<&str> = DOCUMENT.split("\n### `").skip(1).collect();
    let found: BTreeMap<String, Facts> = blocks.iter().map(|block| facts_of(block)).collect();
    assert_eq!(found.len(), blocks.len(), "a metric has two blocks");
    found
}

fn facts_of(block: &str) -> (String, Facts) {
    let (name, rest) = block.split_once("`\n").expect("a name");
    let line = |start: &str| {
        rest.lines()
            .find_map(|line| line.strip_prefix(start))
            .unwrap_or_else(|| panic!("{name} has no line that begins with {start:?}"))
    };
    let help = line("> ").to_owned();
    let (kind, labels) = line("Type: ").split_once(". Labels: ").expect("labels");
    let labels = labels.split('`').skip(1).step_by(2).map(str::to_owned);
    (name.to_owned(), (help, kind.to_owned(), labels.collect()))
}

fn block_of(name: &str) -> &'static str {
    let (_, rest) = DOCUMENT
        .split_once(&format!("\n### `{name}`\n"))
        .unwrap_or_else(|| panic!("{name} has no block"));
    rest.split("\n### ").next().unwrap_or_default()
}

/// What stands in the blocks of PromQL.
fn queries() -> Vec<&'static str> {
    DOCUMENT
        .split("```promql\n")
        .skip(1)
        .filter_map(|rest| rest.split_once("```").map(|(query, _)| query.trim()))
        .collect()
}

fn metrics_in(query: &str) -> Vec<&str> {
    query
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|word| word.starts_with("kcwatch_") || word.starts_with("process_"))
        .collect()
}
