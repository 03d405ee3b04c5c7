//! Why a connection was not taken: a closed list of words.

/// Why the listener did not take a connection, though somebody spoke. Its [label](Self::label) is the value of the label `reason`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Plain HTTP where TLS is spoken.
    PlainHttp,
    /// No version of TLS that both sides speak.
    TlsVersion,
    /// The client has to show a certificate, and shows none.
    NoClientCertificate,
    /// The certificate of the client does not count here.
    BadClientCertificate,
    /// The client does not trust our certificate.
    CertificateRefused,
    /// The client took too long.
    Timeout,
    /// Anything else: no cipher in common, not TLS at all, gone in the middle.
    Other,
}

impl Refusal {
    /// How many there are.
    pub const COUNT: usize = 7;

    /// Every refusal, in the order of the documentation.
    pub const ALL: [Self; Self::COUNT] = [
        Self::PlainHttp,
        Self::TlsVersion,
        Self::NoClientCertificate,
        Self::BadClientCertificate,
        Self::CertificateRefused,
        Self::Timeout,
        Self::Other,
    ];

    /// The word, as in the label `reason`.
    pub const fn label(self) -> &'static str {
        match self {
            Self::PlainHttp => "plain_http",
            Self::TlsVersion => "tls_version",
            Self::NoClientCertificate => "no_client_certificate",
            Self::BadClientCertificate => "bad_client_certificate",
            Self::CertificateRefused => "certificate_refused",
            Self::Timeout => "timeout",
            Self::Other => "other",
        }
    }

    /// Where it stands in [`ALL`](Self::ALL).
    pub const fn index(self) -> usize {
        match self {
            Self::PlainHttp => 0,
            Self::TlsVersion => 1,
            Self::NoClientCertificate => 2,
            Self::BadClientCertificate => 3,
            Self::CertificateRefused => 4,
            Self::Timeout => 5,
            Self::Other => 6,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_knows_its_place() {
        for (index, refusal) in Refusal::ALL.into_iter().enumerate() {
            assert_eq!(refusal.index(), index);
        }
    }
}
