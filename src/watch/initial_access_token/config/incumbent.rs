//! Whether the expiry is told under the incumbent's name, too: the key `incumbent_metric`.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    config::{problems::Key, report::Report, text},
    model::SecretPath,
};

/// What the incumbent's metric says about a token beside the path of its secret: the labels that dashboards ask for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct IncumbentMetric {
    /// The integration that gave it the name.
    pub integration: String,
    /// The environment of `OpenShift` Cluster Manager that it ran in.
    pub ocm_environment: String,
}

/// Whether the expiry is told under the name that the incumbent gives it, too.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "IncumbentMetric")]
#[serde(deny_unknown_fields)]
pub(super) struct RawIncumbentMetric {
    /// The label `integration`, as dashboards ask for it.
    #[serde(default = "integration")]
    integration: String,
    /// The label `ocm_environment`, such as `production`.
    #[schemars(required)]
    ocm_environment: Option<String>,
}

fn integration() -> String {
    "rhidp-sso-client".to_owned()
}

/// The labels, if the metric is asked for and they are good.
pub(super) fn check(
    raw: RawIncumbentMetric,
    at: &Key,
    report: &mut Report,
) -> Option<IncumbentMetric> {
    let [integration, environment] = ["integration", "ocm_environment"].map(|name| at.key(name));
    let what = "the label of that name, such as production";
    let ocm_environment = text::required(raw.ocm_environment, &environment, what, report);
    let written = report.as_written(&integration, raw.integration);
    let integration = text::optional(written, &integration, report);
    Some(IncumbentMetric {
        integration: integration?,
        ocm_environment: ocm_environment?,
    })
}

/// The series of the incumbent's metric that targets give, and where each is asked for. Two targets could give the same one,
/// as it does not say the target; Prometheus would keep the first sample and drop the other (observed in 2.42).
#[derive(Debug, Default)]
pub(crate) struct Taken {
    series: BTreeMap<(Arc<IncumbentMetric>, SecretPath), Key>,
    labels: BTreeSet<Arc<IncumbentMetric>>,
}

impl Taken {
    /// The labels, unless a target before gives the same series.
    pub(super) fn take(
        &mut self,
        labels: IncumbentMetric,
        path: &SecretPath,
        at: &Key,
        report: &mut Report,
    ) -> Option<Arc<IncumbentMetric>> {
        let labels = self.shared(labels);
        let series = (Arc::clone(&labels), path.clone());
        if let Some(other) = self.series.get(&series) {
            let text = format!(
                "must not give the same series as {other}: the paths are equal, so integration or ocm_environment must differ"
            );
            report.refuse(at, text);
            return None;
        }
        self.series.insert(series, at.clone());
        Some(labels)
    }

    /// Most targets have the same labels; these share them.
    fn shared(&mut self, labels: IncumbentMetric) -> Arc<IncumbentMetric> {
        if let Some(shared) = self.labels.get(&labels) {
            return Arc::clone(shared);
        }
        let labels = Arc::new(labels);
        self.labels.insert(Arc::clone(&labels));
        labels
    }
}
