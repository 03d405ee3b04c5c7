//! Every metric there is, once.

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
};

use bytes::Bytes;

use super::{piece::Piece, series, sheet};
use crate::{model::MetricInfo, watch};

/// Every metric of ours, in the order of the names. `process_*` come from the library and are not listed.
pub fn catalog() -> Vec<MetricInfo> {
    let mut all: Vec<MetricInfo> = series::METRICS
        .into_iter()
        .chain(watch::metrics())
        .collect();
    all.sort_by_key(|metric| metric.name);
    all
}

/// The lines `# HELP` and `# TYPE` of a metric.
pub(super) fn header(name: &str) -> Option<&'static Arc<Piece>> {
    static HEADERS: LazyLock<BTreeMap<&str, Arc<Piece>>> = LazyLock::new(|| {
        let header = |metric: &MetricInfo| {
            (
                metric.name,
                Arc::new(Piece::new(Bytes::from(sheet::header(metric)))),
            )
        };
        catalog().iter().map(header).collect()
    });
    HEADERS.get(name)
}
