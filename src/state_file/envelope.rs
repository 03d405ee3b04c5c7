//! The form of the file: a JSON object that begins with its version.

use std::fmt;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// The version of the form that is written, and the only one that is understood. To be raised when an older kcwatch would
/// misread what is written, not when a field is added.
pub const VERSION: u64 = 1;

/// What stands at the beginning of every state file, without blanks.
const BEGINNING: &[u8] = b"{\"kcwatch_state\":";

/// Why a file makes no sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Senseless {
    /// It has nothing in it.
    Empty,
    /// It is larger than a state file can be.
    TooLarge,
    /// It is cut off, garbled, or something else altogether.
    Damaged,
    /// A later kcwatch wrote it, in a form of this version.
    LaterVersion(u64),
}

impl Senseless {
    /// What is appended to the name of the file when it is set aside.
    pub(super) fn word(self) -> String {
        match self {
            Self::Empty | Self::TooLarge | Self::Damaged => "damaged".to_owned(),
            Self::LaterVersion(version) => format!("version-{version}"),
        }
    }

    /// Whether it may be dropped when several of its kind are kept already.
    pub(super) const fn may_be_dropped(self) -> bool {
        !matches!(self, Self::LaterVersion(_))
    }
}

impl fmt::Display for Senseless {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("is empty"),
            Self::TooLarge => f.write_str("is larger than 64 MiB"),
            Self::Damaged => f.write_str("is damaged or no state file at all"),
            Self::LaterVersion(version) => write!(
                f,
                "has the form of version {version} of a later kcwatch, and this one knows version {VERSION}"
            ),
        }
    }
}

#[derive(Deserialize)]
struct Version {
    kcwatch_state: u64,
}

#[derive(Serialize)]
struct Envelope<'a, T> {
    kcwatch_state: u64,
    #[serde(flatten)]
    content: &'a T,
}

/// The text of the file; `None` if the content is no object. Why not is not said, as that could quote it.
pub(super) fn closed<T: Serialize>(content: &T) -> Option<Vec<u8>> {
    let envelope = Envelope {
        kcwatch_state: VERSION,
        content,
    };
    serde_json::to_vec(&envelope).ok()
}

/// The content in the text of a file; `None` for a text that is too large to be read.
pub(super) fn opened<T: DeserializeOwned>(text: Option<&[u8]>) -> Result<T, Senseless> {
    let text = text.ok_or(Senseless::TooLarge)?;
    if text.is_empty() {
        return Err(Senseless::Empty);
    }
    // Where a table is expected, serde takes a list as well.
    if !text.trim_ascii_start().starts_with(b"{") {
        return Err(Senseless::Damaged);
    }
    let version: Version = serde_json::from_slice(text).map_err(|_| Senseless::Damaged)?;
    match version.kcwatch_state {
        later if later > VERSION => Err(Senseless::LaterVersion(later)),
        VERSION => serde_json::from_slice(text).map_err(|_| Senseless::Damaged),
        _ => Err(Senseless::Damaged),
    }
}

/// Whose file it is, by its beginning.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Head {
    /// One that this version understands; it may be damaged further on.
    Ours,
    /// One of this later version.
    Later(u64),
    /// Anything else.
    Foreign,
}

/// Judges a file by its beginning.
pub(super) fn head(beginning: &[u8]) -> Head {
    let mut plain = beginning.to_vec();
    plain.retain(|byte| !byte.is_ascii_whitespace());
    let Some(rest) = plain.strip_prefix(BEGINNING) else {
        return Head::Foreign;
    };
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit());
    let digits: String = digits.copied().map(char::from).collect();
    match digits.parse() {
        Ok(VERSION) => Head::Ours,
        Ok(later) if later > VERSION => Head::Later(later),
        _ => Head::Foreign,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::{Value, json};

    use super::*;

    #[derive(Serialize, Deserialize)]
    struct Numbers {
        numbers: BTreeMap<u64, i64>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Content {
        a: u8,
    }

    #[test]
    fn the_version_comes_first_and_the_content_comes_back() {
        let content = json!({ "a": [1, 2], "b": { "c": null } });
        let text = closed(&content).unwrap();
        assert!(text.starts_with(b"{\"kcwatch_state\":1,\"a\":"));
        assert_eq!(head(&text), Head::Ours);
        let back: Value = opened(Some(&text)).unwrap();
        assert_eq!(back["b"], content["b"]);
        let numbers = BTreeMap::from([(7_u64, 1_i64)]);
        let text = closed(&Numbers { numbers }).unwrap();
        assert_eq!(opened::<Numbers>(Some(&text)).unwrap().numbers[&7], 1);
    }

    #[test]
    fn what_is_no_object_is_not_written() {
        assert_eq!(closed(&[1, 2]), None);
        assert_eq!(closed(&"text"), None);
    }

    #[test]
    fn every_cut_is_noticed() {
        let text = closed(&json!({ "name": "ü", "numbers": [1, 22, 333] })).unwrap();
        for cut in 1..text.len() {
            let found = opened::<Value>(Some(&text[..cut]));
            assert_eq!(found, Err(Senseless::Damaged), "{cut}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_told_apart() {
        let cases: &[(&[u8], Senseless, Head)] = &[
            (b"", Senseless::Empty, Head::Foreign),
            (b"\0\0\0\0", Senseless::Damaged, Head::Foreign),
            (b"[1]", Senseless::Damaged, Head::Foreign),
            (b"{}", Senseless::Damaged, Head::Foreign),
            (b"{\"kcwatch_state\":0}", Senseless::Damaged, Head::Foreign),
            (
                b"{\"kcwatch_state\":\"1\"}",
                Senseless::Damaged,
                Head::Foreign,
            ),
            (b"{\"kcwatch_state\":1}", Senseless::Damaged, Head::Ours),
            (
                b"{\"kcwatch_state\":1,\"a\":\"x\"}",
                Senseless::Damaged,
                Head::Ours,
            ),
            (
                b"{ \"kcwatch_state\" : 12, \"b\": 1 }",
                Senseless::LaterVersion(12),
                Head::Later(12),
            ),
        ];
        for (text, why, whose) in cases {
            assert_eq!(opened::<Content>(Some(text)).unwrap_err(), *why, "{text:?}");
            assert_eq!(head(text), *whose, "{text:?}");
        }
        assert_eq!(opened::<Content>(None), Err(Senseless::TooLarge));
    }
}
