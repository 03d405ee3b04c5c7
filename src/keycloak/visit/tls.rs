//! Whom we trust, and what the server presents: every chain is written down before it is judged, so that a refused one tells as much
//! as one that is taken.

use std::{
    fs,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        Resumption, WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{CryptoProvider, aws_lc_rs},
    pki_types::{CertificateDer, ServerName, UnixTime as TlsTime, pem::PemObject},
};
use rustls_platform_verifier::Verifier;
use x509_cert::{Certificate, der::Decode};

use crate::{
    keycloak::{link::SetupError, settings::Trust},
    model::{Cause, Fingerprint, UnixTime},
    outgoing::authorities::{FileError, read},
};

/// No more certificates of a chain are looked at when their order is in question.
const LONGEST_CHAIN: usize = 8;

/// Who judges certificates, and of which file.
#[derive(Clone)]
pub(super) struct Judge {
    judge: Arc<dyn ServerCertVerifier>,
    fingerprint: Fingerprint,
}

impl Judge {
    /// One who trusts only the authorities in the file of `trust`, or those of the system.
    ///
    /// # Errors
    ///
    /// If the file cannot be used, or the system has no authorities.
    pub(super) fn new(trust: &Trust) -> Result<Self, SetupError> {
        let pem = trust.ca_file.as_deref().map(read).transpose()?;
        let judge: Arc<dyn ServerCertVerifier> = match (&trust.ca_file, &pem) {
            (Some(path), Some(pem)) => {
                let roots = Arc::new(roots(path, pem)?);
                let builder = WebPkiServerVerifier::builder_with_provider(roots, provider());
                builder.build().map_err(|_| SetupError::Tls)?
            }
            _ => Arc::new(Verifier::new(provider()).map_err(|_| SetupError::Tls)?),
        };
        Ok(Self {
            judge,
            fingerprint: Fingerprint::of(&pem),
        })
    }

    /// Whether the file holds something else by now, or cannot be read.
    pub(super) fn is_outdated(&self, trust: &Trust) -> bool {
        let pem = trust.ca_file.as_deref().map(fs::read).transpose();
        pem.map_or(true, |pem| Fingerprint::of(&pem) != self.fingerprint)
    }

    /// TLS for one visit: nothing is taken over from the one before, so that the server has to show its certificate.
    pub(super) fn config(&self, presented: &Arc<Presented>) -> Option<ClientConfig> {
        let recorder = Recorder {
            judge: Arc::clone(&self.judge),
            presented: Arc::clone(presented),
        };
        let builder = ClientConfig::builder_with_provider(provider());
        let builder = builder.with_safe_default_protocol_versions().ok()?;
        let mut config = builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(recorder))
            .with_no_client_auth();
        config.resumption = Resumption::disabled();
        Some(config)
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

/// Every certificate of the file must be one, as elsewhere.
fn roots(path: &Path, pem: &[u8]) -> Result<RootCertStore, FileError> {
    let unfit = || FileError::NoCertificate {
        path: path.to_owned(),
    };
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|_| unfit())?;
        roots.add(certificate).map_err(|_| unfit())?;
    }
    if roots.is_empty() {
        return Err(unfit());
    }
    Ok(roots)
}

/// What servers presented during one visit.
#[derive(Debug, Default)]
pub(super) struct Presented {
    /// Guards what was written down; never held while waiting.
    seen: Mutex<Seen>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    has_certificate: bool,
    end: Option<UnixTime>,
    refused: Option<Cause>,
}

impl Presented {
    /// The earliest end among the certificates that were presented.
    pub(super) fn end(&self) -> Option<UnixTime> {
        self.seen().end
    }

    /// Whether a server presented any certificate at all: until then nobody has spoken TLS.
    pub(super) fn has_certificate(&self) -> bool {
        self.seen().has_certificate
    }

    /// Why TLS failed with this error.
    pub(super) fn cause(&self, error: &Error) -> Cause {
        match error {
            Error::InvalidCertificate(error) => {
                self.seen().refused.unwrap_or_else(|| cause_of(error))
            }
            Error::InvalidMessage(_) => Cause::NoTls,
            Error::NoCertificatesPresented => Cause::CertificateInvalid,
            _ => Cause::HandshakeFailed,
        }
    }

    fn seen(&self) -> Seen {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write_down(&self, end: Option<UnixTime>, refused: Option<Cause>) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.has_certificate = true;
        seen.end = [seen.end, end].into_iter().flatten().min();
        seen.refused = refused;
    }
}

/// Writes down what is presented, and leaves the judgement to the judge.
#[derive(Debug)]
struct Recorder {
    judge: Arc<dyn ServerCertVerifier>,
    presented: Arc<Presented>,
}

impl ServerCertVerifier for Recorder {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: TlsTime,
    ) -> Result<ServerCertVerified, Error> {
        let judge = |leaf: &CertificateDer<'_>, others: &[CertificateDer<'_>]| {
            self.judge
                .verify_server_cert(leaf, others, server_name, ocsp_response, now)
        };
        let verdict = judge(end_entity, intermediates);
        let refused = verdict.as_ref().err().map(|error| match error {
            _ if is_good_in_another_order(end_entity, intermediates, judge) => Cause::WrongOrder,
            Error::InvalidCertificate(error) => cause_of(error),
            _ => Cause::CertificateInvalid,
        });
        let chain = [end_entity].into_iter().chain(intermediates);
        self.presented
            .write_down(chain.filter_map(end).min(), refused);
        verdict
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.judge.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.judge.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.judge.supported_verify_schemes()
    }
}

/// Whether a refused chain would be taken if another of its certificates came first. The order of the rest does not matter.
fn is_good_in_another_order(
    first: &CertificateDer<'_>,
    rest: &[CertificateDer<'_>],
    judge: impl Fn(&CertificateDer<'_>, &[CertificateDer<'_>]) -> Result<ServerCertVerified, Error>,
) -> bool {
    let rest = rest
        .get(..rest.len().min(LONGEST_CHAIN))
        .unwrap_or_default();
    let all: Vec<CertificateDer<'_>> = [first].into_iter().chain(rest).cloned().collect();
    rest.iter().any(|leaf| judge(leaf, &all).is_ok())
}

const fn cause_of(error: &CertificateError) -> Cause {
    match error {
        // The second is an authority of the same name with another key: a new one that is not in the bundle yet.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => Cause::UnknownAuthority,
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            Cause::CertificateExpired
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            Cause::CertificateNotYetValid
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            Cause::WrongName
        }
        _ => Cause::CertificateInvalid,
    }
}

/// The end of one certificate (RFC 5280, 4.1.2.5); `None` if it cannot be read.
fn end(certificate: &CertificateDer<'_>) -> Option<UnixTime> {
    let certificate = Certificate::from_der(certificate).ok()?;
    let end = certificate.tbs_certificate().validity().not_after;
    Some(UnixTime::from_seconds(0).plus(end.to_unix_duration()))
}
