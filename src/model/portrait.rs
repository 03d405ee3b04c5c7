//! What a page shows a reader about one target, whatever its kind.

use super::{Expiry, Level, Runbook, Threshold, UnixTime};

/// One target as its kind paints it for readers: short enough for a list of all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Portrait {
    /// What ends next, if something is known to end or not to.
    pub lasting: Option<Lasting>,
    /// What is used up, if that is watched.
    pub stock: Option<Stock>,
    /// Whether what it is for would work now, if that can be asked.
    pub trial: Option<Trial>,
    /// Links that depend on each other, in their order.
    pub chain: Vec<Link>,
    /// What else is known, in a line each.
    pub notes: Vec<Note>,
    /// What is wrong, in a line each.
    pub wrong: Vec<String>,
    /// The page to read about it.
    pub runbook: Option<Runbook>,
    /// Whether somebody else has to be asked for something.
    pub is_letter_due: bool,
}

/// Something that ends, against the thresholds of its tier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lasting {
    /// What ends, such as `Token`.
    pub what: &'static str,
    /// Whose it is, where there are many: a foreign text.
    pub whose: Option<String>,
    /// When it ends.
    pub end: Expiry,
    /// How many seconds the whole of it is: what a full bar stands for.
    pub whole: i64,
    /// From when on it is late.
    pub marks: Vec<Mark>,
}

/// From when on it is late, or little.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// How late it is then: `notice` or `urgent`.
    pub label: &'static str,
    /// What is left then.
    pub left: i64,
}

/// Something that is used up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stock {
    /// So much is left.
    Left {
        /// How much.
        left: i64,
        /// Of how much.
        limit: i64,
        /// Who says so.
        by_whom: &'static str,
        /// When that was learnt.
        at: UnixTime,
        /// From when on it is little.
        marks: Vec<Mark>,
    },
    /// Nobody knows, and why.
    Unknown(&'static str),
}

/// Whether what a target is for would work now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    /// Whether it would.
    pub outcome: Outcome,
    /// Why that is said.
    pub words: String,
    /// When that was learnt, if it was tried.
    pub at: Option<UnixTime>,
}

/// What a trial would show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It works.
    Yes,
    /// It does not.
    No,
    /// Nothing speaks against it, but nobody tried.
    Likely,
    /// Nobody knows.
    Unknown,
}

/// One of several links, or of several checks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// What it is.
    pub label: &'static str,
    /// Whether it holds; `None` if that is not known.
    pub holds: Option<bool>,
}

/// A line: what it is about, and what is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What it is about.
    pub about: &'static str,
    /// What is said: entries of a list, each made of parts.
    pub said: Vec<Vec<Said>>,
}

/// A part of what is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// Words of ours.
    Words(String),
    /// A text from elsewhere, which may be written in any direction.
    Foreign(String),
    /// An instant.
    At(UnixTime),
}

/// All that is known about one target, for a page of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Particulars {
    /// Facts, in a line each.
    pub notes: Vec<Note>,
    /// What must be true of it.
    pub checks: Vec<Link>,
    /// What it consists of, if that is many.
    pub roll: Option<Roll>,
}

/// A part of a long table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roll {
    /// What is listed.
    pub caption: &'static str,
    /// The heads of its columns; the first column names the row.
    pub columns: Vec<&'static str>,
    /// The rows of this part.
    pub rows: Vec<Vec<Vec<Said>>>,
    /// How many rows there are in all.
    pub total: usize,
}

/// Which part of a long table is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// How many rows come before it.
    pub skip: usize,
    /// How many rows it has at most.
    pub take: usize,
}

impl Note {
    /// A line of words of ours.
    pub fn words(about: &'static str, words: impl Into<String>) -> Self {
        Self {
            about,
            said: vec![vec![Said::Words(words.into())]],
        }
    }

    /// A line of a text from elsewhere.
    pub fn foreign(about: &'static str, text: impl Into<String>) -> Self {
        Self {
            about,
            said: vec![vec![Said::Foreign(text.into())]],
        }
    }

    /// A line that names an instant.
    pub fn at(about: &'static str, instant: UnixTime) -> Self {
        Self {
            about,
            said: vec![vec![Said::At(instant)]],
        }
    }
}

impl Lasting {
    /// Something that ends then, and was to last so many seconds, if that is known; otherwise three times the time of the first warning
    /// fills the bar.
    pub fn new(
        (what, whose): (&'static str, Option<String>),
        end: Expiry,
        length: Option<i64>,
        thresholds: &[Threshold],
    ) -> Self {
        let marks: Vec<Mark> = thresholds.iter().filter_map(mark).collect();
        let earliest = marks.iter().map(|mark| mark.left).max().unwrap_or(0);
        let length = length.filter(|length| *length > earliest);
        Self {
            what,
            whose,
            end,
            whole: length.unwrap_or(earliest.saturating_mul(3).max(1)),
            marks,
        }
    }
}

fn mark(threshold: &Threshold) -> Option<Mark> {
    let left = i64::try_from(threshold.before.as_secs()).unwrap_or(i64::MAX);
    let label = threshold.level.label();
    (threshold.level != Level::Expired).then_some(Mark { label, left })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::model::Severity;

    #[test]
    fn a_bar_is_as_long_as_what_it_measures_and_never_shorter_than_its_marks() {
        let notice = Threshold {
            level: Level::Notice,
            before: Duration::from_secs(100),
            severity: Severity::Medium,
        };
        let expired = Threshold {
            level: Level::Expired,
            before: Duration::ZERO,
            severity: Severity::High,
        };
        for (whole, length) in [
            (Some(500), 500),
            (Some(100), 300),
            (Some(-5), 300),
            (None, 300),
        ] {
            let lasting = Lasting::new(("x", None), Expiry::Never, whole, &[notice, expired]);
            assert_eq!(
                (lasting.whole, lasting.marks.len()),
                (length, 1),
                "{whole:?}"
            );
        }
        assert_eq!(Lasting::new(("x", None), Expiry::Never, None, &[]).whole, 1);
    }
}
