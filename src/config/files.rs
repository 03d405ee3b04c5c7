//! Files → one tree, laid one upon the other.
//!
//! The layers are merged here and not by the builder of `config`, which takes a key `a.b` of the outermost table for the
//! path to `b` in `a`, and so would let a misspelt section pass for another.

use std::{fmt, fs, path::PathBuf, sync::Arc};

use serde_json::{Map, Value};

use super::{
    problems::{Problem, Problems},
    report::Report,
    yaml,
};

/// The text of one configuration file. Cheap to clone. Two lists of sources that are equal give equal configurations, as long
/// as the environment is the same.
#[derive(Clone, PartialEq, Eq)]
pub struct Source {
    name: String,
    text: Arc<str>,
}

impl Source {
    /// A text in YAML, and the name by which messages call it.
    pub fn new(name: impl Into<String>, text: impl Into<Arc<str>>) -> Self {
        Self {
            name: name.into(),
            text: text.into(),
        }
    }

    /// The name by which messages call it: the path of the file.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Debug for Source {
    /// The name alone: somebody may have pasted a secret into the text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// Reads configuration files, in the order given.
///
/// # Errors
///
/// One problem for each file that is missing, unreadable or not in UTF-8.
pub fn read_files(files: &[PathBuf]) -> Result<Vec<Source>, Problems> {
    let (mut sources, mut problems) = (Vec::new(), Vec::new());
    for file in files {
        let name = file.display().to_string();
        match fs::read_to_string(file) {
            Ok(text) => sources.push(Source::new(name, text)),
            Err(error) => problems.push(Problem::new(name, format!("cannot be read: {error}"))),
        }
    }
    if problems.is_empty() {
        Ok(sources)
    } else {
        Err(Problems::new(problems))
    }
}

/// All sources, later ones laid over earlier ones: tables merge, anything else replaces. What none of them says is
/// taken from `defaults`.
pub(super) fn merged(defaults: Value, sources: &[Source], report: &mut Report) -> Value {
    let mut tree = Value::Object(Map::new());
    for source in sources {
        match yaml::parsed(&source.text) {
            Ok(layer) => lay_over(&mut tree, layer),
            Err(text) => report.add(Problem::new(&source.name, text)),
        }
    }
    fill(&mut tree, defaults);
    tree
}

fn lay_over(below: &mut Value, above: Value) {
    match (below, above) {
        (Value::Object(below), Value::Object(above)) => {
            for (key, node) in above {
                lay_over(below.entry(key).or_insert(Value::Null), node);
            }
        }
        (below, above) => *below = above,
    }
}

/// Puts defaults where nothing is written, or only a key without a value (`notice:`).
fn fill(tree: &mut Value, defaults: Value) {
    match (tree, defaults) {
        (Value::Object(tree), Value::Object(defaults)) => {
            for (key, node) in defaults {
                fill(tree.entry(key).or_insert(Value::Null), node);
            }
        }
        (tree, defaults) if tree.is_null() => *tree = defaults,
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn tree(texts: &[&str]) -> Value {
        let sources: Vec<Source> = texts.iter().map(|text| Source::new("f", *text)).collect();
        let mut report = Report::default();
        let tree = merged(json!({}), &sources, &mut report);
        assert!(report.is_empty(), "{report:?}");
        tree
    }

    #[test]
    fn keys_keep_their_case_dots_and_hyphens() {
        let text = "stores: { Dev.Shift-1: { files: { directory: /A/b.C } } }\na.b: 1\nÄ: x\n7: y";
        assert_eq!(
            tree(&[text]),
            json!({
                "stores": { "Dev.Shift-1": { "files": { "directory": "/A/b.C" } } },
                "a.b": 1, "Ä": "x", "7": "y",
            })
        );
    }

    #[test]
    fn tables_merge_and_anything_else_is_replaced() {
        let texts = [
            "log: { format: text, level: info }\ntargets: [{ name: a }, { name: b }]\npoll: { timeout: 5s }",
            "log: { level: debug }\ntargets: [{ name: c }]\npoll:",
        ];
        assert_eq!(
            tree(&texts),
            json!({
                "log": { "format": "text", "level": "debug" },
                "targets": [{ "name": "c" }],
                "poll": { "timeout": "5s" },
            })
        );
    }

    #[test]
    fn a_key_without_a_value_hides_no_default() {
        let defaults = json!({ "a": { "b": 1, "c": { "d": 2 } }, "e": 3 });
        let source = Source::new("f", "{ a: { b: 4, c: }, e: { f: 5 } }");
        let tree = merged(defaults, &[source], &mut Report::default());
        assert_eq!(
            tree,
            json!({ "a": { "b": 4, "c": { "d": 2 } }, "e": { "f": 5 } })
        );
    }
}
