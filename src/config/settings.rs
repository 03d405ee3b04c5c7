//! The validated configuration: what the rest of the program is built from.

use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use crate::{
    keycloak::settings::IdentityProvider,
    model::{Request, StoreName},
    store::settings::Store,
    watch::Target,
};

/// A configuration in which everything has been checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Where the listener binds.
    pub listen: SocketAddr,
    /// The file that protects the listener; `None`: nothing does.
    pub web_config_file: Option<PathBuf>,
    /// How logs are written.
    pub log: Log,
    /// Defaults of the scheduler.
    pub poll: Poll,
    /// How a changed configuration is noticed.
    pub reload: Reload,
    /// The file that outlives the process, by its absolute path; `None`: nothing does.
    pub state_file: Option<PathBuf>,
    /// Where secrets are read.
    pub stores: BTreeMap<StoreName, Store>,
    /// The realms of Keycloak, in the order of their names, whether a target belongs to them or not.
    pub identity_providers: Vec<Arc<IdentityProvider>>,
    /// What is watched, in the order of the names; no two share a name.
    pub targets: Vec<Arc<Target>>,
    /// How Prometheus is told to alert.
    pub alerts: Alerts,
    /// How another token is asked for.
    pub request: Request,
}

/// How Prometheus is told to alert: what `kcwatch rules` needs to know. The daemon itself sends no alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alerts {
    /// The label `job` of what Prometheus scrapes from this installation.
    pub job: String,
    /// The URL below which the runbooks lie, without a `/` at its end.
    pub runbooks: Option<String>,
    /// The URL of Grafana, without a `/` at its end.
    pub dashboards: Option<String>,
    /// Labels of every alert.
    pub labels: BTreeMap<String, String>,
    /// Labels of the Kubernetes object that holds the rules.
    pub object_labels: BTreeMap<String, String>,
    /// Whether it is an alert that nobody who is asked knows how many registrations are left.
    pub unknown_clients: bool,
}

/// How logs are written, to standard error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// One JSON object a line, or text for people.
    pub format: LogFormat,
    /// A level, also for single modules, in the syntax of `tracing_subscriber::filter::Targets`: `info` or `info,kcwatch=debug`.
    pub level: String,
}

/// The form of a log line.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// Text for people.
    Text,
}

/// Defaults of the scheduler.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Poll {
    /// How long after one read of a target the next begins; a target may have its own.
    pub interval: Duration,
    /// How long one read may take; always below every target's interval.
    pub timeout: Duration,
    /// How many reads run at the same time, for each store.
    pub concurrency: usize,
}

/// How a changed configuration is noticed. SIGHUP always works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reload {
    /// How often the files are compared with what was loaded; `None`: not at all.
    pub watch: Option<Duration>,
    /// Whether `POST /-/reload` is answered.
    pub http: bool,
}
