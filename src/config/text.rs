//! Texts in the configuration: names of files, mounts, roles.

use std::path::PathBuf;

use crate::model::SecretPath;

use super::{problems::Key, report::Report};

/// A text with something in it and no control characters; Vault clients panic on line breaks in headers.
fn plain(text: String) -> Result<String, &'static str> {
    if text.trim().is_empty() {
        return Err("must not be empty");
    }
    if text.chars().any(char::is_control) {
        return Err("must not contain control characters");
    }
    Ok(text)
}

/// A text that need not be there.
pub(crate) fn optional(raw: Option<String>, at: &Key, report: &mut Report) -> Option<String> {
    raw.and_then(|text| report.accept(at, plain(text)))
}

/// A text that must be there.
pub(crate) fn required(
    raw: Option<String>,
    at: &Key,
    what: &str,
    report: &mut Report,
) -> Option<String> {
    let text = report.required(at, raw, what)?;
    report.accept(at, plain(text))
}

/// The path of a file or directory that must be given. Whether it exists is found out when it is used.
pub(super) fn path(
    raw: Option<String>,
    at: &Key,
    what: &str,
    report: &mut Report,
) -> Option<PathBuf> {
    required(raw, at, what, report).map(PathBuf::from)
}

/// A JSON pointer to something within a document: the empty pointer means the whole, and that is never what is meant.
pub(crate) fn pointer(text: String) -> Result<String, &'static str> {
    let escapes = text.split('~').skip(1);
    if text.starts_with('/') && escapes.into_iter().all(|rest| rest.starts_with(['0', '1'])) {
        Ok(text)
    } else {
        Err("must be a JSON pointer (RFC 6901), which begins with /, such as /token")
    }
}

/// Where something is mounted in Vault.
pub(super) fn mount(text: String, at: &Key, report: &mut Report) -> Option<String> {
    report.accept(at, SecretPath::new(&text))?;
    Some(text)
}
