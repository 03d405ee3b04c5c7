//! The whole configuration as people write it, and the way from there to what has been checked.

use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf, sync::Arc};

use schemars::JsonSchema;
use serde::{Deserialize, de::DeserializeOwned};

use crate::{
    model::{ProviderName, StoreName, TierName},
    store::settings::Store,
    watch::Target,
};

use super::{
    alerts::{self, RawAlerts},
    identity_providers::{self, RawIdentityProvider},
    log::{self, RawLog},
    poll::{self, RawPoll},
    problems::{Key, Problems},
    reload::{self, RawReload},
    report::{Named, Report},
    request::{self, RawRequest},
    settings::Config,
    stores::{self, RawStore},
    targets::{self, Known, RawTarget},
    text,
    tiers::{self, RawTier},
    unread::Unread,
};

/// The sections, in the order of [`Document`], which is the order of the examples too.
pub(super) const SECTIONS: [&str; 12] = [
    "listen",
    "web_config_file",
    "log",
    "poll",
    "reload",
    "state_file",
    "stores",
    "tiers",
    "identity_providers",
    "targets",
    "alerts",
    "request",
];

/// The entries of a section, by name.
type Entries<T> = BTreeMap<String, Unread<T>>;

/// The configuration of kcwatch.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(title = "kcwatch configuration", rename = "Configuration", extend("required" = ["targets"]))]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    /// The IP address and port that the listener binds, such as `[::]:10037` or `127.0.0.1:10037`. A change needs a
    /// restart.
    #[serde(default = "default_listen")]
    listen: String,
    /// The file that protects the listener, in the format of Prometheus' exporter-toolkit: TLS, client certificates, passwords,
    /// headers. It and the files it names are read again when they change. `null`: whoever reaches the listener may ask.
    #[serde(default)]
    web_config_file: Option<String>,
    /// How logs are written, to standard error. A change needs a restart.
    #[serde(default)]
    log: Unread<RawLog>,
    /// When and how targets are read.
    #[serde(default)]
    poll: Unread<RawPoll>,
    /// How a changed configuration is noticed. SIGHUP always works.
    #[serde(default)]
    reload: Unread<RawReload>,
    /// The absolute path of one small file that outlives the process, such as `/var/lib/kcwatch/state.json`: what was
    /// learnt about each target and which registrations were counted, never a secret. Its directory must exist and be
    /// writable. `null`: all of that is forgotten when the process ends. A change needs a restart.
    #[serde(default)]
    #[schemars(regex(pattern = "^/"))]
    state_file: Option<String>,
    /// Where secrets are read, by a name of your choice.
    #[serde(default)]
    stores: Entries<RawStore>,
    /// What targets of one tier have in common. `prod` and `stage` are built in, and what is written here is merged
    /// with them; every other tier must say everything.
    #[serde(default)]
    #[schemars(extend("default" = tiers::built_in()))]
    tiers: Entries<RawTier>,
    /// The realms of Keycloak, by a name of your choice.
    #[serde(default)]
    identity_providers: Entries<RawIdentityProvider>,
    /// What is watched.
    #[serde(default)]
    #[schemars(length(min = 1))]
    targets: Vec<Unread<RawTarget>>,
    /// What `kcwatch rules` needs to know. The daemon itself sends no alert.
    #[serde(default)]
    alerts: Unread<RawAlerts>,
    /// How another token is asked for: the ticket that alerts carry and `kcwatch request` prints.
    #[serde(default)]
    request: Unread<RawRequest>,
}

fn default_listen() -> String {
    "[::]:10037".to_owned()
}

impl Document {
    /// Checks every section, in the order of the file.
    pub(super) fn check(self, mut report: Report) -> Result<Config, Problems> {
        let checked = self.sections(&mut report);
        match checked {
            Some(config) if report.is_empty() => Ok(config),
            _ => Err(report.into_problems(&SECTIONS)),
        }
    }

    fn sections(self, report: &mut Report) -> Option<Config> {
        let key = |name| Key::default().key(name);
        let listen = listen(&self.listen, &key("listen"), report);
        let at = key("web_config_file");
        let web_config_file = self
            .web_config_file
            .map(|path| text::path(Some(path), &at, "the path of a file", report));
        let log = section(self.log, &key("log"), report, log::check);
        let poll = section(self.poll, &key("poll"), report, poll::check).unwrap_or_default();
        let reload = section(self.reload, &key("reload"), report, reload::check);
        let state_file = self
            .state_file
            .map(|path| state_file(&path, &key("state_file"), report));
        let known = known(self.stores, self.tiers, self.identity_providers, report);
        let targets = targets(self.targets, &key("targets"), (&known, &poll), report);
        let alerts = section(self.alerts, &key("alerts"), report, alerts::check);
        let request = section(self.request, &key("request"), report, request::check);
        Some(Config {
            listen: listen?,
            web_config_file: match web_config_file {
                Some(path) => Some(path?),
                None => None,
            },
            log: log?,
            poll: poll.complete()?,
            reload: reload?,
            state_file: match state_file {
                Some(path) => Some(path?),
                None => None,
            },
            stores: by_name(known.stores)?,
            identity_providers: known
                .identity_providers
                .into_entries()?
                .into_values()
                .collect(),
            targets: targets?,
            alerts: alerts?,
            request: request??,
        })
    }
}

