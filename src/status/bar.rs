//! How much is left, as a bar with the marks from which on it is late.

use askama::{Template, filters::HtmlSafe};

use crate::model::{Mark, Standing};

/// How long a full bar is, in the units of the drawing.
const FULL: u16 = 1000;

/// A bar. What it shows stands in words beside it, so that nobody has to see it.
#[derive(Template)]
#[template(path = "bar.html")]
pub(super) struct Bar {
    /// How it stands: a class of the stylesheet.
    class: &'static str,
    /// How much of it is filled.
    filled: u16,
    /// Where its marks are.
    marks: Vec<u16>,
}

impl HtmlSafe for Bar {}

impl Bar {
    /// So much left of the whole.
    pub(super) fn of(left: i64, whole: i64, marks: &[Mark]) -> Self {
        Self {
            class: standing(left, marks).label(),
            filled: share(left, whole),
            marks: marks.iter().map(|mark| share(mark.left, whole)).collect(),
        }
    }
}

/// How late it is by the marks.
fn standing(left: i64, marks: &[Mark]) -> Standing {
    let reached = |label: &str| {
        let mut marks = marks.iter();
        marks.any(|mark| mark.label == label && left <= mark.left)
    };
    if left <= 0 || reached("urgent") {
        Standing::Urgent
    } else if reached("notice") {
        Standing::Notice
    } else {
        Standing::Ok
    }
}

fn share(left: i64, whole: i64) -> u16 {
    let whole = whole.max(1);
    let filled = i128::from(left.clamp(0, whole)) * i128::from(FULL) / i128::from(whole);
    u16::try_from(filled).unwrap_or(FULL)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_never_longer_than_whole_nor_shorter_than_nothing() {
        for (left, whole, filled) in [
            (5, 10, 500),
            (11, 10, 1000),
            (-3, 10, 0),
            (1, 0, 1000),
            (i64::MAX, i64::MAX, 1000),
            (i64::MIN, i64::MIN, 0),
        ] {
            assert_eq!(share(left, whole), filled, "{left} of {whole}");
        }
    }

    #[test]
    fn a_bar_says_how_late_it_is() {
        let marks = [("notice", 10), ("urgent", 4)].map(|(label, left)| Mark { label, left });
        for (left, standing) in [
            (11, Standing::Ok),
            (10, Standing::Notice),
            (4, Standing::Urgent),
            (0, Standing::Urgent),
        ] {
            assert_eq!(super::standing(left, &marks), standing, "{left}");
        }
        assert_eq!(super::standing(-1, &[]), Standing::Urgent);
    }
}
