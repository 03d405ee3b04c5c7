//! One request of a visit, and what its answer says beside its body.

use std::sync::PoisonError;

use http::{HeaderValue, Method, header};
use reqwest::{Request, Response, Url};

use super::{Trouble, Visit, middle, page::Page};
use crate::{
    keycloak::link::bearer,
    model::{Cause, UnixTime},
    outgoing::{self, failure},
    secret::SecretText,
};

/// No answer of these is larger, in bytes.
const MOST_BYTES: usize = 256 * 1024;

/// No client is larger, in bytes: one with thousands of redirect URLs and mappers.
const MOST_BYTES_OF_A_CLIENT: usize = 2 * 1024 * 1024;

/// What is asked for.
pub(super) struct Call<'a> {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) bearer: Option<&'a SecretText>,
    pub(super) form: Option<Vec<u8>>,
    pub(super) most_bytes: usize,
}

impl<'a> Call<'a> {
    pub(super) fn get(url: Url) -> Self {
        Self {
            method: Method::GET,
            url,
            bearer: None,
            form: None,
            most_bytes: MOST_BYTES,
        }
    }

    pub(super) fn client(url: Url, token: &'a SecretText) -> Self {
        Self {
            bearer: Some(token),
            most_bytes: MOST_BYTES_OF_A_CLIENT,
            ..Self::get(url)
        }
    }
}

impl Visit {
    pub(super) async fn ask(&self, call: Call<'_>) -> Result<Page, Trouble> {
        let most_bytes = call.most_bytes;
        let before = (self.clock)();
        let response = self.http.execute(request(call)?).await;
        let response = response.map_err(|error| self.trouble(&error))?;
        let now = (self.clock)();
        self.compare_clocks(&response, middle(before, now));
        Ok(Page {
            status: response.status().as_u16(),
            media_type: media_type(&response),
            retry_after: said(&response, header::RETRY_AFTER)
                .and_then(|text| failure::retry_after(text, now)),
            body: outgoing::body(response, most_bytes).await?,
        })
    }

    fn trouble(&self, error: &reqwest::Error) -> Trouble {
        let cause = match failure::of_tls(error) {
            Some(error) => return Trouble::NotConnected(self.presented.cause(error)),
            None => Trouble::from(failure::of_transport(error)),
        };
        match cause {
            Trouble::Broken(cause, _) if error.is_connect() || self.is_before_tls(error) => {
                Trouble::NotConnected(cause)
            }
            other => other,
        }
    }

    /// Whether it failed before the server had shown a certificate: the time of the whole request can be over before that of
    /// connecting is.
    fn is_before_tls(&self, error: &reqwest::Error) -> bool {
        let is_tls = error.url().is_some_and(|url| url.scheme() == "https");
        is_tls && !self.presented.has_certificate()
    }

    fn compare_clocks(&self, response: &Response, at: UnixTime) {
        let date = said(response, header::DATE).and_then(failure::date);
        if let Some(date) = date {
            let offset = date.seconds_since(at);
            *self.offset.lock().unwrap_or_else(PoisonError::into_inner) = Some(offset);
        }
    }
}

fn request(call: Call<'_>) -> Result<Request, Trouble> {
    let mut request = Request::new(call.method, call.url);
    let headers = request.headers_mut();
    headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    if let Some(token) = call.bearer {
        // A token that fits into no header was refused before, as no token.
        let value = bearer(token).map_err(|_| Cause::NotAToken)?;
        headers.insert(header::AUTHORIZATION, value);
    }
    if let Some(form) = call.form {
        let media_type = HeaderValue::from_static("application/x-www-form-urlencoded");
        headers.insert(header::CONTENT_TYPE, media_type);
        *request.body_mut() = Some(form.into());
    }
    Ok(request)
}

fn said(response: &Response, name: header::HeaderName) -> Option<&str> {
    response.headers().get(name)?.to_str().ok()
}

fn media_type(response: &Response) -> String {
    let said = said(response, header::CONTENT_TYPE).unwrap_or_default();
    let media_type = said.split(';').next().unwrap_or_default();
    media_type.trim().to_ascii_lowercase()
}
