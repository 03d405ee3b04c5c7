//! What changed between two looks.

use super::names::listed;
use crate::{
    model::{ClientList, ClientTimes},
    watch::{News, client_secrets::fold::Facts},
};

/// What changed between two looks and is worth a line in the log: clients that came, went, or have another end.
pub fn news(before: &Facts, after: &Facts) -> Option<News> {
    let after = after.clients.as_ref()?;
    let Some(before) = &before.clients else {
        return Some(News {
            text: format!("the secrets of {} clients were read", after.len()),
            is_bad: unclear(after) > 0,
        });
    };
    let parts = [
        ("new clients", listed(missing_in(before, after))),
        ("clients that are gone", listed(missing_in(after, before))),
        ("another expiry", listed(changed(before, after))),
    ];
    let said = parts
        .into_iter()
        .filter_map(|(what, ids)| Some(format!("{what}: {}", ids?)));
    let mut said: Vec<String> = said.collect();
    let (was, is) = (unclear(before), unclear(after));
    if was != is {
        said.push(format!("that cannot be understood: {is} (before: {was})"));
    }
    (!said.is_empty()).then(|| News {
        text: said.join("; "),
        is_bad: is > was,
    })
}

fn missing_in<'a>(list: &'a ClientList, all: &'a ClientList) -> impl Iterator<Item = &'a str> {
    let missing = all.iter().filter(|client| list.get(&client.id).is_none());
    missing.map(|client| &*client.id)
}

fn changed<'a>(before: &'a ClientList, after: &'a ClientList) -> impl Iterator<Item = &'a str> {
    let end = |client: &ClientTimes| (client.expiry, client.rotated);
    let is_another = move |client: &&ClientTimes| {
        let known = before.get(&client.id);
        known.is_some_and(|known| end(known) != end(client))
    };
    after.iter().filter(is_another).map(|client| &*client.id)
}

fn unclear(list: &ClientList) -> usize {
    let clients = list.iter().filter(|client| client.is_unclear).count();
    clients.saturating_add(list.nameless)
}
