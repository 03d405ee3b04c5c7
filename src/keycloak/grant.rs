//! A login with the credentials of a client, and what it gives (RFC 6749, 4.4).

use std::time::Duration;

use http::Method;
use reqwest::Url;
use serde::Deserialize;
use tokio::time::Instant;

use crate::{
    keycloak::{
        answer::{Answer, MOST_BYTES},
        credentials::Credentials,
        link::{Call, Link},
    },
    model::{Failure, Reason},
    secret::SecretText,
};

/// Longer lives are cut to this, so that instants cannot overflow: ten years.
const LONGEST_LIFE: Duration = Duration::from_secs(10 * 365 * 86_400);

/// How long before its end a token is no longer used, at most.
const MARGIN: Duration = Duration::from_secs(10);

/// A token that works, and for how long it is used from now on; zero: once.
pub(super) struct Granted {
    pub(super) token: SecretText,
    pub(super) life: Duration,
}

/// RFC 6749, 5.1.
#[derive(Deserialize)]
struct Grant {
    access_token: String,
    token_type: String,
    /// Seconds.
    #[serde(default)]
    expires_in: Option<i64>,
}

/// Logs in.
///
/// # Errors
///
/// [`Reason::Unauthenticated`] if the server refuses, or what else keeps it from answering.
pub(super) async fn log_in(
    link: &Link,
    url: &Url,
    credentials: &Credentials,
    deadline: Instant,
) -> Result<Granted, Failure> {
    let form = credentials.form().await?;
    let call = Call {
        method: Method::POST,
        url: url.clone(),
        bearer: None,
        body: Some(("application/x-www-form-urlencoded", form)),
        most_bytes: MOST_BYTES,
        deadline,
        // A second login does no harm.
        is_repeatable: true,
    };
    granted(&link.ask(call).await?)
}

fn granted(answer: &Answer) -> Result<Granted, Failure> {
    if answer.status != 200 {
        return Err(refused(answer));
    }
    let grant: Grant = answer.parse()?;
    let token = SecretText::new(grant.access_token);
    let is_bearer = grant.token_type.eq_ignore_ascii_case("bearer");
    if !is_bearer || token.is_empty() {
        return Err(Reason::BadResponse.into());
    }
    let life = life(grant.expires_in);
    Ok(Granted { token, life })
}

/// A wrong or expired secret, an unknown or disabled client and a service account that is switched off are all 401 in what was
/// observed, and 400 in some versions (keycloak/keycloak#11741).
fn refused(answer: &Answer) -> Failure {
    let said = answer.refusal().unwrap_or_default();
    let is_about_us = matches!(
        said.error.as_str(),
        "invalid_client" | "unauthorized_client" | "invalid_grant"
    );
    if answer.status == 400 && is_about_us {
        answer.because(Reason::Unauthenticated)
    } else {
        answer.failure()
    }
}

/// How long a token is used that lives for this many seconds: a tenth or ten seconds less, so that it is alive on arrival.
fn life(seconds: Option<i64>) -> Duration {
    let seconds = seconds.and_then(|seconds| u64::try_from(seconds).ok());
    let life = Duration::from_secs(seconds.unwrap_or(0)).min(LONGEST_LIFE);
    life.saturating_sub(MARGIN.min(life / 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(status: u16, body: &str) -> Result<u64, Reason> {
        let answer = Answer {
            status,
            retry_after: None,
            body: body.as_bytes().to_vec(),
        };
        match granted(&answer) {
            Ok(granted) => Ok(granted.life.as_secs()),
            Err(failure) => Err(failure.reason),
        }
    }

    fn grant(expires_in: &str) -> String {
        format!(r#"{{"access_token":"a.b.c","token_type":"Bearer"{expires_in}}}"#)
    }

    #[test]
    fn a_token_is_used_until_shortly_before_its_end() {
        let lives = [
            (r#","expires_in":300"#, 290),
            (r#","expires_in":60"#, 54),
            (r#","expires_in":0"#, 0),
            (r#","expires_in":-1"#, 0),
            (r#","expires_in":null"#, 0),
            ("", 0),
            (r#","expires_in":9223372036854775807"#, 315_359_990),
        ];
        for (expires_in, life) in lives {
            assert_eq!(outcome(200, &grant(expires_in)), Ok(life), "{expires_in}");
        }
    }

    #[test]
    fn an_answer_that_is_no_grant_is_not_what_the_protocol_promises() {
        let odd = [
            grant(r#","expires_in":"soon""#),
            r#"{"access_token":"","token_type":"Bearer"}"#.to_owned(),
            r#"{"access_token":7,"token_type":"Bearer"}"#.to_owned(),
            r#"{"access_token":"a.b.c","token_type":"mac"}"#.to_owned(),
            r#"{"access_token":"a.b.c"}"#.to_owned(),
            "<html>".to_owned(),
            String::new(),
        ];
        for body in odd {
            assert_eq!(outcome(200, &body), Err(Reason::BadResponse), "{body}");
        }
        assert_eq!(outcome(201, &grant("")), Err(Reason::BadResponse));
        assert_eq!(outcome(302, &grant("")), Err(Reason::BadResponse));
    }

    #[test]
    fn a_refused_login_is_about_our_credentials() {
        for error in ["invalid_client", "unauthorized_client", "invalid_grant"] {
            for status in [400, 401] {
                let body = format!(r#"{{"error":"{error}","error_description":"…"}}"#);
                assert_eq!(outcome(status, &body), Err(Reason::Unauthenticated));
            }
        }
        let other = r#"{"error":"unsupported_grant_type"}"#;
        assert_eq!(outcome(400, other), Err(Reason::BadResponse));
        assert_eq!(outcome(404, other), Err(Reason::NotFound));
    }
}
