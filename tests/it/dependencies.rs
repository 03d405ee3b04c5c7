//! What this program is built from: licences that may be combined with ours, one registry, no surprises.
//!
//! Why these are tests of our own: `docs/decisions/0007-checks-of-dependencies.md`.

// Says to clippy that all of this is tests, functions that tests share included.
#![cfg(test)]

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
};

use serde_json::Value;

/// Licences whose terms a binary under Apache-2.0 can meet.
const LICENCES: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Crates that may be there in several versions, and why.
const IN_SEVERAL_VERSIONS: &[(&str, &str)] = &[
    ("base64", "jsonwebtoken and wiremock are behind reqwest"),
    ("getrandom", "jsonwebtoken and ahash are behind tempfile"),
    (
        "hashbrown",
        "hashlink, of the YAML parser, is behind indexmap",
    ),
    ("linux-raw-sys", "comes with rustix"),
    ("r-efi", "comes with getrandom, for another platform"),
    (
        "rand_core",
        "comes with a part of jsonwebtoken that is not built",
    ),
    (
        "rustix",
        "procfs, through which prometheus reads /proc, is behind tempfile",
    ),
    (
        "syn",
        "derive macros are at three ages; nothing of it is in the program",
    ),
    ("synstructure", "comes with syn"),
    ("thiserror", "rustify is behind"),
    ("thiserror-impl", "comes with thiserror"),
    ("untrusted", "aws-lc-rs is behind rustls-webpki"),
    ("windows-sys", "for another platform"),
];

const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

#[test]
fn every_licence_may_be_combined_with_ours() {
    let refused: Vec<String> = packages_in_use()
        .iter()
        .filter(|package| !package["license"].as_str().is_some_and(is_acceptable))
        .map(|package| format!("{} {}", package["name"], package["license"]))
        .collect();
    assert!(refused.is_empty(), "{refused:#?}");
}

#[test]
fn our_own_licence_is_the_one_in_the_file() {
    let text = include_str!("../../LICENSE");
    assert_eq!(env!("CARGO_PKG_LICENSE"), "Apache-2.0");
    assert!(text.contains("Apache License") && text.contains("Version 2.0, January 2004"));
}

#[test]
fn everything_comes_from_one_registry_and_is_pinned_by_checksum() {
    for package in locked() {
        if package.name == env!("CARGO_PKG_NAME") {
            continue;
        }
        assert_eq!(package.source.as_deref(), Some(CRATES_IO), "{package:?}");
        assert!(package.has_checksum, "{package:?}");
    }
}

#[test]
fn every_requirement_names_a_version() {
    let packages = packages_in_use();
    let ours = packages
        .iter()
        .find(|package| package["name"] == env!("CARGO_PKG_NAME"))
        .expect("we are among our packages");
    for dependency in ours["dependencies"].as_array().expect("a list") {
        let requirement = dependency["req"].as_str().expect("a text");
        assert!(!requirement.contains('*'), "{}", dependency["name"]);
    }
}

#[test]
fn what_is_there_in_several_versions_is_known_and_has_a_reason() {
    let mut versions: BTreeMap<String, u32> = BTreeMap::new();
    for package in locked() {
        *versions.entry(package.name).or_default() += 1;
    }
    let several: BTreeSet<&str> = versions
        .iter()
        .filter_map(|(name, count)| (*count > 1).then_some(name.as_str()))
        .collect();
    let known: BTreeSet<&str> = IN_SEVERAL_VERSIONS.iter().map(|(name, _)| *name).collect();
    let new: Vec<_> = several.difference(&known).collect();
    assert!(
        new.is_empty(),
        "in several versions, see `cargo tree --duplicates`: {new:?}"
    );
    let settled: Vec<_> = known.difference(&several).collect();
    assert!(settled.is_empty(), "only one version any more: {settled:?}");
}

/// One `[[package]]` of the lock file.
#[derive(Debug, Default)]
struct Locked {
    name: String,
    source: Option<String>,
    has_checksum: bool,
}

/// What the lock file holds, for all platforms.
fn locked() -> Vec<Locked> {
    let packages: Vec<Locked> = include_str!("../../Cargo.lock")
        .split("[[package]]\n")
        .skip(1)
        .map(|block| {
            let field = |name: &str| {
                let line = block.lines().find_map(|line| line.strip_prefix(name))?;
                Some(line.strip_prefix(" = ")?.trim_matches('"').to_owned())
            };
            Locked {
                name: field("name").expect("every package has a name"),
                source: field("source"),
                has_checksum: field("checksum").is_some(),
            }
        })
        .collect();
    assert!(packages.len() > 100, "the lock file is read wrongly");
    packages
}

/// What cargo says about the packages that are built on this platform, for the program and its tests.
fn packages_in_use() -> Vec<Value> {
    let told = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--locked", "--offline"])
        .args(["--filter-platform", &this_platform()])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    let complaint = String::from_utf8_lossy(&told.stderr);
    assert!(told.status.success(), "{complaint}");
    let mut told: Value = serde_json::from_slice(&told.stdout).expect("cargo speaks JSON");
    let Value::Array(packages) = told["packages"].take() else {
        panic!("cargo told no packages");
    };
    packages
}

fn this_platform() -> String {
    let told = Command::new(env!("CARGO"))
        .arg("-vV")
        .output()
        .expect("cargo runs");
    String::from_utf8_lossy(&told.stdout)
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .expect("cargo knows its host")
        .to_owned()
}

/// Whether an SPDX expression lets us use the package under the [`LICENCES`] alone. A slash is how older packages say `OR`.
fn is_acceptable(expression: &str) -> bool {
    let spaced = expression
        .replace('/', " OR ")
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace(" WITH ", "+WITH+");
    let mut words = spaced.split_whitespace().peekable();
    let accepted = any(&mut words);
    accepted && words.peek().is_none()
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

fn any(words: &mut Words<'_>) -> bool {
    let mut accepted = all(words);
    while words.next_if_eq(&"OR").is_some() {
        accepted |= all(words);
    }
    accepted
}

fn all(words: &mut Words<'_>) -> bool {
    let mut accepted = one(words);
    while words.next_if_eq(&"AND").is_some() {
        accepted &= one(words);
    }
    accepted
}

fn one(words: &mut Words<'_>) -> bool {
    if words.next_if_eq(&"(").is_some() {
        let accepted = any(words);
        return words.next_if_eq(&")").is_some() && accepted;
    }
    words
        .next()
        .is_some_and(|word| LICENCES.contains(&word.replace("+WITH+", " WITH ").as_str()))
}

#[test]
fn expressions_of_licences_are_understood() {
    for (expression, expected) in [
        ("MIT", true),
        ("GPL-3.0", false),
        ("MIT/Apache-2.0", true),
        ("GPL-3.0 OR MIT", true),
        ("GPL-3.0 AND MIT", false),
        ("MIT OR GPL-3.0 AND ISC", true),
        ("(MIT OR GPL-3.0) AND ISC", true),
        ("(GPL-2.0 OR GPL-3.0) AND ISC", false),
        ("Apache-2.0 WITH LLVM-exception", true),
        ("MIT WITH strings-attached", false),
        ("MIT ISC", false),
        ("(MIT", false),
        ("", false),
    ] {
        assert_eq!(is_acceptable(expression), expected, "{expression}");
    }
}
