//! The rules that are shipped, with seconds for minutes.

use std::fmt::Write as _;

const SHIPPED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/alerts/kcwatch.rules.yaml");

/// What the rules wait, remember and allow, and what they do here.
const TIMES: [(&str, &str); 4] = [
    ("[15m]", "[5s]"),
    ("[1d]", "[90s]"),
    ("[3h]", "[30s]"),
    ("+ 900", "+ 3"),
];

/// The shipped rules; nothing but times is other than there. A second stands for five minutes of what a rule waits, so that
/// which rule comes before which stays as it is.
pub(super) fn compressed() -> String {
    let mut rules = std::fs::read_to_string(SHIPPED).expect("it is shipped");
    for (here, there) in TIMES {
        assert!(rules.contains(here), "the rules have no {here}");
        rules = rules.replace(here, there);
    }
    let mut quick = String::new();
    for line in rules.lines() {
        match line.split_once("for: ") {
            Some((indent, wait)) if indent.trim().is_empty() => {
                writeln!(quick, "{indent}for: {}s", minutes(wait).div_ceil(5))
            }
            _ => writeln!(quick, "{line}"),
        }
        .expect("a string takes it");
    }
    quick
}

fn minutes(wait: &str) -> u32 {
    let number = |unit| wait.strip_suffix(unit)?.parse::<u32>().ok();
    let hours = number('h').map(|hours| hours * 60);
    hours.or(number('m')).expect("minutes or hours")
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
