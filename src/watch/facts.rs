//! What is known about a target: each kind's own facts, asked through one door.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{News, Question, Report, Seen, Target, Watch, initial_access_token as iat};
use crate::model::{
    Filling, Fingerprint, NoRequest, Reason, Samples, Standing, TargetName, TokenList, UnixTime,
};

/// What is known, by kind. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Facts {
    /// About an Initial Access Token.
    InitialAccessToken(Arc<iat::fold::Facts>),
}

impl Facts {
    /// What is known before the first look: nothing.
    pub fn nothing(watch: &Watch) -> Self {
        match watch {
            Watch::InitialAccessToken(_) => Self::InitialAccessToken(Arc::default()),
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
        let Self::InitialAccessToken(facts) = self;
        let Watch::InitialAccessToken(wanted) = watch;
        let next = match (question, seen) {
            (Question::Target, Ok(Seen::InitialAccessToken(seen))) => {
                facts.after(wanted, Ok(seen), now)
            }
            (Question::Target, Err(reason)) => facts.after(wanted, Err(reason), now),
            (Question::Registrations, Ok(Seen::Registrations(tally))) => {
                facts.after_count(wanted, Ok(tally), now)
            }
            (Question::Registrations, Err(reason)) => facts.after_count(wanted, Err(reason), now),
            (Question::Rehearsal, Ok(Seen::Rehearsal(answered))) => {
                facts.after_rehearsal(wanted, Ok(answered), now)
            }
            (Question::Rehearsal, Err(reason)) => facts.after_rehearsal(wanted, Err(reason), now),
            // Every eye answers its own question.
            (_, Ok(_)) => return self.clone(),
        };
        Self::InitialAccessToken(Arc::new(next))
    }

    /// What is known after the identity provider's list was read, or not; with it comes when it was asked for.
    #[must_use]
    pub fn after_list(
        &self,
        watch: &Watch,
        list: Result<(&TokenList, UnixTime), Reason>,
        now: UnixTime,
    ) -> Self {
        let Self::InitialAccessToken(facts) = self;
        let Watch::InitialAccessToken(wanted) = watch;
        let id = facts.current.as_ref().and_then(|token| token.id.as_deref());
        match (id, list) {
            (Some(id), Ok((list, at))) => {
                let next = facts.after_list(wanted, Ok(list.look_up(id)), at, now);
                Self::InitialAccessToken(Arc::new(next))
            }
            (_, Err(reason)) => {
                let next = facts.after_list(wanted, Err(reason), now, now);
                Self::InitialAccessToken(Arc::new(next))
            }
            (None, Ok(_)) => self.clone(),
        }
    }

    /// The same under another definition that watches the same.
    #[must_use]
    pub fn under(&self, before: &Watch, watch: &Watch) -> Self {
        let Self::InitialAccessToken(facts) = self;
        let (Watch::InitialAccessToken(before), Watch::InitialAccessToken(wanted)) =
            (before, watch);
        Self::InitialAccessToken(Arc::new(facts.under(before, wanted)))
    }

    /// The same after a restart, as it looks at `now`.
    #[must_use]
    pub fn restored(&self, watch: &Watch, now: UnixTime) -> Self {
        let Self::InitialAccessToken(facts) = self;
        let Watch::InitialAccessToken(wanted) = watch;
        Self::InitialAccessToken(Arc::new(facts.restored(wanted, now)))
    }

    /// Whether there is any use in asking this now.
    pub fn may_be_asked(&self, question: Question) -> bool {
        let Self::InitialAccessToken(facts) = self;
        match question {
            Question::Target | Question::Registrations => true,
            Question::Rehearsal => facts.may_be_rehearsed(),
        }
    }

    /// When this was last answered well, if it is a question beside the target itself.
    pub fn last_answer(&self, question: Question) -> Option<UnixTime> {
        let Self::InitialAccessToken(facts) = self;
        match question {
            Question::Target => None,
            Question::Registrations => facts.counting.last_success,
            Question::Rehearsal => facts.rehearsal.answers.last_success,
        }
    }

    /// Whether the latest answer to this was only a part of it, so that the question should be asked again at once.
    pub fn has_more(&self, question: Question) -> bool {
        let Self::InitialAccessToken(facts) = self;
        let counted = facts.counted.as_ref();
        let has_unread = counted.is_some_and(|counted| counted.unread() > 0);
        question == Question::Registrations && has_unread && facts.counting.failed.is_none()
    }

    /// Whether the identity provider's list has said nothing yet about what is watched now.
    pub fn awaits_list(&self) -> bool {
        let Self::InitialAccessToken(facts) = self;
        let has_id = facts
            .current
            .as_ref()
            .is_some_and(|token| token.id.is_some());
        has_id && facts.listed.is_silent()
    }

    /// Whether something changed that must not be lost, as opposed to the time of the latest look.
    pub fn is_worth_keeping_since(&self, before: &Self) -> bool {
        let (Self::InitialAccessToken(after), Self::InitialAccessToken(before)) = (self, before);
        after.is_worth_keeping_since(before)
    }

    /// What must not be found at two targets of one kind; `None` if there is no such thing, or while it is unknown.
    pub fn identity(&self) -> Option<Fingerprint> {
        match self {
            Self::InitialAccessToken(facts) => facts.identity(),
        }
    }

    /// The same, told whether its identity is found at no other target.
    #[must_use]
    pub fn with_unique(self, unique: bool) -> Self {
        match self {
            Self::InitialAccessToken(facts) => {
                let facts = Arc::unwrap_or_clone(facts);
                Self::InitialAccessToken(Arc::new(facts.with_unique(unique)))
            }
        }
    }

    /// The host name of the identity provider, by which people know it.
    pub fn provider_host(&self, watch: &Watch) -> Option<String> {
        match (self, watch) {
            (Self::InitialAccessToken(facts), Watch::InitialAccessToken(wanted)) => {
                iat::words::provider_host(wanted, facts)
            }
        }
    }

    /// The samples of one target.
    pub fn series(&self, name: &TargetName, watch: &Watch, out: &mut impl Samples) {
        match (self, watch) {
            (Self::InitialAccessToken(facts), Watch::InitialAccessToken(wanted)) => {
                iat::series::series(name, wanted, facts, out);
            }
        }
    }

    /// How the target stands, as far as its facts tell.
    pub fn standing(&self, watch: &Watch, now: UnixTime) -> Standing {
        match (self, watch) {
            (Self::InitialAccessToken(facts), Watch::InitialAccessToken(wanted)) => {
                iat::words::standing(wanted, facts, now)
            }
        }
    }

    /// One line for people.
    pub fn summary(&self, watch: &Watch, now: UnixTime) -> String {
        match (self, watch) {
            (Self::InitialAccessToken(facts), Watch::InitialAccessToken(wanted)) => {
                iat::words::summary(wanted, facts, now)
            }
        }
    }

    /// What to do, most pressing first.
    pub fn advice(&self, watch: &Watch, now: UnixTime) -> Vec<&'static str> {
        match (self, watch) {
            (Self::InitialAccessToken(facts), Watch::InitialAccessToken(wanted)) => {
                iat::words::advice(wanted, facts, now)
            }
        }
    }

    /// What is filled into the request for another one.
    ///
    /// # Errors
    ///
    /// If there is nothing to ask for.
    pub fn request(&self, target: &Target, now: UnixTime) -> Result<Filling, NoRequest> {
        match (self, &target.watch) {
            (Self::InitialAccessToken(facts), Watch::InitialAccessToken(wanted)) => {
                iat::words::request((&target.name, &target.tier), wanted, facts, now)
            }
        }
    }

    /// What is known, in fields.
    pub fn report(&self, watch: &Watch, now: UnixTime) -> Report {
        match (self, watch) {
            (Self::InitialAccessToken(facts), Watch::InitialAccessToken(wanted)) => {
                Report::InitialAccessToken(iat::words::report(wanted, facts, now))
            }
        }
    }

    /// What changed since `before` and is worth a line in the log.
    pub fn news_since(&self, before: &Self) -> Option<News> {
        match (self, before) {
            (Self::InitialAccessToken(after), Self::InitialAccessToken(before)) => {
                iat::words::news(before, after)
            }
        }
    }
}
