//! A visit to an identity provider, as Zync and APIcast pay it: what they read is read, what they would write is not written.

mod account;
mod call;
mod client;
mod discovery;
mod grant;
mod page;
mod tls;
mod trouble;

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use http::Method;
use reqwest::{Client, Url};
use serde_json::{Map, Value};

use crate::{
    clock::Clock,
    keycloak::{link::SetupError, settings::Trust},
    model::{Cause, UnixTime},
    outgoing,
    secret::SecretText,
};

pub use account::Account;
pub use client::{ClientSettings, Kept, Registered};
pub use discovery::Document;
pub use trouble::Trouble;

use call::Call;
use tls::{Judge, Presented};

/// Visits identity providers as Zync and APIcast do.
pub struct Visitor {
    trust: Trust,
    timeout: Duration,
    clock: Clock,
    /// Guards the swap of the judge when the certificate file changed; never held while waiting. `None` if TLS cannot be set up
    /// here and plain HTTP is allowed.
    judge: Mutex<Option<Judge>>,
}

/// One visit, with connections of its own, which it keeps until its end.
pub struct Visit {
    http: Client,
    presented: Arc<Presented>,
    allow_http: bool,
    clock: Clock,
    /// Guards how far the clock of the server was from ours when it last said what it shows, in seconds; never held while waiting.
    offset: Mutex<Option<i64>>,
}

/// A login.
#[derive(Debug)]
pub struct Granted {
    /// The access token.
    pub token: SecretText,
    /// The middle of the request, by our clock.
    pub at: UnixTime,
}

impl Visitor {
    /// Trusts only the certificate authorities in the file of `trust`, or those of the system; `timeout` bounds each request.
    /// Reads the certificate file; nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`SetupError`] if the certificate file cannot be used, or if TLS cannot be set up and is needed.
    pub fn new(trust: &Trust, timeout: Duration, clock: Clock) -> Result<Self, SetupError> {
        let judge = match Judge::new(trust) {
            Err(SetupError::Tls) if trust.allow_http => None,
            judge => Some(judge?),
        };
        Ok(Self {
            trust: trust.clone(),
            timeout,
            clock,
            judge: Mutex::new(judge),
        })
    }

    /// Begins a visit, with the certificate file as it is now; nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`Cause::BundleUnusable`] if the file cannot be used any more.
    pub async fn begin(&self) -> Result<Visit, Trouble> {
        let judge = self.judge().await?;
        let presented = Arc::new(Presented::default());
        // Short of the time for the whole request, so that it can be told which of both ran out.
        let builder = outgoing::client(self.timeout)
            .connect_timeout(outgoing::CONNECT_TIMEOUT.min(self.timeout / 2))
            .https_only(!self.trust.allow_http);
        let builder = match judge.map(|judge| judge.config(&presented)) {
            Some(config) => {
                builder.tls_backend_preconfigured(config.ok_or(Cause::HandshakeFailed)?)
            }
            None => outgoing::plain(builder),
        };
        Ok(Visit {
            http: builder.build().map_err(|_| Cause::HandshakeFailed)?,
            presented,
            allow_http: self.trust.allow_http,
            clock: Arc::clone(&self.clock),
            offset: Mutex::default(),
        })
    }

