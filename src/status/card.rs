//! One target among others.

use askama::{Template, filters::HtmlSafe};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::{
    figures::{LastingView, LinkView, StockView, TrialView},
    parts::{Line, Sign, When},
    reading::Moment,
};
use crate::{
    model::{Portrait, Reason, Runbook},
    snapshot::TargetState,
};

/// What may not stand in a part of a path as it is.
const ODD: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'/')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// One target, with everything that somebody in a hurry has to know.
#[derive(Template)]
#[template(path = "card.html")]
pub(super) struct Card {
    /// Which of the page it is: what its heading is called in links.
    pub(super) number: usize,
    pub(super) name: String,
    pub(super) link: String,
    pub(super) sign: Sign,
    pub(super) kind: &'static str,
    pub(super) tier: String,
    pub(super) host: Option<String>,
    pub(super) place: Option<(String, String)>,
    pub(super) lasting: Option<LastingView>,
    pub(super) stock: Option<StockView>,
    pub(super) trial: Option<TrialView>,
    pub(super) chain: Vec<LinkView>,
    pub(super) notes: Vec<Line>,
    pub(super) failure: Option<&'static str>,
    pub(super) wrong: Vec<String>,
    pub(super) steps: Vec<&'static str>,
    pub(super) runbook: Option<RunbookView>,
    pub(super) letter: Option<LetterView>,
    pub(super) last_read: Option<When>,
    /// Whether it has a page for itself, on which there is room.
    pub(super) is_alone: bool,
}

impl HtmlSafe for Card {}

/// A page that says what to do.
pub(super) struct RunbookView {
    pub(super) link: String,
    pub(super) name: &'static str,
}

/// The ticket to send, and what comes after it.
pub(super) struct LetterView {
    pub(super) text: String,
    pub(super) form: Option<String>,
    pub(super) then: String,
    pub(super) secret: Option<String>,
}

impl Card {
    /// A target at a moment.
    pub(super) fn of(
        state: &TargetState,
        moment: &Moment<'_>,
        number: usize,
        is_paused: bool,
    ) -> Self {
        let (watch, now) = (&state.target.watch, moment.now);
        let portrait = state.facts.portrait(watch, now);
        let failed = state.failed();
        let runbook = runbook(failed, &portrait);
        let place = watch
            .store()
            .map(|store| (store.to_string(), watch.path().to_owned()));
        Self {
            number,
            name: state.target.name.to_string(),
            link: link(state.target.name.as_str(), is_paused),
            sign: Sign::of(state.standing(now)),
            kind: watch.title(),
            tier: state.target.tier.to_string(),
            host: state.facts.provider_host(watch),
            place,
            lasting: portrait
                .lasting
                .as_ref()
                .map(|lasting| LastingView::of(lasting, now)),
            stock: portrait
                .stock
                .as_ref()
                .map(|stock| StockView::of(stock, now)),
            trial: portrait
                .trial
                .as_ref()
                .map(|trial| TrialView::of(trial, state.is_up(), now)),
            chain: portrait.chain.iter().map(LinkView::of).collect(),
            failure: failed.map(Reason::label),
            letter: portrait
                .is_letter_due
                .then(|| LetterView::of(state, moment))
                .flatten(),
            notes: portrait
                .notes
                .into_iter()
                .map(|note| Line::of(note, now))
                .collect(),
            wrong: portrait.wrong,
            steps: state.advice(now),
            runbook: runbook.and_then(|runbook| RunbookView::of(runbook, moment)),
            last_read: state.last_success.map(|at| When::of(at, now)),
            is_alone: false,
        }
    }
}

/// Where the page of a target is.
pub(super) fn link(name: &str, is_paused: bool) -> String {
    let rest = if is_paused { "?refresh=off" } else { "" };
    format!("/targets/{}{rest}", utf8_percent_encode(name, ODD))
}

/// What cannot be read comes first: nothing else is sure then.
fn runbook(failed: Option<Reason>, portrait: &Portrait) -> Option<Runbook> {
    let by_failure = failed.map(|reason| {
        if reason.is_about_the_store() {
            Runbook::StoreAccessFailing
        } else {
            Runbook::TargetUnreadable
        }
    });
    by_failure.or(portrait.runbook)
}

impl RunbookView {
    /// That page, if it is known where they are.
    pub(super) fn of(runbook: Runbook, moment: &Moment<'_>) -> Option<Self> {
        Some(Self {
            link: moment.guide.runbook(runbook)?,
            name: runbook.name(),
        })
    }
}

impl LetterView {
    fn of(state: &TargetState, moment: &Moment<'_>) -> Option<Self> {
        let request = moment.guide.request.as_ref()?;
        let filling = state.facts.request(&state.target, moment.now).ok()?;
        let watch = &state.target.watch;
        let secret = request.secret_link.as_ref();
        Some(Self {
            text: watch.letter(request).whole().filled(&filling),
            form: request.form.clone(),
            then: watch.once_answered(""),
            secret: secret
                .filter(|_| watch.store().is_some())
                .map(|link| link.filled(&filling)),
        })
    }
}
