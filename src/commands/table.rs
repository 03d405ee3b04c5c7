//! What is known about the targets, for a terminal.

use std::fmt::{self, Display};

use anstyle::{AnsiColor, Style};

use crate::{
    model::Standing,
    status::{Status, TargetStatus},
};

/// One line a target, and below it what to do.
pub(super) struct Table<'a>(pub(super) &'a Status);

impl Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let targets = self.0.targets();
        let widest = |of: fn(&TargetStatus) -> usize| targets.iter().map(of).max().unwrap_or(0);
        let name = widest(|target| target.name.chars().count());
        let tier = widest(|target| target.tier.chars().count());
        for target in targets {
            let (style, standing) = (style(target.standing), target.standing.label());
            write!(
                f,
                "{style}{standing:<7}{style:#}  {:name$}  {:tier$}  ",
                target.name, target.tier
            )?;
            writeln!(f, "{}", said(target))?;
            for advice in &target.advice {
                writeln!(f, "{:<7}  -> {advice}", "")?;
            }
        }
        f.write_str(&counted(targets))
    }
}

fn said(target: &TargetStatus) -> String {
    match target.reason {
        Some(reason) => format!("cannot be read: {reason}; {}", target.summary),
        None => target.summary.clone(),
    }
}

fn counted(targets: &[TargetStatus]) -> String {
    let count = |standing| {
        targets
            .iter()
            .filter(|target| target.standing == standing)
            .count()
    };
    let parts = Standing::ALL
        .into_iter()
        .map(|standing| (count(standing), standing.label()));
    let parts: Vec<String> = parts
        .filter(|(count, _)| *count > 0)
        .map(|(count, label)| format!("{count} {label}"))
        .collect();
    format!(
        "{}: {}",
        super::counted(targets.len(), "target"),
        parts.join(", ")
    )
}

fn style(standing: Standing) -> Style {
    let colour = match standing {
        Standing::Ok => AnsiColor::Green,
        Standing::Notice => AnsiColor::Yellow,
        Standing::Unknown => AnsiColor::Magenta,
        Standing::Urgent => AnsiColor::Red,
    };
    colour.on_default().bold()
}
