//! Environment variables → the same tree: `KCWATCH__POLL__CONCURRENCY=8` is `poll.concurrency`.
//!
//! The `config` crate reads the environment too, but in lower case and with every `.` as a separator, so that no
//! variable could reach a store called `Dev.Shift`. Here a part of a variable's name finds the key that exists.

use std::{collections::BTreeMap, env};

use serde_json::{Map, Value};

use super::{
    problems::{Key, Problem},
    report::Report,
    yaml::DEEPEST,
};

/// What the name of a variable begins with, and what separates its parts.
///
/// Two underscores, so that `KCWATCH_CONFIG` and what Kubernetes sets for a service called `kcwatch` are no keys.
const SEPARATOR: &str = "__";
const PREFIX: &str = "KCWATCH__";

/// The variables of this process that configure kcwatch.
pub fn process_environment() -> BTreeMap<String, String> {
    env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
        .filter(|(name, _)| name.starts_with(PREFIX))
        .map(|(name, value)| (name, value.to_string_lossy().into_owned()))
        .collect()
}

/// Lays the variables over the tree. Empty ones count as unset.
pub(super) fn lay_over(
    tree: &mut Value,
    environment: &BTreeMap<String, String>,
    report: &mut Report,
) {
    for (variable, text) in environment {
        let Some(parts) = variable.strip_prefix(PREFIX) else {
            continue;
        };
        if text.is_empty() {
            continue;
        }
        match place(tree, parts) {
            Ok(Some((key, node))) => {
                *node = value(text);
                report.set_by(key, variable);
            }
            // What is in the way is of the wrong type, and will be reported as that.
            Ok(None) => {}
            Err(text) => report.add(Problem::new(variable, text)),
        }
    }
}

/// Texts stay texts until something else turns out to be expected: a role may be called `1`.
fn value(text: &str) -> Value {
    match text {
        "null" => Value::Null,
        text => text.into(),
    }
}

/// The node that a variable names, made if it is missing; `None` if there is no way to it.
fn place<'a>(tree: &'a mut Value, parts: &str) -> Result<Option<(Key, &'a mut Value)>, String> {
    if parts.split(SEPARATOR).count() > DEEPEST {
        return Err(format!("names no key: it has more than {DEEPEST} parts"));
    }
    let (mut key, mut node) = (Key::default(), tree);
    for part in parts.split(SEPARATOR) {
        if part.is_empty() {
            return Err("names no key: a part between two __ is empty".to_owned());
        }
        if node.is_null() {
            *node = Value::Object(Map::new());
        }
        let next = match node {
            Value::Object(table) => {
                let name = existing(table, part)?.unwrap_or_else(|| new_name(part));
                key = key.key(&name);
                table.entry(name).or_insert(Value::Null)
            }
            Value::Array(items) => {
                let (index, item) = entry(items, part, &key)?;
                key = key.index(index);
                item
            }
            _ => return Ok(None),
        };
        node = next;
    }
    Ok(Some((key, node)))
}

/// The key of the table that `part` means: spelled alike, or alike but for case and for characters that the name of a
/// variable cannot have.
fn existing(table: &Map<String, Value>, part: &str) -> Result<Option<String>, String> {
    if table.contains_key(part) {
        return Ok(Some(part.to_owned()));
    }
    let alike: Vec<&String> = table
        .keys()
        .filter(|name| folded(name) == folded(part))
        .collect();
    match alike.as_slice() {
        [] => Ok(None),
        [name] => Ok(Some((*name).clone())),
        several => {
            let names: Vec<String> = several
                .iter()
                .map(|name| Key::default().key(name).to_string())
                .collect();
            let names = names.join(", ");
            Err(format!("fits several names, set it in a file: {names}"))
        }
    }
}

fn folded(name: &str) -> String {
    name.chars()
        .map(|c| if c.is_alphanumeric() { c } else { '_' })
        .flat_map(char::to_lowercase)
        .collect()
}

/// The key that `part` makes: in lower case, unless it is not all in upper case.
fn new_name(part: &str) -> String {
    if part.chars().any(char::is_lowercase) {
        part.to_owned()
    } else {
        part.to_lowercase()
    }
}

fn entry<'a>(
    items: &'a mut [Value],
    part: &str,
    key: &Key,
) -> Result<(usize, &'a mut Value), String> {
    let length = items.len();
    let index = part.parse::<usize>().ok();
    index
        .and_then(|index| Some((index, items.get_mut(index)?)))
        .ok_or_else(|| {
            format!("names no entry of {key}, which has {length}; they are counted from 0")
        })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn over(mut tree: Value, variables: &[(&str, &str)]) -> (Value, Report) {
        let environment = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let mut report = Report::default();
        lay_over(&mut tree, &environment, &mut report);
        (tree, report)
    }

    #[test]
    fn a_variable_finds_the_name_that_exists() {
        let tree =
            json!({ "stores": { "Dev.Shift-1": { "files": {} } }, "targets": [{ "name": "a" }] });
        let (tree, report) = over(
            tree,
            &[
                ("KCWATCH__STORES__DEV_SHIFT_1__FILES__DIRECTORY", "/B"),
                ("KCWATCH__TARGETS__0__TIER", "prod"),
                ("KCWATCH__stores__New__files__directory", "/C"),
            ],
        );
        assert!(report.is_empty());
        assert_eq!(
            tree,
            json!({
                "stores": {
                    "Dev.Shift-1": { "files": { "directory": "/B" } },
                    "New": { "files": { "directory": "/C" } },
                },
                "targets": [{ "name": "a", "tier": "prod" }],
            })
        );
    }

    #[test]
    fn other_variables_and_empty_ones_are_left_alone() {
        let variables = [
            ("KCWATCH_CONFIG", "/etc/x"),
            ("KCWATCH_PORT", "tcp://1"),
            ("KCWATCH__LISTEN", ""),
            ("PATH", "/bin"),
        ];
        let (tree, report) = over(json!({}), &variables);
        assert!(report.is_empty());
        assert_eq!(tree, json!({}));
    }

    #[test]
    fn a_variable_that_names_nothing_is_a_problem() {
        let tree = json!({ "stores": { "a-b": {}, "a.b": {} }, "targets": [] });
        let (_, report) = over(
            tree,
            &[
                ("KCWATCH__POLL__", "1"),
                ("KCWATCH__STORES__A_B__FILES", "1"),
                ("KCWATCH__TARGETS__0__TIER", "prod"),
            ],
        );
        assert_eq!(
            report.into_problems(&[]).to_string(),
            "KCWATCH__POLL__: names no key: a part between two __ is empty\n\
             KCWATCH__STORES__A_B__FILES: fits several names, set it in a file: a-b, \"a.b\"\n\
             KCWATCH__TARGETS__0__TIER: names no entry of targets, which has 0; they are counted from 0"
        );
    }
}
