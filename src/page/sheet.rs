//! Samples → lines, by the library's encoder.
//!
//! Families are made by hand, anew each time: the library's `*Vec` types hash label values joined without a separator, so
//! that `("ab", "c")` and `("a", "bc")` become one series (observed in prometheus 0.14).

use std::{collections::BTreeMap, sync::Arc};

use bytes::Bytes;
use prometheus::{
    Encoder, TextEncoder,
    proto::{self, LabelPair, MetricFamily, MetricType},
};

use super::{Pieces, piece::Piece};
use crate::model::{Metric, MetricInfo, MetricKind, Samples};

/// Samples on their way to becoming lines.
#[derive(Default)]
pub(super) struct Sheet(BTreeMap<&'static str, MetricFamily>);

impl Sheet {
    pub(super) fn filled(fill: impl FnOnce(&mut Self)) -> Self {
        let mut sheet = Self::default();
        fill(&mut sheet);
        sheet
    }

    /// The lines of each metric, without its header.
    pub(super) fn into_pieces(self) -> Pieces {
        let pieces = self
            .0
            .into_iter()
            .map(|(name, family)| (name, Arc::new(Piece::new(lines(family)))));
        pieces.collect()
    }
}

impl Samples for Sheet {
    fn add<const N: usize>(&mut self, metric: &'static Metric<N>, labels: [&str; N], value: f64) {
        let family = self
            .0
            .entry(metric.name)
            .or_insert_with(|| family(&metric.info()));
        let mut sample = proto::Metric::default();
        sample.set_label(
            metric
                .labels
                .iter()
                .zip(labels)
                .map(|(name, value)| pair(name, value))
                .collect(),
        );
        match metric.kind {
            MetricKind::Gauge => {
                let mut gauge = proto::Gauge::default();
                gauge.set_value(value);
                sample.set_gauge(gauge);
            }
            MetricKind::Counter => {
                let mut counter = proto::Counter::default();
                counter.set_value(value);
                sample.set_counter(counter);
            }
        }
        family.mut_metric().push(sample);
    }
}

/// The lines `# HELP` and `# TYPE`.
pub(super) fn header(metric: &MetricInfo) -> Vec<u8> {
    let mut family = family(metric);
    // The library refuses a family without samples, so it gets one that is cut off again.
    family.mut_metric().push(proto::Metric::default());
    let mut text = encoded(family);
    text.truncate(header_length(&text));
    text
}

fn lines(family: MetricFamily) -> Bytes {
    let has_infinity = family
        .get_metric()
        .iter()
        .any(|sample| sample.get_gauge().get_value().is_infinite());
    let text = encoded(family);
    let mut lines = text
        .get(header_length(&text)..)
        .unwrap_or_default()
        .to_vec();
    if has_infinity {
        write_infinity_as_specified(&mut lines);
    }
    Bytes::from(lines)
}

fn encoded(family: MetricFamily) -> Vec<u8> {
    let mut text = Vec::new();
    // Writing into memory cannot fail, and neither name nor samples are missing, which is all that the encoder checks.
    let written = TextEncoder::new().encode(&[family], &mut text);
    debug_assert!(written.is_ok(), "{written:?}");
    text
}

/// The header is the first two lines: line breaks in the help text are escaped.
fn header_length(text: &[u8]) -> usize {
    text.iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'\n')
        .nth(1)
        .map_or(text.len(), |(position, _)| position + 1)
}

/// The text format writes `+Inf`; the library writes Rust's `inf`.
fn write_infinity_as_specified(lines: &mut Vec<u8>) {
    const RUST: &[u8] = b" inf\n";
    const SPECIFIED: &[u8] = b" +Inf\n";
    let mut from = 0;
    // Only a value ends a line: line breaks in label values are escaped.
    while let Some(at) = lines
        .get(from..)
        .and_then(|rest| rest.windows(RUST.len()).position(|seen| seen == RUST))
    {
        let at = from + at;
        lines.splice(at..at + RUST.len(), SPECIFIED.iter().copied());
        from = at + SPECIFIED.len();
    }
}

fn family(metric: &MetricInfo) -> MetricFamily {
    let mut family = MetricFamily::default();
    family.set_name(metric.name.to_owned());
    family.set_help(metric.help.to_owned());
    family.set_field_type(match metric.kind {
        MetricKind::Gauge => MetricType::GAUGE,
        MetricKind::Counter => MetricType::COUNTER,
    });
    family
}

fn pair(name: &str, value: &str) -> LabelPair {
    let mut pair = LabelPair::default();
    pair.set_name(name.to_owned());
    pair.set_value(value.to_owned());
    pair
}
