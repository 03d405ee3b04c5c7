//! `docs/metrics.md` ⇄ the metrics there are: no metric without a block, no block without a metric, the same words in both.

use std::collections::{BTreeMap, BTreeSet};

use kcwatch::{
    clock,
    model::{MetricKind, Reason},
    page::{Page, Process, catalog},
    snapshot::Snapshot,
};
pub(super) const DOCUMENT: &str = include_str!("../../../docs/metrics.md");

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

pub(super) fn block_of(name: &str) -> &'static str {
    let (_, rest) = DOCUMENT
        .split_once(&format!("\n### `{name}`\n"))
        .unwrap_or_else(|| panic!("{name} has no block"));
    rest.split("\n### ").next().unwrap_or_default()
}
