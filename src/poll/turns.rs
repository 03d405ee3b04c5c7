//! When each question is asked for the first time after a start or a reload. Pure.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use super::{About, roster::First};
use crate::{
    model::{ProviderName, UnixTime},
    snapshot::{Snapshot, TargetState},
    watch::{Question, Target},
};

/// What is known about targets that stay as they are is not asked again at once; everything else is.
pub(super) fn first<'a>(
    before: &'a Snapshot,
    targets: &'a [Arc<Target>],
    now: UnixTime,
) -> impl Fn(&About) -> First + 'a {
    let tried = before
        .targets()
        .filter(|state| state.last_attempt.is_some());
    let tried: BTreeMap<_, _> = tried.map(|state| (&state.target.name, state)).collect();
    let staying = move |position: usize| {
        let target = targets.get(position)?;
        let state = tried.get(&target.name)?;
        (state.target.watch == target.watch).then_some(*state)
    };
    let is_read = |name: &ProviderName| {
        let state = before.providers().get(name);
        state.is_some_and(|state| state.list().is_some())
    };
    move |about| match about {
        About::Target { position, question } => {
            staying(*position).map_or(First::AtOnce, |state| in_turn(state, *question, now))
        }
        About::List(name) if is_read(name) => First::InTurn,
        About::List(_) => First::AtOnce,
    }
}

/// When a question about a target that stays as it is is asked again after a reload.
fn in_turn(state: &TargetState, question: Question, now: UnixTime) -> First {
    let interval = state
        .target
        .watch
        .questions()
        .find(|(asked, _)| *asked == question);
    match (interval, state.facts.last_answer(question)) {
        // Its interval may be so long that reloads would put it off for ever.
        (Some((_, interval)), Some(at)) => {
            let passed = u64::try_from(now.seconds_since(at)).unwrap_or(0);
            First::After(interval.saturating_sub(Duration::from_secs(passed)))
        }
        (Some(_), None) => First::AtOnce,
        (None, _) => First::InTurn,
    }
}
