//! The page of all targets: worst first, filtered, a part at a time.

use std::cmp::Reverse;

use askama::Template;

use super::{
    alarms::{Alarm, alarms},
    asked::Asked,
    blindness::Blindness,
    card::Card,
    choices::{Choice, hidden, standings, tiers},
    pages::{PART, Pages, last_page},
    parts::{Sign, counted},
    reading::{Frame, Moment},
};
use crate::{
    model::{Standing, UnixTime},
    snapshot::TargetState,
};

/// The page of all targets.
#[derive(Template)]
#[template(path = "overview.html")]
pub(super) struct Overview {
    frame: Frame,
    headline: Headline,
    alarms: Vec<Alarm>,
    standings: Vec<Choice>,
    tiers: Vec<Choice>,
    text: String,
    hidden: Vec<(&'static str, String)>,
    shown: String,
    everything: Option<String>,
    cards: Vec<Card>,
    pages: Pages,
}

/// How all of it stands, in one line.
pub(super) struct Headline {
    pub(super) sign: Sign,
    pub(super) words: String,
}

/// A target, and what decides where it stands.
pub(super) struct Place<'a> {
    pub(super) state: &'a TargetState,
    pub(super) standing: Standing,
    end: Option<UnixTime>,
}

impl Overview {
    /// The page at a moment.
    pub(super) fn of(moment: &Moment<'_>, asked: &Asked) -> Self {
        let all = places(moment);
        let mut fitting: Vec<&Place<'_>> = all.iter().filter(|place| place.fits(asked)).collect();
        fitting.sort_by_key(|place| place.rank());
        let page = asked.page.min(last_page(fitting.len()));
        let part = fitting.iter().skip(page * PART).take(PART).enumerate();
        let cards =
            part.map(|(number, place)| Card::of(place.state, moment, number, asked.is_paused));
        let headline = headline(moment, &all);
        Self {
            frame: Frame::of(moment, asked, "/", &headline),
            alarms: alarms(moment),
            standings: standings(&all, asked),
            tiers: tiers(&all, asked),
            text: asked.text.clone(),
            hidden: hidden(asked),
            shown: shown(fitting.len(), all.len(), asked),
            everything: asked.is_filtered().then(|| asked.unfiltered().link("/")),
            cards: cards.collect(),
            pages: Pages::of(page, fitting.len(), |page| asked.with_page(page).link("/")),
            headline,
        }
    }
}

fn places<'a>(moment: &Moment<'a>) -> Vec<Place<'a>> {
    let place = |state: &'a std::sync::Arc<TargetState>| Place {
        state,
        standing: state.standing(moment.now),
        end: state.facts.end(&state.target.watch, moment.now),
    };
    moment.snapshot.targets().map(place).collect()
}

impl Place<'_> {
    /// The worst first, then what ends first; targets of one rank stay in the order of their names.
    fn rank(&self) -> (Reverse<Standing>, bool, Option<UnixTime>) {
        (Reverse(self.standing), self.end.is_none(), self.end)
    }

    fn fits(&self, asked: &Asked) -> bool {
        let (target, watch) = (&self.state.target, &self.state.target.watch);
        let is_of_tier = asked
            .tier
            .as_deref()
            .is_none_or(|tier| tier == target.tier.as_str());
        if !is_of_tier
            || asked
                .standing
                .is_some_and(|standing| standing != self.standing)
        {
            return false;
        }
        let wanted = asked.text.to_lowercase();
        let says = |text: &str| text.to_lowercase().contains(&wanted);
        wanted.is_empty()
            || says(target.name.as_str())
            || says(watch.path())
            || says(watch.title())
            || watch.store().is_some_and(|store| says(store.as_str()))
            || self
                .state
                .facts
                .provider_host(watch)
                .is_some_and(|host| says(&host))
    }
}

/// How all of it stands, whatever part is shown.
fn headline(moment: &Moment<'_>, all: &[Place<'_>]) -> Headline {
    let worst = all.iter().map(|place| place.standing).max();
    let worst = worst.unwrap_or(Standing::Unknown);
    let count = all.iter().filter(|place| place.standing == worst).count();
    let targets = counted(count, "target", "targets");
    let words = match worst {
        _ if all.is_empty() => "No target is watched".to_owned(),
        _ if Blindness::of(moment.snapshot).is_total => "kcwatch is blind".to_owned(),
        Standing::Ok if count == 1 => "The one target is well".to_owned(),
        Standing::Ok => format!("All {targets} are well"),
        Standing::Notice if count == 1 => "1 target needs something in time".to_owned(),
        Standing::Notice => format!("{targets} need something in time"),
        Standing::Unknown => format!("{targets} cannot be judged"),
        Standing::Urgent if count == 1 => "1 target needs somebody now".to_owned(),
        Standing::Urgent => format!("{targets} need somebody now"),
    };
    Headline {
        sign: Sign::of(worst),
        words,
    }
}

fn shown(fitting: usize, all: usize, asked: &Asked) -> String {
    let targets = counted(all, "target", "targets");
    match fitting {
        _ if !asked.is_filtered() => targets,
        0 => format!("None of {targets} fits"),
        fitting => format!("{fitting} of {targets}"),
    }
}
