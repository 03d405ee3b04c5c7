//! What somebody should see to about client secrets. Pure.

use std::time::Duration;

use super::{
    config::{ClientSecrets, Source},
    fold::Facts,
};
use crate::model::{ClientTimes, Expiry, Level, UnixTime};

/// Something about the secret of a client that somebody should see to, most pressing first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// It has expired.
    Expired,
    /// It expires, and a new one is overdue.
    Urgent,
    /// It expires.
    Notice,
    /// The one before it, which somebody may still use, stops working soon.
    RotatedEnds,
    /// A time cannot be understood.
    Unclear,
    /// Zync updates the client, and the server may replace the secret then.
    Replaceable,
    /// It has no expiry, although a rotation policy is expected.
    Unmanaged,
}

impl Need {
    /// Every need, most pressing first.
    pub const ALL: [Self; 7] = [
        Self::Expired,
        Self::Urgent,
        Self::Notice,
        Self::RotatedEnds,
        Self::Unclear,
        Self::Replaceable,
        Self::Unmanaged,
    ];

    /// The word for it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::Urgent => "urgent",
            Self::Notice => "notice",
            Self::RotatedEnds => "rotated_ends",
            Self::Unclear => "unclear",
            Self::Replaceable => "replaceable",
            Self::Unmanaged => "unmanaged",
        }
    }

    /// Whether a client has it.
    pub fn is_of(self, client: &ClientTimes, wanted: &ClientSecrets, now: UnixTime) -> bool {
        let level = || level(client, wanted, now);
        match self {
            Self::Expired => level() == Some(Level::Expired),
            Self::Urgent => level() == Some(Level::Urgent),
            Self::Notice => level() == Some(Level::Notice),
            Self::RotatedEnds => rotated_ends(client, wanted.rotated.before, now),
            Self::Unclear => client.is_unclear,
            Self::Replaceable => wanted.is_of_a_realm() && is_replaceable(client),
            Self::Unmanaged => wanted.rotation.is_some() && client.expiry == Some(Expiry::Never),
        }
    }
}

/// How late it is for the secret in use; `None` while its end is unknown or far off.
pub fn level(client: &ClientTimes, wanted: &ClientSecrets, now: UnixTime) -> Option<Level> {
    let Some(Expiry::At(end)) = client.expiry else {
        return None;
    };
    Level::reached(&wanted.thresholds, end.seconds_since(now))
}

/// Keycloak leaves the end of a rotated secret where it is: one that has come concerns nobody any more.
fn rotated_ends(client: &ClientTimes, before: Duration, now: UnixTime) -> bool {
    let left = client.rotated.map(|end| end.seconds_since(now));
    let before = i64::try_from(before.as_secs()).unwrap_or(i64::MAX);
    left.is_some_and(|left| (1..before).contains(&left))
}

const fn is_replaceable(client: &ClientTimes) -> bool {
    client.is_of_3scale && matches!(client.expiry, Some(Expiry::At(_)))
}

impl ClientSecrets {
    /// Whether the clients of a realm are watched.
    pub const fn is_of_a_realm(&self) -> bool {
        matches!(self.source, Source::Realm { .. })
    }
}

impl Facts {
    /// How many clients have a need; `None` before the first look that worked.
    pub fn count(&self, need: Need, wanted: &ClientSecrets, now: UnixTime) -> Option<usize> {
        let clients = self.clients.as_ref()?.iter();
        Some(
            clients
                .filter(|client| need.is_of(client, wanted, now))
                .count(),
        )
    }

    /// How many clients are replaceable, or unclear, or unmanaged: needs that do not depend on the time.
    pub fn count_always(&self, need: Need, wanted: &ClientSecrets) -> Option<usize> {
        self.count(need, wanted, UnixTime::from_seconds(0))
    }

    /// The ids that are configured, and that no client with a secret has; none before the first look that worked.
    pub fn missing<'a>(&'a self, wanted: &'a ClientSecrets) -> impl Iterator<Item = &'a str> {
        let ids = match &wanted.source {
            Source::Realm { clients, .. } => clients.ids.as_slice(),
            Source::Stored { .. } => &[],
        };
        let known = self.clients.as_ref();
        let is_missing = move |id: &&String| known.is_some_and(|known| known.get(id).is_none());
        ids.iter().filter(is_missing).map(String::as_str)
    }

