//! Since when the current token lies where it lies, as far as that was watched. Pure.

use serde::{Deserialize, Serialize};

use crate::model::{Claims, UnixTime};

/// Since when the current token lies where it lies, as far as that was watched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sighting {
    /// When it was first seen.
    pub first: Option<UnixTime>,
    /// When it was last seen.
    pub last: Option<UnixTime>,
    /// When another token, or none, was last seen in its place.
    other: Option<UnixTime>,
    /// When none was seen in its place since then.
    vacant: Option<UnixTime>,
}

impl Sighting {
    /// The same token was seen once more.
    pub(super) fn again(self, now: UnixTime) -> Self {
        Self {
            last: Some(now),
            vacant: None,
            ..self
        }
    }

    /// Another token than before, or the first one, was seen.
    pub(super) fn of_another(self, now: UnixTime) -> Self {
        Self {
            first: Some(now),
            last: Some(now),
            other: self.last.max(self.vacant),
            vacant: None,
        }
    }

    /// The place was looked at, and no token lay there.
    pub(super) fn of_none(self, now: UnixTime) -> Self {
        Self {
            vacant: Some(now),
            ..self
        }
    }

    /// The earliest moment at which somebody can have registered a client with this token: when it was issued, or, if
    /// something else lay in its place after that, then. `None` if neither is known.
    ///
    /// Between minting and arrival registrations use the token before; without having watched, those count as this one's.
    pub fn effective(&self, token: &Claims) -> Option<UnixTime> {
        // Issued in the future, by a clock that goes ahead: it was there when it was seen.
        let issued = token
            .issued
            .map(|issued| self.first.map_or(issued, |first| issued.min(first)));
        issued.max(self.other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Expiry, TokenType};

    fn at(seconds: i64) -> UnixTime {
        UnixTime::from_seconds(seconds)
    }

    fn issued(seconds: i64) -> Claims {
        Claims {
            id: None,
            issuer: None,
            token_type: TokenType::InitialAccess,
            issued: Some(at(seconds)),
            expiry: Expiry::Never,
        }
    }

    #[test]
    fn a_token_found_at_the_start_takes_effect_when_it_was_issued() {
        let found = Sighting::default().of_another(at(1_000)).again(at(1_060));
        assert_eq!(found.effective(&issued(400)), Some(at(400)));
    }

    #[test]
    fn a_token_that_took_the_place_of_another_takes_effect_after_that_was_last_seen() {
        let rotated = Sighting::default()
            .of_another(at(0))
            .again(at(940))
            .of_another(at(1_000));
        assert_eq!(rotated.effective(&issued(400)), Some(at(940)));
        assert_eq!(rotated.effective(&issued(970)), Some(at(970)));
    }

    #[test]
    fn a_token_that_came_to_an_empty_place_takes_effect_after_that() {
        let came = Sighting::default()
            .of_none(at(900))
            .of_none(at(960))
            .of_another(at(1_000));
        assert_eq!(came.effective(&issued(400)), Some(at(960)));
        let replaced = Sighting::default()
            .of_another(at(0))
            .of_none(at(960))
            .of_another(at(1_000));
        assert_eq!(replaced.effective(&issued(400)), Some(at(960)));
    }

    #[test]
    fn a_place_that_was_empty_for_a_while_changes_nothing_for_the_token_that_comes_back() {
        let back = Sighting::default()
            .of_another(at(0))
            .of_none(at(60))
            .again(at(120));
        assert_eq!(back.effective(&issued(-400)), Some(at(-400)));
    }

    #[test]
    fn a_clock_that_goes_ahead_hides_no_registration() {
        let found = Sighting::default().of_another(at(1_000));
        assert_eq!(found.effective(&issued(1_030)), Some(at(1_000)));
    }
}
