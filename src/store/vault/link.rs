//! The connection to the server: built from certificate files, and built anew when they change.

use crate::store::settings;
use std::{
    io,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use http::HeaderValue;
use reqwest::{ClientBuilder, Identity, Url, redirect};
use rustify::endpoint::Endpoint;

use crate::{
    clock::Clock,
    model::{Failure, Fingerprint, Reason},
    outgoing::{
        self,
        authorities::{self, FileError, read},
    },
    store::vault::transport::{Answer, Terms, Transport},
};

/// How often one request is sent on to another path of the same server.
const MOST_REDIRECTS: usize = 5;

/// Why a store cannot even be built.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// A certificate or key file cannot be read.
    #[error("cannot read {path}: {kind}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        kind: io::ErrorKind,
    },
    /// `ca_file` holds no certificate, so that no server would ever be trusted.
    #[error("{path} holds no certificate in PEM form")]
    NoCertificate {
        /// The file.
        path: PathBuf,
    },
    /// The client certificate or its key is no PEM, or the two do not belong together.
    #[error("{certificate} and {key} are no certificate with its key (PEM, PKCS#8)")]
    Identity {
        /// The file of the certificate.
        certificate: PathBuf,
        /// The file of the key.
        key: PathBuf,
    },
    /// The namespace cannot be sent as a header.
    #[error("namespace must not contain control characters")]
    Namespace,
    /// TLS cannot be set up: without `ca_file`, usually because the system has no certificate authorities.
    #[error("TLS cannot be set up; if the system has no certificate authorities, set ca_file")]
    Tls,
}

impl From<FileError> for SetupError {
    fn from(error: FileError) -> Self {
        match error {
            FileError::Unreadable { path, kind } => Self::Unreadable { path, kind },
            FileError::NoCertificate { path } => Self::NoCertificate { path },
        }
    }
}

/// The connection to the server.
pub(super) struct Link {
    settings: settings::Vault,
    timeout: Duration,
    clock: Clock,
    /// Guards the swap of the transport when certificate files changed; never held while waiting.
    built: Mutex<Built>,
}

#[derive(Clone)]
struct Built {
    transport: Arc<Transport>,
    fingerprint: Fingerprint,
}

/// The certificate files, as they were read.
#[derive(Hash)]
struct Files {
    authorities: Option<Vec<u8>>,
    identity: Option<Vec<u8>>,
}

impl Link {
    /// Reads the certificate files; sends nothing.
    ///
    /// # Errors
    ///
    /// [`SetupError`] if they cannot be used.
    pub(super) fn new(
        settings: settings::Vault,
        timeout: Duration,
        clock: Clock,
    ) -> Result<Self, SetupError> {
        let built = Mutex::new(build(&settings, timeout, &clock)?);
        Ok(Self {
            settings,
            timeout,
            clock,
            built,
        })
    }

    /// Asks the server. If TLS fails and the certificate files have changed meanwhile, asks once more.
    pub(super) async fn ask<E: Endpoint>(
        &self,
        endpoint: &E,
        terms: Terms<'_>,
    ) -> Result<Answer, Failure> {
        let transport = self.built().transport;
        match transport.send(endpoint, terms).await {
            Err(failure) if failure.reason == Reason::Tls && self.refresh().await => {
                let rebuilt = self.built().transport;
                rebuilt.send(endpoint, terms).await
            }
            answer => answer,
        }
    }

    /// Builds the transport anew if the certificate files have changed, and says whether it did. Files that
    /// cannot be used change nothing: they may be about to be replaced.
    pub(super) async fn refresh(&self) -> bool {
        let (settings, timeout, clock) = (self.settings.clone(), self.timeout, self.clock.clone());
        let before = self.built().fingerprint;
        let build_anew = move || {
            let changed = Files::read(&settings).is_ok_and(|files| files.fingerprint() != before);
            changed
                .then(|| build(&settings, timeout, &clock).ok())
                .flatten()
        };
        let Ok(Some(rebuilt)) = tokio::task::spawn_blocking(build_anew).await else {
            return false;
        };
        *self.built.lock().unwrap_or_else(PoisonError::into_inner) = rebuilt;
        true
    }

    fn built(&self) -> Built {
        self.built
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

fn build(
    settings: &settings::Vault,
    timeout: Duration,
    clock: &Clock,
) -> Result<Built, SetupError> {
    let files = Files::read(settings)?;
    let fingerprint = files.fingerprint();
    let namespace = settings.namespace.as_deref().map(HeaderValue::from_str);
    let transport = Transport {
        http: client(settings, timeout, files)?,
        origin: settings.address.origin().ascii_serialization(),
        namespace: namespace.transpose().map_err(|_| SetupError::Namespace)?,
        most_bytes: settings.max_response_bytes,
        clock: clock.clone(),
    };
    Ok(Built {
        transport: Arc::new(transport),
        fingerprint,
    })
}

fn client(
    settings: &settings::Vault,
    timeout: Duration,
    files: Files,
) -> Result<reqwest::Client, SetupError> {
    let builder = outgoing::client(timeout).redirect(within(settings.address.clone()));
    if settings.address.scheme() == "http" {
        return outgoing::plain(builder)
            .build()
            .map_err(|_| SetupError::Tls);
    }
    let trusting = trust(builder.https_only(true), settings, files.authorities)?;
    let known = identify(trusting, settings, files.identity)?;
    known.build().map_err(|_| SetupError::Tls)
}

/// Redirects are followed only to the server that was configured: the token goes with them.
fn within(address: Url) -> redirect::Policy {
    redirect::Policy::custom(move |attempt| {
        let is_ours = attempt.url().origin() == address.origin();
        if is_ours && attempt.previous().len() <= MOST_REDIRECTS {
            attempt.follow()
        } else {
            attempt.stop()
        }
    })
}

fn trust(
    builder: ClientBuilder,
    settings: &settings::Vault,
    pem: Option<Vec<u8>>,
) -> Result<ClientBuilder, SetupError> {
    let (Some(path), Some(pem)) = (&settings.ca_file, pem) else {
        return Ok(builder);
    };
    Ok(authorities::trust(builder, (path, &pem))?)
}

fn identify(
    builder: ClientBuilder,
    settings: &settings::Vault,
    pem: Option<Vec<u8>>,
) -> Result<ClientBuilder, SetupError> {
    let (Some(files), Some(pem)) = (&settings.client_certificate, pem) else {
        return Ok(builder);
    };
    let unfit = || SetupError::Identity {
        certificate: files.certificate_file.clone(),
        key: files.key_file.clone(),
    };
    let identity = Identity::from_pem(&pem).map_err(|_| unfit())?;
    // Only building a client shows whether certificate and key belong together.
    let trial = reqwest::Client::builder()
        .tls_certs_only([])
        .identity(identity.clone());
    trial.build().map_err(|_| unfit())?;
    Ok(builder.identity(identity))
}

impl Files {
    fn read(settings: &settings::Vault) -> Result<Self, SetupError> {
        let authorities = settings.ca_file.as_deref().map(read).transpose()?;
        let identity = match &settings.client_certificate {
            Some(files) => {
                let mut pem = read(&files.certificate_file)?;
                pem.push(b'\n');
                pem.extend(read(&files.key_file)?);
                Some(pem)
            }
            None => None,
        };
        Ok(Self {
            authorities,
            identity,
        })
    }

    fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(self)
    }
}
