//! Several measurements of one thing.

/// Several measurements of one thing, sorted; there is at least one.
#[derive(Clone, Debug)]
pub(crate) struct Spread(Vec<f64>);

impl Spread {
    /// These measurements.
    pub(crate) fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        Self(values)
    }

    /// Each measurement divided by the one of the same round.
    pub(crate) fn of_ratios(pairs: &[(f64, f64)]) -> Self {
        Self::of(pairs.iter().map(|(ours, yardstick)| ours / yardstick))
    }

    /// The one in the middle, the lower of two.
    pub(crate) fn median(&self) -> f64 {
        let middle = self.0.len().saturating_sub(1) / 2;
        self.0.get(middle).copied().unwrap_or(f64::NAN)
    }

    /// The median, and the range if there is one: `0.97 (0.91 to 1.02)`.
    pub(crate) fn show(&self, decimals: usize) -> String {
        let median = number(self.median(), decimals);
        match (self.0.first(), self.0.last()) {
            (Some(least), Some(most)) if self.0.len() > 1 => {
                format!(
                    "{median} ({} to {})",
                    number(*least, decimals),
                    number(*most, decimals)
                )
            }
            _ => median,
        }
    }
}

/// The number with so many decimals and a comma between thousands.
fn number(value: f64, decimals: usize) -> String {
    let plain = format!("{value:.decimals$}");
    let (whole, rest) = plain
        .split_once('.')
        .map_or((plain.as_str(), String::new()), |(whole, rest)| {
            (whole, format!(".{rest}"))
        });
    let mut grouped = String::new();
    for (position, digit) in whole.chars().enumerate() {
        let left = whole.len() - position;
        if position > 0 && left % 3 == 0 && !grouped.ends_with('-') {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped + &rest
}
