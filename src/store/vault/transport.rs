//! One request of ours to the server, bounded in time and size.
//!
//! Requests are described by the endpoint types of `vaultrs` (and a few of our own, of the same trait);
//! they are sent here, because the transport of `vaultrs` reads bodies of any size, follows redirects to any
//! host with the token, drops `Retry-After`, and panics on a token that is no header value.

use std::time::Duration;

use http::{HeaderValue, Method, header::RETRY_AFTER};
use reqwest::{Request, Url};
use rustify::endpoint::Endpoint;
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use crate::{
    clock::Clock,
    model::{Failure, Reason},
    outgoing,
    secret::SecretText,
    store::vault::failure,
};

/// The largest list that is read, in bytes, if larger bodies are not allowed anyway: ten thousand names are 0.7 MB, with
/// their details 5 MB (observed).
const LIST_BYTES: usize = 16 * 1024 * 1024;

/// How a request is made.
pub(super) struct Transport {
    pub(super) http: reqwest::Client,
    /// Scheme, host and port, without a slash at the end.
    pub(super) origin: String,
    pub(super) namespace: Option<HeaderValue>,
    pub(super) most_bytes: usize,
    pub(super) clock: Clock,
}

/// On whose behalf a request is made, and until when it must be answered.
#[derive(Clone, Copy)]
pub(super) struct Terms<'a> {
    pub(super) token: Option<&'a SecretText>,
    pub(super) deadline: Instant,
}

/// What the server said.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) retry_after: Option<Duration>,
    pub(super) body: Vec<u8>,
}

/// The part of every answer that we use.
#[derive(serde::Deserialize)]
struct Envelope<T> {
    data: Option<T>,
}

/// What tells an error of the server from the page of a proxy in between.
#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Spoken {
    #[serde(rename_all = "snake_case")]
    Errors {
        #[serde(rename = "errors")]
        _errors: Vec<String>,
    },
    Data {
        #[serde(rename = "data")]
        _data: serde::de::IgnoredAny,
    },
}

impl Answer {
    /// The body as what it should be. The parser's own error can quote the body, so it ends here.
    pub(super) fn parse<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        serde_json::from_slice(&self.body).map_err(|_| Reason::BadResponse.into())
    }

    /// The field `data` of the body; `None` if it is missing or null.
    pub(super) fn data<T: DeserializeOwned>(&self) -> Result<Option<T>, Failure> {
        self.parse::<Envelope<T>>().map(|envelope| envelope.data)
    }

    /// This answer if it is a success.
    pub(super) fn success(self) -> Result<Self, Failure> {
        if (200..=208).contains(&self.status) {
            Ok(self)
        } else {
            Err(failure::of_answer(&self))
        }
    }

    /// Whether the words stand somewhere in the body.
    pub(super) fn says(&self, words: &[u8]) -> bool {
        self.body.windows(words.len()).any(|found| found == words)
    }

    /// Whether the body is JSON of the kind that Vault and OpenBao send.
    pub(super) fn is_from_the_server(&self) -> bool {
        self.parse::<Spoken>().is_ok()
    }
}

impl Transport {
    /// Sends one request; one without effects is sent once more if a kept connection breaks.
    pub(super) async fn send<E: Endpoint>(
        &self,
        endpoint: &E,
        terms: Terms<'_>,
    ) -> Result<Answer, Failure> {
        let request = self.request(endpoint, terms)?;
        let (is_list, most_bytes) = match request.method().as_str() {
            "LIST" => (true, self.most_bytes.max(LIST_BYTES)),
            _ => (false, self.most_bytes),
        };
        let again = (is_list || request.method() == Method::GET)
            .then(|| request.try_clone())
            .flatten();
        let response = match (self.http.execute(request).await, again) {
            (Err(error), Some(again)) if is_broken_connection(&error) => {
                self.http.execute(again).await
            }
            (first, _) => first,
        };
        let response = response.map_err(|error| outgoing::failure::of_transport(&error))?;
        self.answer(response, most_bytes).await
    }

