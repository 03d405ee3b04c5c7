//! The boards tell levels and states apart.

use serde_json::Value;

use super::{
    Board,
    board::{Query, items},
    boards, made_up,
    questions::found,
    scene::Scene,
};

/// Which query of a panel is to find which target of the made-up page.
const LEVELS: &[(&str, &[(&str, &str)])] = &[
    (
        "kcwatch-overview: panel 4 \"Time left\":",
        &[
            ("A", "expired"),
            ("B", "urgent"),
            ("C", "notice"),
            ("D", "well"),
        ],
    ),
    (
        "kcwatch-target: panel 1 \"Time to expiry\":",
        &[
            ("A", "expired"),
            ("B", "urgent"),
            ("C", "notice"),
            ("D", "well"),
            ("E", "never"),
        ],
    ),
    (
        "kcwatch-target: panel 2 \"Registrations left\":",
        &[
            ("A", "expired"),
            ("B", "urgent"),
            ("C", "notice"),
            ("D", "well"),
        ],
    ),
];

/// Targets, and as what each is shown.
type Shown = &'static [(&'static str, &'static str)];

/// Which queries give numbers that are shown as words, the property of the column or panel that says so, and the words that
/// they are to be shown as.
const WORDS: &[(&str, &str, &str, Shown)] = &[
    (
        "kcwatch-overview: panel 3 \"Targets\":",
        "C",
        "By date",
        &[
            ("expired", "expired"),
            ("never", "well"),
            ("notice", "notice"),
            ("urgent", "urgent"),
            ("well", "well"),
        ],
    ),
    (
        "kcwatch-overview: panel 3 \"Targets\":",
        "G",
        "By registrations",
        &[
            ("expired", "exhausted"),
            ("notice", "notice"),
            ("urgent", "urgent"),
            ("well", "well"),
        ],
    ),
    (
        "kcwatch-overview: panel 3 \"Targets\":",
        "B",
        "State",
        STATES,
    ),
    ("kcwatch-target: panel 3 \"State\":", "A", "", STATES),
    (
        "kcwatch-target: panel 16 \"State over time\":",
        "A",
        "",
        STATES,
    ),
];

/// The states of the made-up page.
const STATES: Shown = &[
    ("expired", "expired"),
    ("never", "unreadable"),
    ("notice", "not_known_to_idp"),
    ("unread", "unknown"),
    ("urgent", "exhausted"),
    ("well", "usable"),
];

/// How many clients of the made-up page each query is to find, by level; and what the integrations are shown as.
const COUNTS: &[(&str, &str, &str)] = &[
    ("kcwatch-clients: panel 1 \"Clients by level\":", "A", "1"),
    ("kcwatch-clients: panel 1 \"Clients by level\":", "B", "2"),
    ("kcwatch-clients: panel 1 \"Clients by level\":", "C", "3"),
    ("kcwatch-clients: panel 1 \"Clients by level\":", "D", "4"),
    ("kcwatch-clients: panel 1 \"Clients by level\":", "E", "1"),
    ("kcwatch-overview: panel 20 \"Client secrets\":", "B", "1"),
    ("kcwatch-overview: panel 20 \"Client secrets\":", "C", "3"),
    ("kcwatch-overview: panel 20 \"Client secrets\":", "D", "6"),
];

#[tokio::test]
async fn each_client_is_counted_at_its_level() {
    let scene = Scene::made_up().await;
    let targets = made_up::targets();
    let queries: Vec<Query> = boards().iter().flat_map(Board::queries).collect();
    for (panel, letter, expected) in COUNTS {
        let query = queries
            .iter()
            .find(|query| query.place == *panel && query.letter == *letter);
        let series = found(&scene, query.unwrap(), &targets).await;
        assert_eq!(series.len(), 1, "{panel} {letter}");
        assert_eq!(number(&series[0]), *expected, "{panel} {letter}");
    }
}

