//! The rules that are shipped, with seconds for minutes.

const SHIPPED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/alerts/kcwatch.rules.yaml");

/// The shipped rules, in a hurry.
pub(super) fn compressed() -> String {
    let rules = std::fs::read_to_string(SHIPPED).expect("it is shipped");
    crate::servers::compressed(&rules)
}

#[test]
fn all_rules_are_quick_and_nothing_is_remembered_for_long() {
    let rules = compressed();
    let waits: Vec<&str> = rules
        .lines()
        .filter_map(|line| line.trim().strip_prefix("for: "))
        .collect();
    for wait in ["1s", "2s", "3s"] {
        assert!(waits.contains(&wait), "{waits:?}");
    }
    let windows = rules.split("over_time(").skip(1);
    for window in windows {
        let (_, rest) = window.split_once('[').expect("a window");
        let length = rest.split([']', ':']).next().expect("a length");
        assert!(length.ends_with('s'), "{length}");
    }
}
