//! What a page shows of an OpenID Connect integration.

use crate::{
    model::{
        Expiry, Lasting, Level, Link, Note, Part, Particulars, Portrait, Runbook, Step, UnixTime,
        words_for_span,
    },
    watch::oidc_integration::{
        chain::Chain,
        config::{Api, OidcIntegration},
        fold::Facts,
    },
};

use super::{broken_words, changed, clock};

/// When the certificate ends; `None` if that is not known.
pub fn next_end(_wanted: &OidcIntegration, facts: &Facts, _now: UnixTime) -> Option<UnixTime> {
    facts.certificate_end
}

/// What a page shows of it among others.
pub fn portrait(wanted: &OidcIntegration, facts: &Facts, now: UnixTime) -> Portrait {
    let broken = facts.chain.as_ref().and_then(|chain| chain.broken.as_ref());
    let wrong = [
        broken.map(broken_words),
        changed(facts, now),
        clock(wanted, facts),
    ];
    Portrait {
        lasting: lasting(wanted, facts),
        chain: links(facts.chain.as_ref()),
        wrong: wrong.into_iter().flatten().collect(),
        runbook: runbook(wanted, facts, now),
        is_letter_due: broken.is_some(),
        ..Portrait::default()
    }
}

fn lasting(wanted: &OidcIntegration, facts: &Facts) -> Option<Lasting> {
    let end = Expiry::At(facts.certificate_end?);
    let what = ("Certificate", None);
    Some(Lasting::new(what, end, None, &wanted.thresholds))
}

/// Every link that was tried or comes after one that is broken; those that do not exist here are left out.
fn links(chain: Option<&Chain>) -> Vec<Link> {
    let Some(chain) = chain else {
        return Vec::new();
    };
    let broken = chain.broken.as_ref().map(|broken| broken.step);
    let link = |step: Step| {
        let holds = chain
            .steps()
            .find_map(|(each, holds)| (each == step).then_some(holds));
        let comes_later = broken.is_some_and(|broken| step > broken);
        (holds.is_some() || comes_later).then_some(Link {
            label: step.label(),
            holds,
        })
    };
    Step::ALL.into_iter().filter_map(link).collect()
}

/// The page on what presses most.
fn runbook(wanted: &OidcIntegration, facts: &Facts, now: UnixTime) -> Option<Runbook> {
    let is_broken = facts
        .chain
        .as_ref()
        .is_some_and(|chain| chain.broken.is_some());
    let ends = facts
        .level(wanted, now)
        .is_some_and(|level| level >= Level::Notice);
    [
        (is_broken, Runbook::OidcIntegrationBroken),
        (ends, Runbook::OidcCertificateExpiring),
        (facts.is_clock_off(wanted), Runbook::OidcClockSkew),
        (facts.have_keys_just_changed(now), Runbook::OidcKeysChanged),
    ]
    .into_iter()
    .find_map(|(is_so, runbook)| is_so.then_some(runbook))
}

/// What a page of its own shows of it beside that.
pub fn particulars(
    wanted: &OidcIntegration,
    facts: &Facts,
    _part: Part,
    _now: UnixTime,
) -> Particulars {
    let issuer = wanted.identity_provider.issuer.to_string();
    let known = [
        Some(Note::foreign("Issuer", issuer)),
        Some(Note::words("Clients are synchronized by", api(&wanted.api))),
        facts
            .certificate_end
            .map(|end| Note::at("Certificate ends", end)),
        facts
            .keys
            .map(|keys| Note::words("Keys that sign", keys.count.to_string())),
        facts
            .keys_changed
            .map(|at| Note::at("Other keys found", at)),
        facts.clock_offset.map(|offset| {
            let limit = i64::try_from(wanted.clock_offset.as_secs()).unwrap_or(i64::MAX);
            let limit = words_for_span(limit);
            let words = format!("{} (allowed: {limit})", ahead(offset));
            Note::words("Its clock", words)
        }),
        Some(Note::words(
            "Applications that must be there",
            wanted.applications.len().to_string(),
        )),
    ];
    Particulars {
        notes: known.into_iter().flatten().collect(),
        ..Particulars::default()
    }
}

fn ahead(offset: i64) -> String {
    match offset {
        0 => "goes with ours".to_owned(),
        1.. => format!("{} ahead of ours", words_for_span(offset)),
        _ => format!("{} behind ours", words_for_span(offset)),
    }
}

const fn api(api: &Api) -> &'static str {
    match api {
        Api::Keycloak => "Keycloak's client registration",
        Api::Rest { .. } => "a REST API",
    }
}
