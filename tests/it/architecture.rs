//! Who may use whom, and which crate has which door: the table that `docs/architecture.md` explains.

#![cfg(test)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Each room of the house and the rooms it may use, from the foundation up: a room only uses what stands above its own line.
/// A file belongs to the room with the longest matching path.
const ROOMS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("build", &[]),
    ("clock", &["model"]),
    ("secret", &[]),
    ("state_file", &[]),
    ("jwt", &["model", "secret"]),
    ("outgoing", &["model"]),
    ("service", &["model", "secret", "outgoing"]),
    ("store", &["model", "clock", "secret", "outgoing"]),
    (
        "keycloak",
        &["model", "clock", "secret", "store", "outgoing"],
    ),
    // The config.rs of a kind is a part of `config` that lives with its kind; it is listed there.
    ("watch", &["model", "secret", "jwt", "store", "keycloak"]),
    ("config", &["model", "store", "keycloak", "watch"]),
    ("rules", &["model", "config", "watch"]),
    ("snapshot", &["model", "watch"]),
    ("page", &["model", "build", "watch", "snapshot"]),
    ("status", &["model", "build", "watch", "snapshot"]),
    // Reads YAML and tells mistakes as the configuration does.
    ("web_config", &["model", "config", "secret"]),
    ("http", &["model", "page", "web_config"]),
    (
        "poll",
        &[
            "model", "clock", "watch", "snapshot", "page", "status", "http",
        ],
    ),
    (
        "app",
        &[
            "model",
            "clock",
            "state_file",
            "config",
            "store",
            "keycloak",
            "watch",
            "snapshot",
            "poll",
            "web_config",
            "http",
        ],
    ),
    (
        "commands",
        &[
            "model",
            "build",
            "clock",
            "secret",
            "state_file",
            "jwt",
            "config",
            "rules",
            "snapshot",
            "status",
            "service",
            "web_config",
            "http",
            "poll",
            "app",
        ],
    ),
];

/// Files of a kind may use less than their room.
const FILES_OF_A_KIND: &[(&str, &[&str])] = &[
    ("config.rs", &["model", "config", "keycloak"]),
    ("look.rs", &["model", "secret", "jwt", "store", "keycloak"]),
    ("chain.rs", &["model"]),
    ("shape.rs", &["model", "secret"]),
    ("rehearsal.rs", &["model", "store", "keycloak"]),
    ("fold.rs", &["model"]),
    ("answers.rs", &["model"]),
    ("checks.rs", &["model"]),
    ("clients.rs", &["model"]),
    ("kept.rs", &["model"]),
    ("listed.rs", &["model"]),
    ("rehearsed.rs", &["model"]),
    ("needs.rs", &["model"]),
    ("sighting.rs", &["model"]),
    ("state.rs", &["model"]),
    ("registrations.rs", &["model", "secret", "jwt", "store"]),
    ("counted.rs", &["model"]),
    ("entry.rs", &["model"]),
    ("merge.rs", &[]),
    ("gone.rs", &[]),
    ("registered.rs", &["model"]),
    ("tally.rs", &["model"]),
    ("series.rs", &["model"]),
    ("words.rs", &["model"]),
];

/// Each crate with a door, and the places that may open it.
const DOORS: &[(&str, &[&str])] = &[
    ("vaultrs", &["store/vault"]),
    ("rustify", &["store/vault"]),
    (
        "reqwest",
        &["outgoing", "store/vault", "keycloak", "service"],
    ),
    ("jsonwebtoken", &["jwt.rs"]),
    ("prometheus", &["page"]),
    ("axum", &["http", "commands/demo/realm.rs"]),
    ("askama", &["status"]),
    ("hyper", &["http", "outgoing/failure.rs"]),
    (
        "aws_lc_rs",
        &[
            "model/digest.rs",
            "jwt/sample.rs",
            "keycloak/visit/tls.rs",
            "web_config/abilities.rs",
            "web_config/users.rs",
        ],
    ),
    (
        "rustls",
        &[
            "outgoing/failure.rs",
            "keycloak/visit/tls.rs",
            "web_config",
            "http/handshake.rs",
        ],
    ),
    ("tokio_rustls", &["http/handshake.rs"]),
    ("bcrypt", &["web_config/hash.rs"]),
    ("base64", &["web_config/users.rs"]),
    ("rustls_platform_verifier", &["keycloak/visit/tls.rs"]),
    (
        "x509_cert",
        &[
            "keycloak/visit/tls.rs",
            "web_config/certificate.rs",
            "web_config/clients.rs",
        ],
    ),
    ("clap", &["commands"]),
    ("clap_mangen", &["commands/man.rs"]),
    (
        "schemars",
        &[
            "config",
            "watch/initial_access_token/config.rs",
            "watch/client_secrets/config.rs",
            "watch/oidc_integration/config.rs",
            // The schema of what is told, made where the fields are.
            "watch.rs",
            "status/json.rs",
            "model",
        ],
    ),
    ("secrecy", &["secret.rs"]),
    ("sd_notify", &["app/service_manager.rs"]),
    ("tracing_subscriber", &["app/telemetry.rs", "config/log.rs"]),
];

