//! Values that were planted as secrets, and the search for them.

use serde_json::Value;

/// The shortest text that is looked for: anything shorter is found by chance.
const SHORTEST: usize = 12;
/// Of a long secret, this much of its beginning is looked for.
const LONGEST: usize = 200;

/// Everything that was planted, in every form in which it could come out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Canaries(Vec<(String, String)>);

impl Canaries {
    /// Plants a text: it is looked for as it is, in base64, and in the escapes of JSON and URLs; of a JWT, claims and
    /// signature also by themselves.
    pub(crate) fn plant(&mut self, what: &str, text: &str) {
        let text: String = text.trim().chars().take(LONGEST).collect();
        let parts: Vec<&str> = text.split('.').collect();
        let parts = match parts.as_slice() {
            [_header, claims, signature] => vec![*claims, *signature],
            [_header, claims] => vec![*claims],
            _ => Vec::new(),
        };
        for part in parts.into_iter().chain([text.as_str()]) {
            if part.len() >= SHORTEST {
                self.add(what, part.to_owned());
                self.add(&format!("{what}, escaped"), part.escape_debug().to_string());
                for shift in 0..3 {
                    self.add(&format!("{what} in base64"), base64(part.as_bytes(), shift));
                }
            }
        }
    }

    /// Plants every text in a secret.
    pub(crate) fn plant_all(&mut self, what: &str, content: &Value) {
        match content {
            Value::String(text) => self.plant(what, text),
            Value::Array(items) => items.iter().for_each(|item| self.plant_all(what, item)),
            Value::Object(fields) => {
                for (name, field) in fields.iter().filter(|(name, _)| *name != "url") {
                    self.plant_all(&format!("{what}/{name}"), field);
                }
            }
            _ => {}
        }
    }

    fn add(&mut self, what: &str, text: String) {
        if !self.0.iter().any(|(_, known)| *known == text) {
            self.0.push((what.to_owned(), text));
        }
    }

    /// What of it stands in a text, and where.
    pub(crate) fn found_in(&self, text: &str) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for (what, planted) in &self.0 {
            if let Some(at) = text.find(planted.as_str()) {
                let before = text[..at].rfind('\n').map_or(0, |at| at + 1);
                let line: String = text[before..].chars().take(300).collect();
                found.push(format!("{what}: {line}"));
            }
        }
        found.extend(token_of_a_server(text).map(|token| format!("a server's token: {token}")));
        found
    }
}

/// What looks like a token that OpenBao made, such as those that our logins obtain: nobody but the daemon knows them.
fn token_of_a_server(text: &str) -> Option<&str> {
    let starts = text.match_indices("s.").map(|(at, _)| at);
    let mut candidates = starts.filter(|at| {
        let before = text[..*at].chars().next_back();
        before.is_none_or(|c| !c.is_alphanumeric())
    });
    candidates.find_map(|at| {
        let rest = &text[at + 2..];
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric());
        let token = &rest[..end.unwrap_or(rest.len())];
        (token.len() >= 24).then_some(token)
    })
}

/// The characters that stand for these bytes in base64, wherever they begin: only those that depend on them alone.
fn base64(bytes: &[u8], shift: usize) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let padded: Vec<u8> = std::iter::repeat_n(0, shift)
        .chain(bytes.iter().copied())
        .collect();
    let whole = padded.chunks_exact(3).skip(usize::from(shift > 0));
    let characters = whole.flat_map(|three| {
        let bits = three
            .iter()
            .fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte));
        [18, 12, 6, 0].map(|by| ALPHABET[usize::try_from(bits >> by & 63).unwrap()])
    });
    characters.map(char::from).collect()
}

#[test]
fn a_canary_is_found_in_every_form() {
    let mut canaries = Canaries::default();
    canaries.plant("word", "kaNarieNvogel");
    canaries.plant(
        "jwt",
        "eyJhbGciOiJIUzUxMiJ9.eyJqdGkiOiJvbmUtaWQifQ.c2lnbmF0dXJlLW9m",
    );
    canaries.plant("odd", "two\nlines of it");
    for text in [
        "a kaNarieNvogel b",
        // printf 'kaNarieNvogel' | base64, and with one and two letters before it
        "{\"token\": \"a2FOYXJpZU52b2dlbA==\"}",
        "eGthTmFyaWVOdm9nZWw=",
        "eHhrYU5hcmllTnZvZ2Vs",
        "the signature c2lnbmF0dXJlLW9m alone",
        "the claims eyJqdGkiOiJvbmUtaWQifQ alone",
        "{\"message\":\"two\\nlines of it\"}",
        "X-Vault-Token: s.abcdefghijklmnopqrstuvwx",
    ] {
        assert_eq!(canaries.found_in(text).len(), 1, "{text}");
    }
    for text in [
        "",
        "kanarie",
        "targets.abcdefghijklmnopqrstuvwxyz",
        "kcwatch/0.1",
    ] {
        assert_eq!(canaries.found_in(text), Vec::<String>::new(), "{text}");
    }
}
