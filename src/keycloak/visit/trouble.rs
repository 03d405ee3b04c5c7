//! Why a step of a visit came to nothing.

use std::time::Duration;

use crate::model::{Cause, Failure, Reason};

/// Why a step of a visit came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The link is broken, for this cause. The wait is the one that the server asked for.
    Broken(Cause, Option<Duration>),
    /// The connection broke down while it was made, for this cause.
    NotConnected(Cause),
    /// Nothing can be said about it.
    NoAnswer(Failure),
}

impl Trouble {
    /// The cause, if a link is broken.
    pub const fn cause(self) -> Option<Cause> {
        match self {
            Self::Broken(cause, _) | Self::NotConnected(cause) => Some(cause),
            Self::NoAnswer(_) => None,
        }
    }

    /// The failure of the look, if the trouble may pass, or if it says nothing about the link.
    pub fn failure(self) -> Option<Failure> {
        match self {
            Self::NoAnswer(failure) => Some(failure),
            Self::NotConnected(cause) => cause.passing().map(Failure::from),
            Self::Broken(cause, retry_after) => cause.passing().map(|reason| Failure {
                reason,
                retry_after,
            }),
        }
    }
}

impl From<Cause> for Trouble {
    fn from(cause: Cause) -> Self {
        Self::Broken(cause, None)
    }
}

impl From<Reason> for Trouble {
    /// What kept an answer from being read to its end.
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Unreachable => Cause::Unreachable.into(),
            Reason::Timeout => Cause::Timeout.into(),
            Reason::TooLarge => Cause::TooLarge.into(),
            Reason::BadResponse => Cause::BadResponse.into(),
            other => Self::NoAnswer(other.into()),
        }
    }
}
