//! Foreign errors and unwanted answers → a [`Failure`]; whatever else they hold ends here.

use std::{error::Error, io, iter, time::Duration};

use crate::{
    model::{Failure, Reason, UnixTime},
    store::vault::transport::Answer,
};

/// What Go's HTTP server says to plain HTTP on a TLS port (observed; `net/http/server.go`).
const PLAIN_TO_TLS: &[u8] = b"Client sent an HTTP request to an HTTPS server";

/// The word for a request that got no answer, of whatever server.
pub(crate) fn of_transport(error: &reqwest::Error) -> Reason {
    if error.is_timeout() {
        Reason::Timeout
    } else if causes(error).any(<dyn Error>::is::<rustls::Error>) {
        Reason::Tls
    } else if is_garbage(error) {
        Reason::BadResponse
    } else {
        Reason::Unreachable
    }
}

/// Whether the peer answered, but not with HTTP, or not to the end.
fn is_garbage(error: &reqwest::Error) -> bool {
    let is_no_http = |cause: &(dyn Error + 'static)| {
        cause
            .downcast_ref::<hyper::Error>()
            .is_some_and(hyper::Error::is_parse)
    };
    error.is_body() || error.is_decode() || error.is_redirect() || causes(error).any(is_no_http)
}

/// The error and all that stands behind it. An [`io::Error`] hides its content from `source`, so it is
/// opened.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    iter::successors(Some(error), |&cause| {
        match cause
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
        {
            Some(hidden) => Some(hidden),
            None => cause.source(),
        }
    })
}

/// The word for an answer that is no success.
pub(super) fn of_answer(answer: &Answer) -> Failure {
    Failure {
        reason: reason_of(answer),
        retry_after: answer.retry_after,
    }
}

fn reason_of(answer: &Answer) -> Reason {
    match answer.status {
        400 if answer.says(PLAIN_TO_TLS) => Reason::Tls,
        403 if answer.is_from_the_server() => Reason::Denied,
        404 if answer.is_from_the_server() => Reason::NotFound,
        429 => Reason::RateLimited,
        // An uninitialised server says that it is sealed, too (observed).
        501 | 503 if answer.says(b"sealed") || answer.says(b"not initialized") => Reason::Sealed,
        500..=599 => Reason::ServerError,
        _ => Reason::BadResponse,
    }
}

/// The span that a `Retry-After` header asks for: seconds, or an HTTP date (RFC 9110, 10.2.3).
pub(crate) fn retry_after(text: &str, now: UnixTime) -> Option<Duration> {
    if let Ok(seconds) = text.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = jiff::fmt::rfc2822::parse(text.trim()).ok()?;
    let wait = at.timestamp().as_second().saturating_sub(now.seconds());
    Some(Duration::from_secs(u64::try_from(wait).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        Answer {
            status,
            retry_after: None,
            body: body.as_bytes().to_vec(),
        }
    }

    #[test]
    fn each_unwanted_answer_has_its_word() {
        let said = [
            (400, "Client sent an HTTP request to an HTTPS server.\n"),
            (403, r#"{"errors":["permission denied"]}"#),
            (403, "<html>forbidden by the proxy</html>"),
            (404, r#"{"errors":[]}"#),
            (404, "<html>no such site</html>"),
            (404, ""),
            (429, "slow down"),
            (503, r#"{"errors":["Vault is sealed"]}"#),
            (501, r#"{"errors":["Vault is not initialized"]}"#),
            (503, "<html>no backend</html>"),
            (500, "{}"),
            (307, ""),
            (405, r#"{"errors":[]}"#),
        ]
        .map(|(status, body)| of_answer(&answer(status, body)).reason);
        assert_eq!(
            said,
            [
                Reason::Tls,
                Reason::Denied,
                Reason::BadResponse,
                Reason::NotFound,
                Reason::BadResponse,
                Reason::BadResponse,
                Reason::RateLimited,
                Reason::Sealed,
                Reason::Sealed,
                Reason::ServerError,
                Reason::ServerError,
                Reason::BadResponse,
                Reason::BadResponse,
            ]
        );
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = UnixTime::from_seconds(1_445_412_480 - 30);
        let seconds = |text| retry_after(text, now).map(|wait| wait.as_secs());
        assert_eq!(seconds("120"), Some(120));
        assert_eq!(seconds(" 7 "), Some(7));
        assert_eq!(seconds("Wed, 21 Oct 2015 07:28:00 GMT"), Some(30));
        assert_eq!(seconds("Wed, 21 Oct 2009 07:28:00 GMT"), Some(0));
        assert_eq!(seconds("soon"), None);
        assert_eq!(seconds("-3"), None);
    }
}
