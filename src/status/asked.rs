//! What the query of a page asks for. Whatever cannot be understood is taken for what is usual.

use url::form_urlencoded::{Serializer, parse};

use crate::model::Standing;

/// The longest text that is looked for, in characters: no name is longer.
const LONGEST: usize = 300;

/// What the query of a page asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    /// Only targets that stand so.
    pub(super) standing: Option<Standing>,
    /// Only targets of this tier.
    pub(super) tier: Option<String>,
    /// Only targets in whose names and places this stands; empty: all.
    pub(super) text: String,
    /// Which page, from 0 on.
    pub(super) page: usize,
    /// Whether the page is to stay as it is.
    pub(super) is_paused: bool,
}

impl Asked {
    /// Reads a query; the last of several values counts.
    pub(super) fn of(query: &str) -> Self {
        let mut asked = Self::default();
        for (key, value) in parse(query.as_bytes()) {
            let value = value.trim();
            match &*key {
                "standing" => asked.standing = standing(value),
                "tier" => asked.tier = Some(value.to_owned()).filter(|tier| !tier.is_empty()),
                "q" => asked.text = value.chars().take(LONGEST).collect(),
                "page" => asked.page = value.parse().unwrap_or(1_usize).saturating_sub(1),
                "refresh" => asked.is_paused = value == "off",
                _ => {}
            }
        }
        asked
    }

    /// Whether not all targets are wanted.
    pub(super) fn is_filtered(&self) -> bool {
        self.standing.is_some() || self.tier.is_some() || !self.text.is_empty()
    }

    /// The same, of all targets.
    pub(super) fn unfiltered(&self) -> Self {
        Self {
            is_paused: self.is_paused,
            ..Self::default()
        }
    }

    /// The same for targets that stand so, or however they stand.
    pub(super) fn with_standing(&self, standing: Option<Standing>) -> Self {
        Self {
            standing,
            page: 0,
            ..self.clone()
        }
    }

    /// The same for targets of this tier, or of any.
    pub(super) fn with_tier(&self, tier: Option<&str>) -> Self {
        Self {
            tier: tier.map(str::to_owned),
            page: 0,
            ..self.clone()
        }
    }

    /// Another page of the same.
    pub(super) fn with_page(&self, page: usize) -> Self {
        Self {
            page,
            ..self.clone()
        }
    }

    /// The same, standing still or not.
    pub(super) fn with_pause(&self, is_paused: bool) -> Self {
        Self {
            is_paused,
            ..self.clone()
        }
    }

    /// The link that asks for it at this path.
    pub(super) fn link(&self, path: &str) -> String {
        let mut query = Serializer::new(String::new());
        if let Some(standing) = self.standing {
            query.append_pair("standing", standing.label());
        }
        if let Some(tier) = &self.tier {
            query.append_pair("tier", tier);
        }
        if !self.text.is_empty() {
            query.append_pair("q", &self.text);
        }
        if self.page > 0 {
            query.append_pair("page", &self.page.saturating_add(1).to_string());
        }
        if self.is_paused {
            query.append_pair("refresh", "off");
        }
        let query = query.finish();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{path}{mark}{query}")
    }
}

fn standing(word: &str) -> Option<Standing> {
    Standing::ALL
        .into_iter()
        .find(|standing| standing.label() == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_comes_back_in_its_link() {
        for query in [
            "",
            "?standing=urgent&tier=pr+od%26&q=%D7%A9%22%3C&page=7&refresh=off",
            "?refresh=off",
            "?page=2",
        ] {
            assert_eq!(
                Asked::of(query.trim_start_matches('?')).link("/"),
                format!("/{query}")
            );
        }
    }

    #[test]
    fn what_cannot_be_understood_is_taken_for_what_is_usual() {
        for query in [
            "page=abc&standing=dead&refresh=on&x=y&=&&tier=&q=%20",
            "page=0",
            "page=-1",
            "page=1",
            "page=99999999999999999999999",
            "%%%",
        ] {
            assert_eq!(Asked::of(query), Asked::default(), "{query}");
        }
        assert_eq!(Asked::of("q=%ff%00").text, "\u{fffd}\0");
        let long = format!("q={}", "ä".repeat(4_000));
        assert_eq!(Asked::of(&long).text.chars().count(), LONGEST);
    }
}
