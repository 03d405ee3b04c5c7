//! Files → one tree: YAML through the `config` crate, laid one upon the other.
//!
//! The layers are merged here and not by the builder of `config`, which takes a key `a.b` of the outermost table for the
//! path to `b` in `a`, and so would let a misspelt section pass for another.

use std::{fmt, fs, path::PathBuf};

use config::{ConfigError, File, FileFormat, Source as _, ValueKind};
use serde_json::{Map, Value};
use yaml_rust2::scanner::ScanError;

use super::{
    problems::{Problem, Problems},
    report::Report,
};

/// The text of one configuration file. Two lists of sources that are equal give equal configurations, as long
/// as the environment is the same.
#[derive(Clone, PartialEq, Eq)]
pub struct Source {
    name: String,
    text: String,
}

impl Source {
    /// A text in YAML, and the name by which messages call it.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
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

/// All sources laid upon `lowest`, later ones over earlier ones: tables merge, anything else replaces.
pub(super) fn merged(lowest: Value, sources: &[Source], report: &mut Report) -> Value {
    let mut tree = lowest;
    for source in sources {
        match parsed(&source.text) {
            Ok(layer) => lay_over(&mut tree, layer),
            Err(text) => report.add(Problem::new(&source.name, text)),
        }
    }
    tree
}

/// The outermost table of a file. A section of which nothing is written is left out, so that it hides nothing below.
fn parsed(text: &str) -> Result<Value, String> {
    let text = text.trim_start_matches('\u{feff}');
    let table = match File::from_str(text, FileFormat::Yaml).collect() {
        Ok(table) => table,
        Err(error) if is_empty(&error) => return Ok(Value::Object(Map::new())),
        Err(error) => return Err(reason(&error)),
    };
    let sections = table
        .into_iter()
        .map(|(key, node)| (key, plain(node.kind)))
        .filter(|(_, node)| !node.is_null());
    Ok(Value::Object(sections.collect()))
}

fn is_empty(error: &ConfigError) -> bool {
    // `config` does not export the type of this; the text is that of serde for "nothing".
    root(error).is_some_and(|found| found == "unit value")
}

/// What a file holds that does not hold a table. Quotes it.
fn root(error: &ConfigError) -> Option<String> {
    let ConfigError::FileParse { cause, .. } = error else {
        return None;
    };
    let cause: &(dyn std::error::Error + 'static) = cause.as_ref();
    let cause = cause
        .downcast_ref::<Box<ConfigError>>()
        .map(AsRef::as_ref)
        .or_else(|| cause.downcast_ref::<ConfigError>());
    match cause {
        Some(ConfigError::Type { unexpected, .. }) => Some(unexpected.to_string()),
        _ => None,
    }
}

/// Why a file cannot be parsed. Foreign messages can quote it, so only known ones are passed on.
fn reason(error: &ConfigError) -> String {
    if root(error).is_some() {
        return "must be a table of keys and values, found something else".to_owned();
    }
    let scan = match error {
        ConfigError::FileParse { cause, .. } => cause.downcast_ref::<ScanError>(),
        _ => None,
    };
    let Some(scan) = scan else {
        return "must be one YAML document with plain words as keys".to_owned();
    };
    let what = match scan.info() {
        info if info.contains("duplicated key") => "a key stands twice in the same table",
        info if info.contains('`') => "unexpected character",
        info => info,
    };
    format!("is not valid YAML: line {}: {what}", scan.marker().line())
}

/// A value of `config` as one of `serde_json`. Numbers that JSON lacks (`.inf`, `.nan`) become texts.
fn plain(kind: ValueKind) -> Value {
    match kind {
        ValueKind::Nil => Value::Null,
        ValueKind::Boolean(value) => value.into(),
        ValueKind::I64(number) => number.into(),
        ValueKind::U64(number) => number.into(),
        ValueKind::Float(number) if number.is_finite() => number.into(),
        ValueKind::Float(number) => number.to_string().into(),
        ValueKind::I128(number) => number.to_string().into(),
        ValueKind::U128(number) => number.to_string().into(),
        ValueKind::String(text) => text.into(),
        ValueKind::Table(table) => table
            .into_iter()
            .map(|(key, node)| (key, plain(node.kind)))
            .collect(),
        ValueKind::Array(items) => items.into_iter().map(|node| plain(node.kind)).collect(),
    }
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
    fn a_file_without_anything_is_an_empty_table() {
        for text in ["", "---", "# only a comment\n", "~", "\u{feff}"] {
            assert_eq!(tree(&[text]), json!({}), "{text:?}");
        }
    }

    #[test]
    fn a_broken_file_is_told_by_line_and_never_quoted() {
        let told = |text: &str| parsed(text).unwrap_err();
        assert_eq!(
            told("a: 1\nCANARY: 1\nCANARY: 2"),
            "is not valid YAML: line 3: a key stands twice in the same table"
        );
        assert_eq!(
            told("- CANARY"),
            "must be a table of keys and values, found something else"
        );
        assert_eq!(
            told("a: 1\n---\nb: 2"),
            "must be one YAML document with plain words as keys"
        );
        assert_eq!(
            told("? {a: CANARY}\n: 1"),
            "must be one YAML document with plain words as keys"
        );
        for text in [
            "a: [CANARY",
            "a: @CANARY",
            "a:\n\tb: CANARY",
            "CANARY",
            "a: *CANARY",
            "a: \"CANARY\\q\"",
        ] {
            let told = told(text);
            assert!(!told.contains("CANARY"), "{told}");
        }
    }
}
