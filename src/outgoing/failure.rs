//! Requests that got no answer → a [`Reason`]; whatever else a foreign error holds ends here.

use std::{error::Error, io, iter, time::Duration};

use crate::model::{Reason, UnixTime};

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

/// What TLS says about a request that failed for its sake.
pub(crate) fn of_tls(error: &reqwest::Error) -> Option<&rustls::Error> {
    causes(error).find_map(<dyn Error>::downcast_ref)
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

/// The span that a `Retry-After` header asks for: seconds, or an HTTP date (RFC 9110, 10.2.3).
pub(crate) fn retry_after(text: &str, now: UnixTime) -> Option<Duration> {
    if let Ok(seconds) = text.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let wait = date(text)?.seconds_since(now);
    Some(Duration::from_secs(u64::try_from(wait).unwrap_or(0)))
}

/// The instant that an HTTP date names (RFC 9110, 5.6.7).
pub(crate) fn date(text: &str) -> Option<UnixTime> {
    let at = jiff::fmt::rfc2822::parse(text.trim()).ok()?;
    Some(UnixTime::from_seconds(at.timestamp().as_second()))
}

#[cfg(test)]
mod tests {
    use super::*;

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
