//! The beginning of a connection that is to speak TLS.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustls::{AlertDescription, Error, PeerIncompatible, ServerConfig};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tracing::debug;

use super::doorkeeper::House;
use crate::model::Refusal;

/// The first byte of every record that TLS can begin with (RFC 8446, 5.1).
const HANDSHAKE: u8 = 0x16;

/// What somebody is told who speaks plain HTTP here.
const SPEAK_TLS: &[u8] = b"HTTP/1.1 400 Bad Request\r\n\
    Content-Type: text/plain; charset=utf-8\r\n\
    Content-Length: 48\r\n\
    Connection: close\r\n\r\n\
    this port speaks TLS: ask with https, not http.\n";

/// How long a client who is refused may take to read why, and how much of what it still says is heard meanwhile.
const FAREWELL: Duration = Duration::from_secs(1);
const HEARD: u64 = 64 * 1024;

/// A connection on which both have agreed.
pub(super) type Encrypted = TlsStream<TcpStream>;

/// Agrees on TLS with a client; `None` if that comes to nothing, which is counted unless the client never spoke.
pub(super) async fn shake_hands(
    stream: TcpStream,
    config: Arc<ServerConfig>,
    house: &House,
) -> Option<Encrypted> {
    let attempt = timeout(house.limits.header_timeout, agree(stream, config));
    let refusal = match attempt.await {
        Ok(Ok(stream)) => return Some(stream),
        Ok(Err(ended)) => ended?,
        Err(_elapsed) => Refusal::Timeout,
    };
    debug!(reason = refusal.label(), "a connection was not taken");
    house.guard.note_refusal(refusal);
    None
}

/// Fails with `None` if the client left without a word.
async fn agree(
    mut stream: TcpStream,
    config: Arc<ServerConfig>,
) -> Result<Encrypted, Option<Refusal>> {
    let mut first = [0];
    let [first] = match stream.peek(&mut first).await {
        Ok(0) | Err(_) => return Err(None),
        Ok(_) => first,
    };
    if first.is_ascii_uppercase() {
        // Whether it is heard is the client's business.
        drop(stream.write_all(SPEAK_TLS).await);
        part(stream).await;
        return Err(Some(Refusal::PlainHttp));
    }
    if first != HANDSHAKE {
        return Err(Some(Refusal::Other));
    }
    let accepted = TlsAcceptor::from(config).accept(stream).into_fallible();
    match accepted.await {
        Ok(stream) => Ok(stream),
        Err((error, stream)) => {
            debug!(%error, "a handshake failed");
            part(stream).await;
            Err(Some(refusal(&error)))
        }
    }
}

/// Lets the client read the last word: closing while it still speaks would take that from it.
async fn part(mut stream: TcpStream) {
    let end = async {
        stream.shutdown().await?;
        let mut rest = stream.take(HEARD);
        tokio::io::copy(&mut rest, &mut tokio::io::sink()).await
    };
    drop(timeout(FAREWELL, end).await);
}

fn refusal(error: &io::Error) -> Refusal {
    let error = error.get_ref().and_then(|error| error.downcast_ref());
    match error {
        Some(Error::NoCertificatesPresented) => Refusal::NoClientCertificate,
        Some(Error::InvalidCertificate(_)) => Refusal::BadClientCertificate,
        Some(Error::PeerIncompatible(what)) if is_about_versions(what) => Refusal::TlsVersion,
        Some(Error::AlertReceived(alert)) => refusal_of_client(*alert),
        _ => Refusal::Other,
    }
}

fn is_about_versions(what: &PeerIncompatible) -> bool {
    matches!(
        what,
        // Who speaks nothing newer than TLS 1.1 does not know that extension, and that it is missing is noticed first.
        PeerIncompatible::SignatureAlgorithmsExtensionRequired
            | PeerIncompatible::Tls12NotOffered
            | PeerIncompatible::Tls12NotOfferedOrEnabled
            | PeerIncompatible::SupportedVersionsExtensionRequired
            | PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
    )
}

/// What a client means who ends the handshake itself.
fn refusal_of_client(alert: AlertDescription) -> Refusal {
    match alert {
        // The last is said of an authority of the same name with another key.
        AlertDescription::UnknownCA
        | AlertDescription::BadCertificate
        | AlertDescription::UnsupportedCertificate
        | AlertDescription::CertificateRevoked
        | AlertDescription::CertificateExpired
        | AlertDescription::CertificateUnknown
        | AlertDescription::DecryptError => Refusal::CertificateRefused,
        AlertDescription::ProtocolVersion => Refusal::TlsVersion,
        _ => Refusal::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_to_plain_http_is_as_long_as_it_says() {
        let text = std::str::from_utf8(SPEAK_TLS).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("Content-Length: {}\r\n", body.len())));
    }
}