    /// How many cannot be judged: times that are not understood, rows without an id, and ids that are not there.
    pub fn unclear(&self, wanted: &ClientSecrets) -> Option<usize> {
        let unclear = self.count_always(Need::Unclear, wanted)?;
        let nameless = self.clients.as_ref()?.nameless;
        Some(
            unclear
                .saturating_add(nameless)
                .saturating_add(self.missing(wanted).count()),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::{ClientList, SecretPath, StoreName},
        watch::client_secrets::{
            config::Rotation,
            samples::{DAY, NOW, client, facts, named, realm, stored},
        },
    };

    fn needs(client: &ClientTimes, wanted: &ClientSecrets) -> Vec<Need> {
        let all = Need::ALL.into_iter();
        all.filter(|need| need.is_of(client, wanted, NOW)).collect()
    }

    #[test]
    fn a_secret_is_judged_by_the_thresholds_of_the_tier() {
        let wanted = realm();
        for (left, need) in [
            (-1, Some(Need::Expired)),
            (0, Some(Need::Expired)),
            (1, Some(Need::Urgent)),
            (4 * DAY - 1, Some(Need::Urgent)),
            (4 * DAY, Some(Need::Notice)),
            (10 * DAY - 1, Some(Need::Notice)),
            (10 * DAY, None),
        ] {
            let found = needs(&client("a", left), &wanted);
            assert_eq!(found, Vec::from_iter(need), "{left}");
        }
    }

    #[test]
    fn a_rotated_secret_matters_only_before_its_end() {
        let wanted = realm();
        for (left, matters) in [
            (-1, false),
            (0, false),
            (1, true),
            (DAY - 1, true),
            (DAY, false),
        ] {
            let rotated = ClientTimes {
                rotated: Some(UnixTime::from_seconds(NOW.seconds() + left)),
                ..client("a", 100 * DAY)
            };
            assert_eq!(
                needs(&rotated, &wanted) == [Need::RotatedEnds],
                matters,
                "{left}"
            );
        }
    }

    #[test]
    fn a_client_without_expiry_is_unmanaged_only_if_a_policy_is_expected() {
        let never = ClientTimes {
            expiry: Some(Expiry::Never),
            ..client("a", 0)
        };
        let unclear = ClientTimes {
            expiry: None,
            is_unclear: true,
            ..client("a", 0)
        };
        let mut wanted = realm();
        assert_eq!(needs(&never, &wanted), []);
        let remaining = Duration::from_secs(10);
        wanted.rotation = Some(Rotation { remaining });
        assert_eq!(needs(&never, &wanted), [Need::Unmanaged]);
        assert_eq!(needs(&unclear, &wanted), [Need::Unclear]);
        assert_eq!(needs(&client("a", 100 * DAY), &wanted), []);
    }

    #[test]
    fn a_client_of_3scale_with_an_expiry_may_be_given_another_secret() {
        let of_3scale = |expiry| ClientTimes {
            is_of_3scale: true,
            expiry,
            ..client("a", 0)
        };
        let far = client("a", 100 * DAY).expiry;
        assert_eq!(needs(&of_3scale(far), &realm()), [Need::Replaceable]);
        assert_eq!(needs(&of_3scale(Some(Expiry::Never)), &realm()), []);
        let (store, path) = (StoreName::new("s"), SecretPath::new("p"));
        assert_eq!(
            needs(&of_3scale(far), &stored(store.unwrap(), path.unwrap())),
            []
        );
    }

    #[test]
    fn what_cannot_be_judged_is_counted() {
        let wanted = named(&["a", "b", "c"]);
        assert_eq!(Facts::default().unclear(&wanted), None);
        assert_eq!(Facts::default().missing(&wanted).count(), 0);
        let unclear = ClientTimes {
            is_unclear: true,
            ..client("b", 9)
        };
        let known = Facts {
            clients: Some(ClientList::of(vec![client("a", 9), unclear], 2)),
        };
        assert_eq!(known.missing(&wanted).collect::<Vec<_>>(), ["c"]);
        assert_eq!(known.unclear(&wanted), Some(4));
        assert_eq!(facts([client("a", 9)]).unclear(&realm()), Some(0));
    }
}
