//! The JSON of `/api/v1/status` is what its schema and its documentation say.

use serde_json::Value;

use super::{pages::demo, scene};
use crate::config::{assert_file, repository};

const SCHEMA: &str = "docs/status.schema.json";

#[test]
fn the_shipped_schema_is_made_of_the_types() {
    let schema = serde_json::to_string_pretty(&kcwatch::status::schema()).unwrap();
    assert_file(SCHEMA, &format!("{schema}\n"));
}

/// Says what is wrong with an answer.
fn complaint(answer: &Value) -> Option<String> {
    let (mut schemas, mut compiler) = (boon::Schemas::new(), boon::Compiler::new());
    let address = "https://kcwatch.invalid/status.schema.json";
    compiler
        .add_resource(address, kcwatch::status::schema())
        .unwrap();
    let index = compiler.compile(address, &mut schemas).unwrap();
    schemas
        .validate(answer, index)
        .err()
        .map(|error| error.to_string())
}

#[tokio::test]
async fn real_answers_fit_the_schema() {
    let (demo, blind, many) = (demo().await, scene::blind().await, scene::many(60).await);
    for (name, daemon) in [
        ("demo", &demo),
        ("blind", &blind.daemon),
        ("many", &many.daemon),
    ] {
        let answer = daemon.get("/api/v1/status").await;
        assert_eq!(answer.content_type, "application/json");
        let answer: Value = serde_json::from_str(&answer.text).unwrap();
        assert_eq!(complaint(&answer), None, "{name}");
        let mut more = answer.clone();
        more["targets"][0]["secret"] = "x".into();
        assert!(
            complaint(&more).is_some(),
            "a field that nobody documented is refused"
        );
    }
}

/// Every field, as a path: `targets[].facts.initial_access_token.clients.left`.
fn fields(schema: &Value, root: &Value, at: &str, found: &mut Vec<String>) {
    if let Some(name) = schema["$ref"].as_str() {
        let part = root.pointer(name.trim_start_matches('#')).unwrap();
        return fields(part, root, at, found);
    }
    for key in ["oneOf", "anyOf"] {
        for choice in schema[key].as_array().into_iter().flatten() {
            fields(choice, root, at, found);
        }
    }
    for (name, below) in schema["properties"].as_object().into_iter().flatten() {
        let dot = if at.is_empty() { "" } else { "." };
        let here = format!("{at}{dot}{name}");
        found.push(here.clone());
        fields(below, root, &here, found);
    }
    if schema["additionalProperties"].is_object() {
        fields(
            &schema["additionalProperties"],
            root,
            &format!("{at}.NAME"),
            found,
        );
    }
    if schema["items"].is_object() {
        fields(&schema["items"], root, &format!("{at}[]"), found);
    }
}

#[test]
fn every_field_is_documented_and_nothing_else() {
    let schema = kcwatch::status::schema();
    let mut known = Vec::new();
    fields(&schema, &schema, "", &mut known);
    let text = std::fs::read_to_string(repository("docs/status.md")).unwrap();
    let table = text.split("| field |").nth(1).unwrap();
    let rows = table
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let mut documented: Vec<&str> = rows.collect();
    documented.sort_unstable();
    known.sort();
    assert_eq!(documented, known);
}
