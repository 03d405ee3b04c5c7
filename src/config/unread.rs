//! A part of the configuration that is read on its own, so that a mistake in it hides no other.

use std::{borrow::Cow, marker::PhantomData};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::{Map, Value};
use serde_path_to_error::{Path, Segment};

use super::{node::Node, problems::Key, report::Report};

/// What will be a `T` once it is [read](Self::read). To serde it is any value, to the JSON Schema a `T`.
#[derive(Debug)]
pub(crate) struct Unread<T>(Value, PhantomData<T>);

impl<T> Default for Unread<T> {
    fn default() -> Self {
        Self(Value::Null, PhantomData)
    }
}

impl<'de, T> Deserialize<'de> for Unread<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(|node| Self(node, PhantomData))
    }
}

impl<T: JsonSchema> JsonSchema for Unread<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

impl<T: DeserializeOwned> Unread<T> {
    /// Reads it; see [`read`]. A table of which nothing is written (`log:`) is an empty table.
    pub(crate) fn read(self, at: &Key, report: &mut Report) -> Option<T> {
        let node = match self.0 {
            Value::Null => Value::Object(Map::new()),
            node => node,
        };
        read(node, at, report)
    }
}

/// Reads the `node` that stands at `at`. Each value that cannot be read is noted in the report, taken out, and the
/// rest read again; `None` if the node as a whole is of the wrong type.
///
/// This costs one pass more for each mistake, so it is to be called for each small part, not for the whole.
pub(crate) fn read<T: DeserializeOwned>(
    mut node: Value,
    at: &Key,
    report: &mut Report,
) -> Option<T> {
    loop {
        let error = match serde_path_to_error::deserialize(Node(&node)) {
            Ok(read) => return Some(read),
            Err(error) => error,
        };
        let steps = steps(error.path());
        let place = steps.iter().fold(at.clone(), |key, step| step.below(&key));
        if !(report.is_set_by_variable(&place) && becomes_scalar(find(&mut node, &steps))) {
            report.remove(&place, error.inner().to_string());
            let gone = until_key(&steps);
            report.forget(gone.iter().fold(at.clone(), |key, step| step.below(&key)));
            take_out(&mut node, gone)?;
        }
    }
}

/// One step down the tree.
enum Step {
    Key(String),
    Index(usize),
}

impl Step {
    fn below(&self, key: &Key) -> Key {
        match self {
            Self::Key(name) => key.key(name),
            Self::Index(index) => key.index(*index),
        }
    }
}

/// The way to the node with the mistake.
fn steps(path: &Path) -> Vec<Step> {
    path.iter()
        .filter_map(|segment| match segment {
            Segment::Map { key } => Some(Step::Key(key.clone())),
            Segment::Seq { index } => Some(Step::Index(*index)),
            Segment::Enum { .. } | Segment::Unknown => None,
        })
        .collect()
}

fn find<'a>(node: &'a mut Value, steps: &[Step]) -> Option<&'a mut Value> {
    steps.iter().try_fold(node, |node, step| match step {
        Step::Key(name) => node.get_mut(name.as_str()),
        Step::Index(index) => node.get_mut(*index),
    })
}

/// The steps to the innermost entry of a table on the way: an entry of a list cannot go alone, as those behind it would be
/// called by other numbers.
fn until_key(steps: &[Step]) -> &[Step] {
    let last = steps.iter().rposition(|step| matches!(step, Step::Key(_)));
    last.and_then(|last| steps.get(..=last)).unwrap_or_default()
}

/// Takes the node at the end of the steps out of its table; `None` if there is no such table.
fn take_out(node: &mut Value, steps: &[Step]) -> Option<Value> {
    let (last, way) = steps.split_last()?;
    match (find(node, way)?, last) {
        (Value::Object(table), Step::Key(name)) => table.remove(name),
        _ => None,
    }
}

/// Turns the text of an environment variable, which was not taken as a text, into a number or boolean; whether it did.
fn becomes_scalar(node: Option<&mut Value>) -> bool {
    let Some(node) = node else { return false };
    let Value::String(text) = &*node else {
        return false;
    };
    match serde_json::from_str(&text.to_ascii_lowercase()) {
        Ok(scalar @ (Value::Bool(_) | Value::Number(_))) => {
            *node = scalar;
            true
        }
        _ => false,
    }
}
