//! What is known about a target: each kind's own facts, asked through one door.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Question, Seen, Watch, client_secrets, initial_access_token, oidc_integration};
use crate::model::{Fingerprint, Reason, TokenList, UnixTime};

/// What is known, by kind. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Facts {
    /// About an Initial Access Token.
    InitialAccessToken(Arc<initial_access_token::fold::Facts>),
    /// About client secrets.
    ClientSecrets(Arc<client_secrets::fold::Facts>),
    /// About an OpenID Connect integration.
    OidcIntegration(Arc<oidc_integration::fold::Facts>),
}

/// Does what every kind can do, with the definition and the facts of one target, and with the module of its kind. A target keeps its
/// kind and its facts theirs, so that facts never meet the definition of another kind; if they did, they would say nothing.
macro_rules! of_kind {
    ($known:expr, $watch:expr, |$wanted:ident, $facts:ident, $kind:ident| $does:expr, $nothing:expr) => {
        match ($known, $watch) {
            (Facts::InitialAccessToken($facts), Watch::InitialAccessToken($wanted)) => {
                use initial_access_token as $kind;
                $does
            }
            (Facts::ClientSecrets($facts), Watch::ClientSecrets($wanted)) => {
                use client_secrets as $kind;
                $does
            }
            (Facts::OidcIntegration($facts), Watch::OidcIntegration($wanted)) => {
                use oidc_integration as $kind;
                $does
            }
            _ => $nothing,
        }
    };
}

mod told;

macro_rules! facts_of {
    ($($variant:ident, $kind:ident;)*) => {$(
        impl From<$kind::fold::Facts> for Facts {
            fn from(facts: $kind::fold::Facts) -> Self {
                Self::$variant(Arc::new(facts))
            }
        }
    )*};
}

facts_of! {
    InitialAccessToken, initial_access_token;
    ClientSecrets, client_secrets;
    OidcIntegration, oidc_integration;
}

impl Facts {
    /// What is known before the first look: nothing.
    pub fn nothing(watch: &Watch) -> Self {
        match watch {
            Watch::InitialAccessToken(_) => Self::InitialAccessToken(Arc::default()),
            Watch::ClientSecrets(_) => Self::ClientSecrets(Arc::default()),
            Watch::OidcIntegration(_) => Self::OidcIntegration(Arc::default()),
        }
    }

    /// What is known after one more look that asked `question`.
    #[must_use]
    pub fn after(
        &self,
        watch: &Watch,
        question: Question,
        seen: Result<&Seen, Reason>,
        now: UnixTime,
    ) -> Self {
        match (question, seen) {
            (Question::Target, seen) => self.after_look(watch, seen, now),
            (Question::Registrations | Question::Rehearsal, seen) => {
                self.after_aside(watch, question, seen, now)
            }
        }
    }

    /// After the target itself was looked at.
    fn after_look(&self, watch: &Watch, seen: Result<&Seen, Reason>, now: UnixTime) -> Self {
        match (self, watch, seen) {
            (_, _, Err(reason)) => of_kind!(
                self,
                watch,
                |wanted, facts, kind| kind::fold::Facts::after(facts, wanted, Err(reason), now)
                    .into(),
                self.clone()
            ),
            (
                Self::InitialAccessToken(facts),
                Watch::InitialAccessToken(wanted),
                Ok(Seen::InitialAccessToken(seen)),
            ) => facts.after(wanted, Ok(seen), now).into(),
            (
                Self::ClientSecrets(facts),
                Watch::ClientSecrets(wanted),
                Ok(Seen::ClientSecrets(seen)),
            ) => facts.after(wanted, Ok(seen), now).into(),
            (
                Self::OidcIntegration(facts),
                Watch::OidcIntegration(wanted),
                Ok(Seen::OidcIntegration(seen)),
            ) => facts.after(wanted, Ok(seen), now).into(),
            // Every eye answers its own question.
            _ => self.clone(),
        }
    }

    /// After something beside the target was asked; only about a token is there anything.
    fn after_aside(
        &self,
        watch: &Watch,
        question: Question,
        seen: Result<&Seen, Reason>,
        now: UnixTime,
    ) -> Self {
        let (Self::InitialAccessToken(facts), Watch::InitialAccessToken(wanted)) = (self, watch)
        else {
            return self.clone();
        };
        let next = match (question, seen) {
            (Question::Registrations, Ok(Seen::Registrations(tally))) => {
                facts.after_count(wanted, Ok(tally), now)
            }
            (Question::Registrations, Err(reason)) => facts.after_count(wanted, Err(reason), now),
            (Question::Rehearsal, Ok(Seen::Rehearsal(answered))) => {
                facts.after_rehearsal(wanted, Ok(answered), now)
            }
            (Question::Rehearsal, Err(reason)) => facts.after_rehearsal(wanted, Err(reason), now),
            _ => return self.clone(),
        };
        next.into()
    }

