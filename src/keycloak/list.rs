//! The answer of `GET /admin/realms/{realm}/clients-initial-access` → a [`TokenList`].
//!
//! The list comes whole, in no order, without paging (Keycloak's `ClientInitialAccessResource`).

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, SeqAccess, Visitor},
};

use crate::model::{ListedToken, Reason, TokenList};

/// Understands the body of an answer.
///
/// A row whose fields are missing or of another type says nothing about other tokens: it is garbled, and the list is not.
///
/// # Errors
///
/// [`Reason::BadResponse`] if it is no JSON array.
pub(super) fn parse(body: &[u8]) -> Result<TokenList, Reason> {
    match serde_json::from_slice(body) {
        Ok(Rows(list)) => Ok(list),
        Err(_) => Err(Reason::BadResponse),
    }
}

struct Rows(TokenList);

/// A row, if it is an object.
#[derive(Deserialize)]
#[serde(untagged)]
enum Row {
    Object(BTreeMap<String, Cell>),
    Other(IgnoredAny),
}

/// A value in a row.
#[derive(Deserialize)]
#[serde(untagged)]
enum Cell {
    Number(i64),
    Text(String),
    Other(IgnoredAny),
}

impl<'de> Deserialize<'de> for Rows {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_seq(RowByRow)
    }
}

/// Takes out of each row what is needed before it reads the next, so that a long list is never in memory as a whole.
struct RowByRow;

impl<'de> Visitor<'de> for RowByRow {
    type Value = Rows;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of tokens")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<Rows, A::Error> {
        let mut read = Vec::new();
        while let Some(row) = rows.next_element::<Row>()? {
            read.push(row.read());
        }
        Ok(Rows(read.into_iter().collect()))
    }
}

impl Row {
    fn read(self) -> (Option<String>, Option<ListedToken>) {
        let Self::Object(mut cells) = self else {
            return (None, None);
        };
        let token = match (cells.remove("count"), cells.remove("remainingCount")) {
            (Some(Cell::Number(limit)), Some(Cell::Number(left))) => {
                Some(ListedToken { limit, left })
            }
            _ => None,
        };
        match cells.remove("id") {
            Some(Cell::Text(id)) => (Some(id), token),
            _ => (None, token),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::any, prop_assert, prop_assert_eq, proptest};
    use serde_json::{Value, json};

    use super::*;
    use crate::model::Listing;

    fn parsed(list: &Value) -> Result<TokenList, Reason> {
        parse(list.to_string().as_bytes())
    }

    #[test]
    fn a_list_of_keycloak_is_understood() {
        let row = json!({
            "id": "2ae0f7d4-43d4-4ef1-97ce-cd0a1c1cf0e0", "timestamp": 1_763_800_000,
            "expiration": 86_400, "count": 100, "remainingCount": -2, "webOrigins": ["+"],
        });
        let list = parsed(&json!([row])).unwrap();
        let token = ListedToken {
            limit: 100,
            left: -2,
        };
        let id = "2ae0f7d4-43d4-4ef1-97ce-cd0a1c1cf0e0";
        assert_eq!(list.look_up(id), Listing::Found(token));
        assert_eq!(list.len(), 1);
    }

    #[test]
    fn an_empty_list_is_a_list_and_anything_else_is_none() {
        assert_eq!(parse(b"[]"), Ok(TokenList::default()));
        let others: [&[u8]; 7] = [b"", b"{}", b"null", b"7", b"[", b"[{}", b"<html>"];
        for other in others {
            assert_eq!(parse(other), Err(Reason::BadResponse), "{other:?}");
        }
    }

    #[test]
    fn more_left_than_it_was_issued_for_is_kept_as_it_is() {
        let list = parsed(&json!([{"id": "a", "count": 1, "remainingCount": 9}])).unwrap();
        assert_eq!(list.get("a"), Some(ListedToken { limit: 1, left: 9 }));
    }

    #[test]
    fn a_garbled_row_says_nothing_about_the_others() {
        let garbled = [
            json!({"id": "x"}),
            json!({"id": "x", "count": 1}),
            json!({"id": "x", "count": "1", "remainingCount": 1}),
            json!({"id": "x", "count": 1, "remainingCount": 1.0}),
            json!({"id": "x", "count": 1, "remainingCount": u64::MAX}),
            json!({"id": "x", "count": null, "remainingCount": {}}),
        ];
        for broken in garbled {
            let good = json!({"id": "good", "count": 2, "remainingCount": 1});
            let list = parsed(&json!([broken, good])).unwrap();
            assert_eq!(list.look_up("x"), Listing::Garbled, "{broken}");
            assert_eq!(list.get("good"), Some(ListedToken { limit: 2, left: 1 }));
            assert_eq!(list.look_up("other"), Listing::Absent);
        }
    }

    #[test]
    fn a_row_without_an_id_leaves_open_whose_it_is() {
        let nameless = [
            json!({"count": 1, "remainingCount": 1}),
            json!({"id": 7, "count": 1, "remainingCount": 1}),
            json!({}),
            json!(["x", 1, 1]),
            json!(null),
            json!("x"),
        ];
        for row in nameless {
            let list = parsed(&json!([row])).unwrap();
            assert_eq!(list.look_up("x"), Listing::Garbled, "{row}");
        }
    }

    #[test]
    fn a_hundred_thousand_rows_are_no_burden() {
        let rows = (0..100_000_i64)
            .map(|at| json!({"id": at.to_string(), "count": 9, "remainingCount": at}));
        let list = parsed(&rows.collect()).unwrap();
        assert_eq!(list.len(), 100_000);
        let token = ListedToken {
            limit: 9,
            left: 99_999,
        };
        assert_eq!(list.get("99999"), Some(token));
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_list_or_none(bytes: Vec<u8>) {
            drop(parse(&bytes));
        }

        #[test]
        fn any_json_is_a_list_exactly_if_it_is_an_array(text in r#"[\[\]{}",:a-c0-9.\-]{0,24}"#) {
            let is_array = serde_json::from_str::<Value>(&text).is_ok_and(|value| value.is_array());
            prop_assert_eq!(parse(text.as_bytes()).is_ok(), is_array);
        }

        #[test]
        fn what_is_listed_is_found_and_nothing_else(rows in proptest::collection::btree_map("[a-z0-9-]{1,9}", any::<(i64, i64)>(), 0..20)) {
            let list = rows.iter().map(|(id, (limit, left))| json!({"id": id, "count": limit, "remainingCount": left}));
            let list = parsed(&list.collect()).unwrap();
            for (id, (limit, left)) in &rows {
                prop_assert_eq!(list.get(id), Some(ListedToken { limit: *limit, left: *left }));
            }
            prop_assert!(list.look_up("NONE") == Listing::Absent);
        }
    }
}
