use serde_json::json;

use super::*;

/// The page that a server gives which has these clients then, asked for what follows so many rows.
fn page(clients: &[&str], first: usize, is_continued: bool) -> Page {
    let rows = clients.iter().skip(first).take(3);
    let rows: Vec<_> = rows.map(|id| json!({"clientId": id})).collect();
    page::parse(json!(rows).to_string().as_bytes(), None, is_continued).unwrap()
}

/// What is read of a realm that has these clients at each request; `None` if pages do not fit.
fn read(moments: &[&[&str]]) -> Option<Vec<String>> {
    let mut reading = Reading::default();
    for clients in moments {
        let first = reading.rows.saturating_sub(1);
        match reading.next(page(clients, first, reading.rows > 0)) {
            Next::More => {}
            Next::End => {
                return Some(
                    reading
                        .clients
                        .iter()
                        .map(|one| one.id.to_string())
                        .collect(),
                );
            }
            Next::Misfit => return None,
        }
    }
    panic!("it does not end: {moments:?}")
}

#[test]
fn pages_that_fit_are_a_list() {
    let letters = ["a", "b", "c", "d", "e", "f"];
    for count in 0..=letters.len() {
        let all = &letters[..count];
        assert_eq!(read(&[all; 5]).unwrap(), all);
    }
}

#[test]
fn a_client_that_is_made_or_deleted_between_two_pages_is_noticed() {
    let before: &[&str] = &["b", "c", "d", "e", "f"];
    let made: &[&str] = &["a", "b", "c", "d", "e", "f"];
    let deleted: &[&str] = &["c", "d", "e", "f"];
    assert_eq!(read(&[before, made, made]), None);
    assert_eq!(read(&[before, deleted, deleted]), None);
    assert_eq!(read(&[before, &["b", "c", "e", "f"], &[]]), None);
    assert_eq!(read(&[before, &[]]), None);
}

#[test]
fn what_changes_behind_the_page_shifts_nothing() {
    let before: &[&str] = &["b", "c", "d", "e", "f"];
    let made: &[&str] = &["b", "c", "d", "e", "f", "g"];
    let deleted: &[&str] = &["b", "c", "d", "f"];
    assert_eq!(read(&[before, made, made, made]).unwrap(), made);
    assert_eq!(read(&[before, deleted, deleted]).unwrap(), deleted);
}

#[test]
fn a_page_that_lacks_a_row_does_not_end_the_list() {
    let mut reading = Reading::default();
    let short = page::parse(br#"[{"clientId":"a"},{"clientId":"b"}]"#, None, false).unwrap();
    assert_eq!(reading.next(short), Next::More);
    let rest = br#"[{"clientId":"c"},{"clientId":"d"}]"#;
    assert_eq!(
        reading.next(page::parse(rest, None, true).unwrap()),
        Next::Misfit
    );
}
