//! What is known about a target, in words and as bars.

use super::{bar::Bar, parts::When};
use crate::model::{Expiry, Lasting, Link, Mark, Outcome, Stock, Trial, UnixTime, words_for_span};

/// What ends, in words and as a bar.
pub(super) struct LastingView {
    pub(super) what: &'static str,
    pub(super) whose: Option<String>,
    pub(super) words: String,
    pub(super) when: Option<When>,
    pub(super) bar: Option<Bar>,
    pub(super) marks: Option<String>,
}

/// What is used up, in words and as a bar.
pub(super) struct StockView {
    pub(super) words: String,
    pub(super) source: &'static str,
    pub(super) at: Option<When>,
    pub(super) bar: Option<Bar>,
    pub(super) marks: Option<String>,
}

/// Whether it would work.
pub(super) struct TrialView {
    pub(super) class: &'static str,
    pub(super) word: &'static str,
    pub(super) words: String,
    pub(super) at: Option<When>,
}

/// One of several links.
pub(super) struct LinkView {
    pub(super) label: &'static str,
    pub(super) class: &'static str,
    pub(super) word: &'static str,
}

impl LastingView {
    /// What a page says about it at `now`.
    pub(super) fn of(lasting: &Lasting, now: UnixTime) -> Self {
        let end = match lasting.end {
            Expiry::Never => None,
            Expiry::At(end) => Some(end),
        };
        let left = end.map(|end| end.seconds_since(now));
        let words = match left {
            None => "never ends".to_owned(),
            Some(left) if left <= 0 => format!("ended {} ago", words_for_span(left)),
            Some(left) => format!("{} left", words_for_span(left)),
        };
        Self {
            what: lasting.what,
            whose: lasting.whose.clone(),
            words,
            when: end.map(|end| When::of(end, now)),
            bar: left.map(|left| Bar::of(left, lasting.whole, &lasting.marks)),
            marks: marks(&lasting.marks, words_for_span).filter(|_| left.is_some()),
        }
    }
}

impl StockView {
    /// What a page says about it at `now`.
    pub(super) fn of(stock: &Stock, now: UnixTime) -> Self {
        match stock {
            Stock::Left {
                left,
                limit,
                by_whom,
                at,
                marks: of,
            } => Self {
                words: format!("{left} of {limit} left"),
                source: by_whom,
                at: Some(When::of(*at, now)),
                bar: Some(Bar::of(*left, *limit, of)),
                marks: marks(of, |left| left.to_string()),
            },
            Stock::Unknown(why) => Self {
                words: "unknown".to_owned(),
                source: why,
                at: None,
                bar: None,
                marks: None,
            },
        }
    }
}

/// From when on it is late, in words.
fn marks(marks: &[Mark], said: impl Fn(i64) -> String) -> Option<String> {
    let marks = marks.iter().filter(|mark| mark.left > 0);
    let said: Vec<String> = marks
        .map(|mark| format!("{} at {}", mark.label, said(mark.left)))
        .collect();
    (!said.is_empty()).then(|| said.join(", "))
}

/// Nothing spoke against it when it was last read.
const UNSEEN: &str = "the token cannot be read now";

impl TrialView {
    /// What a page says about it at `now`. What is only likely is not said of a target that cannot be read.
    pub(super) fn of(trial: &Trial, is_up: bool, now: UnixTime) -> Self {
        let (class, word, words) = match trial.outcome {
            Outcome::Yes => ("ok", "Yes", trial.words.as_str()),
            Outcome::No => ("urgent", "No", trial.words.as_str()),
            Outcome::Likely if is_up => ("likely", "Probably", trial.words.as_str()),
            Outcome::Likely => ("unknown", "Unknown", UNSEEN),
            Outcome::Unknown => ("unknown", "Unknown", trial.words.as_str()),
        };
        Self {
            class,
            word,
            words: words.to_owned(),
            at: trial.at.map(|at| When::of(at, now)),
        }
    }
}

impl LinkView {
    /// A link and whether it holds.
    pub(super) const fn of(link: &Link) -> Self {
        let (class, word) = match link.holds {
            Some(true) => ("ok", "holds"),
            Some(false) => ("urgent", "broken"),
            None => ("unknown", "not known"),
        };
        Self {
            label: link.label,
            class,
            word,
        }
    }
}
