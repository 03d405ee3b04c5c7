//! From what a browser asks for to the page it gets.

use askama::Template;
use percent_encoding::percent_decode_str;

use super::{
    asked::Asked,
    overview::{Headline, Overview},
    target_page::{Missing, TargetPage},
};
use crate::{
    build,
    model::{Guide, UnixTime},
    snapshot::Snapshot,
};

/// The stylesheet of all pages.
pub const STYLE: &str = include_str!("html/style.css");

/// Where pages of targets lie.
const TARGETS: &str = "/targets/";

/// What a page shows, and when that was.
#[derive(Clone, Copy)]
pub struct Moment<'a> {
    /// What is known.
    pub snapshot: &'a Snapshot,
    /// Where readers are led.
    pub guide: &'a Guide,
    /// When that was.
    pub now: UnixTime,
    /// Whether more will be known later: the scheduler ticks.
    pub is_beating: bool,
}

/// A page for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The document.
    pub html: String,
    /// Whether what was asked for exists.
    pub is_found: bool,
    /// Whether a browser should ask again after a while.
    pub refreshes: bool,
}

/// The page at a path: `/`, or `/targets/NAME` with the name as URLs have it. A page shows no more than a hundred targets, or
/// clients of one.
pub fn read(moment: &Moment<'_>, path: &str, query: &str) -> Reading {
    let asked = Asked::of(query);
    let Some(name) = path.strip_prefix(TARGETS) else {
        return Reading::of(&Overview::of(moment, &asked), true, &asked);
    };
    let name = percent_decode_str(name).decode_utf8_lossy();
    let mut targets = moment.snapshot.targets();
    match targets.find(|state| state.target.name.as_str() == name) {
        Some(state) => Reading::of(&TargetPage::of(state, moment, &asked), true, &asked),
        None => Reading::of(&Missing::of(&name, moment, &asked), false, &asked),
    }
}

impl Reading {
    fn of(page: &impl Template, is_found: bool, asked: &Asked) -> Self {
        Self {
            // Writing to memory cannot fail.
            html: page.render().unwrap_or_default(),
            is_found,
            refreshes: is_found && !asked.is_paused,
        }
    }
}

/// What all pages have in common.
pub(super) struct Frame {
    pub(super) title: String,
    /// How it stands: the colour of the icon.
    pub(super) class: &'static str,
    pub(super) as_of: String,
    pub(super) at: String,
    pub(super) is_beating: bool,
    pub(super) pause: Option<Pause>,
    pub(super) style: String,
    pub(super) version: &'static str,
}

/// How a page is kept from refreshing itself, or let go.
pub(super) struct Pause {
    pub(super) is_on: bool,
    pub(super) link: String,
}

impl Frame {
    /// The frame of a page at this path that refreshes itself.
    pub(super) fn of(moment: &Moment<'_>, asked: &Asked, path: &str, headline: &Headline) -> Self {
        let pause = Pause {
            is_on: asked.is_paused,
            link: asked.with_pause(!asked.is_paused).link(path),
        };
        Self {
            pause: Some(pause),
            ..Self::still(moment, headline)
        }
    }

    /// The frame of a page that stays as it is.
    pub(super) fn still(moment: &Moment<'_>, headline: &Headline) -> Self {
        Self {
            title: format!("{} – kcwatch", headline.words),
            class: headline.sign.class,
            as_of: moment.now.time_of_day(),
            at: moment.now.to_string(),
            is_beating: moment.is_beating,
            pause: None,
            style: format!("/style.css?v={}-{}", build::VERSION, build::REVISION),
            version: build::VERSION,
        }
    }
}
