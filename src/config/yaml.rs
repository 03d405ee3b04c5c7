//! YAML through the `config` crate, with messages that never quote it.

use config::{ConfigError, File, FileFormat, Source as _, ValueKind};
use serde_json::{Map, Value};
use yaml_rust2::{
    parser::{Event, Parser},
    scanner::ScanError,
};

/// How deep tables and lists may lie in each other. The parser calls itself for each level, so a file that is much deeper
/// would end the process, not only the attempt to load it.
pub(super) const DEEPEST: usize = 32;

/// The outermost table of a file. A section of which nothing is written is left out, so that it hides nothing below.
pub(crate) fn parsed(text: &str) -> Result<Value, String> {
    let text = text.trim_start_matches('\u{feff}');
    if is_too_deep(text) {
        return Err(format!(
            "must not have more than {DEEPEST} tables or lists in each other"
        ));
    }
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

fn is_too_deep(text: &str) -> bool {
    let (mut parser, mut depth) = (Parser::new_from_str(text), 0_usize);
    while depth <= DEEPEST {
        match parser.next_token() {
            Ok((Event::MappingStart(..) | Event::SequenceStart(..), _)) => depth += 1,
            Ok((Event::MappingEnd | Event::SequenceEnd, _)) => depth = depth.saturating_sub(1),
            Ok((Event::StreamEnd, _)) | Err(_) => return false,
            Ok(_) => {}
        }
    }
    true
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_file_without_anything_is_an_empty_table() {
        for text in ["", "---", "# only a comment\n", "~", "\u{feff}"] {
            assert_eq!(parsed(text), Ok(json!({})), "{text:?}");
        }
    }

    #[test]
    fn a_file_that_is_too_deep_is_refused_before_it_is_parsed() {
        for level in ["[", "{a: ", "- "] {
            assert!(parsed(&level.repeat(20_000)).is_err(), "{level}");
            assert_eq!(
                parsed(&level.repeat(33)).unwrap_err(),
                "must not have more than 32 tables or lists in each other"
            );
        }
        assert!(parsed("a: [{ b: [{ c: 1 }] }]").is_ok());
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
