//! `deploy/grafana/configmap.yaml` holds the boards, as App-SRE's Grafana takes them.

use std::{collections::BTreeMap, fmt::Write as _};

use serde_json::Value;

use super::{BOARDS, board::path, boards};
use crate::config::{assert_file, text_of};

const CONFIG_MAP: &str = "deploy/grafana/configmap.yaml";

/// The objects, each with its boards: all in one would be too large.
const OBJECTS: [(&str, &[&str]); 2] = [
    ("grafana-dashboard-kcwatch", BOARDS.split_at(2).0),
    ("grafana-dashboard-kcwatch-kinds", BOARDS.split_at(2).1),
];

const WHENCE: &str =
    "# Written from the boards beside it: KCWATCH_BLESS=1 cargo test --test it dashboards\n";

const HEAD: &str = "\
apiVersion: v1
kind: ConfigMap
metadata:
  name: NAME
  labels:
    grafana_dashboard: \"true\"
  annotations:
    grafana-folder: /grafana-dashboard-definitions/SRE-Capabilities
data:
";

/// What `kubectl apply` can take: it keeps a copy of the whole in an annotation.
const LARGEST: usize = 256 * 1024;

/// All objects.
fn written() -> String {
    let objects = OBJECTS.map(|(name, boards)| object(name, boards));
    format!("{WHENCE}{}", objects.join("---\n"))
}

/// Boards as literal blocks of YAML.
fn object(name: &str, boards: &[&str]) -> String {
    let mut text = HEAD.replace("NAME", name);
    for name in boards {
        writeln!(text, "  {name}.json: |").expect("a text takes all");
        for line in text_of(&path(name)).lines() {
            writeln!(text, "    {line}").expect("a text takes all");
        }
    }
    text
}

#[test]
fn the_config_map_is_made_of_the_boards() {
    assert_file(CONFIG_MAP, &written());
}

#[test]
fn kubernetes_can_read_the_boards_from_the_config_map() {
    let mut held = BTreeMap::<String, String>::new();
    for (name, boards) in OBJECTS {
        let text = object(name, boards);
        assert!(text.len() < LARGEST, "{name}: {} bytes", text.len());
        let source = config::File::from_str(&text, config::FileFormat::Yaml);
        let built = config::Config::builder().add_source(source).build();
        let mut read: Value = built.unwrap().try_deserialize().unwrap();
        held.append(&mut serde_json::from_value(read["data"].take()).unwrap());
    }
    assert_eq!(held.len(), BOARDS.len());
    for board in boards() {
        let text = &held[&format!("{}.json", board.name)];
        assert_eq!(serde_json::from_str::<Value>(text).unwrap(), board.json);
    }
}
