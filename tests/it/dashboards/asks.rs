//! Rules about queries.

use std::collections::BTreeSet;

use kcwatch::page::catalog;

use super::{
    board::{Board, Query},
    promql::{Selector, selectors},
    rules::Faults,
};

/// What is wrong with the selectors of all queries.
fn faults(board: &Board, mut fault: impl FnMut(&Query, &Selector<'_>) -> Option<String>) -> Faults {
    let mut faults = Faults::new();
    for query in board.queries() {
        let found = selectors(&query.text);
        if found.is_empty() {
            faults.push(format!(
                "{} {} selects nothing: {:?}",
                query.place, query.letter, query.text
            ));
        }
        let wrong = found.iter().filter_map(|selector| fault(&query, selector));
        faults.extend(wrong.map(|fault| format!("{} {} {fault}", query.place, query.letter)));
    }
    faults
}

/// Alerts about kcwatch as a whole have no job: that of the boards, or none, is what can be asked of them.
pub(super) fn job(board: &Board) -> Faults {
    faults(board, |query, selector| {
        let wanted = match selector.metric {
            "ALERTS" => "job=~\"$job|\"",
            _ => "job=\"$job\"",
        };
        let chooses = query.place.contains("variable \"job\"");
        let asked = selector
            .matchers
            .split(',')
            .any(|matcher| matcher == wanted || matcher == "job=\"$job\"");
        (!chooses && !asked).then(|| format!("asks for {} without {wanted}", selector.metric))
    })
}

pub(super) fn metrics(board: &Board) -> Faults {
    let known: BTreeSet<&str> = catalog().iter().map(|metric| metric.name).collect();
    faults(board, |_, selector| {
        let metric = selector.metric;
        let theirs = ["up", "ALERTS"].contains(&metric) || metric.starts_with("process_");
        let there = theirs || known.contains(metric);
        (!there).then(|| format!("asks for {metric}, which is no metric"))
    })
}

pub(super) fn counters(board: &Board) -> Faults {
    faults(board, |_, selector| {
        let counter = selector.metric.ends_with("_total");
        let grows = ["rate", "increase", "changes"].contains(&selector.function);
        (counter && !grows)
            .then(|| format!("asks for the value of the counter {}", selector.metric))
    })
}

/// Fewer than four scrapes may hold too few values for a rate; Grafana knows how long that is.
pub(super) fn ranges(board: &Board) -> Faults {
    faults(board, |_, selector| {
        let strange = !selector.range.is_empty() && selector.range != "$__rate_interval";
        strange.then(|| {
            format!(
                "asks for {}[{}], not for $__rate_interval",
                selector.metric, selector.range
            )
        })
    })
}
