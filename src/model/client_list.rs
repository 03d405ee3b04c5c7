//! The clients of a realm that have a secret, and when it ends; never a secret.

use std::{cmp::Ordering, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::model::{Expiry, UnixTime};

/// When the secret of one client ends. A realm may have thousands of them, so it is kept small.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientTimes {
    /// The id of the client, as it logs in with it.
    pub id: Arc<str>,
    /// When the secret in use stops working; `None` if what stands there cannot be understood.
    pub expiry: Option<Expiry>,
    /// When the secret in use was made, if the server knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<UnixTime>,
    /// When the secret before it stops or stopped working, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rotated: Option<UnixTime>,
    /// Whether an end cannot be understood: that of the secret in use, or of the one before.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_unclear: bool,
    /// Whether it carries the attribute `3scale`, so that Zync updates it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_of_3scale: bool,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands over a reference"
)]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

/// Clients with a secret, at one moment, each once and in the order of their ids. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientList {
    clients: Arc<[ClientTimes]>,
    /// How many there were besides whose ids could not be read.
    #[serde(default)]
    pub nameless: usize,
}

impl Default for ClientList {
    fn default() -> Self {
        Self::of(Vec::new(), 0)
    }
}

impl ClientList {
    /// A list of these. Of two with one id, the one stays that ends first.
    pub fn of(mut clients: Vec<ClientTimes>, nameless: usize) -> Self {
        clients.sort_by(|one, other| one.id.cmp(&other.id).then_with(|| one.by_end(other)));
        clients.dedup_by(|later, kept| later.id == kept.id);
        Self {
            clients: clients.into(),
            nameless,
        }
    }

    /// Those that fit; those without an id stay, as nobody knows whether they do.
    #[must_use]
    pub fn filtered(&self, fits: impl Fn(&str) -> bool) -> Self {
        let fitting = self.clients.iter().filter(|client| fits(&client.id));
        Self {
            clients: fitting.cloned().collect(),
            nameless: self.nameless,
        }
    }

    /// The same with what was known before about what it does not say: an end that cannot be understood is the one that was known, and
    /// where rows have no id, any client that is not listed may be one of them.
    #[must_use]
    pub fn remembering(&self, before: &Self) -> Self {
        let is_whole = self.nameless == 0;
        if is_whole && !self.iter().any(|client| client.is_unclear) {
            return self.clone();
        }
        let known = |client: &ClientTimes| match before.get(&client.id) {
            Some(known) if client.is_unclear => client.remembering(known),
            _ => client.clone(),
        };
        let is_lost = |known: &&ClientTimes| !is_whole && self.get(&known.id).is_none();
        let lost = before.iter().filter(is_lost).cloned();
        Self::of(self.iter().map(known).chain(lost).collect(), self.nameless)
    }

    /// Each client, in the order of the ids.
    pub fn iter(&self) -> impl Iterator<Item = &ClientTimes> {
        self.clients.iter()
    }

    /// The client of this id.
    pub fn get(&self, id: &str) -> Option<&ClientTimes> {
        let found = self
            .clients
            .binary_search_by(|client| client.id.as_ref().cmp(id));
        self.clients.get(found.ok()?)
    }

    /// How many there are whose ids could be read.
    pub fn len(&self) -> usize {
        self.clients.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.clients.is_empty()
    }
}

impl ClientTimes {
    fn remembering(&self, before: &Self) -> Self {
        Self {
            expiry: self.expiry.or(before.expiry),
            rotated: self.rotated.or(before.rotated),
            ..self.clone()
        }
    }

    /// The earliest end first, then what is not understood, then what never ends.
    fn by_end(&self, other: &Self) -> Ordering {
        let rank = |client: &Self| match client.expiry {
            Some(Expiry::At(end)) => (0, Some(end)),
            None => (1, None),
            Some(Expiry::Never) => (2, None),
        };
        rank(self).cmp(&rank(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(id: &str, expiry: Option<Expiry>) -> ClientTimes {
        ClientTimes {
            id: id.into(),
            expiry,
            created: None,
            rotated: None,
            is_unclear: expiry.is_none(),
            is_of_3scale: false,
        }
    }

    fn at(seconds: i64) -> Expiry {
        Expiry::At(UnixTime::from_seconds(seconds))
    }

    #[test]
    fn each_is_there_once_and_found_by_its_id() {
        let never = Some(Expiry::Never);
        let all = [
            ("b", never),
            ("a", Some(at(9))),
            ("b", Some(at(7))),
            ("b", None),
            ("a", Some(at(8))),
            ("c", never),
            ("c", None),
        ];
        let all = all.map(|(id, expiry)| client(id, expiry));
        let list = ClientList::of(all.into(), 2);
        let kept: Vec<_> = list.iter().map(|one| (&*one.id, one.expiry)).collect();
        assert_eq!(kept, [("a", Some(at(8))), ("b", Some(at(7))), ("c", None)]);
        assert_eq!(list.get("b").unwrap().expiry, Some(at(7)));
        assert_eq!(list.get("d"), None);
        assert_eq!((list.len(), list.nameless), (3, 2));
    }

    #[test]
    fn it_is_small() {
        assert_eq!(size_of::<ClientTimes>(), 56);
    }

    #[test]
    fn it_comes_back_as_it_was_written() {
        let whole = ClientTimes {
            created: Some(UnixTime::from_seconds(1)),
            rotated: Some(UnixTime::from_seconds(2)),
            is_of_3scale: true,
            ..client("a\n\"", Some(at(3)))
        };
        let list = ClientList::of(vec![whole, client("b", None)], 1);
        let written = serde_json::to_string(&list).unwrap();
        assert_eq!(serde_json::from_str::<ClientList>(&written).unwrap(), list);
    }
}
