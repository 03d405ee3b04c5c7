//! Small parts of a page: instants, foreign texts, lines.

use askama::{Template, filters::HtmlSafe};

use crate::model::{Note, Said, Standing, UnixTime, words_for_span};

/// An instant and how far it is from now.
#[derive(Template)]
#[template(path = "when.html")]
pub(super) struct When {
    /// For programs; `None` if no calendar has a name for it.
    pub(super) machine: Option<String>,
    pub(super) words: String,
    pub(super) span: String,
}

impl HtmlSafe for When {}

impl When {
    /// An instant, as it looks at `now`.
    pub(super) fn of(instant: UnixTime, now: UnixTime) -> Self {
        let seconds = instant.seconds_since(now);
        let span = words_for_span(seconds);
        Self {
            machine: instant.is_in_calendar().then(|| instant.to_string()),
            words: instant.minute(),
            span: match seconds {
                0 => "now".to_owned(),
                1.. => format!("in {span}"),
                _ => format!("{span} ago"),
            },
        }
    }
}

/// A line: what it is about, and the entries of what is said.
#[derive(Template)]
#[template(path = "line.html")]
pub(super) struct Line {
    pub(super) about: &'static str,
    pub(super) said: Vec<Vec<Word>>,
}

impl HtmlSafe for Line {}

impl Line {
    /// A line, as it looks at `now`.
    pub(super) fn of(note: Note, now: UnixTime) -> Self {
        Self {
            about: note.about,
            said: note.said.into_iter().map(|said| words(said, now)).collect(),
        }
    }
}

/// What is said, part by part.
pub(super) fn words(said: Vec<Said>, now: UnixTime) -> Vec<Word> {
    said.into_iter().map(|said| Word::of(said, now)).collect()
}

/// A part of what is said: words of ours, a text from elsewhere, or an instant.
#[derive(Template)]
#[template(path = "word.html")]
pub(super) struct Word {
    text: String,
    is_foreign: bool,
    when: Option<When>,
}

impl HtmlSafe for Word {}

impl Word {
    fn of(said: Said, now: UnixTime) -> Self {
        let (text, is_foreign, when) = match said {
            Said::Words(words) => (words, false, None),
            Said::Foreign(text) => (text, true, None),
            Said::At(instant) => (String::new(), false, Some(When::of(instant, now))),
        };
        Self {
            text,
            is_foreign,
            when,
        }
    }
}

/// How something stands: a sign of its own shape, and the word for it.
#[derive(Template)]
#[template(path = "sign.html")]
pub(super) struct Sign {
    pub(super) class: &'static str,
    pub(super) word: &'static str,
}

impl HtmlSafe for Sign {}

impl Sign {
    /// The sign of a standing.
    pub(super) const fn of(standing: Standing) -> Self {
        Self {
            class: standing.label(),
            word: word_for(standing),
        }
    }
}

/// The word for a standing, on a page.
pub(super) const fn word_for(standing: Standing) -> &'static str {
    match standing {
        Standing::Ok => "Well",
        Standing::Notice => "Notice",
        Standing::Unknown => "Unknown",
        Standing::Urgent => "Urgent",
    }
}

/// So many of something.
pub(super) fn counted(count: usize, one: &str, many: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        count => format!("{count} {many}"),
    }
}
