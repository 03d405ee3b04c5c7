//! YAML as JSON values, read with the library that the program reads it with.

#![cfg(test)]

use serde_json::Value;

/// A YAML text, whose outermost value is a table, as JSON.
pub(crate) fn tree(text: &str) -> Value {
    let source = config::File::from_str(text, config::FileFormat::Yaml);
    let built = config::Config::builder().add_source(source).build();
    let built = built.unwrap_or_else(|error| panic!("{error}"));
    built
        .try_deserialize()
        .expect("JSON can hold what YAML can")
}
