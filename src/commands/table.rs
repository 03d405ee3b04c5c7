//! What is known about the targets, for a terminal.

use std::fmt::{self, Display};

use anstyle::{AnsiColor, Style};

use crate::{
    model::{Reason, Standing},
    service::TargetTold,
    status::TargetStatus,
};

/// What is said of one target, by our own look or by a running kcwatch.
pub(super) struct Row<'a> {
    pub(super) name: &'a str,
    pub(super) tier: &'a str,
    pub(super) standing: Standing,
    /// Why the latest read failed, if it did.
    pub(super) reason: Option<&'a str>,
    pub(super) summary: &'a str,
    pub(super) advice: Vec<&'a str>,
}

impl<'a> From<&'a TargetStatus> for Row<'a> {
    fn from(target: &'a TargetStatus) -> Self {
        Self {
            name: &target.name,
            tier: &target.tier,
            standing: target.standing,
            reason: target.reason.map(Reason::label),
            summary: &target.summary,
            advice: target.advice.clone(),
        }
    }
}

impl<'a> From<&'a TargetTold> for Row<'a> {
    fn from(target: &'a TargetTold) -> Self {
        Self {
            name: &target.name,
            tier: &target.tier,
            standing: target.standing(),
            reason: target.reason.as_deref(),
            summary: &target.summary,
            advice: target.advice.iter().map(String::as_str).collect(),
        }
    }
}

/// One line a target, and below it what to do.
pub(super) struct Table<'a>(pub(super) &'a [Row<'a>]);

impl Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let targets = self.0;
        let widest = |of: fn(&Row<'_>) -> usize| targets.iter().map(of).max().unwrap_or(0);
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

fn said(target: &Row<'_>) -> String {
    match target.reason {
        Some(reason) => format!("cannot be read: {reason}; {}", target.summary),
        None => target.summary.to_owned(),
    }
}

fn counted(targets: &[Row<'_>]) -> String {
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
