//! Where a secret lies within its store.

use std::{fmt, sync::Arc};

/// Why a text cannot be the path of a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPath {
    /// Nothing at all.
    #[error("must not be empty")]
    Empty,
    /// `//`, or a slash at the beginning or the end.
    #[error("must not begin or end with `/` nor contain `//`")]
    EmptySegment,
    /// A segment `.` or `..`, which servers and file systems resolve to another place.
    #[error("must not contain a segment `.` or `..`")]
    DotSegment,
    /// A line break, a tab or another control character.
    #[error("must not contain control characters")]
    Control,
}

/// The path of a secret: segments joined by `/`, as `vault kv get` takes it (mount included, without
/// `data/`), or relative to the directory of a file store.
///
/// No segment is empty, `.` or `..`: vaultrs drops those silently, so that `a/../b` would read `a/b`
/// (observed), and a directory must not be left.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SecretPath(Arc<str>);

impl SecretPath {
    /// Takes a text as a path.
    ///
    /// # Errors
    ///
    /// [`InvalidPath`] says what is wrong with it.
    pub fn new(text: &str) -> Result<Self, InvalidPath> {
        if text.is_empty() {
            return Err(InvalidPath::Empty);
        }
        if text.chars().any(char::is_control) {
            return Err(InvalidPath::Control);
        }
        for segment in text.split('/') {
            match segment {
                "" => return Err(InvalidPath::EmptySegment),
                "." | ".." => return Err(InvalidPath::DotSegment),
                _ => {}
            }
        }
        Ok(Self(Arc::from(text)))
    }

    /// The path as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SecretPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
