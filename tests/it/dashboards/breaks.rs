//! Each rule is broken on purpose, for a rule that cannot fail is worth nothing.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{board::Board, rules::RULES};

/// A rule, what breaks it, and what it must say about that.
type Break = (&'static str, fn(&mut Value), &'static str);

const BREAKS: &[Break] = &[
    (
        "a board is known by its file",
        |board| board["uid"] = json!("another"),
        "kcwatch-overview: `uid` must be \"kcwatch-overview\", found \"another\"",
    ),
    (
        "a board is known by its file",
        |board| board["editable"] = json!(true),
        "kcwatch-overview: `editable` must be false, found true",
    ),
    (
        "one data source, chosen once",
        |board| first_query(board)["datasource"]["uid"] = json!("P1809F7CD0C75ACF3"),
        "kcwatch-overview: panel 1 \"Targets by state\": `datasource` must be",
    ),
    (
        "one data source, chosen once",
        |board| {
            let variables = board["templating"]["list"].as_array_mut().unwrap();
            variables.push(json!({ "type": "datasource", "name": "logs", "query": "loki" }));
        },
        "kcwatch-overview: must have one variable `datasource` for Prometheus, found",
    ),
    (
        "variables are asked for when the time changes",
        |board| board["templating"]["list"][2]["refresh"] = json!(1),
        "kcwatch-overview: variable \"tier\": `refresh` must be 2, found 1",
    ),
    (
        "links lead to our boards",
        |board| board["links"][0]["url"] = json!("/d/old-board?x"),
        "kcwatch-overview: leads to no board of ours: /d/old-board?x",
    ),
    (
        "ids are unique",
        |board| first(board)["id"] = json!(2),
        "kcwatch-overview: panel 2 \"Firing alerts by severity\": its id is missing or that of another panel",
    ),
    (
        "panels lie side by side",
        |board| first(board)["gridPos"]["w"] = json!(17),
        "kcwatch-overview: panel 2 \"Firing alerts by severity\": lies on kcwatch-overview: panel 1 \"Targets by state\":",
    ),
    (
        "panels lie side by side",
        |board| first(board)["gridPos"]["x"] = json!(23),
        "kcwatch-overview: panel 1 \"Targets by state\": does not lie within the 24 columns",
    ),
    (
        "queries have letters of their own",
        |board| first_query(board)["refId"] = json!("B"),
        "kcwatch-overview: panel 1 \"Targets by state\": refId \"B\" is empty or used twice",
    ),
    (
        "a panel says what it shows",
        |board| first(board)["title"] = json!(""),
        "kcwatch-overview: panel 1 \"\": has no title",
    ),
    (
        "a panel says what it shows",
        |board| in_collapsed_row(board)["description"] = json!("Versions"),
        "\"Version\": is not described in a sentence: \"Versions\"",
    ),
    (
        "numbers have units",
        |board| defaults(board)["unit"] = json!("seconds"),
        "kcwatch-overview: panel 1 \"Targets by state\": has no unit that is known here: \"seconds\"",
    ),
    (
        "no data is said in words",
        |board| defaults(board)["noValue"] = json!("0"),
        "kcwatch-overview: panel 1 \"Targets by state\": does not say in words what no data means: \"0\"",
    ),
    (
        "thresholds begin at null",
        |board| drop(first_step(board).remove("value")),
        "kcwatch-overview: panel 1 \"Targets by state\": the first step of a threshold must say `null`",
    ),
    (
        "limits come from the metrics",
        |board| drop(first_step(board).insert("value".to_owned(), json!(864_000))),
        "kcwatch-overview: panel 1 \"Targets by state\": a threshold is 864000 here, whatever the configuration says",
    ),
    (
        "colours are those of the palette",
        |board| drop(first_step(board).insert("color".to_owned(), json!("green"))),
        "kcwatch-overview: panel 1 \"Targets by state\": the colour \"green\" is not of the palette",
    ),
    (
        "colours are those of the palette",
        |board| defaults(board)["color"] = json!({ "mode": "palette-classic" }),
        "kcwatch-overview: panel 1 \"Targets by state\": the colours \"palette-classic\" are not of the palette",
    ),
    (
        "queries are about one job",
        |board| asks(board, "sum(kcwatch_iat_state{job=\"kcwatch\"})"),
        "kcwatch-overview: panel 1 \"Targets by state\": A asks for kcwatch_iat_state without job=\"$job\"",
    ),
    (
        "queries are about one job",
        |board| asks(board, "up"),
        "kcwatch-overview: panel 1 \"Targets by state\": A asks for up without job=\"$job\"",
    ),
    (
        "queries ask for metrics that exist",
        |board| asks(board, "kcwatch_days_left{job=\"$job\"}"),
        "kcwatch-overview: panel 1 \"Targets by state\": A asks for kcwatch_days_left, which is no metric",
    ),
    (
        "queries ask for metrics that exist",
        |board| asks(board, "1 + 1"),
        "kcwatch-overview: panel 1 \"Targets by state\": A selects nothing: \"1 + 1\"",
    ),
    (
        "counters are asked for their increase",
        |board| asks(board, "sum(kcwatch_target_polls_total{job=\"$job\"})"),
        "kcwatch-overview: panel 1 \"Targets by state\": A asks for the value of the counter kcwatch_target_polls_total",
    ),
    (
        "rates look as far back as Grafana says",
        |board| asks(board, "rate(kcwatch_target_polls_total{job=\"$job\"}[5m])"),
        "kcwatch-overview: panel 1 \"Targets by state\": A asks for kcwatch_target_polls_total[5m], not for $__rate_interval",
    ),
];

fn first(board: &mut Value) -> &mut Value {
    &mut board["panels"][0]
}

fn first_query(board: &mut Value) -> &mut Value {
    &mut first(board)["targets"][0]
}

fn asks(board: &mut Value, query: &str) {
    first_query(board)["expr"] = json!(query);
}

fn defaults(board: &mut Value) -> &mut Value {
    &mut first(board)["fieldConfig"]["defaults"]
}

fn first_step(board: &mut Value) -> &mut serde_json::Map<String, Value> {
    let step = &mut defaults(board)["thresholds"]["steps"][0];
    step.as_object_mut().unwrap()
}

fn in_collapsed_row(board: &mut Value) -> &mut Value {
    let row = board["panels"].as_array_mut().unwrap().last_mut().unwrap();
    &mut row["panels"][0]
}

#[test]
fn each_rule_says_where_it_is_broken_and_how() {
    for (name, break_it, said) in BREAKS {
        let (_, faults) = RULES.iter().find(|(rule, _)| rule == name).expect("a rule");
        let mut board = Board::read("kcwatch-overview");
        break_it(&mut board.json);
        let found = faults(&board);
        assert!(
            found.iter().any(|fault| fault.contains(said)),
            "{name}: {said}, but it says {found:#?}"
        );
    }
}

#[test]
fn each_rule_is_broken_on_purpose() {
    let rules: BTreeSet<&str> = RULES.iter().map(|(name, _)| *name).collect();
    let broken: BTreeSet<&str> = BREAKS.iter().map(|(name, ..)| *name).collect();
    assert_eq!(broken, rules);
}
