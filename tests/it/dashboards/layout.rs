//! Rules about ids and places.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    board::{Board, items},
    rules::Faults,
};

/// How many columns a board has.
const WIDTH: u64 = 24;

pub(super) fn ids(board: &Board) -> Faults {
    let mut seen = BTreeSet::new();
    board
        .blocks()
        .into_iter()
        .filter(|(_, panel)| panel["id"].as_u64().is_none_or(|id| !seen.insert(id)))
        .map(|(place, _)| format!("{place} its id is missing or that of another panel"))
        .collect()
}

pub(super) fn letters(board: &Board) -> Faults {
    let mut faults = Faults::new();
    for (place, panel) in board.panels() {
        let mut seen = BTreeSet::new();
        for target in items(&panel["targets"]) {
            let letter = target["refId"].as_str().unwrap_or_default();
            if letter.is_empty() || !seen.insert(letter) {
                faults.push(format!("{place} refId {letter:?} is empty or used twice"));
            }
        }
        if seen.is_empty() {
            faults.push(format!("{place} asks nothing"));
        }
    }
    faults
}

/// Where a panel lies: from and to, across and down.
struct Area {
    across: (u64, u64),
    down: (u64, u64),
}

impl Area {
    fn of(panel: &Value) -> Option<Self> {
        let [x, y, w, h] = ["x", "y", "w", "h"].map(|key| panel["gridPos"][key].as_u64());
        let (x, y, w, h) = (x?, y?, w?, h?);
        (w > 0 && h > 0 && x + w <= WIDTH).then_some(Self {
            across: (x, x + w),
            down: (y, y + h),
        })
    }

    fn overlaps(&self, other: &Self) -> bool {
        let crosses = |a: (u64, u64), b: (u64, u64)| a.0 < b.1 && b.0 < a.1;
        crosses(self.across, other.across) && crosses(self.down, other.down)
    }
}

/// A collapsed row opens below everything above it, so its panels must lie side by side with all others, too.
pub(super) fn places(board: &Board) -> Faults {
    let mut faults = Faults::new();
    let mut taken: Vec<(String, Area)> = Vec::new();
    for (place, panel) in board.blocks() {
        let Some(area) = Area::of(panel) else {
            faults.push(format!("{place} does not lie within the {WIDTH} columns"));
            continue;
        };
        let over = taken.iter().filter(|(_, other)| area.overlaps(other));
        faults.extend(over.map(|(other, _)| format!("{place} lies on {other}")));
        taken.push((place, area));
    }
    faults
}
