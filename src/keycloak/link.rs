//! The connection to the server: bounded in time and size, built from a certificate file, and built anew when that changes.

use std::{
    io,
    path::PathBuf,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use http::{HeaderValue, Method, header};
use reqwest::{Client, Request, Response, Url};
use tokio::time::Instant;

use crate::{
    clock::Clock,
    keycloak::answer::Answer,
    model::{Failure, Fingerprint, Reason, StoreName},
    outgoing::{
        self,
        authorities::{self, FileError, read},
        failure,
    },
    secret::SecretText,
};

/// Why an identity provider cannot even be asked.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// `ca_file` cannot be read.
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
    /// The store that holds the client's secret is not there.
    #[error("there is no store `{store}`, which should hold the client's secret")]
    NoStore {
        /// Its name.
        store: StoreName,
    },
    /// `address` and the name of the realm make no URL.
    #[error("admin.address cannot be used: set it to what stands before /realms/ in the issuer")]
    Address,
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

/// Whom to trust, and how long to wait.
#[derive(Clone)]
pub(super) struct Terms {
    /// Whether the server is spoken to in plain HTTP, without any certificate.
    pub(super) is_plain: bool,
    /// PEM file with the only certificate authorities that are trusted; `None`: those of the system.
    pub(super) ca_file: Option<PathBuf>,
    /// The longest that one request may take.
    pub(super) timeout: Duration,
}

/// One request.
pub(super) struct Call<'a> {
    pub(super) method: Method,
    pub(super) url: Url,
    /// The token that goes with it.
    pub(super) bearer: Option<&'a SecretText>,
    /// The body and its media type.
    pub(super) body: Option<(&'static str, Vec<u8>)>,
    /// How many bytes of an answer are read.
    pub(super) most_bytes: usize,
    /// Until when it must be answered.
    pub(super) deadline: Instant,
    /// Whether it may be sent once more if a kept connection breaks.
    pub(super) is_repeatable: bool,
}

/// The connection to the server.
pub(super) struct Link {
    terms: Terms,
    clock: Clock,
    /// Guards the swap of the client when the certificate file changed; never held while waiting.
    built: Mutex<Built>,
}

#[derive(Clone)]
struct Built {
    http: Client,
    /// Of the certificate file as it was read.
    fingerprint: Fingerprint,
}

impl Link {
    /// Reads the certificate file; sends nothing.
    ///
    /// # Errors
    ///
    /// [`SetupError`] if it cannot be used.
    pub(super) fn new(terms: Terms, clock: Clock) -> Result<Self, SetupError> {
        let built = Mutex::new(build(&terms)?);
        Ok(Self {
            terms,
            clock,
            built,
        })
    }

    /// Asks the server, and reads its answer to the end.
    pub(super) async fn ask(&self, call: Call<'_>) -> Result<Answer, Failure> {
        let most_bytes = call.most_bytes;
        let response = self.respond(call).await?;
        self.answer(response, most_bytes).await
    }

    /// Sends a request. If TLS fails before it is sent and the certificate file has changed meanwhile, tries once more.
    async fn respond(&self, call: Call<'_>) -> Result<Response, Failure> {
        let is_repeatable = call.is_repeatable;
        let request = request(call)?;
        let again = request.try_clone();
        let error = match self.built().http.execute(request).await {
            Ok(response) => return Ok(response),
            Err(error) => error,
        };
        let is_worth_it = if error.is_connect() {
            failure::of_transport(&error) == Reason::Tls && self.refresh().await
        } else {
            is_repeatable && is_broken_connection(&error)
        };
        let (true, Some(again)) = (is_worth_it, again) else {
            return Err(failure::of_transport(&error).into());
        };
        let response = self.built().http.execute(again).await;
        response.map_err(|error| failure::of_transport(&error).into())
    }

    async fn answer(&self, response: Response, most_bytes: usize) -> Result<Answer, Failure> {
        Ok(Answer {
            status: response.status().as_u16(),
            retry_after: self.retry_after(&response),
            body: outgoing::body(response, most_bytes).await?,
        })
    }

    fn retry_after(&self, response: &Response) -> Option<Duration> {
        let text = response.headers().get(header::RETRY_AFTER)?.to_str().ok()?;
        failure::retry_after(text, (self.clock)())
    }

    /// Builds the client anew if the certificate file has changed, and says whether it did. A file that cannot be used
    /// changes nothing: it may be about to be replaced.
    async fn refresh(&self) -> bool {
        let (terms, before) = (self.terms.clone(), self.built().fingerprint);
        let build_anew = move || {
            let changed = certificates(&terms).is_ok_and(|pem| Fingerprint::of(&pem) != before);
            changed.then(|| build(&terms).ok()).flatten()
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

fn request(call: Call<'_>) -> Result<Request, Failure> {
    let mut request = Request::new(call.method, call.url);
    *request.timeout_mut() = Some(call.deadline.saturating_duration_since(Instant::now()));
    let headers = request.headers_mut();
    headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    if let Some(token) = call.bearer {
        headers.insert(header::AUTHORIZATION, bearer(token)?);
    }
    if let Some((media_type, bytes)) = call.body {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        *request.body_mut() = Some(bytes.into());
    }
    Ok(request)
}

/// The token as a header value that no log of an HTTP library shows. A JWT always is one.
pub(super) fn bearer(token: &SecretText) -> Result<HeaderValue, Failure> {
    #[expect(
        clippy::disallowed_methods,
        reason = "a token, on its way to the server that issued it"
    )]
    let text = format!("Bearer {}", token.reveal());
    let mut value = HeaderValue::from_str(&text).map_err(|_| Reason::NotAToken)?;
    value.set_sensitive(true);
    Ok(value)
}

/// Whether the server hung up on a connection that had worked before, or was just made.
fn is_broken_connection(error: &reqwest::Error) -> bool {
    error.is_request() && failure::of_transport(error) == Reason::Unreachable
}

fn build(terms: &Terms) -> Result<Built, SetupError> {
    let pem = certificates(terms)?;
    Ok(Built {
        fingerprint: Fingerprint::of(&pem),
        http: client(terms, pem.as_deref())?,
    })
}

/// Keycloak redirects no request of ours, and tokens go to nobody else.
fn client(terms: &Terms, pem: Option<&[u8]>) -> Result<Client, SetupError> {
    let builder = outgoing::client(terms.timeout);
    let trusting = match (terms.ca_file.as_deref(), pem) {
        _ if terms.is_plain => outgoing::plain(builder),
        (Some(path), Some(pem)) => authorities::trust(builder.https_only(true), (path, pem))?,
        _ => builder.https_only(true),
    };
    trusting.build().map_err(|_| SetupError::Tls)
}

/// The content of `ca_file`, where it matters.
fn certificates(terms: &Terms) -> Result<Option<Vec<u8>>, SetupError> {
    let file = terms.ca_file.as_deref().filter(|_| !terms.is_plain);
    Ok(file.map(read).transpose()?)
}
