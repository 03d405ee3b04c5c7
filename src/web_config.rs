//! The file that protects the listener, in the format of Prometheus' exporter-toolkit → [`WebConfig`]; every mistake at once.
//!
//! In: the file and those it names, read in one go by `papers`. Out: what the listener asks of clients: TLS and their certificates
//! (`tls`, `certificate`, `clients`), passwords (`users`, `hash`), and what headers it adds (`headers`). Nothing here is bound,
//! logged or kept in the snapshot. What cannot be done as the toolkit does it is refused by its key, never passed over.

mod abilities;
mod certificate;
mod clients;
mod document;
mod hash;
mod headers;
mod papers;
mod tls;
mod users;

use std::{fmt, path::Path, sync::Arc};

use http::HeaderMap;
use rustls::ServerConfig;

pub use papers::Papers;
pub use users::{Answer, Credentials, Users};

use crate::{config::Problems, model::UnixTime};

/// What the listener asks of clients. The default asks nothing.
#[derive(Clone, Default)]
pub struct WebConfig {
    tls: Option<Arc<ServerConfig>>,
    certificate_end: Option<UnixTime>,
    users: Option<Arc<Users>>,
    headers: HeaderMap,
    warnings: Vec<String>,
}

impl WebConfig {
    /// Reads the file and those it names, and checks them.
    ///
    /// # Errors
    ///
    /// Every mistake there is.
    pub fn load(path: &Path, now: UnixTime) -> Result<Self, Problems> {
        Self::of(&Papers::read(path), now)
    }

    /// Checks what was read.
    ///
    /// # Errors
    ///
    /// Every mistake there is; if the file itself cannot be read, only that.
    pub fn of(papers: &Papers, now: UnixTime) -> Result<Self, Problems> {
        document::checked(papers, now)
    }

    /// How TLS is spoken; `None` if it is not.
    pub fn tls(&self) -> Option<&Arc<ServerConfig>> {
        self.tls.as_ref()
    }

    /// The earliest end among the certificates that are presented.
    pub fn certificate_end(&self) -> Option<UnixTime> {
        self.certificate_end
    }

    /// Who may ask; `None` if everybody may.
    pub fn users(&self) -> Option<&Arc<Users>> {
        self.users.as_ref()
    }

    /// The headers of each response, unless it has its own.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// What somebody should know, though it keeps nothing from working; each begins with the file and the key.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }
}

impl fmt::Debug for WebConfig {
    /// No key, no name of a user.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebConfig")
            .field("tls", &self.tls.is_some())
            .field("users", &self.users.is_some())
            .field("certificate_end", &self.certificate_end)
            .finish_non_exhaustive()
    }
}
