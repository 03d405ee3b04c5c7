//! The machine the figures are from.

use std::fs;
use std::num::NonZero;
use std::thread::available_parallelism;

/// Cores, processor, memory and date, in one line.
pub(crate) fn describe() -> String {
    let model =
        field("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown processor".to_owned());
    format!(
        "{} cores of {model}, {} memory, {}.",
        cores(),
        memory(),
        today()
    )
}

/// How many cores this process may use; kcwatch starts as many workers.
pub(crate) fn cores() -> usize {
    available_parallelism().map_or(1, NonZero::get)
}

fn memory() -> String {
    let kibibytes = field("/proc/meminfo", "MemTotal").and_then(|total| {
        let number = total.split(' ').next()?;
        number.parse::<u64>().ok()
    });
    kibibytes.map_or_else(
        || "unknown".to_owned(),
        |total| format!("{} GiB", total.div_ceil(1 << 20)),
    )
}

fn today() -> jiff::civil::Date {
    #[expect(clippy::disallowed_methods, reason = "the table says when it was made")]
    let now = jiff::Timestamp::now();
    now.to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// The first value of `name: value` in a file of the kernel.
pub(crate) fn field(path: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let mut fields = text.lines().filter_map(|line| line.split_once(':'));
    let (_, value) = fields.find(|(key, _)| key.trim() == name)?;
    Some(value.trim().to_owned())
}
