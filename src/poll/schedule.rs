//! When a target is looked at next. Pure.

use std::time::Duration;

use crate::model::{Failure, Reason};

/// The longest wait that a server may ask for with `Retry-After`.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(3_600);

/// When the second look at a target is due, counted from the start: its place in the interval. Targets are spread evenly, so
/// that a store sees a steady trickle instead of a burst; in the order of the names, so that targets which share a block of
/// the page change together.
pub(super) fn place(position: usize, targets: usize, interval: Duration) -> Duration {
    let share = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let targets = share(targets).max(1);
    let ticks = interval / targets;
    ticks
        .saturating_mul(share(position).saturating_add(1))
        .min(interval)
}

/// How long to wait for the next rehearsal: the interval, give or take a tenth, so that those of many daemons do not meet.
/// `random` lies in 0..1.
pub(super) fn around(interval: Duration, random: f64) -> Duration {
    interval.mul_f64(0.9 + 0.2 * random.clamp(0.0, 1.0))
}

/// How long to wait after the `failures`-th failure in a row: a quarter of the interval, then half of it, then all of it. So a
/// passing fault is over soon and no recovery takes longer than an interval to be seen. Faults that only a person can mend, and
/// a server that asks for less, get the whole interval at once; `Retry-After` is honoured up to an hour.
///
/// `random` in 0..1 shortens the wait by up to a fifth, so that targets that failed together do not come back together.
pub(super) fn back_off(
    interval: Duration,
    failures: u32,
    failure: Failure,
    random: f64,
) -> Duration {
    let share = match (is_passing(failure.reason), failures) {
        (true, 0 | 1) => 0.25,
        (true, 2) => 0.5,
        _ => 1.0,
    };
    let wait = interval.mul_f64(share * (1.0 - 0.2 * random.clamp(0.0, 1.0)));
    let asked = failure
        .retry_after
        .unwrap_or_default()
        .min(LONGEST_RETRY_AFTER);
    wait.max(asked)
}

/// Whether such a fault often passes by itself.
const fn is_passing(reason: Reason) -> bool {
    matches!(
        reason,
        Reason::Unreachable | Reason::Timeout | Reason::ServerError | Reason::BadResponse
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn targets_are_spread_evenly_over_the_interval() {
        let places: Vec<u64> = (0..4)
            .map(|position| place(position, 4, MINUTE).as_secs())
            .collect();
        assert_eq!(places, [15, 30, 45, 60]);
    }

    #[test]
    fn a_passing_fault_is_tried_again_soon_and_then_each_interval() {
        let waits: Vec<u64> = (1..5)
            .map(|failures| back_off(MINUTE, failures, Reason::Timeout.into(), 0.0).as_secs())
            .collect();
        assert_eq!(waits, [15, 30, 60, 60]);
        assert_eq!(back_off(MINUTE, 1, Reason::Denied.into(), 0.0), MINUTE);
    }

    #[test]
    fn a_server_that_asks_for_time_gets_it_up_to_an_hour() {
        let asked = |seconds| Failure {
            reason: Reason::RateLimited,
            retry_after: Some(Duration::from_secs(seconds)),
        };
        assert_eq!(
            back_off(MINUTE, 1, asked(300), 0.5),
            Duration::from_secs(300)
        );
        assert_eq!(
            back_off(MINUTE, 1, asked(999_999), 0.5),
            LONGEST_RETRY_AFTER
        );
        assert_eq!(back_off(MINUTE, 1, asked(1), 0.0), MINUTE);
    }

    proptest! {
        #[test]
        fn recovery_is_seen_within_one_interval(failures in 0..100_u32, why in 0..Reason::COUNT, random in 0.0..1.0) {
            let wait = back_off(MINUTE, failures, Reason::ALL[why].into(), random);
            prop_assert!(wait <= MINUTE && wait >= MINUTE / 5, "{wait:?}");
        }

        #[test]
        fn every_place_lies_within_the_interval(position in 0..10_000_usize, more in 1..10_000_usize) {
            let place = place(position, position + more, MINUTE);
            prop_assert!(place > Duration::ZERO && place <= MINUTE);
        }
    }
}
