//! The process that the unit describes.

use std::collections::BTreeMap;

use super::process::{Process, Rights};
use crate::{config::text_of, yaml};

/// The unit.
pub(super) const UNIT: &str = "deploy/systemd/kcwatch.service";
/// The configuration that the package brings with it.
pub(super) const CONFIGURATION: &str = "deploy/debian/kcwatch.yaml";

/// The settings of the section `[Service]`, each with all that is said about it.
pub(super) fn settings() -> BTreeMap<String, Vec<String>> {
    let unit = text_of(UNIT);
    let service = unit.split("[Service]").nth(1).unwrap();
    let service = service.split("[Install]").next().unwrap();
    let mut settings = BTreeMap::<String, Vec<String>>::new();
    for line in service
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        let (key, value) = line.split_once('=').expect("a setting");
        settings
            .entry(key.to_owned())
            .or_default()
            .push(value.to_owned());
    }
    settings
}

/// The one value of a setting.
pub(super) fn setting(key: &str) -> String {
    let settings = settings();
    let values = settings.get(key).unwrap_or_else(|| panic!("no {key}"));
    assert_eq!(values.len(), 1, "{key}");
    values[0].clone()
}

fn seconds(key: &str) -> u64 {
    setting(key).parse().expect("a number of seconds")
}

/// The process that it describes.
pub(super) fn process() -> Process {
    let config = yaml::tree(&text_of(CONFIGURATION));
    let (_, port) = config["listen"].as_str().unwrap().rsplit_once(':').unwrap();
    let memory = setting("MemoryMax");
    let mebibytes: u64 = memory.strip_suffix('M').unwrap().parse().unwrap();
    Process {
        command: setting("ExecStart").split(' ').map(str::to_owned).collect(),
        configuration: format!("/etc/{}/kcwatch.yaml", setting("ConfigurationDirectory")),
        state: config["state_file"].as_str().unwrap().to_owned(),
        port: port.parse().unwrap(),
        dead_after: seconds("WatchdogSec"),
        ready_when_all_were_tried: setting("Type") == "notify",
        patience: seconds("TimeoutStopSec"),
        memory: mebibytes * 1024 * 1024,
        rights: rights(),
    }
}

fn rights() -> Rights {
    assert_eq!(setting("ProtectSystem"), "strict");
    assert_eq!(setting("AmbientCapabilities"), "");
    let capabilities = setting("CapabilityBoundingSet");
    Rights {
        root: setting("DynamicUser") != "yes",
        more: setting("NoNewPrivileges") != "yes",
        capabilities: capabilities.split_whitespace().map(str::to_owned).collect(),
        every_call: !settings()["SystemCallFilter"].contains(&"@system-service".to_owned()),
        writes: vec![format!("/var/lib/{}", setting("StateDirectory"))],
    }
}
