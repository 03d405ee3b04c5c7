//! Why the file cannot be written, and what to do about it.

use std::{
    error, fmt,
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

/// Why a state file was not written, in words for who runs kcwatch. Quotes nothing of its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CannotWrite {
    path: PathBuf,
    problem: Problem,
}

/// What is in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    /// The content is no object.
    NoObject,
    /// It is larger than would be read again.
    TooLarge,
    /// There is a file of a later version.
    LaterVersion(u64),
    /// There is something that cannot be looked into.
    InTheWay(ErrorKind),
    /// The system refuses.
    Refused(ErrorKind),
}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Self {
        Self::Refused(error.kind())
    }
}

impl CannotWrite {
    pub(super) fn new(path: &Path, problem: Problem) -> Self {
        let path = path.to_owned();
        Self { path, problem }
    }
}

impl fmt::Display for CannotWrite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        write!(
            f,
            "the state file {path} cannot be written: {}",
            self.problem
        )
    }
}

impl error::Error for CannotWrite {}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoObject => f.write_str("its content is no object, which is a fault of kcwatch"),
            Self::TooLarge => f.write_str("it would be larger than 64 MiB"),
            Self::LaterVersion(version) => write!(
                f,
                "there is one of version {version}, which a later kcwatch wrote: move it away, or let state_file name another"
            ),
            Self::InTheWay(ErrorKind::PermissionDenied) => f.write_str(
                "what lies there may not be read, so it is not replaced: make it readable for the user that kcwatch runs as, or move it away",
            ),
            Self::InTheWay(ErrorKind::InvalidInput) => {
                f.write_str("what lies there is no plain file: let state_file name another")
            }
            Self::InTheWay(kind) | Self::Refused(kind) => refused(*kind, f),
        }
    }
}

/// What to do about a refusal of the system.
fn refused(kind: ErrorKind, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str(match kind {
        ErrorKind::NotFound => {
            "its directory does not exist: create it, writable for the user that kcwatch runs as"
        }
        ErrorKind::NotADirectory => "part of its path is no directory: let state_file name another",
        ErrorKind::IsADirectory => "it is a directory: let state_file name a file in it",
        ErrorKind::PermissionDenied => {
            "its directory is not writable: make it writable for the user that kcwatch runs as"
        }
        ErrorKind::ReadOnlyFilesystem => {
            "its file system is read-only: let state_file name a file on a volume that can be written"
        }
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            "there is no room for it: the disk is full, or a quota or limit is reached"
        }
        ErrorKind::ResourceBusy => {
            "it is mounted as a single file and cannot be replaced: mount its directory instead"
        }
        other => return fmt::Display::fmt(&other, f),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_says_what_to_do() {
        let said = |problem: Problem| CannotWrite::new(Path::new("/s"), problem).to_string();
        let advised = [
            ErrorKind::NotFound,
            ErrorKind::NotADirectory,
            ErrorKind::IsADirectory,
            ErrorKind::PermissionDenied,
            ErrorKind::ReadOnlyFilesystem,
            ErrorKind::StorageFull,
            ErrorKind::QuotaExceeded,
            ErrorKind::FileTooLarge,
            ErrorKind::ResourceBusy,
        ];
        for kind in advised {
            let said = said(Problem::Refused(kind));
            let advice = said
                .strip_prefix("the state file /s cannot be written: ")
                .unwrap();
            assert!(advice.contains(": "), "{said}");
        }
        assert_eq!(
            said(Problem::Refused(ErrorKind::TimedOut)),
            "the state file /s cannot be written: timed out"
        );
        for problem in [
            Problem::LaterVersion(2),
            Problem::InTheWay(ErrorKind::PermissionDenied),
            Problem::InTheWay(ErrorKind::InvalidInput),
        ] {
            assert!(said(problem).contains("move it") || said(problem).contains("let state_file"));
        }
    }
}
