//! What a metric is, without a word about how it is written down.

/// The type that `# TYPE` names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricKind {
    /// A value that can go up and down.
    Gauge,
    /// A count that only grows while the process lives.
    Counter,
}

/// One metric: declared once, as a constant beside the code that gives it values.
///
/// The number of labels is part of the type, so a forgotten label value does not compile.
#[derive(Debug)]
pub struct Metric<const N: usize> {
    /// The full name, unit included.
    pub name: &'static str,
    /// The text of `# HELP`.
    pub help: &'static str,
    /// Gauge or counter.
    pub kind: MetricKind,
    /// The label names, in the order in which values are given.
    pub labels: [&'static str; N],
}

impl<const N: usize> Metric<N> {
    /// A gauge.
    pub const fn gauge(name: &'static str, help: &'static str, labels: [&'static str; N]) -> Self {
        Self {
            name,
            help,
            kind: MetricKind::Gauge,
            labels,
        }
    }

    /// A counter; its name ends in `_total`.
    pub const fn counter(
        name: &'static str,
        help: &'static str,
        labels: [&'static str; N],
    ) -> Self {
        Self {
            name,
            help,
            kind: MetricKind::Counter,
            labels,
        }
    }

    /// The same facts with the number of labels taken out of the type, for lists of metrics.
    pub const fn info(&'static self) -> MetricInfo {
        MetricInfo {
            name: self.name,
            help: self.help,
            kind: self.kind,
            labels: &self.labels,
        }
    }
}

/// What there is to know about a metric, whatever its number of labels.
#[derive(Clone, Copy, Debug)]
pub struct MetricInfo {
    /// The full name, unit included.
    pub name: &'static str,
    /// The text of `# HELP`.
    pub help: &'static str,
    /// Gauge or counter.
    pub kind: MetricKind,
    /// The label names.
    pub labels: &'static [&'static str],
}

/// Takes samples; what becomes of them is the business of whoever implements it.
pub trait Samples {
    /// One sample of `metric`, with a value for each of its labels.
    fn add<const N: usize>(&mut self, metric: &'static Metric<N>, labels: [&str; N], value: f64);
}

/// The value of a sample that says whether something is so.
pub fn flag(is_so: bool) -> f64 {
    f64::from(u8::from(is_so))
}

/// The value of a sample that counts.
#[expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "exact up to 2^53"
)]
pub const fn count(of: u64) -> f64 {
    of as f64
}

/// The value of a sample that is a whole number, which can be below zero.
#[expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "exact up to 2^53"
)]
pub const fn number(of: i64) -> f64 {
    of as f64
}
