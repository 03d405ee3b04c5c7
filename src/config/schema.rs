//! The JSON Schema of the configuration, from the same types that read it.

use schemars::{JsonSchema, Schema, generate::SchemaSettings};
use serde_json::{Map, Value, json};

/// The JSON Schema (draft 2020-12) of `T`, written out in one piece, as editors show it best.
pub(super) fn of<T: JsonSchema>() -> Value {
    SchemaSettings::draft2020_12()
        .with(|settings| settings.inline_subschemas = true)
        .into_generator()
        .into_root_schema_for::<T>()
        .to_value()
}

/// Says in the schema of a table that each of its keys may be left out.
pub(super) fn nothing_required(schema: &mut Schema) {
    schema.remove("required");
}

/// Says in the schema of a table that exactly one of its keys must be given, and the others be left out or `null`.
pub(super) fn exactly_one(schema: &mut Schema) {
    let Some(Value::Object(properties)) = schema.get("properties") else {
        return;
    };
    let keys: Vec<String> = properties.keys().cloned().collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    exactly_one_of(&keys, schema);
}

/// The same for some of its keys.
pub(super) fn exactly_one_of(keys: &[&str], schema: &mut Schema) {
    let choices: Vec<Value> = keys.iter().map(|chosen| choice(chosen, keys)).collect();
    schema.insert("oneOf".to_owned(), choices.into());
}

fn choice(chosen: &str, keys: &[&str]) -> Value {
    let others: Map<String, Value> = keys
        .iter()
        .map(|key| {
            let kind = if *key == chosen { "object" } else { "null" };
            ((*key).to_owned(), json!({ "type": kind }))
        })
        .collect();
    json!({ "required": [chosen], "properties": others })
}
