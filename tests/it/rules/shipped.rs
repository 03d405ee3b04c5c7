//! The files in `alerts/`: printed by the program, and tried with promtool.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::Value;

use super::{APP_SRE, alerts_of, check, printed, promtool, rules_of};
use crate::{
    config::{assert_file, text_of},
    yaml::tree,
};

pub(super) const PLAIN: &str = "alerts/kcwatch.rules.yaml";
pub(super) const OBJECT: &str = "alerts/prometheusrule.yaml";

#[test]
fn the_files_are_what_kcwatch_rules_prints() {
    let config = text_of(APP_SRE);
    assert_file(PLAIN, &printed(&config, &["rules"]));
    let format = ["rules", "--format", "app-interface"];
    assert_file(OBJECT, &printed(&config, &format));
}

#[test]
fn both_files_hold_the_same_rules() {
    let [plain, object] = [PLAIN, OBJECT].map(|file| tree(&text_of(file)));
    assert_eq!(plain["groups"], object["spec"]["groups"]);
    assert!(rules_of(&plain).len() > 30);
}

#[test]
fn promtool_finds_nothing_wrong_with_them() {
    check(&text_of(PLAIN));
}

#[test]
fn every_test_of_promtool_passes() {
    std::thread::scope(|scope| {
        for file in test_files() {
            scope.spawn(move || promtool(&["test", "rules", &file]));
        }
    });
}

#[test]
fn every_alert_is_tested_to_come_with_every_word_and_not_to_come() {
    let rules = tree(&text_of(PLAIN));
    let tests: Vec<Value> = test_files()
        .iter()
        .map(|file| tree(&text_of(file)))
        .collect();
    let tested = |fires: bool| -> BTreeSet<&str> {
        let tests = tests.iter().flat_map(|file| list(&file["tests"]));
        let expected = tests.flat_map(|test| list(&test["alert_rule_test"]));
        expected
            .filter(|expected| list(&expected["exp_alerts"]).is_empty() != fires)
            .map(|expected| expected["alertname"].as_str().expect("a name"))
            .collect()
    };
    let spoken_of: String = test_files().iter().map(|file| text_of(file)).collect();
    for alert in alerts_of(&rules) {
        let name = alert["alert"].as_str().expect("a name");
        assert!(
            tested(true).contains(name),
            "nothing shows that {name} comes"
        );
        let is_silent = tested(false).contains(name)
            || spoken_of.contains(&format!(r#"count(ALERTS{{alertname="{name}"}})"#));
        assert!(is_silent, "nothing shows that {name} stays away");
    }
}

#[test]
fn every_alert_says_what_happened_what_to_do_and_where() {
    let rules = tree(&text_of(PLAIN));
    for alert in alerts_of(&rules) {
        let name = alert["alert"].as_str().expect("a name");
        let annotation = |name: &str| alert["annotations"][name].as_str().unwrap_or_default();
        for needed in ["summary", "message", "runbook", "dashboard"] {
            assert!(!annotation(needed).is_empty(), "{name} has no {needed}");
        }
        assert!(
            annotation("runbook").ends_with(&format!("/{name}.md")),
            "{name}"
        );
        let runbook = format!("alerts/runbooks/{name}.md");
        assert!(
            Path::new(env!("CARGO_MANIFEST_DIR"))
                .join(&runbook)
                .is_file(),
            "no {runbook}"
        );
        let has_ticket = alert["annotations"].get("description").is_some();
        let has_form = alert["annotations"].get("link_url").is_some();
        assert_eq!(
            has_ticket, has_form,
            "{name}: a ticket and where it is sent belong together"
        );
    }
}

fn test_files() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("alerts/tests");
    let files = fs::read_dir(folder).expect("it can be listed");
    let mut names: Vec<String> = files
        .map(|file| file.expect("it can be read").file_name())
        .map(|name| format!("alerts/tests/{}", name.to_str().expect("a plain name")))
        .collect();
    assert!(names.len() > 4, "{names:?}");
    names.sort();
    names
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
