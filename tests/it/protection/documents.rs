//! What is shipped and documented, held against the program.

use std::{collections::BTreeSet, process::Command};

use kcwatch::model::Refusal;

use super::scene::Folder;
use crate::{config::text_of, servers::version_of, yaml::tree};

const EXAMPLE: &str = "config/web-config.example.yaml";
const DOCUMENT: &str = "docs/protection.md";

/// The example, its files lying beside it.
fn example(folder: &Folder) -> String {
    std::fs::copy(&folder.server.certificate, folder.path("tls.crt")).unwrap();
    std::fs::copy(&folder.server.key, folder.path("tls.key")).unwrap();
    std::fs::copy(folder.authority.file(), folder.path("client-ca.crt")).unwrap();
    text_of(EXAMPLE)
}

#[test]
fn the_example_loads_here_and_with_prometheus() {
    let folder = Folder::new();
    let text = example(&folder);
    let config = folder.load(&text).unwrap();
    assert_eq!(config.warnings(), [""; 0]);
    assert!(config.tls().is_some() && config.users().is_some());
    let output = Command::new(version_of("prometheus", "current").join("usr/bin/promtool"))
        .args(["check", "web-config"])
        .arg(folder.path("web.yaml"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
}

/// The keys in the first column of a table.
fn rows(text: &str) -> BTreeSet<String> {
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.map(|row| row.split('`').next().unwrap().to_owned())
        .collect()
}

#[test]
fn the_table_of_keys_has_every_key() {
    let rows = rows(&text_of(DOCUMENT));
    let folder = Folder::new();
    for (table, begin) in [
        ("", ""),
        ("tls_server_config", "."),
        ("http_server_config", "."),
    ] {
        let text = if table.is_empty() {
            "surprise: 1".to_owned()
        } else {
            format!("{table}: {{surprise: 1}}")
        };
        let said = folder.load(&text).unwrap_err();
        let known = said.split("known here: ").nth(1).unwrap();
        for key in known.split(", ") {
            let key = format!("{table}{begin}{key}");
            assert!(
                rows.contains(&key) || rows.iter().any(|row| row.starts_with(&format!("{key}."))),
                "{key} is not in {DOCUMENT}"
            );
        }
    }
}

#[test]
fn every_reason_of_a_refusal_is_documented() {
    for document in [DOCUMENT, "docs/metrics.md"] {
        let rows = rows(&text_of(document));
        for refusal in Refusal::ALL {
            assert!(rows.contains(refusal.label()), "{refusal:?}: {document}");
        }
    }
}

#[test]
fn the_example_shows_every_table() {
    let tree = tree(&text_of(EXAMPLE));
    for table in [
        "tls_server_config",
        "http_server_config",
        "basic_auth_users",
    ] {
        assert!(tree[table].is_object(), "{table}");
    }
}
