//! What a page shows of client secrets.

use crate::{
    model::{
        ClientList, ClientTimes, Expiry, Lasting, Note, Part, Particulars, Portrait, Roll, Runbook,
        Said, UnixTime, words_for_span,
    },
    watch::client_secrets::{
        config::{ClientSecrets, Source},
        fold::Facts,
        needs::{Need, level},
    },
};

use super::{complaints, next, short};

/// How many clients are named in a list of all targets.
const NAMED: usize = 3;

/// When the first secret ends of those that have not ended; `None` if that is not known, or never.
pub fn next_end(_wanted: &ClientSecrets, facts: &Facts, now: UnixTime) -> Option<UnixTime> {
    next(facts, now).map(|(_, end)| end)
}

/// What a page shows of them among others.
pub fn portrait(wanted: &ClientSecrets, facts: &Facts, now: UnixTime) -> Portrait {
    Portrait {
        lasting: lasting(wanted, facts, now),
        notes: notes(facts, now),
        wrong: complaints(wanted, facts, now),
        runbook: runbook(wanted, facts, now),
        is_letter_due: facts
            .clients
            .iter()
            .flat_map(ClientList::iter)
            .any(|client| level(client, wanted, now).is_some()),
        ..Portrait::default()
    }
}

fn lasting(wanted: &ClientSecrets, facts: &Facts, now: UnixTime) -> Option<Lasting> {
    let (client, end) = next(facts, now)?;
    let whole = client.created.map(|created| end.seconds_since(created));
    let what = ("Next secret to end:", Some(short(&client.id)));
    let end = Expiry::At(end);
    Some(Lasting::new(what, end, whole, &wanted.thresholds))
}

fn notes(facts: &Facts, now: UnixTime) -> Vec<Note> {
    let Some(clients) = &facts.clients else {
        return Vec::new();
    };
    let mut ending: Vec<(UnixTime, &ClientTimes)> = clients
        .iter()
        .filter_map(|client| Some((end(client)?, client)))
        .collect();
    ending.sort_by_key(|(end, _)| *end);
    let endless = clients
        .iter()
        .filter(|client| client.expiry == Some(Expiry::Never));
    let ending = ending.iter().map(|(end, client)| (&*client.id, Some(*end)));
    let endless = endless.map(|client| (&*client.id, None));
    let known = [
        Some(Note::words("Clients", clients.len().to_string())),
        // One that stands alone is named already.
        some("End first", ending, now).filter(|_| clients.len() > 1),
        some("No end", endless, now),
    ];
    known.into_iter().flatten().collect()
}

/// Some clients and when they end, and how many there are beside them; `None` if there is none.
fn some<'a>(
    about: &'static str,
    clients: impl Iterator<Item = (&'a str, Option<UnixTime>)>,
    now: UnixTime,
) -> Option<Note> {
    let (mut said, mut count) = (Vec::new(), 0_usize);
    for (id, end) in clients {
        if count < NAMED {
            let end = end.map(|end| Said::Words(when(end, now)));
            said.push([Said::Foreign(short(id))].into_iter().chain(end).collect());
        }
        count = count.saturating_add(1);
    }
    let more = count.saturating_sub(NAMED);
    if more > 0 {
        said.push(vec![Said::Words(format!("and {more} more"))]);
    }
    (count > 0).then_some(Note { about, said })
}

fn when(end: UnixTime, now: UnixTime) -> String {
    let span = words_for_span(end.seconds_since(now));
    if end <= now {
        format!("{span} ago")
    } else {
        format!("in {span}")
    }
}

/// The page on what presses most.
fn runbook(wanted: &ClientSecrets, facts: &Facts, now: UnixTime) -> Option<Runbook> {
    let is_needed = |need: &Need| {
        facts
            .count(*need, wanted, now)
            .is_some_and(|count| count > 0)
    };
    let by_need = Need::ALL
        .into_iter()
        .find(is_needed)
        .map(|need| match need {
            Need::Expired => Runbook::ClientSecretExpired,
            Need::Urgent | Need::Notice => Runbook::ClientSecretExpiring,
            Need::RotatedEnds => Runbook::RotatedSecretExpiring,
            Need::Unclear => Runbook::ClientSecretsUnclear,
            Need::Replaceable => Runbook::ClientSecretReplaceable,
            Need::Unmanaged => Runbook::ClientSecretUnmanaged,
        });
    let is_unclear = facts.unclear(wanted).is_some_and(|unclear| unclear > 0);
    by_need.or_else(|| is_unclear.then_some(Runbook::ClientSecretsUnclear))
}

