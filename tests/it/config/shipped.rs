//! What is shipped beside the program, tied to the code: the JSON Schema, the examples and the reference.

use std::collections::{BTreeMap, BTreeSet};

use kcwatch::config::load_text;
use serde_json::{Value, json};

use super::{assert_file, loaded, text_of, yaml_files};
use crate::yaml::tree;

const SCHEMA: &str = "config/kcwatch.schema.json";
const EXAMPLE: &str = "config/kcwatch.example.yaml";
const REFERENCE: &str = "docs/configuration.md";

/// What the schema says about one key that holds a value, not a table.
#[derive(Clone, Debug, PartialEq)]
struct Leaf {
    default: Option<Value>,
    required: bool,
}

/// What lies below a schema: each key of its table, or what every entry of it is.
fn below<'a>(schema: &'a Value, at: &str) -> Vec<(String, &'a Value, bool)> {
    let dot = if at.is_empty() { "" } else { "." };
    let required = |key: &str| {
        schema["required"]
            .as_array()
            .is_some_and(|keys| keys.contains(&key.into()))
    };
    let mut below: Vec<(String, &Value, bool)> = schema["properties"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, schema)| (format!("{at}{dot}{key}"), schema, required(key)))
        .collect();
    below.extend(schema["additionalProperties"].is_object().then(|| {
        (
            format!("{at}{dot}<name>"),
            &schema["additionalProperties"],
            false,
        )
    }));
    below.extend(
        schema["items"]
            .is_object()
            .then(|| (format!("{at}[]"), &schema["items"], false)),
    );
    below
}

/// Every key that holds a value: `stores.<name>.vault.address`.
fn leaves() -> BTreeMap<String, Leaf> {
    fn walk(schema: &Value, at: &str, required: bool, leaves: &mut BTreeMap<String, Leaf>) {
        let below = below(schema, at);
        if below.is_empty() {
            let default = schema.get("default").cloned();
            leaves.insert(at.to_owned(), Leaf { default, required });
        }
        for (key, schema, required) in below {
            walk(schema, &key, required, leaves);
        }
    }
    let mut leaves = BTreeMap::new();
    walk(&kcwatch::config::schema(), "", true, &mut leaves);
    leaves
}

/// The keys of a tree: for each, its spelling in the schema and its own.
fn keys(tree: &Value) -> BTreeMap<String, String> {
    fn walk(
        node: &Value,
        schema: &Value,
        (general, own): (&str, &str),
        keys: &mut BTreeMap<String, String>,
    ) {
        keys.insert(own.to_owned(), general.to_owned());
        for (key, schema, _) in below(schema, general) {
            let last = key.strip_prefix(general).unwrap().trim_start_matches('.');
            let entries: Vec<(String, &Value)> = match (last, node) {
                ("[]", Value::Array(items)) => items
                    .iter()
                    .enumerate()
                    .map(|(i, item)| (i.to_string(), item))
                    .collect(),
                ("<name>", Value::Object(table)) => table
                    .iter()
                    .map(|(name, node)| (name.clone(), node))
                    .collect(),
                (_, Value::Object(table)) => table
                    .get_key_value(last)
                    .into_iter()
                    .map(|(name, node)| (name.clone(), node))
                    .collect(),
                _ => Vec::new(),
            };
            for (name, node) in entries {
                walk(node, schema, (&key, &format!("{own}/{name}")), keys);
            }
        }
    }
    let mut keys = BTreeMap::new();
    walk(tree, &kcwatch::config::schema(), ("", ""), &mut keys);
    keys
}

/// A text without the lines of which it says that they are defaults.
fn without_defaults(text: &str) -> String {
    text.lines()
        .filter(|line| !line.ends_with("# default"))
        .fold(String::new(), |text, line| text + line + "\n")
}

/// The schema, ready to be compared with.
struct Compiled(boon::Schemas, boon::SchemaIndex);

impl Compiled {
    fn new() -> Self {
        let (mut schemas, mut compiler) = (boon::Schemas::new(), boon::Compiler::new());
        let address = "https://kcwatch.invalid/schema.json";
        let schema = kcwatch::config::schema();
        compiler.add_resource(address, schema).unwrap();
        let index = compiler.compile(address, &mut schemas).unwrap();
        Self(schemas, index)
    }

    /// Why a tree does not conform.
    fn nonconformity(&self, tree: &Value) -> Option<String> {
        let found = self.0.validate(tree, self.1);
        found.err().map(|error| error.to_string())
    }
}

#[test]
fn the_schema_is_that_of_the_code() {
    assert_file(SCHEMA, &format!("{:#}\n", kcwatch::config::schema()));
}

