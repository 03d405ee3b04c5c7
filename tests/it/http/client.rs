//! A client that says exactly what it is told to say, byte by byte.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Longer than anything here takes on a busy machine; a test that waits this long has failed.
pub(crate) const FAR_TOO_LONG: Duration = Duration::from_secs(60);

/// One connection.
pub(crate) struct Client<S = TcpStream>(BufReader<S>);

/// A response.
#[derive(Debug)]
pub(crate) struct Heard {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Heard {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("text")
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        Self::over(TcpStream::connect(address).await.expect("connected"))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Client<S> {
    pub(crate) fn over(stream: S) -> Self {
        Self(BufReader::new(stream))
    }

    /// Sends the bytes, if the other side still takes them.
    pub(crate) async fn say(&mut self, words: impl AsRef<[u8]>) -> io::Result<()> {
        self.0.get_mut().write_all(words.as_ref()).await
    }

    /// Sends a request without a body and hears the response.
    pub(crate) async fn ask(&mut self, method: &str, path: &str) -> Heard {
        let request = format!("{method} {path} HTTP/1.1\r\nHost: kcwatch\r\n\r\n");
        self.say(request).await.expect("sent");
        let mut heard = self.head().await.expect("a response");
        if method != "HEAD" {
            heard.body = self.body(&heard).await;
        }
        heard
    }

    /// Hears a whole response.
    pub(crate) async fn hear(&mut self) -> Heard {
        let mut heard = self.head().await.expect("a response");
        heard.body = self.body(&heard).await;
        heard
    }

    /// Hears the head of a response; `None` if the connection ended instead.
    pub(crate) async fn head(&mut self) -> Option<Heard> {
        let status = self.line().await.filter(|line| !line.is_empty())?;
        let mut headers = BTreeMap::new();
        while let Some((name, value)) = self.line().await?.split_once(": ") {
            headers.insert(name.to_ascii_lowercase(), value.to_owned());
        }
        let status = status.split(' ').nth(1)?.parse().ok()?;
        let body = Vec::new();
        Some(Heard {
            status,
            headers,
            body,
        })
    }

    /// Hears as many bytes as the head promised.
    pub(crate) async fn body(&mut self, head: &Heard) -> Vec<u8> {
        let length = head.header("content-length").parse().unwrap_or(0);
        let mut body = vec![0; length];
        let read = timeout(FAR_TOO_LONG, self.0.read_exact(&mut body)).await;
        read.expect("in time").expect("the whole body");
        body
    }

    /// Everything that comes until the connection ends, however it ends.
    pub(crate) async fn rest(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        let read = timeout(FAR_TOO_LONG, self.0.read_to_end(&mut rest)).await;
        drop(read.expect("the connection ended"));
        rest
    }

    async fn line(&mut self) -> Option<String> {
        let mut line = Vec::new();
        while !line.ends_with(b"\r\n") {
            let byte = timeout(FAR_TOO_LONG, self.0.read_u8())
                .await
                .expect("in time");
            line.push(byte.ok()?);
        }
        Some(String::from_utf8_lossy(&line).trim_end().to_owned())
    }
}
