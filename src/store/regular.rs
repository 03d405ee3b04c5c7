//! Reads of regular files, bounded in size.

use std::{
    fs::{File, Metadata},
    io::{self, ErrorKind, Read},
    path::{Path, PathBuf},
};

use crate::model::Reason;

/// The content of the regular file at `path`, symbolic links followed.
///
/// A pipe or a device is refused before it is opened, because opening a pipe waits for a writer.
///
/// # Errors
///
/// [`Reason::NotFound`], [`Reason::Denied`], [`Reason::TooLarge`] beyond `limit` bytes, and
/// [`Reason::BadResponse`] for everything that is no regular file or cannot be read.
pub(super) fn read(path: &Path, limit: usize) -> Result<Vec<u8>, Reason> {
    is_regular(&std::fs::metadata(path).map_err(reason)?)?;
    let file = File::open(path).map_err(reason)?;
    is_regular(&file.metadata().map_err(reason)?)?;
    let mut content = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    file.take(most).read_to_end(&mut content).map_err(reason)?;
    if content.len() > limit {
        return Err(Reason::TooLarge);
    }
    Ok(content)
}

/// [`read`], away from the threads that serve other tasks.
///
/// # Errors
///
/// As [`read`].
pub(crate) async fn read_aside(path: PathBuf, limit: usize) -> Result<Vec<u8>, Reason> {
    tokio::task::spawn_blocking(move || read(&path, limit))
        .await
        .unwrap_or(Err(Reason::Internal))
}

fn is_regular(found: &Metadata) -> Result<(), Reason> {
    if found.is_file() {
        Ok(())
    } else {
        Err(Reason::BadResponse)
    }
}

/// The word for a failed operation on a file; what the system says beyond that ends here.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the error is to end here, and `map_err` hands it over by value"
)]
pub(super) fn reason(error: io::Error) -> Reason {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => Reason::NotFound,
        ErrorKind::PermissionDenied => Reason::Denied,
        _ => Reason::BadResponse,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forbidden_file_is_denied_and_a_missing_one_not_found() {
        let said = [
            ErrorKind::PermissionDenied,
            ErrorKind::NotFound,
            ErrorKind::Other,
        ]
        .map(|kind| reason(kind.into()));
        assert_eq!(
            said,
            [Reason::Denied, Reason::NotFound, Reason::BadResponse]
        );
    }
}
