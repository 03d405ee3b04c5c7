//! Samples → lines of the text format 0.0.4.
//!
//! The lines are written here and not by the library's encoder, which wants five allocations a sample: with it, decode, fold
//! and render took more than the 20 µs a target that are allowed (`docs/decisions`). The library is the yardstick of the tests:
//! both must write the same. Its `*Vec` types would not do in any case: they hash label values joined without a separator,
//! so that `("ab", "c")` and `("a", "bc")` become one series (observed in prometheus 0.14).

use std::{collections::BTreeMap, io::Write, sync::Arc};

use bytes::Bytes;

use super::{Pieces, piece::Piece};
use crate::model::{Metric, MetricInfo, MetricKind, Samples};

/// Lines of samples, by the name of their metric.
#[derive(Default)]
pub(super) struct Sheet(BTreeMap<&'static str, Vec<u8>>);

impl Sheet {
    pub(super) fn filled(fill: impl FnOnce(&mut Self)) -> Self {
        let mut sheet = Self::default();
        fill(&mut sheet);
        sheet
    }

    /// The lines of each metric, without its header.
    pub(super) fn into_pieces(self) -> Pieces {
        let piece = |lines: Vec<u8>| Arc::new(Piece::new(Bytes::from(lines.into_boxed_slice())));
        self.0
            .into_iter()
            .map(|(name, lines)| (name, piece(lines)))
            .collect()
    }
}

impl Samples for Sheet {
    fn add<const N: usize>(&mut self, metric: &'static Metric<N>, labels: [&str; N], value: f64) {
        let lines = self.0.entry(metric.name).or_default();
        lines.extend_from_slice(metric.name.as_bytes());
        for (position, (label, text)) in metric.labels.iter().zip(labels).enumerate() {
            lines.push(if position == 0 { b'{' } else { b',' });
            lines.extend_from_slice(label.as_bytes());
            lines.extend_from_slice(b"=\"");
            escape(text, lines);
            lines.push(b'"');
        }
        lines.extend_from_slice(if N == 0 { b" " } else { b"} " });
        write_value(value, lines);
        lines.push(b'\n');
    }
}

/// The lines `# HELP` and `# TYPE`. Help texts are ours and hold nothing that would have to be escaped.
pub(super) fn header(metric: &MetricInfo) -> Vec<u8> {
    let kind = match metric.kind {
        MetricKind::Gauge => "gauge",
        MetricKind::Counter => "counter",
    };
    format!(
        "# HELP {name} {}\n# TYPE {name} {kind}\n",
        metric.help,
        name = metric.name
    )
    .into_bytes()
}

fn escape(text: &str, out: &mut Vec<u8>) {
    for byte in text.bytes() {
        match byte {
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'"' => out.extend_from_slice(b"\\\""),
            b'\n' => out.extend_from_slice(b"\\n"),
            _ => out.push(byte),
        }
    }
}

fn write_value(value: f64, out: &mut Vec<u8>) {
    if value == f64::INFINITY {
        out.extend_from_slice(b"+Inf");
    } else {
        let written = write!(out, "{value}");
        debug_assert!(written.is_ok(), "writing into memory cannot fail");
    }
}

#[cfg(test)]
mod tests {
    use prometheus::{
        Encoder, TextEncoder,
        proto::{self, Gauge, LabelPair, MetricFamily, MetricType},
    };
    use proptest::prelude::*;

    use super::*;

    static SAMPLE: Metric<2> = Metric::gauge("kcwatch_sample", "A sample.", ["one", "two"]);

    fn ours(labels: [&str; 2], value: f64) -> Vec<u8> {
        let mut sheet = Sheet::default();
        sheet.add(&SAMPLE, labels, value);
        let mut text = header(&SAMPLE.info());
        text.extend_from_slice(&sheet.0[SAMPLE.name]);
        text
    }

    fn by_the_library(labels: [&str; 2], value: f64) -> Vec<u8> {
        let pair = |(name, value): (&&str, &str)| {
            let mut pair = LabelPair::default();
            pair.set_name((*name).to_owned());
            pair.set_value(value.to_owned());
            pair
        };
        let (mut gauge, mut sample, mut family) = (
            Gauge::default(),
            proto::Metric::default(),
            MetricFamily::default(),
        );
        gauge.set_value(value);
        sample.set_gauge(gauge);
        sample.set_label(SAMPLE.labels.iter().zip(labels).map(pair).collect());
        family.set_name(SAMPLE.name.to_owned());
        family.set_help(SAMPLE.help.to_owned());
        family.set_field_type(MetricType::GAUGE);
        family.mut_metric().push(sample);
        let mut text = Vec::new();
        TextEncoder::new().encode(&[family], &mut text).unwrap();
        text
    }

    #[test]
    fn help_texts_need_no_escaping() {
        for metric in super::super::catalog() {
            assert!(!metric.help.contains(['\\', '\n']), "{}", metric.name);
        }
    }

    #[test]
    fn values_that_are_joined_alike_stay_two_series() {
        let mut sheet = Sheet::default();
        sheet.add(&SAMPLE, ["ab", "c"], 1.0);
        sheet.add(&SAMPLE, ["a", "bc"], 2.0);
        let text = String::from_utf8(sheet.0[SAMPLE.name].clone()).unwrap();
        assert_eq!(
            text,
            "kcwatch_sample{one=\"ab\",two=\"c\"} 1\nkcwatch_sample{one=\"a\",two=\"bc\"} 2\n"
        );
    }

    proptest! {
        #[test]
        fn lines_are_those_that_the_library_writes(
            one in any::<String>(), two in "[\\\\\"\n\u{0}a-c]{0,8}", value in prop::num::f64::NORMAL | prop::num::f64::ZERO
        ) {
            let labels = [one.as_str(), two.as_str()];
            prop_assert_eq!(ours(labels, value), by_the_library(labels, value));
        }
    }
}
