//! `deploy/grafana/configmap.yaml` holds the boards, as App-SRE's Grafana takes them.

use std::fmt::Write as _;

use serde_json::Value;

use super::{BOARDS, board::path, boards};
use crate::config::{assert_file, text_of};

const CONFIG_MAP: &str = "deploy/grafana/configmap.yaml";

const HEAD: &str = "\
# Written from the boards beside it: KCWATCH_BLESS=1 cargo test --test it dashboards
apiVersion: v1
kind: ConfigMap
metadata:
  name: grafana-dashboard-kcwatch
  labels:
    grafana_dashboard: \"true\"
  annotations:
    grafana-folder: /grafana-dashboard-definitions/SRE-Capabilities
data:
";

/// What `kubectl apply` can take: it keeps a copy of the whole in an annotation.
const LARGEST: usize = 256 * 1024;

/// The boards as literal blocks of YAML.
fn written() -> String {
    let mut text = HEAD.to_owned();
    for name in BOARDS {
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
    let text = written();
    assert!(text.len() < LARGEST, "{} bytes", text.len());
    let source = config::File::from_str(&text, config::FileFormat::Yaml);
    let built = config::Config::builder().add_source(source).build();
    let read: Value = built.unwrap().try_deserialize().unwrap();
    let data = read["data"].as_object().unwrap();
    assert_eq!(data.len(), BOARDS.len());
    for board in boards() {
        let held = data[&format!("{}.json", board.name)].as_str().unwrap();
        assert_eq!(serde_json::from_str::<Value>(held).unwrap(), board.json);
    }
}
