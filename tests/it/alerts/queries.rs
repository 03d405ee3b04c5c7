//! What runbooks ask Prometheus: metrics that there are, in queries that it answers.

use std::collections::BTreeSet;

use tempfile::TempDir;

use super::{
    pages::{all, blocks, text_of},
    rules::Rules,
};
use crate::daemon::demo::start_demo;
use crate::servers::{Prometheus, eventually, free_port};

/// What Prometheus has by itself.
const OF_PROMETHEUS: [&str; 2] = ["up", "ALERTS"];

#[test]
fn queries_ask_only_for_metrics_that_exist() {
    let rules = Rules::printed();
    let documented = text_of("docs/metrics.md");
    let documented = documented
        .split("\n### `")
        .skip(1)
        .filter_map(|block| block.split('`').next());
    let known: BTreeSet<&str> = documented
        .chain(rules.recorded())
        .chain(OF_PROMETHEUS)
        .collect();
    for (page, query) in queries() {
        for name in metrics(&query) {
            assert!(known.contains(name), "{page}: {name} in {query}");
        }
    }
}

#[tokio::test]
async fn prometheus_answers_every_query() {
    let folder = TempDir::new().expect("a directory can be made");
    let demo = format!("127.0.0.1:{}", free_port());
    let _demo = start_demo(folder.path(), &demo);
    let prometheus = Prometheus::scraping(folder.path(), &demo);
    eventually("Prometheus has heard of kcwatch", async || {
        let heard = prometheus.count("kcwatch_target_info").await;
        heard.filter(|count| *count > 0)
    })
    .await;
    for (page, query) in queries() {
        let answer = prometheus.ask("query", &[("query", &query)]).await;
        let answer = answer.expect("Prometheus is there");
        assert_eq!(answer["status"], "success", "{page}: {query}{answer}");
    }
}

/// The name of the page, and the query.
fn queries() -> Vec<(String, String)> {
    let of_page = |page: super::pages::Page| {
        let name = page.name.clone();
        let queries = blocks(&page.text, "promql");
        queries.into_iter().map(move |query| (name.clone(), query))
    };
    let found: Vec<_> = all().into_iter().flat_map(of_page).collect();
    assert!(found.len() > 20, "{found:#?}");
    found
}

/// What looks like a metric: a word outside of quotes before a `{`, or with one of our beginnings.
fn metrics(query: &str) -> Vec<&str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    let outside = query.split('"').step_by(2);
    let words = outside.flat_map(|part| part.split_inclusive(move |c| !is_part(c)));
    words
        .filter_map(|word| {
            let name = word.trim_end_matches(|c| !is_part(c));
            let is_selector = word.ends_with('{') && !name.is_empty();
            let beginnings = ["kcwatch_", "process_", "target:", "store:", "job:"];
            let is_ours = beginnings.iter().any(|ours| name.starts_with(ours));
            (is_selector || is_ours).then_some(name)
        })
        .collect()
}

#[test]
fn metrics_are_found_in_queries() {
    let query = "max(up{job=\"kcwatch_x\"}) / on (target) kcwatch_target_info unless target:a:max";
    let expected = ["up", "kcwatch_target_info", "target:a:max"];
    assert_eq!(metrics(query), expected);
}
