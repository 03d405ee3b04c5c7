//! From when on the remaining life of the identity provider's certificate is an alert: the key `certificate`.

use std::{sync::Arc, time::Duration};

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    config::{
        duration::{Span, positive, words},
        problems::Key,
        report::Report,
        tiers::Tier,
    },
    model::{Level, Threshold},
};

/// From when on the remaining life of a certificate is an alert; severities are those of the tier's `expiry`.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "CertificateThresholds")]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawCertificate {
    /// Time to order a new one.
    notice: Span,
    /// The order is overdue: below `notice`.
    urgent: Span,
}

impl Default for RawCertificate {
    fn default() -> Self {
        Self {
            notice: Span::seconds(21 * 86_400),
            urgent: Span::seconds(7 * 86_400),
        }
    }
}

pub(super) fn check(
    raw: &RawCertificate,
    tier: Option<&Tier>,
    at: &Key,
    report: &mut Report,
) -> Option<Arc<[Threshold]>> {
    let [notice_key, urgent_key] = ["notice", "urgent"].map(|name| at.key(name));
    let notice = report.as_written(&notice_key, raw.notice.0);
    let notice = notice.and_then(|span| positive(span, &notice_key, report));
    let urgent = report.as_written(&urgent_key, raw.urgent.0);
    let urgent = urgent.and_then(|span| positive(span, &urgent_key, report));
    let (notice, urgent) = (notice?, urgent?);
    if urgent >= notice {
        let (notice, urgent) = (words(notice), words(urgent));
        let text = format!("must be below notice, which is {notice}, found {urgent}");
        report.refuse(&urgent_key, text);
        return None;
    }
    let of_tier = tier?.thresholds.iter();
    let thresholds = of_tier.map(|threshold| Threshold {
        before: match threshold.level {
            Level::Notice => notice,
            Level::Urgent => urgent,
            Level::Expired => Duration::ZERO,
        },
        ..*threshold
    });
    Some(thresholds.collect())
}