    /// What is known after the identity provider's list was read, or not; with it comes when it was asked for.
    #[must_use]
    pub fn after_list(
        &self,
        watch: &Watch,
        list: Result<(&TokenList, UnixTime), Reason>,
        now: UnixTime,
    ) -> Self {
        let (Self::InitialAccessToken(facts), Watch::InitialAccessToken(wanted)) = (self, watch)
        else {
            return self.clone();
        };
        let id = facts.current.as_ref().and_then(|token| token.id.as_deref());
        match (id, list) {
            (Some(id), Ok((list, at))) => facts
                .after_list(wanted, Ok(list.look_up(id)), at, now)
                .into(),
            (_, Err(reason)) => facts.after_list(wanted, Err(reason), now, now).into(),
            (None, Ok(_)) => self.clone(),
        }
    }

    /// The same under another definition that watches the same.
    #[must_use]
    pub fn under(&self, before: &Watch, watch: &Watch) -> Self {
        match (self, before, watch) {
            (
                Self::InitialAccessToken(facts),
                Watch::InitialAccessToken(before),
                Watch::InitialAccessToken(wanted),
            ) => facts.under(before, wanted).into(),
            (
                Self::ClientSecrets(facts),
                Watch::ClientSecrets(before),
                Watch::ClientSecrets(wanted),
            ) => facts.under(before, wanted).into(),
            (
                Self::OidcIntegration(facts),
                Watch::OidcIntegration(before),
                Watch::OidcIntegration(wanted),
            ) => facts.under(before, wanted).into(),
            _ => self.clone(),
        }
    }

    /// The same after a restart, as it looks at `now`.
    #[must_use]
    pub fn restored(&self, watch: &Watch, now: UnixTime) -> Self {
        of_kind!(
            self,
            watch,
            |wanted, facts, kind| kind::fold::Facts::restored(facts, wanted, now).into(),
            self.clone()
        )
    }

    /// What is known about the token, if one is watched.
    fn of_token(&self) -> Option<&initial_access_token::fold::Facts> {
        match self {
            Self::InitialAccessToken(facts) => Some(facts),
            Self::ClientSecrets(_) | Self::OidcIntegration(_) => None,
        }
    }

    /// Whether there is any use in asking this now.
    pub fn may_be_asked(&self, question: Question) -> bool {
        match question {
            Question::Target | Question::Registrations => true,
            Question::Rehearsal => self
                .of_token()
                .is_some_and(initial_access_token::fold::Facts::may_be_rehearsed),
        }
    }

    /// When this was last answered well, if it is a question beside the target itself.
    pub fn last_answer(&self, question: Question) -> Option<UnixTime> {
        let facts = self.of_token()?;
        match question {
            Question::Target => None,
            Question::Registrations => facts.counting.last_success,
            Question::Rehearsal => facts.rehearsal.answers.last_success,
        }
    }

    /// Whether the latest answer to this was only a part of it, so that the question should be asked again at once.
    pub fn has_more(&self, question: Question) -> bool {
        let facts = self
            .of_token()
            .filter(|_| question == Question::Registrations);
        facts.is_some_and(|facts| {
            let counted = facts.counted.as_ref();
            let has_unread = counted.is_some_and(|counted| counted.unread() > 0);
            has_unread && facts.counting.failed.is_none()
        })
    }

    /// Whether the identity provider's list has said nothing yet about what is watched now.
    pub fn awaits_list(&self) -> bool {
        self.of_token().is_some_and(|facts| {
            let current = facts.current.as_ref();
            let has_id = current.is_some_and(|token| token.id.is_some());
            has_id && facts.listed.is_silent()
        })
    }

    /// Whether something changed that must not be lost, as opposed to the time of the latest look.
    pub fn is_worth_keeping_since(&self, before: &Self) -> bool {
        match (self, before) {
            (Self::InitialAccessToken(after), Self::InitialAccessToken(before)) => {
                after.is_worth_keeping_since(before)
            }
            (Self::ClientSecrets(after), Self::ClientSecrets(before)) => {
                after.is_worth_keeping_since(before)
            }
            (Self::OidcIntegration(after), Self::OidcIntegration(before)) => {
                after.is_worth_keeping_since(before)
            }
            _ => true,
        }
    }

    /// What must not be found at two targets of one kind; `None` if there is no such thing, or while it is unknown.
    pub fn identity(&self) -> Option<Fingerprint> {
        self.of_token()?.identity()
    }

    /// The same, told whether its identity is found at no other target.
    #[must_use]
    pub fn with_unique(self, unique: bool) -> Self {
        match self {
            Self::InitialAccessToken(facts) => {
                Arc::unwrap_or_clone(facts).with_unique(unique).into()
            }
            other => other,
        }
    }
}