#[test]
fn what_loads_conforms_to_the_schema() {
    let mut texts = yaml_files("tests/fixtures/config/valid");
    texts.extend(yaml_files("config"));
    // Of another format.
    texts.remove("web-config.example");
    let schema = Compiled::new();
    for (name, text) in texts {
        assert_eq!(schema.nonconformity(&tree(&text)), None, "{name}");
    }
}

#[test]
fn the_schema_refuses_what_it_can() {
    let (mut refused, schema) = (0, Compiled::new());
    for (name, text) in yaml_files("tests/fixtures/config/invalid") {
        if text.starts_with("# The JSON Schema refuses this too.") {
            assert_ne!(schema.nonconformity(&tree(&text)), None, "{name}");
            refused += 1;
        }
    }
    assert!(refused > 10);
}

/// The other way round does not hold: a schema cannot compare an interval with a timeout.
#[test]
fn whatever_loads_in_place_of_a_value_conforms_to_the_schema() {
    let schema = Compiled::new();
    let values = json!([
        1,
        1.5,
        true,
        "1",
        "10d",
        " 1h  5min ",
        "info",
        "text",
        "a/b",
        "/a",
        "https://a",
        "",
        [],
        {}
    ]);
    let example = tree(&text_of(EXAMPLE));
    let mut taken = 0;
    for (own, value) in keys(&example).into_keys().flat_map(|own| {
        values
            .as_array()
            .unwrap()
            .iter()
            .map(move |value| (own.clone(), value))
    }) {
        let mut changed = example.clone();
        *changed.pointer_mut(&own).unwrap() = value.clone();
        if load_text(&changed.to_string()).is_ok() {
            taken += 1;
            assert_eq!(schema.nonconformity(&changed), None, "{own}: {value}");
        }
    }
    assert!(taken > 100, "{taken}");
}

#[test]
fn every_key_is_described_in_the_schema() {
    fn walk(schema: &Value, at: &str) {
        for (key, schema, _) in below(schema, at) {
            assert!(schema["description"].is_string(), "{key}");
            walk(schema, &key);
        }
    }
    walk(&kcwatch::config::schema(), "");
}

#[test]
fn the_examples_load() {
    let least = loaded(&text_of("config/minimal.yaml"));
    assert_eq!(least.targets.len(), 1);
    let example = loaded(&text_of(EXAMPLE));
    assert_eq!(example.stores.len(), 5);
}

#[test]
fn the_example_shows_every_key() {
    let shown: BTreeSet<String> = keys(&tree(&text_of(EXAMPLE))).into_values().collect();
    for leaf in leaves().into_keys() {
        assert!(shown.contains(&leaf), "{leaf} is not in {EXAMPLE}");
    }
}

#[test]
fn what_the_example_calls_a_default_is_one() {
    let text = text_of(EXAMPLE);
    assert_eq!(loaded(&without_defaults(&text)), loaded(&text));
}

#[test]
fn the_example_shows_the_default_of_every_key_that_has_one() {
    let text = text_of(EXAMPLE);
    let written = keys(&tree(&without_defaults(&text)));
    let marked: BTreeSet<String> = keys(&tree(&text))
        .into_iter()
        .filter(|(own, _)| !written.contains_key(own))
        .map(|(_, general)| general)
        .collect();
    for (key, leaf) in leaves() {
        assert!(leaf.default.is_none() || marked.contains(&key), "{key}");
    }
}

/// The rows of the reference: key → default, as far as they are in its tables.
fn rows() -> BTreeMap<String, String> {
    let text = text_of(REFERENCE);
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `"));
    let cells = rows.map(|row| row.split(" | ").map(str::to_owned).collect::<Vec<_>>());
    cells
        .map(|cells| (cells[0].trim_end_matches('`').to_owned(), cells[2].clone()))
        .collect()
}

#[test]
fn the_reference_has_a_row_for_every_key_and_no_other() {
    let documented: BTreeSet<String> = rows().into_keys().collect();
    let known: BTreeSet<String> = leaves().into_keys().collect();
    assert_eq!(documented, known);
}

#[test]
fn the_reference_says_the_defaults_of_the_code() {
    let rows = rows();
    for (key, leaf) in leaves() {
        let said = match leaf {
            Leaf {
                default: Some(Value::String(text)),
                ..
            } => format!("`{text}`"),
            Leaf {
                default: Some(value),
                ..
            } => format!("`{value}`"),
            Leaf { required: true, .. } => "required".to_owned(),
            Leaf { .. } => continue,
        };
        assert_eq!(rows[&key], said, "{key}");
    }
}
