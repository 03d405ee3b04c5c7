//! Section `alerts`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{address, problems::Key, report::Report, settings::Alerts};

/// Labels that rules and series give themselves.
const TAKEN: [&str; 9] = [
    "alertname",
    "severity",
    "job",
    "namespace",
    "target",
    "level",
    "check",
    "source",
    "store",
];

/// What `kcwatch rules` needs to know. The daemon itself sends no alert.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "Alerts")]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawAlerts {
    /// The label `job` of what Prometheus scrapes from this installation. No other installation may have the same.
    job: String,
    /// The URL below which the files of `alerts/runbooks` are published; `kcwatch rules` needs it.
    runbooks: Option<String>,
    /// The URL of the Grafana that shows the dashboards; `null`: alerts name none.
    dashboards: Option<String>,
    /// Labels of every alert, beside its severity.
    labels: Labels,
    /// Labels of the Kubernetes object that holds the rules, by which an operator selects it.
    object_labels: Labels,
    /// Whether it is an alert, too, that nobody who is asked knows how many registrations are left.
    unknown_clients: bool,
}

/// Labels by name.
type Labels = BTreeMap<String, LabelValue>;

/// The value of a label.
#[derive(Debug, Deserialize, JsonSchema)]
struct LabelValue(String);

impl Default for RawAlerts {
    fn default() -> Self {
        Self {
            job: "kcwatch".to_owned(),
            runbooks: None,
            dashboards: None,
            labels: one_label("service"),
            object_labels: one_label("app"),
            unknown_clients: false,
        }
    }
}

pub(super) fn check(raw: &RawAlerts, at: &Key, report: &mut Report) -> Alerts {
    report.accept(&at.key("job"), job(&raw.job));
    Alerts {
        job: raw.job.clone(),
        runbooks: base(raw.runbooks.as_ref(), &at.key("runbooks"), report),
        dashboards: base(raw.dashboards.as_ref(), &at.key("dashboards"), report),
        labels: labels(&raw.labels, &at.key("labels"), report, label),
        object_labels: labels(
            &raw.object_labels,
            &at.key("object_labels"),
            report,
            |_, value| plain(value),
        ),
        unknown_clients: raw.unknown_clients,
    }
}

fn one_label(name: &str) -> Labels {
    Labels::from([(name.to_owned(), LabelValue("kcwatch".to_owned()))])
}

fn labels<E: std::fmt::Display>(
    raw: &Labels,
    at: &Key,
    report: &mut Report,
    check: impl Fn(&str, &str) -> Result<(), E>,
) -> BTreeMap<String, String> {
    for (name, LabelValue(value)) in raw {
        report.accept(&at.key(name), check(name, value));
    }
    let labels = raw
        .iter()
        .map(|(name, LabelValue(value))| (name.clone(), value.clone()));
    labels.collect()
}

fn base(raw: Option<&String>, at: &Key, report: &mut Report) -> Option<String> {
    let text = raw?;
    report.accept(at, address::base(text))?;
    Some(text.clone())
}

/// What needs no quotes in a query, which job names never do.
fn job(name: &str) -> Result<(), &'static str> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./:".contains(c);
    if name.is_empty() || !name.chars().all(is_plain) {
        return Err("must be made of ASCII letters, digits and any of _-./:");
    }
    Ok(())
}

fn label(name: &str, value: &str) -> Result<(), String> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let begins_well = name.starts_with(|c: char| c.is_ascii_alphabetic());
    if !begins_well || !name.chars().all(is_name) {
        return Err("must be named with ASCII letters, digits and _, a letter first".to_owned());
    }
    if TAKEN.contains(&name) {
        let taken = TAKEN.join(", ");
        return Err(format!("must not be one of {taken}: the rules set these"));
    }
    plain(value).map_err(str::to_owned)
}

/// The value of a label. Prometheus would take two braces for a template.
fn plain(value: &str) -> Result<(), &'static str> {
    if value.trim().is_empty() || value.contains("{{") || value.contains(char::is_control) {
        return Err("must have a value, without control characters and without {{");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_that_prometheus_would_not_take_are_refused() {
        for (name, value) in [("team", "app-sre"), ("jira_board", "Größe 3")] {
            assert!(label(name, value).is_ok(), "{name}");
        }
        for (name, value) in [
            ("", "x"),
            ("_x", "x"),
            ("9", "x"),
            ("a-b", "x"),
            ("severity", "x"),
            ("team", " "),
            ("team", "{{ $value }}"),
            ("team", "a\nb"),
        ] {
            assert!(label(name, value).is_err(), "{name}={value}");
        }
    }
}
