//! Files of certificate authorities: the only ones that are trusted where one is named.

use std::{
    io,
    path::{Path, PathBuf},
};

use reqwest::{Certificate, Client, ClientBuilder};

/// Why a certificate file cannot be used.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum FileError {
    /// It cannot be read.
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        kind: io::ErrorKind,
    },
    /// It holds no certificate, so that no server would ever be trusted.
    NoCertificate {
        /// The file.
        path: PathBuf,
    },
}

/// The content of a certificate file.
///
/// # Errors
///
/// [`FileError::Unreadable`].
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, FileError> {
    std::fs::read(path).map_err(|error| FileError::Unreadable {
        path: path.to_owned(),
        kind: error.kind(),
    })
}

/// The same client, which trusts nobody but those in this content of the file at `path`.
///
/// # Errors
///
/// [`FileError::NoCertificate`].
pub(crate) fn trust(
    builder: ClientBuilder,
    (path, pem): (&Path, &[u8]),
) -> Result<ClientBuilder, FileError> {
    match Certificate::from_pem_bundle(pem) {
        Ok(authorities) if are_usable(&authorities) => Ok(builder.tls_certs_only(authorities)),
        _ => Err(FileError::NoCertificate {
            path: path.to_owned(),
        }),
    }
}

/// Only building a client shows whether what stands between the lines of a PEM is a certificate.
fn are_usable(authorities: &[Certificate]) -> bool {
    let trial = Client::builder().tls_certs_only(authorities.to_vec());
    !authorities.is_empty() && trial.build().is_ok()
}
