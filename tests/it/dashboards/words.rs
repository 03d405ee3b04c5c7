//! Rules about what a panel says.

use serde_json::Value;

use super::{
    board::{Board, items},
    rules::Faults,
};

/// The units that our boards need, as Grafana calls them.
const UNITS: &[&str] = &[
    "bytes",
    "dateTimeAsIso",
    "dtdhms",
    "dtdurations",
    "none",
    "percentunit",
    "s",
    "short",
];

pub(super) fn titles(board: &Board) -> Faults {
    let itself = (board.place(), &board.json);
    let mut faults = Faults::new();
    for (place, panel) in std::iter::once(itself).chain(board.panels()) {
        if panel["title"].as_str().unwrap_or_default().is_empty() {
            faults.push(format!("{place} has no title"));
        }
        let description = panel["description"].as_str().unwrap_or_default();
        if !description.ends_with('.') || description.len() < 40 {
            faults.push(format!(
                "{place} is not described in a sentence: {description:?}"
            ));
        }
    }
    faults
}

pub(super) fn units(board: &Board) -> Faults {
    let mut faults = Faults::new();
    for (place, panel) in board.panels() {
        let default = &panel["fieldConfig"]["defaults"]["unit"];
        for unit in std::iter::once(default).chain(overridden(panel, "unit")) {
            if unit.as_str().is_none_or(|unit| !UNITS.contains(&unit)) {
                faults.push(format!("{place} has no unit that is known here: {unit}"));
            }
        }
    }
    faults
}

/// What an empty panel says must be true: nobody knows, or there is none. A number never is.
pub(super) fn no_data(board: &Board) -> Faults {
    let mut faults = Faults::new();
    for (place, panel) in board.panels() {
        let default = &panel["fieldConfig"]["defaults"]["noValue"];
        for said in std::iter::once(default).chain(overridden(panel, "noValue")) {
            let said = said.as_str().unwrap_or_default();
            if !said.starts_with(char::is_alphabetic) {
                faults.push(format!(
                    "{place} does not say in words what no data means: {said:?}"
                ));
            }
        }
    }
    faults
}

/// The values that overrides of a panel give to a property.
pub(super) fn overridden<'a>(panel: &'a Value, id: &str) -> impl Iterator<Item = &'a Value> {
    let all =
        items(&panel["fieldConfig"]["overrides"]).flat_map(|found| items(&found["properties"]));
    all.filter(move |property| property["id"] == id)
        .map(|property| &property["value"])
}
