//! Samples in a temporary directory, tokens and clients, and the configuration that watches them.

use std::{fs, io, net::SocketAddr, path::Path, time::Duration};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::clients;
use crate::{
    config::{self, Config, Problems},
    jwt,
    model::UnixTime,
};

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
const PROD: &str = "https://sso.example.com/auth/realms/prod";
const STAGE: &str = "https://sso.stage.example.com/auth/realms/stage";

/// The age of the token of prod, with which the sample clients were registered.
const PROD_AGE: i64 = 27 * DAY;

/// The directory of samples; gone when dropped.
pub(super) struct Samples {
    directory: TempDir,
    /// Of the sample realm.
    issuer: String,
}

/// A sample token: in which file, of which issuer and type, how old, how long from now it lives, and what number of
/// registrations left stands beside it.
struct Sample {
    file: &'static str,
    issuer: &'static str,
    token_type: &'static str,
    issued_ago: i64,
    expires_in: Option<i64>,
    remaining: Option<i64>,
}

const SAMPLES: [Sample; 5] = [
    Sample {
        file: "prod",
        issuer: PROD,
        token_type: IAT,
        issued_ago: PROD_AGE,
        expires_in: Some(3 * DAY + 2 * HOUR),
        remaining: None,
    },
    Sample {
        file: "stage",
        issuer: STAGE,
        token_type: IAT,
        issued_ago: 20 * DAY,
        expires_in: Some(70 * DAY),
        remaining: Some(42),
    },
    Sample {
        file: "forever",
        issuer: STAGE,
        token_type: IAT,
        issued_ago: 400 * DAY,
        expires_in: None,
        remaining: None,
    },
    Sample {
        file: "mixed-up",
        issuer: STAGE,
        token_type: IAT,
        issued_ago: 5 * DAY,
        expires_in: Some(25 * DAY),
        remaining: None,
    },
    Sample {
        file: "wrong",
        issuer: PROD,
        token_type: "RegistrationAccessToken",
        issued_ago: DAY,
        expires_in: None,
        remaining: None,
    },
];

const IAT: &str = "InitialAccessToken";

impl Samples {
    /// Makes them as they would be at `now`, beside a realm of this issuer.
    pub(super) fn make(now: UnixTime, issuer: &str) -> io::Result<Self> {
        let directory = tempfile::Builder::new().prefix("kcwatch-demo-").tempdir()?;
        for sample in &SAMPLES {
            sample.write(directory.path(), now)?;
        }
        let since = UnixTime::from_seconds(now.seconds() - PROD_AGE);
        clients::write(&directory.path().join("clients/prod"), PROD, since, now)?;
        // The sample realm takes any.
        fs::write(directory.path().join("client-secret"), "sample")?;
        let registered = clients::registered(now.plus(Duration::from_secs(9 * 86_400)));
        fs::write(
            directory.path().join("registered.json"),
            registered.to_string(),
        )?;
        let zync = json!({"issuer": issuer.replacen("://", "://zync:sample@", 1)});
        fs::write(directory.path().join("zync.json"), zync.to_string())?;
        Ok(Self {
            directory,
            issuer: issuer.to_owned(),
        })
    }

    /// Where the files lie.
    pub(super) fn path(&self) -> &Path {
        self.directory.path()
    }

    /// A configuration that watches them, listening on `listen`.
    pub(super) fn config(&self, listen: SocketAddr) -> Result<Config, Problems> {
        let text = include_str!("demo.yaml").replace("LISTEN", &listen.to_string());
        let text = text.replace("ISSUER", &self.issuer);
        config::load_text(&text.replace("DIRECTORY", &self.path().display().to_string()))
    }
}

impl Sample {
    fn write(&self, directory: &Path, now: UnixTime) -> io::Result<()> {
        let token = signed(&self.claims(now))?;
        let mut secret = json!({"url": self.issuer, "initial-access-token": token});
        if let (Some(left), Some(fields)) = (self.remaining, secret.as_object_mut()) {
            fields.insert("remaining".to_owned(), left.into());
        }
        fs::write(
            directory.join(self.file).with_extension("json"),
            secret.to_string(),
        )
    }

    fn claims(&self, now: UnixTime) -> Value {
        let now = now.seconds();
        json!({
            "exp": self.expires_in.map_or(0, |left| now.saturating_add(left)),
            "iat": now.saturating_sub(self.issued_ago),
            "jti": format!("demo-{}", self.file),
            "iss": self.issuer,
            "aud": self.issuer,
            "typ": self.token_type,
        })
    }
}

/// A token with these claims. The key is thrown away: nobody will ever accept it.
pub(super) fn signed(claims: &Value) -> io::Result<String> {
    let key = fastrand::u128(..).to_le_bytes();
    jwt::sign_sample(claims, &key).map_err(|reason| io::Error::other(reason.label()))
}
