//! How many registrations are left, from the best source that answers. Pure.

use serde::{Deserialize, Serialize};

use super::{
    answers::Answers,
    config::{CountFrom, InitialAccessToken, Read},
    counted::Used,
    fold::Facts,
    listed::is_within,
    state::Verdict,
};
use crate::model::{ClientsLevel, UnixTime};

/// Who said how many registrations are left: the label `source`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The identity provider's own list: exact.
    Keycloak,
    /// The clients in a store, counted: an estimate.
    Registrations,
    /// A number beside the token: as good as whoever writes it.
    Field,
}

/// How many registrations are left, and who says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clients {
    /// Who says so.
    pub source: Source,
    /// How many the token was issued for.
    pub limit: i64,
    /// How many are left.
    pub left: i64,
    /// When that was learnt.
    pub at: UnixTime,
}

/// Why nobody knows how many registrations are left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unknown {
    /// Nobody is asked.
    NotAsked,
    /// Nobody has answered yet.
    NoAnswer,
    /// The list does not have the token.
    NotListed,
    /// Clients were there before kcwatch, and their names do not say since when.
    Undated,
    /// Not every client has been read yet.
    Unread,
}

impl Source {
    /// Every source, best first.
    pub const ALL: [Self; 3] = [Self::Keycloak, Self::Registrations, Self::Field];

    /// Whether its number is the server's own.
    pub const fn is_exact(self) -> bool {
        matches!(self, Self::Keycloak)
    }

    /// The value of the label `source`.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Keycloak => "keycloak",
            Self::Registrations => "registrations",
            Self::Field => "field",
        }
    }
}

impl Clients {
    fn is_fresh(&self, wanted: &InitialAccessToken, now: UnixTime) -> bool {
        let interval = match self.source {
            Source::Keycloak => wanted.list_interval(),
            Source::Registrations => wanted
                .clients
                .registrations
                .as_ref()
                .map(|wanted| wanted.interval),
            // It is read together with the token; there is nothing else that could be fresher.
            Source::Field => return true,
        };
        is_within(Some(self.at), interval.map(|interval| interval * 3), now)
    }
}

impl InitialAccessToken {
    /// The sources that may be asked, best first.
    pub fn sources(&self) -> impl Iterator<Item = Source> {
        Source::ALL.into_iter().filter(|source| self.asks(*source))
    }

    fn asks(&self, source: Source) -> bool {
        let clients = &self.clients;
        let (chosen, there) = match source {
            Source::Keycloak => (CountFrom::Keycloak, self.list_interval().is_some()),
            Source::Registrations => (CountFrom::Registrations, clients.registrations.is_some()),
            Source::Field => (CountFrom::Field, clients.field.is_some()),
        };
        there && (clients.from == chosen || clients.from == CountFrom::Auto)
    }

    /// How well the number of a source is known, for people.
    pub fn words_for(&self, source: Source) -> &'static str {
        let read = self
            .clients
            .registrations
            .as_ref()
            .map(|wanted| wanted.read);
        match (source, read) {
            (Source::Keycloak, _) => "by the identity provider's own list",
            (Source::Registrations, Some(Read::Secrets)) => "estimated from clients in the store",
            (Source::Registrations, _) => "estimated from names in the store",
            (Source::Field, _) => "as written beside the token",
        }
    }
}

impl Facts {
    /// How many registrations are left. The best source with a fresh number wins; while none has one, the latest that did stays.
    ///
    /// Registrations are never given back, so what the list once said is a ceiling for every estimate.
    pub(super) fn counted_clients(
        &self,
        wanted: &InitialAccessToken,
        now: UnixTime,
    ) -> Option<Clients> {
        let said: Vec<Clients> = wanted
            .sources()
            .filter_map(|source| self.said_by(source, wanted))
            .collect();
        let fresh = said.iter().find(|clients| clients.is_fresh(wanted, now));
        let stays = || {
            said.iter()
                .find(|clients| Some(clients.source) == self.clients.map(|now| now.source))
        };
        let chosen = fresh.or_else(stays).or(said.first())?;
        Some(self.bounded(*chosen, wanted))
    }