/// What a page of its own shows of them beside that: every client, those first that need something most.
pub fn particulars(
    wanted: &ClientSecrets,
    facts: &Facts,
    part: Part,
    now: UnixTime,
) -> Particulars {
    Particulars {
        notes: facts_of(wanted),
        checks: Vec::new(),
        roll: facts
            .clients
            .as_ref()
            .map(|clients| roll(wanted, clients, part, now)),
    }
}

fn facts_of(wanted: &ClientSecrets) -> Vec<Note> {
    let provider = match &wanted.source {
        Source::Realm {
            identity_provider, ..
        } => Some(identity_provider),
        Source::Stored {
            identity_provider, ..
        } => identity_provider.as_ref(),
    };
    let issuer = provider.map(|provider| Note::foreign("Realm", provider.issuer.to_string()));
    let policy = wanted.rotation.map(|rotation| {
        let span = i64::try_from(rotation.remaining.as_secs()).unwrap_or(i64::MAX);
        let words = format!(
            "expected; it replaces a secret in its last {}",
            words_for_span(span)
        );
        Note::words("Rotation policy", words)
    });
    [issuer, policy].into_iter().flatten().collect()
}

fn roll(wanted: &ClientSecrets, clients: &ClientList, part: Part, now: UnixTime) -> Roll {
    let needs = |client: &ClientTimes| -> Vec<Need> {
        let all = Need::ALL.into_iter();
        all.filter(|need| need.is_of(client, wanted, now)).collect()
    };
    let rank = |needs: &[Need]| {
        needs.first().map_or(Need::ALL.len(), |need| {
            Need::ALL.iter().position(|each| each == need).unwrap_or(0)
        })
    };
    let mut all: Vec<_> = clients
        .iter()
        .map(|client| (needs(client), client))
        .collect();
    // Stable, so that those of one sort stay in the order of their ids; what has no end comes last.
    all.sort_by_key(|(needs, client)| (rank(needs), end(client).is_none(), end(client)));
    let rows = all.iter().skip(part.skip).take(part.take);
    Roll {
        caption: "Clients, those first that need something most",
        columns: vec!["Client", "Secret ends", "Secret before it ends", "Needs"],
        rows: rows.map(|(needs, client)| row(needs, client)).collect(),
        total: all.len(),
    }
}

fn row(needs: &[Need], client: &ClientTimes) -> Vec<Vec<Said>> {
    let words = |text: &str| vec![Said::Words(text.to_owned())];
    let ends = match client.expiry {
        Some(Expiry::At(end)) => vec![Said::At(end)],
        Some(Expiry::Never) => words("no end"),
        None => words("not understood"),
    };
    let rotated = client
        .rotated
        .map_or_else(Vec::new, |end| vec![Said::At(end)]);
    let needs: Vec<&str> = needs.iter().map(|need| said(*need)).collect();
    vec![
        vec![Said::Foreign(super::names::one_line(&client.id))],
        ends,
        rotated,
        words(&needs.join(", ")),
    ]
}

const fn said(need: Need) -> &'static str {
    match need {
        Need::Expired => "has expired",
        Need::Urgent => "a new secret now",
        Need::Notice => "a new secret soon",
        Need::RotatedEnds => "the secret before it ends soon",
        Need::Unclear => "its times cannot be understood",
        Need::Replaceable => "an update by Zync may replace it",
        Need::Unmanaged => "not under the rotation policy",
    }
}

fn end(client: &ClientTimes) -> Option<UnixTime> {
    match client.expiry {
        Some(Expiry::At(end)) => Some(end),
        Some(Expiry::Never) | None => None,
    }
}
