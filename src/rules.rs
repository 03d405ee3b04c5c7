//! The alert rules for an installation: [`Config`] → text that Prometheus loads. Pure.
//!
//! What alerts say stands in YAML beside this file, one file a subject, with marks such as `<<job>>` for what differs from one
//! installation to the next. `recordings` are the series that alerts look at, `facts` is what their texts ask for, `marks`
//! puts it all together, `object` makes it a Kubernetes object.

mod facts;
mod marks;
mod object;
mod recordings;

use thiserror::Error;

use crate::config::Config;
use marks::Marks;

/// The alerts, one text a subject, in the order in which they are printed.
const SUBJECTS: [&str; 5] = [
    include_str!("rules/initial_access_token.yaml"),
    include_str!("rules/client_secrets.yaml"),
    include_str!("rules/oidc_integration.yaml"),
    include_str!("rules/targets.yaml"),
    include_str!("rules/kcwatch.yaml"),
];

/// The alert that must be asked for.
const UNKNOWN_CLIENTS: &str = include_str!("rules/unknown_clients.yaml");

/// What identifies a target among all that one Prometheus sees.
const BY: &str = "namespace, job, target";

/// In what form rules are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// As a rule file of Prometheus.
    Plain,
    /// As an object of the Prometheus Operator.
    PrometheusRule,
    /// As such an object in a file of App-SRE's app-interface.
    AppInterface,
}

/// Where thresholds come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thresholds {
    /// From the metrics of kcwatch: a changed configuration is enough.
    Metrics,
    /// From the rules, as numbers that a review can see.
    Literal,
}

/// Why there are no rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NoRules {
    /// Every alert links its runbook, so it must be known where these are.
    #[error(
        "alerts.runbooks: is required for rules: the URL below which the files of alerts/runbooks are published, such as \
         https://git.example.com/kcwatch/alerts/runbooks (or set KCWATCH__ALERTS__RUNBOOKS)"
    )]
    RunbooksUnknown,
}

/// The rules for this installation.
///
/// # Errors
///
/// If the configuration does not say where the runbooks are.
pub fn rules(config: &Config, format: Format, thresholds: Thresholds) -> Result<String, NoRules> {
    let marks = Marks::of(config)?;
    let mut rules = recordings::recordings(config, thresholds);
    let unknown_clients = config.alerts.unknown_clients.then_some(UNKNOWN_CLIENTS);
    for subject in SUBJECTS.into_iter().chain(unknown_clients) {
        rules.push('\n');
        rules.push_str(subject);
    }
    let groups = format!(
        "groups:\n- name: kcwatch\n  rules:\n{}",
        marks.filled(&indented(&rules, 2))
    );
    Ok(object::written(&groups, format, &config.alerts))
}

/// Each line that is not empty, further to the right.
fn indented(text: &str, by: usize) -> String {
    let line = |line: &str| match line {
        "" => "\n".to_owned(),
        line => format!("{:by$}{line}\n", ""),
    };
    text.lines().map(line).collect()
}
