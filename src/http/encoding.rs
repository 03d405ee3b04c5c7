//! Which encodings a client takes.

use http::{HeaderMap, header};

/// Whether the client would rather have gzip than the plain text, by its `Accept-Encoding`.
///
/// Gzip must be named, or covered by `*`, with a quality above zero and not below that of `identity`. Who says nothing
/// gets plain text.
pub(super) fn admits_gzip(headers: &HeaderMap) -> bool {
    let mut wishes = Wishes::default();
    for value in headers.get_all(header::ACCEPT_ENCODING) {
        let Ok(text) = value.to_str() else { continue };
        text.split(',').for_each(|wish| wishes.hear(wish));
    }
    let gzip = wishes.gzip.or(wishes.any).unwrap_or(0);
    gzip > 0 && gzip >= wishes.identity.unwrap_or(0)
}

/// The qualities a client gave, in thousandths.
#[derive(Default)]
struct Wishes {
    gzip: Option<u16>,
    identity: Option<u16>,
    any: Option<u16>,
}

impl Wishes {
    /// Takes note of one member of the list, such as `gzip;q=0.5`.
    fn hear(&mut self, wish: &str) {
        let (coding, parameters) = wish.split_once(';').unwrap_or((wish, ""));
        let quality = Some(quality(parameters));
        match coding.trim() {
            name if is_gzip(name) => self.gzip = self.gzip.max(quality),
            name if name.eq_ignore_ascii_case("identity") => self.identity = quality,
            "*" => self.any = quality,
            _ => {}
        }
    }
}

fn is_gzip(name: &str) -> bool {
    name.eq_ignore_ascii_case("gzip") || name.eq_ignore_ascii_case("x-gzip")
}

/// The quality in thousandths: 1000 if none is given, 0 if it cannot be read, so that nobody gets what he may not want.
fn quality(parameters: &str) -> u16 {
    let given = parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("q").then(|| value.trim())
    });
    given.map_or(1000, |value| thousandths(value).unwrap_or(0))
}

/// `0`, `1`, or either with up to three decimals and not above one.
fn thousandths(value: &str) -> Option<u16> {
    let (whole, decimals) = value.split_once('.').unwrap_or((value, ""));
    let plain = decimals.len() <= 3 && decimals.bytes().all(|digit| digit.is_ascii_digit());
    if !plain || !matches!(whole, "0" | "1") {
        return None;
    }
    let sum: u16 = format!("{whole}{decimals:0<3}").parse().ok()?;
    (sum <= 1000).then_some(sum)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn asked(lines: &[&str]) -> bool {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(
                header::ACCEPT_ENCODING,
                HeaderValue::from_str(line).unwrap(),
            );
        }
        admits_gzip(&headers)
    }

    #[test]
    fn gzip_is_sent_to_whoever_prefers_it() {
        for line in [
            "gzip",
            "GZIP",
            "x-gzip",
            "deflate, gzip;q=1.0, *;q=0.5",
            "gzip;q=0.001",
            "gzip ; q=0.5",
            "identity;q=0.5, gzip;q=0.5",
            "*",
            "br, *;q=0.1",
            "identity;q=0, *",
        ] {
            assert!(asked(&[line]), "{line}");
        }
        assert!(asked(&["br", "gzip"]), "two header lines are one list");
    }

    #[test]
    fn plain_text_is_sent_to_everybody_else() {
        for line in [
            "",
            "identity",
            "br, deflate",
            "gzip;q=0",
            "gzip;q=0.000",
            "gzip;q=0, *",
            "*;q=0",
            "gzip;q=0.3, identity;q=0.7",
            "gzip;q=2",
            "gzip;q=0.1234",
            "gzip;q=-1",
            "gzip;q=yes",
            "gzipped",
            ", ,;;=,",
        ] {
            assert!(!asked(&[line]), "{line}");
        }
        assert!(!asked(&[]), "nothing was said");
    }

    proptest! {
        #[test]
        fn any_header_has_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            if let Ok(value) = HeaderValue::from_bytes(&bytes) {
                let mut headers = HeaderMap::new();
                headers.append(header::ACCEPT_ENCODING, value);
                admits_gzip(&headers);
            }
        }
    }
}
