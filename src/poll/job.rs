//! One question and how to ask it.

use std::{sync::Arc, time::Duration};

use futures_util::FutureExt;
use tokio::time::Instant;

use crate::{
    model::{Failure, ProviderName, Reason, UnixTime},
    snapshot::{Attempt, Snapshot},
    watch::{Facts, Look, Party, Question, Seen, Target},
};

/// From here on a look is slow and gives its place in the lane away.
pub(super) const SLOW: Duration = Duration::from_secs(1);

/// One question and how to ask it.
#[derive(Clone)]
pub struct Job {
    /// About what.
    pub about: About,
    /// How to ask.
    pub look: Arc<dyn Look>,
    /// How long after one question the next follows.
    pub interval: Duration,
    /// How long one may take.
    pub timeout: Duration,
    /// Those who wait for each other.
    pub lane: LaneName,
}

/// About what a question is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// One target.
    Target {
        /// Its place in the order of the names.
        position: usize,
        /// What is asked.
        question: Question,
    },
    /// The list of an identity provider, for all its targets.
    List(ProviderName),
}

/// Those who wait for each other: looks at the same server of the same sort.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LaneName {
    /// Looks at targets of this party.
    Targets(Party),
    /// Counts of clients in this store.
    Registrations(Party),
    /// Rehearsals of targets in this store.
    Rehearsals(Party),
    /// The list of this identity provider.
    List(ProviderName),
}

impl About {
    /// What is asked, if it is about one target.
    pub(super) const fn question(&self) -> Option<Question> {
        match self {
            Self::Target { question, .. } => Some(*question),
            Self::List(_) => None,
        }
    }

    /// What is known about the target of the question; `None` for a list, which is about many.
    pub fn known(&self, snapshot: &Snapshot) -> Option<Facts> {
        let Self::Target { position, .. } = self else {
            return None;
        };
        Some(snapshot.target(*position)?.facts.clone())
    }

    /// Whether there is any use in asking this now.
    pub fn may_be_asked(&self, snapshot: &Snapshot) -> bool {
        match self {
            Self::Target { question, .. } => self
                .known(snapshot)
                .is_none_or(|known| known.may_be_asked(*question)),
            Self::List(_) => true,
        }
    }

    /// Takes in an answer, and says whether it was only a part of one.
    pub fn fold(&self, snapshot: &mut Snapshot, attempt: &Attempt, now: UnixTime) -> bool {
        match self {
            Self::Target { position, question } => {
                snapshot.fold(*position, *question, attempt, now);
                self.known(snapshot)
                    .is_some_and(|known| known.has_more(*question))
            }
            Self::List(name) => {
                snapshot.fold_list(name, attempt, now);
                false
            }
        }
    }
}

impl Job {
    /// Whether it can be asked before anything is known about the target.
    pub const fn is_independent(&self) -> bool {
        match self.about {
            About::Target { question, .. } => matches!(question, Question::Target),
            About::List(_) => true,
        }
    }

    /// Asks `question` about the target that stands at `position`, at this pace.
    pub fn of_target(
        position: usize,
        target: &Target,
        question: Question,
        interval: Duration,
        look: Arc<dyn Look>,
    ) -> Self {
        let party = target.watch.party(question);
        Self {
            about: About::Target { position, question },
            look,
            interval,
            timeout: target.timeout_of(question),
            lane: match question {
                Question::Target => LaneName::Targets(party),
                Question::Registrations => LaneName::Registrations(party),
                Question::Rehearsal => LaneName::Rehearsals(party),
            },
        }
    }

    /// Asks once, within its time.
    pub async fn attempt(&self, known: Option<Facts>) -> Attempt {
        let started = Instant::now();
        let look = guarded(Arc::clone(&self.look), known);
        let outcome = tokio::time::timeout(self.timeout, look).await;
        Attempt {
            outcome: outcome.unwrap_or(Err(Reason::Timeout.into())),
            took: started.elapsed(),
        }
    }

    /// The same, and calls `slow` as soon as it takes long.
    pub(super) async fn attempt_telling(
        &self,
        known: Option<Facts>,
        slow: impl FnOnce(),
    ) -> Attempt {
        let attempt = self.attempt(known);
        tokio::pin!(attempt);
        if let Ok(attempt) = tokio::time::timeout(SLOW, &mut attempt).await {
            return attempt;
        }
        slow();
        attempt.await
    }
}

/// A look that panics is a failed look: one bad target must not take the process down.
async fn guarded(look: Arc<dyn Look>, known: Option<Facts>) -> Result<Seen, Failure> {
    let look = std::panic::AssertUnwindSafe(async move { look.look(known).await });
    look.catch_unwind()
        .await
        .unwrap_or(Err(Reason::Internal.into()))
}
