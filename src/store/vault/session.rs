//! One token of ours, while it lives.

use std::{sync::Arc, time::Duration};

use tokio::time::Instant;

use crate::{secret::SecretText, store::vault::login::Lease};

/// A token that the server accepted, and when it ends.
pub(super) struct Session {
    /// Grows with each session of a store.
    pub(super) serial: u64,
    pub(super) token: Arc<SecretText>,
    /// When the server told us about the lease.
    pub(super) since: Instant,
    pub(super) lease: Lease,
    /// Whether our own login obtained the token, rather than somebody who wrote it into a file.
    pub(super) ours: bool,
}

/// What there is to do for a session, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// Nothing, ever.
    Never,
    /// Renew it.
    Renewal(Instant),
    /// Log in anew, while it still works.
    Replacement(Instant),
    /// It ends, and only whoever wrote the token file can do something about it.
    End(Instant),
}

impl Session {
    /// When the token dies; `None`: never.
    pub(super) fn ends(&self) -> Option<Instant> {
        self.lease.life.map(|life| self.since + life)
    }

    /// Whether the token still lives, by all we know.
    pub(super) fn lives(&self, now: Instant) -> bool {
        self.ends().is_none_or(|end| now < end)
    }

    /// What comes next. `chance`, from 0 to 1, spreads the moment by five percent to either side, so that
    /// replicas do not come together.
    pub(super) fn due(&self, chance: f64) -> Due {
        let Some(life) = self.lease.life else {
            return Due::Never;
        };
        let two_thirds = self.since + life.mul_f64((0.95 + 0.1 * chance) * 2.0 / 3.0);
        match (self.lease.renewable, self.ours) {
            (true, _) => Due::Renewal(two_thirds),
            (false, true) => Due::Replacement(two_thirds),
            (false, false) => Due::End(self.since + life),
        }
    }

    /// Whether a renewal gave visibly less than what the token had before: its last days have come.
    pub(super) fn is_capped_by(&self, renewed: Lease) -> bool {
        match (self.lease.life, renewed.life) {
            (Some(before), Some(after)) => after + Duration::from_secs(1) < before.mul_f64(0.95),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(life: u64, renewable: bool, ours: bool) -> Session {
        Session {
            serial: 1,
            token: Arc::new(SecretText::new("s.x".into())),
            since: Instant::now(),
            lease: Lease {
                life: (life > 0).then(|| Duration::from_secs(life)),
                renewable,
            },
            ours,
        }
    }

    fn after(session: &Session, seconds: u64) -> Instant {
        session.since + Duration::from_secs(seconds)
    }

    #[tokio::test(start_paused = true)]
    async fn a_renewable_token_is_renewed_at_two_thirds_of_its_life() {
        let session = session(300, true, true);
        assert_eq!(session.due(0.5), Due::Renewal(after(&session, 200)));
        assert_eq!(session.due(0.0), Due::Renewal(after(&session, 190)));
        assert_eq!(session.due(1.0), Due::Renewal(after(&session, 210)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_that_cannot_be_renewed_is_replaced_or_left_to_its_owner() {
        let own = session(300, false, true);
        assert_eq!(own.due(0.5), Due::Replacement(after(&own, 200)));
        let given = session(300, false, false);
        assert_eq!(given.due(0.5), Due::End(after(&given, 300)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_without_end_needs_nothing() {
        let root = session(0, false, false);
        assert_eq!(root.due(0.5), Due::Never);
        assert!(root.lives(after(&root, 1_000_000_000)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_dies_in_the_second_its_life_is_over() {
        let session = session(300, true, true);
        assert!(session.lives(after(&session, 299)));
        assert!(!session.lives(after(&session, 300)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_shrinking_lease_shows_that_the_end_is_near() {
        let session = session(300, true, true);
        let renewed = |seconds| Lease {
            life: Some(Duration::from_secs(seconds)),
            renewable: true,
        };
        assert!(session.is_capped_by(renewed(200)));
        assert!(!session.is_capped_by(renewed(300)));
        assert!(
            !session.is_capped_by(renewed(299)),
            "a second lost on the way is no cap"
        );
    }
}
