//! Rules as a Kubernetes object, where they are wanted so.

use std::collections::BTreeMap;

use super::{Format, indented, marks::quoted};
use crate::config::Alerts;

/// What the schema of app-interface asks for: which Prometheus takes the rules, and what they are.
const OF_APP_INTERFACE: [(&str, &str); 2] = [("prometheus", "app-sre"), ("role", "alert-rules")];

/// Groups of rules, in this form.
pub(super) fn written(groups: &str, format: Format, alerts: &Alerts) -> String {
    let labels = &alerts.object_labels;
    match format {
        Format::Plain => groups.to_owned(),
        Format::PrometheusRule => object(groups, labels),
        Format::AppInterface => {
            let mut labels = labels.clone();
            labels
                .extend(OF_APP_INTERFACE.map(|(name, value)| (name.to_owned(), value.to_owned())));
            format!(
                "---\n$schema: /openshift/prometheus-rule-1.yml\n\n{}",
                object(groups, &labels)
            )
        }
    }
}

fn object(groups: &str, labels: &BTreeMap<String, String>) -> String {
    let labels = labels.iter().fold(String::new(), |text, (name, value)| {
        text + "\n    " + &quoted(name) + ": " + &quoted(value)
    });
    let labels = if labels.is_empty() { " {}" } else { &labels };
    format!(
        "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata:\n  name: kcwatch\n  labels:{labels}\nspec:\n{}",
        indented(groups, 2)
    )
}
