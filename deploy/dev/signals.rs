//! Who ends the demonstration: Ctrl-C, a service manager, a terminal that is gone.

use tokio::signal::unix::{SignalKind, signal};

/// Listens from now on; ready when somebody asked, and says how.
pub(crate) fn asked_to_stop() -> Result<impl Future<Output = String>, String> {
    let on = |kind| signal(kind).map_err(|error| format!("signals cannot be received: {error}"));
    let mut interrupt = on(SignalKind::interrupt())?;
    let mut terminate = on(SignalKind::terminate())?;
    let mut hangup = on(SignalKind::hangup())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => "interrupted",
            _ = terminate.recv() => "terminated",
            _ = hangup.recv() => "hung up",
        }
        .to_owned()
    })
}
