//! A page of metrics, read back.

use std::collections::BTreeMap;

/// Every series of a page with its value; the key is the series as it stands on the page.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Series(BTreeMap<String, f64>);

impl Series {
    /// Reads a page; a series that stands there twice fails the test.
    pub(crate) fn of(page: &str) -> Self {
        let mut series = BTreeMap::new();
        for line in page.lines().filter(|line| !line.starts_with('#')) {
            let (name, value) = line.rsplit_once(' ').unwrap();
            let value = value
                .parse()
                .unwrap_or_else(|_| panic!("no number: {line}"));
            let before = series.insert(name.to_owned(), value);
            assert_eq!(before, None, "{name} stands there twice");
        }
        Self(series)
    }

    pub(crate) fn get(&self, series: &str) -> Option<f64> {
        self.0.get(series).copied()
    }

    /// Those whose text has all of these words in it.
    pub(crate) fn with(&self, words: &[&str]) -> BTreeMap<&str, f64> {
        self.0
            .iter()
            .filter(|(name, _)| words.iter().all(|word| name.contains(word)))
            .map(|(name, value)| (name.as_str(), *value))
            .collect()
    }
}

/// The series that says whether a target can be read.
pub(crate) fn up(target: &str) -> String {
    format!("kcwatch_target_up{{target=\"{target}\"}}")
}

/// The series of the expiry of a target's current token.
pub(crate) fn expiry(target: &str) -> String {
    format!("kcwatch_iat_expiration_timestamp_seconds{{target=\"{target}\",slot=\"current\"}}")
}

/// The series that counts failures for this reason.
pub(crate) fn failures(target: &str, reason: &str) -> String {
    format!("kcwatch_target_failures_total{{target=\"{target}\",reason=\"{reason}\"}}")
}

/// The series of a state.
pub(crate) fn state(target: &str, state: &str) -> String {
    format!("kcwatch_iat_state{{target=\"{target}\",state=\"{state}\"}}")
}

/// The series of a check.
pub(crate) fn check(target: &str, check: &str) -> String {
    format!("kcwatch_iat_check{{target=\"{target}\",check=\"{check}\"}}")
}

/// What is wrong with a page and `promtool` does not see: families that are not sorted or come in several runs, samples
/// before their `TYPE`, no line break at the end. A duplicate series is found by [`Series::of`].
pub(crate) fn disorder(page: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut families: Vec<&str> = Vec::new();
    for line in page.lines() {
        let family = match line.split(' ').collect::<Vec<_>>().as_slice() {
            ["#", "HELP" | "TYPE", name, ..] => name,
            _ => line.split(['{', ' ']).next().unwrap_or_default(),
        };
        match families.last() {
            Some(last) if *last == family => {}
            Some(last) if *last > family => wrong.push(format!("{family} stands after {last}")),
            _ if line.starts_with("# HELP") => families.push(family),
            _ => wrong.push(format!("{family} has no HELP before it")),
        }
    }
    if !page.ends_with('\n') {
        wrong.push("no line break at the end".to_owned());
    }
    if page.lines().any(str::is_empty) {
        wrong.push("an empty line".to_owned());
    }
    wrong
}

#[test]
fn disorder_is_seen() {
    let good = "# HELP a x\n# TYPE a gauge\na 1\n# HELP b x\n# TYPE b gauge\nb{c=\"d e\"} 1\n";
    assert!(disorder(good).is_empty(), "{:?}", disorder(good));
    assert_eq!(disorder(good.trim_end()).len(), 1);
    assert_eq!(disorder(&format!("{good}a 2\n")).len(), 1);
    assert_eq!(disorder("a 1\n").len(), 1);
}
