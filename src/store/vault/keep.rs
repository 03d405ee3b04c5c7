//! Keeps our login alive in the background.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::watch,
    time::{Instant, sleep, sleep_until},
};

use crate::{
    model::{Failure, Reason},
    store::vault::{
        access::Access,
        login::Lease,
        session::{Due, Session},
    },
};

/// The shortest pause between two rounds, whatever the server says about the life of a token.
const BREATH: Duration = Duration::from_secs(1);

/// The longest pause between two attempts to renew.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Renews and replaces the token in time, for as long as it is polled.
pub(super) async fn keep(access: &Access) {
    let mut changes = access.changes();
    loop {
        changes.mark_unchanged();
        match access.session(deadline(access)).await {
            Ok(session) => tend(access, &session, &mut changes).await,
            Err(_remembered) => wait_for_next_attempt(access).await,
        }
        sleep(BREATH).await;
    }
}

/// Waits until something is to be done for the session and does it, or until there is another session.
async fn tend(access: &Access, session: &Session, changes: &mut Changes) {
    match session.due(fastrand::f64()) {
        Due::Never => until_changed(changes, None).await,
        Due::End(at) => until_changed(changes, Some(at)).await,
        Due::Renewal(at) => {
            if is_unchanged_at(changes, at, session).await {
                renew(access, session).await;
            }
        }
        Due::Replacement(at) => {
            if is_unchanged_at(changes, at, session).await {
                replace(access, session).await;
            }
        }
    }
}

type Changes = watch::Receiver<Option<Arc<Session>>>;

async fn is_unchanged_at(changes: &mut Changes, at: Instant, session: &Session) -> bool {
    until_changed(changes, Some(at)).await;
    let current = changes.borrow();
    current
        .as_ref()
        .is_some_and(|now| now.serial == session.serial)
}

async fn until_changed(changes: &mut Changes, at: Option<Instant>) {
    let time = async {
        match at {
            Some(at) => sleep_until(at).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = changes.changed() => {}
        () = time => {}
    }
}

async fn renew(access: &Access, session: &Session) {
    let mut pause = BREATH;
    while session.lives(Instant::now()) {
        match access.renew(session, deadline(access)).await {
            Ok(lease) if session.ours && session.is_capped_by(lease) => {
                return replace(access, session).await;
            }
            Ok(mut lease) => {
                // Whoever wrote the token has to write another; asking again would not prolong it.
                lease.renewable &= !session.is_capped_by(lease);
                return access.renewed(session, lease, deadline(access)).await;
            }
            Err(failure) if failure.reason == Reason::Denied => {
                return renewal_refused(access, session).await;
            }
            Err(failure) => {
                access.report.contact(Some(failure.reason));
                pause = wait(pause, failure, session).await;
            }
        }
    }
}

/// The token is dead, or not renewable after all. Reads find out which.
async fn renewal_refused(access: &Access, session: &Session) {
    if session.ours {
        return replace(access, session).await;
    }
    if let Ok(None) = access.refused(session, deadline(access)).await {
        let lease = Lease {
            life: session.ends().map(|end| end - Instant::now()),
            renewable: false,
        };
        access.renewed(session, lease, deadline(access)).await;
    }
}

async fn replace(access: &Access, session: &Session) {
    if access.replace(session, deadline(access)).await.is_err() {
        wait_for_next_attempt(access).await;
    }
}

async fn wait(pause: Duration, failure: Failure, session: &Session) -> Duration {
    let asked = failure.retry_after.unwrap_or_default().min(LONGEST_PAUSE);
    let until = Instant::now() + pause.max(asked);
    sleep_until(session.ends().map_or(until, |end| until.min(end))).await;
    (pause * 2).min(LONGEST_PAUSE)
}

async fn wait_for_next_attempt(access: &Access) {
    if let Some(at) = access.next_attempt().await {
        sleep_until(at).await;
    }
}

fn deadline(access: &Access) -> Instant {
    Instant::now() + access.timeout
}
