//! The alerts as the rules have them.

use kcwatch::{
    config::{Config, load_text},
    rules::{Format, Thresholds, rules},
};
use yaml_rust2::{Yaml, YamlLoader};

/// What the rules in `alerts/` are printed from.
const CONFIG: &str = include_str!("../../../config/app-sre.yaml");

/// The rules of one installation.
pub(super) struct Rules {
    pub(super) config: Config,
    document: Yaml,
}

/// One alert.
pub(super) struct Alert<'a>(&'a Yaml);

impl Rules {
    /// Those of the operating procedure, with the alert that must be asked for.
    pub(super) fn printed() -> Self {
        let text = CONFIG.replace("\nalerts:\n", "\nalerts:\n  unknown_clients: true\n");
        let config = load_text(&text).unwrap_or_else(|problems| panic!("{problems}"));
        let text = rules(&config, Format::Plain, Thresholds::Metrics).unwrap();
        let document = YamlLoader::load_from_str(&text).unwrap().remove(0);
        Self { config, document }
    }

    /// The alerts, in the order of the rules.
    pub(super) fn alerts(&self) -> Vec<Alert<'_>> {
        let found: Vec<_> = self
            .all()
            .filter(|rule| rule["alert"].as_str().is_some())
            .map(Alert)
            .collect();
        assert!(found.len() > 15, "only {} alerts", found.len());
        found
    }

    /// What they record.
    pub(super) fn recorded(&self) -> impl Iterator<Item = &str> {
        self.all().filter_map(|rule| rule["record"].as_str())
    }

    fn all(&self) -> impl Iterator<Item = &Yaml> {
        let groups = self.document["groups"].as_vec().unwrap();
        groups
            .iter()
            .flat_map(|group| group["rules"].as_vec().unwrap())
    }
}

impl Alert<'_> {
    pub(super) fn name(&self) -> &str {
        self.0["alert"].as_str().unwrap()
    }

    /// How long it must be true before it fires, as in the rule: `15m`.
    pub(super) fn after(&self) -> &str {
        self.0["for"].as_str().unwrap()
    }

    /// Its severity; `None`: that of the threshold that is reached.
    pub(super) fn severity(&self) -> Option<&str> {
        self.0["labels"]["severity"].as_str()
    }

    pub(super) fn annotation(&self, name: &str) -> Option<&str> {
        self.0["annotations"][name].as_str()
    }

    /// Whether it is about one target.
    pub(super) fn is_about_a_target(&self) -> bool {
        let summary = self.annotation("summary").unwrap();
        summary.contains("$labels.target")
    }

    /// Whether there is one for `notice` and one for `urgent`.
    pub(super) fn has_levels(&self) -> bool {
        let expression = self.0["expr"].as_str().unwrap();
        ["level!=", "level=\"urgent\""]
            .iter()
            .any(|levels| expression.contains(levels))
    }
}