/// Reads one section and checks it.
fn section<T: DeserializeOwned, C>(
    raw: Unread<T>,
    at: &Key,
    report: &mut Report,
    check: impl FnOnce(&T, &Key, &mut Report) -> C,
) -> Option<C> {
    let raw = raw.read(at, report)?;
    Some(check(&raw, at, report))
}

/// The sections whose entries targets refer to by name.
fn known(
    stores: Entries<RawStore>,
    tiers: Entries<RawTier>,
    providers: Entries<RawIdentityProvider>,
    report: &mut Report,
) -> Known {
    let stores = named(stores, "stores", report, |name, raw, at, report| {
        let name = report.accept(at, StoreName::new(name));
        let store = stores::check(raw, at, report);
        name.and(store)
    });
    Known {
        tiers: named(tiers, "tiers", report, |name, raw, at, report| {
            let name = report.accept(at, TierName::new(name));
            let tier = tiers::check(raw, at, report);
            name.and(tier)
        }),
        identity_providers: named(
            providers,
            "identity_providers",
            report,
            |name, raw, at, report| {
                let name = report.accept(at, ProviderName::new(name));
                identity_providers::check(name, raw, at, &stores, report)
            },
        ),
        stores,
    }
}

/// Reads each entry of a section and checks it.
fn named<T: DeserializeOwned, C>(
    raw: Entries<T>,
    section: &str,
    report: &mut Report,
    check: impl Fn(&str, T, &Key, &mut Report) -> Option<C>,
) -> Named<C> {
    let section = Key::default().key(section);
    let entries = raw
        .into_iter()
        .map(|(name, raw)| {
            let at = section.key(&name);
            let raw = raw.read(&at, report);
            let checked = raw.and_then(|raw| check(&name, raw, &at, report));
            (name, checked)
        })
        .collect();
    Named::new(section, entries)
}

/// Reads each target and checks it; in the order of their names, and `None` unless all of them are good.
fn targets(
    raw: Vec<Unread<RawTarget>>,
    at: &Key,
    known: (&Known, &poll::Checked),
    report: &mut Report,
) -> Option<Vec<Arc<Target>>> {
    if raw.is_empty() {
        report.refuse(at, "at least one target is required, found none");
    }
    let mut taken = targets::Taken::default();
    let mut checked = Vec::with_capacity(raw.len());
    for (index, raw) in raw.into_iter().enumerate() {
        let at = at.index(index);
        let target = raw
            .read(&at, report)
            .and_then(|raw| targets::check(raw, &at, &mut taken, known, report));
        checked.push(target.map(Arc::new));
    }
    let mut targets: Vec<Arc<Target>> = checked.into_iter().collect::<Option<_>>()?;
    targets.sort_by(|one, other| one.name.cmp(&other.name));
    Some(targets)
}

fn by_name(stores: Named<Store>) -> Option<BTreeMap<StoreName, Store>> {
    let named = |(name, store): (String, Store)| Some((StoreName::new(&name).ok()?, store));
    stores.into_entries()?.into_iter().map(named).collect()
}

fn listen(text: &str, at: &Key, report: &mut Report) -> Option<SocketAddr> {
    let form = "must be an IP address with a port, such as [::]:10037 or 127.0.0.1:10037";
    report.accept(at, text.parse().map_err(|_may_quote_it| form))
}

fn state_file(text: &str, at: &Key, report: &mut Report) -> Option<PathBuf> {
    let path = text::path(Some(text.to_owned()), at, "the path of a file", report)?;
    if path.is_relative() {
        let text = "must be an absolute path, which begins with /: a daemon may be started in any directory";
        report.refuse(at, text);
    } else if matches!(text.rsplit('/').next(), Some("" | "." | "..")) {
        report.refuse(at, "must name a file, not a directory");
    }
    Some(path)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_section_has_its_place() {
        let schema = crate::config::schema();
        let keys: BTreeSet<&str> = schema["properties"]
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        assert_eq!(keys, BTreeSet::from(SECTIONS));
    }
}
