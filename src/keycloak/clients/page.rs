//! One page of a realm's clients. What of a row is not named here, such as its secrets, is skipped and never becomes a value.

use std::{fmt, sync::Arc, time::Duration};

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::{
    keycloak::fields::{Cell, Fields, Filled},
    model::{ClientTimes, Expiry, Reason, UnixTime},
};

/// Client authenticators whose secret expires (Keycloak's `ClientIdAndSecretAuthenticator` and `JWTClientSecretAuthenticator`).
const WITH_SECRET: [&str; 2] = ["client-secret", "client-secret-jwt"];

/// The end of the year 9999. What lies beyond was written in milliseconds, or is rubbish.
const LATEST: i64 = 253_402_300_799;

/// An attribute, and the value it must have.
#[derive(Clone, Copy)]
pub(super) struct Attribute<'a> {
    pub(super) name: &'a str,
    pub(super) value: &'a str,
}

/// By what rows are told apart where two pages meet: the id of the client, if it could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key(Option<Arc<str>>);

/// What a page says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Page {
    /// Those of its clients that are wanted, have a secret and are enabled.
    pub(super) clients: Vec<ClientTimes>,
    /// How many rows had no id that could be read.
    pub(super) nameless: usize,
    /// How many rows there were.
    pub(super) rows: usize,
    pub(super) first: Option<Key>,
    pub(super) last: Option<Key>,
}

/// Understands the body of an answer, of which the first row is only looked at for its id if it stood on the page before, too.
///
/// A row whose fields are missing or of another type says nothing about the others.
///
/// # Errors
///
/// [`Reason::BadResponse`] if it is no JSON array.
pub(super) fn parse(
    body: &[u8],
    attribute: Option<Attribute<'_>>,
    is_continued: bool,
) -> Result<Page, Reason> {
    let mut from = serde_json::Deserializer::from_slice(body);
    let rows = Rows {
        attribute,
        is_continued,
    };
    let page = (&mut from).deserialize_seq(rows);
    match (page, from.end()) {
        (Ok(page), Ok(())) => Ok(page),
        _ => Err(Reason::BadResponse),
    }
}

struct Rows<'a> {
    attribute: Option<Attribute<'a>>,
    is_continued: bool,
}

impl<'de> Visitor<'de> for Rows<'_> {
    type Value = Page;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of clients")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<Page, A::Error> {
        let mut page = Page::default();
        while let Some(row) = rows.next_element_seed(OneRow(self.attribute))? {
            page.add(&row, self.is_continued);
        }
        Ok(page)
    }
}

impl Page {
    fn add(&mut self, row: &Row<'_>, is_continued: bool) {
        let id: Option<Arc<str>> = row.id.text().map(Arc::from);
        let is_known = is_continued && self.rows == 0;
        let key = Key(id.clone());
        self.first.get_or_insert_with(|| key.clone());
        self.last = Some(key);
        self.rows = self.rows.saturating_add(1);
        match id {
            _ if is_known => {}
            Some(id) => self.clients.extend(row.times(id)),
            None => self.nameless = self.nameless.saturating_add(1),
        }
    }
}

struct OneRow<'a>(Option<Attribute<'a>>);

impl<'de, 'a> DeserializeSeed<'de> for OneRow<'a> {
    type Value = Row<'a>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Row<'a>, D::Error> {
        let mut row = Row {
            attributes: Attributes {
                wanted: self.0,
                ..Attributes::default()
            },
            ..Row::default()
        };
        Filled(&mut row).deserialize(from)?;
        Ok(row)
    }
}

/// What is read of Keycloak's `ClientRepresentation`.
#[derive(Default)]
struct Row<'a> {
    id: Cell,
    enabled: Cell,
    public_client: Cell,
    bearer_only: Cell,
    protocol: Cell,
    authenticator: Cell,
    attributes: Attributes<'a>,
}

/// What is read of its attributes (Keycloak's `ClientSecretConstants`).
#[derive(Default)]
struct Attributes<'a> {
    created: Cell,
    expires: Cell,
    rotated_expires: Cell,
    of_3scale: Cell,
    /// The one by which clients are chosen.
    wanted: Option<Attribute<'a>>,
    has_wanted: bool,
    /// Whether there is something in place of the attributes that cannot be understood.
    are_unclear: bool,
}