    async fn judge(&self) -> Result<Option<Judge>, Cause> {
        let before = self.lock().clone();
        let Some(before) = before else {
            return Ok(None);
        };
        let trust = self.trust.clone();
        let again = move || {
            if before.is_outdated(&trust) {
                Judge::new(&trust).map_err(|_| Cause::BundleUnusable)
            } else {
                Ok(before)
            }
        };
        let judge = tokio::task::spawn_blocking(again).await;
        let judge = judge.map_err(|_| Cause::BundleUnusable)??;
        *self.lock() = Some(judge.clone());
        Ok(Some(judge))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Judge>> {
        self.judge.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Visit {
    /// Reads the discovery document below `address`, whose issuer must be `issuer`.
    ///
    /// # Errors
    ///
    /// Why Zync or APIcast could do nothing with it.
    pub async fn discover(&self, address: &str, issuer: &str) -> Result<Document, Trouble> {
        let address = address.trim_end_matches('/');
        let address = format!("{address}/.well-known/openid-configuration");
        let url = Url::parse(&address).map_err(|_| Cause::NotFound)?;
        let page = self.ask(Call::get(url)).await?.json()?;
        let said: Map<String, Value> = page.parse()?;
        Ok(discovery::understand(&said, issuer, self.allow_http)?)
    }

    /// Reads the key set, which is not looked at here.
    ///
    /// # Errors
    ///
    /// Why it cannot be read.
    pub async fn key_set(&self, document: &Document) -> Result<Vec<u8>, Trouble> {
        let page = self.ask(Call::get(document.jwks_uri.clone())).await?;
        Ok(page.json()?.body)
    }

    /// Logs in as Zync does: once, with id and secret in the form.
    ///
    /// # Errors
    ///
    /// Why there is no token.
    pub async fn grant(&self, document: &Document, account: &Account) -> Result<Granted, Trouble> {
        let call = Call {
            method: Method::POST,
            form: Some(account.form()),
            ..Call::get(document.token_endpoint.clone())
        };
        let before = (self.clock)();
        let page = self.ask(call).await?;
        let at = middle(before, (self.clock)());
        Ok(Granted {
            token: grant::granted(page)?,
            at,
        })
    }

    /// Reads a client by Keycloak's own client registration (`ClientRegistrationService`, provider `default`).
    ///
    /// # Errors
    ///
    /// Why nothing can be said about it.
    pub async fn registered(
        &self,
        issuer: &str,
        client_id: &str,
        token: &SecretText,
    ) -> Result<Registered, Trouble> {
        let url = below(issuer, &["clients-registrations", "default", client_id])?;
        let page = self.ask(Call::client(url, token)).await?;
        match page.status {
            // What cannot be read of it is none of its settings, and so none that is right.
            200 => Ok(Registered::Is(page.parse().unwrap_or_default())),
            _ if page.insists_on_tls() => Err(Cause::HttpsRequired.into()),
            403 if page.refusal().is_some() => Ok(Registered::Forbidden),
            404 if page.refusal().is_some() => Ok(Registered::Missing),
            _ => Err(page.trouble()),
        }
    }

    /// Reads a client of a REST adapter: `{endpoint}/clients/{id}`. What it says about the client is not looked at.
    ///
    /// # Errors
    ///
    /// Why nothing can be said about it.
    pub async fn kept(
        &self,
        endpoint: &Url,
        client_id: &str,
        token: &SecretText,
    ) -> Result<Kept, Trouble> {
        let url = below(endpoint.as_str(), &["clients", client_id])?;
        let page = self.ask(Call::client(url, token)).await?;
        match page.status {
            200..=299 => Ok(Kept::Is),
            404 => Ok(Kept::Missing),
            405 | 501 => Ok(Kept::Unreadable),
            401 | 403 => Err(Cause::Refused.into()),
            _ => Err(page.trouble()),
        }
    }

    /// What time it is by our clock.
    pub fn now(&self) -> UnixTime {
        (self.clock)()
    }

    /// The earliest end among the certificates that servers presented so far, refused ones included.
    pub fn certificate_end(&self) -> Option<UnixTime> {
        self.presented.end()
    }

    /// How many seconds the clock of the server is ahead of ours, by the `Date` of its latest answer, to a second or two; `None`
    /// if it said no date.
    pub fn clock_offset(&self) -> Option<i64> {
        *self.offset.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An address below another one, each segment encoded.
fn below(address: &str, segments: &[&str]) -> Result<Url, Cause> {
    let mut url = Url::parse(address).map_err(|_| Cause::NotFound)?;
    // What was asked for its discovery document has a path.
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    Ok(url)
}

/// The instant halfway.
fn middle(before: UnixTime, after: UnixTime) -> UnixTime {
    let half = after.seconds_since(before) / 2;
    before.plus(Duration::from_secs(u64::try_from(half).unwrap_or(0)))
}

impl fmt::Debug for Visitor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Visitor").finish_non_exhaustive()
    }
}

impl fmt::Debug for Visit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Visit").finish_non_exhaustive()
    }
}
