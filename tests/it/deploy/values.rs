//! The values of the chart, in three places: the file, the table of the README, and the schema.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{config::text_of, yaml};

const FILE: &str = "deploy/helm/kcwatch/values.yaml";
const README: &str = "deploy/helm/kcwatch/README.md";
pub(super) const SCHEMA: &str = "deploy/helm/kcwatch/values.schema.json";

/// A table that is a value as a whole.
const WHOLE: [&str; 1] = ["dashboards.labels"];

/// The values of the file by their path, such as `image.tag`.
fn values() -> BTreeMap<String, Value> {
    fn below(prefix: &str, value: &Value, found: &mut BTreeMap<String, Value>) {
        for (key, value) in value.as_object().expect("a table") {
            let path = format!("{prefix}{key}");
            let goes_on = value.as_object().is_some_and(|table| !table.is_empty());
            if goes_on && !WHOLE.contains(&path.as_str()) {
                below(&format!("{path}."), value, found);
            } else {
                found.insert(path, value.clone());
            }
        }
    }
    let mut found = BTreeMap::new();
    below("", &yaml::tree(&text_of(FILE)), &mut found);
    found
}

#[test]
fn the_readme_has_a_row_for_each_value_with_its_default() {
    let readme = text_of(README);
    let (_, table) = readme.split_once("## Values").unwrap();
    let rows = table.lines().filter_map(|line| {
        let (key, rest) = line.strip_prefix("| `")?.split_once("` | `")?;
        let (default, meaning) = rest.split_once("` | ")?;
        assert!(meaning.len() > 5, "{line}");
        let default =
            serde_json::from_str(default).unwrap_or_else(|error| panic!("{key}: {error}"));
        Some((key.to_owned(), default))
    });
    let rows: BTreeMap<String, Value> = rows.collect();
    assert_eq!(rows, values());
}

#[test]
fn the_schema_knows_each_value_and_no_other() {
    let schema: Value = serde_json::from_str(&text_of(SCHEMA)).unwrap();
    assert_eq!(schema["additionalProperties"], false);
    for path in values().keys() {
        let pointer = path.replace('.', "/properties/");
        let known = schema.pointer(&format!("/properties/{pointer}"));
        assert!(known.is_some(), "{path} is not in {SCHEMA}");
    }
    let stands = yaml::tree(&text_of(FILE));
    for (name, about) in schema["properties"].as_object().unwrap() {
        // What a chart above this one says to all is no value of this one.
        if name == "global" {
            continue;
        }
        let values = stands
            .get(name)
            .unwrap_or_else(|| panic!("{name} is not in {FILE}"));
        let inner = about.get("properties").and_then(Value::as_object);
        let is_table = values.as_object().is_some_and(|table| !table.is_empty());
        for key in inner
            .into_iter()
            .flatten()
            .map(|(key, _)| key)
            .filter(|_| is_table)
        {
            assert!(values.get(key).is_some(), "{name}.{key} is not in {FILE}");
        }
    }
}
