//! Defaults, files and environment, one over the other.

use std::{collections::BTreeMap, fs, path::PathBuf, time::Duration};

use kcwatch::{
    config::{Config, Problems, Source, load, load_sources, read_files},
    model::StoreName,
    watch::{Watch, initial_access_token::config::Read},
};

use super::text_of;

/// The smallest configuration, with files and variables laid over it.
fn layered(files: &[&str], variables: &[(&str, &str)]) -> Result<Config, Problems> {
    let mut sources = vec![Source::new("minimal.yaml", text_of("config/minimal.yaml"))];
    sources.extend(files.iter().map(|text| Source::new("over.yaml", *text)));
    load_sources(&sources, &environment(variables))
}

fn environment(variables: &[(&str, &str)]) -> BTreeMap<String, String> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    variables.iter().map(owned).collect()
}

#[test]
fn files_go_over_defaults_and_the_environment_over_files() {
    let default = layered(&[], &[]).unwrap();
    let file = layered(&["poll: { concurrency: 4, timeout: 3s }"], &[]).unwrap();
    let both = layered(
        &["poll: { concurrency: 4, timeout: 3s }"],
        &[("KCWATCH__POLL__CONCURRENCY", "8")],
    )
    .unwrap();
    assert_eq!(default.poll.concurrency, 16);
    assert_eq!(file.poll.concurrency, 4);
    assert_eq!(both.poll.concurrency, 8);
    assert_eq!(both.poll.timeout, Duration::from_secs(3));
}

#[test]
fn a_later_file_adds_to_tables_and_replaces_lists() {
    let config = layered(
        &[
            "stores: { Other: { files: { directory: /other } } }\nlog:\n",
            "targets: [{ name: new, tier: stage, initial_access_token: { secret: { store: Other, path: new } } }]",
        ],
        &[],
    )
    .unwrap();
    let stores: Vec<&str> = config.stores.keys().map(StoreName::as_str).collect();
    let targets: Vec<&str> = config
        .targets
        .iter()
        .map(|target| target.name.as_str())
        .collect();
    assert_eq!(stores, ["Other", "mounted"]);
    assert_eq!(targets, ["new"]);
}

#[test]
fn variables_are_read_as_what_the_key_takes() {
    let config = layered(
        &[],
        &[
            ("KCWATCH__LISTEN", "127.0.0.1:1"),
            ("KCWATCH__POLL__INTERVAL", "2m"),
            ("KCWATCH__RELOAD__HTTP", "TRUE"),
            ("KCWATCH__RELOAD__WATCH", "null"),
            ("KCWATCH__STORES__MOUNTED__FILES__DIRECTORY", "17"),
            ("KCWATCH__TARGETS__0__NAME", "true"),
            ("KCWATCH__TIERS__PROD__LIFETIME", "20d"),
            ("KCWATCH_CONFIG", "/etc/kcwatch/kcwatch.yaml"),
        ],
    )
    .unwrap();
    assert_eq!(config.listen.port(), 1);
    assert_eq!(config.poll.interval, Duration::from_secs(120));
    assert!(config.reload.http);
    assert_eq!(config.reload.watch, None);
    assert_eq!(config.targets[0].name.as_str(), "true");
}

#[test]
fn variables_reach_every_table() {
    let config = layered(
        &["identity_providers: { SSO: { issuer: http://localhost/realms/a } }"],
        &[
            ("KCWATCH__STATE_FILE", "/var/lib/kcwatch/state.json"),
            ("KCWATCH__IDENTITY_PROVIDERS__SSO__CA_FILE", "/ca.pem"),
            ("KCWATCH__IDENTITY_PROVIDERS__SSO__ADMIN__CLIENT_ID", "1"),
            (
                "KCWATCH__IDENTITY_PROVIDERS__SSO__ADMIN__CLIENT_SECRET__FILE",
                "/s",
            ),
            (
                "KCWATCH__IDENTITY_PROVIDERS__SSO__ADMIN__ALLOW_HTTP",
                "true",
            ),
        ],
    )
    .unwrap();
    let state_file = Some("/var/lib/kcwatch/state.json".into());
    assert_eq!(config.state_file, state_file);
    let admin = config.identity_providers[0].admin.as_ref().unwrap();
    assert_eq!(admin.client_id, "1");
}

