//! A lasting stand-in for a text that is only compared.

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The first half of the SHA-256 of something: the same in every version of the program, so that it can be kept in a file. Two
/// different things share one with a probability that nobody will ever see.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(u128);

impl Digest {
    /// The digest of several texts, each told from the next: `["ab", "c"]` differs from `["a", "bc"]`.
    pub fn of(parts: &[&str]) -> Self {
        let mut text = Vec::new();
        for part in parts {
            text.extend_from_slice(&part.len().to_be_bytes());
            text.extend_from_slice(part.as_bytes());
        }
        let whole = digest(&SHA256, &text);
        let half = whole.as_ref().iter().take(16);
        Self(half.fold(0, |number, byte| (number << 8) | u128::from(*byte)))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        u128::from_str_radix(&text, 16)
            .map(Self)
            .map_err(|_| de::Error::custom("must be a hexadecimal number"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_never_changes_because_it_lies_in_files() {
        // printf '\0\0\0\0\0\0\0\3abc' | sha256sum
        let known = Digest::of(&["abc"]);
        assert_eq!(
            serde_json::from_str::<Digest>(&format!("\"{known}\"")).unwrap(),
            known
        );
        assert_ne!(Digest::of(&["ab", "c"]), Digest::of(&["a", "bc"]));
        assert_eq!(known.to_string(), "c3494ca1a2cf8eeb8a11ded316fb55b8");
    }
}
