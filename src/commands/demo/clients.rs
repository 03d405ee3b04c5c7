//! Sample clients, each a secret as the integration that registered it leaves one.

use std::{fs, io, path::Path};

use serde_json::{Value, json};

use super::samples::signed;
use crate::model::UnixTime;

/// How many were registered with the token: of a hundred, 13 are left.
const COUNT: i64 = 87;

/// Writes the secrets of clients of `issuer` into a directory of their own, the first registered `since`, the latest before `now`.
pub(super) fn write(
    directory: &Path,
    issuer: &str,
    since: UnixTime,
    now: UnixTime,
) -> io::Result<()> {
    fs::create_dir_all(directory)?;
    let life = now.seconds_since(since);
    for number in 1..=COUNT {
        let registered = since.seconds() + life * number / (COUNT + 1);
        let client = Client {
            name: format!("cluster-{number:02}-1000{number:02}-sso-example.com"),
            issuer,
            registered,
        };
        let path = directory.join(format!("{}.json", client.name));
        fs::write(path, client.secret()?.to_string())?;
    }
    Ok(())
}

/// A secret that holds the answer to a dynamic registration (RFC 7591, 3.2.1), of a client whose secret ends then.
pub(super) fn registered(end: UnixTime) -> Value {
    json!({
        "client_id": "registered-client",
        "client_secret": format!("{:032x}", fastrand::u128(..)),
        "client_secret_expires_at": end.seconds(),
    })
}

/// A client, and when it was registered, in seconds since 1970.
struct Client<'a> {
    name: String,
    issuer: &'a str,
    registered: i64,
}

impl Client<'_> {
    fn secret(&self) -> io::Result<Value> {
        let Self { name, issuer, .. } = self;
        Ok(json!({
            "client_id": name,
            "client_name": name,
            "client_secret": format!("{:032x}", fastrand::u128(..)),
            "redirect_uris": [format!("https://console.{name}/oauth2callback")],
            "registration_access_token": signed(&self.claims())?,
            "registration_client_uri": format!("{issuer}/clients-registrations/default/{name}"),
            "issuer": issuer,
            "attributes": {"client.secret.creation.time": self.registered.to_string()},
        }))
    }

    fn claims(&self) -> Value {
        json!({
            "exp": 0,
            "iat": self.registered,
            "jti": format!("demo-{}", self.name),
            "iss": self.issuer,
            "aud": self.issuer,
            "typ": "RegistrationAccessToken",
            "registration_auth": "authenticated",
        })
    }
}
