//! Filters, as links.

use std::collections::BTreeMap;

use super::{asked::Asked, overview::Place, parts::word_for};
use crate::model::Standing;

/// A filter, as a link.
pub(super) struct Choice {
    pub(super) words: String,
    pub(super) count: usize,
    pub(super) link: String,
    pub(super) is_chosen: bool,
    pub(super) class: &'static str,
}

/// By how targets stand, the worst first.
pub(super) fn standings(all: &[Place<'_>], asked: &Asked) -> Vec<Choice> {
    let choice = |standing: Standing| {
        let count = all
            .iter()
            .filter(|place| place.standing == standing)
            .count();
        let is_chosen = asked.standing == Some(standing);
        (count > 0 || is_chosen).then(|| Choice {
            words: word_for(standing).to_owned(),
            count,
            link: asked.with_standing(Some(standing)).link("/"),
            is_chosen,
            class: standing.label(),
        })
    };
    let every = Choice {
        words: "All".to_owned(),
        count: all.len(),
        link: asked.with_standing(None).link("/"),
        is_chosen: asked.standing.is_none(),
        class: "",
    };
    let worst_first = Standing::ALL.into_iter().rev().filter_map(choice);
    std::iter::once(every).chain(worst_first).collect()
}

/// By tier; no choice where there is only one.
pub(super) fn tiers(all: &[Place<'_>], asked: &Asked) -> Vec<Choice> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for place in all {
        let count = counts.entry(place.state.target.tier.as_str()).or_default();
        *count = count.saturating_add(1);
    }
    if counts.len() < 2 && asked.tier.is_none() {
        return Vec::new();
    }
    let every = Choice {
        words: "Any tier".to_owned(),
        count: all.len(),
        link: asked.with_tier(None).link("/"),
        is_chosen: asked.tier.is_none(),
        class: "",
    };
    let tiers = counts.into_iter().map(|(tier, count)| Choice {
        words: tier.to_owned(),
        count,
        link: asked.with_tier(Some(tier)).link("/"),
        is_chosen: asked.tier.as_deref() == Some(tier),
        class: "",
    });
    std::iter::once(every).chain(tiers).collect()
}

/// What a search keeps of what was chosen before.
pub(super) fn hidden(asked: &Asked) -> Vec<(&'static str, String)> {
    let standing = asked
        .standing
        .map(|standing| ("standing", standing.label().to_owned()));
    let tier = asked.tier.clone().map(|tier| ("tier", tier));
    let pause = asked.is_paused.then(|| ("refresh", "off".to_owned()));
    [standing, tier, pause].into_iter().flatten().collect()
}
