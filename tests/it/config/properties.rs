//! Laws that hold for every text.

use std::collections::BTreeMap;

use kcwatch::config::{Source, load_sources, load_text};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{loaded, text_of};

const CANARY: &str = "hvs.CANARY-hunter2";

/// Words that mean something somewhere, so that trees get past the outermost table.
const KEYS: &[&str] = &[
    "listen",
    "log",
    "format",
    "level",
    "poll",
    "interval",
    "timeout",
    "concurrency",
    "reload",
    "watch",
    "http",
    "stores",
    "mounted",
    "vault",
    "files",
    "directory",
    "address",
    "namespace",
    "auth",
    "token",
    "approle",
    "mount",
    "mounts",
    "client_certificate",
    "tiers",
    "prod",
    "lifetime",
    "expiry",
    "notice",
    "before",
    "severity",
    "expired",
    "identity_providers",
    "issuer",
    "targets",
    "name",
    "tier",
    "initial_access_token",
    "secret",
    "store",
    "path",
    "previous",
    "state_file",
    "web_config_file",
    "clients",
    "limit",
    "from",
    "registrations",
    "folders",
    "read",
    "ending",
    "field",
    "rehearsal",
    "enabled",
    "every",
    "allow_http",
    "incumbent_metric",
    "integration",
    "ocm_environment",
    "left",
    "urgent",
    "exhausted",
    "admin",
    "client_id",
    "client_secret",
    "file",
];

fn key() -> impl Strategy<Value = String> {
    let known = prop::sample::select(KEYS);
    prop_oneof![4 => known.prop_map(str::to_owned), 1 => ".{0,8}"]
}

fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        prop::sample::select(vec![
            "10d",
            "1s",
            "https://a",
            "secret/a",
            "/a",
            "https://a/realms/b",
            "keycloak",
            "none",
            "prod",
            "mounted"
        ])
        .prop_map(Value::from),
        Just(Value::from(CANARY)),
        Just(Value::from(format!(
            "https://{CANARY}@host/{CANARY}?{CANARY}"
        ))),
    ]
}

fn tree() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(6, 64, 6, |inner| {
        prop_oneof![
            1 => prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            4 => prop::collection::btree_map(key(), inner, 0..6)
                .prop_map(|table| Value::Object(table.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// The ways to each value of a tree.
fn pointers(tree: &Value, at: &str) -> Vec<String> {
    let below: Vec<(String, &Value)> = match tree {
        Value::Object(table) => table
            .iter()
            .map(|(key, node)| (key.replace('~', "~0").replace('/', "~1"), node))
            .collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, node)| (index.to_string(), node))
            .collect(),
        _ => Vec::new(),
    };
    let below = below
        .into_iter()
        .flat_map(|(key, node)| pointers(node, &format!("{at}/{key}")));
    std::iter::once(at.to_owned()).chain(below).collect()
}

fn example() -> Value {
    let text = text_of("config/kcwatch.example.yaml");
    let source = config::File::from_str(&text, config::FileFormat::Yaml);
    let built = config::Config::builder()
        .add_source(source)
        .build()
        .unwrap();
    built.try_deserialize().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_tree_panics_or_is_quoted(tree in tree()) {
        if let Err(problems) = load_text(&tree.to_string()) {
            prop_assert!(!problems.to_string().contains(CANARY), "{problems}");
            prop_assert_eq!(problems.to_string().lines().count(), problems.iter().count());
        }
    }

    #[test]
    fn no_text_panics(text in ".{0,200}", name in "KCWATCH__[A-Z0-9_]{0,30}") {
        let environment = BTreeMap::from([(name, text.clone())]);
        let minimal = Source::new("minimal.yaml", text_of("config/minimal.yaml"));
        load_sources(&[minimal, Source::new("f", text)], &environment).ok();
    }
}

#[test]
fn a_secret_pasted_anywhere_is_not_repeated() {
    for pointer in pointers(&example(), "") {
        for pasted in [
            json!(CANARY),
            json!([CANARY]),
            json!({ "value": CANARY }),
            json!(format!("https://u:{CANARY}@a")),
        ] {
            let mut tree = example();
            *tree.pointer_mut(&pointer).unwrap() = pasted;
            if let Err(problems) = load_text(&tree.to_string()) {
                assert!(
                    !problems.to_string().contains(CANARY),
                    "{pointer}: {problems}"
                );
                assert!(
                    !format!("{problems:?}").contains(CANARY),
                    "{pointer}: {problems:?}"
                );
            }
        }
    }
}

#[test]
fn one_value_of_the_wrong_type_is_one_problem() {
    let kinds = [json!({ "x": { "y": [1] } }), json!([[]]), json!(1.5)];
    for pointer in pointers(&example(), "")
        .into_iter()
        .filter(|pointer| !pointer.is_empty())
    {
        let problems = kinds.iter().map(|wrong| {
            let mut tree = example();
            *tree.pointer_mut(&pointer).unwrap() = wrong.clone();
            load_text(&tree.to_string())
                .err()
                .map_or(0, |problems| problems.iter().count())
        });
        assert!(
            problems.clone().skip(1).all(|count| count == 1),
            "{pointer}: {:?}",
            problems.collect::<Vec<_>>()
        );
    }
}

#[test]
fn ten_thousand_broken_targets_are_told_in_one_go() {
    let targets: Vec<Value> = (0..10_000)
        .map(|index| json!({ "name": format!("t{index}"), "tier": 1, "x": 1, "initial_access_token": { "secret": {} } }))
        .collect();
    let problems = load_text(&json!({ "targets": targets }).to_string()).unwrap_err();
    assert_eq!(problems.iter().count(), 40_000);
}

#[test]
fn targets_come_in_the_order_of_their_names() {
    let config = loaded(&text_of("tests/fixtures/config/valid/several_targets.yaml"));
    let names: Vec<&str> = config
        .targets
        .iter()
        .map(|target| target.name.as_str())
        .collect();
    assert_eq!(names, ["a", "b"]);
}