    async fn answer(
        &self,
        response: reqwest::Response,
        most_bytes: usize,
    ) -> Result<Answer, Failure> {
        let status = response.status().as_u16();
        let retry_after = self.retry_after(&response);
        let body = outgoing::body(response, most_bytes).await?;
        Ok(Answer {
            status,
            retry_after,
            body,
        })
    }

    fn retry_after(&self, response: &reqwest::Response) -> Option<Duration> {
        let text = response.headers().get(RETRY_AFTER)?.to_str().ok()?;
        outgoing::failure::retry_after(text, (self.clock)())
    }

    fn request<E: Endpoint>(&self, endpoint: &E, terms: Terms<'_>) -> Result<Request, Failure> {
        let described = endpoint
            .request(&self.origin)
            .map_err(|_| Reason::Internal)?;
        let mut request = Request::new(described.method().clone(), self.url(described.uri())?);
        *request.timeout_mut() = Some(terms.deadline.saturating_duration_since(Instant::now()));
        let headers = request.headers_mut();
        headers.insert("X-Vault-Request", HeaderValue::from_static("true"));
        if let Some(namespace) = &self.namespace {
            headers.insert("X-Vault-Namespace", namespace.clone());
        }
        if let Some(token) = terms.token {
            headers.insert("X-Vault-Token", sensitive(token)?);
        }
        *request.body_mut() = Some(described.into_body().into());
        Ok(request)
    }

    fn url(&self, described: &http::Uri) -> Result<Url, Failure> {
        let path = described.path_and_query().map_or("/", |path| path.as_str());
        Url::parse(&format!("{}/v1{path}", self.origin)).map_err(|_| Reason::Internal.into())
    }
}

/// The token as a header value that no log of an HTTP library shows.
fn sensitive(token: &SecretText) -> Result<HeaderValue, Failure> {
    #[expect(
        clippy::disallowed_methods,
        reason = "our own token, on its way to the server"
    )]
    let text = token.reveal();
    let mut value = HeaderValue::from_str(text).map_err(|_| Reason::Unauthenticated)?;
    value.set_sensitive(true);
    Ok(value)
}

/// Whether the server hung up on a connection that had worked before, or was just made.
fn is_broken_connection(error: &reqwest::Error) -> bool {
    error.is_request()
        && !error.is_connect()
        && outgoing::failure::of_transport(error) == Reason::Unreachable
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::{prop_assert_eq, proptest};
    use vaultrs::api::kv1::requests::GetSecretRequest;

    use super::*;
    use crate::model::{SecretPath, UnixTime};

    fn transport() -> Transport {
        Transport {
            http: reqwest::Client::builder()
                .tls_certs_only([])
                .build()
                .unwrap(),
            origin: "http://[::1]:8200".to_owned(),
            namespace: None,
            most_bytes: 1,
            clock: Arc::new(|| UnixTime::from_seconds(0)),
        }
    }

    /// Takes `%41` for `A`.
    fn decoded(path: &str) -> String {
        let mut bytes = Vec::new();
        let mut rest = path.as_bytes();
        while let Some((&first, after)) = rest.split_first() {
            let (byte, left) = match first {
                b'%' => {
                    let digits = std::str::from_utf8(&after[..2]).unwrap();
                    (u8::from_str_radix(digits, 16).unwrap(), &after[2..])
                }
                _ => (first, after),
            };
            bytes.push(byte);
            rest = left;
        }
        String::from_utf8(bytes).unwrap()
    }

    proptest! {
        #[test]
        fn every_path_is_asked_for_as_it_is_and_nowhere_else(text in "[^/]{1,8}(/[^/]{1,8}){0,3}|[%.a/\\\\?#:@]{1,12}") {
            let Ok(path) = SecretPath::new(&text) else {
                return Ok(());
            };
            let endpoint = GetSecretRequest { mount: "kv".to_owned(), path: path.to_string() };
            let terms = Terms { token: None, deadline: Instant::now() };
            let request = transport().request(&endpoint, terms).unwrap();
            prop_assert_eq!(request.url().origin().ascii_serialization(), "http://[::1]:8200");
            prop_assert_eq!(decoded(request.url().path()), format!("/v1/kv/{text}"));
            prop_assert_eq!((request.url().query(), request.url().fragment()), (None, None));
        }
    }
}