    /// Why there is no number.
    pub fn unknown_clients(&self, wanted: &InitialAccessToken) -> Unknown {
        let used = self.used(wanted);
        match (wanted.sources().next(), used) {
            (None, _) => Unknown::NotAsked,
            (_, Some(Used::Undated(_))) => Unknown::Undated,
            (_, Some(Used::Unread(_))) => Unknown::Unread,
            (Some(_), _) if self.listed.missing.is_some() => Unknown::NotListed,
            (Some(_), _) => Unknown::NoAnswer,
        }
    }

    /// How few are left; `None` while that is unknown or enough.
    pub fn clients_level(&self, wanted: &InitialAccessToken) -> Option<ClientsLevel> {
        let left = self.clients?.left;
        let reached = wanted
            .clients
            .thresholds
            .iter()
            .filter(|threshold| left <= i64::from(threshold.left));
        reached.map(|threshold| threshold.level).max()
    }

    /// How each source that is asked on its own answers lately, rehearsals included.
    pub fn answers(
        &self,
        wanted: &InitialAccessToken,
    ) -> impl Iterator<Item = (&'static str, Answers)> {
        let asks = |source: Source| wanted.sources().any(|asked| asked == source);
        let list =
            asks(Source::Keycloak).then_some((Source::Keycloak.label(), self.listed.answers));
        let count =
            asks(Source::Registrations).then_some((Source::Registrations.label(), self.counting));
        let rehearsal = wanted
            .rehearsal
            .map(|_| ("rehearsal", self.rehearsal.answers));
        [list, count, rehearsal].into_iter().flatten()
    }

    fn said_by(&self, source: Source, wanted: &InitialAccessToken) -> Option<Clients> {
        let ordered = i64::from(wanted.clients.limit);
        let (at, left, limit) = match source {
            Source::Keycloak => {
                let (at, token) = self.listed.count()?;
                (at, token.left, token.limit)
            }
            Source::Registrations => {
                let used = match self.used(wanted)? {
                    Used::Known(used) => used,
                    // Somebody was registered just now, or cannot be read: what was known stays, with its age.
                    Used::Unread(_) => {
                        return self.clients.filter(|clients| clients.source == source);
                    }
                    Used::Undated(_) => return None,
                };
                let limit = self.listed.found.map_or(ordered, |(_, token)| token.limit);
                (
                    self.counted.as_ref()?.counted_at()?,
                    limit.saturating_sub(number(used)),
                    limit,
                )
            }
            Source::Field => {
                let (at, left) = self.field?;
                (at, left, ordered)
            }
        };
        Some(Clients {
            source,
            limit,
            left,
            at,
        })
    }

    fn used(&self, wanted: &InitialAccessToken) -> Option<Used> {
        let counted = self.counted.as_ref()?;
        counted
            .belongs_to(wanted.clients.registrations.as_ref()?)
            .then_some(())?;
        Some(counted.used(self.sighting.effective(self.current.as_ref()?)?))
    }

    /// An estimate within what is known for certain: not above what the list said once, less those registered since; none when
    /// none is left, and at least one while a rehearsal works.
    fn bounded(&self, clients: Clients, wanted: &InitialAccessToken) -> Clients {
        let verdict = self.verdict();
        let is_used_up = matches!(verdict, Some(Verdict::UsedUp { .. }));
        if clients.source == Source::Keycloak && !is_used_up {
            return clients;
        }
        let ceiling = self.listed.found.map(|(at, token)| {
            token
                .left
                .saturating_sub(self.used_since(at, wanted).unwrap_or(0))
        });
        let left = clients.left.min(ceiling.unwrap_or(i64::MAX));
        let left = match verdict {
            // Those of the very second of the list may be counted twice, and none is left in any case.
            _ if is_used_up => clients.left.min(0),
            Some(Verdict::Alive) if self.rehearsal.works() => left.max(1),
            _ => left,
        };
        Clients { left, ..clients }
    }

    /// How many were registered since then, by the clients in a store.
    fn used_since(&self, at: UnixTime, wanted: &InitialAccessToken) -> Option<i64> {
        let counted = self.counted.as_ref()?;
        counted
            .belongs_to(wanted.counted_registrations()?)
            .then_some(())?;
        match counted.used(at) {
            Used::Known(used) => Some(number(used)),
            Used::Undated(_) | Used::Unread(_) => None,
        }
    }
}

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