#[test]
fn variables_reach_every_key_of_a_token() {
    const TOKEN: &str = "KCWATCH__TARGETS__0__INITIAL_ACCESS_TOKEN";
    let file = "identity_providers: { sso: { issuer: https://sso.example.com/realms/a } }\n\
                targets: [{ name: a, tier: prod, initial_access_token: { secret: { store: mounted, path: a }, \
                identity_provider: sso, clients: { registrations: { store: mounted, folders: [x] } } } }]";
    let own = [
        ("CLIENTS__LIMIT", "8"),
        ("CLIENTS__FROM", "registrations"),
        ("CLIENTS__REGISTRATIONS__FOLDERS__0", "2"),
        ("CLIENTS__REGISTRATIONS__READ", "secrets"),
        ("REHEARSAL__ENABLED", "TRUE"),
        ("REHEARSAL__EVERY", "15m"),
        ("INCUMBENT_METRIC__OCM_ENVIRONMENT", "1"),
    ];
    let names = own.map(|(name, value)| (format!("{TOKEN}__{name}"), value));
    let mut variables = vec![("KCWATCH__TIERS__PROD__CLIENTS__NOTICE__LEFT", "7")];
    variables.extend(names.iter().map(|(name, value)| (name.as_str(), *value)));
    let config = layered(&[file], &variables).unwrap();
    let Watch::InitialAccessToken(token) = &config.targets[0].watch else {
        unreachable!("it is a token")
    };
    let clients = &token.clients;
    let registrations = clients.registrations.as_ref().unwrap();
    assert_eq!((clients.limit, clients.thresholds[0].left), (8, 7));
    assert_eq!(registrations.folders[0].as_str(), "2");
    assert_eq!(registrations.read, Read::Secrets);
    assert_eq!(token.rehearsal.unwrap().every, Duration::from_secs(900));
    let incumbent = token.incumbent_metric.as_ref().unwrap();
    assert_eq!(incumbent.ocm_environment, "1");
}

#[test]
fn a_mistake_in_a_variable_names_the_variable_and_not_its_value() {
    let problems = layered(
        &[],
        &[
            ("KCWATCH__POLL__CONCURRENCY", "CANARY"),
            ("KCWATCH__POLL__INTERVALL", "CANARY"),
            ("KCWATCH__POLL__TIMEOUT", "10"),
            ("KCWATCH__LOG", "CANARY"),
            ("KCWATCH__LOG__LEVEL", "debug"),
            ("KCWATCH__TARGETS__1__TIER", "CANARY"),
        ],
    )
    .unwrap_err();
    assert_eq!(
        problems.to_string(),
        "KCWATCH__TARGETS__1__TIER: names no entry of targets, which has 1; they are counted from 0\n\
         log: must be a table, found a string (set by KCWATCH__LOG)\n\
         poll.concurrency: must be a whole number, found a string (set by KCWATCH__POLL__CONCURRENCY)\n\
         poll.intervall: unknown key; known here: interval, timeout, concurrency (set by KCWATCH__POLL__INTERVALL)\n\
         poll.timeout: must be a duration such as 60s, 1h 30m or 10d, found a number (set by KCWATCH__POLL__TIMEOUT)"
    );
    let concurrency = problems.iter().nth(2).unwrap();
    assert_eq!(concurrency.place(), "poll.concurrency");
    assert_eq!(concurrency.variable(), Some("KCWATCH__POLL__CONCURRENCY"));
}

#[test]
fn every_file_that_cannot_be_read_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    fs::write(file("latin1.yaml"), b"log: { level: \xe9 }").unwrap();
    fs::write(file("tab.yaml"), "log:\n\tlevel: info\n").unwrap();
    fs::write(file("list.yaml"), "[]").unwrap();
    let told = |files: &[PathBuf]| {
        let problems = load(files, &BTreeMap::new()).unwrap_err().to_string();
        problems.replace(&folder.path().display().to_string(), "")
    };
    assert_eq!(
        told(&[file("missing.yaml"), file("latin1.yaml")]),
        "/missing.yaml: cannot be read: No such file or directory (os error 2)\n\
         /latin1.yaml: cannot be read: stream did not contain valid UTF-8"
    );
    assert_eq!(
        told(&[file("tab.yaml"), file("list.yaml")]),
        "/tab.yaml: is not valid YAML: line 2: tabs disallowed within this context (block indentation)\n\
         /list.yaml: must be a table of keys and values, found something else"
    );
}

#[test]
fn sources_are_equal_if_their_texts_are_and_do_not_show_them() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.yaml");
    fs::write(&file, "log: { level: CANARY }").unwrap();
    let first = read_files(std::slice::from_ref(&file)).unwrap();
    assert_eq!(first, read_files(std::slice::from_ref(&file)).unwrap());
    assert!(!format!("{first:?}").contains("CANARY"));
    fs::write(&file, "log: { level: info }").unwrap();
    assert_ne!(first, read_files(&[file]).unwrap());
}
