//! The queries of `docs/metrics.md` are asked of a real Prometheus that scrapes a real kcwatch: each must be answered.

use std::collections::BTreeSet;

use kcwatch::page::catalog;
use tempfile::TempDir;

use super::metrics::DOCUMENT;
use crate::daemon::demo::start_demo;
use crate::servers::{Prometheus, eventually, free_port};

/// Metrics whose queries look for what the demo does not have: they must be answered, but with nothing.
const SILENT: &[&str] = &[
    "kcwatch_client_secrets",
    "kcwatch_client_secrets_unclear",
    "kcwatch_config_last_reload_successful",
    "kcwatch_http_connections_refused_total",
    "kcwatch_http_requests_unauthenticated_total",
    "kcwatch_iat_clients_source",
    "kcwatch_iat_clients_timestamp_seconds",
    "kcwatch_iat_registration_possible",
    "kcwatch_iat_rehearsal_answer",
    "kcwatch_iat_rehearsal_timestamp_seconds",
    "kcwatch_iat_rotations_total",
    "kcwatch_identity_provider_last_success_timestamp_seconds",
    "kcwatch_oidc_certificate_expiration_timestamp_seconds",
    "kcwatch_oidc_clock_offset_limit_seconds",
    "kcwatch_oidc_keys_changed_timestamp_seconds",
    "kcwatch_store_logins_total",
    "kcwatch_store_token_expiration_timestamp_seconds",
    "kcwatch_target_last_attempt_timestamp_seconds",
    "kcwatch_target_poll_interval_seconds",
    "kcwatch_web_certificate_expiry_timestamp_seconds",
    "kcwatch_web_config_last_reload_success_timestamp_seconds",
    "kcwatch_web_config_last_reload_successful",
    "rhidp_sso_client_inital_access_token_expiration",
];

/// What the names of our metrics begin with; a word in a query that begins so is the name of a metric.
const PREFIXES: &[&str] = &["kcwatch_", "rhidp_sso_client_"];

#[test]
fn every_metric_begins_as_names_in_queries_are_known_by() {
    for metric in catalog() {
        assert!(is_name(metric.name), "{}", metric.name);
    }
}

fn is_name(word: &str) -> bool {
    PREFIXES.iter().any(|start| word.starts_with(start))
}

#[test]
fn queries_ask_only_for_metrics_that_exist() {
    let known: BTreeSet<&str> = catalog().iter().map(|metric| metric.name).collect();
    for (_, query) in queries() {
        let words = query.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        for name in words.filter(|word| is_name(word)) {
            assert!(known.contains(name), "{name} in {query}");
        }
    }
}

#[tokio::test]
async fn every_query_finds_what_it_is_for() {
    let folder = TempDir::new().expect("a directory can be made");
    let demo = format!("127.0.0.1:{}", free_port());
    let _demo = start_demo(folder.path(), &demo);
    let prometheus = Prometheus::scraping(folder.path(), &demo);
    // A rate needs two scrapes, and some failures to happen between them.
    for counter in [
        "target_failures",
        "store_login_failures",
        "identity_provider_failures",
    ] {
        let failed = format!("increase(kcwatch_{counter}_total[1h]) > 0");
        eventually("Prometheus sees a failure", async || {
            prometheus.count(&failed).await.filter(|count| *count > 0)
        })
        .await;
    }

    let mut silent = BTreeSet::new();
    for (metric, query) in queries() {
        match prometheus.count(query).await {
            Some(0) => drop(silent.insert(metric)),
            Some(_) => {}
            None => panic!("{metric}: Prometheus cannot answer {query}"),
        }
    }
    assert_eq!(silent, SILENT.iter().copied().collect());
}

/// What stands in the blocks of PromQL: the metric under whose heading, the query.
fn queries() -> Vec<(&'static str, &'static str)> {
    let blocks = DOCUMENT.split("\n### `").map(|block| {
        let name = block.split('`').next().unwrap_or_default();
        let query = block.split("```promql\n").nth(1)?.split("```").next()?;
        Some((name, query.trim()))
    });
    let found: Vec<_> = blocks.flatten().collect();
    assert!(found.len() > 20, "{found:#?}");
    found
}
