//! What rustls can do of what Go can: versions, ciphers and curves, by the names that Go gives them.

use rustls::{
    NamedGroup, SupportedCipherSuite, SupportedProtocolVersion,
    crypto::{CryptoProvider, SupportedKxGroup, aws_lc_rs},
    version::{TLS12, TLS13},
};

use super::tls::RawTls;
use crate::config::{problems::Key, report::Report};

/// The versions that are spoken.
pub(super) type Versions = Vec<&'static SupportedProtocolVersion>;

/// Curves as the toolkit calls them.
const CURVES: [(&str, NamedGroup); 3] = [
    ("X25519", NamedGroup::X25519),
    ("CurveP256", NamedGroup::secp256r1),
    ("CurveP384", NamedGroup::secp384r1),
];

/// The versions from the least to the greatest, from TLS 1.2 to 1.3 unless it is written otherwise.
pub(super) fn versions(raw: &RawTls, at: &Key, report: &mut Report) -> Option<Versions> {
    let (min_at, max_at) = (at.key("min_version"), at.key("max_version"));
    let least = version(
        raw.min_version.as_deref().unwrap_or("TLS12"),
        &min_at,
        report,
    );
    let greatest = version(
        raw.max_version.as_deref().unwrap_or("TLS13"),
        &max_at,
        report,
    );
    let (least, greatest) = (least?, greatest?);
    if least > greatest {
        report.refuse(&max_at, "must not be below min_version");
        return None;
    }
    let all: [&SupportedProtocolVersion; 2] = [&TLS12, &TLS13];
    let spoken = all.get(least..=greatest)?;
    Some(spoken.to_vec())
}

/// Its place among the versions.
fn version(name: &str, at: &Key, report: &mut Report) -> Option<usize> {
    let place = match name {
        "TLS12" => Ok(0),
        "TLS13" => Ok(1),
        "TLS11" | "TLS10" => Err(
            "must be TLS12 or TLS13: kcwatch cannot speak TLS 1.1 and 1.0, which RFC 8996 forbids",
        ),
        _ => Err("must be TLS12 or TLS13, found another word"),
    };
    report.accept(at, place)
}

/// The ciphers and curves that are written; all of them where none is.
pub(super) fn provider(raw: &RawTls, at: &Key, report: &mut Report) -> CryptoProvider {
    let mut provider = aws_lc_rs::default_provider();
    if let Some(names) = written(raw.cipher_suites.as_ref()) {
        provider.cipher_suites = suites(names, &provider, &at.key("cipher_suites"), report);
    }
    if let Some(names) = written(raw.curve_preferences.as_ref()) {
        provider.kx_groups = curves(names, &provider, &at.key("curve_preferences"), report);
    }
    provider
}

fn written(names: Option<&Vec<String>>) -> Option<&[String]> {
    names.map(Vec::as_slice).filter(|names| !names.is_empty())
}

/// As with Go, those of TLS 1.3 are always on, whether they are written or not.
fn suites(
    names: &[String],
    provider: &CryptoProvider,
    at: &Key,
    report: &mut Report,
) -> Vec<SupportedCipherSuite> {
    let all = &provider.cipher_suites;
    let (newer, older): (Vec<_>, Vec<_>) = all.iter().partition(|suite| suite.tls13().is_some());
    let known: Vec<(String, SupportedCipherSuite)> = older
        .iter()
        .chain(&newer)
        .map(|suite| (name_in_go(*suite), *suite))
        .collect();
    let chosen = chosen(names, &known, at, report);
    let older = chosen.into_iter().filter(|suite| suite.tls13().is_none());
    newer.iter().copied().chain(older).collect()
}

fn name_in_go(suite: SupportedCipherSuite) -> String {
    format!("{:?}", suite.suite()).replace("TLS13_", "TLS_")
}

fn curves(
    names: &[String],
    provider: &CryptoProvider,
    at: &Key,
    report: &mut Report,
) -> Vec<&'static dyn SupportedKxGroup> {
    let group = |name| {
        let mut groups = provider.kx_groups.iter();
        groups.find(|group| group.name() == name).copied()
    };
    let known = CURVES.into_iter();
    let known: Vec<_> = known
        .filter_map(|(name, curve)| Some((name.to_owned(), group(curve)?)))
        .collect();
    chosen(names, &known, at, report)
}

/// What these names mean, in their order.
fn chosen<T: Copy>(
    names: &[String],
    known: &[(String, T)],
    at: &Key,
    report: &mut Report,
) -> Vec<T> {
    let mut chosen = Vec::new();
    for (index, name) in names.iter().enumerate() {
        let meant = known.iter().find(|(known, _)| known == name);
        let text = || {
            let known: Vec<&str> = known.iter().map(|(name, _)| name.as_str()).collect();
            format!("must be one of {}, found another word", known.join(", "))
        };
        let meant = report.accept(&at.index(index), meant.ok_or_else(text));
        chosen.extend(meant.map(|(_, meant)| *meant));
    }
    chosen
}
