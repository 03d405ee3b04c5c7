//! Targets by the thousand: their secrets and the configuration that names them.

use std::fs;
use std::path::Path;

use jsonwebtoken::{EncodingKey, Header, encode};
use serde_json::{Value, json};

use crate::Problem;

const ISSUER: &str = "https://sso.example.com/auth/realms/bench";

/// When every token was issued, in seconds since 1970.
pub(crate) const ISSUED: i64 = 1_700_000_000;

/// [`name`] as Lua's `string.format` writes it.
pub(crate) const NAME_IN_LUA: &str = "target-%05d";

/// The name of that target.
pub(crate) fn name(number: usize) -> String {
    format!("target-{number:05}")
}

/// The secret of that target, with a token that is valid for years.
pub(crate) fn secret(number: usize) -> Result<Value, Problem> {
    let claims = json!({
        "jti": format!("00000000-0000-4000-8000-{number:012}"),
        "iss": ISSUER,
        "aud": ISSUER,
        "typ": "InitialAccessToken",
        "iat": ISSUED,
        "exp": 2_500_000_000_i64 + i64::try_from(number)?,
    });
    let token = encode(
        &Header::default(),
        &claims,
        &EncodingKey::from_secret(b"a realm's own key"),
    )?;
    Ok(json!({ "url": ISSUER, "initial-access-token": token }))
}

/// Writes the secrets of so many targets into the folder, a file each.
pub(crate) fn write(folder: &Path, targets: usize) -> Result<(), Problem> {
    for number in 0..targets {
        fs::write(
            folder.join(format!("{}.json", name(number))),
            secret(number)?.to_string(),
        )?;
    }
    Ok(())
}

/// The store of the configuration that reads them.
pub(crate) fn store(folder: &Path) -> String {
    format!("{{ files: {{ directory: \"{}\" }} }}", folder.display())
}

/// A fleet as the configuration describes it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fleet<'a> {
    /// How many targets.
    pub(crate) targets: usize,
    /// The store they are in.
    pub(crate) store: &'a str,
    /// What stands before and after a target's name in its path.
    pub(crate) path: (&'a str, &'a str),
    /// How often each is read.
    pub(crate) interval: &'a str,
}

impl Fleet<'_> {
    /// The configuration, but for the address to listen on.
    pub(crate) fn configuration(&self) -> String {
        let Self {
            store,
            interval,
            path: (before, after),
            ..
        } = self;
        // Every interval must be above the time one read may take.
        let head = format!(
            "poll: {{ interval: {interval}, timeout: 900ms, concurrency: 16 }}\nstores:\n  bench: {store}\ntargets:\n"
        );
        (0..self.targets).map(name).fold(head, |text, name| {
            text + &format!(
                "  - {{ name: {name}, tier: prod, initial_access_token: {{ secret: {{ store: bench, path: \"{before}{name}{after}\" }} }} }}\n"
            )
        })
    }
}
