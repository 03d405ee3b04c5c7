//! Why a service cannot be asked, and what to do about it. No message has more of an answer than its status.

use std::{io, path::PathBuf};

use reqwest::Url;

use crate::{model::Reason, outgoing::authorities::FileError};

/// Why a service cannot be asked.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The file of certificate authorities cannot be read.
    #[error("cannot read {0}: {1}; --ca-file names a PEM file of certificate authorities")]
    AuthoritiesUnreadable(PathBuf, io::ErrorKind),
    /// It holds none.
    #[error(
        "{0} holds no certificate in PEM form; --ca-file names a file of certificate authorities"
    )]
    NoAuthorities(PathBuf),
    /// The file with name and password cannot be read.
    #[error("cannot read {0}: {1}; --credentials-file names a file that holds user:password")]
    CredentialsUnreadable(PathBuf, io::ErrorKind),
    /// It holds something else.
    #[error("{0} does not hold user:password in one line, as --credentials-file wants it")]
    NoCredentials(PathBuf),
    /// They would go over the wire as they are.
    #[error(
        "--credentials-file would send a password without TLS: name an address that begins with https://, or allow it with --allow-http"
    )]
    InTheOpen,
    /// TLS cannot be set up.
    #[error(
        "TLS cannot be set up; if the system has no certificate authorities, name some with --ca-file"
    )]
    Tls,
    /// Nothing came back, or nothing that can be read.
    #[error("{0} did not answer: {1}; {help}", help = help(*.1))]
    NoAnswer(Url, Reason),
    /// It wants to know who asks.
    #[error(
        "{0} asks for a name and a password: name a file that holds user:password with --credentials-file"
    )]
    Unauthenticated(Url),
    /// It does not take them.
    #[error("{0} refuses the name and the password in --credentials-file")]
    Refused(Url),
    /// It sends elsewhere.
    #[error(
        "{0} leads elsewhere, and is not followed: name the address of kcwatch itself, with https:// if it speaks TLS"
    )]
    Elsewhere(Url),
    /// It says no.
    #[error(
        "{0} answered with status {1} instead of what kcwatch knows: see that the address is that of kcwatch, and that it runs"
    )]
    Status(Url, u16),
    /// It says something else.
    #[error("{0} answered, but not as kcwatch does: see that the address is that of kcwatch")]
    NotKcwatch(Url),
}

impl From<FileError> for Trouble {
    fn from(error: FileError) -> Self {
        match error {
            FileError::Unreadable { path, kind } => Self::AuthoritiesUnreadable(path, kind),
            FileError::NoCertificate { path } => Self::NoAuthorities(path),
        }
    }
}

const fn help(reason: Reason) -> &'static str {
    match reason {
        Reason::Tls => {
            "TLS failed: see that it speaks TLS, that its certificate is valid and has this name, and that --ca-file names who vouches for it"
        }
        Reason::Timeout => "it took longer than 15 s: see its log and its load",
        Reason::BadResponse => "what answers does not speak HTTP: see port and scheme",
        Reason::TooLarge => "the answer is larger than 64 MiB, so it is hardly kcwatch",
        _ => {
            "see that kcwatch runs there, and that its name, its port and the network between are right"
        }
    }
}
