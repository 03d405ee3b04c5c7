//! A chart can only read what lies in it, so it holds copies of rules, boards and the schema of the configuration.

use std::path::Path;

use serde_json::Value;

use super::values::SCHEMA;
use crate::config::{assert_file, text_of};

const BOARDS: [&str; 4] = ["clients", "integration", "overview", "target"];

#[test]
fn its_rules_and_boards_are_copies() {
    let rules = text_of("alerts/kcwatch.rules.yaml");
    assert_file("deploy/helm/kcwatch/files/kcwatch.rules.yaml", &rules);
    for board in BOARDS {
        let name = format!("kcwatch-{board}.json");
        let text = text_of(&format!("deploy/grafana/{name}"));
        assert_file(&format!("deploy/helm/kcwatch/files/{name}"), &text);
    }
    let boards = |path: &str| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        let entries = std::fs::read_dir(folder).unwrap();
        let files = entries.map(|entry| entry.unwrap().path());
        files
            .filter(|file| file.extension().is_some_and(|end| end == "json"))
            .count()
    };
    assert_eq!(boards("deploy/helm/kcwatch/files"), BOARDS.len());
    assert_eq!(boards("deploy/grafana"), BOARDS.len(), "a board is missing");
}

#[test]
fn its_schema_of_the_configuration_is_that_of_kcwatch() {
    let mut schema: Value = serde_json::from_str(&text_of(SCHEMA)).unwrap();
    let mut config = kcwatch::config::schema();
    // It lies within another one here.
    for key in ["$schema", "title"] {
        config.as_object_mut().unwrap().remove(key);
    }
    *schema.pointer_mut("/else/properties/config").unwrap() = config;
    let written = serde_json::to_string_pretty(&schema).unwrap();
    assert_file(SCHEMA, &(written + "\n"));
}