impl<'de> Fields<'de> for Row<'_> {
    fn field<A: MapAccess<'de>>(&mut self, name: &str, from: &mut A) -> Result<(), A::Error> {
        let cell = match name {
            "clientId" => &mut self.id,
            "enabled" => &mut self.enabled,
            "publicClient" => &mut self.public_client,
            "bearerOnly" => &mut self.bearer_only,
            "protocol" => &mut self.protocol,
            "clientAuthenticatorType" => &mut self.authenticator,
            "attributes" => return self.attributes.read(from),
            _ => return from.next_value::<IgnoredAny>().map(drop),
        };
        *cell = from.next_value()?;
        Ok(())
    }
}

impl Attributes<'_> {
    fn read<'de, A: MapAccess<'de>>(&mut self, from: &mut A) -> Result<(), A::Error> {
        self.are_unclear = !from.next_value_seed(Filled(self))?;
        Ok(())
    }
}

impl<'de> Fields<'de> for Attributes<'_> {
    fn field<A: MapAccess<'de>>(&mut self, name: &str, from: &mut A) -> Result<(), A::Error> {
        let wanted = self.wanted.filter(|wanted| wanted.name == name);
        let cell = match name {
            "client.secret.creation.time" => Some(&mut self.created),
            "client.secret.expiration.time" => Some(&mut self.expires),
            "client.secret.rotated.expiration.time" => Some(&mut self.rotated_expires),
            "3scale" => Some(&mut self.of_3scale),
            _ => None,
        };
        if cell.is_none() && wanted.is_none() {
            return from.next_value::<IgnoredAny>().map(drop);
        }
        let value: Cell = from.next_value()?;
        if let Some(wanted) = wanted {
            self.has_wanted = value.text() == Some(wanted.value);
        }
        if let Some(cell) = cell {
            *cell = value;
        }
        Ok(())
    }
}

impl Row<'_> {
    /// What it says about the secret of the client of this id, if that is wanted.
    fn times(&self, id: Arc<str>) -> Option<ClientTimes> {
        let attributes = &self.attributes;
        let is_wanted = attributes.wanted.is_none() || attributes.has_wanted;
        if !is_wanted || !self.has_secret() || self.enabled == Cell::Flag(false) {
            return None;
        }
        let (current, rotated) = (
            Time::of(&attributes.expires),
            Time::of(&attributes.rotated_expires),
        );
        let is_unclear = attributes.are_unclear || current == Time::Unclear;
        Some(ClientTimes {
            id,
            expiry: match current {
                _ if is_unclear => None,
                Time::At(end) => Some(Expiry::At(end)),
                Time::Never | Time::Unclear => Some(Expiry::Never),
            },
            created: Time::of(&attributes.created).instant(),
            rotated: rotated.instant(),
            is_unclear: is_unclear || rotated == Time::Unclear,
            is_of_3scale: attributes.are_of_3scale(),
        })
    }

    /// A client of another protocol has a secret too, and never uses it. What the server does not say is as Keycloak makes
    /// clients: confidential, with a secret.
    fn has_secret(&self) -> bool {
        let has_none = self.public_client.is_true() || self.bearer_only.is_true();
        let speaks = self.protocol.text().unwrap_or("openid-connect");
        let proves = self.authenticator.text().unwrap_or("client-secret");
        !has_none && speaks == "openid-connect" && WITH_SECRET.contains(&proves)
    }
}

impl Attributes<'_> {
    fn are_of_3scale(&self) -> bool {
        match &self.of_3scale {
            Cell::Nothing | Cell::Flag(false) => false,
            Cell::Text(text) => !matches!(text.trim(), "" | "false"),
            _ => true,
        }
    }
}

/// What stands where seconds since 1970 should: a number, or a text that is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Time {
    /// Nothing, an empty text or zero.
    Never,
    At(UnixTime),
    Unclear,
}

impl Time {
    fn of(cell: &Cell) -> Self {
        let seconds = match cell {
            Cell::Nothing => Some(0),
            Cell::Text(text) if text.trim().is_empty() => Some(0),
            Cell::Text(text) => text.trim().parse().ok(),
            Cell::Whole(number) => Some(*number),
            Cell::Fraction(number) => whole(*number),
            Cell::Flag(_) | Cell::Other => None,
        };
        match seconds {
            Some(0) => Self::Never,
            Some(seconds @ 1..=LATEST) => Self::At(UnixTime::from_seconds(seconds)),
            _ => Self::Unclear,
        }
    }

    fn instant(self) -> Option<UnixTime> {
        match self {
            Self::At(instant) => Some(instant),
            Self::Never | Self::Unclear => None,
        }
    }
}

/// The whole seconds of a number that is not negative.
fn whole(number: f64) -> Option<i64> {
    let span = Duration::try_from_secs_f64(number).ok()?;
    i64::try_from(span.as_secs()).ok()
}

#[cfg(test)]
mod tests;