/// Which queries of the board of integrations find which targets.
const INTEGRATIONS: &[(&str, &[(&str, &str)])] = &[
    (
        "kcwatch-integration: panel 3 \"Certificate ends in\":",
        &[
            ("A", "certificate-expired"),
            ("B", "certificate-urgent"),
            ("C", "certificate-notice"),
            ("D", "certificate-well"),
        ],
    ),
    (
        "kcwatch-integration: panel 4 \"Clock offset\":",
        &[
            ("A", "certificate-notice"),
            ("A", "certificate-urgent"),
            ("B", "certificate-expired"),
            ("B", "certificate-well"),
        ],
    ),
    (
        "kcwatch-integration: panel 2 \"Broken at\":",
        &[("A", "tls certificate_expired")],
    ),
];

#[tokio::test]
async fn each_integration_is_shown_as_it_stands() {
    let scene = Scene::made_up().await;
    let targets = made_up::targets();
    let queries: Vec<Query> = boards().iter().flat_map(Board::queries).collect();
    for (panel, expected) in INTEGRATIONS {
        let mut shown = Vec::new();
        for query in queries.iter().filter(|query| query.place == *panel) {
            for series in found(&scene, query, &targets).await {
                let label = |name: &str| series["metric"][name].as_str();
                let what = match (label("target"), label("step"), label("cause")) {
                    (Some(target), ..) => target.to_owned(),
                    (None, Some(step), Some(cause)) => format!("{step} {cause}"),
                    _ => String::new(),
                };
                shown.push((query.letter.clone(), what));
            }
        }
        shown.sort();
        let expected: Vec<_> = expected
            .iter()
            .map(|(letter, what)| ((*letter).to_owned(), (*what).to_owned()))
            .collect();
        assert_eq!(shown, expected, "{panel}");
    }
}

#[tokio::test]
async fn each_token_is_shown_at_its_level_and_at_no_other() {
    let scene = Scene::made_up().await;
    let targets = made_up::tokens();
    let queries: Vec<Query> = boards().iter().flat_map(Board::queries).collect();
    for (panel, levels) in LEVELS {
        let of_panel = queries.iter().filter(|query| query.place == *panel);
        let mut shown = Vec::new();
        for query in of_panel {
            for series in found(&scene, query, &targets).await {
                let target = series["metric"]["target"].as_str().unwrap().to_owned();
                shown.push((query.letter.clone(), target));
            }
        }
        let expected = levels
            .iter()
            .map(|(letter, target)| ((*letter).to_owned(), (*target).to_owned()));
        assert_eq!(shown, expected.collect::<Vec<_>>(), "{panel}");
    }
}

#[tokio::test]
async fn numbers_are_shown_as_the_words_that_they_stand_for() {
    let scene = Scene::made_up().await;
    let targets = made_up::tokens();
    let boards = boards();
    for (panel, letter, column, expected) in WORDS {
        let mut shown = Vec::new();
        let board = boards
            .iter()
            .find(|board| panel.starts_with(board.name))
            .unwrap();
        let queries = board.queries();
        let query = queries
            .iter()
            .find(|query| query.place == *panel && query.letter == *letter);
        for series in found(&scene, query.unwrap(), &targets).await {
            let target = series["metric"]["target"].as_str().unwrap().to_owned();
            shown.push((target, word(board, panel, column, number(&series))));
        }
        shown.sort();
        let expected: Vec<_> = expected
            .iter()
            .map(|(target, word)| ((*target).to_owned(), (*word).to_owned()))
            .collect();
        assert_eq!(shown, expected, "{panel} {column}");
    }
}

/// The latest value of a series.
fn number(series: &Value) -> &str {
    let latest = match series.get("value") {
        Some(value) => value,
        None => series["values"].as_array().unwrap().last().unwrap(),
    };
    latest[1].as_str().unwrap()
}

/// As what a panel shows a number: in a column, or where there is none.
fn word(board: &Board, panel: &str, column: &str, number: &str) -> String {
    let panels = board.panels();
    let (_, panel) = panels.iter().find(|(place, _)| place == panel).unwrap();
    let config = &panel["fieldConfig"];
    let mut of_column =
        items(&config["overrides"]).filter(|found| found["matcher"]["options"] == column);
    let mappings = match of_column.next() {
        Some(found) => {
            let mut properties = items(&found["properties"]);
            let mappings = properties.find(|property| property["id"] == "mappings");
            &mappings.unwrap()["value"]
        }
        None => &config["defaults"]["mappings"],
    };
    mappings[0]["options"][number]["text"]
        .as_str()
        .unwrap()
        .to_owned()
}
