//! The certificate that the listener presents, and its key.

use std::sync::Arc;

use rustls::{
    crypto::CryptoProvider,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    sign::{CertifiedKey, SigningKey},
};
use x509_cert::{Certificate, der::Decode, time::Time};

use super::document::Desk;
use crate::{config::problems::Key, model::UnixTime};

/// A PEM, and the key of the file under which it stands.
pub(super) struct Pem {
    /// Where it is named, or stands itself.
    pub(super) at: Key,
    /// What it holds.
    pub(super) bytes: Vec<u8>,
}

impl Pem {
    /// What stands under `inline`, or in the file that `file` names; `None` if nothing does, or it was refused.
    pub(super) fn of(
        (inline, text): (&str, Option<&str>),
        file: &str,
        at: &Key,
        desk: &mut Desk<'_>,
    ) -> Option<Self> {
        let (inline_at, file_at) = (at.key(inline), at.key(file));
        let text = text.filter(|text| !text.is_empty());
        match (text, desk.papers.named(file)) {
            (Some(_), Some(_)) => {
                let text = format!("must not stand beside {inline}: only one of both can be used");
                desk.report.refuse(&file_at, text);
                None
            }
            (Some(text), None) => Some(Self {
                at: inline_at,
                bytes: text.as_bytes().to_vec(),
            }),
            (None, Some(content)) => Some(Self {
                bytes: desk.report.accept(&file_at, content.as_ref())?.clone(),
                at: file_at,
            }),
            (None, None) => None,
        }
    }

    /// The same, where one of the two is needed.
    pub(super) fn needed(
        (inline, text): (&str, Option<&str>),
        file: &str,
        at: &Key,
        desk: &mut Desk<'_>,
    ) -> Option<Self> {
        let stands = text.is_some_and(|text| !text.is_empty());
        if !stands && desk.papers.named(file).is_none() {
            let text = format!("is required with TLS: this or {inline}");
            desk.report.refuse(&at.key(file), text);
        }
        Self::of((inline, text), file, at, desk)
    }

    /// Its certificates; at least one.
    pub(super) fn certificates(&self, desk: &mut Desk<'_>) -> Option<Vec<CertificateDer<'static>>> {
        let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&self.bytes).collect();
        let taken = match all {
            Ok(certificates) if certificates.is_empty() => Err("holds no certificate in PEM"),
            Ok(certificates) => Ok(certificates),
            Err(_may_quote_it) => Err("is not whole: a certificate in it cannot be decoded"),
        };
        desk.report.accept(&self.at, taken)
    }

    fn private_key(
        &self,
        provider: &CryptoProvider,
        desk: &mut Desk<'_>,
    ) -> Option<Arc<dyn SigningKey>> {
        let found = PrivateKeyDer::from_pem_slice(&self.bytes)
            .map_err(|_may_quote_it| "holds no private key in PEM that is not encrypted");
        let key = desk.report.accept(&self.at, found)?;
        let usable = provider.key_provider.load_private_key(key);
        let text = "cannot be used: the key must be RSA of 2048 bits or more, ECDSA on P-256, P-384 or P-521, or Ed25519";
        desk.report.accept(&self.at, usable.map_err(|_| text))
    }
}

/// What is presented, and the earliest end in it.
pub(super) type Presented = (Arc<CertifiedKey>, Option<UnixTime>);

/// The certificate with its chain and its key; a date that does not fit is only a warning.
pub(super) fn check(
    chain: Option<&Pem>,
    key: Option<&Pem>,
    provider: &CryptoProvider,
    desk: &mut Desk<'_>,
) -> Option<Presented> {
    let certificates = chain.and_then(|pem| pem.certificates(desk));
    let signing = key.and_then(|pem| pem.private_key(provider, desk));
    let (chain, key, certificates) = (chain?, key?, certificates?);
    let dates: Vec<_> = certificates.iter().filter_map(validity).collect();
    let presented = CertifiedKey::new(certificates, signing?);
    match presented.keys_match() {
        Err(rustls::Error::InconsistentKeys(rustls::InconsistentKeys::KeyMismatch)) => {
            let text = format!("does not belong to the certificate that {} gives", chain.at);
            desk.report.refuse(&key.at, text);
        }
        Err(rustls::Error::InvalidCertificate(_)) => {
            let text = "must begin with an X.509 certificate of version 3";
            desk.report.refuse(&chain.at, text);
        }
        _ => {}
    }
    warn_of_dates(&dates, &chain.at, desk);
    let end = dates.into_iter().map(|(_, end)| end).min();
    Some((Arc::new(presented), end))
}

fn warn_of_dates(dates: &[(UnixTime, UnixTime)], at: &Key, desk: &mut Desk<'_>) {
    for (begin, end) in dates {
        if *end <= desk.now {
            let text = format!("a certificate in it expired at {end}: clients will refuse it");
            desk.warn(at, &text);
        }
        if *begin > desk.now {
            let text = format!(
                "a certificate in it is valid only from {begin} on: clients will refuse it"
            );
            desk.warn(at, &text);
        }
    }
}

/// From when until when a certificate is valid (RFC 5280, 4.1.2.5); `None` if it cannot be read.
fn validity(certificate: &CertificateDer<'_>) -> Option<(UnixTime, UnixTime)> {
    let certificate = Certificate::from_der(certificate).ok()?;
    let validity = certificate.tbs_certificate().validity();
    let instant = |time: &Time| UnixTime::from_seconds(0).plus(time.to_unix_duration());
    Some((instant(&validity.not_before), instant(&validity.not_after)))
}
