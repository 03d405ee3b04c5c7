//! What is known about one identity provider's list of tokens.

use crate::{
    model::{Failure, Reason, TokenList, UnixTime},
    watch::Seen,
};

use super::Attempt;

/// What is known about one identity provider's list of tokens.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProviderState {
    /// Whether the latest reading worked, or why not; `None` before the first.
    pub outcome: Option<Result<(), Reason>>,
    /// When the latest reading that worked ended; never forgotten.
    pub last_success: Option<UnixTime>,
    /// Failed readings so far, by [`Reason::index`].
    pub failures: [u32; Reason::COUNT],
    /// Failed readings since the latest that worked.
    pub failures_in_a_row: u32,
    /// The list as last read, and when that was asked for.
    list: Option<(TokenList, UnixTime)>,
}

/// A list and when it was asked for.
type Dated<'a> = (&'a TokenList, UnixTime);

impl ProviderState {
    /// After one more reading. A failed one keeps the list.
    pub(super) fn after(&self, attempt: &Attempt, now: UnixTime) -> Self {
        let mut next = self.clone();
        match &attempt.outcome {
            Ok(Seen::TokenList(list)) => next.took(list.clone(), now.minus(attempt.took), now),
            Ok(_) => next.failed(Reason::Internal.into()),
            Err(failure) => next.failed(*failure),
        }
        next
    }

    /// The list as last read, and when that was asked for.
    pub fn list(&self) -> Option<Dated<'_>> {
        self.list.as_ref().map(|(list, asked)| (list, *asked))
    }

    /// What the latest reading says: a list, or why there is none.
    pub(super) fn said(&self) -> Option<Result<Dated<'_>, Reason>> {
        match self.outcome? {
            Ok(()) => self.list().map(Ok),
            Err(reason) => Some(Err(reason)),
        }
    }

    fn took(&mut self, list: TokenList, asked: UnixTime, now: UnixTime) {
        self.outcome = Some(Ok(()));
        self.last_success = Some(now);
        self.failures_in_a_row = 0;
        self.list = Some((list, asked));
    }

    fn failed(&mut self, failure: Failure) {
        self.outcome = Some(Err(failure.reason));
        self.failures_in_a_row = self.failures_in_a_row.saturating_add(1);
        if let Some(count) = self.failures.get_mut(failure.reason.index()) {
            *count = count.saturating_add(1);
        }
    }
}
