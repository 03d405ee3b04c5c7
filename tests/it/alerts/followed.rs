//! The runbooks of a token that runs out are followed to the letter, with a real OpenBao: from the ticket to the look that finds
//! the new token good.

use std::{
    fs,
    io::Write as _,
    os::unix::fs::symlink,
    path::Path,
    process::{Command, Stdio},
};

use kcwatch::{clock, jwt};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::pages::{Page, blocks};
use crate::servers::{OpenBao, unique};

const DAY: i64 = 86_400;
const ISSUER: &str = "https://sso.example.com/auth/realms/prod";
/// What is done once the new token is there.
const STEPS: [&str; 5] = [
    "1. Where it goes",
    "2. Take the new token",
    "3. Is it the right one?",
    "4. Write it",
    "5. Does it work?",
];

/// In which form a secret holds its token.
#[derive(Clone, Copy, Debug)]
enum Shape {
    Older,
    Newer,
}

#[tokio::test]
async fn the_runbook_of_a_token_near_its_end_leads_to_a_good_one() {
    leads_to_a_good_token("InitialAccessTokenExpiring", 3 * DAY, "urgent").await;
}

#[tokio::test]
async fn the_runbook_of_an_expired_token_leads_to_a_good_one() {
    leads_to_a_good_token("InitialAccessTokenExpired", -DAY, "expired").await;
}

