//! As much of PromQL as rules about queries need: which series a query selects, and what it does with them.

/// Words that are no metrics although no parenthesis follows them.
const WORDS: &[&str] = &[
    "and",
    "avg",
    "bool",
    "by",
    "count",
    "group",
    "group_left",
    "group_right",
    "ignoring",
    "Inf",
    "max",
    "min",
    "offset",
    "on",
    "or",
    "sum",
    "topk",
    "unless",
    "without",
];

/// Words whose parenthesis holds labels.
const LABELS: &[&str] = &[
    "by",
    "group_left",
    "group_right",
    "ignoring",
    "on",
    "without",
];

/// One place where a query selects series.
#[derive(Debug, PartialEq)]
pub(super) struct Selector<'a> {
    pub(super) metric: &'a str,
    /// What stands between the braces.
    pub(super) matchers: &'a str,
    /// What stands between the brackets.
    pub(super) range: &'a str,
    /// The function whose first argument it is.
    pub(super) function: &'a str,
}

/// Every place where a query selects series.
pub(super) fn selectors(query: &str) -> Vec<Selector<'_>> {
    let (mut found, mut rest, mut function) = (Vec::new(), query, "");
    while let Some(letter) = rest.chars().next() {
        if !letter.is_ascii_alphanumeric() && letter != '_' {
            rest = &rest[letter.len_utf8()..];
            function = if letter == '(' { function } else { "" };
            continue;
        }
        let (word, behind) = split_word(rest);
        rest = behind;
        if letter.is_ascii_digit() {
            continue;
        }
        let called = behind.trim_start().starts_with('(');
        if called && LABELS.contains(&word) {
            rest = behind.split_once(')').map_or("", |(_, behind)| behind);
        } else if called {
            function = word;
        } else if !WORDS.contains(&word) {
            let (matchers, behind) = between(behind, '{', '}');
            let (range, behind) = between(behind, '[', ']');
            rest = behind;
            found.push(Selector {
                metric: word,
                matchers,
                range,
                function,
            });
        }
    }
    found
}

fn split_word(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    text.split_at(end.unwrap_or(text.len()))
}

/// What stands between two signs at the beginning of a text, and what comes behind. No sign may be in quotes.
fn between(text: &str, open: char, close: char) -> (&str, &str) {
    let inner = text
        .strip_prefix(open)
        .and_then(|inner| inner.split_once(close));
    inner.unwrap_or(("", text))
}

#[test]
fn selectors_are_found_and_nothing_else() {
    let query = r#"(sum by (a) (rate(b_total{c="d"}[5m])) > bool on (e) group_left () (f - time())) < +Inf and up{g=~"h|"} * 1e9"#;
    let found = selectors(query);
    let plain = Selector {
        metric: "f",
        matchers: "",
        range: "",
        function: "",
    };
    let counter = Selector {
        metric: "b_total",
        matchers: r#"c="d""#,
        range: "5m",
        function: "rate",
    };
    let last = Selector {
        metric: "up",
        matchers: r#"g=~"h|""#,
        range: "",
        function: "",
    };
    assert_eq!(found, [counter, plain, last]);
}
