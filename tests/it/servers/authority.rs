//! A certificate authority of our own.

use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    date_time_ymd,
};
use tempfile::TempDir;

/// A certificate authority; its files live as long as it does.
pub(crate) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    files: TempDir,
}

/// A certificate and its key, both PEM files.
#[derive(Clone)]
pub(crate) struct Identity {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

impl Authority {
    /// A new one, that nobody trusts yet.
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new([]).expect("no names are valid names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key can be made");
        let issuer = CertifiedIssuer::self_signed(params, key).expect("it can sign itself");
        let files = TempDir::new().expect("a directory can be made");
        std::fs::write(files.path().join("ca.pem"), issuer.pem()).expect("it can be written");
        Self { issuer, files }
    }

    /// Its own certificate.
    pub(crate) fn pem(&self) -> String {
        self.issuer.pem()
    }

    /// The PEM file to trust.
    pub(crate) fn file(&self) -> PathBuf {
        self.files.path().join("ca.pem")
    }

    /// A certificate for a server of this name or address.
    pub(crate) fn server(&self, name: &str) -> Identity {
        self.issue(name, ExtendedKeyUsagePurpose::ServerAuth, |_| {})
    }

    /// A certificate for a server that was valid only long ago.
    pub(crate) fn expired_server(&self, name: &str) -> Identity {
        self.issue(name, ExtendedKeyUsagePurpose::ServerAuth, |params| {
            params.not_before = date_time_ymd(2001, 1, 1);
            params.not_after = date_time_ymd(2002, 1, 1);
        })
    }

    /// A certificate for a server that is valid until the beginning of a day: year, month, day.
    pub(crate) fn server_until(&self, name: &str, (year, month, day): (i32, u8, u8)) -> Identity {
        self.issue(name, ExtendedKeyUsagePurpose::ServerAuth, |params| {
            params.not_after = date_time_ymd(year, month, day);
        })
    }

    /// A certificate for a server that will be valid only long after.
    pub(crate) fn future_server(&self, name: &str) -> Identity {
        self.issue(name, ExtendedKeyUsagePurpose::ServerAuth, |params| {
            params.not_before = date_time_ymd(2101, 1, 1);
            params.not_after = date_time_ymd(2102, 1, 1);
        })
    }

    /// A certificate for a client.
    pub(crate) fn client(&self, name: &str) -> Identity {
        self.issue(name, ExtendedKeyUsagePurpose::ClientAuth, |_| {})
    }

    /// A certificate for a client that was valid only long ago.
    pub(crate) fn expired_client(&self, name: &str) -> Identity {
        self.issue(name, ExtendedKeyUsagePurpose::ClientAuth, |params| {
            params.not_before = date_time_ymd(2001, 1, 1);
            params.not_after = date_time_ymd(2002, 1, 1);
        })
    }

    fn issue(
        &self,
        name: &str,
        purpose: ExtendedKeyUsagePurpose,
        edit: impl FnOnce(&mut CertificateParams),
    ) -> Identity {
        let mut params = CertificateParams::new([name.to_owned()]).expect("the name is valid");
        params.extended_key_usages = vec![purpose];
        edit(&mut params);
        let key = KeyPair::generate().expect("a key can be made");
        let certificate = params
            .signed_by(&key, &self.issuer)
            .expect("it can be signed");
        let stem = super::unique("certificate");
        Identity {
            certificate: self.keep(&format!("{stem}.pem"), &certificate.pem()),
            key: self.keep(&format!("{stem}.key"), &key.serialize_pem()),
        }
    }

    fn keep(&self, name: &str, pem: &str) -> PathBuf {
        let path: &Path = self.files.path();
        let path = path.join(name);
        std::fs::write(&path, pem).expect("it can be written");
        path
    }
}
