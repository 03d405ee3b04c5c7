//! What systemd is told: ready, alive, stopping. Without systemd nothing is said.

use std::time::Duration;

use sd_notify::NotifyState;
use tokio::{sync::watch, time::MissedTickBehavior};
use tokio_util::sync::CancellationToken;

use crate::{http::Site, poll::Pulse};

/// How often to look whether the conductor lives, where systemd does not say how often it wants to hear.
const BEAT: Duration = Duration::from_secs(10);

/// Says that the daemon is ready once every target was tried, that it lives for as long as the conductor does, and that it
/// stops. Ends with `stop`.
pub(super) async fn keep_informed(
    sites: watch::Receiver<Site>,
    pulse: Pulse,
    stop: CancellationToken,
) {
    let told = tokio::join!(tell_ready(sites, &stop), tell_alive(pulse, &stop));
    let ((), ()) = told;
    say(&[NotifyState::Stopping]);
}

/// A reload begins.
pub(super) fn tell_reloading() {
    let mut said = vec![NotifyState::Reloading];
    // systemd 253 and newer want the moment with it.
    said.extend(NotifyState::monotonic_usec_now().ok());
    say(&said);
}

/// A reload ended.
pub(super) fn tell_ready_again() {
    say(&[NotifyState::Ready]);
}

async fn tell_ready(mut sites: watch::Receiver<Site>, stop: &CancellationToken) {
    let ready = sites.wait_for(|site| site.ready);
    if let Some(Ok(_)) = stop.run_until_cancelled(ready).await {
        say(&[NotifyState::Ready, NotifyState::Status("watching")]);
    }
}

async fn tell_alive(pulse: Pulse, stop: &CancellationToken) {
    // Twice in the time that systemd waits, as its manual advises.
    let every = sd_notify::watchdog_enabled().map_or(BEAT, |patience| patience / 2);
    let mut beat = tokio::time::interval(every.max(Duration::from_millis(100)));
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while stop.run_until_cancelled(beat.tick()).await.is_some() {
        if pulse.is_beating() {
            say(&[NotifyState::Watchdog]);
        }
    }
}

fn say(what: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(what) {
        tracing::debug!(%error, "the service manager could not be told");
    }
}
