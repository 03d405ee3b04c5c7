//! (previous, seen, now) → what is known about client secrets. Pure.

use serde::{Deserialize, Serialize};

use crate::model::{ClientList, Reason, UnixTime};

use super::{config::ClientSecrets, look::Seen};

/// What is known about client secrets. What follows from it, such as who is not under a policy, depends on the definition and on the
/// time, and is never kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// The clients with a secret, as last read; `None` before the first look that worked.
    pub clients: Option<ClientList>,
}

impl Facts {
    /// What is known after one more look. A failed one keeps what was known before, and so does what a look that worked could not
    /// understand; a client that is no longer there is forgotten.
    #[must_use]
    pub fn after(
        &self,
        _wanted: &ClientSecrets,
        seen: Result<&Seen, Reason>,
        _now: UnixTime,
    ) -> Self {
        let Ok(seen) = seen else {
            return self.clone();
        };
        let clients = match &self.clients {
            Some(before) => seen.clients.remembering(before),
            None => seen.clients.clone(),
        };
        // The list that is there already: two of ten thousand clients are a megabyte more than one.
        if self.clients.as_ref() == Some(&clients) {
            return self.clone();
        }
        Self {
            clients: Some(clients),
        }
    }

    /// The same under another definition that reads the same clients.
    #[must_use]
    pub fn under(&self, _before: &ClientSecrets, _wanted: &ClientSecrets) -> Self {
        self.clone()
    }

    /// The same after a restart, as it looks at `now`.
    #[must_use]
    pub fn restored(&self, _wanted: &ClientSecrets, _now: UnixTime) -> Self {
        self.clone()
    }

    /// Whether something changed that must not be lost, as opposed to the time of the latest look.
    pub fn is_worth_keeping_since(&self, before: &Self) -> bool {
        self != before
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::{ClientTimes, Expiry},
        watch::client_secrets::samples::{NOW, client, list, realm, seen},
    };

    #[test]
    fn a_failed_look_keeps_what_is_known() {
        let wanted = realm();
        let known = Facts::default().after(&wanted, Ok(&seen([client("a", 9)])), NOW);
        for reason in Reason::ALL {
            assert_eq!(known.after(&wanted, Err(reason), NOW), known);
        }
        let nothing = Facts::default().after(&wanted, Err(Reason::Denied), NOW);
        assert_eq!(nothing.clients, None);
    }

    #[test]
    fn a_client_that_vanished_is_forgotten() {
        let wanted = realm();
        let both = seen([client("a", 9), client("b", 9)]);
        let known = Facts::default().after(&wanted, Ok(&both), NOW);
        let next = known.after(&wanted, Ok(&seen([client("b", 9)])), NOW);
        assert_eq!(next.clients, Some(list([client("b", 9)])));
        let none = next.after(&wanted, Ok(&seen([])), NOW);
        assert_eq!(none.clients, Some(list([])));
    }

    #[test]
    fn an_end_that_cannot_be_understood_any_more_is_the_one_that_was_known() {
        let wanted = realm();
        let rotated = client("x", 5).expiry.and_then(|expiry| match expiry {
            Expiry::At(end) => Some(end),
            Expiry::Never => None,
        });
        let before = ClientTimes {
            rotated,
            ..client("a", 9)
        };
        let rubbish = ClientTimes {
            expiry: None,
            rotated: None,
            is_unclear: true,
            ..client("a", 0)
        };
        let known = Facts::default().after(&wanted, Ok(&seen([before.clone()])), NOW);
        let next = known.after(&wanted, Ok(&seen([rubbish.clone()])), NOW);
        let kept = ClientTimes {
            is_unclear: true,
            ..before
        };
        assert_eq!(next.clients, Some(list([kept])));
        let never_known = Facts::default().after(&wanted, Ok(&seen([rubbish.clone()])), NOW);
        assert_eq!(never_known.clients, Some(list([rubbish])));
    }

    #[test]
    fn a_client_may_be_a_row_that_has_lost_its_id() {
        let wanted = realm();
        let both = seen([client("a", 9), client("b", 9)]);
        let known = Facts::default().after(&wanted, Ok(&both), NOW);
        let nameless = Seen {
            clients: ClientList::of(vec![client("b", 8)], 1),
        };
        let next = known.after(&wanted, Ok(&nameless), NOW);
        let clients = next.clients.as_ref().unwrap();
        let left: Vec<_> = clients.iter().map(|client| &*client.id).collect();
        assert_eq!((left, clients.nameless), (vec!["a", "b"], 1));
        assert_eq!(clients.get("b"), Some(&client("b", 8)));
        let whole = next.after(&wanted, Ok(&seen([client("b", 8)])), NOW);
        assert_eq!(whole.clients, Some(list([client("b", 8)])));
    }

    #[test]
    fn what_stays_the_same_is_not_worth_writing() {
        let wanted = realm();
        let known = Facts::default().after(&wanted, Ok(&seen([client("a", 9)])), NOW);
        assert!(known.is_worth_keeping_since(&Facts::default()));
        let again = known.after(&wanted, Ok(&seen([client("a", 9)])), NOW);
        assert!(!again.is_worth_keeping_since(&known));
        let later = known.after(&wanted, Ok(&seen([client("a", 10)])), NOW);
        assert!(later.is_worth_keeping_since(&known));
    }

    #[test]
    fn facts_come_back_from_the_state_file_and_old_ones_too() {
        let wanted = realm();
        let known = Facts::default().after(&wanted, Ok(&seen([client("a\n", 9)])), NOW);
        let written = serde_json::to_string(&known).unwrap();
        assert_eq!(serde_json::from_str::<Facts>(&written).unwrap(), known);
        assert_eq!(
            serde_json::from_str::<Facts>("{}").unwrap(),
            Facts::default()
        );
    }
}