/// Words that only some places may say.
const WORDS: &[(&str, &[&str])] = &[
    (
        ".reveal()",
        &[
            "secret.rs",
            "jwt.rs",
            "store/vault",
            "keycloak",
            "service/credentials.rs",
            "web_config/hash.rs",
        ],
    ),
    (".expose_secret()", &["secret.rs"]),
    ("SystemTime::now", &["clock.rs"]),
    ("std::env::var", &["config/environment.rs"]),
    ("tokio::spawn(", &[]),
];

#[test]
fn every_room_uses_only_what_the_table_allows() {
    for source in Source::all() {
        for used in source.uses() {
            assert!(
                source.may_use(&used),
                "{} must not use `crate::{used}`",
                source.path.display()
            );
        }
    }
}

#[test]
fn the_table_has_a_foundation_and_no_circles() {
    let mut standing = BTreeSet::new();
    for (room, uses) in ROOMS {
        for used in *uses {
            assert!(
                standing.contains(used),
                "`{room}` stands on `{used}`, which must be listed before it"
            );
        }
        standing.insert(*room);
    }
    let listed: BTreeSet<&str> = ROOMS.iter().map(|(room, _)| *room).collect();
    let built: BTreeSet<String> = Source::all().iter().map(Source::room).collect();
    let built: BTreeSet<&str> = built
        .iter()
        .map(String::as_str)
        .filter(|room| !["lib", "main"].contains(room))
        .collect();
    assert_eq!(
        built, listed,
        "every module of the crate is a room of the table"
    );
}

#[test]
fn every_crate_has_one_door() {
    for source in Source::all() {
        for (name, doors) in DOORS {
            let named = source.text.contains(&format!("{name}::"))
                || source.text.contains(&format!("use {name}"));
            assert!(
                !named || source.is_in(doors),
                "{} must not name the crate `{name}`",
                source.path.display()
            );
        }
    }
}

#[test]
fn secrets_the_clock_and_the_environment_are_asked_in_few_places() {
    for source in Source::all() {
        for (word, places) in WORDS {
            let says = source.text.contains(word);
            assert!(
                !says || source.is_in(places),
                "{} must not say `{word}`",
                source.path.display()
            );
        }
    }
}

#[test]
fn kinds_do_not_know_each_other() {
    let kinds = kinds();
    for source in Source::all() {
        let Some(own) = source.kind() else { continue };
        for other in kinds.iter().filter(|other| **other != own) {
            assert!(
                !source.text.contains(other.as_str()),
                "{} must not know the kind `{other}`",
                source.path.display()
            );
        }
    }
}

#[test]
fn every_kind_has_the_same_files() {
    for kind in kinds() {
        for file in ["config.rs", "look.rs", "fold.rs", "series.rs", "words.rs"] {
            let path = source_folder().join("watch").join(&kind).join(file);
            assert!(path.is_file(), "the kind `{kind}` lacks {file}");
        }
    }
}

/// A file below `src/`, without its tests and comments.
struct Source {
    /// Relative to `src/`.
    path: PathBuf,
    text: String,
}

