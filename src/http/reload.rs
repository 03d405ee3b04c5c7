//! `POST /-/reload`: the configuration is read again.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use http::StatusCode;
use tokio::sync::mpsc::Sender;
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::routes::Backend;

/// How long a reload may take before its client is told to look at the log instead.
const PATIENCE: Duration = Duration::from_secs(30);

/// Somebody asks for the configuration to be read again, and waits to hear what came of it.
#[derive(Debug)]
pub struct ReloadRequest {
    /// Takes the outcome: the new configuration is in force, or these are its mistakes, as text fit to be shown. Dropped
    /// unanswered it counts as a daemon that is about to stop.
    pub outcome: oneshot::Sender<Result<(), String>>,
}

type Told = (StatusCode, String);

/// The route.
pub(super) async fn reload(State(backend): State<Arc<Backend>>) -> Told {
    let Some(door) = &backend.doors.reload else {
        return told(
            StatusCode::FORBIDDEN,
            "reloading over HTTP is off; `reload.http: true` in the configuration enables it, and SIGHUP always reloads",
        );
    };
    timeout(PATIENCE, ask(door))
        .await
        .unwrap_or_else(|_elapsed| {
            told(
                StatusCode::GATEWAY_TIMEOUT,
                "still reloading; the log will say what came of it",
            )
        })
}

async fn ask(door: &Sender<ReloadRequest>) -> Told {
    let (outcome, answer) = oneshot::channel();
    if door.send(ReloadRequest { outcome }).await.is_err() {
        return stopping();
    }
    match answer.await {
        Ok(Ok(())) => told(StatusCode::OK, "reloaded"),
        Ok(Err(mistakes)) => told(StatusCode::INTERNAL_SERVER_ERROR, mistakes.trim_end()),
        Err(_unanswered) => stopping(),
    }
}

fn stopping() -> Told {
    told(
        StatusCode::SERVICE_UNAVAILABLE,
        "not reloaded: the daemon is stopping",
    )
}

fn told(status: StatusCode, text: &str) -> Told {
    (status, format!("{text}\n"))
}
