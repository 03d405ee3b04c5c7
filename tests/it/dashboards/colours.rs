//! Rules about thresholds and colours.

use serde_json::Value;

use super::{
    board::{Board, items},
    rules::Faults,
    words::overridden,
};

/// What people of any sight can tell apart; there is no green, and so none beside red.
const PALETTE: &[&str] = &[
    "blue",
    "super-light-yellow",
    "orange",
    "dark-red",
    "#808080",
    "text",
];

/// How a colour is found. Palettes of Grafana's own hold red and green.
const MODES: &[&str] = &["fixed", "shades", "thresholds"];

/// The steps of all thresholds of a panel.
fn thresholds(panel: &Value) -> impl Iterator<Item = &Value> {
    let default = &panel["fieldConfig"]["defaults"]["thresholds"];
    let all = std::iter::once(default).chain(overridden(panel, "thresholds"));
    all.map(|thresholds| &thresholds["steps"])
}

/// Grafana 11 leaves `null` out when it saves; its schema wants it.
pub(super) fn first_steps(board: &Board) -> Faults {
    let mut faults = Faults::new();
    for (place, panel) in board.panels() {
        for steps in thresholds(panel) {
            let first = steps.get(0).and_then(|step| step.get("value"));
            if first != Some(&Value::Null) {
                faults.push(format!(
                    "{place} the first step of a threshold must say `null`"
                ));
            }
        }
    }
    faults
}

/// A limit that stands here as well as in the configuration is wrong as soon as somebody changes it there. One is no limit: it
/// tells some from none.
pub(super) fn limits(board: &Board) -> Faults {
    let mut faults = Faults::new();
    for (place, panel) in board.panels() {
        for step in thresholds(panel).flat_map(items) {
            let value = &step["value"];
            if !value.is_null() && *value != 1 {
                faults.push(format!(
                    "{place} a threshold is {value} here, whatever the configuration says"
                ));
            }
        }
    }
    faults
}

pub(super) fn palette(board: &Board) -> Faults {
    let parts = board.panels().into_iter().chain(board.annotations());
    let wrong = |(place, part)| {
        let strange = coloured(part)
            .into_iter()
            .filter(|colour| !PALETTE.contains(colour));
        let faults =
            strange.map(|colour| format!("{place} the colour {colour:?} is not of the palette"));
        let modes = modes(part).into_iter().filter(|mode| !MODES.contains(mode));
        let modes =
            modes.map(|mode| format!("{place} the colours {mode:?} are not of the palette"));
        faults.chain(modes).collect::<Faults>()
    };
    parts.flat_map(wrong).collect()
}

/// All colours that are named below a node.
fn coloured(node: &Value) -> Vec<&str> {
    texts(node, &["color", "fixedColor", "iconColor"])
}

/// The ways to find colours below a node.
fn modes(panel: &Value) -> Vec<&str> {
    let default = &panel["fieldConfig"]["defaults"]["color"];
    let all = std::iter::once(default).chain(overridden(panel, "color"));
    all.filter_map(|color| color["mode"].as_str()).collect()
}

fn texts<'a>(node: &'a Value, keys: &[&str]) -> Vec<&'a str> {
    match node {
        Value::Object(table) => {
            let own = keys.iter().filter_map(|key| table.get(*key)?.as_str());
            own.chain(table.values().flat_map(|value| texts(value, keys)))
                .collect()
        }
        _ => items(node).flat_map(|value| texts(value, keys)).collect(),
    }
}