#[tokio::test]
async fn a_token_of_another_issuer_is_recognised_before_it_is_written() {
    let old = token(ISSUER, "old", 3 * DAY);
    let night = Night::new(2, Shape::Older.holding(("old", &old), None)).await;
    let wrong = token("https://sso.stage.example.com/realms/x", "new", 90 * DAY);
    let said = night.follow(&steps(&STEPS[..3]), &wrong);
    assert!(
        said.contains(r#""of the expected issuer": false"#),
        "{said}"
    );
    let said = night.follow(&steps(&STEPS[..3]), "not a token");
    assert!(said.contains("not_a_token"), "{said}");
}

#[tokio::test]
async fn a_secret_that_is_not_there_is_written_anew() {
    for (position, shape) in [Shape::Older, Shape::Newer].into_iter().enumerate() {
        let night = Night::new(2, Value::Null).await;
        let new = token(ISSUER, "new", 30 * DAY);
        let anew = blocks(
            Page::named("new-token").section("There is no secret yet"),
            "sh",
        );
        let script = steps(&STEPS[..3]) + &anew[position] + &steps(&STEPS[4..]);
        let said = night.follow(&script, &new);
        assert!(said.ends_with("exit code 0\n"), "{shape:?}: {said}");
        assert_eq!(
            night.secret().await,
            shape.holding(("new", &new), None),
            "{shape:?}"
        );
    }
}

async fn leads_to_a_good_token(page: &str, left: i64, before: &str) {
    let page = Page::named(page);
    let script = ["Diagnosis", "Mitigation"]
        .map(|section| blocks(page.section(section), "sh").concat())
        .concat()
        + &steps(&STEPS)
        + &blocks(page.section("Has it worked?"), "sh").concat();
    for version in [1, 2] {
        for shape in [Shape::Older, Shape::Newer] {
            let (old, new) = (token(ISSUER, "old", left), token(ISSUER, "new", 30 * DAY));
            let night = Night::new(version, shape.holding(("old", &old), None)).await;
            let said = night.follow(&script, &new);
            let what = format!("{}, KV {version}, {shape:?}:\n{said}", page.name);
            let ticket = "Subject: New Initial Access Token for sso.example.com (prod)";
            for expected in [before, ticket, r#""of the expected issuer": true"#] {
                assert!(said.contains(expected), "{expected} is missing: {what}");
            }
            assert!(said.ends_with("exit code 0\n"), "{what}");
            assert!(!said.contains(&new) && !said.contains(&old), "{what}");
            assert_eq!(
                night.secret().await,
                shape.holding(("new", &new), Some(("old", &old))),
                "{what}"
            );
            assert!(night.has_left_nothing(), "{what}");
        }
    }
}

/// The blocks of these steps.
fn steps(headings: &[&str]) -> String {
    let page = Page::named("new-token");
    let blocks = headings.iter().map(|heading| {
        let found = blocks(page.section(heading), "sh");
        assert!(!found.is_empty(), "{heading}");
        found.concat()
    });
    blocks.collect()
}

/// A token for thirty days of which so much is left.
fn token(issuer: &str, id: &str, left: i64) -> String {
    let expiry = clock::system()().seconds() + left;
    let claims = json!({
        "exp": expiry, "iat": expiry - 30 * DAY, "jti": id,
        "iss": issuer, "aud": issuer, "typ": "InitialAccessToken",
    });
    jwt::sign_sample(&claims, b"the key of a realm of the tests").unwrap()
}

impl Shape {
    /// A secret with this token and the one before, each with its id.
    fn holding(self, token: (&str, &str), before: Option<(&str, &str)>) -> Value {
        let slot = |(id, token): (&str, &str)| json!({"id": id, "token": token});
        match self {
            Self::Older => json!({"url": ISSUER, "initial-access-token": token.1}),
            Self::Newer => json!({"current_iat": slot(token), "previous_iat": before.map(slot)}),
        }
    }
}

/// What whoever is on call has: kcwatch with its configuration, and a login to the store.
struct Night {
    bao: &'static OpenBao,
    folder: TempDir,
    mount: String,
    version: u8,
}

impl Night {
    /// With this secret at an engine of this version; null: with none.
    async fn new(version: u8, secret: Value) -> Self {
        let bao = OpenBao::shared().await;
        let mount = bao.enable_kv(&unique("night"), version).await;
        match (version, secret) {
            (_, Value::Null) => {}
            (1, secret) => bao.write_v1(&format!("{mount}/sso/prod"), secret).await,
            (_, secret) => bao.write(&mount, "sso/prod", secret).await,
        }
        let folder = TempDir::new().expect("a directory can be made");
        let night = Self {
            bao,
            folder,
            mount,
            version,
        };
        night.provide();
        night
    }

    fn provide(&self) {
        let at = |name: &str| self.folder.path().join(name);
        for folder in ["bin", "tmp"] {
            fs::create_dir(at(folder)).expect("it can be made");
        }
        symlink(OpenBao::program(), at("bin/vault")).expect("it can be linked");
        symlink(env!("CARGO_BIN_EXE_kcwatch"), at("bin/kcwatch")).expect("it can be linked");
        fs::write(at("vault-token"), self.bao.root_token()).expect("it can be written");
        let config = json!({
            "stores": {"bao": {"vault": {
                "address": self.bao.address(),
                "auth": {"token": {"file": at("vault-token")}},
            }}},
            "identity_providers": {"sso": {"issuer": ISSUER}},
            "targets": [{"name": "prod", "tier": "prod", "initial_access_token": {
                "identity_provider": "sso",
                "secret": {"store": "bao", "path": format!("{}/sso/prod", self.mount)},
            }}],
        });
        fs::write(at("kcwatch.yaml"), config.to_string()).expect("it can be written");
    }

    /// Runs the commands as one shell would, pastes the token when it is asked for, and gives back what was said.
    fn follow(&self, commands: &str, pasted: &str) -> String {
        let at = |name: &str| self.folder.path().join(name);
        let script = format!("exec 2>&1\nPATH={}:$PATH\n{commands}", at("bin").display());
        fs::write(at("script"), script).expect("it can be written");
        let mut shell = Command::new("timeout")
            .args(["120", "bash"])
            .arg(at("script"))
            .current_dir(self.folder.path())
            .env("KCWATCH_CONFIG", at("kcwatch.yaml"))
            .env("TMPDIR", at("tmp"))
            .env("HOME", self.folder.path())
            .envs(self.login())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("bash starts");
        let mut stdin = shell.stdin.take().expect("it is piped");
        writeln!(stdin, "{pasted}").expect("it reads");
        drop(stdin);
        let output = shell.wait_with_output().expect("it can be waited for");
        String::from_utf8(output.stdout).expect("it speaks text")
    }

    /// `vault` looks at the one pair of variables, `bao` at the other.
    fn login(&self) -> [(&'static str, String); 4] {
        let (address, token) = (self.bao.address(), self.bao.root_token().to_owned());
        [
            ("VAULT_ADDR", address.clone()),
            ("BAO_ADDR", address),
            ("VAULT_TOKEN", token.clone()),
            ("BAO_TOKEN", token),
        ]
    }

    /// What lies in the store now.
    async fn secret(&self) -> Value {
        let (path, data) = match self.version {
            1 => (format!("{}/sso/prod", self.mount), "/data"),
            _ => (format!("{}/data/sso/prod", self.mount), "/data/data"),
        };
        let answer = self.bao.call("GET", &path, None).await;
        answer.pointer(data).expect("a secret").clone()
    }

    /// Whether no file with a token lies around.
    fn has_left_nothing(&self) -> bool {
        let left = |folder: &Path| fs::read_dir(folder).expect("it can be listed").count();
        left(&self.folder.path().join("tmp")) == 0
    }
}
