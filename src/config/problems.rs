//! What is wrong with a configuration, and where.

use std::{error, fmt};

/// Where something stands in the configuration, as people write it: `targets[1].tier`.
///
/// A part that is not made of ASCII letters, digits, `_` and `-` is quoted: `stores."vault.dev".vault`. So no
/// two places are spelled alike, and no name can break a line.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key(String);

impl Key {
    /// The key `name` within this one.
    pub(crate) fn key(&self, name: &str) -> Self {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        let dot = if self.0.is_empty() { "" } else { "." };
        if !name.is_empty() && name.chars().all(plain) {
            Self(format!("{}{dot}{name}", self.0))
        } else {
            Self(format!("{}{dot}{name:?}", self.0))
        }
    }

    /// The entry at `index` of the list at this key, counted from 0.
    pub(crate) fn index(&self, index: usize) -> Self {
        Self(format!("{}[{index}]", self.0))
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One mistake in a configuration. Holds no value of it: what was found is named by its type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    place: String,
    text: String,
    variable: Option<String>,
}

impl Problem {
    pub(crate) fn new(place: impl fmt::Display, text: impl Into<String>) -> Self {
        Self {
            place: place.to_string(),
            text: text.into(),
            variable: None,
        }
    }

    pub(super) fn set_by(mut self, variable: Option<&String>) -> Self {
        self.variable = variable.cloned();
        self
    }

    /// Where: a dotted key such as `targets[1].tier`, the path of a file, or the name of an environment variable.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// What was expected, and what was found.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The environment variable that set the value, if it was not a file.
    pub fn variable(&self) -> Option<&str> {
        self.variable.as_deref()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.text)?;
        match &self.variable {
            Some(name) => write!(f, " (set by {name})"),
            None => Ok(()),
        }
    }
}

/// Everything that is wrong with a configuration: at least one [`Problem`], in the order of the sections.
///
/// Displays as one line a problem, without a line break at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// Takes what was found; if that is nothing, says that nothing was said.
    pub(crate) fn new(mut found: Vec<Problem>) -> Self {
        if found.is_empty() {
            found.push(Problem::new(
                "configuration",
                "is refused without a reason, which is a fault of kcwatch: please report it",
            ));
        }
        Self(found)
    }

    /// The same, of a file whose name each problem begins with.
    #[must_use]
    pub(crate) fn in_file(self, name: &str) -> Self {
        let place = |problem: Problem| Problem {
            place: format!("{name}: {}", problem.place),
            ..problem
        };
        Self(self.0.into_iter().map(place).collect())
    }

    /// Each problem, in the order of the sections.
    pub fn iter(&self) -> std::slice::Iter<'_, Problem> {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a Problems {
    type Item = &'a Problem;
    type IntoIter = std::slice::Iter<'a, Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, problem) in self.iter().enumerate() {
            let separator = if position == 0 { "" } else { "\n" };
            write!(f, "{separator}{problem}")?;
        }
        Ok(())
    }
}

impl error::Error for Problems {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_spelled_as_people_write_it_and_never_breaks_a_line() {
        let stores = Key::default().key("stores");
        assert_eq!(stores.key("dev-shift").to_string(), "stores.dev-shift");
        assert_eq!(stores.key("vault.dev").to_string(), r#"stores."vault.dev""#);
        assert_eq!(stores.key("a\nb").to_string(), r#"stores."a\nb""#);
        assert_eq!(stores.key("").to_string(), r#"stores."""#);
        let targets = Key::default().key("targets");
        assert_eq!(targets.index(1).key("tier").to_string(), "targets[1].tier");
    }

    #[test]
    fn problems_are_never_empty() {
        assert_eq!(Problems::new(Vec::new()).iter().count(), 1);
    }
}
