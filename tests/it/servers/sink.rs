//! Where notifications arrive: one server that plays Slack, `PagerDuty` and a webhook, and keeps what each was sent.

use std::{
    fmt,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{StatusCode, Uri},
    response::{IntoResponse as _, Response},
};
use serde_json::Value;
use tokio::{net::TcpListener, task::JoinHandle, time::Instant};

/// One notification, as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    /// How long after the start of the sink.
    pub(crate) at: Duration,
    /// Who was meant: `slack`, `slack-quiet`, `pagerduty` or `webhook`.
    pub(crate) to: String,
    pub(crate) body: Value,
}

/// A running sink; ended on drop.
pub(crate) struct Sink {
    address: String,
    kept: Arc<Kept>,
    serving: JoinHandle<()>,
}

struct Kept {
    name: String,
    started: Instant,
    /// Guards the messages, in the order of their arrival.
    messages: Mutex<Vec<Message>>,
}

impl Sink {
    /// Starts it; the name stands before each message that it prints. Without one, nothing is printed.
    pub(crate) async fn start(name: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let kept = Arc::new(Kept {
            name: name.to_owned(),
            started: Instant::now(),
            messages: Mutex::default(),
        });
        let router = Router::new().fallback(receive).with_state(kept.clone());
        let serving = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("it serves");
        });
        Self {
            address,
            kept,
            serving,
        }
    }

    /// Where one of those that it plays takes messages.
    pub(crate) fn url(&self, to: &str) -> String {
        format!("{}/{to}", self.address)
    }

    /// Everything that came, in order.
    pub(crate) fn messages(&self) -> Vec<Message> {
        self.kept.messages.lock().expect("no panic").clone()
    }

    /// Everything that came for one of those that it plays.
    pub(crate) fn sent_to(&self, to: &str) -> Vec<Message> {
        let mut messages = self.messages();
        messages.retain(|message| message.to == to);
        messages
    }

    /// Prints what somebody did, among the messages.
    pub(crate) fn note(&self, what: &str) {
        self.kept.print(self.kept.started.elapsed(), "·", what);
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Kept {
    fn keep(&self, to: &str, body: Value) {
        let message = Message {
            at: self.started.elapsed(),
            to: to.to_owned(),
            body,
        };
        // The webhook gets the same again.
        if to != "webhook" {
            self.print(message.at, to, &message.to_string());
        }
        self.messages.lock().expect("no panic").push(message);
    }

    #[expect(
        clippy::print_stdout,
        reason = "the story of a test, shown if it fails and by `make e2e`"
    )]
    fn print(&self, at: Duration, to: &str, what: &str) {
        let (name, seconds) = (&self.name, at.as_secs_f64());
        if !name.is_empty() {
            println!("{name:<24} {seconds:>5.1} s  {to:<11} {what}");
        }
    }
}

impl Message {
    /// A field of a Slack message.
    pub(crate) fn field(&self, name: &str) -> &str {
        self.text(&format!("/attachments/0/{name}"))
    }

    /// The text at a JSON pointer.
    pub(crate) fn text(&self, pointer: &str) -> &str {
        let found = self.body.pointer(pointer).and_then(Value::as_str);
        found.unwrap_or_default()
    }
}

/// The headline.
impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = match self.to.as_str() {
            "pagerduty" => ["/event_action", "/payload/summary"],
            "webhook" => ["/status", "/groupLabels/alertname"],
            _ => ["/attachments/0/pretext", "/attachments/0/title"],
        };
        let said = parts.map(|pointer| self.text(pointer)).join(" ");
        f.write_str(said.trim_start())
    }
}

async fn receive(State(kept): State<Arc<Kept>>, uri: Uri, body: Bytes) -> Response {
    let Ok(body) = serde_json::from_slice(&body) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let to = uri.path().trim_matches('/');
    kept.keep(to, body);
    match to {
        "pagerduty" => (
            StatusCode::ACCEPTED,
            r#"{"status":"success","message":"Event processed","dedup_key":"one"}"#,
        )
            .into_response(),
        _ => "ok".into_response(),
    }
}
