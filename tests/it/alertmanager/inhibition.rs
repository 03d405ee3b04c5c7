//! Which alert silences which: the matchers, held against the rules that are shipped.

use std::collections::BTreeSet;

use super::text_of;

const RULES: &str = "alerts/kcwatch.rules.yaml";

#[test]
fn every_alert_that_silences_or_is_silenced_exists() {
    let rules = text_of(RULES);
    let alerts: BTreeSet<&str> = rules
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("- alert: "))
        .collect();
    assert!(alerts.len() > 10, "{alerts:?}");
    let named = alerts_named();
    assert!(named.len() > 8, "{named:?}");
    for name in named {
        assert!(alerts.contains(name.as_str()), "no rule has {name}");
    }
}

#[test]
fn every_inhibition_is_about_the_same_namespace_and_job() {
    let config = text_of("alerts/alertmanager/alertmanager.yaml");
    let equal: Vec<&str> = config
        .lines()
        .filter_map(|line| line.trim().strip_prefix("equal: "))
        .collect();
    assert_eq!(equal.len(), config.matches("- source_matchers").count());
    for labels in equal {
        assert!(labels.contains("namespace, job, "), "{labels}");
    }
}

/// The alerts in all matchers of the configuration, `a(b|c)` and `a|b` spelt out.
fn alerts_named() -> BTreeSet<String> {
    let config = text_of("alerts/alertmanager/alertmanager.yaml");
    let matchers = config.split("alertname").skip(1);
    matchers
        .filter_map(|rest| rest.strip_prefix("=~\"").or(rest.strip_prefix("=\"")))
        .filter_map(|rest| rest.split('"').next())
        .flat_map(spelt_out)
        .collect()
}

fn spelt_out(pattern: &str) -> Vec<String> {
    let (before, choice) = match pattern.split_once('(') {
        Some((before, choice)) => (before, choice.trim_end_matches(')')),
        None => ("", pattern),
    };
    let choices = choice.split('|');
    choices.map(|one| format!("{before}{one}")).collect()
}
