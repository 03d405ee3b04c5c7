//! Sample tokens in a temporary directory, and the configuration that watches them.

use std::{fs, io, net::SocketAddr, path::Path};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    config::{self, Config, Problems},
    jwt,
    model::UnixTime,
};

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
const PROD: &str = "https://sso.example.com/auth/realms/prod";
const STAGE: &str = "https://sso.stage.example.com/auth/realms/stage";

/// The directory of sample tokens; gone when dropped.
pub(super) struct Samples {
    directory: TempDir,
}

/// A sample token: in which file, of which issuer and type, how old, and how long from now it lives.
struct Sample {
    file: &'static str,
    issuer: &'static str,
    token_type: &'static str,
    issued_ago: i64,
    expires_in: Option<i64>,
}

const SAMPLES: [Sample; 5] = [
    Sample {
        file: "prod",
        issuer: PROD,
        token_type: IAT,
        issued_ago: 27 * DAY,
        expires_in: Some(3 * DAY + 2 * HOUR),
    },
    Sample {
        file: "stage",
        issuer: STAGE,
        token_type: IAT,
        issued_ago: 20 * DAY,
        expires_in: Some(70 * DAY),
    },
    Sample {
        file: "forever",
        issuer: STAGE,
        token_type: IAT,
        issued_ago: 400 * DAY,
        expires_in: None,
    },
    Sample {
        file: "mixed-up",
        issuer: STAGE,
        token_type: IAT,
        issued_ago: 5 * DAY,
        expires_in: Some(25 * DAY),
    },
    Sample {
        file: "wrong",
        issuer: PROD,
        token_type: "RegistrationAccessToken",
        issued_ago: DAY,
        expires_in: None,
    },
];

const IAT: &str = "InitialAccessToken";

impl Samples {
    /// Makes the tokens as they would be at `now`.
    pub(super) fn make(now: UnixTime) -> io::Result<Self> {
        let directory = tempfile::Builder::new().prefix("kcwatch-demo-").tempdir()?;
        for sample in &SAMPLES {
            sample.write(directory.path(), now)?;
        }
        Ok(Self { directory })
    }

    /// Where the files lie.
    pub(super) fn path(&self) -> &Path {
        self.directory.path()
    }

    /// A configuration that watches them, listening on `listen`.
    pub(super) fn config(&self, listen: SocketAddr) -> Result<Config, Problems> {
        let text = include_str!("demo.yaml").replace("LISTEN", &listen.to_string());
        config::load_text(&text.replace("DIRECTORY", &self.path().display().to_string()))
    }
}

impl Sample {
    fn write(&self, directory: &Path, now: UnixTime) -> io::Result<()> {
        // The key is thrown away: nobody will ever accept these tokens.
        let key = fastrand::u128(..).to_le_bytes();
        let token = jwt::sign_sample(&self.claims(now), &key)
            .map_err(|reason| io::Error::other(reason.label()))?;
        let secret = json!({"url": self.issuer, "initial-access-token": token});
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
