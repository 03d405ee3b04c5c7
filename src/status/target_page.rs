//! The page of one target, with everything that is known about it; and that of a target that does not exist.

use askama::Template;

use super::{
    asked::Asked,
    card::{Card, link},
    figures::LinkView,
    overview::Headline,
    pages::{PART, Pages},
    parts::{Line, Sign, Word, counted, words},
    reading::{Frame, Moment},
};
use crate::{
    model::{Note, Part, Reason, Roll, Standing, UnixTime, words_for_span},
    snapshot::TargetState,
};

/// The page of one target.
#[derive(Template)]
#[template(path = "target.html")]
pub(super) struct TargetPage {
    frame: Frame,
    back: String,
    card: Card,
    summary: String,
    facts: Vec<Line>,
    checks: Vec<LinkView>,
    roll: Option<RollView>,
    reading: Vec<Line>,
}

/// A part of a long table.
struct RollView {
    caption: &'static str,
    columns: Vec<&'static str>,
    rows: Vec<Vec<Vec<Word>>>,
    pages: Pages,
}

/// The page where there is no such target.
#[derive(Template)]
#[template(path = "missing.html")]
pub(super) struct Missing {
    frame: Frame,
    back: String,
    name: String,
}

impl TargetPage {
    /// The page of a target at a moment.
    pub(super) fn of(state: &TargetState, moment: &Moment<'_>, asked: &Asked) -> Self {
        let (watch, now) = (&state.target.watch, moment.now);
        let part = Part {
            skip: asked.page.saturating_mul(PART),
            take: PART,
        };
        let here = link(state.target.name.as_str(), false);
        let standing = state.standing(now);
        let particulars = state.facts.particulars(watch, part, now);
        let headline = Headline {
            sign: Sign::of(standing),
            words: state.target.name.to_string(),
        };
        let lines = |notes: Vec<Note>| notes.into_iter().map(|note| Line::of(note, now));
        Self {
            frame: Frame::of(moment, &of_target(asked), &here, &headline),
            back: back(asked),
            card: Card {
                is_alone: true,
                ..Card::of(state, moment, 0, asked.is_paused)
            },
            summary: state.facts.summary(watch, now),
            facts: lines(particulars.notes).collect(),
            checks: particulars.checks.iter().map(LinkView::of).collect(),
            roll: particulars
                .roll
                .map(|roll| RollView::of(roll, asked, &here, now)),
            reading: lines(reading(state)).collect(),
        }
    }
}

impl Missing {
    /// The page where there is no target of this name.
    pub(super) fn of(name: &str, moment: &Moment<'_>, asked: &Asked) -> Self {
        let headline = Headline {
            sign: Sign::of(Standing::Unknown),
            words: "No such target".to_owned(),
        };
        Self {
            frame: Frame::still(moment, &headline),
            back: back(asked),
            name: name.to_owned(),
        }
    }
}

/// Filters are those of the list.
fn of_target(asked: &Asked) -> Asked {
    asked.unfiltered().with_page(asked.page)
}

fn back(asked: &Asked) -> String {
    asked.unfiltered().link("/")
}

/// How it is read.
fn reading(state: &TargetState) -> Vec<Note> {
    let interval = i64::try_from(state.target.interval.as_secs()).unwrap_or(i64::MAX);
    let failures = Reason::ALL.into_iter().zip(state.failures);
    let failures: Vec<String> = failures
        .filter(|(_, count)| *count > 0)
        .map(|(reason, count)| format!("{reason} {count}"))
        .collect();
    let known = [
        Some(Note::words("Read every", words_for_span(interval))),
        state.last_attempt.map(|at| Note::at("Last tried", at)),
        state.last_success.map(|at| Note::at("Last read", at)),
        Some(Note::words(
            "Took",
            format!("{} ms", state.took.as_millis()),
        )),
        Some(Note::words(
            "Tried since the start",
            counted_times(state.polls),
        )),
        Some(Note::words(
            "Failed in a row",
            counted_times(u64::from(state.failures_in_a_row)),
        )),
        (!failures.is_empty())
            .then(|| Note::words("Failures since the start", failures.join(", "))),
    ];
    known.into_iter().flatten().collect()
}

fn counted_times(times: u64) -> String {
    counted(
        usize::try_from(times).unwrap_or(usize::MAX),
        "time",
        "times",
    )
}

impl RollView {
    fn of(roll: Roll, asked: &Asked, here: &str, now: UnixTime) -> Self {
        let row = |row: Vec<Vec<_>>| row.into_iter().map(|cell| words(cell, now)).collect();
        let asked = of_target(asked);
        Self {
            caption: roll.caption,
            columns: roll.columns,
            rows: roll.rows.into_iter().map(row).collect(),
            pages: Pages::of(asked.page, roll.total, |page| {
                asked.with_page(page).link(here)
            }),
        }
    }
}
