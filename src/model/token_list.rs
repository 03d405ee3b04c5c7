//! The Initial Access Tokens of a realm, as its list shows them.

use std::{collections::BTreeMap, sync::Arc};

use crate::model::ListedToken;

/// The list of Initial Access Tokens of one realm, at one moment. Cheap to clone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenList(Arc<Rows>);

#[derive(Debug, Default, PartialEq, Eq)]
struct Rows {
    /// By id; `None` for a row that could not be read.
    named: BTreeMap<String, Option<ListedToken>>,
    /// How many rows had no id that could be read.
    nameless: usize,
}

/// What the list says about one token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listing {
    /// It is there.
    Found(ListedToken),
    /// It is or may be there, in a row that could not be read.
    Garbled,
    /// It is not there: used up and purged, expired and purged, deleted, or of another realm.
    Absent,
}

impl TokenList {
    /// A list of these tokens, each with its id (the claim `jti` of the token).
    pub fn of(rows: impl IntoIterator<Item = (String, ListedToken)>) -> Self {
        let rows = rows.into_iter();
        rows.map(|(id, token)| (Some(id), Some(token))).collect()
    }

    /// What the list says about the token of this id.
    pub fn look_up(&self, id: &str) -> Listing {
        match self.0.named.get(id) {
            Some(Some(token)) => Listing::Found(*token),
            Some(None) => Listing::Garbled,
            None if self.0.nameless > 0 => Listing::Garbled,
            None => Listing::Absent,
        }
    }

    /// The token of this id; `None` if it is not there or its row could not be read.
    pub fn get(&self, id: &str) -> Option<ListedToken> {
        match self.look_up(id) {
            Listing::Found(token) => Some(token),
            Listing::Garbled | Listing::Absent => None,
        }
    }

    /// How many tokens are in the list, those included whose rows could not be read.
    pub fn len(&self) -> usize {
        self.0.named.len().saturating_add(self.0.nameless)
    }

    /// Whether the list has no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// From rows as they were read: an id and what stands beside it, each `None` if it could not be read.
impl FromIterator<(Option<String>, Option<ListedToken>)> for TokenList {
    fn from_iter<I: IntoIterator<Item = (Option<String>, Option<ListedToken>)>>(rows: I) -> Self {
        let mut all = Rows::default();
        for (id, token) in rows {
            all.add(id, token);
        }
        Self(Arc::new(all))
    }
}

impl Rows {
    /// Two rows of one id that contradict each other say nothing.
    fn add(&mut self, id: Option<String>, token: Option<ListedToken>) {
        let Some(id) = id.filter(|id| !id.is_empty()) else {
            self.nameless = self.nameless.saturating_add(1);
            return;
        };
        let entry = self.named.entry(id).or_insert(token);
        if *entry != token {
            *entry = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: ListedToken = ListedToken { limit: 9, left: -1 };

    fn named(id: &str, token: Option<ListedToken>) -> (Option<String>, Option<ListedToken>) {
        (Some(id.to_owned()), token)
    }

    #[test]
    fn a_token_is_found_by_its_id() {
        let list = TokenList::of([("a".to_owned(), TOKEN)]);
        assert_eq!(list.look_up("a"), Listing::Found(TOKEN));
        assert_eq!(list.get("a"), Some(TOKEN));
        assert_eq!(list.look_up("b"), Listing::Absent);
        assert_eq!((list.len(), list.is_empty()), (1, false));
        assert!(TokenList::default().is_empty());
    }

    #[test]
    fn a_row_that_cannot_be_read_is_not_taken_for_absent() {
        let list: TokenList = [named("a", None), named("b", Some(TOKEN))]
            .into_iter()
            .collect();
        assert_eq!(list.look_up("a"), Listing::Garbled);
        assert_eq!(list.get("a"), None);
        assert_eq!(list.look_up("b"), Listing::Found(TOKEN));
        assert_eq!(list.look_up("c"), Listing::Absent);
        assert_eq!(list.len(), 2);
    }

    #[test]
    fn beside_a_row_without_id_nothing_is_known_to_be_absent() {
        for id in [None, Some(String::new())] {
            let rows = [(id, Some(TOKEN)), named("b", Some(TOKEN))];
            let list: TokenList = rows.into_iter().collect();
            assert_eq!(list.look_up("a"), Listing::Garbled);
            assert_eq!(list.look_up("b"), Listing::Found(TOKEN));
            assert_eq!(list.len(), 2);
        }
    }

    #[test]
    fn rows_that_contradict_each_other_say_nothing() {
        let other = ListedToken { limit: 9, left: 8 };
        let list: TokenList = [Some(TOKEN), Some(TOKEN), Some(other), Some(other)]
            .map(|token| named("a", token))
            .into_iter()
            .collect();
        assert_eq!(list.look_up("a"), Listing::Garbled);
    }
}
