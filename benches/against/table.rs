//! The table of what was measured.

use crate::spread::Spread;

/// One line of the table.
#[derive(Debug)]
pub(crate) struct Line {
    /// What was measured.
    pub(crate) what: String,
    /// What kcwatch did, with its unit.
    pub(crate) ours: String,
    /// What the yardstick did, with its name.
    pub(crate) yardstick: String,
    /// The figure that the budget is about: a ratio, or the measurement itself.
    pub(crate) figure: Spread,
    /// What was promised.
    pub(crate) budget: Budget,
}

/// A promise about the median of a figure.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Budget {
    /// A ratio no less than this.
    Ratio(f64),
    /// No more than this of a unit.
    AtMost(f64, &'static str),
}

impl Line {
    /// A comparison: pairs of ours and the yardstick's, a round each, in that unit.
    pub(crate) fn compared(
        what: &str,
        yardstick: &str,
        unit: &str,
        pairs: &[(f64, f64)],
        least: f64,
    ) -> Self {
        let ours = Spread::of(pairs.iter().map(|pair| pair.0));
        let theirs = Spread::of(pairs.iter().map(|pair| pair.1));
        Self {
            what: what.to_owned(),
            ours: format!("{}{unit}", ours.show(0)),
            yardstick: format!("{yardstick}: {}{unit}", theirs.show(0)),
            figure: Spread::of_ratios(pairs),
            budget: Budget::Ratio(least),
        }
    }

    /// A measurement that stands for itself.
    pub(crate) fn alone(what: &str, figure: Spread, budget: Budget) -> Self {
        let unit = match budget {
            Budget::Ratio(_) => "",
            Budget::AtMost(_, unit) => unit,
        };
        Self {
            what: what.to_owned(),
            ours: format!("{} {unit}", figure.show(2)),
            yardstick: "–".to_owned(),
            figure,
            budget,
        }
    }

    /// Whether the promise was not kept.
    pub(crate) fn missed(&self) -> bool {
        match self.budget {
            Budget::Ratio(least) => self.figure.median() < least,
            Budget::AtMost(most, _) => self.figure.median() > most,
        }
    }

    fn show(&self) -> String {
        let (ratio, budget) = match self.budget {
            Budget::Ratio(least) => (self.figure.show(2), format!("≥ {least}")),
            Budget::AtMost(most, unit) => ("–".to_owned(), format!("≤ {most} {unit}")),
        };
        let verdict = if self.missed() { "**missed**" } else { "kept" };
        let cells = [&self.what, &self.ours, &self.yardstick, &ratio, &budget];
        cells
            .iter()
            .fold(String::from("|"), |row, cell| format!("{row} {cell} |"))
            + &format!(" {verdict} |\n")
    }
}

/// The table, under a line about the machine.
pub(crate) fn document(machine: &str, lines: &[Line]) -> String {
    let head = "| what | kcwatch | yardstick | ratio | budget | |\n|---|---|---|---|---|---|\n";
    let rows: String = lines.iter().map(Line::show).collect();
    format!("{machine}\n\nMedian of the rounds, with the lowest and the highest.\n\n{head}{rows}")
}
