//! `kcwatch decode`: the claims of a JWT, never the token.

use std::{
    io::{self, IsTerminal, Read},
    process::ExitCode,
};

use serde_json::{Map, Value};

use super::{complain, say};
use crate::{
    clock, jwt,
    model::{Reason, UnixTime, words_for_span},
    secret::SecretText,
};

/// More than this is not read: the largest token that is decoded has a quarter of it.
const MOST_BYTES: u64 = 64 * 1024;

/// Show the claims of a JWT on standard input.
#[derive(Debug, clap::Args)]
pub(super) struct Decode {
    /// Lines for people, or the claims as JSON
    #[arg(short, long, value_enum, default_value_t = Output::Text)]
    output: Output,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Output {
    Text,
    Json,
}

impl Decode {
    pub(super) fn run(&self) -> ExitCode {
        if io::stdin().is_terminal() {
            complain(&"paste the token, then press Enter and Ctrl-D");
        }
        match token().and_then(|token| jwt::all_claims_unverified(&token)) {
            Ok(claims) => {
                complain(&"unverified: only the issuer can check the signature");
                match self.output {
                    Output::Json => say(&format_args!("{:#}", Value::Object(claims))),
                    Output::Text => say(&lines(&claims, clock::system()())),
                }
                ExitCode::SUCCESS
            }
            Err(reason) => {
                complain(&format_args!("{reason}: {}", explained(reason)));
                ExitCode::FAILURE
            }
        }
    }
}

fn token() -> Result<SecretText, Reason> {
    let mut text = String::new();
    let read = io::stdin()
        .lock()
        .take(MOST_BYTES)
        .read_to_string(&mut text);
    read.map_err(|_not_text| Reason::NotAToken)?;
    Ok(SecretText::new(text.trim().to_owned()))
}

const fn explained(reason: Reason) -> &'static str {
    match reason {
        Reason::TooLarge => "a token has at most 16 KiB",
        _ => "expected a JWT on standard input: three parts of base64url, joined by dots",
    }
}

fn lines(claims: &Map<String, Value>, now: UnixTime) -> String {
    let width = claims
        .keys()
        .map(|name| name.chars().count())
        .max()
        .unwrap_or(0);
    let line =
        |(name, value): (&String, &Value)| format!("{name:width$}  {}", readable(name, value, now));
    claims.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn readable(name: &str, value: &Value, now: UnixTime) -> String {
    match (name, value, value.as_i64()) {
        ("exp", _, Some(0)) => "0  (never expires)".to_owned(),
        ("exp" | "iat" | "nbf" | "auth_time", _, Some(seconds)) => {
            let instant = UnixTime::from_seconds(seconds);
            let away = instant.seconds_since(now);
            let span = words_for_span(away);
            let said = if away < 0 {
                format!("{span} ago")
            } else {
                format!("in {span}")
            };
            format!("{seconds}  ({instant}, {said})")
        }
        (_, Value::String(text), _) => text.escape_debug().to_string(),
        _ => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn instants_are_told_in_words() {
        let claims =
            json!({"exp": 1_800_086_400, "iat": 1_799_996_400, "jti": "a\nb", "aud": ["x", "y"]});
        let Value::Object(claims) = claims else {
            unreachable!()
        };
        insta::assert_snapshot!(lines(&claims, UnixTime::from_seconds(1_800_000_000)), @r#"
        aud  ["x","y"]
        exp  1800086400  (2027-01-16T08:00:00Z, in 1 day)
        iat  1799996400  (2027-01-15T07:00:00Z, 1 hour ago)
        jti  a\nb
        "#);
    }
}
