//! Definitions and clients for unit tests.

use std::{sync::Arc, time::Duration};

use super::{
    config::{ClientSecrets, Selection, Source},
    fold::Facts,
    look::Seen,
};
use crate::{
    model::{
        ClientList, ClientTimes, Expiry, Level, SecretPath, Severity, StoreName, Threshold,
        UnixTime,
    },
    watch::samples::identity_provider,
};

pub(super) const NOW: UnixTime = UnixTime::from_seconds(1_800_000_000);
pub(super) const DAY: i64 = 86_400;

/// A client whose secret ends so many seconds after [`NOW`].
pub(super) fn client(id: &str, left: i64) -> ClientTimes {
    ClientTimes {
        id: id.into(),
        expiry: Some(Expiry::At(UnixTime::from_seconds(NOW.seconds() + left))),
        created: None,
        rotated: None,
        is_unclear: false,
        is_of_3scale: false,
    }
}

pub(super) fn list<const N: usize>(clients: [ClientTimes; N]) -> ClientList {
    ClientList::of(clients.into(), 0)
}

pub(super) fn seen<const N: usize>(clients: [ClientTimes; N]) -> Seen {
    Seen {
        clients: list(clients),
    }
}

pub(super) fn facts<const N: usize>(clients: [ClientTimes; N]) -> Facts {
    Facts {
        clients: Some(list(clients)),
    }
}

/// All clients of a realm, by the thresholds of production.
pub(super) fn realm() -> ClientSecrets {
    named(&[])
}

/// The clients of these ids.
pub(super) fn named(ids: &[&str]) -> ClientSecrets {
    of(Source::Realm {
        identity_provider: Arc::new(identity_provider("https://sso.example.com/realms/prod")),
        clients: Selection {
            ids: ids.iter().copied().map(str::to_owned).collect(),
            ..Selection::default()
        },
    })
}

/// The client in a secret.
pub(super) fn stored(store: StoreName, path: SecretPath) -> ClientSecrets {
    of(Source::Stored {
        identity_provider: None,
        store,
        path,
    })
}

fn of(source: Source) -> ClientSecrets {
    let threshold = |level, days: u64, severity| Threshold {
        level,
        before: Duration::from_secs(days * 86_400),
        severity,
    };
    ClientSecrets {
        source,
        rotation: None,
        thresholds: Arc::from([
            threshold(Level::Notice, 10, Severity::Medium),
            threshold(Level::Urgent, 4, Severity::High),
            threshold(Level::Expired, 0, Severity::High),
        ]),
        rotated: threshold(Level::Notice, 1, Severity::Medium),
    }
}
