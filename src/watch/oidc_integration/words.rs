//! What is known about an OIDC integration → what a person reads. Pure.

mod portrait;
mod report;
mod request;

use crate::{
    model::{Level, Standing, UnixTime, words_for_span},
    watch::News,
};

use super::{
    chain::{Broken, Chain},
    config::OidcIntegration,
    fold::Facts,
};

pub use portrait::{next_end, particulars, portrait};
pub use report::{Report, report};
pub use request::request;

/// The host name of the identity provider, by which people know it.
pub fn provider_host(wanted: &OidcIntegration, _facts: &Facts) -> Option<String> {
    let issuer = url::Url::parse(&wanted.identity_provider.issuer).ok()?;
    issuer.host_str().map(str::to_owned)
}

/// How the target stands. Whether it could be read at all is said by the caller.
pub fn standing(wanted: &OidcIntegration, facts: &Facts, now: UnixTime) -> Standing {
    let by_chain = match &facts.chain {
        None => Standing::Unknown,
        Some(chain) if chain.broken.is_some() => Standing::Urgent,
        Some(_) => Standing::Ok,
    };
    let by_level = match facts.level(wanted, now) {
        None => Standing::Ok,
        Some(Level::Notice) => Standing::Notice,
        Some(Level::Urgent | Level::Expired) => Standing::Urgent,
    };
    let is_remarkable = facts.is_clock_off(wanted) || facts.have_keys_just_changed(now);
    let by_rest = if is_remarkable {
        Standing::Notice
    } else {
        Standing::Ok
    };
    by_chain.max(by_level).max(by_rest)
}

/// One line: whether the chain holds, where it is broken, and what else is known.
pub fn summary(wanted: &OidcIntegration, facts: &Facts, now: UnixTime) -> String {
    let chain = match &facts.chain {
        None => "nothing known yet".to_owned(),
        Some(Chain {
            broken: Some(broken),
            ..
        }) => broken_words(broken),
        Some(chain) => format!("holds: {} links", chain.held.len()),
    };
    let keys = facts.keys.map(|keys| match keys.count {
        1 => "1 signing key".to_owned(),
        count => format!("{count} signing keys"),
    });
    let rest = [
        facts.certificate_end.map(|end| certificate(end, now)),
        keys,
        changed(facts, now),
        clock(wanted, facts),
    ];
    let parts = [Some(chain)].into_iter().chain(rest).flatten();
    parts.collect::<Vec<_>>().join("; ")
}

/// What to do, most pressing first; empty if there is nothing to do.
pub fn advice(wanted: &OidcIntegration, facts: &Facts, now: UnixTime) -> Vec<&'static str> {
    let fault = facts.chain.as_ref().and_then(Chain::fault);
    let by_chain = fault.map(|(_, cause)| cause.advice());
    let by_level = facts.level(wanted, now).map(|level| match level {
        Level::Notice => "have the certificate of the identity provider renewed",
        Level::Urgent => "renew the certificate of the identity provider within days",
        Level::Expired => "renew the certificate of the identity provider now, with its chain",
    });
    let by_clock = facts.is_clock_off(wanted).then_some(
        "compare the clocks of this machine, of APIcast and of the identity provider: APIcast allows no difference",
    );
    let by_keys = facts.have_keys_just_changed(now).then_some(
        "reload the configuration of APIcast, if it caches it (APICAST_CONFIGURATION_CACHE): it does not know the new keys until then",
    );
    let all = [by_chain, by_level, by_clock, by_keys];
    all.into_iter().flatten().collect()
}

/// What changed between two looks and is worth a line in the log.
pub fn news(before: &Facts, after: &Facts) -> Option<News> {
    let of_chain = chain_news(before, after);
    let keys = (before.keys_changed != after.keys_changed && after.keys_changed.is_some())
        .then_some("the signing keys have changed");
    let is_bad = of_chain.as_ref().map_or(keys.is_some(), |news| news.is_bad);
    let texts = of_chain.map(|news| news.text).into_iter();
    let texts: Vec<String> = texts.chain(keys.map(str::to_owned)).collect();
    (!texts.is_empty()).then(|| News {
        text: texts.join("; "),
        is_bad,
    })
}

fn chain_news(before: &Facts, after: &Facts) -> Option<News> {
    let after = after.chain.as_ref()?;
    let known = before.chain.as_ref();
    let is_bad = after.broken.is_some();
    let text = match (known.map(|known| &known.broken), &after.broken) {
        (Some(before), now) if before == now => return None,
        (_, Some(broken)) => format!("{}: {}", broken_words(broken), broken.cause.advice()),
        (None, None) => format!("the chain holds: {} links", after.held.len()),
        (Some(_), None) => "the chain holds again".to_owned(),
    };
    Some(News { text, is_bad })
}

/// Where it is broken and why, and at which application.
fn broken_words(broken: &Broken) -> String {
    let (step, cause) = (broken.step, broken.cause);
    let application = broken.application.as_ref();
    let application = application.map_or_else(String::new, |id| format!(", at {id}"));
    format!("broken at {step}: {} ({cause}){application}", cause.words())
}

fn certificate(end: UnixTime, now: UnixTime) -> String {
    let span = words_for_span(end.seconds_since(now));
    if end <= now {
        format!("certificate ended {end}, {span} ago")
    } else {
        format!("certificate ends {end}, in {span}")
    }
}

fn changed(facts: &Facts, now: UnixTime) -> Option<String> {
    let changed = facts.keys_changed?;
    let span = words_for_span(now.seconds_since(changed));
    let is_new = facts.have_keys_just_changed(now);
    is_new.then(|| format!("the signing keys changed {span} ago"))
}

fn clock(wanted: &OidcIntegration, facts: &Facts) -> Option<String> {
    let offset = facts.clock_offset.filter(|_| facts.is_clock_off(wanted))?;
    let side = if offset > 0 { "ahead of" } else { "behind" };
    let span = words_for_span(offset);
    Some(format!("its clock is {span} {side} ours"))
}

#[cfg(test)]
mod tests;
