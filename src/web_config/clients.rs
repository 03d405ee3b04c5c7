//! Certificates of clients: who must show one, who vouches for it, and which names are let in.

use std::{collections::BTreeSet, net::IpAddr, sync::Arc};

use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, RootCertStore,
    SignatureScheme,
    client::danger::HandshakeSignatureValid,
    crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, UnixTime as TlsTime},
    server::{
        WebPkiClientVerifier,
        danger::{ClientCertVerified, ClientCertVerifier},
    },
};
use x509_cert::{
    Certificate,
    der::Decode,
    ext::pkix::{SubjectAltName, name::GeneralName},
};

use super::{certificate::Pem, document::Desk, tls::RawTls};
use crate::config::problems::Key;

/// What `client_auth_type` can be: its name, whether a certificate must be shown, whether somebody must vouch for it.
const POLICIES: [(&str, Policy); 6] = [
    ("NoClientCert", Policy::NONE),
    ("RequestClientCert", Policy::of(false, false)),
    ("RequireAnyClientCert", Policy::of(true, false)),
    // An older name of the one before, which the toolkit still takes.
    ("RequireClientCert", Policy::of(true, false)),
    ("VerifyClientCertIfGiven", Policy::of(false, true)),
    ("RequireAndVerifyClientCert", Policy::of(true, true)),
];

#[derive(Clone, Copy)]
struct Policy {
    asked: bool,
    required: bool,
    verified: bool,
}

impl Policy {
    const NONE: Self = Self {
        asked: false,
        required: false,
        verified: false,
    };

    const fn of(required: bool, verified: bool) -> Self {
        Self {
            asked: true,
            required,
            verified,
        }
    }
}

/// Who judges certificates of clients; `None` if they are asked for none, or something is wrong.
pub(super) fn check(
    raw: &RawTls,
    at: &Key,
    provider: &Arc<CryptoProvider>,
    desk: &mut Desk<'_>,
) -> Option<Arc<dyn ClientCertVerifier>> {
    let policy_at = at.key("client_auth_type");
    let inline = ("client_ca", raw.client_ca.as_deref());
    let authorities = Pem::of(inline, "client_ca_file", at, desk);
    let policy = policy(raw, &policy_at, desk)?;
    let names = names(raw, policy, at, desk);
    if !policy.asked {
        if let Some(pem) = authorities {
            let text = "vouches for clients, but client_auth_type asks none for a certificate";
            desk.report.refuse(&pem.at, text);
        }
        return None;
    }
    let judge = if policy.verified {
        verified(policy, authorities.as_ref(), at, provider, desk)?
    } else {
        let text = "takes any certificate, also one that its owner made: only RequireAndVerifyClientCert keeps others out";
        desk.warn(&policy_at, text);
        Arc::new(AnyCertificate {
            required: policy.required,
            provider: Arc::clone(provider),
        })
    };
    Some(match names {
        Some(names) => Arc::new(Named { judge, names }),
        None => judge,
    })
}

fn policy(raw: &RawTls, at: &Key, desk: &mut Desk<'_>) -> Option<Policy> {
    let name = raw.client_auth.as_deref().unwrap_or_default();
    let name = if name.is_empty() { POLICIES[0].0 } else { name };
    let known = POLICIES.iter().find(|(known, _)| *known == name);
    let text = || {
        let names = POLICIES.map(|(name, _)| name).join(", ");
        format!("must be one of {names}, found another word")
    };
    let (_, policy) = desk.report.accept(at, known.ok_or_else(text))?;
    Some(*policy)
}

/// The names that are let in; `None` if all are.
fn names(raw: &RawTls, policy: Policy, at: &Key, desk: &mut Desk<'_>) -> Option<BTreeSet<String>> {
    let at = at.key("client_allowed_sans");
    let names = raw.client_allowed_sans.as_ref()?;
    if names.is_empty() {
        let text = "must have at least one name, or be left out: with none nobody is let in";
        desk.report.refuse(&at, text);
    }
    if !policy.required {
        let text = "needs client_auth_type RequireAndVerifyClientCert or RequireAnyClientCert: with others a client without a certificate has no name to compare";
        desk.report.refuse(&at, text);
    }
    Some(names.iter().cloned().collect())
}

fn verified(
    policy: Policy,
    authorities: Option<&Pem>,
    at: &Key,
    provider: &Arc<CryptoProvider>,
    desk: &mut Desk<'_>,
) -> Option<Arc<dyn ClientCertVerifier>> {
    let Some(pem) = authorities else {
        let text = "is required: the authorities that vouch for clients, here or in client_ca";
        if desk.papers.named("client_ca_file").is_none() {
            desk.report.refuse(&at.key("client_ca_file"), text);
        }
        return None;
    };
    let mut roots = RootCertStore::empty();
    let unfit = "holds a certificate that cannot be that of an authority";
    for certificate in pem.certificates(desk)? {
        let added = roots.add(certificate).map_err(|_| unfit);
        desk.report.accept(&pem.at, added)?;
    }
    let builder =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider));
    let builder = if policy.required {
        builder
    } else {
        builder.allow_unauthenticated()
    };
    let judge = builder.build().map_err(|_| unfit);
    desk.report.accept(&pem.at, judge)
}

/// Takes every certificate whose key the client really has.
#[derive(Debug)]
struct AnyCertificate {
    required: bool,
    provider: Arc<CryptoProvider>,
}

impl ClientCertVerifier for AnyCertificate {
    fn client_auth_mandatory(&self) -> bool {
        self.required
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: TlsTime,
    ) -> Result<ClientCertVerified, Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, cert, dss, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, cert, dss, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let algorithms = &self.provider.signature_verification_algorithms;
        algorithms.supported_schemes()
    }
}

/// Takes what another judge takes, if it bears one of these names.
#[derive(Debug)]
struct Named {
    judge: Arc<dyn ClientCertVerifier>,
    names: BTreeSet<String>,
}

impl ClientCertVerifier for Named {
    fn client_auth_mandatory(&self) -> bool {
        self.judge.client_auth_mandatory()
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        self.judge.root_hint_subjects()
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: TlsTime,
    ) -> Result<ClientCertVerified, Error> {
        let judge = &self.judge;
        let verdict = judge.verify_client_cert(end_entity, intermediates, now)?;
        let mut names = alternative_names(end_entity).into_iter();
        let refused = CertificateError::ApplicationVerificationFailure;
        if names.any(|name| self.names.contains(&name)) {
            Ok(verdict)
        } else {
            Err(Error::InvalidCertificate(refused))
        }
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

/// The names of a certificate (RFC 5280, 4.2.1.6) that the toolkit compares: hosts, addresses, of mail too, and URIs.
fn alternative_names(certificate: &CertificateDer<'_>) -> Vec<String> {
    let Ok(certificate) = Certificate::from_der(certificate) else {
        return Vec::new();
    };
    let found = certificate.tbs_certificate().get_extension();
    let Ok(Some((_critical, SubjectAltName(names)))) = found else {
        return Vec::new();
    };
    names.iter().filter_map(text_of).collect()
}

fn text_of(name: &GeneralName) -> Option<String> {
    match name {
        GeneralName::DnsName(text)
        | GeneralName::Rfc822Name(text)
        | GeneralName::UniformResourceIdentifier(text) => Some(text.to_string()),
        GeneralName::IpAddress(octets) => {
            let octets = octets.as_bytes();
            let four = <[u8; 4]>::try_from(octets).map(IpAddr::from);
            let sixteen = <[u8; 16]>::try_from(octets).map(IpAddr::from);
            four.or(sixteen).ok().map(|address| address.to_string())
        }
        _ => None,
    }
}
