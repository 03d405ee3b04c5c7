//! What all connections that we make have in common, to stores and to identity providers alike: a client that goes nowhere else and
//! waits no longer than it should, certificate files, and the words for what went wrong.
//!
//! In: a certificate file, a request. Out: a body that is not too large, or a [`Reason`]. Foreign errors end here.

pub(crate) mod authorities;
pub(crate) mod failure;

use std::time::Duration;

use reqwest::{Client, ClientBuilder, Response, redirect};

use crate::model::Reason;

/// The longest that making a connection may take.
pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A client without any habit of its own: it follows no redirect, obeys no proxy of the environment, and tells no server from where it
/// comes. `timeout` bounds each request.
pub(crate) fn client(timeout: Duration) -> ClientBuilder {
    Client::builder()
        .tls_backend_rustls()
        .connect_timeout(CONNECT_TIMEOUT.min(timeout))
        .timeout(timeout)
        .referer(false)
        // Even without its feature `system-proxy`, reqwest obeys `HTTPS_PROXY` and its like (observed).
        .no_proxy()
        .redirect(redirect::Policy::none())
        .user_agent(concat!("kcwatch/", env!("CARGO_PKG_VERSION")))
}

/// The same for plain HTTP alone.
pub(crate) fn plain(builder: ClientBuilder) -> ClientBuilder {
    // Without this, a system that has no certificate authorities cannot even speak plain HTTP.
    builder.tls_certs_only([])
}

/// The body of an answer, read to its end.
///
/// # Errors
///
/// [`Reason::TooLarge`] if it is larger than that, or what kept it from arriving.
pub(crate) async fn body(mut response: Response, most_bytes: usize) -> Result<Vec<u8>, Reason> {
    let mut body = Vec::new();
    while let Some(part) = response
        .chunk()
        .await
        .map_err(|error| failure::of_transport(&error))?
    {
        if body.len().saturating_add(part.len()) > most_bytes {
            return Err(Reason::TooLarge);
        }
        body.extend_from_slice(&part);
    }
    Ok(body)
}
