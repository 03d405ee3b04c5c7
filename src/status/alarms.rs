//! What must be known before any target is looked at.

use super::{
    blindness::{Blindness, Lost},
    card::RunbookView,
    parts::{When, counted},
    reading::Moment,
};
use crate::{
    model::{Runbook, UnixTime},
    snapshot::{Reload, Snapshot},
};

/// Something that must be known before any target is looked at.
pub(super) struct Alarm {
    pub(super) class: &'static str,
    pub(super) title: String,
    pub(super) words: String,
    pub(super) lost: Vec<LostView>,
    pub(super) runbook: Option<RunbookView>,
}

/// A store or an identity provider that cannot be read.
pub(super) struct LostView {
    pub(super) what: &'static str,
    pub(super) name: String,
    pub(super) reason: &'static str,
    pub(super) advice: &'static str,
    pub(super) since: Option<When>,
    pub(super) targets: String,
}

/// All of them, the gravest first.
pub(super) fn alarms(moment: &Moment<'_>) -> Vec<Alarm> {
    let snapshot = moment.snapshot;
    [
        still(moment),
        blind(moment),
        refused(moment, "configuration", snapshot.reload()),
        snapshot
            .protection()
            .and_then(|protection| refused(moment, "web configuration", protection.reload)),
        beginning(snapshot),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn still(moment: &Moment<'_>) -> Option<Alarm> {
    (!moment.is_beating).then(|| Alarm {
        class: "urgent",
        title: "This page stands still".to_owned(),
        words: format!(
            "The scheduler of kcwatch does not tick, so nothing is read any more. All of this is as it was at {}. Restart kcwatch, and keep its log.",
            moment.now.time_of_day()
        ),
        lost: Vec::new(),
        runbook: RunbookView::of(Runbook::KcwatchDown, moment),
    })
}

fn blind(moment: &Moment<'_>) -> Option<Alarm> {
    let blindness = Blindness::of(moment.snapshot);
    let lost = blindness.lost.iter();
    let lost: Vec<LostView> = lost.map(|lost| LostView::of(lost, moment.now)).collect();
    let (class, title, words) = if blindness.is_total {
        (
            "urgent",
            "kcwatch is blind: no target can be read",
            "What is shown below is what was known before, and may be wrong by now. New trouble will not be seen.",
        )
    } else {
        (
            "unknown",
            "kcwatch cannot see everything",
            "What is shown below about these targets is what was known before, if anything was.",
        )
    };
    let runbook = RunbookView::of(Runbook::StoreAccessFailing, moment);
    (!lost.is_empty()).then(|| Alarm {
        class,
        title: title.to_owned(),
        words: words.to_owned(),
        lost,
        runbook,
    })
}

fn refused(moment: &Moment<'_>, what: &str, reload: Reload) -> Option<Alarm> {
    (!reload.successful).then(|| Alarm {
        class: "notice",
        title: format!("The latest {what} was refused"),
        words: format!(
            "The one that was loaded at {} stays in force. What is wrong stands in the log, and kcwatch check-config tells it, too.",
            reload.last_success.minute()
        ),
        lost: Vec::new(),
        runbook: RunbookView::of(Runbook::ConfigReloadFailed, moment),
    })
}

fn beginning(snapshot: &Snapshot) -> Option<Alarm> {
    let untried = snapshot.targets().filter(|state| state.outcome.is_none());
    let untried = untried.count();
    (untried > 0).then(|| Alarm {
        class: "unknown",
        title: "Not everything was read yet".to_owned(),
        words: format!(
            "{} not been read since kcwatch was started or configured anew.",
            counted(untried, "target has", "targets have")
        ),
        lost: Vec::new(),
        runbook: None,
    })
}

impl LostView {
    fn of(lost: &Lost, now: UnixTime) -> Self {
        Self {
            what: lost.what,
            name: lost.name.clone(),
            reason: lost.reason.label(),
            advice: lost.advice,
            since: lost.since.map(|since| When::of(since, now)),
            targets: counted(lost.targets, "target", "targets"),
        }
    }
}
