//! The list of mistakes while it grows, and how names are looked up without blaming one mistake twice.

use std::collections::{BTreeMap, BTreeSet};

use super::problems::{Key, Problem, Problems};

/// How many names a message lists at most.
const LISTED: usize = 20;

/// The mistakes found so far.
#[derive(Debug, Default)]
pub(crate) struct Report {
    problems: Vec<Problem>,
    removed: BTreeSet<Key>,
    variables: BTreeMap<Key, String>,
}

impl Report {
    /// Notes what is wrong with the value at `at`, unless that value was [removed](Self::remove) before: then what
    /// seems wrong now is only a consequence.
    pub(crate) fn refuse(&mut self, at: &Key, text: impl Into<String>) {
        if !self.is_removed(at) {
            let problem = Problem::new(at, text).set_by(self.variables.get(at));
            self.problems.push(problem);
        }
    }

    /// Notes what is wrong with the value at `at`, which is read no further.
    pub(super) fn remove(&mut self, at: &Key, text: impl Into<String>) {
        self.refuse(at, text);
        self.removed.insert(at.clone());
    }

    /// Remembers that what stood at `at` is read no further, because of a mistake that was noted elsewhere.
    pub(super) fn forget(&mut self, at: Key) {
        self.removed.insert(at);
    }

    /// Whether the value at `at` was wrong and is read no further.
    pub(crate) fn is_removed(&self, at: &Key) -> bool {
        self.removed.contains(at)
    }

    /// `value`, unless what stood at `at` was removed and `value` is only the default in its place.
    pub(crate) fn as_written<T>(&self, at: &Key, value: T) -> Option<T> {
        (!self.is_removed(at)).then_some(value)
    }

    /// `value`; if there is none, notes that one is needed.
    pub(crate) fn required<T>(&mut self, at: &Key, value: Option<T>, what: &str) -> Option<T> {
        if value.is_none() {
            self.refuse(at, format!("is required: {what}"));
        }
        value
    }

    /// What was taken from a text; if nothing, notes why.
    pub(crate) fn accept<T>(
        &mut self,
        at: &Key,
        taken: Result<T, impl std::fmt::Display>,
    ) -> Option<T> {
        taken
            .map_err(|error| self.refuse(at, error.to_string()))
            .ok()
    }

    /// Remembers that an environment variable set the value at `at`.
    pub(super) fn set_by(&mut self, at: Key, variable: &str) {
        self.variables.insert(at, variable.to_owned());
    }

    /// Whether an environment variable set the value at `at`.
    pub(super) fn is_set_by_variable(&self, at: &Key) -> bool {
        self.variables.contains_key(at)
    }

    /// Notes a mistake that has no place in the merged configuration.
    pub(super) fn add(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// Whether nothing is wrong so far.
    pub(crate) fn is_empty(&self) -> bool {
        self.problems.is_empty()
    }

    /// Ends the list, and puts it into the order of `sections`; what belongs to none of them comes first.
    pub(crate) fn into_problems(mut self, sections: &[&str]) -> Problems {
        let section = |problem: &Problem| {
            let name = problem.place().split(['.', '[']).next().unwrap_or_default();
            sections.iter().position(|section| *section == name)
        };
        self.problems.sort_by_key(section);
        Problems::new(self.problems)
    }
}

/// What a section defines by name: `None` for an entry that was refused.
#[derive(Debug)]
pub(crate) struct Named<T> {
    section: Key,
    entries: BTreeMap<String, Option<T>>,
}

impl<T> Named<T> {
    /// The entries of the section at `section`.
    pub(super) fn new(section: Key, entries: BTreeMap<String, Option<T>>) -> Self {
        Self { section, entries }
    }

    /// The entry that the value at `at` names. If there is none, says which there are; an entry that was refused
    /// is not blamed on those who name it.
    pub(crate) fn find(&self, name: &str, at: &Key, what: &str, report: &mut Report) -> Option<&T> {
        match self.entries.get(name) {
            Some(entry) => entry.as_ref(),
            None if report.is_removed(&self.section) => None,
            None => {
                report.refuse(at, self.unknown(what));
                None
            }
        }
    }

    /// The entries, if none was refused.
    pub(super) fn into_entries(self) -> Option<BTreeMap<String, T>> {
        self.entries
            .into_iter()
            .map(|(name, entry)| entry.map(|entry| (name, entry)))
            .collect()
    }

    fn unknown(&self, what: &str) -> String {
        let section = &self.section;
        if self.entries.is_empty() {
            return format!("must name the {what} to use, but there is none under {section}");
        }
        let mut known: Vec<String> = self
            .entries
            .keys()
            .take(LISTED)
            .map(|name| Key::default().key(name).to_string())
            .collect();
        if self.entries.len() > LISTED {
            known.push("…".to_owned());
        }
        let known = known.join(", ");
        format!("must be one of the names under {section} ({known}), found another")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_entry_is_known_by_name() {
        let (mut report, at) = (Report::default(), Key::default().key("x"));
        let entries = BTreeMap::from([("a".to_owned(), Some(1)), ("b".to_owned(), None)]);
        let named = Named::new(Key::default().key("stores"), entries);
        assert_eq!(named.find("a", &at, "store", &mut report), Some(&1));
        assert_eq!(named.find("b", &at, "store", &mut report), None);
        assert!(report.is_empty());
        assert_eq!(named.find("c", &at, "store", &mut report), None);
        assert_eq!(
            report.into_problems(&[]).to_string(),
            "x: must be one of the names under stores (a, b), found another"
        );
    }

    #[test]
    fn consequences_of_a_removal_are_not_reported() {
        let (mut report, at) = (Report::default(), Key::default().key("x"));
        report.remove(&at, "must be a string, found a number");
        assert_eq!(report.required(&at, None::<()>, "a name"), None);
        assert_eq!(report.into_problems(&[]).iter().count(), 1);
    }
}
