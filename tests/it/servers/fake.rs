//! A server of HTTP's outer form, for what no real server can be made to do.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// What to do with one request.
pub(crate) enum Reply {
    /// These bytes, and keep the connection.
    Bytes(Vec<u8>),
    /// These bytes, and hang up.
    Last(Vec<u8>),
    /// A body that never ends.
    Endless,
    /// No answer at all.
    Silence,
}

impl Reply {
    /// A whole answer; `head` is its status and further header lines.
    pub(crate) fn whole(head: &str, body: &str) -> Self {
        let length = body.len();
        let text = format!("HTTP/1.1 {head}\r\nContent-Length: {length}\r\n\r\n{body}");
        Self::Bytes(text.into_bytes())
    }

    /// A whole answer of status 200.
    pub(crate) fn ok(body: &str) -> Self {
        Self::whole("200 OK", body)
    }
}

type Script = dyn Fn(&str) -> Reply + Send + Sync;

/// A server that answers as a script says. Ended on drop.
pub(crate) struct Fake {
    address: String,
    seen: Arc<Seen>,
    accepting: JoinHandle<()>,
}

#[derive(Default)]
struct Seen {
    /// Guards the requests that came in.
    requests: Mutex<Vec<String>>,
    sent: AtomicUsize,
}

impl Fake {
    /// Starts it; the script is given each request.
    pub(crate) async fn start(script: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let (script, seen): (Arc<Script>, _) = (Arc::new(script), Arc::<Seen>::default());
        let all = seen.clone();
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, script.clone(), all.clone()));
            }
        });
        Self {
            address,
            seen,
            accepting,
        }
    }

    /// Where it listens: `http://127.0.0.1:PORT`.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// The requests that came in, heads and bodies.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.seen.requests.lock().expect("no panic").clone()
    }

    /// How many bytes it has sent.
    pub(crate) fn sent(&self) -> usize {
        self.seen.sent.load(Ordering::SeqCst)
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn serve(mut stream: TcpStream, script: Arc<Script>, seen: Arc<Seen>) {
    while let Some(request) = request(&mut stream).await {
        seen.requests
            .lock()
            .expect("no panic")
            .push(request.clone());
        match script(&request) {
            Reply::Bytes(bytes) => send(&mut stream, &bytes, &seen).await,
            Reply::Last(bytes) => {
                return send(&mut stream, &bytes, &seen).await.unwrap_or_default();
            }
            Reply::Endless => return endless(&mut stream, &seen).await,
            Reply::Silence => std::future::pending().await,
        }
        .unwrap_or_default();
    }
}

/// One request: its head and its body.
async fn request(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let count = stream.read_buf(&mut bytes).await.ok()?;
        let text = String::from_utf8_lossy(&bytes);
        if is_whole(&text) {
            return Some(text.into_owned());
        }
        if count == 0 {
            return None;
        }
    }
}

/// Whether the head has ended, and the body that it announces.
fn is_whole(request: &str) -> bool {
    let Some((head, body)) = request.split_once("\r\n\r\n") else {
        return false;
    };
    let mut lines = head.lines();
    let announced = lines.find_map(|line| line.strip_prefix("content-length: "));
    let length = announced.and_then(|length| length.parse().ok());
    body.len() >= length.unwrap_or(0)
}

async fn send(stream: &mut TcpStream, bytes: &[u8], seen: &Seen) -> std::io::Result<()> {
    stream.write_all(bytes).await?;
    seen.sent.fetch_add(bytes.len(), Ordering::SeqCst);
    Ok(())
}

async fn endless(stream: &mut TcpStream, seen: &Seen) {
    let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let chunk = [&b"10000\r\n"[..], &vec![b'x'; 0x1_0000], b"\r\n"].concat();
    let mut going = send(stream, head, seen).await;
    while going.is_ok() {
        going = send(stream, &chunk, seen).await;
    }
}
