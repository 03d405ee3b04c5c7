//! What is known about client secrets → what a person reads. Pure.

mod names;
mod news;
mod portrait;
mod report;
mod request;

use crate::model::{ClientList, ClientTimes, Expiry, Reason, Standing, UnixTime, words_for_span};

pub use news::news;
pub use portrait::{next_end, particulars, portrait};
pub use report::{Report, report};
pub use request::request;

use names::{listed, short};

use super::{
    config::{ClientSecrets, Source},
    fold::Facts,
    needs::Need,
};

/// The host name of the identity provider, by which people know it.
pub fn provider_host(wanted: &ClientSecrets, _facts: &Facts) -> Option<String> {
    let provider = match &wanted.source {
        Source::Realm {
            identity_provider, ..
        } => Some(identity_provider),
        Source::Stored {
            identity_provider, ..
        } => identity_provider.as_ref(),
    };
    let issuer = url::Url::parse(&provider?.issuer).ok()?;
    issuer.host_str().map(str::to_owned)
}

/// How the target stands. Whether it could be read at all is said by the caller.
pub fn standing(wanted: &ClientSecrets, facts: &Facts, now: UnixTime) -> Standing {
    let (Some(clients), Some(unclear)) = (&facts.clients, facts.unclear(wanted)) else {
        return Standing::Unknown;
    };
    let of_client = |client: &ClientTimes| {
        let mut needs = Need::ALL.into_iter();
        match needs.find(|need| need.is_of(client, wanted, now)) {
            Some(Need::Expired | Need::Urgent) => Standing::Urgent,
            Some(_) => Standing::Notice,
            None => Standing::Ok,
        }
    };
    let worst = clients.iter().map(of_client).max();
    let by_unclear = if unclear > 0 {
        Standing::Notice
    } else {
        Standing::Ok
    };
    worst.unwrap_or(Standing::Ok).max(by_unclear)
}

/// One line: how many clients, whose secret expires next, and what somebody should see to.
pub fn summary(wanted: &ClientSecrets, facts: &Facts, now: UnixTime) -> String {
    let Some(clients) = &facts.clients else {
        return "nothing known yet".to_owned();
    };
    let mut said = counted(clients.len(), "client", "clients");
    let parts = next(facts, now)
        .map(|(client, end)| {
            let left = words_for_span(end.seconds_since(now));
            format!("next: {} expires {end}, in {left}", short(&client.id))
        })
        .into_iter()
        .chain(complaints(wanted, facts, now));
    for part in parts {
        said.push_str("; ");
        said.push_str(&part);
    }
    said
}

/// The client whose secret ends first of those that have not ended.
pub(super) fn next(facts: &Facts, now: UnixTime) -> Option<(&ClientTimes, UnixTime)> {
    let clients = facts.clients.as_ref()?.iter();
    let ends = clients.filter_map(|client| match client.expiry {
        Some(Expiry::At(end)) if end > now => Some((client, end)),
        _ => None,
    });
    ends.min_by_key(|(_, end)| *end)
}

fn complaints(wanted: &ClientSecrets, facts: &Facts, now: UnixTime) -> Vec<String> {
    let with = |need: Need| {
        let clients = facts.clients.iter().flat_map(ClientList::iter);
        let with = clients.filter(move |client| need.is_of(client, wanted, now));
        with.map(|client| &*client.id)
    };
    let counted = [
        (Need::Expired, "expired"),
        (Need::RotatedEnds, "with a rotated secret that ends soon"),
        (
            Need::Replaceable,
            "of 3scale whose secret an update may replace",
        ),
        (Need::Unmanaged, "not under the rotation policy"),
        (Need::Unclear, "with times that cannot be understood"),
    ];
    let mut said: Vec<String> = counted
        .into_iter()
        .filter_map(|(need, words)| {
            Some(format!(
                "{} {words}",
                Some(with(need).count()).filter(|count| *count > 0)?
            ))
        })
        .collect();
    let nameless = facts.clients.as_ref().map_or(0, |clients| clients.nameless);
    if nameless > 0 {
        said.push(format!("{nameless} without an id that can be read"));
    }
    if let Some(missing) = listed(facts.missing(wanted)) {
        said.push(format!("not there or without a secret: {missing}"));
    }
    said
}

fn counted(count: usize, one: &str, many: &str) -> String {
    match count {
        0 => format!("no {one} with a secret"),
        1 => format!("1 {one}"),
        count => format!("{count} {many}"),
    }
}

/// What to do, most pressing first; empty if there is nothing to do.
pub fn advice(wanted: &ClientSecrets, facts: &Facts, now: UnixTime) -> Vec<&'static str> {
    let needs = Need::ALL.into_iter();
    let needed = needs.filter(|need| {
        facts
            .count(*need, wanted, now)
            .is_some_and(|count| count > 0)
    });
    let mut said: Vec<&str> = needed.map(|need| remedy(need, wanted)).collect();
    if facts
        .clients
        .as_ref()
        .is_some_and(|clients| clients.nameless > 0)
    {
        said.push("the realm lists clients without an id: look at its list of clients, and at what answers in its place");
    }
    if facts.missing(wanted).next().is_some() {
        said.push(
            "some of clients.ids are not there, are disabled or have no secret: compare them with the realm's list of clients",
        );
    }
    said
}

fn remedy(need: Need, wanted: &ClientSecrets) -> &'static str {
    match need {
        Need::Expired | Need::Urgent | Need::Notice if !wanted.is_of_a_realm() => match need {
            Need::Expired => {
                "logins of this client fail now: have its secret replaced at the identity provider, and write the answer to the store"
            }
            _ => {
                "have the secret of this client replaced at the identity provider before it expires, and write the answer to the store"
            }
        },
        Need::Expired => {
            "logins with an expired secret fail now: make a new one (Clients > ID > Credentials > Regenerate), and give it to whoever uses the client"
        }
        Need::Urgent => {
            "a secret expires within days: make a new one now (Clients > ID > Credentials > Regenerate), and give it to whoever uses the client"
        }
        Need::Notice => {
            "a secret expires soon: plan when to make a new one (Clients > ID > Credentials > Regenerate), and who is to be given it"
        }
        Need::RotatedEnds => {
            "a rotated secret stops working soon: see that everybody who uses the client has the new one"
        }
        Need::Unclear => {
            "the end of a secret cannot be understood: look at the attributes client.secret.expiration.time and client.secret.rotated.expiration.time of the client"
        }
        Need::Replaceable => {
            "an update by Zync may replace the secret of a client of 3scale, which is not told: exempt 3scale's clients from the rotation policy"
        }
        Need::Unmanaged => {
            "a client is not under the rotation policy: update it once (Clients > ID > Save) so that the policy applies, or check the policy's conditions"
        }
    }
}

/// What to do when the clients cannot be read.
pub const fn advice_on(wanted: &ClientSecrets, reason: Reason) -> &'static str {
    if wanted.is_of_a_realm() {
        reason.advice_on_clients()
    } else {
        reason.advice_on_registration()
    }
}

#[cfg(test)]
mod tests;
