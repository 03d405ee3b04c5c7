//! The rules that each board keeps, and those about the board as a whole.

use serde_json::{Value, json};

use super::{
    BOARDS, asks,
    board::{Board, items},
    boards, colours, layout, words,
};

/// What is wrong: each names the board, the panel and the fault.
pub(super) type Faults = Vec<String>;

/// A rule and its name.
pub(super) type Rule = (&'static str, fn(&Board) -> Faults);

/// Every rule.
pub(super) const RULES: &[Rule] = &[
    ("a board is known by its file", identity),
    ("one data source, chosen once", data_source),
    ("variables are asked for when the time changes", variables),
    ("links lead to our boards", links),
    ("ids are unique", layout::ids),
    ("panels lie side by side", layout::places),
    ("queries have letters of their own", layout::letters),
    ("a panel says what it shows", words::titles),
    ("numbers have units", words::units),
    ("no data is said in words", words::no_data),
    ("thresholds begin at null", colours::first_steps),
    ("limits come from the metrics", colours::limits),
    ("colours are those of the palette", colours::palette),
    ("queries are about one job", asks::job),
    ("queries ask for metrics that exist", asks::metrics),
    ("counters are asked for their increase", asks::counters),
    ("rates look as far back as Grafana says", asks::ranges),
];

#[test]
fn the_boards_keep_every_rule() {
    let boards = boards();
    let faults: Faults = RULES
        .iter()
        .flat_map(|(_, faults)| boards.iter().flat_map(faults))
        .collect();
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn the_boards_are_written_as_tidily_as_grafana_writes_them() {
    for board in boards() {
        let text = crate::config::text_of(&super::board::path(board.name));
        let tidy = format!("{:#}\n", board.json);
        assert!(text == tidy, "{} is to be written as:\n{tidy}", board.name);
    }
}

/// Whatever differs from what it must be.
pub(super) fn must(place: &str, of: &Value, keys: &[(&str, Value)]) -> Faults {
    keys.iter()
        .filter(|(key, value)| of[key] != *value)
        .map(|(key, value)| format!("{place} `{key}` must be {value}, found {}", of[key]))
        .collect()
}

fn identity(board: &Board) -> Faults {
    let keys = [
        ("uid", json!(board.name)),
        ("id", Value::Null),
        ("editable", json!(false)),
        ("schemaVersion", json!(39)),
        ("tags", json!(["kcwatch"])),
    ];
    must(&board.place(), &board.json, &keys)
}

fn data_source(board: &Board) -> Faults {
    let ours = json!({ "type": "prometheus", "uid": "${datasource}" });
    let mut faults = Faults::new();
    let mut chosen = Vec::new();
    for (place, variable) in board.variables() {
        match variable["type"].as_str() {
            Some("datasource") => chosen.push((&variable["name"], &variable["query"])),
            _ => faults.extend(must(&place, variable, &[("datasource", ours.clone())])),
        }
    }
    if chosen != [(&json!("datasource"), &json!("prometheus"))] {
        let place = board.place();
        faults.push(format!(
            "{place} must have one variable `datasource` for Prometheus, found {chosen:?}"
        ));
    }
    for (place, panel) in board.panels().into_iter().chain(board.annotations()) {
        for part in std::iter::once(panel).chain(items(&panel["targets"])) {
            faults.extend(must(&place, part, &[("datasource", ours.clone())]));
        }
    }
    faults
}

fn variables(board: &Board) -> Faults {
    let queries = board.variables().into_iter();
    queries
        .filter(|(_, variable)| variable["type"] == "query")
        .flat_map(|(place, variable)| must(&place, variable, &[("refresh", json!(2))]))
        .collect()
}

fn links(board: &Board) -> Faults {
    let mut faults = Faults::new();
    let mut led = false;
    for url in urls(&board.json) {
        let uid = url
            .strip_prefix("/d/")
            .and_then(|rest| rest.split('?').next());
        match BOARDS.iter().find(|name| Some(**name) == uid) {
            Some(name) => led |= *name != board.name,
            None => faults.push(format!(
                "{} leads to no board of ours: {url}",
                board.place()
            )),
        }
    }
    if !led {
        faults.push(format!("{} must lead to the other board", board.place()));
    }
    faults
}

fn urls(node: &Value) -> Vec<&str> {
    match node {
        Value::Object(table) => {
            let own = table.get("url").and_then(Value::as_str);
            own.into_iter()
                .chain(table.values().flat_map(urls))
                .collect()
        }
        _ => items(node).flat_map(urls).collect(),
    }
}
