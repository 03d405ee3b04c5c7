//! The process' own figures, from the library's collector.

use bytes::Bytes;
use prometheus::{
    Encoder, TextEncoder, core::Collector, process_collector::ProcessCollector, proto::MetricFamily,
};

use super::piece::Piece;

/// The process' own figures at one moment: memory, processor time, open files.
#[derive(Clone, Debug, Default)]
pub struct Process(Vec<MetricFamily>);

impl Process {
    /// What the names of these figures begin with, and nothing else does.
    pub(super) const PREFIX: &str = "process_";

    /// Reads the figures from the system. This is I/O, so it is done when a page is made, never when one is handed out.
    pub fn measure() -> Self {
        // The collector keeps what it measured last, as a counter must; one for the process is enough.
        static COLLECTOR: std::sync::LazyLock<ProcessCollector> =
            std::sync::LazyLock::new(ProcessCollector::for_self);
        let mut families = COLLECTOR.collect();
        families.sort_by(|one, other| one.name().cmp(other.name()));
        Self(families)
    }

    pub(super) fn piece(&self) -> Option<Piece> {
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.0, &mut text).ok()?;
        (!text.is_empty()).then(|| Piece::new(Bytes::from(text)))
    }
}
