//! A kcwatch that runs somewhere: asked over HTTP what it knows, as `kcwatch check --service` does.
//!
//! In: where it answers, whom to trust, credentials. Out: what it [told](Told), or a [`Trouble`] that says what to do about it.
//! Foreign errors end here.

mod credentials;
mod told;
mod trouble;

use std::{path::PathBuf, time::Duration};

use reqwest::{Client, Response, StatusCode, Url};

pub use credentials::Credentials;
pub use told::{TargetTold, Told};
pub use trouble::Trouble;

use crate::outgoing::{
    self,
    authorities::{self, read},
    failure,
};

/// Where it tells everything.
const STATUS: &str = "api/v1/status";

/// The longest that the answer may take.
const TIMEOUT: Duration = Duration::from_secs(15);

/// More is not read: ten thousand targets take a third of it.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// A kcwatch that runs somewhere.
#[derive(Debug)]
pub struct Service {
    /// Scheme, host, port, and perhaps the path below which it answers.
    pub address: Url,
    /// PEM file with the only certificate authorities that are trusted; `None`: those of the system.
    pub ca_file: Option<PathBuf>,
    /// Who asks, if it wants to know.
    pub credentials: Option<Credentials>,
    /// Whether credentials may go to an address that begins with http://.
    pub allow_http: bool,
}

impl Service {
    /// Asks it for everything it knows.
    ///
    /// # Errors
    ///
    /// [`Trouble`] if it cannot be asked, or what answers is not kcwatch.
    pub async fn ask(&self) -> Result<Told, Trouble> {
        if self.credentials.is_some() && self.is_plain() && !self.allow_http {
            return Err(Trouble::InTheOpen);
        }
        let url = self.status_url();
        let request = self.client()?.get(url.clone());
        let request = match &self.credentials {
            Some(credentials) => credentials.on(request),
            None => request,
        };
        let no_answer = |reason| Trouble::NoAnswer(url.clone(), reason);
        let response = request
            .send()
            .await
            .map_err(|error| no_answer(failure::of_transport(&error)))?;
        self.refusal(&url, &response)?;
        let body = outgoing::body(response, MOST_BYTES);
        let body = body.await.map_err(no_answer)?;
        Told::read(&body).ok_or_else(|| Trouble::NotKcwatch(url.clone()))
    }

    fn refusal(&self, url: &Url, response: &Response) -> Result<(), Trouble> {
        match response.status() {
            StatusCode::OK => Ok(()),
            StatusCode::UNAUTHORIZED if self.credentials.is_some() => {
                Err(Trouble::Refused(url.clone()))
            }
            StatusCode::UNAUTHORIZED => Err(Trouble::Unauthenticated(url.clone())),
            status if status.is_redirection() => Err(Trouble::Elsewhere(url.clone())),
            status => Err(Trouble::Status(url.clone(), status.as_u16())),
        }
    }

    fn is_plain(&self) -> bool {
        self.address.scheme() == "http"
    }

    /// A path of the address is where a proxy has put kcwatch.
    fn status_url(&self) -> Url {
        let mut url = self.address.clone();
        let base = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{base}/{STATUS}"));
        url
    }

    /// It follows no redirect, so that credentials go nowhere else.
    fn client(&self) -> Result<Client, Trouble> {
        let builder = outgoing::client(TIMEOUT);
        let trusting = match &self.ca_file {
            _ if self.is_plain() => outgoing::plain(builder),
            Some(path) => authorities::trust(builder.https_only(true), (path, &read(path)?))?,
            None => builder.https_only(true),
        };
        trusting.build().map_err(|_| Trouble::Tls)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_lies_below_the_address() {
        let asked = |address: &str| {
            let service = Service {
                address: Url::parse(address).unwrap(),
                ca_file: None,
                credentials: None,
                allow_http: false,
            };
            service.status_url().to_string()
        };
        assert_eq!(asked("http://x:1"), "http://x:1/api/v1/status");
        assert_eq!(asked("https://x/sso/"), "https://x/sso/api/v1/status");
    }
}
