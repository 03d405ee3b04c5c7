//! Which clients of a realm are watched: the key `clients`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::config::{problems::Key, report::Report};

/// How many characters an id, a pattern, or the name or the value of an attribute may have.
const LONGEST: usize = 1_000;

/// How many ids may be named.
const MOST_IDS: usize = 1_000;

/// Which clients of a realm are watched: those to which all of this applies. Public clients have no secret and are never.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Only these, sorted; empty: whatever they are called.
    pub ids: Vec<String>,
    /// Only those whose id fits.
    pub pattern: Option<Pattern>,
    /// Only those with this attribute of this value.
    pub attribute: Option<(String, String)>,
}

/// What an id may look like: `*` stands for anything, everything else for itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(String);

impl Pattern {
    /// Any text is one.
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the whole id looks so.
    pub fn fits(&self, id: &str) -> bool {
        let Some((begin, rest)) = self.0.split_once('*') else {
            return id == self.0;
        };
        let (between, end) = rest.rsplit_once('*').unwrap_or(("", rest));
        let within = id.strip_prefix(begin).and_then(|id| id.strip_suffix(end));
        let Some(mut left) = within else {
            return false;
        };
        // The earliest place for each part leaves the most room for those after it.
        between.split('*').all(|part| match left.split_once(part) {
            Some((_, after)) => {
                left = after;
                true
            }
            None => false,
        })
    }
}

/// Which clients are watched: those to which all of this applies. Clients without a secret of their own (public, bearer-only,
/// disabled, or of another protocol than OpenID Connect) never are.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[schemars(rename = "ClientSelection")]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawSelection {
    /// Only the clients of these ids, up to 1000, each once. Up to ten are asked for one by one, which costs a realm of thousands
    /// of clients the least. `[]`: whatever they are called.
    #[schemars(length(max = 1_000), extend("uniqueItems" = true))]
    ids: Vec<RawId>,
    /// Only the clients whose whole id fits this pattern, in which `*` stands for anything, such as `app-*`; `null`: whatever it is.
    #[schemars(length(min = 1, max = 1_000))]
    pattern: Option<String>,
    /// Only the clients with this attribute; `null`: whichever they have.
    attribute: Option<RawAttribute>,
}

/// The id of a client.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "ClientId", inline)]
struct RawId(#[schemars(length(min = 1, max = 1_000))] String);

/// An attribute of a client, such as `3scale: "true"`, which Zync gives to those that it makes.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "ClientAttribute")]
#[serde(deny_unknown_fields)]
struct RawAttribute {
    /// Its name.
    #[schemars(required, length(min = 1, max = 1_000))]
    name: Option<String>,
    /// Its value, a text, and all of it.
    #[schemars(required, length(min = 1, max = 1_000))]
    value: Option<String>,
}

pub(super) fn check(raw: RawSelection, at: &Key, report: &mut Report) -> Option<Selection> {
    let ids = ids(raw.ids, &at.key("ids"), report);
    let pattern_key = at.key("pattern");
    let pattern = raw
        .pattern
        .map(|text| Some(Pattern::new(bounded(text, &pattern_key, report)?)));
    let attribute_key = at.key("attribute");
    let attribute = raw
        .attribute
        .map(|raw| attribute(raw, &attribute_key, report));
    Some(Selection {
        ids: ids?,
        pattern: match pattern {
            Some(pattern) => Some(pattern?),
            None => None,
        },
        attribute: match attribute {
            Some(attribute) => Some(attribute?),
            None => None,
        },
    })
}

fn ids(raw: Vec<RawId>, at: &Key, report: &mut Report) -> Option<Vec<String>> {
    let found = raw.len();
    if found > MOST_IDS {
        let text =
            format!("must list up to {MOST_IDS} ids, found {found}; a pattern may say the same");
        report.refuse(at, text);
        return None;
    }
    let mut taken = BTreeMap::new();
    for (index, RawId(text)) in raw.into_iter().enumerate() {
        let at = at.index(index);
        if let Some(id) = bounded(text, &at, report)
            && let Some(other) = taken.insert(id, at.clone())
        {
            report.refuse(&at, format!("must be unique, found the same at {other}"));
        }
    }
    Some(taken.into_keys().collect())
}

fn attribute(raw: RawAttribute, at: &Key, report: &mut Report) -> Option<(String, String)> {
    let [name, value] = ["name", "value"].map(|name| at.key(name));
    let (what_name, what_value) = ("the name of an attribute", "the value it must have");
    let said = report.required(&name, raw.name, what_name);
    let said = said.and_then(|text| bounded(text, &name, report));
    let wanted = report.required(&value, raw.value, what_value);
    let wanted = wanted.and_then(|text| bounded(text, &value, report));
    Some((said?, wanted?))
}

/// A text that Keycloak may have: anything that is neither empty nor beyond all measure.
fn bounded(text: String, at: &Key, report: &mut Report) -> Option<String> {
    let found = text.chars().count();
    if (1..=LONGEST).contains(&found) {
        return Some(text);
    }
    report.refuse(
        at,
        format!("must have from 1 to {LONGEST} characters, found {found}"),
    );
    None
}

#[cfg(test)]
mod tests {
    use proptest::{prop_assert, prop_assert_eq, proptest};

    use super::*;

    fn fits(pattern: &str, id: &str) -> bool {
        Pattern::new(pattern.to_owned()).fits(id)
    }

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, id) in [
            ("app", "app"),
            ("*", ""),
            ("*", "a\n\"b"),
            ("**", "a"),
            ("app-*", "app-"),
            ("app-*", "app-1"),
            ("*-app", "the-app"),
            ("a*b*c", "abc"),
            ("a*b*c", "a b b c c"),
            ("*b*", "abc"),
            ("a.c", "a.c"),
            ("ä*ö", "äxö"),
        ] {
            assert!(fits(pattern, id), "{pattern} {id}");
        }
        for (pattern, id) in [
            ("app", "app2"),
            ("app-*", "app"),
            ("app-*", "my-app-1"),
            ("*-app", "the-app-"),
            ("a*a", "a"),
            ("a*b*c", "acb"),
            ("a*bc*c", "abc"),
            ("a.c", "abc"),
            ("APP", "app"),
            ("*b*b*", "abc"),
        ] {
            assert!(!fits(pattern, id), "{pattern} {id}");
        }
    }

    proptest! {
        #[test]
        fn what_a_pattern_leaves_open_can_be_anything(parts in proptest::collection::vec("[a-c]{0,3}", 1..5), gap in "[a-c]{0,4}") {
            prop_assert!(fits(&parts.join("*"), &parts.join(&gap)));
        }

        #[test]
        fn what_has_no_star_fits_itself_alone(pattern in "[a-c]{1,4}", id in "[a-c]{1,4}") {
            prop_assert_eq!(fits(&pattern, &id), pattern == id);
        }
    }
}
