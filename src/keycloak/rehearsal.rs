//! A registration that cannot succeed, and so says whether one would.
//!
//! It is locked twice: its client id is taken in every realm, and its redirect URI is none. Either makes the server undo all of
//! it, so it consumes nothing and leaves no trace (observed on 15, 18 and 26: neither the count, nor the clients, nor the stored
//! events change).

use std::{fmt, time::Duration};

use http::Method;
use serde_json::json;
use tokio::time::Instant;

use crate::{
    clock::Clock,
    keycloak::{
        answer::{Answer, MOST_BYTES},
        farewell,
        issuer::Issuer,
        link::{Call, Link, SetupError, Terms},
        settings::Trust,
        words,
    },
    model::{Failure, Reason, Rehearsal},
    secret::SecretText,
};

/// What no version of Keycloak takes for a redirect URI: it has a blank in its host, and a fragment.
const NO_REDIRECT_URI: &str = "http://not a uri/#x";

/// Asks identity providers whether a token would work now.
pub struct Rehearser {
    /// `None` if TLS cannot be set up here and plain HTTP is allowed.
    secure: Option<Link>,
    /// `None` unless plain HTTP is allowed.
    plain: Option<Link>,
    timeout: Duration,
}

impl Rehearser {
    /// Trusts only the certificate authorities in the file of `trust`, or those of the system. `timeout` bounds each rehearsal.
    /// If TLS may be missing, a token is sent for everybody on the way to read. Reads the certificate file; nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`SetupError`] if the certificate file cannot be used, or if TLS cannot be set up and is needed.
    pub fn new(trust: &Trust, timeout: Duration, clock: Clock) -> Result<Self, SetupError> {
        let allow_http = trust.allow_http;
        let terms = |is_plain| Terms {
            is_plain,
            ca_file: trust.ca_file.clone(),
            timeout,
        };
        let plain = allow_http.then(|| Link::new(terms(true), clock.clone()));
        let secure = match Link::new(terms(false), clock) {
            Err(SetupError::Tls) if allow_http => None,
            link => Some(link?),
        };
        Ok(Self {
            secure,
            plain: plain.transpose()?,
            timeout,
        })
    }

    /// Asks the server whether a client could be registered with this token now. `issuer` is the claim `iss` of this very
    /// token, the only place it is ever sent to. Sent once: what gets no answer is not tried again.
    ///
    /// Should a client be registered against all precautions, it is deleted at once, which may take as long as the rehearsal
    /// itself: do not cut it short.
    ///
    /// # Errors
    ///
    /// Why there is no answer that could be understood. [`Reason::Tls`]: `issuer` is plain HTTP, which is not allowed (nothing
    /// was sent then), or the realm wants TLS. [`Reason::WrongTokenType`]: `issuer` is no realm of Keycloak, and nothing was
    /// sent. [`Reason::NotAToken`]: the token fits into no header. [`Reason::NotFound`]: there is no such realm.
    /// [`Reason::BadResponse`]: an answer that no known version of Keycloak gives.
    pub async fn rehearse(&self, token: &SecretText, issuer: &str) -> Result<Rehearsal, Failure> {
        let issuer = Issuer::parse(issuer, self.plain.is_some())?;
        let link = if issuer.is_plain() {
            &self.plain
        } else {
            &self.secure
        };
        let link = link.as_ref().ok_or(Reason::Tls)?;
        let answer = link.ask(self.registration(token, &issuer)).await?;
        self.understood((link, &issuer), &answer).await
    }

    fn registration<'a>(&self, token: &'a SecretText, issuer: &Issuer) -> Call<'a> {
        let client = json!({
            "clientId": issuer.taken_client_id(),
            "redirectUris": [NO_REDIRECT_URI],
        });
        Call {
            method: Method::POST,
            url: issuer.registrations(),
            bearer: Some(token),
            body: Some(("application/json", client.to_string().into_bytes())),
            most_bytes: MOST_BYTES,
            deadline: Instant::now() + self.timeout,
            is_repeatable: false,
        }
    }

    async fn understood(
        &self,
        (link, issuer): (&Link, &Issuer),
        answer: &Answer,
    ) -> Result<Rehearsal, Failure> {
        if (200..300).contains(&answer.status) {
            let deadline = Instant::now() + self.timeout;
            let sent = issuer.taken_client_id();
            let outcome = farewell::undo((link, issuer), answer, sent, deadline).await;
            return outcome.ok_or_else(|| Reason::BadResponse.into());
        }
        meaning(answer)
    }
}

/// What an answer means that is no success.
fn meaning(answer: &Answer) -> Result<Rehearsal, Failure> {
    let said = answer.refusal().unwrap_or_default();
    match words::meaning(answer.status, &said.error, &said.error_description) {
        Some(meaning) => meaning.map_err(|reason| answer.because(reason)),
        None => Err(unknown(answer)),
    }
}

/// Only the table says what a refusal of the token means: words that are not in it mean nothing.
fn unknown(answer: &Answer) -> Failure {
    match answer.failure() {
        failure if matches!(failure.reason, Reason::Unauthenticated | Reason::Denied) => {
            answer.because(Reason::BadResponse)
        }
        failure => failure,
    }
}

impl fmt::Debug for Rehearser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rehearser").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::{prop_assert_ne, proptest};

    use super::*;

    fn said(status: u16, body: &str) -> Result<Rehearsal, Reason> {
        let answer = Answer {
            status,
            retry_after: None,
            body: body.as_bytes().to_vec(),
        };
        meaning(&answer).map_err(|failure| failure.reason)
    }

    #[test]
    fn an_answer_of_keycloak_is_understood() {
        let in_use =
            r#"{"error":"invalid_client_metadata","error_description":"Client Identifier in use"}"#;
        let policy = r#"{"error":"insufficient_scope","error_description":"Policy 'Max Clients' rejected request"}"#;
        let insists = r#"{"error":"invalid_request","error_description":"HTTPS required"}"#;
        assert_eq!(said(400, in_use), Ok(Rehearsal::Works));
        assert_eq!(said(403, policy), Ok(Rehearsal::RefusedByPolicy));
        assert_eq!(said(403, insists), Err(Reason::Tls));
    }

    #[test]
    fn an_answer_of_somebody_else_is_none_about_the_token() {
        let absent = r#"{"error":"Realm does not exist"}"#;
        let other =
            r#"{"error":"invalid_token","error_description":"Not initial access token allowed"}"#;
        let kong = r#"{"error":"forbidden"}"#;
        assert_eq!(said(404, absent), Err(Reason::NotFound));
        assert_eq!(said(401, other), Err(Reason::BadResponse));
        assert_eq!(said(403, kong), Err(Reason::BadResponse));
        assert_eq!(said(401, "<html>"), Err(Reason::BadResponse));
        assert_eq!(said(302, ""), Err(Reason::BadResponse));
        assert_eq!(said(429, ""), Err(Reason::RateLimited));
        assert_eq!(said(502, "<html>"), Err(Reason::ServerError));
    }

    proptest! {
        #[test]
        fn no_bytes_are_taken_for_a_token_that_works(status: u16, body: Vec<u8>) {
            let answer = Answer { status, retry_after: None, body };
            prop_assert_ne!(meaning(&answer).ok(), Some(Rehearsal::Works));
        }
    }
}
