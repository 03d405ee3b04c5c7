//! The size of the binary.

use std::fs;

use crate::Problem;
use crate::plan::Plan;
use crate::spread::Spread;
use crate::table::{Budget, Line};

/// The file as it is shipped.
pub(crate) fn lines(plan: &Plan) -> Result<Vec<Line>, Problem> {
    let kibibytes = u32::try_from(fs::metadata(&plan.binary)?.len() / 1024)?;
    let figure = Spread::of([f64::from(kibibytes) / 1024.0]);
    Ok(vec![Line::alone(
        "binary",
        figure,
        Budget::AtMost(10.0, "MiB"),
    )])
}
