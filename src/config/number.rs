//! Whole numbers in the configuration.

use std::{fmt, ops::RangeInclusive};

use super::{problems::Key, report::Report};

/// `number`, if it lies within `range`. Raw types hold an `i64`, so that a negative number is out of range rather than of
/// another type.
pub(crate) fn within<T: Copy + fmt::Display + PartialOrd + TryFrom<i64>>(
    range: &RangeInclusive<T>,
    number: i64,
    at: &Key,
    report: &mut Report,
) -> Option<T> {
    let taken = T::try_from(number)
        .ok()
        .filter(|number| range.contains(number));
    if taken.is_none() {
        let (least, most) = (range.start(), range.end());
        report.refuse(
            at,
            format!("must be from {least} to {most}, found {number}"),
        );
    }
    taken
}
