//! Ids of clients in a line for people.

/// How many characters of an id are shown.
const SHOWN: usize = 60;

/// How many ids are named.
const NAMED: usize = 5;

/// The id in one line: the beginning of a long one, and control characters as escapes.
pub(super) fn short(id: &str) -> String {
    let mut said = one_line(&id.chars().take(SHOWN).collect::<String>());
    if id.chars().nth(SHOWN).is_some() {
        said.push('…');
    }
    said
}

/// The whole id, with control characters as escapes.
pub(super) fn one_line(id: &str) -> String {
    id.chars().fold(String::new(), |mut said, letter| {
        let is_odd = letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}');
        if is_odd {
            said.extend(letter.escape_default());
        } else {
            said.push(letter);
        }
        said
    })
}

/// Some of them: `a, b, c and 4 more`; `None` if there is none.
pub(super) fn listed<'a>(ids: impl Iterator<Item = &'a str>) -> Option<String> {
    let (mut named, mut more) = (Vec::new(), 0_usize);
    for id in ids {
        if named.len() < NAMED {
            named.push(short(id));
        } else {
            more = more.saturating_add(1);
        }
    }
    let said = named.join(", ");
    match (named.is_empty(), more) {
        (true, _) => None,
        (_, 0) => Some(said),
        (_, more) => Some(format!("{said} and {more} more")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_stays_in_its_line() {
        assert_eq!(short("plain \"id\""), "plain \"id\"");
        assert_eq!(short("two\nlines\t\u{1b}[31m"), "two\\nlines\\t\\u{1b}[31m");
        assert_eq!(short("a\u{2028}b"), "a\\u{2028}b");
        let long = "ä".repeat(4_000);
        assert_eq!(short(&long), "ä".repeat(60) + "…");
        assert_eq!(one_line(&long), long);
        assert_eq!(short(&"x".repeat(60)), "x".repeat(60));
    }

    #[test]
    fn of_many_ids_some_are_named() {
        assert_eq!(listed([].into_iter()), None);
        assert_eq!(listed(["a", "b"].into_iter()).unwrap(), "a, b");
        let many = ["a", "b", "c", "d", "e", "f", "g"];
        assert_eq!(
            listed(many.into_iter()).unwrap(),
            "a, b, c, d, e and 2 more"
        );
    }
}
