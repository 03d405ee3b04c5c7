//! Rules with seconds for minutes.

use std::fmt::Write as _;

/// What the rules wait, remember and allow, and what they do here.
const TIMES: [(&str, &str); 4] = [
    ("[15m]", "[5s]"),
    ("[1d]", "[90s]"),
    ("[3h]", "[30s]"),
    ("+ 900", "+ 3"),
];

/// The same rules; nothing but times is other than there. A second stands for five minutes of what a rule waits, so that
/// which rule comes before which stays as it is.
pub(crate) fn compressed(rules: &str) -> String {
    let mut rules = rules.to_owned();
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
