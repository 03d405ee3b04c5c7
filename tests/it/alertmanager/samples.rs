//! Alerts as Prometheus sends them, and notifications as Alertmanager makes them of those.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::yaml::tree;

/// What the shipped configuration groups by.
const GROUP_BY: [&str; 6] = [
    "alertname",
    "namespace",
    "job",
    "target",
    "store",
    "severity",
];

/// What the rules that are shipped say, as promtool finds it. Time begins at 0 there.
const TOLD: &str = include_str!("../../../alerts/tests/expiry.yaml");

/// An alert that fires.
pub(super) fn alert(labels: &Value, annotations: &Value) -> Value {
    let mut labels = labels.clone();
    labels["service"] = "rhidp".into();
    let mut annotations = annotations.clone();
    let name = labels["alertname"].as_str().unwrap();
    let runbook = format!("https://runbooks.example.com/{name}.md");
    if annotations["runbook"].is_null() {
        annotations["runbook"] = runbook.into();
    }
    json!({
        "status": "firing",
        "labels": labels,
        "annotations": annotations,
        "startsAt": "2025-01-01T01:16:00Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "https://prometheus.example.com/graph",
    })
}

/// The same alert when it has ended.
pub(super) fn ended(mut alert: Value) -> Value {
    alert["status"] = "resolved".into();
    alert["endsAt"] = "2025-01-03T13:05:00Z".into();
    alert
}

/// A token of `prod` that expires soon, in the words of the rules that are shipped.
pub(super) fn expiring(level: &str, severity: &str) -> Value {
    let text = TOLD.replace(" 1970", " 2025");
    let tests = tree(&text)["tests"].take();
    let checks = tests.as_array().unwrap().iter();
    let checks = checks.filter_map(|test| test["alert_rule_test"].as_array());
    let alerts = checks
        .flatten()
        .filter(|check| check["alertname"] == "InitialAccessTokenExpiring")
        .filter_map(|check| check["exp_alerts"].as_array());
    let found = alerts
        .flatten()
        .find(|alert| alert["exp_labels"]["level"] == level)
        .unwrap();
    let mut labels = found["exp_labels"].clone();
    labels["alertname"] = "InitialAccessTokenExpiring".into();
    labels["severity"] = severity.into();
    alert(&labels, &found["exp_annotations"])
}

/// A token of `stage` that fails a check.
pub(super) fn failed(check: &str) -> Value {
    let labels = json!({
        "alertname": "InitialAccessTokenCheckFailed", "severity": "medium", "check": check,
        "job": "kcwatch", "target": "stage",
    });
    let annotations = json!({
        "summary": format!("The Initial Access Token stage fails the check {check}"),
        "message": format!("The Initial Access Token for sso.stage.example.com (stage) fails {check}. Compare where each was written."),
    });
    alert(&labels, &annotations)
}

/// A client secret of a target, at this level.
pub(super) fn secret(name: &str, client: &str, target: &str, level: &str) -> Value {
    let severity = match level {
        "notice" => "medium",
        _ => "high",
    };
    let labels = json!({
        "alertname": name, "severity": severity, "level": level, "job": "kcwatch", "target": target, "client": client,
    });
    let annotations = json!({
        "summary": format!("The client secret {client} of {target} expires soon"),
        "message": format!("The secret of the client {client} at sso.example.com (prod) expires in 3d 23h, on 5 January 2025 at 01:00 UTC."),
        "description": "Subject: New client secrets for sso.example.com (prod)\n\n- client-000: expires on 5 January 2025\n- and 199 more",
    });
    alert(&labels, &annotations)
}

/// An alert about an integration.
pub(super) fn integration(name: &str, target: &str) -> Value {
    let labels = json!({"alertname": name, "severity": "high", "job": "kcwatch", "target": target});
    alert(&labels, &json!({"summary": name, "message": name}))
}

/// Nobody watches.
pub(super) fn down() -> Value {
    let labels = json!({"alertname": "KcwatchDown", "severity": "medium", "job": "kcwatch"});
    let annotations = json!({
        "summary": "kcwatch is down",
        "message": "Prometheus reaches no kcwatch, so nobody watches. See whether it runs.",
    });
    alert(&labels, &annotations)
}

/// A notification about these alerts, which are of one group.
pub(super) fn notification(alerts: &[Value]) -> Value {
    let firing = alerts.iter().any(|alert| alert["status"] == "firing");
    let labels = common(alerts, "labels");
    let group: Map<String, Value> = labels
        .iter()
        .filter(|(name, _)| GROUP_BY.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    json!({
        "receiver": "kcwatch-page",
        "status": if firing { "firing" } else { "resolved" },
        "externalURL": "https://alertmanager.example.com",
        "groupLabels": group,
        "commonLabels": labels,
        "commonAnnotations": common(alerts, "annotations"),
        "alerts": alerts,
    })
}

/// What all of them have alike.
fn common(alerts: &[Value], what: &str) -> BTreeMap<String, Value> {
    let first = alerts[0][what].as_object().unwrap();
    let alike = |name: &String, value: &Value| {
        alerts
            .iter()
            .all(|alert| alert[what].get(name) == Some(value))
    };
    first
        .iter()
        .filter(|(name, value)| alike(name, value))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}
