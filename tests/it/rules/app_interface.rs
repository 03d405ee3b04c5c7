//! What the closed schemas of App-SRE's app-interface allow, of rules and of their tests.

use std::fs;

use serde_json::Value;

use super::{alerts_of, rules_of, shipped::OBJECT};
use crate::{config::text_of, yaml::tree};

const SEVERITIES: [&str; 8] = [
    "deadman",
    "critical",
    "critical-fts",
    "high",
    "warning",
    "medium",
    "info",
    "test",
];
/// Those of its list that rules of ours could have.
const LABELS: [&str; 9] = [
    "severity",
    "service",
    "team",
    "component",
    "job",
    "namespace",
    "env",
    "channel",
    "app_team",
];
const ANNOTATIONS: [&str; 4] = ["message", "summary", "description", "html"];
const LINKS: [&str; 5] = ["runbook", "dashboard", "link_url", "logs_url", "kibana_url"];

#[test]
fn its_schema_refuses_nothing_of_the_rules() {
    assert_eq!(refused(&tree(&text_of(OBJECT))), Vec::<String>::new());
}

#[test]
fn what_its_schema_refuses_is_found() {
    let object = tree(&text_of(OBJECT));
    let alert = rules_of(&object)
        .iter()
        .position(|rule| rule.get("alert").is_some())
        .expect("an alert");
    let at = |rest: &str| format!("/spec/groups/0/rules/{alert}{rest}");
    for (place, key, value) in [
        (at(""), "keep_firing_for", "5m"),
        (at("/labels"), "severity", "page"),
        (at("/labels"), "pager", "yes"),
        (at("/annotations"), "runbook_url", "https://example.com"),
        (at("/annotations"), "runbook", "see {{ $labels.target }}"),
        ("/metadata/labels".to_owned(), "prometheus", "ours"),
        ("/spec".to_owned(), "more", "x"),
        (String::new(), "$schema", "/x"),
    ] {
        let mut changed = object.clone();
        changed.pointer_mut(&place).expect("it is there")[key] = value.into();
        assert_eq!(refused(&changed).len(), 1, "{place} {key}");
    }
    let mut changed = object.clone();
    changed
        .pointer_mut(&at("/annotations"))
        .expect("it is there")["message"] = Value::Null;
    assert_eq!(refused(&changed).len(), 1, "no message");
}

#[test]
fn its_schema_refuses_nothing_of_the_tests_of_rules() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/alerts/tests");
    for file in fs::read_dir(folder).expect("it can be listed") {
        let path = file.expect("it can be read").path();
        let tests = tree(&fs::read_to_string(&path).expect("it can be read"));
        let found = refused_of_tests(&tests);
        assert_eq!(found, Vec::<String>::new(), "{}", path.display());
    }
}

/// What is refused of an object with rules.
fn refused(object: &Value) -> Vec<String> {
    let mut found = Vec::new();
    others(
        object,
        "",
        &["$schema", "apiVersion", "kind", "metadata", "spec"],
        &mut found,
    );
    others(&object["spec"], "spec", &["groups"], &mut found);
    for (place, expected) in [
        ("/$schema", "/openshift/prometheus-rule-1.yml"),
        ("/apiVersion", "monitoring.coreos.com/v1"),
        ("/kind", "PrometheusRule"),
        ("/metadata/labels/prometheus", "app-sre"),
        ("/metadata/labels/role", "alert-rules"),
    ] {
        if object.pointer(place).and_then(Value::as_str) != Some(expected) {
            found.push(format!("{place} must be {expected}"));
        }
    }
    for rule in rules_of(object) {
        if let Some(name) = rule["record"].as_str() {
            others(rule, name, &["record", "expr", "labels"], &mut found);
        }
    }
    for alert in alerts_of(object) {
        refused_of_alert(alert, &mut found);
    }
    found
}

fn refused_of_alert(alert: &Value, found: &mut Vec<String>) {
    let name = alert["alert"].as_str().expect("a name");
    let (labels, annotations) = (&alert["labels"], &alert["annotations"]);
    others(
        alert,
        name,
        &["alert", "expr", "for", "labels", "annotations"],
        found,
    );
    others(labels, name, &LABELS, found);
    others(
        annotations,
        name,
        &[&ANNOTATIONS[..], &LINKS[..]].concat(),
        found,
    );
    if !labels["service"].is_string() {
        found.push(format!("{name}: no service"));
    }
    if !annotations["message"].is_string() {
        found.push(format!("{name}: no message"));
    }
    let severity = labels
        .get("severity")
        .map(|severity| severity.as_str().unwrap_or_default());
    if severity.is_some_and(|severity| !SEVERITIES.contains(&severity)) {
        found.push(format!("{name}: {severity:?}"));
    }
    for link in LINKS.iter().filter_map(|link| annotations.get(link)) {
        if url::Url::parse(link.as_str().unwrap_or_default()).is_err() {
            found.push(format!("{name}: {link} is no URI"));
        }
    }
}

/// What is refused of tests, in the form of its own schema: with a first line that promtool would not take.
fn refused_of_tests(file: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let outermost = [
        "rule_files",
        "evaluation_interval",
        "group_eval_order",
        "tests",
    ];
    others(file, "", &outermost, &mut found);
    let parts = [
        "interval",
        "input_series",
        "alert_rule_test",
        "promql_expr_test",
        "external_labels",
    ];
    for test in file["tests"].as_array().expect("tests") {
        others(test, "test", &parts, &mut found);
        for (part, keys) in [
            ("input_series", &["series", "values"][..]),
            ("alert_rule_test", &["eval_time", "alertname", "exp_alerts"]),
            ("promql_expr_test", &["expr", "eval_time", "exp_samples"]),
        ] {
            for entry in test[part].as_array().into_iter().flatten() {
                others(entry, part, keys, &mut found);
                for alert in entry["exp_alerts"].as_array().into_iter().flatten() {
                    others(alert, part, &["exp_labels", "exp_annotations"], &mut found);
                    let is_whole =
                        alert["exp_labels"].is_object() && alert["exp_annotations"].is_object();
                    found.extend(
                        (!is_whole).then(|| format!("{}: half an alert", entry["alertname"])),
                    );
                }
            }
        }
        if !test["interval"].is_string() || !test["input_series"].is_array() {
            found.push("a test without interval or series".to_owned());
        }
    }
    found
}

/// Notes every key of a table that is not among the known ones.
fn others(table: &Value, at: &str, known: &[&str], found: &mut Vec<String>) {
    let keys = table.as_object().into_iter().flatten().map(|(key, _)| key);
    let unknown = keys.filter(|key| !known.contains(&key.as_str()));
    found.extend(unknown.map(|key| format!("{at}: {key}")));
}