impl Source {
    fn all() -> Vec<Self> {
        let mut found = Vec::new();
        collect(&source_folder(), &mut found);
        found
            .into_iter()
            .filter(|path| {
                !path
                    .with_extension("")
                    .components()
                    .any(|part| part.as_os_str() == "tests")
            })
            .map(|path| Self::read(&path))
            .collect()
    }

    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap();
        let production = text.split("#[cfg(test)]\nmod tests").next().unwrap();
        let code = production
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        let text = code.collect::<Vec<_>>().join("\n");
        Self {
            path: path.strip_prefix(source_folder()).unwrap().to_owned(),
            text,
        }
    }

    /// The name of its top-level module.
    fn room(&self) -> String {
        let first = self.path.components().next().unwrap();
        Path::new(first.as_os_str())
            .with_extension("")
            .display()
            .to_string()
    }

    /// The kind whose folder it lies in.
    fn kind(&self) -> Option<String> {
        let below = self.path.strip_prefix("watch").ok()?;
        let kind = below
            .components()
            .next()?
            .as_os_str()
            .to_str()?
            .trim_end_matches(".rs")
            .to_owned();
        kinds().contains(&kind).then_some(kind)
    }

    /// The file of a kind that it is or, if that file has parts, belongs to: `config.rs` for `config/clients.rs`.
    fn file_of_a_kind(&self) -> Option<String> {
        let within = self
            .path
            .strip_prefix("watch")
            .ok()?
            .strip_prefix(self.kind()?)
            .ok()?;
        let first = within.components().next()?;
        let file = Path::new(first.as_os_str()).with_extension("rs");
        Some(file.display().to_string())
    }

    fn is_in(&self, places: &[&str]) -> bool {
        let path = self.path.with_extension("").display().to_string();
        places.iter().any(|place| {
            let place = place.trim_end_matches(".rs");
            path == place || path.starts_with(&format!("{place}/"))
        })
    }

    fn may_use(&self, used: &str) -> bool {
        let room = self.room();
        if used == room || ["lib", "main"].contains(&room.as_str()) {
            return true;
        }
        let of_room: BTreeMap<_, _> = ROOMS.iter().copied().collect();
        let of_file = FILES_OF_A_KIND
            .iter()
            .find(|(name, _)| self.file_of_a_kind().as_deref() == Some(*name));
        let allowed = match of_file {
            Some((_, allowed)) => allowed,
            _ => of_room[room.as_str()],
        };
        allowed.contains(&used)
    }

    /// The top-level modules that it names after `crate::`.
    fn uses(&self) -> BTreeSet<String> {
        let after = self.text.split("crate::").skip(1);
        after
            .flat_map(|rest| {
                if rest.starts_with('{') {
                    of_group(rest)
                } else {
                    vec![first_word(rest)]
                }
            })
            .collect()
    }
}

/// The first word of each entry of `{a, b::{c, d}, e}`.
fn of_group(text: &str) -> Vec<String> {
    let (mut depth, mut words, mut begins) = (0, Vec::new(), false);
    for (at, letter) in text.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
        if begins && !letter.is_whitespace() {
            words.push(first_word(&text[at..]));
            begins = false;
        }
        begins |= depth == 1 && (letter == ',' || at == 0);
    }
    words.retain(|word| !word.is_empty());
    words
}

fn first_word(text: &str) -> String {
    text.chars()
        .take_while(|letter| letter.is_alphanumeric() || *letter == '_')
        .collect()
}

/// The kinds are what the room shows of itself; what they share is its own.
fn kinds() -> Vec<String> {
    let room = fs::read_to_string(source_folder().join("watch.rs")).unwrap();
    let kinds = room
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod "));
    let kinds: Vec<String> = kinds
        .map(|kind| kind.trim_end_matches(';').to_owned())
        .collect();
    assert!(kinds.len() >= 3, "{kinds:?}");
    kinds
}

fn source_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.path().is_dir() {
            collect(&entry.path(), found);
        } else {
            found.push(entry.path());
        }
    }
}

#[test]
fn the_reader_of_imports_understands_groups() {
    let text = "use crate::{\n    model::{A, B},\n    watch::{self, iat::{C}},\n};\nlet x = crate::jwt::y();".to_owned();
    let source = Source {
        path: PathBuf::from("page/x.rs"),
        text,
    };
    assert_eq!(
        source.uses().into_iter().collect::<Vec<_>>(),
        ["jwt", "model", "watch"]
    );
}
